//! `audit`: compares the mirror and the platform without changing anything.

use std::io::Write;

use serde_json::json;

use super::exit::Exit;
use super::output::{Column, Format, Listing};
use super::session::{Session, block_on, shared_calls};
use super::words::chosen_calls;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::{DemarcheNumber, DossierNumber};
use crate::engine::{Audit, audit};
use crate::store::{AuditCounts, Store};

/// The arguments of `audit`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Un seul appel, par son nom
    #[arg(long, value_name = "APPEL")]
    call: Option<String>,
    /// Forme de la sortie
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// Compares each call; findings when they differ.
///
/// # Errors
/// When the platform or the mirror cannot be read.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let calls = chosen_calls(shared_calls(&config), args.call.as_deref())?;
    let (client, mirror) = (Session::client(&config)?, Session::reader(&config)?);
    let mut listing = Listing::new([
        Column::new("call", "Appel"),
        Column::new("dossier_number", "Dossier"),
        Column::new("difference", "Écart"),
    ]);
    let mut summaries = Vec::new();
    for call in &calls {
        let found = block_on(None, async {
            Ok(audit(&client, &mirror, call.demarche, config.api.page_size).await?)
        })?;
        let mut push = |numbers: &[DossierNumber], word: &str| {
            for number in numbers {
                listing.push(vec![json!(call.slug), json!(number.0), json!(word)]);
            }
        };
        push(&found.missing, "missing");
        push(&found.extra, "extra");
        push(&found.stale, "stale");
        remember(&config, call.demarche, &found);
        summaries.push(format!(
            "{} : {} dossiers sur la plateforme, {} dans le miroir ; {} absents du miroir (missing), {} en \
             trop (extra), {} périmés (stale)",
            call.slug,
            found.at_source,
            found.in_mirror,
            found.missing.len(),
            found.extra.len(),
            found.stale.len()
        ));
    }
    let format = super::session::format_or_table(args.format);
    if format == Format::Table {
        for summary in summaries {
            writeln!(out, "{summary}")?;
        }
    }
    if format != Format::Table || !listing.is_empty() {
        listing.write(format, out)?;
    }
    Ok(if listing.is_empty() { Exit::Done } else { Exit::Findings })
}

/// Notes how many differ, beside the dossiers, so that the next pass tells who asked to be told. Whoever may only
/// read the mirror audits it all the same.
fn remember(config: &Config, demarche: DemarcheNumber, found: &Audit) {
    let count = |numbers: &[DossierNumber]| u64::try_from(numbers.len()).unwrap_or(u64::MAX);
    let counts = AuditCounts {
        missing: count(&found.missing),
        extra: count(&found.extra),
        stale: count(&found.stale),
    };
    let noted = Store::open_beside(&config.store.path)
        .and_then(|mut store| store.write(SystemClock.now(), |tx| tx.record_audit(demarche, counts)));
    if let Err(error) = noted {
        tracing::info!("what the audit found could not be noted: {error}");
    }
}

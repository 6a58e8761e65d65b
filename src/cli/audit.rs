//! `audit`: compares the mirror and the platform without changing anything.

use std::io::Write;

use serde_json::json;

use super::exit::Exit;
use super::output::{Column, Format, Listing};
use super::session::{Session, block_on, shared_calls};
use super::words::chosen_calls;
use crate::domain::DossierNumber;
use crate::engine::audit;

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

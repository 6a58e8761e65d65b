//! `rules`: the effective rules of a call, and which verdicts another configuration would change.

use std::io::Write;
use std::path::PathBuf;

use serde_json::json;

use super::exit::Exit;
use super::output::{Column, Format, Listing};
use super::session::{Session, format_or_table, shared_calls};
use super::words::{chosen_calls, verdict};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{self, CallConfig};
use crate::domain::counted;
use crate::engine::{Foresight, foresee};

/// The arguments of `rules`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Montre les règles en vigueur d’un appel, valeurs par défaut comprises
    Show(ShowArgs),
    /// Dit quels verdicts une autre configuration changerait, sans rien changer
    Diff(DiffArgs),
}

#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// Un seul appel, par son nom
    #[arg(long, value_name = "APPEL")]
    call: Option<String>,
    /// Forme de la sortie
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Debug, clap::Args)]
struct DiffArgs {
    /// La configuration envisagée
    #[arg(value_name = "CONFIGURATION")]
    new: PathBuf,
    /// Un seul appel, par son nom
    #[arg(long, value_name = "APPEL")]
    call: Option<String>,
    /// Forme de la sortie
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// Shows rules, or compares.
///
/// # Errors
/// When a configuration is wrong, or the mirror cannot be read.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    match &args.what {
        What::Show(args) => show(args, session, out),
        What::Diff(args) => diff(args, session, out),
    }
}

fn show(args: &ShowArgs, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let format = format_or_table(args.format);
    let mut listing = Listing::new([
        Column::new("call", "Appel"),
        Column::new("key", "Règle"),
        Column::new("value", "Valeur"),
    ]);
    for call in chosen_calls(shared_calls(&config), args.call.as_deref())? {
        listing.push(vec![json!(call.slug), json!("rules_version"), json!(call.rules.version())]);
        for line in call.rules.describe() {
            listing.push(vec![json!(call.slug), json!(line.key), json!(line.value)]);
        }
        for one in &call.criteria {
            let track = one.track.as_deref().unwrap_or("—");
            let value = format!(
                "{} : {} (track {track}, weight {}, max_mark {})",
                one.name, one.label, one.weight, one.max_mark
            );
            listing.push(vec![json!(call.slug), json!("criteria"), json!(value)]);
        }
    }
    listing.write(format, out)?;
    Ok(Exit::Done)
}

fn diff(args: &DiffArgs, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let reader = Session::reader(&config)?;
    let other = config::load(&args.new)?;
    let format = format_or_table(args.format);
    let mut listing = Listing::new([
        Column::new("call", "Appel"),
        Column::new("number", "Dossier"),
        Column::new("before", "Aujourd’hui"),
        Column::new("after", "Deviendrait"),
        Column::new("code", "Code"),
        Column::new("reason", "Motif"),
    ]);
    let mut told = Vec::new();
    for call in chosen_calls(shared_calls(&other), args.call.as_deref())? {
        let known = config.calls.iter().find(|one| one.demarche == call.demarche);
        let foresight = foresee(&reader, call.demarche, &call.rules, SystemClock.now())?;
        told.push(summary(&call, known, &foresight));
        for one in &foresight.changed {
            let word =
                |name: &str| if format == Format::Table { verdict(name).to_owned() } else { name.to_owned() };
            let reason = one.reasons.first();
            listing.push(vec![
                json!(call.slug),
                json!(one.number.0),
                json!(one.before.as_deref().map(word)),
                json!(word(one.after.as_str())),
                json!(reason.map(|reason| reason.code)),
                json!(reason.map(|reason| &reason.text)),
            ]);
        }
    }
    if format != Format::Table || !listing.is_empty() {
        listing.write(format, out)?;
    }
    if format == Format::Table {
        for line in told {
            writeln!(out, "{line}")?;
        }
    }
    Ok(Exit::Done)
}

fn summary(call: &CallConfig, known: Option<&CallConfig>, foresight: &Foresight) -> String {
    let rules = match known {
        Some(known) if known.rules.version() == call.rules.version() => "mêmes règles".to_owned(),
        Some(known) => format!("règles {} au lieu de {}", call.rules.version(), known.rules.version()),
        None => "appel absent de la configuration actuelle".to_owned(),
    };
    let changed = counted(foresight.changed.len() as u64, "verdict changerait", "verdicts changeraient");
    let mut told = format!("{} : {changed} sur {} ; {rules}", call.slug, foresight.dossiers);
    if foresight.unreadable > 0 {
        told.push_str(&format!(" ; {} illisibles, laissés de côté", foresight.unreadable));
    }
    told
}

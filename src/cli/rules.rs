//! `rules`: the effective rules of a call, and which verdicts another configuration would change.

use std::io::Write;
use std::path::PathBuf;

use serde_json::json;

use super::exit::Exit;
use super::output::{Column, Format, Listing};
use super::session::{Session, format_or_table, shared_calls};
use super::words::chosen_calls;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{self, CallConfig};
use crate::eligibility::Language;
use crate::engine::{Foresight, foresee};
use crate::words::{self, said};

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
    let word = |french, english| said(config.language, french, english);
    let mut listing = Listing::new([
        Column::new("call", word("Appel", "Call")),
        Column::new("key", word("Règle", "Rule")),
        Column::new("value", word("Valeur", "Value")),
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
    let word = |french, english| said(config.language, french, english);
    let mut listing = Listing::new([
        Column::new("call", word("Appel", "Call")),
        Column::new("number", "Dossier"),
        Column::new("before", word("Aujourd’hui", "Today")),
        Column::new("after", word("Deviendrait", "Would become")),
        Column::new("code", "Code"),
        Column::new("reason", word("Motif", "Reason")),
    ]);
    let mut told = Vec::new();
    for call in chosen_calls(shared_calls(&other), args.call.as_deref())? {
        let known = config.calls.iter().find(|one| one.demarche == call.demarche);
        let foresight = foresee(&reader, call.demarche, &call.rules, SystemClock.now())?;
        told.push(summary((&call, known), &foresight, config.language));
        for one in &foresight.changed {
            let shown = |name: &str| match format {
                Format::Table => words::verdict(name, config.language).to_owned(),
                _ => name.to_owned(),
            };
            let reason = one.reasons.first();
            listing.push(vec![
                json!(call.slug),
                json!(one.number.0),
                json!(one.before.as_deref().map(shown)),
                json!(shown(one.after.as_str())),
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

fn summary(
    (call, known): (&CallConfig, Option<&CallConfig>),
    foresight: &Foresight,
    language: Language,
) -> String {
    let (new, dossiers) = (call.rules.version(), foresight.dossiers);
    let same = known.map(|known| known.rules.version());
    let changed = words::counted(
        foresight.changed.len() as u64,
        language,
        ("verdict changerait", "verdicts changeraient"),
        ("verdict", "verdicts"),
    );
    let mut told = match language {
        Language::Fr => {
            let rules = match same {
                Some(old) if old == new => "mêmes règles".to_owned(),
                Some(old) => format!("règles {new} au lieu de {old}"),
                None => "appel absent de la configuration actuelle".to_owned(),
            };
            format!("{} : {changed} sur {dossiers} ; {rules}", call.slug)
        }
        Language::En => {
            let rules = match same {
                Some(old) if old == new => "same rules".to_owned(),
                Some(old) => format!("rules {new} instead of {old}"),
                None => "call absent from the present configuration".to_owned(),
            };
            format!("{}: {changed} of {dossiers} would change; {rules}", call.slug)
        }
    };
    if foresight.unreadable > 0 {
        let left = foresight.unreadable;
        told.push_str(&match language {
            Language::Fr => format!(" ; {left} illisibles, laissés de côté"),
            Language::En => format!("; {left} that cannot be read, left aside"),
        });
    }
    told
}

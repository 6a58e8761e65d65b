//! `history`: every change seen of a dossier, or the dossier as it stood.

use std::collections::BTreeMap;
use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::exit::Exit;
use super::moment::Moment;
use super::output::{Column, Format, Listing, plain};
use super::session::{Session, format_or_table};
use super::words::{paris, subject};
use crate::domain::{Dossier, DossierNumber};
use crate::store::{KeptDossier, StoredChange, fact_value};

/// The arguments of `history`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Numéro du dossier
    #[arg(value_name = "NUMÉRO")]
    number: DossierNumber,
    /// Le dossier tel qu’il était : heure locale de l’appel (2019-05-31T23:59) ou instant exact (2019-05-31T22:00:00Z)
    #[arg(long, value_name = "INSTANT")]
    at: Option<Moment>,
    /// Forme de la sortie
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// Tells what changed, or how it was.
///
/// # Errors
/// When the dossier is not in the mirror.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let reader = Session::reader(&config)?;
    let (kept, dossier) = super::show::find(&reader, args.number)?;
    let changes = reader.list_changes(args.number)?;
    let format = format_or_table(args.format);
    match args.at {
        Some(at) => {
            let call = config.calls.iter().find(|call| call.demarche == kept.demarche);
            let zone = call.map_or(TimeZone::UTC, |call| call.rules.timezone().clone());
            tell_as_of(&kept, &dossier, &changes, (at.at(&zone), format), out)?;
        }
        None => tell_changes(&changes, format, out)?,
    }
    Ok(Exit::Done)
}

fn tell_changes(changes: &[StoredChange], format: Format, out: &mut dyn Write) -> std::io::Result<()> {
    let people = format == Format::Table;
    let mut listing = Listing::new([
        Column::new("seen_at", "Vu le"),
        Column::new("occurred_at", "Survenu le"),
        Column::new("subject", "Quoi"),
        Column::new("name", "Lequel"),
        Column::new("before", "Avant"),
        Column::new("after", "Après"),
    ]);
    for change in changes.iter().rev() {
        if people {
            listing.push(vec![
                json!(paris(change.seen_at)),
                json!(change.occurred_at.map(paris)),
                json!(subject(&change.subject)),
                json!(name_of(change)),
                json!(short(&change.before)),
                json!(short(&change.after)),
            ]);
        } else {
            listing.push(vec![
                json!(change.seen_at.to_string()),
                json!(change.occurred_at.map(|at| at.to_string())),
                json!(change.subject),
                json!(change.name),
                change.before.clone(),
                change.after.clone(),
            ]);
        }
    }
    listing.write(format, out)
}

/// What is known of the instant asked: the present less every change that came after it.
fn tell_as_of(
    kept: &KeptDossier,
    dossier: &Dossier,
    changes: &[StoredChange],
    (at, format): (Timestamp, Format),
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let mut facts: BTreeMap<(String, String), Value> = dossier
        .facts()
        .iter()
        .map(|(key, fact)| ((key.subject.as_str().to_owned(), key.name.clone()), fact_value(fact)))
        .collect();
    for change in changes.iter().filter(|change| change.at() > at && change.subject != "presence") {
        let key = (change.subject.clone(), change.name.clone());
        if change.before.is_null() {
            facts.remove(&key);
        } else {
            facts.insert(key, change.before.clone());
        }
    }
    if format == Format::Table {
        writeln!(out, "Dossier {} tel qu’il était le {}", dossier.number, paris(at))?;
        if at < dossier.dates.depot {
            writeln!(out, "  ! il n’était pas encore déposé (déposé le {})", paris(dossier.dates.depot))?;
        } else if at < kept.first_seen_at {
            writeln!(
                out,
                "  ! le miroir ne l’a vu que le {} : ce qui a changé avant n’est connu que par les dates que \
                 la plateforme donne",
                paris(kept.first_seen_at)
            )?;
        }
    }
    let mut listing = Listing::new([
        Column::new("subject", "Quoi"),
        Column::new("name", "Lequel"),
        Column::new("value", "Valeur"),
        Column::new("updated_at", "Depuis le"),
    ]);
    for ((about, name), value) in &facts {
        let since = value.get("updated_at").cloned().unwrap_or(Value::Null);
        if format == Format::Table {
            let told = value.get("label").and_then(Value::as_str).unwrap_or(name);
            let since = since.as_str().and_then(|text| text.parse().ok()).map(paris);
            listing.push(vec![json!(subject(about)), json!(told), json!(short(value)), json!(since)]);
        } else {
            listing.push(vec![json!(about), json!(name), value.clone(), since]);
        }
    }
    listing.write(format, out)
}

/// A champ by its question, anything else by its name.
fn name_of(change: &StoredChange) -> String {
    let label = [&change.after, &change.before].into_iter().find_map(|side| side.get("label")?.as_str());
    label.unwrap_or(&change.name).to_owned()
}

/// A value for a table: what people read of it, cut to fit.
fn short(value: &Value) -> String {
    let told = match value {
        Value::Object(fields) => ["string_value", "event", "body", "reponse", "name", "email", "filename"]
            .iter()
            .find_map(|name| fields.get(*name).filter(|field| !field.is_null()))
            .map_or_else(|| value.to_string(), plain),
        other => plain(other),
    };
    let one_line: String = told.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if one_line.chars().count() > 80 {
        return format!("{}…", one_line.chars().take(79).collect::<String>());
    }
    one_line
}

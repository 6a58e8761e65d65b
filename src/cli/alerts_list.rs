//! `alerts list`: what was told, what waits, what was given up.

use std::io::Write;

use jiff::Timestamp;
use serde_json::json;

use super::exit::Exit;
use super::output::{Column, Format, Listing};
use super::session::{Session, format_or_table};
use super::words::paris;
use crate::config::Config;
use crate::domain::{DossierNumber, counted};
use crate::store::{AlertFilter, AlertLine};

/// The arguments of `alerts list`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Un seul état
    #[arg(long, value_parser = ["pending", "sent", "dead"])]
    state: Option<String>,
    /// Un seul canal, par son nom
    #[arg(long, value_name = "CANAL")]
    channel: Option<String>,
    /// Un seul événement
    #[arg(long, value_name = "ÉVÉNEMENT")]
    event: Option<String>,
    /// Un seul dossier
    #[arg(long, value_name = "NUMÉRO")]
    dossier: Option<DossierNumber>,
    /// Combien, au plus
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
    /// Forme de la sortie
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// Lists alerts.
///
/// # Errors
/// When the mirror cannot be read.
pub fn run(args: &Args, config: &Config, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let lines = Session::reader(config)?.list_alerts(&AlertFilter {
        state: args.state.clone(),
        channel: args.channel.clone(),
        event: args.event.clone(),
        dossier: args.dossier,
        limit: args.limit,
    })?;
    let format = format_or_table(args.format);
    listing(&lines, format == Format::Table).write(format, out)?;
    if format == Format::Table {
        writeln!(out, "{}", counted(lines.len() as u64, "alerte", "alertes"))?;
    }
    Ok(Exit::Done)
}

fn listing(lines: &[AlertLine], people: bool) -> Listing {
    let mut listing = Listing::new([
        Column::new("id", "Alerte"),
        Column::new("event", "Événement"),
        Column::new("occasion", "Occasion"),
        Column::new("channel", "Canal"),
        Column::new("demarche_number", "Démarche"),
        Column::new("dossier_number", "Dossier"),
        Column::new("state", "État"),
        Column::new("attempts", "Essais"),
        Column::new("created_at", "Constatée le"),
        Column::new("next_attempt_at", "Prochain essai"),
        Column::new("sent_at", "Envoyée le"),
        Column::new("acked_at", "Acquittée le"),
        Column::new("acked_by", "par"),
        Column::new("last_error", "Dernier échec"),
    ]);
    for line in lines {
        let told = |at: Timestamp| if people { paris(at) } else { at.to_string() };
        listing.push(vec![
            json!(line.id),
            json!(line.event),
            json!(if people { occasion(&line.occasion) } else { &line.occasion }),
            json!(line.channel),
            json!(line.demarche),
            json!(line.dossier),
            json!(if people { state(&line.state) } else { &line.state }),
            json!(line.attempts),
            json!(told(line.created_at)),
            json!(line.next_attempt_at.map(told)),
            json!(line.sent_at.map(told)),
            json!(line.acked.as_ref().map(|(at, _)| told(*at))),
            json!(line.acked.as_ref().map(|(_, by)| by)),
            json!(line.last_error),
        ]);
    }
    listing
}

fn occasion(name: &str) -> &str {
    match name {
        "first" => "",
        "reminder" => "rappel",
        "escalation" => "relais",
        other => other,
    }
}

fn state(name: &str) -> &str {
    match name {
        "pending" => "en attente",
        "sent" => "envoyée",
        "dead" => "abandonnée",
        other => other,
    }
}

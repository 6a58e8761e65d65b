//! `alerts test` and `alerts preview`: a channel tried for real, a message seen before it is sent.

use std::io::Write;

use jiff::Timestamp;
use serde_json::json;

use super::exit::{Exit, Misuse};
use super::output::Format;
use super::session::{Session, block_on, format_or_table};
use crate::alert::{Alert, Event, Facts, Occasion};
use crate::channel::{Delivery, Outlet, open_all};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::DossierNumber;

/// What to preview.
pub struct Wanted<'a> {
    /// One channel.
    pub channel: Option<&'a str>,
    /// The HTML part.
    pub html: bool,
    /// How to write it.
    pub format: Option<Format>,
}

/// Sends a test message through each channel.
///
/// # Errors
/// When a channel cannot be prepared, or there is none.
pub fn run(config: &Config, channel: Option<&str>, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let outlets = chosen(config, channel)?;
    let now = SystemClock.now();
    let mut exit = Exit::Done;
    for outlet in &outlets {
        let alert = test_alert(now);
        let id = crate::alert::group_key(&["test", &outlet.route.channel, &now.to_string()]);
        let message = outlet.composer.compose(&[alert], &id)?;
        let delivery = block_on(None, async { Ok(outlet.channel.send(&message, now).await) })?;
        let name = &outlet.route.channel;
        match delivery {
            Delivery::Sent => writeln!(out, "✓ {name} ({}) : message d’essai envoyé", outlet.kind)?,
            Delivery::Later { why, .. } | Delivery::Refused { why } => {
                writeln!(out, "✗ {name} ({}) : {why}\n  → {}", outlet.kind, why.remedy())?;
                exit = Exit::Findings;
            }
        }
    }
    Ok(exit)
}

fn test_alert(now: Timestamp) -> Alert {
    Alert {
        id: 0,
        event: Event::Test,
        occasion: Occasion::First,
        demarche: None,
        dossier: None,
        created_at: now,
        facts: Facts::default(),
    }
}

/// Shows the message that a dossier would give, by its verdict of today.
///
/// # Errors
/// When the dossier is not in the mirror, or a template fails.
pub fn preview(
    config: &Config,
    number: DossierNumber,
    wanted: &Wanted<'_>,
    out: &mut dyn Write,
) -> anyhow::Result<Exit> {
    let reader = Session::reader(config)?;
    let outlets = chosen(config, wanted.channel)?;
    let missing = || Misuse(format!("le dossier {number} n’est pas dans le miroir"));
    let first = reader.preview(number, Event::VerdictChanged)?.ok_or_else(missing)?;
    let event = first.facts.verdict.as_deref().and_then(Event::from_name).unwrap_or(Event::VerdictChanged);
    let call = config.calls.iter().find(|call| Some(call.demarche) == first.demarche);
    let facts = Facts { call: call.map(|call| call.slug.clone()), ..first.facts };
    let alert = Alert { event, created_at: SystemClock.now(), facts, ..first };
    for outlet in &outlets {
        let message = outlet.composer.compose_strictly(std::slice::from_ref(&alert), "apercu")?;
        if format_or_table(wanted.format) == Format::Table {
            let body = message.html.as_ref().filter(|_| wanted.html).unwrap_or(&message.text);
            writeln!(out, "── {} ({}) ──\n{}\n\n{body}", outlet.route.channel, outlet.kind, message.subject)?;
        } else {
            let told = json!({
                "channel": outlet.route.channel, "type": outlet.kind, "subject": message.subject,
                "text": message.text, "html": message.html,
            });
            writeln!(out, "{told}")?;
        }
    }
    Ok(Exit::Done)
}

fn chosen(config: &Config, channel: Option<&str>) -> anyhow::Result<Vec<Outlet>> {
    let mut outlets = open_all(config)?;
    if let Some(name) = channel {
        outlets.retain(|outlet| outlet.route.channel == name);
    }
    if outlets.is_empty() {
        let told = match channel {
            Some(name) => format!("aucun canal ne s’appelle « {name} »"),
            None => "aucun canal n’est configuré ; ajoutez [[channels]]".to_owned(),
        };
        return Err(Misuse(told).into());
    }
    Ok(outlets)
}

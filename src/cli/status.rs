//! `status`: where the mirror stands, call by call, and what waits.

use std::io::Write;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::exit::Exit;
use super::output::Format;
use super::session::{Session, format_or_table};
use super::words::{outcome, paris, states, verdicts};
use crate::clock::{Clock as _, SystemClock};
use crate::config::CallConfig;
use crate::domain::counted;
use crate::store::{Backlog, CallFreshness, Counted, Status};

/// The arguments of `status`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Forme de la sortie (table ou json)
    #[arg(long, value_enum, hide_possible_values = true)]
    format: Option<Format>,
}

/// Tells where the mirror stands.
///
/// # Errors
/// When the mirror cannot be read.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let reader = Session::reader(&config)?;
    let status = reader.status()?;
    let backlog = reader.backlog()?;
    let mut calls = Vec::new();
    for call in &config.calls {
        calls.push((call, reader.freshness(call.demarche)?));
    }
    if format_or_table(args.format) == Format::Table {
        let now = SystemClock.now();
        for (call, freshness) in &calls {
            tell_call(call, freshness, now, out)?;
        }
        tell_rest(&status, out)?;
        tell_backlog(&backlog, out)?;
    } else {
        let told = json!({
            "calls": calls.iter().map(|(call, freshness)| call_json(call, freshness)).collect::<Vec<_>>(),
            "quarantine": status.quarantine.iter().map(|line| json!({
                "dossier_number": line.number.0, "what": line.what, "since": line.since.to_string(),
                "attempts": line.attempts, "last_error": line.last_error,
                "next_attempt_at": line.next_attempt_at.to_string(),
            })).collect::<Vec<_>>(),
            "unknown_elements": status.unknown.iter().map(|line| json!({
                "kind": line.kind, "place": line.place, "name": line.name, "count": line.count,
            })).collect::<Vec<_>>(),
            "alerts": counts_json(&status.alerts),
            "channels": backlog.iter().map(backlog_json).collect::<Vec<_>>(),
        });
        writeln!(out, "{told:#}")?;
    }
    Ok(Exit::Done)
}

fn tell_call(
    call: &CallConfig,
    freshness: &CallFreshness,
    now: Timestamp,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    writeln!(out, "{} (démarche {})", call.slug, call.demarche)?;
    match (&freshness.last_success_at, &freshness.last_run) {
        (Some(at), _) => {
            writeln!(out, "  à jour au      {} (il y a {})", paris(*at), age(now, *at))?;
        }
        (None, Some(_)) => writeln!(out, "  à jour au      jamais : aucune passe n’est allée au bout")?,
        (None, None) => writeln!(out, "  à jour au      jamais : lancez « ami-sync sync »")?,
    }
    if let Some((at, ended)) = &freshness.last_run {
        writeln!(out, "  dernière passe {} : {}", paris(*at), outcome(ended))?;
    }
    if let Some((at, error)) = &freshness.last_error {
        writeln!(out, "  dernier échec  {} : {error}", paris(*at))?;
    }
    if let Some(at) = freshness.last_reconcile_at {
        writeln!(out, "  relu en entier {}", paris(at))?;
    }
    writeln!(
        out,
        "  dossiers       {}, {}",
        counted(freshness.alive, "présent", "présents"),
        counted(freshness.gone, "disparu", "disparus")
    )?;
    writeln!(out, "  verdicts       {}", list(&freshness.by_verdict, verdicts))?;
    writeln!(out, "  états          {}", list(&freshness.by_state, states))?;
    writeln!(
        out,
        "  en attente     {} en quarantaine, {} que la plateforme doit compléter",
        freshness.quarantined, freshness.unfinished
    )
}

fn tell_rest(status: &Status, out: &mut dyn Write) -> std::io::Result<()> {
    for line in &status.quarantine {
        writeln!(
            out,
            "quarantaine : dossier {} ({}), {} essais depuis le {}, prochain le {} : {}",
            line.number,
            line.what,
            line.attempts,
            paris(line.since),
            paris(line.next_attempt_at),
            line.last_error
        )?;
    }
    for line in &status.unknown {
        writeln!(
            out,
            "inconnu d’ami-sync, gardé tel quel : {} {} ({} fois)",
            line.place, line.name, line.count
        )?;
    }
    if !status.alerts.is_empty() {
        writeln!(out, "alertes : {}", list(&status.alerts, |name| name))?;
    }
    Ok(())
}

fn tell_backlog(backlog: &[Backlog], out: &mut dyn Write) -> std::io::Result<()> {
    for line in backlog {
        write!(
            out,
            "canal {} : {}",
            line.channel,
            counted(line.pending, "alerte attend", "alertes attendent")
        )?;
        if let Some(oldest) = line.oldest {
            write!(out, " depuis le {}", paris(oldest))?;
        }
        if line.dead > 0 {
            write!(out, ", {}", counted(line.dead, "abandonnée", "abandonnées"))?;
        }
        if let Some(since) = line.failing_since {
            write!(out, ", en panne depuis le {}", paris(since))?;
        }
        match &line.last_error {
            Some(error) if line.failing + line.dead > 0 => writeln!(out, " : {error}")?,
            _ => writeln!(out)?,
        }
    }
    Ok(())
}

fn backlog_json(line: &Backlog) -> Value {
    json!({
        "channel": line.channel, "pending": line.pending, "failing": line.failing, "dead": line.dead,
        "oldest": line.oldest.map(|at| at.to_string()), "last_error": line.last_error,
        "failing_since": line.failing_since.map(|at| at.to_string()),
    })
}

fn list<'a>(counts: &'a [Counted], word: impl Fn(&'a str) -> &'a str) -> String {
    if counts.is_empty() {
        return "aucun".to_owned();
    }
    let told: Vec<String> =
        counts.iter().map(|count| format!("{} {}", count.dossiers, word(&count.value))).collect();
    told.join(", ")
}

/// A duration as people say it.
fn age(now: Timestamp, at: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs().max(0);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} jours", seconds / 86_400),
    }
}

fn counts_json(counts: &[Counted]) -> Value {
    counts
        .iter()
        .map(|count| (count.value.clone(), json!(count.dossiers)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn call_json(call: &CallConfig, freshness: &CallFreshness) -> Value {
    let text = |at: &Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "call": call.slug,
        "demarche_number": call.demarche.0,
        "rules_version": call.rules.version(),
        "last_success_at": text(&freshness.last_success_at),
        "last_run": freshness.last_run.as_ref().map(|(at, ended)| json!({"started_at": at.to_string(), "outcome": ended})),
        "last_error": freshness.last_error.as_ref().map(|(at, error)| json!({"started_at": at.to_string(), "error": error})),
        "filled_at": text(&freshness.filled_at),
        "last_reconcile_at": text(&freshness.last_reconcile_at),
        "alive": freshness.alive,
        "gone": freshness.gone,
        "by_verdict": counts_json(&freshness.by_verdict),
        "by_state": counts_json(&freshness.by_state),
        "quarantined": freshness.quarantined,
        "unfinished": freshness.unfinished,
    })
}

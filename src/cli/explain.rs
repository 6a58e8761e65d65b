//! `explain`: why this verdict, check by check, with the rule and its source.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Value, json};

use super::exit::{Exit, Misuse};
use super::output::Format;
use super::session::{Session, format_or_table};
use super::words::{check as check_title, verdict};
use crate::config::CallConfig;
use crate::domain::{Dossier, DossierNumber};
use crate::eligibility::{Check, CheckReport, CheckResult, Circumstances, Outcome, Weight, explain, judge};
use crate::store::KeptDossier;

/// The arguments of `explain`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Numéro du dossier
    #[arg(value_name = "NUMÉRO")]
    number: DossierNumber,
    /// Forme de la sortie (table ou json)
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// Explains the verdict of a dossier.
///
/// # Errors
/// When it is not in the mirror, or of no configured call.
pub fn run(args: &Args, session: &Session, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = session.config()?;
    let reader = Session::reader(&config)?;
    let (kept, dossier) = super::show::find(&reader, args.number)?;
    let Some(call) = config.calls.iter().find(|call| call.demarche == kept.demarche) else {
        let message = format!(
            "le dossier {} est de la démarche {}, qui n’est pas configurée",
            kept.number, kept.demarche
        );
        return Err(Misuse(message).into());
    };
    let beside = reader.circumstances(&dossier, &call.rules)?;
    if format_or_table(args.format) == Format::Table {
        tell(&kept, &dossier, &beside, (call, Length::Whole), out)?;
    } else {
        let lines = explain(&dossier, &beside, &call.rules);
        let told = json!({
            "number": kept.number.0,
            "verdict": kept.verdict.as_ref().map(|verdict| &verdict.verdict),
            "decided_by": kept.verdict.as_ref().map(|verdict| &verdict.decided_by),
            "rules_version": call.rules.version(),
            "checks": lines.iter().map(check_json).collect::<Vec<_>>(),
        });
        writeln!(out, "{told:#}")?;
    }
    Ok(Exit::Done)
}

/// A check for scripts.
fn check_json(line: &CheckReport) -> Value {
    json!({
        "check": line.check.as_str(), "result": line.result.as_str(), "weight": line.weight.as_str(),
        "code": line.reason.code, "text": line.reason.text,
        "facts": line.facts().collect::<BTreeMap<_, _>>(),
        "source": line.source,
    })
}

/// How much to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Every check with its facts.
    Whole,
    /// What the verdict rests on; what passes beside it, by name.
    Short,
}

/// A check that passes and that the verdict does not rest on.
fn goes_without_saying(line: &CheckReport) -> bool {
    line.result == CheckResult::Pass
        && !matches!(line.check, Check::Applicant | Check::Deadline | Check::Decision)
}

/// The explanation for people.
///
/// # Errors
/// When the output cannot be written.
pub fn tell(
    kept: &KeptDossier,
    dossier: &Dossier,
    beside: &Circumstances,
    (call, length): (&CallConfig, Length),
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let now = judge(dossier, beside, &call.rules, kept.last_changed_at);
    let told = match &now.decided {
        Some((by, _)) => format!("{}, décidé par {by}", verdict(now.outcome.as_str())),
        None => verdict(now.outcome.as_str()).to_owned(),
    };
    writeln!(out, "Dossier {} : {told}", dossier.number)?;
    let lines = explain(dossier, beside, &call.rules);
    let (aside, told): (Vec<_>, Vec<_>) =
        lines.iter().partition(|line| length == Length::Short && goes_without_saying(line));
    for line in told {
        tell_line(line, out)?;
    }
    if !aside.is_empty() {
        let titles: Vec<&str> = aside.iter().map(|line| check_title(line.check)).collect();
        writeln!(out, "  ✓ et rien à dire de : {}", titles.join(", "))?;
    }
    if now.outcome == Outcome::ToReview {
        writeln!(out, "  Un doute n’est pas un refus : une personne doit examiner ce dossier.")?;
    }
    Ok(())
}

fn tell_line(line: &CheckReport, out: &mut dyn Write) -> std::io::Result<()> {
    let sign = match (line.result, line.weight) {
        (CheckResult::Pass, _) => "✓",
        (_, Weight::Informs) => "i",
        (CheckResult::Fail, _) => "✗",
        (CheckResult::Unknown, _) => "?",
    };
    writeln!(out, "  {sign} {} : {}", check_title(line.check), line.reason.text)?;
    let facts: Vec<String> = line.facts().map(|(name, value)| format!("{name} = {value}")).collect();
    if !facts.is_empty() {
        writeln!(out, "      faits  : {}", facts.join(" ; "))?;
    }
    writeln!(out, "      source : {}", line.source)
}

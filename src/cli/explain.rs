//! `explain`: why this verdict, check by check, with the rule and its source.

use std::io::Write;

use serde_json::json;

use super::exit::{Exit, Misuse};
use super::output::Format;
use super::session::{Session, format_or_table};
use super::words::verdict;
use crate::config::CallConfig;
use crate::domain::{Dossier, DossierNumber};
use crate::eligibility::{CheckResult, ExplainLine, Outcome, explain, judge};
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
    let lines = explain(&dossier, &call.rules);
    if format_or_table(args.format) == Format::Table {
        tell(&kept, &dossier, call, out)?;
    } else {
        let told = json!({
            "number": kept.number.0,
            "verdict": kept.verdict.as_ref().map(|verdict| &verdict.verdict),
            "decided_by": kept.verdict.as_ref().map(|verdict| &verdict.decided_by),
            "rules_version": call.rules.version(),
            "checks": lines.iter().map(|line| json!({
                "check": line.check, "result": result_name(line.result), "code": line.code, "text": line.text,
                "facts": line.facts.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
                "source": line.source,
            })).collect::<Vec<_>>(),
        });
        writeln!(out, "{told:#}")?;
    }
    Ok(Exit::Done)
}

/// The explanation for people.
///
/// # Errors
/// When the output cannot be written.
pub fn tell(
    kept: &KeptDossier,
    dossier: &Dossier,
    call: &CallConfig,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let now = kept.last_changed_at;
    let by_rules = judge(dossier, &call.rules, now).outcome;
    let told = match &kept.verdict {
        Some(stored) if stored.decided_by != "rules" => {
            format!("{}, décidé par {}", verdict(&stored.verdict), stored.decided_by)
        }
        _ => verdict(by_rules.as_str()).to_owned(),
    };
    writeln!(out, "Dossier {} : {told}", dossier.number)?;
    for line in explain(dossier, &call.rules) {
        tell_line(&line, out)?;
    }
    if by_rules == Outcome::ToReview {
        writeln!(out, "  Un doute n’est pas un refus : une personne doit examiner ce dossier.")?;
    }
    Ok(())
}

fn tell_line(line: &ExplainLine, out: &mut dyn Write) -> std::io::Result<()> {
    let (sign, check) = match line.result {
        CheckResult::Pass => ("✓", line.check),
        CheckResult::Fail => ("✗", line.check),
        CheckResult::Unknown => ("?", line.check),
    };
    let title = match check {
        "applicant" => "candidat",
        "deadline" => "délai",
        other => other,
    };
    writeln!(out, "  {sign} {title} : {}", line.text)?;
    let facts: Vec<String> = line.facts.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    if !facts.is_empty() {
        writeln!(out, "      faits  : {}", facts.join(" ; "))?;
    }
    writeln!(out, "      source : {}", line.source)
}

const fn result_name(result: CheckResult) -> &'static str {
    match result {
        CheckResult::Pass => "pass",
        CheckResult::Fail => "fail",
        CheckResult::Unknown => "unknown",
    }
}

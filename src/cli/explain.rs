//! `explain`: why this verdict, check by check, with the rule and its source; or what would have been said at
//! an instant.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Value, json};

use super::exit::Exit;
use super::moment::Moment;
use super::output::Format;
use super::session::{Session, format_or_table};
use super::signature::call_of;
use crate::config::CallConfig;
use crate::domain::{Dossier, DossierNumber};
use crate::eligibility::{
    Check, CheckReport, CheckResult, Circumstances, Language, Outcome, Weight, explain, judge,
};
use crate::store::KeptDossier;
use crate::words::{self, said};

/// The arguments of `explain`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Numéro du dossier
    #[arg(value_name = "NUMÉRO")]
    number: DossierNumber,
    /// Ce qui aurait été dit : heure locale de l’appel (2019-05-31T23:59) ou instant exact (2019-05-31T22:00:00Z)
    #[arg(long, value_name = "INSTANT")]
    at: Option<Moment>,
    /// Forme de la sortie (table ou json)
    #[arg(long, value_enum, hide_possible_values = true)]
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
    let call = call_of(&config, args.number)?;
    let format = format_or_table(args.format);
    if let Some(at) = args.at {
        let at = at.at(call.rules.timezone());
        super::explain_at::run(&reader, call, (&kept, &dossier), (at, format), out)?;
        return Ok(Exit::Done);
    }
    let beside = reader.circumstances(&dossier, &call.rules)?;
    if format == Format::Table {
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
#[must_use]
pub fn check_json(line: &CheckReport) -> Value {
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

/// The explanation for people, in the language of the rules.
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
    let language = call.rules.language();
    let now = judge(dossier, beside, &call.rules, kept.last_changed_at);
    let verdict = words::verdict(now.outcome.as_str(), language);
    let told = match &now.decided {
        Some((by, _)) => format!("{verdict}, {} {by}", said(language, "décidé par", "decided by")),
        None => verdict.to_owned(),
    };
    writeln!(out, "Dossier {}{}{told}", dossier.number, said(language, " : ", ": "))?;
    tell_checks(&explain(dossier, beside, &call.rules), (language, length), out)?;
    if now.outcome == Outcome::ToReview {
        let doubt = said(
            language,
            "Un doute n’est pas un refus : une personne doit examiner ce dossier.",
            "A doubt is no refusal: a person has to look at this dossier.",
        );
        writeln!(out, "  {doubt}")?;
    }
    Ok(())
}

/// The checks for people.
///
/// # Errors
/// When the output cannot be written.
pub fn tell_checks(
    lines: &[CheckReport],
    (language, length): (Language, Length),
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let (aside, told): (Vec<_>, Vec<_>) =
        lines.iter().partition(|line| length == Length::Short && goes_without_saying(line));
    for line in told {
        tell_line(line, language, out)?;
    }
    if !aside.is_empty() {
        let titles: Vec<&str> = aside.iter().map(|line| words::check(line.check, language)).collect();
        let nothing = said(language, "et rien à dire de :", "and nothing to say of:");
        writeln!(out, "  ✓ {nothing} {}", titles.join(", "))?;
    }
    Ok(())
}

/// A check that passes and that the verdict does not rest on.
fn goes_without_saying(line: &CheckReport) -> bool {
    line.result == CheckResult::Pass
        && !matches!(line.check, Check::Applicant | Check::Deadline | Check::Decision)
}

fn tell_line(line: &CheckReport, language: Language, out: &mut dyn Write) -> std::io::Result<()> {
    let sign = match (line.result, line.weight) {
        (CheckResult::Pass, _) => "✓",
        (_, Weight::Informs) => "i",
        (CheckResult::Fail, _) => "✗",
        (CheckResult::Unknown, _) => "?",
    };
    let colon = said(language, " :", ":");
    writeln!(out, "  {sign} {}{colon} {}", words::check(line.check, language), line.reason.text)?;
    let facts: Vec<String> = line.facts().map(|(name, value)| format!("{name} = {value}")).collect();
    if !facts.is_empty() {
        writeln!(out, "      {}{colon} {}", said(language, "faits ", "facts"), facts.join(" ; "))?;
    }
    writeln!(out, "      source{colon} {}", line.source)
}

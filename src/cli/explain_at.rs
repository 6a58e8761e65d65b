//! `explain --at`: what was told of a dossier at an instant, and what the rules of today say of it as it stood.
//!
//! Two different things, told apart: the first was written down then; the second is worked out now, from what
//! the mirror knows of that instant, and says plainly what it does not know.

use std::io::Write;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::explain::{Length, check_json, tell_checks};
use super::output::Format;
use crate::config::CallConfig;
use crate::domain::Dossier;
use crate::eligibility::{CheckReport, Language, Verdict, explain, judge};
use crate::store::{AsOf, KeptDossier, Reader, Told, VerdictAt, as_of};
use crate::words::{self, said};

/// A dossier at an instant.
struct Then {
    at: Timestamp,
    told: VerdictAt,
    verdict: Verdict,
    checks: Vec<CheckReport>,
    /// What is not known of the instant, in words.
    not_known: Vec<String>,
}

/// Tells it.
///
/// # Errors
/// When the mirror cannot be read, or the output cannot be written.
pub fn run(
    reader: &Reader,
    call: &CallConfig,
    (kept, dossier): (&KeptDossier, &Dossier),
    (at, format): (Timestamp, Format),
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let told = reader.verdict_at(dossier.number, at)?;
    let AsOf { dossier: past, not_known } = as_of(dossier, &reader.list_changes(dossier.number)?, at);
    let beside = reader.circumstances_at(&past, &call.rules, at)?;
    let mut then = Then {
        at,
        told,
        verdict: judge(&past, &beside, &call.rules, at),
        checks: explain(&past, &beside, &call.rules),
        not_known: not_known.into_iter().collect(),
    };
    let language = call.rules.language();
    if at < kept.first_seen_at {
        let seen = when(call, kept.first_seen_at);
        then.not_known.push(said(
            language,
            &format!("le miroir ne l’a vu que le {seen} : avant, seules les dates que donne la plateforme sont connues"),
            &format!("the mirror first saw it on {seen}: before, only the dates that the platform gives are known"),
        ).to_owned());
    }
    if format == Format::Table {
        tell(&then, call, dossier, out)?;
    } else {
        writeln!(out, "{:#}", then_json(&then, dossier))?;
    }
    Ok(())
}

fn tell(then: &Then, call: &CallConfig, dossier: &Dossier, out: &mut dyn Write) -> std::io::Result<()> {
    let language = call.rules.language();
    let instant = when(call, then.at);
    writeln!(
        out,
        "{}",
        said(
            language,
            &format!("Dossier {}, le {instant}", dossier.number),
            &format!("Dossier {}, on {instant}", dossier.number),
        )
    )?;
    if then.at < dossier.dates.depot {
        let depot = when(call, dossier.dates.depot);
        return writeln!(
            out,
            "  {}",
            said(
                language,
                &format!("il n’était pas encore déposé (déposé le {depot})"),
                &format!("it was not filed yet (filed on {depot})"),
            )
        );
    }
    tell_what_was_told(then, call, out)?;
    let verdict = words::verdict(then.verdict.outcome.as_str(), language);
    writeln!(
        out,
        "  {}",
        said(
            language,
            &format!("Ce que disent les règles d’aujourd’hui du dossier tel qu’il était : {verdict}"),
            &format!("What the rules of today say of the dossier as it stood: {verdict}"),
        )
    )?;
    tell_checks(&then.checks, (language, Length::Short), out)?;
    for what in &then.not_known {
        writeln!(
            out,
            "  ! {} {what}",
            said(language, "non connu à cet instant :", "not known at that instant:")
        )?;
    }
    Ok(())
}

fn tell_what_was_told(then: &Then, call: &CallConfig, out: &mut dyn Write) -> std::io::Result<()> {
    let language = call.rules.language();
    let Told { at, verdict, reasons, rules_version, decided_by, .. } = match &then.told {
        VerdictAt::Told(told) => told,
        VerdictAt::NotYet(first) => {
            let first = first.map_or_else(String::new, |first| when(call, first));
            return writeln!(
                out,
                "  {}",
                said(
                    language,
                    &format!("Rien n’était encore dit : premier verdict le {first}"),
                    &format!("Nothing was told yet: first verdict on {first}"),
                )
            );
        }
    };
    let word = words::verdict(verdict, language);
    let since = when(call, *at);
    let by = if decided_by == "rules" {
        String::new()
    } else {
        format!(", {} {decided_by}", said(language, "décidé par", "decided by"))
    };
    let other = if rules_version == call.rules.version() {
        ""
    } else {
        said(language, ", par d’autres règles que celles d’aujourd’hui", ", by other rules than today's")
    };
    writeln!(
        out,
        "  {}",
        said(
            language,
            &format!("Ce qui était dit alors (depuis le {since}{other}) : {word}{by}"),
            &format!("What was told then (since {since}{other}): {word}{by}"),
        )
    )?;
    for reason in reasons.as_array().into_iter().flatten() {
        writeln!(out, "    {}", reason.get("text").and_then(Value::as_str).unwrap_or_default())?;
    }
    Ok(())
}

fn then_json(then: &Then, dossier: &Dossier) -> Value {
    let told = match &then.told {
        VerdictAt::Told(told) => json!({
            "told_at": told.at.to_string(), "verdict": told.verdict, "rules_verdict": told.rules_verdict,
            "reasons": told.reasons, "rules_version": told.rules_version, "decided_by": told.decided_by,
        }),
        VerdictAt::NotYet(_) => Value::Null,
    };
    let deposited = then.at >= dossier.dates.depot;
    json!({
        "number": dossier.number.0,
        "at": then.at.to_string(),
        "deposited": deposited,
        "told": told,
        "judged_now": deposited.then(|| json!({
            "verdict": then.verdict.outcome.as_str(),
            "rules_version": then.verdict.rules_version,
            "checks": then.checks.iter().map(check_json).collect::<Vec<_>>(),
        })),
        "not_known": then.not_known,
    })
}

/// An instant in the call's zone.
fn when(call: &CallConfig, at: Timestamp) -> String {
    let zoned = at.to_zoned_datetime(call.rules.timezone().clone());
    match call.rules.language() {
        Language::Fr => zoned.strftime("%d/%m/%Y à %H:%M:%S").to_string(),
        Language::En => zoned.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

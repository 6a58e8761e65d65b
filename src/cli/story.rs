//! What people decided of a dossier and what was told of it, in order: the part of its story that is ours.

use std::io::Write;

use serde_json::{Value, json};

use super::words::dated;
use crate::domain::DossierNumber;
use crate::eligibility::Language;
use crate::store::{DecisionLine, ExtensionLine, Reader, Told, Withdrawal};
use crate::words::{self, said};

/// The story of one dossier.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    decisions: Vec<DecisionLine>,
    extensions: Vec<ExtensionLine>,
    told: Vec<Told>,
}

impl Story {
    /// Reads it.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn of(reader: &Reader, number: DossierNumber) -> anyhow::Result<Self> {
        Ok(Self {
            decisions: reader.list_decisions(number)?,
            extensions: reader.list_extensions(number)?,
            told: reader.list_told(number)?,
        })
    }

    /// For people: decisions and extensions, and the verdicts if there were several.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn tell(&self, language: Language, out: &mut dyn Write) -> std::io::Result<()> {
        let word = |french, english| said(language, french, english);
        let verdict = |name| words::verdict(name, language);
        if !self.decisions.is_empty() {
            writeln!(out, "{}", word("Décisions", "Decisions"))?;
        }
        for one in &self.decisions {
            let (at, colon) = (dated(one.at, language), word(" :", ":"));
            writeln!(out, "  {at} {}{colon} {} ({})", one.by, verdict(&one.verdict), one.reason)?;
            if let Some(rules) = &one.rules_verdict {
                let said_then = word("les règles disaient alors :", "the rules then said:");
                writeln!(out, "      {said_then} {}", verdict(rules))?;
            }
            tell_withdrawal(one.withdrawn.as_ref(), language, out)?;
        }
        if !self.extensions.is_empty() {
            writeln!(out, "{}", word("Prolongations", "Extensions"))?;
        }
        for one in &self.extensions {
            let until = one.until.replace('T', word(" à ", " "));
            let (at, upto) = (dated(one.at, language), word(" : jusqu’au", ": until"));
            writeln!(out, "  {at} {}{upto} {until} ({})", one.by, one.reason)?;
            tell_withdrawal(one.withdrawn.as_ref(), language, out)?;
        }
        let mut moved: Vec<&Told> = self.told.iter().collect();
        // Other reasons for the same verdict are for scripts.
        moved.dedup_by_key(|one| (&one.verdict, &one.decided_by));
        if moved.len() > 1 {
            writeln!(out, "Verdicts")?;
            for one in moved {
                writeln!(out, "  {} {}", dated(one.at, language), verdict(&one.verdict))?;
            }
        }
        Ok(())
    }

    /// For scripts.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "decisions": self.decisions.iter().map(|one| json!({
                "verdict": one.verdict, "decided_by": one.by, "decided_at": one.at.to_string(),
                "reason": one.reason, "rules_verdict": one.rules_verdict, "rules_reasons": one.rules_reasons,
                "rules_version": one.rules_version, "withdrawn": withdrawn_json(one.withdrawn.as_ref()),
            })).collect::<Vec<_>>(),
            "extensions": self.extensions.iter().map(|one| json!({
                "until_local": one.until, "granted_by": one.by, "granted_at": one.at.to_string(),
                "reason": one.reason, "withdrawn": withdrawn_json(one.withdrawn.as_ref()),
            })).collect::<Vec<_>>(),
            "verdict_history": self.told.iter().map(|one| json!({
                "told_at": one.at.to_string(), "verdict": one.verdict, "rules_verdict": one.rules_verdict,
                "reasons": one.reasons, "rules_version": one.rules_version, "decided_by": one.decided_by,
            })).collect::<Vec<_>>(),
        })
    }
}

fn tell_withdrawal(
    withdrawn: Option<&Withdrawal>,
    language: Language,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let Some(Withdrawal { at, by, reason }) = withdrawn else { return Ok(()) };
    let why = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
    let (on, from) = (said(language, "retirée le", "withdrawn on"), said(language, "par", "by"));
    writeln!(out, "      {on} {} {from} {by}{why}", dated(*at, language))
}

fn withdrawn_json(withdrawn: Option<&Withdrawal>) -> Value {
    withdrawn
        .map_or(Value::Null, |one| json!({ "at": one.at.to_string(), "by": one.by, "reason": one.reason }))
}

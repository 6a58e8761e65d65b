//! Verdicts, and the one rule about them: what a person decided is not overwritten.

use rusqlite::{OptionalExtension as _, named_params};
use serde_json::{Map, Value, json};

use super::{StoreError, Tx, json as facts_json};
use crate::domain::DossierNumber;
use crate::eligibility::{Outcome, Reason, Verdict};

/// Who decides when nobody did.
const RULES: &str = "rules";

/// A verdict that moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// What it was; none for a first verdict.
    pub before: Option<Outcome>,
    /// What it is.
    pub after: Outcome,
}

impl Tx<'_> {
    /// Writes a verdict of the rules down, unless a person decided.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn record_verdict(
        &self,
        number: DossierNumber,
        verdict: &Verdict,
    ) -> Result<Option<Transition>, StoreError> {
        let mut find = self.transaction.prepare_cached(
            "SELECT verdict, decided_by, rules_version, reasons FROM verdicts WHERE dossier_number = ?1",
        )?;
        let found = find
            .query_row([number.0], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, String>(3)?,
                ))
            })
            .optional()?;
        let reasons = Value::Array(verdict.reasons.iter().map(reason).collect()).to_string();
        if let Some((before, decided_by, version, told)) = &found {
            let same =
                before == verdict.outcome.as_str() && *version == verdict.rules_version && *told == reasons;
            if decided_by != RULES || same {
                return Ok(None);
            }
        }
        self.transaction
            .prepare_cached(
                "INSERT INTO verdicts (dossier_number, verdict, applicant_check, deadline_check, nature, reasons,
                    rules_version, decided_by, decided_at)
                 VALUES (:number, :verdict, :applicant, :deadline, :nature, :reasons, :version, 'rules', :now)
                 ON CONFLICT (dossier_number) DO UPDATE SET
                    verdict = excluded.verdict, applicant_check = excluded.applicant_check,
                    deadline_check = excluded.deadline_check, nature = excluded.nature, reasons = excluded.reasons,
                    rules_version = excluded.rules_version, decided_by = excluded.decided_by,
                    decided_at = excluded.decided_at",
            )?
            .execute(named_params! {
                ":number": number.0,
                ":verdict": verdict.outcome.as_str(),
                ":applicant": verdict.applicant_check.as_str(),
                ":deadline": verdict.deadline_check.as_str(),
                ":nature": verdict.nature.as_str(),
                ":reasons": reasons,
                ":version": verdict.rules_version,
                ":now": self.now.to_string(),
            })?;
        let before = found.and_then(|(before, ..)| Outcome::from_name(&before));
        Ok((before != Some(verdict.outcome)).then_some(Transition { before, after: verdict.outcome }))
    }
}

fn reason(reason: &Reason) -> Value {
    let facts: Map<String, Value> =
        reason.facts.iter().map(|(name, fact)| ((*name).to_owned(), facts_json::value(fact))).collect();
    json!({ "code": reason.code, "text": reason.text, "facts": facts })
}

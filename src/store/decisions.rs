//! What people decided, kept as a history: who, when, why, and what the rules said then.
//!
//! Invariants: one decision at most is in force for a dossier; none is ever erased, it is withdrawn, by
//! somebody, at an instant; a pass over the call writes none of this.

use jiff::Timestamp;
use rusqlite::named_params;
use serde_json::Value;

use super::lookups::{json, required_instant};
use super::verdicts::reasons_text;
use super::withdrawal::{self, Withdrawable, Withdrawal};
use super::{Reader, StoreError, Tx};
use crate::domain::DossierNumber;
use crate::eligibility::{Outcome, Verdict};

/// A decision to record.
#[derive(Debug, Clone, Copy)]
pub struct NewDecision<'a> {
    /// The dossier.
    pub number: DossierNumber,
    /// What is decided.
    pub verdict: Outcome,
    /// Who decides.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// What the rules alone say now.
    pub rules: &'a Verdict,
}

/// A decision as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionLine {
    /// What was decided.
    pub verdict: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// What the rules said then.
    pub rules_verdict: Option<String>,
    /// Their reasons, a JSON array.
    pub rules_reasons: Value,
    /// Which rules.
    pub rules_version: Option<String>,
    /// When it was withdrawn, by whom and why.
    pub withdrawn: Option<Withdrawal>,
}

impl Tx<'_> {
    /// Records a decision; the one in force, if any, gives way to it.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn decide(&self, decision: &NewDecision<'_>) -> Result<(), StoreError> {
        self.withdraw_decision(decision.number, decision.by, "remplacée par une autre décision")?;
        self.transaction
            .prepare_cached(
                "INSERT INTO decisions (dossier_number, verdict, decided_by, decided_at, reason, rules_verdict,
                    rules_reasons, rules_version, last_change_id)
                 VALUES (:number, :verdict, :by, :now, :reason, :rules_verdict, :rules_reasons, :version,
                    (SELECT COALESCE(MAX(id), 0) FROM changes WHERE dossier_number = :number))",
            )?
            .execute(named_params! {
                ":number": decision.number.0,
                ":verdict": decision.verdict.as_str(),
                ":by": decision.by,
                ":now": self.now.to_string(),
                ":reason": decision.reason,
                ":rules_verdict": decision.rules.rules_outcome.as_str(),
                ":rules_reasons": reasons_text(&decision.rules.reasons),
                ":version": decision.rules.rules_version,
            })?;
        Ok(())
    }

    /// Withdraws the decision in force. `false` if there is none.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn withdraw_decision(
        &self,
        number: DossierNumber,
        by: &str,
        reason: &str,
    ) -> Result<bool, StoreError> {
        self.withdraw(Withdrawable::Decision, number, by, reason)
    }
}

impl Reader {
    /// Every decision of a dossier, oldest first.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn list_decisions(&self, number: DossierNumber) -> Result<Vec<DecisionLine>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT verdict, decided_by, decided_at, reason, rules_verdict, rules_reasons, rules_version,
                withdrawn_at, withdrawn_by, withdrawn_reason
             FROM decisions WHERE dossier_number = ?1 ORDER BY id",
        )?;
        let rows = statement.query_map([number.0], |row| {
            let reasons: Option<String> = row.get(5)?;
            Ok(DecisionLine {
                verdict: row.get(0)?,
                by: row.get(1)?,
                at: required_instant(row, 2)?,
                reason: row.get(3)?,
                rules_verdict: row.get(4)?,
                rules_reasons: reasons.as_deref().map_or(Value::Null, json),
                rules_version: row.get(6)?,
                withdrawn: withdrawal::read(row, 7)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

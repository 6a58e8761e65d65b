//! What was told of a dossier, verdict after verdict.

use jiff::Timestamp;
use serde_json::Value;

use super::lookups::{json, required_instant};
use super::{Reader, StoreError};
use crate::domain::DossierNumber;

/// A verdict as it was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Since when.
    pub at: Timestamp,
    /// The verdict.
    pub verdict: String,
    /// What the rules alone said.
    pub rules_verdict: Option<String>,
    /// The reasons, a JSON array.
    pub reasons: Value,
    /// The rules it was given by.
    pub rules_version: String,
    /// `rules`, or the person.
    pub decided_by: String,
}

/// What was told at an instant.
#[derive(Debug, Clone, PartialEq)]
pub enum VerdictAt {
    /// This.
    Told(Told),
    /// Nothing: the mirror gave its first verdict later, at this instant if it ever did.
    NotYet(Option<Timestamp>),
}

impl Reader {
    /// Every verdict told of a dossier, oldest first.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn list_told(&self, number: DossierNumber) -> Result<Vec<Told>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT told_at, verdict, rules_verdict, reasons, rules_version, decided_by FROM verdict_history
             WHERE dossier_number = ?1 ORDER BY id",
        )?;
        let rows = statement.query_map([number.0], |row| {
            Ok(Told {
                at: required_instant(row, 0)?,
                verdict: row.get(1)?,
                rules_verdict: row.get(2)?,
                reasons: json(&row.get::<_, String>(3)?),
                rules_version: row.get(4)?,
                decided_by: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What was told of a dossier at an instant.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn verdict_at(&self, number: DossierNumber, at: Timestamp) -> Result<VerdictAt, StoreError> {
        let told = self.list_told(number)?;
        let first = told.first().map(|one| one.at);
        let then = told.into_iter().rev().find(|one| one.at <= at);
        Ok(then.map_or(VerdictAt::NotYet(first), VerdictAt::Told))
    }
}

//! Which verdicts other rules would change, without writing any.
//!
//! Dossiers are read one after the other: memory holds those whose verdict would change, and no more.

use jiff::Timestamp;

use super::error::EngineError;
use crate::api;
use crate::domain::{DemarcheNumber, DossierNumber};
use crate::eligibility::{Outcome, Reason, Ruleset, judge};
use crate::store::Reader;

/// A verdict that would change.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreseen {
    /// The dossier.
    pub number: DossierNumber,
    /// What is told now; none if it was never judged.
    pub before: Option<String>,
    /// What would be.
    pub after: Outcome,
    /// Why, the deciding reason first.
    pub reasons: Vec<Reason>,
}

/// What other rules would do to a call.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Foresight {
    /// Dossiers there.
    pub dossiers: u64,
    /// Those whose verdict would change, by number.
    pub changed: Vec<Foreseen>,
    /// Those that this version cannot read.
    pub unreadable: u64,
}

/// Judges every dossier of a call by other rules and compares with what is told.
///
/// # Errors
/// When the mirror cannot be read.
pub fn foresee(
    reader: &Reader,
    demarche: DemarcheNumber,
    rules: &Ruleset,
    now: Timestamp,
) -> Result<Foresight, EngineError> {
    let mut foresight = Foresight::default();
    for number in reader.alive_numbers(demarche)? {
        foresight.dossiers += 1;
        let Some(kept) = reader.find_dossier(number)? else { continue };
        let Ok(read) = api::normalize(&kept.payload.json) else {
            foresight.unreadable += 1;
            continue;
        };
        let beside = reader.circumstances(&read.dossier, rules)?;
        let verdict = judge(&read.dossier, &beside, rules, now);
        let before = kept.verdict.map(|verdict| verdict.verdict);
        if before.as_deref() != Some(verdict.outcome.as_str()) {
            let reasons = verdict.reasons;
            foresight.changed.push(Foreseen { number, before, after: verdict.outcome, reasons });
        }
    }
    Ok(foresight)
}

//! One dossier judged and its verdict written down, in the transaction it is given.
//!
//! Every road that judges ends here. Invariants: what stands beside the dossier (its form, its siblings, a
//! person's decision) is read in the same transaction; when it moves, those it concerns are judged again
//! before the transaction ends.

use super::error::EngineError;
use crate::api;
use crate::config::CallConfig;
use crate::domain::{Dossier, DossierNumber};
use crate::eligibility::{Verdict, judge};
use crate::store::{Transition, Tx};

/// Marked dossiers judged again in one transaction; what is left waits for the next one.
const MOST_MARKED: u32 = 200;

/// What the rules, and a person's decision if there is one, say of a dossier now.
pub(super) fn verdict_of(tx: &Tx<'_>, call: &CallConfig, dossier: &Dossier) -> Result<Verdict, EngineError> {
    let beside = tx.circumstances(dossier, &call.rules)?;
    Ok(judge(dossier, &beside, &call.rules, tx.now()))
}

/// Judges a dossier and writes its verdict down.
pub(super) fn judge_and_record(
    tx: &Tx<'_>,
    call: &CallConfig,
    dossier: &Dossier,
) -> Result<Option<Transition>, EngineError> {
    let verdict = verdict_of(tx, call, dossier)?;
    Ok(tx.record_verdict(dossier.number, &verdict)?)
}

/// A dossier as the mirror keeps it; `None` if it is not there or this version cannot read it.
pub(super) fn find_kept(tx: &Tx<'_>, number: DossierNumber) -> Result<Option<Dossier>, EngineError> {
    let Some(payload) = tx.find_payload(number)? else { return Ok(None) };
    Ok(api::normalize(&payload.json).ok().map(|read| read.dossier))
}

/// Judges again the dossiers beside which something moved; tells how many verdicts did.
pub(super) fn judge_marked(tx: &Tx<'_>, call: &CallConfig) -> Result<u64, EngineError> {
    let mut transitions = 0;
    for number in tx.marked(call.demarche, MOST_MARKED)? {
        match find_kept(tx, number)? {
            Some(dossier) => transitions += u64::from(judge_and_record(tx, call, &dossier)?.is_some()),
            // It keeps its verdict: the next reading will settle it.
            None => tx.unmark(number)?,
        }
    }
    Ok(transitions)
}

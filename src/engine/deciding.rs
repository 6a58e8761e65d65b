//! What people write beside the mirror: a decision, an extension of the deadline.
//!
//! Each is one short transaction, beside a pass that may be under way: the dossier is judged again in it, so
//! that what is told never lags behind what was decided. No API is needed.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::alerting::tell;
use super::error::EngineError;
use super::judging::{find_kept, judge_and_record};
use crate::alert::Plan;
use crate::config::CallConfig;
use crate::domain::{Dossier, DossierNumber};
use crate::eligibility::{Outcome, judge};
use crate::store::{NewDecision, NewExtension, Store, Tx};

/// Something written beside a dossier.
#[derive(Debug, Clone, Copy)]
pub enum Writing {
    /// A person decides.
    Decide(Outcome),
    /// The decision is withdrawn: the rules speak again.
    WithdrawDecision,
    /// The deadline is extended for this dossier, to a local time of the call.
    Extend(DateTime),
    /// The extension is withdrawn.
    WithdrawExtension,
}

/// Who writes, and why.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// Who.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// What became of a dossier's verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The verdict now.
    pub outcome: Outcome,
    /// What the rules alone say.
    pub rules_outcome: Outcome,
}

/// Writes beside a dossier, judges it again and tells those who follow verdicts. `None` if the mirror has not the
/// dossier, or nothing was there to withdraw.
///
/// # Errors
/// When the mirror cannot be read or written.
pub fn write_beside(
    store: &mut Store,
    now: Timestamp,
    (call, plan): (&CallConfig, &Plan),
    number: DossierNumber,
    (writing, signed): (Writing, Signed<'_>),
) -> Result<Option<Written>, EngineError> {
    store.write(now, |tx| {
        let Some(dossier) = find_kept(tx, number)? else { return Ok(None) };
        if !write(tx, call, &dossier, (writing, signed))? {
            return Ok(None);
        }
        judge_and_record(tx, call, &dossier)?;
        // A service under way may hold another configuration than the one this was judged by.
        tx.mark(number)?;
        let beside = tx.circumstances(&dossier, &call.rules)?;
        let verdict = judge(&dossier, &beside, &call.rules, now);
        tell(tx, plan)?;
        Ok(Some(Written { outcome: verdict.outcome, rules_outcome: verdict.rules_outcome }))
    })
}

/// Whether anything was written.
fn write(
    tx: &Tx<'_>,
    call: &CallConfig,
    dossier: &Dossier,
    (writing, Signed { by, reason }): (Writing, Signed<'_>),
) -> Result<bool, EngineError> {
    let number = dossier.number;
    match writing {
        Writing::Decide(verdict) => {
            let mut beside = tx.circumstances(dossier, &call.rules)?;
            beside.decision = None;
            let rules = judge(dossier, &beside, &call.rules, tx.now());
            tx.decide(&NewDecision { number, verdict, by, reason, rules: &rules })?;
            Ok(true)
        }
        Writing::WithdrawDecision => Ok(tx.withdraw_decision(number, by, reason)?),
        Writing::Extend(until) => {
            tx.extend(&NewExtension { number, until, by, reason })?;
            Ok(true)
        }
        Writing::WithdrawExtension => Ok(tx.withdraw_extension(number, by, reason)?),
    }
}

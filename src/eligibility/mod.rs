//! May this applicant take part, and was it in time? Pure rules over a dossier and what is known beside it.
//!
//! [`judge`] is total: it never fails, and doubt is a verdict. It knows no clock, no network and no SQL.
//! Invariants: every verdict has a reason; an ineligible applicant who is also late is ineligible, with
//! both reasons; what is missing never refuses anyone; what a person decided is the verdict, whatever the
//! rules say.

mod answer_rule;
mod applicant;
mod check;
mod checks;
mod circumstances;
mod codes;
mod deadline;
mod deadline_wording;
mod describe;
mod explain;
mod identifiers;
mod nature;
mod rules_input;
mod ruleset;
mod tables;
mod verdict;
mod wording;

#[cfg(test)]
mod tests;

use jiff::Timestamp;

use crate::domain::Dossier;

pub use answer_rule::{AnswerRule, Condition};
pub use check::{Check, CheckReport, CheckResult, Weight};
pub use circumstances::{
    Circumstances, Decision, Edit, Extension, Form, MOST_NAMES, MOST_SIBLINGS, Sibling, Siblings,
};
pub use codes::{CODES, Code};
pub use deadline::DepositDate;
pub use describe::RuleLine;
pub use explain::explain;
pub use identifiers::{is_siren, is_siret};
pub use nature::Confidence;
pub use ruleset::{Language, RulesError, RulesInput, Ruleset};
pub use verdict::{ApplicantCheck, DeadlineCheck, Nature, Outcome, Reason, Verdict};

/// Judges a dossier by the rules of its call. `_now` is the frozen instant of the transaction: no rule of
/// today depends on it, and those that will must not ask a clock.
#[must_use]
pub fn judge(dossier: &Dossier, beside: &Circumstances, rules: &Ruleset, _now: Timestamp) -> Verdict {
    let found = explain::examine(dossier, beside, rules);
    let domain = rules.domain_champ.as_deref().and_then(|named| checks::domain_of(dossier, named));
    Verdict {
        outcome: beside.decision.as_ref().map_or(found.outcome, |decision| decision.verdict),
        rules_outcome: found.outcome,
        decided: beside.decision.as_ref().map(|decision| (decision.by.clone(), decision.at)),
        applicant_check: found.applicant,
        deadline_check: found.deadline,
        nature: found.nature,
        confidence: found.confidence,
        domain,
        reasons: reasons(found.reports, found.outcome, found.deadline),
        rules_version: rules.version().to_owned(),
    }
}

/// What a verdict rests on and what does not pass, the deciding reasons first.
fn reasons(reports: Vec<CheckReport>, outcome: Outcome, deadline: DeadlineCheck) -> Vec<Reason> {
    let deadline_decides = outcome == Outcome::Late || deadline == DeadlineCheck::Early;
    let rank = |report: &CheckReport| {
        let decides = report.result != CheckResult::Pass
            && match outcome {
                Outcome::Ineligible => report.weight == Weight::Blocks,
                Outcome::Late => report.check == Check::Deadline,
                Outcome::ToReview => report.weight != Weight::Informs,
                Outcome::Eligible => false,
            };
        match report.check {
            Check::Decision => 0,
            Check::Deadline if deadline_decides => 1,
            _ if decides => 2,
            Check::Applicant => 3,
            Check::Deadline => 4,
            _ => 5,
        }
    };
    let mut told: Vec<CheckReport> = reports.into_iter().filter(CheckReport::is_told).collect();
    told.sort_by_key(rank);
    told.into_iter().map(|report| report.reason).collect()
}

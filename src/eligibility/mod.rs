//! May this applicant take part, and was it in time? Pure rules over a dossier.
//!
//! [`judge`] is total: it never fails, and doubt is a verdict. It knows no clock, no network and no SQL.
//! Invariants: every verdict has a reason; an ineligible applicant who is also late is ineligible, with
//! both reasons; what is missing never refuses anyone.

mod applicant;
mod deadline;
mod explain;
mod identifiers;
mod nature;
mod ruleset;
mod tables;
mod verdict;
mod wording;

#[cfg(test)]
mod tests;

use jiff::Timestamp;

use crate::domain::Dossier;

pub use explain::{CheckResult, ExplainLine, explain};
pub use identifiers::{is_siren, is_siret};
pub use nature::Confidence;
pub use ruleset::{Language, RulesError, RulesInput, Ruleset};
pub use verdict::{ApplicantCheck, DeadlineCheck, Nature, Outcome, Reason, Verdict};

/// Judges a dossier by the rules of its call. `_now` is the frozen instant of the transaction: no rule of
/// today depends on it, and those that will must not ask a clock.
#[must_use]
pub fn judge(dossier: &Dossier, rules: &Ruleset, _now: Timestamp) -> Verdict {
    let applicant = applicant::check(&dossier.demandeur, rules);
    let (deadline_check, deadline_reason) = deadline::check(dossier.dates.depot, rules);
    let outcome = match (applicant.check, deadline_check) {
        (ApplicantCheck::Ineligible, _) => Outcome::Ineligible,
        (_, DeadlineCheck::Late) => Outcome::Late,
        (ApplicantCheck::Eligible, DeadlineCheck::OnTime) => Outcome::Eligible,
        (ApplicantCheck::Eligible | ApplicantCheck::ToReview, _) => Outcome::ToReview,
    };
    let mut reasons = applicant.reasons;
    if outcome == Outcome::Late || deadline_check == DeadlineCheck::Early {
        reasons.insert(0, deadline_reason);
    } else {
        reasons.push(deadline_reason);
    }
    Verdict {
        outcome,
        applicant_check: applicant.check,
        deadline_check,
        nature: applicant.nature,
        reasons,
        rules_version: rules.version().to_owned(),
    }
}

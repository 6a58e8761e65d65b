//! The checks beside the applicant's type and the deadline: one file each.
//!
//! Each is a function of the dossier, its circumstances and the rules that gives reports, none when it is
//! turned off. What it says, in both languages, stands beside what it looks at.

mod answers;
mod antivirus;
mod company_closed;
mod decision;
mod mandatory;
mod modified_after_deadline;
mod refiled;
mod same_siren;
mod same_usager;
mod test_filing;
mod third_party;

use super::check::{Check, CheckReport, CheckResult, Weight};
use super::circumstances::Circumstances;
use super::codes;
use super::ruleset::Ruleset;
use super::verdict::Reason;
use crate::domain::Dossier;

pub(super) use decision::told as decision;

/// The answer to the question on the domain, as text.
pub(super) fn domain_of(dossier: &Dossier, named: &str) -> Option<String> {
    answers::find(dossier, named).and_then(answers::text_of)
}

type Run = fn(&Dossier, &Circumstances, &Ruleset, Weight) -> Vec<CheckReport>;

/// In the order in which they are told.
const CONFIGURABLE: &[(Check, Run)] = &[
    (Check::CompanyClosed, company_closed::check),
    (Check::ModifiedAfterDeadline, modified_after_deadline::check),
    (Check::Mandatory, mandatory::check),
    (Check::Antivirus, antivirus::check),
    (Check::SameSiren, same_siren::check),
    (Check::SameUsager, same_usager::check),
    (Check::Refiled, refiled::check),
    (Check::TestFiling, test_filing::check),
    (Check::ThirdParty, third_party::check),
];

/// Every check that the call has not turned off.
pub(super) fn all(dossier: &Dossier, beside: &Circumstances, rules: &Ruleset) -> Vec<CheckReport> {
    let mut reports = Vec::new();
    for (check, run) in CONFIGURABLE {
        if let Some(weight) = rules.weight_of(*check) {
            reports.extend(run(dossier, beside, rules, weight));
        }
    }
    reports.extend(answers::check(dossier, rules));
    reports
}

/// A report with the source of its code.
pub(super) fn report(
    check: Check,
    (result, weight): (CheckResult, Weight),
    reason: Reason,
    rules: &Ruleset,
) -> CheckReport {
    let source = codes::source(reason.code, rules.language).to_owned();
    CheckReport { check, result, weight, reason, source }
}

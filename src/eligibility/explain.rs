//! A dossier examined: every check with its facts, told in order, and the verdict folded from them.

use super::applicant;
use super::check::{Check, CheckReport, CheckResult, Weight};
use super::checks;
use super::circumstances::Circumstances;
use super::deadline;
use super::nature::Confidence;
use super::ruleset::Ruleset;
use super::verdict::{ApplicantCheck, DeadlineCheck, Nature, Outcome};
use crate::domain::{Dossier, Fact};

/// Everything that the checks found.
pub(super) struct Examination {
    /// May this applicant take part, its own state in the directory counted?
    pub applicant: ApplicantCheck,
    /// Was it in time?
    pub deadline: DeadlineCheck,
    /// What the applicant is.
    pub nature: Nature,
    /// How sure that is.
    pub confidence: Confidence,
    /// What the rules alone conclude.
    pub outcome: Outcome,
    /// Every report, in order.
    pub reports: Vec<CheckReport>,
}

/// Runs every check.
pub(super) fn examine(dossier: &Dossier, beside: &Circumstances, rules: &Ruleset) -> Examination {
    let found = applicant::check(&dossier.demandeur, rules);
    let (on_time, reason) = deadline::check(&dossier.dates, beside.extension.as_ref(), rules);
    let result = match on_time {
        DeadlineCheck::OnTime => CheckResult::Pass,
        DeadlineCheck::Late => CheckResult::Fail,
        DeadlineCheck::Early | DeadlineCheck::ToReview => CheckResult::Unknown,
    };
    let mut reports = found.reports;
    reports.push(checks::report(Check::Deadline, (result, Weight::AsksReview), reason, rules));
    reports.extend(checks::all(dossier, beside, rules));
    let applicant = with_directory(found.check, &reports);
    let outcome = fold(applicant, on_time, &reports);
    if let Some(decision) = &beside.decision {
        reports.splice(0..0, checks::decision(decision, outcome, rules));
    }
    Examination {
        applicant,
        deadline: on_time,
        nature: found.nature,
        confidence: found.confidence,
        outcome,
        reports,
    }
}

/// Whether the applicant is closed is a part of what it is.
fn with_directory(check: ApplicantCheck, reports: &[CheckReport]) -> ApplicantCheck {
    let closed = reports
        .iter()
        .find(|report| report.check == Check::CompanyClosed && report.result != CheckResult::Pass)
        .map(|report| report.weight);
    match (check, closed) {
        (ApplicantCheck::Eligible | ApplicantCheck::ToReview, Some(Weight::Blocks)) => {
            ApplicantCheck::Ineligible
        }
        (ApplicantCheck::Eligible, Some(Weight::AsksReview)) => ApplicantCheck::ToReview,
        (check, _) => check,
    }
}

/// The verdict of the rules: what blocks, then late, then what asks for a person.
fn fold(applicant: ApplicantCheck, deadline: DeadlineCheck, reports: &[CheckReport]) -> Outcome {
    let beside = || {
        reports.iter().filter(|report| {
            !matches!(report.check, Check::Applicant | Check::Deadline | Check::CompanyClosed)
                && report.result != CheckResult::Pass
        })
    };
    let blocked =
        beside().any(|report| report.result == CheckResult::Fail && report.weight == Weight::Blocks);
    if applicant == ApplicantCheck::Ineligible || blocked {
        return Outcome::Ineligible;
    }
    if deadline == DeadlineCheck::Late {
        return Outcome::Late;
    }
    let doubted = beside().any(|report| report.weight != Weight::Informs);
    if applicant == ApplicantCheck::ToReview || deadline != DeadlineCheck::OnTime || doubted {
        return Outcome::ToReview;
    }
    Outcome::Eligible
}

/// Tells every check of a dossier under these rules.
#[must_use]
pub fn explain(dossier: &Dossier, beside: &Circumstances, rules: &Ruleset) -> Vec<CheckReport> {
    examine(dossier, beside, rules).reports
}

impl CheckReport {
    /// Its facts as bare text, by name.
    pub fn facts(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.reason.facts.iter().map(|(name, fact)| (*name, plain(fact)))
    }
}

fn plain(fact: &Fact) -> String {
    match fact {
        Fact::Nothing => String::new(),
        Fact::Bool(yes) => yes.to_string(),
        Fact::Text(text) | Fact::Json(text) => text.clone(),
        Fact::Integer(number) => number.to_string(),
        Fact::Decimal(number) => number.to_string(),
        Fact::List(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Fact::Record(fields) => {
            fields.iter().map(|(name, fact)| format!("{name} {}", plain(fact))).collect::<Vec<_>>().join(", ")
        }
    }
}

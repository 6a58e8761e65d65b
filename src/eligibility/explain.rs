//! A verdict told check by check, with the rule and its source.

use super::applicant;
use super::deadline;
use super::ruleset::{Language, Ruleset};
use super::verdict::{ApplicantCheck, DeadlineCheck, Reason};
use crate::domain::{Dossier, Fact};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckResult {
    /// In the applicant's favour.
    Pass,
    /// Against.
    Fail,
    /// A person has to say.
    Unknown,
}

/// One check, told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainLine {
    /// Which check: `applicant` or `deadline`.
    pub check: &'static str,
    /// How it ended.
    pub result: CheckResult,
    /// The reason's code.
    pub code: &'static str,
    /// The reason, fit to be quoted.
    pub text: String,
    /// The facts it rests on.
    pub facts: Vec<(String, String)>,
    /// Where the rule comes from.
    pub source: String,
}

/// Tells every check of a dossier under these rules.
#[must_use]
pub fn explain(dossier: &Dossier, rules: &Ruleset) -> Vec<ExplainLine> {
    let applicant = applicant::check(&dossier.demandeur, rules);
    let (on_time, deadline_reason) = deadline::check(dossier.dates.depot, rules);
    let applicant_result = match applicant.check {
        ApplicantCheck::Eligible => CheckResult::Pass,
        ApplicantCheck::Ineligible => CheckResult::Fail,
        ApplicantCheck::ToReview => CheckResult::Unknown,
    };
    let deadline_result = match on_time {
        DeadlineCheck::OnTime => CheckResult::Pass,
        DeadlineCheck::Late => CheckResult::Fail,
        DeadlineCheck::Early | DeadlineCheck::ToReview => CheckResult::Unknown,
    };
    let lines = applicant.reasons.iter().map(|reason| line("applicant", applicant_result, reason, rules));
    lines.chain([line("deadline", deadline_result, &deadline_reason, rules)]).collect()
}

fn line(check: &'static str, result: CheckResult, reason: &Reason, rules: &Ruleset) -> ExplainLine {
    let facts = reason.facts.iter().map(|(name, fact)| ((*name).to_owned(), plain(fact))).collect();
    ExplainLine {
        check,
        result,
        code: reason.code,
        text: reason.text.clone(),
        facts,
        source: source(reason.code, rules),
    }
}

fn plain(fact: &Fact) -> String {
    match fact {
        Fact::Text(text) => text.clone(),
        Fact::Integer(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}

/// Where a rule comes from.
fn source(code: &str, rules: &Ruleset) -> String {
    let (french, english) = match code {
        "state_operator" => (
            "liste des opérateurs de l’État, annexe du projet de loi de finances",
            "list of State operators, annex to the budget bill",
        ),
        "legal_category_eligible" | "legal_category_ineligible" | "legal_category_to_review" => (
            "INSEE, catégories juridiques, niveau III ; publics visés par l’appel",
            "INSEE, legal categories, level III; applicants that the call is open to",
        ),
        "legal_category_listed_by_call" | "siren_listed_by_call" | "individual" => {
            ("réglage de l’appel (calls.applicants)", "setting of the call (calls.applicants)")
        }
        "deposited_late"
        | "deposited_on_time"
        | "deposited_within_grace"
        | "deposited_before_opening"
        | "no_deadline" => (
            "dates de l’appel (opens_at, deadline) ; date du premier dépôt donnée par la plateforme",
            "dates of the call (opens_at, deadline); date of first filing given by the platform",
        ),
        "siret_check_failed" => ("clé de contrôle du SIRET (INSEE)", "check digit of the SIRET (INSEE)"),
        _ => ("données de l’entreprise données par la plateforme", "company data given by the platform"),
    };
    match rules.language {
        Language::Fr => french.to_owned(),
        Language::En => english.to_owned(),
    }
}

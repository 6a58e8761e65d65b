//! What a person decided, and what happened since.
//!
//! The decision stands whatever the rules say. A dossier that changed afterwards, or rules that conclude
//! otherwise than they did then, are findings: they ask the person to look again and decide nothing.

use super::report;
use crate::domain::Fact;
use crate::eligibility::check::{Check, CheckReport, CheckResult, Weight};
use crate::eligibility::circumstances::Decision;
use crate::eligibility::ruleset::{Language, Ruleset};
use crate::eligibility::verdict::{Outcome, Reason};
use crate::eligibility::wording::{listed, local, reason};

/// A decision, told beside what the rules conclude now.
pub(in crate::eligibility) fn told(
    decision: &Decision,
    rules_say: Outcome,
    rules: &Ruleset,
) -> Vec<CheckReport> {
    let informs = (CheckResult::Pass, Weight::Informs);
    let asks = (CheckResult::Unknown, Weight::AsksReview);
    let mut reports = vec![report(Check::Decision, informs, decided(rules, decision), rules)];
    if !decision.changed_since.is_empty() {
        reports.push(report(Check::Decision, asks, changed(rules, decision), rules));
    }
    if let Some(then) = decision.rules_said.filter(|then| *then != rules_say) {
        reports.push(report(Check::Decision, asks, disagree(rules, then, rules_say), rules));
    }
    reports
}

fn decided(rules: &Ruleset, decision: &Decision) -> Reason {
    let Decision { verdict, by, at, reason: why, rules_said, .. } = decision;
    let when = local(rules, *at);
    let word = outcome(rules.language, *verdict);
    reason(
        rules,
        "decided_by_person",
        format!("{by} a décidé le {when} que le dossier est {word} : {why}."),
        format!("{by} decided on {when} that the application is {word}: {why}."),
        [
            ("verdict", verdict.as_str().into()),
            ("decided_by", by.into()),
            ("decided_at", (*at).into()),
            ("reason", why.into()),
            ("rules_said", rules_said.map(Outcome::as_str).into()),
        ],
    )
}

fn changed(rules: &Ruleset, decision: &Decision) -> Reason {
    let names = &decision.changed_since;
    let what = listed(rules, names);
    let when = local(rules, decision.at);
    reason(
        rules,
        "changed_since_decision",
        format!("Le dossier a changé depuis la décision du {when} : {what}."),
        format!("The application changed since the decision of {when}: {what}."),
        [("changed", Fact::list(names)), ("decided_at", decision.at.into())],
    )
}

fn disagree(rules: &Ruleset, then: Outcome, now: Outcome) -> Reason {
    let (before, after) = (outcome(rules.language, then), outcome(rules.language, now));
    reason(
        rules,
        "rules_disagree_with_decision",
        format!(
            "Au moment de la décision les règles concluaient « {before} » ; elles concluent maintenant « {after} »."
        ),
        format!("When it was decided the rules said “{before}”; they now say “{after}”."),
        [("rules_said", then.as_str().into()), ("rules_say", now.as_str().into())],
    )
}

/// A verdict as people say it.
pub(in crate::eligibility) const fn outcome(language: Language, outcome: Outcome) -> &'static str {
    match (language, outcome) {
        (Language::Fr, Outcome::Eligible) => "recevable",
        (Language::Fr, Outcome::Ineligible) => "non éligible",
        (Language::Fr, Outcome::Late) => "hors délai",
        (Language::Fr, Outcome::ToReview) => "à examiner",
        (Language::En, Outcome::Eligible) => "eligible",
        (Language::En, Outcome::Ineligible) => "not eligible",
        (Language::En, Outcome::Late) => "late",
        (Language::En, Outcome::ToReview) => "to review",
    }
}

//! Does it look like a trial of the form?
//!
//! Two short answers that people type when they try a form are enough to have somebody look. The answers
//! themselves are not repeated.

use super::report;
use crate::domain::{ChampKind, ChampValue, Dossier, Fact};
use crate::eligibility::check::{Check, CheckReport, CheckResult, Weight};
use crate::eligibility::circumstances::Circumstances;
use crate::eligibility::ruleset::Ruleset;
use crate::eligibility::verdict::Reason;
use crate::eligibility::wording::{listed, reason};

/// Answers that say nothing.
const WORDS: [&str; 9] = ["test", "tests", "teste", "essai", "testtest", "azerty", "qwerty", "xxx", "aaa"];

/// One such answer may be an abbreviation; two are a habit.
const ENOUGH: usize = 2;

pub(super) fn check(
    dossier: &Dossier,
    _beside: &Circumstances,
    rules: &Ruleset,
    weight: Weight,
) -> Vec<CheckReport> {
    let names: Vec<String> = dossier
        .all_champs()
        .filter(|placed| placed.kind == ChampKind::Champ)
        .filter(|placed| matches!(&placed.champ.value, ChampValue::Text(Some(text)) if says_nothing(text)))
        .map(|placed| placed.champ.label.clone())
        .take(ENOUGH * 2)
        .collect();
    if names.len() < ENOUGH {
        return Vec::new();
    }
    vec![report(Check::TestFiling, (CheckResult::Fail, weight), trial(rules, &names), rules)]
}

fn says_nothing(text: &str) -> bool {
    let bare = text.trim().trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace()).to_lowercase();
    WORDS.contains(&bare.as_str())
}

fn trial(rules: &Ruleset, names: &[String]) -> Reason {
    let questions = listed(rules, names);
    reason(
        rules,
        "looks_like_a_test",
        format!("Des réponses ressemblent à un essai du formulaire : {questions}."),
        format!("Some answers look like a trial of the form: {questions}."),
        [("champs", Fact::list(names))],
    )
}

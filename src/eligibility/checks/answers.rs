//! Are the answers those that the call asks for?
//!
//! A call may hold a question against a value, a text to contain, a box to check, bounds. An answer that is
//! not there is unknown, never wrong.

use super::report;
use crate::domain::{Champ, ChampValue, Dossier};
use crate::eligibility::answer_rule::{AnswerRule, Condition};
use crate::eligibility::check::{Check, CheckReport, CheckResult};
use crate::eligibility::ruleset::{Language, Ruleset};
use crate::eligibility::verdict::Reason;
use crate::eligibility::wording::reason;

/// An answer is told up to here, characters.
const LONGEST: usize = 120;

pub(super) fn check(dossier: &Dossier, rules: &Ruleset) -> Vec<CheckReport> {
    rules.answers.iter().map(|rule| one(dossier, rule, rules)).collect()
}

fn one(dossier: &Dossier, rule: &AnswerRule, rules: &Ruleset) -> CheckReport {
    let champ = find(dossier, &rule.champ);
    let said = champ.and_then(|champ| holds(&rule.condition, champ));
    let result = match said {
        Some(true) => CheckResult::Pass,
        Some(false) => CheckResult::Fail,
        None => CheckResult::Unknown,
    };
    report(Check::Answers, (result, rule.weight), worded(rules, rule, champ, result), rules)
}

/// The question by its identifier, else by its label.
pub(in crate::eligibility) fn find<'d>(dossier: &'d Dossier, named: &str) -> Option<&'d Champ> {
    let by = |is: fn(&Champ, &str) -> bool| {
        dossier.champs.iter().chain(&dossier.annotations).find(|champ| is(champ, named))
    };
    by(|champ, named| champ.descriptor_id == named).or_else(|| by(|champ, named| champ.label.trim() == named))
}

/// The answer as text, if there is one.
pub(in crate::eligibility) fn text_of(champ: &Champ) -> Option<String> {
    let text = match &champ.value {
        ChampValue::Text(text)
        | ChampValue::IntegerNumber(text)
        | ChampValue::DropDownList(text)
        | ChampValue::Civilite(text) => text.clone(),
        ChampValue::MultipleDropDownList(values) => Some(values.join(", ")),
        ChampValue::DecimalNumber(number) => number.map(|number| number.to_string()),
        _ => champ.string_value.clone(),
    };
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Whether an answer is as asked; `None` if there is none, or none of that kind.
fn holds(condition: &Condition, champ: &Champ) -> Option<bool> {
    match condition {
        Condition::Checked(wanted) => match champ.value {
            ChampValue::Checkbox(checked) => Some(checked == *wanted),
            ChampValue::YesNo(answer) => answer.map(|answer| answer == *wanted),
            _ => None,
        },
        Condition::Equals(wanted) => text_of(champ).map(|text| same(&text, wanted)),
        Condition::Contains(wanted) => {
            text_of(champ).map(|text| text.to_lowercase().contains(&wanted.to_lowercase()))
        }
        Condition::Within { min, max } => {
            let number: f64 = text_of(champ)?.replace(',', ".").parse().ok()?;
            Some(min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max))
        }
    }
}

fn same(text: &str, wanted: &str) -> bool {
    text.trim().to_lowercase() == wanted.trim().to_lowercase()
}

fn worded(rules: &Ruleset, rule: &AnswerRule, champ: Option<&Champ>, result: CheckResult) -> Reason {
    let label = champ.map_or(rule.champ.as_str(), |champ| champ.label.as_str());
    let wanted = wanted(rules.language, &rule.condition);
    let (code, french, english) = match result {
        CheckResult::Pass => (
            "answer_as_required",
            format!("La réponse à « {label} » est celle que l’appel demande ({wanted})."),
            format!("The answer to “{label}” is what the call asks for ({wanted})."),
        ),
        CheckResult::Fail => (
            "answer_not_as_required",
            format!("La réponse à « {label} » n’est pas celle que l’appel demande ({wanted})."),
            format!("The answer to “{label}” is not what the call asks for ({wanted})."),
        ),
        CheckResult::Unknown => (
            "answer_missing",
            format!(
                "La question « {label} », que l’appel demande ({wanted}), n’a pas de réponse utilisable."
            ),
            format!("Question “{label}”, which the call asks about ({wanted}), has no usable answer."),
        ),
    };
    let answer: Option<String> =
        champ.and_then(text_of).map(|text| text.chars().take(LONGEST).collect::<String>());
    let facts = [
        ("champ", label.into()),
        ("champ_descriptor_id", champ.map(|champ| &champ.descriptor_id).into()),
        ("answer", answer.into()),
        ("required", wanted.into()),
    ];
    reason(rules, code, french, english, facts)
}

fn wanted(language: Language, condition: &Condition) -> String {
    let french = language == Language::Fr;
    match condition {
        Condition::Equals(text) => format!("= {text}"),
        Condition::Contains(text) if french => format!("contient {text}"),
        Condition::Contains(text) => format!("contains {text}"),
        Condition::Checked(yes) => match (french, yes) {
            (true, true) => "oui",
            (true, false) => "non",
            (false, true) => "yes",
            (false, false) => "no",
        }
        .to_owned(),
        Condition::Within { min, max } => {
            let min = min.map(|min| format!("≥ {min}"));
            let max = max.map(|max| format!("≤ {max}"));
            min.into_iter().chain(max).collect::<Vec<_>>().join(", ")
        }
    }
}

//! The effective rules of a call, line by line: defaults said as plainly as choices.

use super::answer_rule::Condition;
use super::check::Check;
use super::rules_input::Language;
use super::ruleset::Ruleset;
use super::tables;
use super::verdict::ApplicantCheck;

/// One rule: its key in the configuration, and its value as written there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleLine {
    /// The key, the name of its table included.
    pub key: String,
    /// The value.
    pub value: String,
}

impl Ruleset {
    /// Every rule in force, in the order of the configuration.
    #[must_use]
    pub fn describe(&self) -> Vec<RuleLine> {
        let mut lines = Vec::new();
        let mut add = |key: &str, value: String| lines.push(RuleLine { key: key.to_owned(), value });
        let instant = |at: Option<jiff::Timestamp>| at.map_or_else(|| "—".to_owned(), |at| at.to_string());
        add("opens_at", instant(self.opening));
        match &self.closing {
            None => add("deadline", "—".to_owned()),
            Some(closing) => {
                add("deadline", format!("{} (< {})", closing.local.strftime("%Y-%m-%dT%H:%M"), closing.end));
                if closing.end_of_grace != closing.end {
                    add("grace", format!("< {}", closing.end_of_grace));
                }
            }
        }
        add("timezone", self.timezone.iana_name().unwrap_or("—").to_owned());
        add("deposit_date", self.deposit_date.as_str().to_owned());
        for extension in &self.extensions {
            let until = extension.until.strftime("%Y-%m-%dT%H:%M");
            add("extensions", format!("{until} ({} : {})", extension.by, extension.reason));
        }
        add("domain_champ", self.domain_champ.clone().unwrap_or_else(|| "—".to_owned()));
        let (categories, operators) = tables::sizes();
        let sizes = match self.language {
            Language::Fr => format!("{categories} catégories, {operators} opérateurs"),
            Language::En => format!("{categories} categories, {operators} operators"),
        };
        add("applicants.preset", format!("etat-hopital-operateur ({sizes})"));
        add("applicants.individual", self.individual.as_str().to_owned());
        for check in ApplicantCheck::ALL {
            let codes: Vec<&str> = self.categories_listed(*check).collect();
            if !codes.is_empty() {
                add(&format!("applicants.{}", check.as_str()), codes.join(", "));
            }
        }
        for (key, sirens) in self.sirens_listed() {
            if !sirens.is_empty() {
                add(&format!("applicants.{key}"), sirens.join(", "));
            }
        }
        for (check, ..) in Check::CONFIGURABLE {
            let weight = self.weight_of(*check).map_or("off", |weight| weight.as_str());
            add(&format!("checks.{}", check.as_str()), weight.to_owned());
        }
        for rule in &self.answers {
            let champ = match self.language {
                Language::Fr => format!("« {} »", rule.champ),
                Language::En => format!("“{}”", rule.champ),
            };
            add("answers", format!("{champ} {} ({})", told(&rule.condition), rule.weight.as_str()));
        }
        lines
    }
}

fn told(condition: &Condition) -> String {
    match condition {
        Condition::Equals(text) => format!("equals {text}"),
        Condition::Contains(text) => format!("contains {text}"),
        Condition::Checked(yes) => format!("checked {yes}"),
        Condition::Within { min, max } => {
            let bound = |name: &str, bound: &Option<f64>| bound.map(|bound| format!("{name} {bound}"));
            bound("min", min).into_iter().chain(bound("max", max)).collect::<Vec<_>>().join(" ")
        }
    }
}

//! The rules of one call, as values that hold together.
//!
//! A [`Ruleset`] exists only if it makes sense: nothing that judges has to doubt it. Its version follows
//! its content, the tables and the language included: the same rules give the same version anywhere, other
//! rules another.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::answer_rule::{AnswerRule, Condition};
use super::check::{Check, Weight};
use super::circumstances::Extension;
use super::deadline::{self, DepositDate};
use super::identifiers::{is_siren, without_spaces};
use super::tables;
use super::verdict::ApplicantCheck;

pub use super::rules_input::{Language, RulesError, RulesInput};

/// Raised when the same facts and the same settings would be judged otherwise than before.
const JUDGEMENT: u32 = 2;

/// Rules that hold together.
#[derive(Debug, Clone)]
pub struct Ruleset {
    pub(super) language: Language,
    pub(super) opening: Option<Timestamp>,
    pub(super) closing: Option<deadline::Closing>,
    pub(super) timezone: TimeZone,
    pub(super) individual: ApplicantCheck,
    pub(super) deposit_date: DepositDate,
    pub(super) extensions: Vec<Extension>,
    pub(super) answers: Vec<AnswerRule>,
    pub(super) domain_champ: Option<String>,
    checks: BTreeMap<Check, Option<Weight>>,
    categories: Vec<(String, ApplicantCheck)>,
    eligible_siren: BTreeSet<String>,
    ineligible_siren: BTreeSet<String>,
    version: String,
}

impl Ruleset {
    /// Checks settings.
    ///
    /// # Errors
    /// When they do not hold together.
    pub fn new(input: RulesInput) -> Result<Self, RulesError> {
        let RulesInput { opens_at, deadline, timezone, grace, .. } = &input;
        let opening = match opens_at {
            Some(local) => Some(
                deadline::opening(*local, timezone).ok_or(RulesError::ImpossibleDate { key: "opens_at" })?,
            ),
            None => None,
        };
        let closing = match deadline {
            Some(local) => Some(
                deadline::Closing::new(*local, timezone, *grace)
                    .ok_or(RulesError::ImpossibleDate { key: "deadline" })?,
            ),
            None if !grace.is_zero() => return Err(RulesError::GraceWithoutDeadline),
            None => None,
        };
        if let (Some(opening), Some(closing)) = (opening, &closing)
            && closing.end <= opening
        {
            return Err(RulesError::DeadlineBeforeOpening);
        }
        check_extensions(&input, closing.as_ref())?;
        check_weights(&input)?;
        let categories = categories(&input)?;
        let (eligible_siren, ineligible_siren) = sirens(&input)?;
        let mut rules = Self {
            language: input.language,
            opening,
            closing,
            timezone: input.timezone,
            individual: input.individual,
            deposit_date: input.deposit_date,
            extensions: input.extensions,
            answers: input.answers,
            domain_champ: input.domain_champ,
            checks: input.checks,
            categories,
            eligible_siren,
            ineligible_siren,
            version: String::new(),
        };
        rules.version = rules.content_version();
        Ok(rules)
    }

    /// A short name that follows the content.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The language of reasons.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// When the call opens.
    #[must_use]
    pub const fn opens_at(&self) -> Option<Timestamp> {
        self.opening
    }

    /// The first instant that is late without tolerance or extension.
    #[must_use]
    pub fn closes_at(&self) -> Option<Timestamp> {
        self.closing.as_ref().map(|closing| closing.end)
    }

    /// The first instant that is late for any dossier without an extension of its own: the call's tolerance and
    /// extensions counted.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        deadline::end_of_time(None, self)
    }

    /// The first instant that is late once a local time, its whole minute included, has passed. `None` out
    /// of the calendar.
    #[must_use]
    pub fn end_of_minute(&self, local: DateTime) -> Option<Timestamp> {
        deadline::Closing::new(local, &self.timezone, SignedDuration::ZERO).map(|closing| closing.end)
    }

    /// The zone of the call's local times.
    #[must_use]
    pub const fn timezone(&self) -> &TimeZone {
        &self.timezone
    }

    /// The questions that the rules name, by identifier or label.
    pub fn champs_named(&self) -> impl Iterator<Item = &str> {
        self.answers.iter().map(|rule| rule.champ.as_str()).chain(self.domain_champ.as_deref())
    }

    /// What a check weighs in this call; `None` where it is off.
    #[must_use]
    pub fn weight_of(&self, check: Check) -> Option<Weight> {
        if let Some(chosen) = self.checks.get(&check) {
            return *chosen;
        }
        Check::CONFIGURABLE.iter().find(|(one, ..)| *one == check).map(|(_, weight, _)| *weight)
    }

    /// The categories that the call lists so.
    pub(super) fn categories_listed(&self, check: ApplicantCheck) -> impl Iterator<Item = &str> {
        self.categories.iter().filter(move |(_, listed)| *listed == check).map(|(code, _)| code.as_str())
    }

    /// The SIREN that the call lists, by key.
    pub(super) fn sirens_listed(&self) -> [(&'static str, Vec<&str>); 2] {
        [
            ("eligible_siren", self.eligible_siren.iter().map(String::as_str).collect()),
            ("ineligible_siren", self.ineligible_siren.iter().map(String::as_str).collect()),
        ]
    }

    /// What the call's own lists say of a SIREN.
    pub(super) fn listed_siren(&self, siren: &str) -> Option<ApplicantCheck> {
        if self.eligible_siren.contains(siren) {
            return Some(ApplicantCheck::Eligible);
        }
        self.ineligible_siren.contains(siren).then_some(ApplicantCheck::Ineligible)
    }

    /// What the call's own lists say of a category: the longest prefix wins.
    pub(super) fn listed_category(&self, code: &str) -> Option<(&str, ApplicantCheck)> {
        self.categories
            .iter()
            .filter(|(prefix, _)| code.starts_with(prefix.as_str()))
            .max_by_key(|(prefix, _)| prefix.len())
            .map(|(prefix, check)| (prefix.as_str(), *check))
    }

    fn content_version(&self) -> String {
        let mut text = format!("{JUDGEMENT} {:?} {:?} ", self.language, self.opening);
        // Writing to a string cannot fail.
        let written = write!(
            text,
            "{:?} {:?} {:?} {:?} {:?} {:?}",
            self.closing,
            self.timezone.iana_name(),
            self.individual,
            self.categories,
            self.eligible_siren,
            self.ineligible_siren
        )
        .and_then(|()| {
            let weights: Vec<_> =
                Check::CONFIGURABLE.iter().map(|(check, ..)| self.weight_of(*check)).collect();
            write!(
                text,
                " {:?} {:?} {:?} {:?} {weights:?}",
                self.deposit_date, self.extensions, self.answers, self.domain_champ
            )
        });
        debug_assert!(written.is_ok(), "a string takes what is written to it");
        let mut hash = blake3::Hasher::new();
        hash.update(text.as_bytes());
        for table in tables::texts() {
            hash.update(table.as_bytes());
        }
        hash.finalize().to_hex().chars().take(12).collect()
    }
}

fn check_extensions(input: &RulesInput, closing: Option<&deadline::Closing>) -> Result<(), RulesError> {
    for extension in &input.extensions {
        let end = deadline::Closing::new(extension.until, &input.timezone, SignedDuration::ZERO)
            .ok_or(RulesError::ImpossibleDate { key: "extensions" })?
            .end;
        if closing.is_none_or(|closing| end <= closing.end_of_grace) {
            return Err(RulesError::UselessExtension { value: extension.until.to_string() });
        }
    }
    Ok(())
}

fn check_weights(input: &RulesInput) -> Result<(), RulesError> {
    for (check, _, may_block) in Check::CONFIGURABLE {
        if !may_block && input.checks.get(check) == Some(&Some(Weight::Blocks)) {
            return Err(RulesError::CannotBlock { key: check.as_str() });
        }
    }
    for rule in &input.answers {
        if let Condition::Within { min: Some(min), max: Some(max) } = &rule.condition
            && min > max
        {
            return Err(RulesError::EmptyBounds { value: rule.champ.clone() });
        }
    }
    Ok(())
}

fn categories(input: &RulesInput) -> Result<Vec<(String, ApplicantCheck)>, RulesError> {
    let lists = [
        ("eligible", &input.eligible, ApplicantCheck::Eligible),
        ("ineligible", &input.ineligible, ApplicantCheck::Ineligible),
        ("to_review", &input.to_review, ApplicantCheck::ToReview),
    ];
    let mut found: Vec<(String, ApplicantCheck, &'static str)> = Vec::new();
    for (key, list, check) in lists {
        for written in list {
            let code = without_spaces(written);
            if !tables::is_code_or_prefix(&code) {
                return Err(RulesError::UnknownCategory { key, value: written.clone() });
            }
            match found.iter().find(|(known, _, _)| *known == code) {
                Some((_, _, other)) if *other != key => {
                    return Err(RulesError::Contradiction { key, other, value: written.clone() });
                }
                Some(_) => {}
                None => found.push((code, check, key)),
            }
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(code, check, _)| (code, check)).collect())
}

fn sirens(input: &RulesInput) -> Result<(BTreeSet<String>, BTreeSet<String>), RulesError> {
    let read = |key: &'static str, list: &[String]| {
        list.iter()
            .map(|written| {
                let siren = without_spaces(written);
                if is_siren(&siren) {
                    Ok(siren)
                } else {
                    Err(RulesError::WrongSiren { key, value: written.clone() })
                }
            })
            .collect::<Result<BTreeSet<String>, RulesError>>()
    };
    let eligible = read("eligible_siren", &input.eligible_siren)?;
    let ineligible = read("ineligible_siren", &input.ineligible_siren)?;
    match eligible.intersection(&ineligible).next() {
        Some(both) => Err(RulesError::Contradiction {
            key: "ineligible_siren",
            other: "eligible_siren",
            value: both.clone(),
        }),
        None => Ok((eligible, ineligible)),
    }
}

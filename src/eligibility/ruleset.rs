//! The rules of one call, as values that hold together.
//!
//! A [`Ruleset`] exists only if it makes sense: nothing that judges has to doubt it. Its version follows
//! its content, the tables and the language included: the same rules give the same version anywhere, other
//! rules another.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::deadline;
use super::identifiers::{is_siren, without_spaces};
use super::tables;
use super::verdict::ApplicantCheck;

/// Raised when the same facts and the same settings would be judged otherwise than before.
const JUDGEMENT: u32 = 1;

/// The language of what people read about a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// French.
    Fr,
    /// English.
    En,
}

/// The settings of a call, before they are checked.
#[derive(Debug, Clone)]
pub struct RulesInput {
    /// The language of reasons.
    pub language: Language,
    /// The call's name.
    pub slug: String,
    /// Local time of opening.
    pub opens_at: Option<DateTime>,
    /// Local time of the deadline; its whole minute is on time.
    pub deadline: Option<DateTime>,
    /// The zone of both.
    pub timezone: TimeZone,
    /// Tolerance after the deadline.
    pub grace: SignedDuration,
    /// What an individual is.
    pub individual: ApplicantCheck,
    /// Legal categories, or prefixes, that are eligible whatever the table says.
    pub eligible: Vec<String>,
    /// … ineligible.
    pub ineligible: Vec<String>,
    /// … to be looked at.
    pub to_review: Vec<String>,
    /// SIREN that are eligible whatever their category.
    pub eligible_siren: Vec<String>,
    /// SIREN that are not.
    pub ineligible_siren: Vec<String>,
}

/// Rules that hold together.
#[derive(Debug, Clone)]
pub struct Ruleset {
    pub(super) language: Language,
    pub(super) opening: Option<Timestamp>,
    pub(super) closing: Option<deadline::Closing>,
    pub(super) timezone: TimeZone,
    pub(super) individual: ApplicantCheck,
    categories: Vec<(String, ApplicantCheck)>,
    eligible_siren: BTreeSet<String>,
    ineligible_siren: BTreeSet<String>,
    version: String,
}

/// Why settings do not hold together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// The deadline comes before the opening.
    #[error("la clôture (deadline) précède l’ouverture (opens_at)")]
    DeadlineBeforeOpening,
    /// A date out of what the calendar can tell.
    #[error("la date de {key} est hors du calendrier")]
    ImpossibleDate {
        /// The key.
        key: &'static str,
    },
    /// A tolerance after a deadline that is not there.
    #[error("une tolérance (grace) est donnée sans clôture (deadline)")]
    GraceWithoutDeadline,
    /// No such legal category, nor any that begins so.
    #[error("« {value} » n’est ni une catégorie juridique de l’INSEE ni le début d’une")]
    UnknownCategory {
        /// The list.
        key: &'static str,
        /// The code.
        value: String,
    },
    /// The same code or SIREN in two lists.
    #[error("« {value} » est dans {other} et dans {key}")]
    Contradiction {
        /// The list where it is met again.
        key: &'static str,
        /// The list where it was first.
        other: &'static str,
        /// The code or SIREN.
        value: String,
    },
    /// A SIREN that fails its check.
    #[error("« {value} » n’est pas un SIREN : sa clé de contrôle est fausse, ou il n’a pas neuf chiffres")]
    WrongSiren {
        /// The list.
        key: &'static str,
        /// The SIREN.
        value: String,
    },
}

impl RulesError {
    /// The setting at fault.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::DeadlineBeforeOpening => "deadline",
            Self::GraceWithoutDeadline => "grace",
            Self::ImpossibleDate { key }
            | Self::UnknownCategory { key, .. }
            | Self::Contradiction { key, .. }
            | Self::WrongSiren { key, .. } => key,
        }
    }

    /// The value at fault, in a list.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::DeadlineBeforeOpening | Self::GraceWithoutDeadline | Self::ImpossibleDate { .. } => None,
            Self::UnknownCategory { value, .. }
            | Self::Contradiction { value, .. }
            | Self::WrongSiren { value, .. } => Some(value),
        }
    }

    /// What would be right, in French.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::DeadlineBeforeOpening => "corrigez l’une des deux dates",
            Self::ImpossibleDate { .. } => "écrivez une date entre les années 1 et 9999",
            Self::GraceWithoutDeadline => "ajoutez deadline, ou retirez grace",
            Self::UnknownCategory { .. } => "écrivez quatre chiffres, \"7113\", ou un préfixe, \"71\"",
            Self::Contradiction { .. } => "gardez-le dans une seule liste",
            Self::WrongSiren { .. } => "recopiez les neuf chiffres depuis annuaire-entreprises.data.gouv.fr",
        }
        .to_owned()
    }
}

impl Ruleset {
    /// Checks settings.
    ///
    /// # Errors
    /// When they do not hold together.
    pub fn new(input: RulesInput) -> Result<Self, RulesError> {
        let RulesInput { language, slug: _, opens_at, deadline, timezone, grace, individual, .. } = &input;
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
        let categories = categories(&input)?;
        let (eligible_siren, ineligible_siren) = sirens(&input)?;
        let mut rules = Self {
            language: *language,
            opening,
            closing,
            timezone: timezone.clone(),
            individual: *individual,
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

    /// The zone of the call's local times.
    #[must_use]
    pub const fn timezone(&self) -> &TimeZone {
        &self.timezone
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
        );
        debug_assert!(written.is_ok(), "a string takes what is written to it");
        let mut hash = blake3::Hasher::new();
        hash.update(text.as_bytes());
        for table in tables::texts() {
            hash.update(table.as_bytes());
        }
        hash.finalize().to_hex().chars().take(12).collect()
    }
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

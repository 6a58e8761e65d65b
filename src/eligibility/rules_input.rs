//! The settings of a call as given, and why they may not hold together.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::answer_rule::AnswerRule;
use super::check::{Check, Weight};
use super::circumstances::Extension;
use super::deadline::DepositDate;
use super::verdict::ApplicantCheck;

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
    /// Which instant is held against the deadline.
    pub deposit_date: DepositDate,
    /// Extensions of the deadline for the whole call.
    pub extensions: Vec<Extension>,
    /// Checks that do not weigh what they weigh by themselves; `None` turns one off.
    pub checks: BTreeMap<Check, Option<Weight>>,
    /// Answers that the call asks for.
    pub answers: Vec<AnswerRule>,
    /// The question whose answer is the domain, by its identifier or its label.
    pub domain_champ: Option<String>,
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
    /// An extension that ends before the deadline does, or without any.
    #[error("la prolongation jusqu’au {value} n’étend pas la clôture (deadline)")]
    UselessExtension {
        /// Its end as written.
        value: String,
    },
    /// A weight that a check cannot have.
    #[error("{key} ne peut pas bloquer un dossier (\"blocks\")")]
    CannotBlock {
        /// The check.
        key: &'static str,
    },
    /// Bounds that let no number through.
    #[error("aucun nombre n’est entre les bornes données pour « {value} »")]
    EmptyBounds {
        /// The question.
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
            Self::UselessExtension { .. } => "extensions",
            Self::EmptyBounds { .. } => "answers",
            Self::ImpossibleDate { key }
            | Self::CannotBlock { key }
            | Self::UnknownCategory { key, .. }
            | Self::Contradiction { key, .. }
            | Self::WrongSiren { key, .. } => key,
        }
    }

    /// The value at fault, in a list.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::DeadlineBeforeOpening
            | Self::GraceWithoutDeadline
            | Self::CannotBlock { .. }
            | Self::ImpossibleDate { .. } => None,
            Self::UnknownCategory { value, .. }
            | Self::UselessExtension { value }
            | Self::EmptyBounds { value }
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
            Self::UselessExtension { .. } => "donnez une date de fin après la clôture, ou retirez-la",
            Self::CannotBlock { .. } => "écrivez \"asks_review\", \"informs\" ou \"off\"",
            Self::EmptyBounds { .. } => "donnez un min plus petit que max",
            Self::UnknownCategory { .. } => "écrivez quatre chiffres, \"7113\", ou un préfixe, \"71\"",
            Self::Contradiction { .. } => "gardez-le dans une seule liste",
            Self::WrongSiren { .. } => "recopiez les neuf chiffres depuis annuaire-entreprises.data.gouv.fr",
        }
        .to_owned()
    }
}

//! What is known beside a dossier when it is judged: its form, its siblings, what people granted or decided,
//! and what was seen to change.
//!
//! Plain values: the mirror gathers them, the rules read them. Each list is bounded, so that judging one
//! dossier costs the same in a call of fifty and in a call of a hundred thousand.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::verdict::Outcome;
use crate::domain::DossierNumber;

/// Siblings that are told one by one; of more, only that there are more.
pub const MOST_SIBLINGS: usize = 20;

/// Champs that are told by name.
pub const MOST_NAMES: usize = 20;

/// Everything beside the dossier.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Circumstances {
    /// The form that the dossier follows; `None` while the mirror has not read it.
    pub form: Option<Arc<Form>>,
    /// Other dossiers of the same SIREN in the call.
    pub same_siren: Siblings,
    /// Other dossiers of the same usager in the call.
    pub same_usager: Siblings,
    /// The extension of the deadline granted to this dossier.
    pub extension: Option<Extension>,
    /// Answers seen to change after the call's deadline, oldest first, at most [`MOST_NAMES`].
    pub late_edits: Vec<Edit>,
    /// What a person decided.
    pub decision: Option<Decision>,
}

/// What the rules need of a form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    /// Identifiers of the questions that ask for an answer.
    pub mandatory: BTreeSet<String>,
    /// Those among them that an earlier form, in force at some deposits, did not ask: identifier and since when.
    pub asked_since: Vec<(String, Timestamp)>,
}

/// The other dossiers of one applicant, by instant of deposit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Siblings {
    /// The first ones, at most [`MOST_SIBLINGS`].
    pub first: Vec<Sibling>,
    /// Whether there are others after these.
    pub more: bool,
}

/// Another dossier of the same applicant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sibling {
    /// Its number.
    pub number: DossierNumber,
    /// Its first deposit.
    pub depot: Timestamp,
    /// When it went, if it did.
    pub gone_at: Option<Timestamp>,
    /// Whether it is of the same SIREN.
    pub same_siren: bool,
}

/// An extension of the deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Local time in the call's zone; its whole minute is on time.
    pub until: DateTime,
    /// Who granted it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When it was granted; not known of one that the configuration holds.
    pub granted_at: Option<Timestamp>,
}

/// An answer seen to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The question.
    pub label: String,
    /// When it changed.
    pub at: Timestamp,
}

/// What a person decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The verdict decided.
    pub verdict: Outcome,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// What the rules said then.
    pub rules_said: Option<Outcome>,
    /// What of the dossier was seen to change since, in words, at most [`MOST_NAMES`].
    pub changed_since: Vec<String>,
}

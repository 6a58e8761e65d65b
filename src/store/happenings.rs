//! What happened in a transaction that people may want to know, noted where it is written.
//!
//! No road that moves a verdict, marks a dossier as gone or ends a first reading can forget to tell: the store
//! itself notes it, and whoever ends the transaction takes the notes. A transaction that is undone has none.

use std::cell::RefCell;

use super::Tx;
use crate::domain::{DemarcheNumber, DossierNumber};
use crate::eligibility::Verdict;

/// The reasons of a verdict that are facts of their own, whatever the verdict.
const NOTABLE: [&str; 1] = ["modified_after_deadline"];

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A verdict was given, or given again otherwise.
    Judged {
        /// The dossier.
        number: DossierNumber,
        /// What it was, by name; none for a first verdict.
        before: Option<String>,
        /// What it is.
        after: String,
        /// Codes of its reasons that are facts of their own, each with what makes it new.
        notable: Vec<(&'static str, String)>,
    },
    /// A dossier is gone.
    Gone(DossierNumber),
    /// The first reading of a call is complete.
    Filled(DemarcheNumber),
}

/// The notes of a transaction.
pub(super) type Notes = RefCell<Vec<Happening>>;

impl Tx<'_> {
    /// Takes the notes: what happened since they were last taken.
    #[must_use]
    pub fn happenings(&self) -> Vec<Happening> {
        self.notes.take()
    }

    /// Notes something.
    pub(super) fn note(&self, happening: Happening) {
        self.notes.borrow_mut().push(happening);
    }

    /// Notes a verdict.
    pub(super) fn note_verdict(&self, number: DossierNumber, before: Option<String>, verdict: &Verdict) {
        let notable = verdict.reasons.iter().filter_map(|reason| {
            let code = NOTABLE.into_iter().find(|code| *code == reason.code)?;
            Some((code, format!("{:?}", reason.facts)))
        });
        let notable: Vec<_> = notable.collect();
        let after = verdict.outcome.as_str().to_owned();
        if before.as_ref() != Some(&after) || !notable.is_empty() {
            self.note(Happening::Judged { number, before, after, notable });
        }
    }
}

//! What a pass did, as counts that a surface may print.
//!
//! No name, no answer, no address: numbers of dossiers and counts only.

use std::fmt;

use super::apply::Tally;
use crate::domain::{DemarcheNumber, DossierNumber, counted};
use crate::store::RunId;

/// How a pass ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything asked was read and kept.
    Done,
    /// Done, with something left behind: a dossier in quarantine, a list that could not be read.
    Findings,
    /// Too many dossiers would have been marked as gone; nobody confirmed.
    Held,
    /// The pass stopped on an error; what was read before it is kept.
    Failed,
    /// The pass was told to stop.
    Interrupted,
}

impl Outcome {
    /// Its name in the mirror.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Findings => "findings",
            Self::Held => "held",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }
}

/// What a pass went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The first reading of a call.
    Fill,
    /// What moved since the last pass.
    Incremental,
    /// The whole call again.
    Reconcile,
    /// Dossiers asked by number, or since an instant.
    Resync,
}

impl Mode {
    /// Its name in the mirror.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fill => "fill",
            Self::Incremental => "incremental",
            Self::Reconcile => "reconcile",
            Self::Resync => "resync",
        }
    }
}

/// Counts of a pass over one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassReport {
    /// Which pass, once it has begun.
    pub run: Option<RunId>,
    /// The call.
    pub slug: String,
    /// Its démarche.
    pub demarche: DemarcheNumber,
    /// What the pass went through.
    pub mode: Mode,
    /// Requests sent.
    pub requests: u64,
    /// Pages of dossiers kept.
    pub pages: u64,
    /// Dossiers that came.
    pub seen: u64,
    /// Dossiers new to the mirror.
    pub new: u64,
    /// Dossiers known and different.
    pub changed: u64,
    /// Dossiers that came back.
    pub restored: u64,
    /// Dossiers marked as gone.
    pub gone: u64,
    /// Dossiers that would be marked as gone if somebody confirmed.
    pub held: u64,
    /// Dossiers written again from their payloads because a later version reads them otherwise.
    pub rewritten: u64,
    /// Verdicts given again because the rules had changed.
    pub judged_again: u64,
    /// Verdicts that moved.
    pub transitions: u64,
    /// Dossiers put in quarantine, or found there again.
    pub quarantined: Vec<DossierNumber>,
    /// Things that went wrong without stopping the pass.
    pub warnings: Vec<String>,
    /// Why it stopped, and the remedy.
    pub error: Option<String>,
    /// What it stopped on, by name, when that waits for a person.
    pub fault: Option<&'static str>,
    /// How it ended.
    pub outcome: Outcome,
}

impl PassReport {
    /// A pass that has done nothing yet.
    pub(crate) fn new(slug: &str, demarche: DemarcheNumber) -> Self {
        Self {
            run: None,
            slug: slug.to_owned(),
            demarche,
            mode: Mode::Incremental,
            requests: 0,
            pages: 0,
            seen: 0,
            new: 0,
            changed: 0,
            restored: 0,
            gone: 0,
            held: 0,
            rewritten: 0,
            judged_again: 0,
            transitions: 0,
            quarantined: Vec::new(),
            warnings: Vec::new(),
            error: None,
            fault: None,
            outcome: Outcome::Done,
        }
    }

    /// Adds what became of some dossiers.
    pub(super) const fn count(&mut self, tally: &Tally) {
        self.seen += tally.seen;
        self.new += tally.new;
        self.changed += tally.changed;
        self.restored += tally.restored;
        self.transitions += tally.transitions;
    }

    /// Whether anything in the mirror moved.
    #[must_use]
    pub const fn moved(&self) -> bool {
        self.new + self.changed + self.restored + self.gone + self.transitions > 0
    }
}

impl fmt::Display for PassReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { slug, requests, seen, new, changed, restored, gone, .. } = self;
        let seen = counted(*seen, "dossier lu", "dossiers lus");
        let requests = counted(*requests, "requête", "requêtes");
        let new = counted(*new, "nouveau", "nouveaux");
        let changed = counted(*changed, "modifié", "modifiés");
        write!(f, "{slug} : {seen} en {requests}, {new}, {changed}")?;
        for (count, one, many) in [
            (*restored, "revenu", "revenus"),
            (*gone, "disparu", "disparus"),
            (self.held, "disparition retenue", "disparitions retenues"),
            (self.rewritten, "réécrit", "réécrits"),
            (self.judged_again, "rejugé", "rejugés"),
        ] {
            if count > 0 {
                write!(f, ", {}", counted(count, one, many))?;
            }
        }
        if !self.quarantined.is_empty() {
            write!(f, ", {} en quarantaine", self.quarantined.len())?;
        }
        Ok(())
    }
}

/// Where a pass stands, for a surface that shows it live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What the pass goes through.
    pub mode: Mode,
    /// Pages kept so far.
    pub pages: u64,
    /// Dossiers that came so far.
    pub seen: u64,
}

//! Each pass, written down when it begins and when it ends.

use std::fmt;

use rusqlite::named_params;

use super::{StoreError, Tx};
use crate::domain::DemarcheNumber;

/// One pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunId(pub(super) i64);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How a pass ended.
#[derive(Debug, Clone, Copy)]
pub struct RunOutcome<'a> {
    /// Pages kept.
    pub pages: u64,
    /// Requests sent.
    pub requests: u64,
    /// Dossiers that came.
    pub dossiers_seen: u64,
    /// Dossiers new, different or back.
    pub dossiers_changed: u64,
    /// Dossiers marked as gone.
    pub deleted: u64,
    /// `done`, `findings`, `held`, `failed` or `interrupted`.
    pub outcome: &'a str,
    /// Why it stopped.
    pub error: Option<&'a str>,
    /// What it stopped on, when that waits for a person: `token_rejected` or `schema_drift`.
    pub fault: Option<&'a str>,
}

impl Tx<'_> {
    /// Begins a pass. Those of the same démarche that never ended were cut off: there is one writer.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn begin_run(&self, call: &str, demarche: DemarcheNumber, mode: &str) -> Result<RunId, StoreError> {
        self.transaction
            .prepare_cached(
                "UPDATE sync_runs SET outcome = 'interrupted', finished_at = ?2
                 WHERE demarche_number = ?1 AND outcome = 'running'",
            )?
            .execute((demarche.0, self.now.to_string()))?;
        self.transaction
            .prepare_cached(
                "INSERT INTO sync_runs (call, demarche_number, mode, started_at, outcome)
                 VALUES (?1, ?2, ?3, ?4, 'running')",
            )?
            .execute((call, demarche.0, mode, self.now.to_string()))?;
        Ok(RunId(self.transaction.last_insert_rowid()))
    }

    /// Ends a pass.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn finish_run(&self, run: RunId, outcome: &RunOutcome<'_>) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "UPDATE sync_runs SET finished_at = :now, pages = :pages, requests = :requests,
                    dossiers_seen = :seen, dossiers_changed = :changed, deleted = :deleted, outcome = :outcome,
                    error = :error, fault = :fault
                 WHERE id = :id",
            )?
            .execute(named_params! {
                ":now": self.now.to_string(),
                ":pages": outcome.pages.cast_signed(),
                ":requests": outcome.requests.cast_signed(),
                ":seen": outcome.dossiers_seen.cast_signed(),
                ":changed": outcome.dossiers_changed.cast_signed(),
                ":deleted": outcome.deleted.cast_signed(),
                ":outcome": outcome.outcome,
                ":error": outcome.error,
                ":fault": outcome.fault,
                ":id": run.0,
            })?;
        Ok(())
    }
}

//! What a mirror in service needs from time to time, done when nothing else is.
//!
//! Invariants: it waits for no reader, it does what can be done now and leaves the rest for the next time; it
//! takes nothing away that a change, a dossier or a verdict refers to.

use std::fs;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::error::StoreError;
use super::{Store, beside};

/// Passes in which nothing happened are forgotten after this.
const QUIET_RUNS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Free pages given back to the disk at a time: 16 MiB.
const PAGES_GIVEN_BACK: u32 = 4096;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upkeep {
    /// Passes in which nothing happened, forgotten.
    pub runs_forgotten: usize,
    /// Bytes of the write-ahead log that are left.
    pub wal_bytes: u64,
}

impl Store {
    /// Puts the log back into the file, forgets passes in which nothing happened, gives free pages back, lets
    /// SQLite look at its statistics.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn tidy(&mut self, now: Timestamp) -> Result<Upkeep, StoreError> {
        let before = now.checked_sub(QUIET_RUNS_KEPT).unwrap_or(Timestamp::MIN);
        let runs_forgotten = self.connection.execute(
            "DELETE FROM sync_runs
             WHERE finished_at < ?1 AND outcome = 'done' AND dossiers_changed = 0 AND deleted = 0
               AND NOT EXISTS (SELECT 1 FROM changes WHERE changes.run_id = sync_runs.id)
               AND id NOT IN (SELECT MAX(id) FROM sync_runs GROUP BY demarche_number)",
            [before.to_string()],
        )?;
        self.connection
            .execute_batch(&format!("PRAGMA incremental_vacuum({PAGES_GIVEN_BACK}); PRAGMA optimize;"))?;
        self.empty_log()?;
        let wal = beside(&self.path, "-wal");
        let wal_bytes = fs::metadata(wal).map_or(0, |found| found.len());
        Ok(Upkeep { runs_forgotten, wal_bytes })
    }

    /// Puts the write-ahead log back into the file and cuts it to nothing, unless a reader needs it now.
    pub(super) fn empty_log(&self) -> Result<(), StoreError> {
        self.connection.busy_timeout(Duration::ZERO)?;
        let emptied = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        self.connection.busy_timeout(super::PATIENCE)?;
        Ok(emptied?)
    }
}

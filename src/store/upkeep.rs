//! What a mirror in service needs from time to time, done when nothing else is.
//!
//! Invariants: upkeep waits for no reader, it does what can be done now and leaves the rest for the next time; it
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

/// The log is made to start again at this length, bytes.
pub(super) const LOG_LIMIT: u64 = 32 * 1024 * 1024;

/// How long readers are waited for then, and longer as the log gets longer.
const READERS_WAITED_FOR: Duration = Duration::from_secs(2);

/// However long the log is: less than a person's decision waits for the mirror.
const LONGEST_WAIT_FOR_READERS: Duration = Duration::from_secs(45);

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
             WHERE finished_at < ?1 AND outcome IN ('done', 'findings') AND dossiers_changed = 0 AND deleted = 0
               AND NOT EXISTS (SELECT 1 FROM changes WHERE changes.run_id = sync_runs.id)
               AND id NOT IN (SELECT MAX(id) FROM sync_runs WHERE outcome IN ('done', 'findings', 'held')
                    GROUP BY demarche_number, mode)",
            [before.to_string()],
        )?;
        self.give_pages_back()?;
        self.connection.execute_batch("PRAGMA optimize")?;
        self.empty_log()?;
        self.log_limit = LOG_LIMIT;
        Ok(Upkeep { runs_forgotten, wal_bytes: self.log_length() })
    }

    fn give_pages_back(&self) -> Result<(), StoreError> {
        let mut statement =
            self.connection.prepare(&format!("PRAGMA incremental_vacuum({PAGES_GIVEN_BACK})"))?;
        let mut rows = statement.query([])?;
        // A step gives one page back.
        while rows.next()?.is_some() {}
        Ok(())
    }

    /// Makes a log that grew past its limit start again. SQLite does so by itself when nobody reads for a moment;
    /// readers that follow each other without one keep it growing for as long as something is written.
    ///
    /// Readers in the middle of a query are waited for, while none that comes later is kept out. Those that take
    /// longer are let be until the log is twice as long, and are then waited for twice as long. The length at which
    /// it could be cut is the one that it may have until upkeep: a first reading does not wait again and again.
    pub(super) fn bound_log(&mut self) {
        let length = self.log_length();
        if length < self.log_limit {
            return;
        }
        let times = u32::try_from(self.log_limit / LOG_LIMIT).unwrap_or(u32::MAX);
        let patience = READERS_WAITED_FOR.saturating_mul(times).min(LONGEST_WAIT_FOR_READERS);
        if !self.cut_log(patience).is_ok_and(|busy| !busy) {
            self.log_limit = self.log_limit.saturating_mul(2);
        }
    }

    /// Puts the write-ahead log back into the file and cuts it to nothing, unless a reader needs it now.
    pub(super) fn empty_log(&self) -> Result<(), StoreError> {
        self.cut_log(Duration::ZERO).map(drop)
    }

    /// Answers whether a reader kept it from being cut.
    pub(super) fn cut_log(&self, patience: Duration) -> Result<bool, StoreError> {
        self.connection.busy_timeout(patience)?;
        let busy = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        self.connection.busy_timeout(super::PATIENCE)?;
        Ok(busy?)
    }

    fn log_length(&self) -> u64 {
        fs::metadata(beside(&self.path, "-wal")).map_or(0, |found| found.len())
    }
}

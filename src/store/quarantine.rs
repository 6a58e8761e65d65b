//! What the source could not give, or we could not read: set aside, tried again, never in the way.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, named_params};

use super::{StoreError, Tx};
use crate::domain::{DemarcheNumber, DossierNumber};

/// Something set aside.
#[derive(Debug, Clone, Copy)]
pub struct Quarantined<'a> {
    /// The démarche.
    pub demarche: DemarcheNumber,
    /// The dossier.
    pub number: DossierNumber,
    /// `dossier`, or the path of a part of it.
    pub what: &'a str,
    /// What the source answered, or why it does not read.
    pub error: &'a str,
    /// When to try again.
    pub next_attempt: Timestamp,
}

impl Tx<'_> {
    /// Sets something aside, or says that one more attempt failed.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn quarantine(&self, quarantined: &Quarantined<'_>) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO quarantine (dossier_number, what, demarche_number, since, attempts, last_error,
                    next_attempt_at)
                 VALUES (:number, :what, :demarche, :now, 1, :error, :next)
                 ON CONFLICT (dossier_number, what) DO UPDATE SET
                    attempts = attempts + 1, last_error = excluded.last_error,
                    next_attempt_at = excluded.next_attempt_at",
            )?
            .execute(named_params! {
                ":number": quarantined.number.0,
                ":what": quarantined.what,
                ":demarche": quarantined.demarche.0,
                ":now": self.now.to_string(),
                ":error": quarantined.error,
                ":next": quarantined.next_attempt.to_string(),
            })?;
        Ok(())
    }

    /// How many attempts failed so far.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn quarantine_attempts(&self, number: DossierNumber, what: &str) -> Result<u32, StoreError> {
        let mut statement = self
            .transaction
            .prepare_cached("SELECT attempts FROM quarantine WHERE dossier_number = ?1 AND what = ?2")?;
        Ok(statement.query_row((number.0, what), |row| row.get(0)).optional()?.unwrap_or(0))
    }

    /// The parts of a dossier that are set aside.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn quarantined_parts(&self, number: DossierNumber) -> Result<Vec<String>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT what FROM quarantine WHERE dossier_number = ?1 AND what <> 'dossier' ORDER BY what",
        )?;
        let rows = statement.query_map([number.0], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Lets out what reads again: one part, or everything of a dossier.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn heal(&self, number: DossierNumber, what: Option<&str>) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("DELETE FROM quarantine WHERE dossier_number = ?1 AND (?2 IS NULL OR what = ?2)")?
            .execute((number.0, what))?;
        Ok(())
    }

    /// Dossiers whose time to be tried again has come, the longest waiting first.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn due_quarantine(
        &self,
        demarche: DemarcheNumber,
        limit: u32,
    ) -> Result<Vec<DossierNumber>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT dossier_number FROM quarantine WHERE demarche_number = ?1
             GROUP BY dossier_number HAVING MIN(next_attempt_at) <= ?2
             ORDER BY MIN(next_attempt_at), dossier_number LIMIT ?3",
        )?;
        let rows = statement
            .query_map((demarche.0, self.now.to_string(), limit), |row| row.get(0).map(DossierNumber))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every dossier of a démarche that has something set aside, by number.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn list_quarantined(&self, demarche: DemarcheNumber) -> Result<Vec<DossierNumber>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT DISTINCT dossier_number FROM quarantine WHERE demarche_number = ?1 ORDER BY dossier_number",
        )?;
        let rows = statement.query_map([demarche.0], |row| row.get(0).map(DossierNumber))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

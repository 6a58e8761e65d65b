//! Dossiers that the source has yet to complete, and when to ask for them again.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, named_params};

use super::{StoreError, Tx};
use crate::domain::{DemarcheNumber, DossierNumber};

/// A dossier to ask for again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reread {
    /// Times it was asked for already.
    pub attempts: u32,
}

impl Tx<'_> {
    /// Asks for a dossier again at an instant.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn schedule_reread(
        &self,
        number: DossierNumber,
        reasons: &str,
        next: Timestamp,
    ) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO rereads (dossier_number, reasons, since, attempts, next_attempt_at)
                 VALUES (:number, :reasons, :now, 1, :next)
                 ON CONFLICT (dossier_number) DO UPDATE SET
                    attempts = attempts + 1, reasons = excluded.reasons, next_attempt_at = excluded.next_attempt_at",
            )?
            .execute(named_params! {
                ":number": number.0,
                ":reasons": reasons,
                ":now": self.now.to_string(),
                ":next": next.to_string(),
            })?;
        Ok(())
    }

    /// What is planned for a dossier.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn find_reread(&self, number: DossierNumber) -> Result<Option<Reread>, StoreError> {
        let mut statement =
            self.transaction.prepare_cached("SELECT attempts FROM rereads WHERE dossier_number = ?1")?;
        Ok(statement.query_row([number.0], |row| Ok(Reread { attempts: row.get(0)? })).optional()?)
    }

    /// A dossier is whole: nothing more to ask.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn clear_reread(&self, number: DossierNumber) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("DELETE FROM rereads WHERE dossier_number = ?1")?
            .execute([number.0])?;
        Ok(())
    }

    /// Dossiers whose time has come, the longest waiting first; those that are gone are let be.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn due_rereads(
        &self,
        demarche: DemarcheNumber,
        limit: u32,
    ) -> Result<Vec<DossierNumber>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT rereads.dossier_number FROM rereads
             JOIN dossiers ON dossiers.number = rereads.dossier_number
             WHERE dossiers.demarche_number = ?1 AND dossiers.deleted_at IS NULL AND rereads.next_attempt_at <= ?2
             ORDER BY rereads.next_attempt_at, rereads.dossier_number LIMIT ?3",
        )?;
        let rows = statement
            .query_map((demarche.0, self.now.to_string(), limit), |row| row.get(0).map(DossierNumber))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

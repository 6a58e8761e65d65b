//! One dossier's parts as a page shows them: its line, its answers, its events.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, named_params};

use super::error::StoreError;
use super::lookups::{DossierLine, line, required_instant};
use super::reader::Reader;
use crate::domain::DossierNumber;

/// An answer, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownChamp {
    /// Whether it is the instructeurs'.
    pub annotation: bool,
    /// The API's `__typename`.
    pub kind: String,
    /// The question.
    pub label: String,
    /// The answer as the platform words it, or the names of its files.
    pub answer: Option<String>,
    /// Whether it stands in a row of a repetition.
    pub in_row: bool,
}

impl Reader {
    /// A dossier as it stands in a list.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn find_line(&self, number: DossierNumber) -> Result<Option<DossierLine>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT number, demarche_number, state, demandeur, siret, forme_juridique, nature, verdict, date_depot,
                deleted_at
             FROM v_dossiers WHERE number = ?1",
        )?;
        Ok(statement.query_row([number.0], line).optional()?)
    }

    /// The answers of a dossier, in the order of its form.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn list_champs(&self, number: DossierNumber) -> Result<Vec<ShownChamp>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT kind = 'annotation', type, label,
                COALESCE(
                    (SELECT GROUP_CONCAT(filename || ' (' || virus_scan_result || ')', ', ') FROM fichiers
                     WHERE fichiers.dossier_number = champs.dossier_number
                        AND fichiers.owner IN ('champ', 'annotation') AND fichiers.owner_id = champs.champ_id),
                    string_value),
                row_id IS NOT NULL
             FROM champs WHERE dossier_number = :number ORDER BY position",
        )?;
        let rows = statement.query_map(named_params! { ":number": number.0 }, |row| {
            Ok(ShownChamp {
                annotation: row.get(0)?,
                kind: row.get(1)?,
                label: row.get(2)?,
                answer: row.get(3)?,
                in_row: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What happened to a dossier, oldest first: the instant, and the API's name of the event.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn list_events(&self, number: DossierNumber) -> Result<Vec<(Timestamp, String)>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT date_traitement, event FROM traitements WHERE dossier_number = ?1 ORDER BY position",
        )?;
        let rows = statement.query_map([number.0], |row| Ok((required_instant(row, 0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

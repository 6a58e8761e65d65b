//! Erasing what a dossier says of people, and keeping what statistics need.
//!
//! Invariants: what is kept is named here, everything else goes: a table or a column added later is erased
//! unless somebody decides otherwise; a dossier once purged is a tombstone that no reading fills again; after
//! [`Store::scrub`] nothing of it is left in the file nor in its log.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::OptionalExtension as _;

use super::error::StoreError;
use super::lookups::instant;
use super::{Reader, Store, Tx};
use crate::domain::{DemarcheNumber, DossierNumber, Lifetime};

/// Columns of a dossier that tell of no one.
const KEPT: [&str; 27] = [
    "number",
    "id",
    "demarche_number",
    "revision_id",
    "state",
    "archived",
    "prefilled",
    "connection_usager",
    "date_depot",
    "date_passage_en_construction",
    "date_passage_en_instruction",
    "date_traitement",
    "date_derniere_modification",
    "date_derniere_modification_champs",
    "date_derniere_modification_annotations",
    "date_suppression_par_usager",
    "date_suppression_par_administration",
    "date_expiration",
    "groupe_instructeur_number",
    "demandeur_type",
    "forme_juridique_code",
    "forme_juridique",
    "first_seen_at",
    "last_changed_at",
    "deleted_at",
    "deletion_reason",
    "purged_at",
];

/// How long readers have to leave before the log is said not to be empty.
const READERS_LEAVE_WITHIN: Duration = Duration::from_secs(2);

/// Tables about dossiers that keep their rows.
const KEPT_TABLES: [&str; 2] = ["verdicts", "deletions"];

/// A dossier that still holds personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The dossier.
    pub number: DossierNumber,
    /// What its end depends on.
    pub lifetime: Lifetime,
    /// Its last change at the source.
    pub modified_at: Timestamp,
}

impl Reader {
    /// Whether a dossier's personal data were erased.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn is_purged(&self, number: DossierNumber) -> Result<bool, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT purged_at IS NOT NULL FROM dossiers WHERE number = ?1")?;
        Ok(statement.query_row([number.0], |row| row.get(0)).optional()?.unwrap_or(false))
    }

    /// The dossiers of a démarche that still hold personal data, and the months that the platform keeps them.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn held(&self, demarche: DemarcheNumber) -> Result<(Vec<Held>, Option<u32>), StoreError> {
        let months: Option<Option<u32>> = self
            .connection
            .prepare_cached("SELECT duree_conservation_dossiers FROM demarches WHERE number = ?1")?
            .query_row([demarche.0], |row| row.get(0))
            .optional()?;
        let mut statement = self.connection.prepare_cached(
            "SELECT number, date_traitement, date_expiration, deleted_at, date_derniere_modification FROM dossiers
             WHERE demarche_number = ?1 AND purged_at IS NULL ORDER BY number",
        )?;
        let rows = statement.query_map([demarche.0], |row| {
            let (traitement, expiration, deleted_at) = (instant(row, 1)?, instant(row, 2)?, instant(row, 3)?);
            Ok(Held {
                number: DossierNumber(row.get(0)?),
                lifetime: Lifetime { traitement, expiration, deleted_at },
                modified_at: super::lookups::required_instant(row, 4)?,
            })
        })?;
        Ok((rows.collect::<Result<_, _>>()?, months.flatten()))
    }
}

impl Tx<'_> {
    /// Erases what a dossier says of people. `false` if it is not there, or was erased already.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn purge(&self, number: DossierNumber) -> Result<bool, StoreError> {
        let now = self.now.to_string();
        let marked = self
            .transaction
            .prepare_cached("UPDATE dossiers SET purged_at = ?2 WHERE number = ?1 AND purged_at IS NULL")?
            .execute((number.0, &now))?;
        if marked == 0 {
            return Ok(false);
        }
        for table in self.tables_about_dossiers()? {
            let sql = format!("DELETE FROM \"{table}\" WHERE dossier_number = ?1");
            self.transaction.prepare_cached(&sql)?.execute([number.0])?;
        }
        let blanks = self.blanks()?.join(", ");
        self.transaction
            .prepare_cached(&format!("UPDATE dossiers SET {blanks} WHERE number = ?1"))?
            .execute([number.0])?;
        self.transaction
            .prepare_cached(
                "UPDATE verdicts SET
                    reasons = (SELECT json_group_array(json_object('code', json_extract(value, '$.code'),
                        'text', '', 'facts', json('{}'))) FROM json_each(reasons)),
                    decided_by = CASE decided_by WHEN 'rules' THEN 'rules' ELSE 'person' END,
                    stale = 0
                 WHERE dossier_number = ?1",
            )?
            .execute([number.0])?;
        Ok(true)
    }

    /// A tombstone's dossier is at the source again.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn unbury(&self, number: DossierNumber) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "UPDATE dossiers SET deleted_at = NULL, deletion_reason = NULL, last_changed_at = ?2
                 WHERE number = ?1 AND purged_at IS NOT NULL",
            )?
            .execute((number.0, self.now.to_string()))?;
        Ok(())
    }

    /// Tables with rows of one dossier that do not keep them.
    fn tables_about_dossiers(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT tables.name FROM pragma_table_list AS tables, pragma_table_info(tables.name) AS columns
             WHERE tables.schema = 'main' AND tables.type = 'table' AND columns.name = 'dossier_number'",
        )?;
        let names = statement.query_map([], |row| row.get::<_, String>(0))?;
        let names: Vec<String> = names.collect::<Result<_, _>>()?;
        Ok(names.into_iter().filter(|name| !KEPT_TABLES.contains(&name.as_str())).collect())
    }

    /// What each column that is not kept becomes.
    fn blanks(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self
            .transaction
            .prepare_cached("SELECT name, type, \"notnull\" FROM pragma_table_info('dossiers')")?;
        let columns = statement.query_map([], |row| {
            let (name, kind, required): (String, String, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let blank = match (name.as_str(), kind.as_str(), required) {
                (_, _, false) => "NULL",
                ("demandeur", ..) => "'null'",
                ("content_hash", ..) => "zeroblob(32)",
                (_, "TEXT", true) => "''",
                _ => "0",
            };
            Ok((name.clone(), format!("\"{name}\" = {blank}")))
        })?;
        let columns: Vec<(String, String)> = columns.collect::<Result<_, _>>()?;
        let erased = columns.into_iter().filter(|(name, _)| !KEPT.contains(&name.as_str()));
        Ok(erased.map(|(_, blank)| blank).collect())
    }
}

impl Store {
    /// Rewrites the file without its free space and empties the log: nothing of what was erased is left in
    /// either.
    ///
    /// # Errors
    /// When a reader keeps the log, when there is no room for a copy of the file, when it cannot be written.
    pub fn scrub(&mut self) -> Result<(), StoreError> {
        // Agents of whom no dossier is left are people too.
        self.connection.execute(
            "DELETE FROM instructeurs WHERE id NOT IN (SELECT instructeur_id FROM dossier_instructeurs)
                AND id NOT IN (SELECT instructeur_id FROM groupe_instructeurs_membres)",
            [],
        )?;
        self.connection.execute_batch("VACUUM")?;
        // A reader that stays is told of rather than waited for: the service has passes to make.
        let busy = self.cut_log(READERS_LEAVE_WITHIN)?;
        if busy { Err(StoreError::NotScrubbed) } else { Ok(()) }
    }
}

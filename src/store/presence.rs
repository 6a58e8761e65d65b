//! Whether a dossier is there: what the mirror keeps of it, when it went, when it came back.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, named_params};

use super::happenings::Happening;
use super::lookups::{instant, required_instant};
use super::runs::RunId;
use super::{StoreError, Tx};
use crate::domain::{
    Change, Deletion, DeletionReason, DemarcheNumber, DossierNumber, Fact, FactKey, Subject, UnknownElement,
};

/// What tells whether a reading brings anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Hash of the JSON kept.
    pub content_hash: [u8; 32],
    /// When it was marked as gone.
    pub deleted_at: Option<Timestamp>,
    /// Whether its personal data were erased: nothing of it is kept any more.
    pub purged: bool,
    /// Last change that the platform dates.
    pub date_derniere_modification: Timestamp,
}

/// The change that tells of a presence.
pub(super) fn presence_change(before: &str, after: &str) -> Change {
    let fact = |word: &str| if word.is_empty() { Fact::Nothing } else { Fact::from(word) };
    Change { key: FactKey::new(Subject::Presence, "presence"), before: fact(before), after: fact(after) }
}

pub(super) const SEEN: &str = "seen";
pub(super) const GONE: &str = "gone";

impl Tx<'_> {
    /// What the mirror keeps of a dossier.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn find_kept(&self, number: DossierNumber) -> Result<Option<Kept>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT content_hash, deleted_at, date_derniere_modification, purged_at IS NOT NULL FROM dossiers
             WHERE number = ?1",
        )?;
        let found = statement.query_row([number.0], |row| {
            Ok(Kept {
                content_hash: row.get(0)?,
                deleted_at: instant(row, 1)?,
                date_derniere_modification: required_instant(row, 2)?,
                purged: row.get(3)?,
            })
        });
        Ok(found.optional()?)
    }

    /// Marks a dossier as gone; its rows stay. `false` if it is not there, or gone already.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn mark_gone(
        &self,
        number: DossierNumber,
        at: Timestamp,
        reason: &DeletionReason,
        run: RunId,
    ) -> Result<bool, StoreError> {
        let kinship = self.find_kinship(number)?;
        let marked = self
            .transaction
            .prepare_cached(
                "UPDATE dossiers SET deleted_at = :at, deletion_reason = :reason, last_changed_at = :now
                 WHERE number = :number AND deleted_at IS NULL",
            )?
            .execute(named_params! {
                ":at": at.to_string(),
                ":reason": reason.as_api(),
                ":now": self.now.to_string(),
                ":number": number.0,
            })?;
        if marked == 1 {
            self.note(Happening::Gone(number));
            self.record_changes(number, &[(presence_change(SEEN, GONE), Some(at))], run)?;
            self.mark_siblings(number, kinship.as_ref())?;
        }
        Ok(marked == 1)
    }

    /// Writes an entry of a list of deletions down.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn record_deletion(&self, deletion: &Deletion) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO deletions (dossier_number, stage, demarche_number, state, reason, date_suppression,
                    seen_at)
                 VALUES (:number, :stage, :demarche, :state, :reason, :date, :now)
                 ON CONFLICT (dossier_number, stage) DO UPDATE SET
                    state = excluded.state, reason = excluded.reason, date_suppression = excluded.date_suppression
                 WHERE state <> excluded.state OR reason <> excluded.reason
                    OR date_suppression <> excluded.date_suppression",
            )?
            .execute(named_params! {
                ":number": deletion.number.0,
                ":stage": deletion.stage.as_str(),
                ":demarche": deletion.demarche_number.0,
                ":state": deletion.state.as_api(),
                ":reason": deletion.reason.as_api(),
                ":date": deletion.date_suppression.to_string(),
                ":now": self.now.to_string(),
            })?;
        Ok(())
    }

    /// How many dossiers of a démarche are there.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn count_alive(&self, demarche: DemarcheNumber) -> Result<u64, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT COUNT(*) FROM dossiers WHERE demarche_number = ?1 AND deleted_at IS NULL",
        )?;
        let count: i64 = statement.query_row([demarche.0], |row| row.get(0))?;
        Ok(count.cast_unsigned())
    }

    /// The dossiers of a démarche that are there, by number.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn alive_numbers(&self, demarche: DemarcheNumber) -> Result<Vec<DossierNumber>, StoreError> {
        alive_numbers(&self.transaction, demarche)
    }

    /// Counts something that this version does not know.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn note_unknown(&self, element: &UnknownElement) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO unknown_elements (kind, place, name, count, first_seen_at, last_seen_at)
                 VALUES (?1, ?2, ?3, 1, ?4, ?4)
                 ON CONFLICT (kind, place, name) DO UPDATE SET
                    count = count + 1, last_seen_at = excluded.last_seen_at",
            )?
            .execute((element.kind.as_str(), &element.place, &element.name, self.now.to_string()))?;
        Ok(())
    }
}

/// The dossiers of a démarche that are there, by number.
pub(super) fn alive_numbers(
    connection: &rusqlite::Connection,
    demarche: DemarcheNumber,
) -> Result<Vec<DossierNumber>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT number FROM dossiers WHERE demarche_number = ?1 AND deleted_at IS NULL ORDER BY number",
    )?;
    let rows = statement.query_map([demarche.0], |row| row.get(0).map(DossierNumber))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

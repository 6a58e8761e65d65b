//! Where each call stands.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, named_params};

use super::happenings::Happening;
use super::lookups::instant;
use super::{StoreError, Tx};
use crate::domain::{DemarcheNumber, RevisionId};

/// What a walk goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalkMode {
    /// The first reading.
    Fill,
    /// What moved.
    Incremental,
    /// The whole call again.
    Reconcile,
}

impl WalkMode {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Fill => "fill",
            Self::Incremental => "incremental",
            Self::Reconcile => "reconcile",
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "incremental" => Self::Incremental,
            "reconcile" => Self::Reconcile,
            _ => Self::Fill,
        }
    }
}

/// Where a call stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The démarche.
    pub demarche: DemarcheNumber,
    /// What the walk under way, or the next, goes through.
    pub mode: WalkMode,
    /// From when the next incremental walk reads.
    pub since: Option<Timestamp>,
    /// The last dossier met by the walk under way; none between two walks.
    pub after: Option<String>,
    /// When the walk under way began.
    pub walk_started_at: Option<Timestamp>,
    /// When the first reading was complete.
    pub filled_at: Option<Timestamp>,
    /// From when the lists of deletions are read.
    pub deletions_since: Option<Timestamp>,
    /// The last sweep.
    pub last_sweep_at: Option<Timestamp>,
    /// The last complete reading.
    pub last_reconcile_at: Option<Timestamp>,
    /// The revision of the form that was read.
    pub revision_id: Option<RevisionId>,
    /// The rules by which every dossier was last judged.
    pub judged_by: Option<String>,
}

impl Tx<'_> {
    /// Where a call stands; none if it was never read.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn find_position(&self, demarche: DemarcheNumber) -> Result<Option<Position>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT mode, since, after_cursor, walk_started_at, filled_at, deletions_since, last_sweep_at,
                last_reconcile_at, revision_id, judged_by
             FROM positions WHERE demarche_number = ?1",
        )?;
        let found = statement.query_row([demarche.0], |row| {
            Ok(Position {
                demarche,
                mode: WalkMode::from_name(&row.get::<_, String>(0)?),
                since: instant(row, 1)?,
                after: row.get(2)?,
                walk_started_at: instant(row, 3)?,
                filled_at: instant(row, 4)?,
                deletions_since: instant(row, 5)?,
                last_sweep_at: instant(row, 6)?,
                last_reconcile_at: instant(row, 7)?,
                revision_id: row.get::<_, Option<String>>(8)?.map(RevisionId),
                judged_by: row.get(9)?,
            })
        });
        Ok(found.optional()?)
    }

    /// Whether the first reading of a call is complete.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn is_filled(&self, demarche: DemarcheNumber) -> Result<bool, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM positions WHERE demarche_number = ?1 AND filled_at IS NOT NULL)",
        )?;
        Ok(statement.query_row([demarche.0], |row| row.get(0))?)
    }

    /// Writes where a call stands.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn set_position(&self, position: &Position) -> Result<(), StoreError> {
        if position.filled_at.is_some() && !self.is_filled(position.demarche)? {
            self.note(Happening::Filled(position.demarche));
        }
        let text = |instant: Option<Timestamp>| instant.map(|instant| instant.to_string());
        self.transaction
            .prepare_cached(
                "INSERT INTO positions (demarche_number, mode, since, after_cursor, walk_started_at, filled_at,
                    deletions_since, last_sweep_at, last_reconcile_at, revision_id, judged_by)
                 VALUES (:demarche, :mode, :since, :after, :walk, :filled, :deletions, :sweep, :reconcile, :revision,
                    :judged_by)
                 ON CONFLICT (demarche_number) DO UPDATE SET
                    mode = excluded.mode, since = excluded.since, after_cursor = excluded.after_cursor,
                    walk_started_at = excluded.walk_started_at, filled_at = excluded.filled_at,
                    deletions_since = excluded.deletions_since, last_sweep_at = excluded.last_sweep_at,
                    last_reconcile_at = excluded.last_reconcile_at, revision_id = excluded.revision_id,
                    judged_by = excluded.judged_by",
            )?
            .execute(named_params! {
                ":demarche": position.demarche.0,
                ":mode": position.mode.as_str(),
                ":since": text(position.since),
                ":after": position.after,
                ":walk": text(position.walk_started_at),
                ":filled": text(position.filled_at),
                ":deletions": text(position.deletions_since),
                ":sweep": text(position.last_sweep_at),
                ":reconcile": text(position.last_reconcile_at),
                ":revision": position.revision_id.as_ref().map(RevisionId::as_str),
                ":judged_by": position.judged_by,
            })?;
        Ok(())
    }
}

//! What the watch looks at, and the episodes that it remembers.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, named_params};

use super::lookups::{instant, required_instant};
use super::{StoreError, Tx};
use crate::alert::{CallFacts, Episode, Event, PlannedCall};
use crate::domain::{DemarcheNumber, DossierNumber};

/// Quarantined dossiers and unknown elements looked at, at most: past that, more say no more.
const MOST: u32 = 100;

/// What differs, as an audit found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditCounts {
    /// At the source, and not in the mirror.
    pub missing: u64,
    /// In the mirror, and not at the source.
    pub extra: u64,
    /// On both sides, and different.
    pub stale: u64,
}

impl Tx<'_> {
    /// What the mirror says of a call.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn call_facts(&self, call: &PlannedCall) -> Result<CallFacts, StoreError> {
        let demarche = call.demarche;
        let filled_at = self.find_position(demarche)?.and_then(|position| position.filled_at);
        // Before the form was read, nothing is known to be missing from it.
        let named = if filled_at.is_some() { call.champs_named.as_slice() } else { &[] };
        Ok(CallFacts {
            slug: call.slug.clone(),
            demarche,
            closes_at: call.closes_at,
            first_run_at: self.first_run_at(demarche)?,
            last_success: self.last_success(demarche)?,
            filled_at,
            fault: self.last_fault(demarche)?,
            quarantined: self.quarantined_attempts(demarche)?,
            active_revision: self.active_revision(demarche)?,
            missing_champs: self.unknown_champs(demarche, named)?,
            divergences: self.divergences(demarche)?,
            by_verdict: self.count_verdicts(demarche)?,
        })
    }

    fn first_run_at(&self, demarche: DemarcheNumber) -> Result<Option<Timestamp>, StoreError> {
        let mut statement = self
            .transaction
            .prepare_cached("SELECT MIN(started_at) FROM sync_runs WHERE demarche_number = ?1")?;
        Ok(statement.query_row([demarche.0], |row| instant(row, 0))?)
    }

    /// When the last pass that did its work began and ended. Reading one dossier again is no such pass.
    fn last_success(&self, demarche: DemarcheNumber) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT started_at, finished_at FROM sync_runs
             WHERE demarche_number = ?1 AND outcome IN ('done', 'findings', 'held') AND finished_at IS NOT NULL
                AND mode <> 'resync'
             ORDER BY id DESC LIMIT 1",
        )?;
        let found = statement
            .query_row([demarche.0], |row| Ok((required_instant(row, 0)?, required_instant(row, 1)?)));
        Ok(found.optional()?)
    }

    /// What the last pass that ended stopped on.
    fn last_fault(&self, demarche: DemarcheNumber) -> Result<Option<(String, Option<String>)>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT fault, error FROM sync_runs
             WHERE demarche_number = ?1 AND outcome NOT IN ('running', 'interrupted')
             ORDER BY id DESC LIMIT 1",
        )?;
        let found = statement
            .query_row([demarche.0], |row| Ok((row.get::<_, Option<String>>(0)?, row.get(1)?)))
            .optional()?;
        Ok(found.and_then(|(fault, error)| Some((fault?, error))))
    }

    fn quarantined_attempts(
        &self,
        demarche: DemarcheNumber,
    ) -> Result<Vec<(DossierNumber, u32)>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT dossier_number, MAX(attempts) FROM quarantine WHERE demarche_number = ?1
             GROUP BY dossier_number ORDER BY dossier_number LIMIT ?2",
        )?;
        let rows =
            statement.query_map((demarche.0, MOST), |row| Ok((DossierNumber(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn active_revision(&self, demarche: DemarcheNumber) -> Result<Option<String>, StoreError> {
        let mut statement =
            self.transaction.prepare_cached("SELECT active_revision_id FROM demarches WHERE number = ?1")?;
        Ok(statement.query_row([demarche.0], |row| row.get(0)).optional()?)
    }

    fn divergences(&self, demarche: DemarcheNumber) -> Result<u64, StoreError> {
        let mut statement = self
            .transaction
            .prepare_cached("SELECT missing + extra + stale FROM audits WHERE demarche_number = ?1")?;
        let found: Option<i64> = statement.query_row([demarche.0], |row| row.get(0)).optional()?;
        Ok(found.unwrap_or(0).cast_unsigned())
    }

    /// Living dossiers of a démarche by verdict.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn count_verdicts(&self, demarche: DemarcheNumber) -> Result<Vec<(String, u64)>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT verdicts.verdict, COUNT(*) FROM dossiers
             JOIN verdicts ON verdicts.dossier_number = dossiers.number
             WHERE dossiers.demarche_number = ?1 AND dossiers.deleted_at IS NULL
             GROUP BY verdicts.verdict ORDER BY verdicts.verdict",
        )?;
        let rows = statement
            .query_map([demarche.0], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What the platform sent and this version does not know, each by its name.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn list_unknown(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT place || ' ' || name FROM unknown_elements ORDER BY place, name LIMIT ?1",
        )?;
        let rows = statement.query_map([MOST], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every episode remembered.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn list_episodes(&self) -> Result<Vec<Episode>, StoreError> {
        let mut statement = self
            .transaction
            .prepare_cached("SELECT event, demarche_number, subject, episode, is_open FROM episodes")?;
        let rows = statement.query_map([], |row| {
            let event = Event::from_name(&row.get::<_, String>(0)?);
            let demarche: u32 = row.get(1)?;
            Ok((event, demarche, row.get(2)?, row.get(3)?, row.get(4)?))
        })?;
        let mut episodes = Vec::new();
        for row in rows {
            let (event, demarche, subject, episode, open) = row?;
            let demarche = (demarche > 0).then_some(DemarcheNumber(demarche));
            // An event of a later version is left to it.
            episodes.extend(event.map(|event| Episode { event, demarche, subject, episode, open }));
        }
        Ok(episodes)
    }

    /// Remembers that an episode begins, or is over.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn set_episode(&self, episode: &Episode) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO episodes (event, demarche_number, subject, episode, began_at, is_open)
                 VALUES (:event, :demarche, :subject, :episode, :now, :open)
                 ON CONFLICT (event, demarche_number, subject) DO UPDATE SET
                    episode = excluded.episode, is_open = excluded.is_open,
                    began_at = CASE WHEN episode = excluded.episode THEN began_at ELSE excluded.began_at END,
                    ended_at = CASE WHEN excluded.is_open = 0 AND is_open = 1 THEN excluded.began_at END",
            )?
            .execute(named_params! {
                ":event": episode.event.as_str(),
                ":demarche": episode.demarche.map_or(0, |number| number.0),
                ":subject": episode.subject,
                ":episode": episode.episode,
                ":now": self.now.to_string(),
                ":open": episode.open,
            })?;
        Ok(())
    }

    /// Keeps what an audit found of a call.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn record_audit(&self, demarche: DemarcheNumber, found: AuditCounts) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO audits (demarche_number, made_at, missing, extra, stale) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (demarche_number) DO UPDATE SET made_at = excluded.made_at,
                    missing = excluded.missing, extra = excluded.extra, stale = excluded.stale",
            )?
            .execute((
                demarche.0,
                self.now.to_string(),
                found.missing.cast_signed(),
                found.extra.cast_signed(),
                found.stale.cast_signed(),
            ))?;
        Ok(())
    }
}

//! What people ask of the outbox, and what they do with it: list, revive, acknowledge, follow up.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, named_params};

use super::alert_facts;
use super::lookups::{instant, required_instant};
use super::outbox::stamp;
use super::{Reader, StoreError, Tx};
use crate::alert::{Alert, Event, Facts, Occasion};
use crate::domain::{DemarcheNumber, DossierNumber};

/// An alert in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertLine {
    /// Its number.
    pub id: i64,
    /// The event's name.
    pub event: String,
    /// Why it is told, by name.
    pub occasion: String,
    /// The channel.
    pub channel: String,
    /// The démarche.
    pub demarche: Option<u32>,
    /// The dossier.
    pub dossier: Option<u32>,
    /// `pending`, `sent` or `dead`.
    pub state: String,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was noticed.
    pub created_at: Timestamp,
    /// When it may be sent.
    pub next_attempt_at: Option<Timestamp>,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When it was acknowledged, and by whom.
    pub acked: Option<(Timestamp, String)>,
    /// The last error.
    pub last_error: Option<String>,
}

/// Which alerts to list.
#[derive(Debug, Clone, Default)]
pub struct AlertFilter {
    /// In this state.
    pub state: Option<String>,
    /// Of this channel.
    pub channel: Option<String>,
    /// Of this event.
    pub event: Option<String>,
    /// Of this dossier.
    pub dossier: Option<DossierNumber>,
    /// So many at most, the latest first.
    pub limit: u32,
}

/// What waits in a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    /// The channel.
    pub channel: String,
    /// Alerts that wait.
    pub pending: u64,
    /// Of these, those that failed at least once.
    pub failing: u64,
    /// Alerts given up.
    pub dead: u64,
    /// Since when the oldest that waits was due.
    pub oldest: Option<Timestamp>,
    /// Since when nothing goes through.
    pub failing_since: Option<Timestamp>,
    /// The last error of what waits or was given up.
    pub last_error: Option<String>,
}

/// A sent alert that nobody answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// The alert.
    pub alert: Alert,
    /// The key of its fact.
    pub fact_key: String,
}

impl Reader {
    /// Alerts, the latest first.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn list_alerts(&self, filter: &AlertFilter) -> Result<Vec<AlertLine>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, event, occasion, channel, demarche_number, dossier_number, state, attempts, created_at,
                next_attempt_at, sent_at, acked_at, acked_by, last_error
             FROM alerts
             WHERE (:state IS NULL OR state = :state) AND (:channel IS NULL OR channel = :channel)
                AND (:event IS NULL OR event = :event) AND (:dossier IS NULL OR dossier_number = :dossier)
             ORDER BY id DESC LIMIT :limit",
        )?;
        let parameters = named_params! {
            ":state": filter.state, ":channel": filter.channel, ":event": filter.event,
            ":dossier": filter.dossier.map(|number| number.0), ":limit": filter.limit,
        };
        let rows = statement.query_map(parameters, |row| {
            let acked = instant(row, 11)?.zip(row.get::<_, Option<String>>(12)?);
            Ok(AlertLine {
                id: row.get(0)?,
                event: row.get(1)?,
                occasion: row.get(2)?,
                channel: row.get(3)?,
                demarche: row.get(4)?,
                dossier: row.get(5)?,
                state: row.get(6)?,
                attempts: row.get(7)?,
                created_at: required_instant(row, 8)?,
                next_attempt_at: instant(row, 9)?,
                sent_at: instant(row, 10)?,
                acked,
                last_error: row.get(13)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What waits, channel by channel.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn backlog(&self) -> Result<Vec<Backlog>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT channel, SUM(state = 'pending'), SUM(state = 'pending' AND attempts > 0), SUM(state = 'dead'),
                MIN(CASE WHEN state = 'pending' THEN waiting_since END),
                (SELECT last_error FROM alerts AS last WHERE last.channel = alerts.channel
                    AND last.state <> 'sent' AND last.last_error IS NOT NULL ORDER BY last.id DESC LIMIT 1),
                (SELECT failing_since FROM channels WHERE name = alerts.channel)
             FROM alerts WHERE state <> 'sent' GROUP BY channel ORDER BY channel",
        )?;
        let rows = statement.query_map([], |row| {
            let count = |index| row.get::<_, i64>(index).map(i64::cast_unsigned);
            Ok(Backlog {
                channel: row.get(0)?,
                pending: count(1)?,
                failing: count(2)?,
                dead: count(3)?,
                oldest: instant(row, 4)?,
                last_error: row.get(5)?,
                failing_since: instant(row, 6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The alert that a dossier's verdict gives now, whether or not anybody was told.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn preview(&self, number: DossierNumber, event: Event) -> Result<Option<Alert>, StoreError> {
        let Some((demarche, facts)) = facts_of(&self.connection, number)? else { return Ok(None) };
        let created_at = Timestamp::UNIX_EPOCH;
        let demarche = Some(demarche);
        Ok(Some(Alert {
            id: 0,
            event,
            occasion: Occasion::First,
            demarche,
            dossier: Some(number),
            created_at,
            facts,
        }))
    }
}

impl Tx<'_> {
    /// What the mirror knows of a dossier that an alert may tell, with its démarche.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn dossier_facts(
        &self,
        number: DossierNumber,
    ) -> Result<Option<(DemarcheNumber, Facts)>, StoreError> {
        facts_of(&self.transaction, number)
    }

    /// Gives alerts that were given up, or that wait, another chance at once; tells how many. All those given up
    /// when no number is told.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn revive(&self, ids: &[i64], channel: Option<&str>) -> Result<u64, StoreError> {
        let mut statement = self.transaction.prepare_cached(
            "UPDATE alerts SET state = 'pending', attempts = 0, next_attempt_at = :now, waiting_since = :now,
                lease_until = NULL
             WHERE (state = 'dead' OR (state = 'pending' AND :id IS NOT NULL))
                AND (:id IS NULL OR id = :id) AND (:channel IS NULL OR channel = :channel)",
        )?;
        let now = stamp(self.now);
        let mut revived = 0;
        if ids.is_empty() {
            let none: Option<i64> = None;
            revived = statement.execute(named_params! { ":now": now, ":id": none, ":channel": channel })?;
        }
        for id in ids {
            revived += statement.execute(named_params! { ":now": now, ":id": id, ":channel": channel })?;
        }
        Ok(u64::try_from(revived).unwrap_or(u64::MAX))
    }

    /// Notes that somebody has seen to a fact, in whatever channel it was told; what was still to be told again
    /// of it is not. `false` if there is no such alert.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn acknowledge(&self, id: i64, by: &str) -> Result<bool, StoreError> {
        let mut find = self.transaction.prepare_cached("SELECT fact_key FROM alerts WHERE id = ?1")?;
        let Some(fact) = find.query_row([id], |row| row.get::<_, String>(0)).optional()? else {
            return Ok(false);
        };
        self.transaction
            .prepare_cached(
                "UPDATE alerts SET acked_at = ?3, acked_by = ?4
                 WHERE (id = ?1 OR (fact_key = ?2 AND fact_key <> '')) AND acked_at IS NULL",
            )?
            .execute((id, &fact, stamp(self.now), by))?;
        self.transaction
            .prepare_cached(
                "UPDATE alerts SET state = 'dead', next_attempt_at = NULL, last_error = 'acquittée avant l’envoi'
                 WHERE fact_key = ?1 AND fact_key <> '' AND occasion <> 'first' AND state = 'pending'
                    AND lease_until IS NULL",
            )?
            .execute([&fact])?;
        Ok(true)
    }

    /// Alerts of a channel sent before then that nobody acknowledged, and that were not followed up in this way.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn unanswered(
        &self,
        channel: &str,
        sent_before: Timestamp,
        followup: Occasion,
    ) -> Result<Vec<Unanswered>, StoreError> {
        let column = followed_column(followup);
        let sql = format!(
            "SELECT id, event, occasion, demarche_number, dossier_number, created_at, facts, fact_key FROM alerts
             WHERE channel = ?1 AND state = 'sent' AND acked_at IS NULL AND sent_at <= ?2
                AND occasion = 'first' AND {column} IS NULL AND fact_key <> ''
             ORDER BY id LIMIT 500"
        );
        let mut statement = self.transaction.prepare_cached(&sql)?;
        let rows = statement.query_map((channel, stamp(sent_before)), |row| {
            Ok((super::outbox::alert(row)?, row.get::<_, String>(7)?))
        })?;
        let mut found = Vec::new();
        for row in rows {
            let (alert, fact_key) = row?;
            found.extend(alert.map(|alert| Unanswered { alert, fact_key }));
        }
        Ok(found)
    }

    /// Notes that an alert was followed up.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn mark_followed(&self, id: i64, followup: Occasion) -> Result<(), StoreError> {
        let sql = format!("UPDATE alerts SET {} = ?2 WHERE id = ?1", followed_column(followup));
        self.transaction.prepare_cached(&sql)?.execute((id, stamp(self.now)))?;
        Ok(())
    }
}

const fn followed_column(followup: Occasion) -> &'static str {
    match followup {
        Occasion::Escalation => "escalated_at",
        Occasion::First | Occasion::Reminder => "reminded_at",
    }
}

fn facts_of(
    connection: &rusqlite::Connection,
    number: DossierNumber,
) -> Result<Option<(DemarcheNumber, Facts)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT demarche_number, COALESCE(NULLIF(raison_sociale, ''), NULLIF(nom_commercial, ''),
                NULLIF(TRIM(COALESCE(prenom, '') || ' ' || COALESCE(nom, '')), '')),
            siret, forme_juridique, date_depot, verdict, reasons
         FROM dossiers LEFT JOIN verdicts ON verdicts.dossier_number = dossiers.number
         WHERE dossiers.number = ?1",
    )?;
    let found = statement.query_row([number.0], |row| {
        let reasons: Option<String> = row.get(6)?;
        let facts = Facts {
            applicant: row.get(1)?,
            siret: row.get(2)?,
            forme_juridique: row.get(3)?,
            date_depot: instant(row, 4)?,
            verdict: row.get(5)?,
            reasons: reasons.as_deref().map(alert_facts::reasons).unwrap_or_default(),
            ..Facts::default()
        };
        Ok((DemarcheNumber(row.get(0)?), facts))
    });
    Ok(found.optional()?)
}

//! The outbox: alerts wait here from the fact that causes them until a channel has taken them.
//!
//! Invariants: an alert is written in the transaction of its fact; its key makes a repeat a no-op; what is
//! claimed is leased, so that a process that dies lets go of it; an alert's message is decided, and kept, before
//! it is sent; what is given up stays, with the last error.

use jiff::Timestamp;
use rusqlite::{Row, named_params};

use super::alert_facts;
use super::lookups::required_instant;
use super::{StoreError, Tx};
use crate::alert::{
    Alert, Candidate, Event, Facts, Grouping, MOST_TOGETHER, Occasion, group_key, idempotency_key, together,
};
use crate::domain::{DemarcheNumber, DossierNumber};

/// An alert to write.
#[derive(Debug, Clone)]
pub struct NewAlert<'a> {
    /// What happened.
    pub event: Event,
    /// The key of the fact.
    pub fact_key: &'a str,
    /// Why it is told.
    pub occasion: Occasion,
    /// The channel.
    pub channel: &'a str,
    /// The démarche.
    pub demarche: Option<DemarcheNumber>,
    /// The dossier.
    pub dossier: Option<DossierNumber>,
    /// When it may be told.
    pub due_at: Timestamp,
    /// What is known.
    pub facts: &'a Facts,
}

/// Alerts claimed to be sent in one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The message's identity.
    pub group_id: String,
    /// The alerts.
    pub alerts: Vec<Alert>,
    /// Attempts, this one included.
    pub attempts: u32,
    /// From when patience is reckoned.
    pub waiting_since: Timestamp,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement<'a> {
    /// The channel has it.
    Sent,
    /// To be tried again then.
    Later(Timestamp, &'a str),
    /// Given up.
    Dead(&'a str),
}

/// An instant that compares as text: always to the millisecond.
pub(super) fn stamp(at: Timestamp) -> String {
    format!("{at:.3}")
}

impl Tx<'_> {
    /// Writes an alert; `false` when the fact was already told to this channel on this occasion.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn enqueue(&self, alert: &NewAlert<'_>) -> Result<bool, StoreError> {
        let key = idempotency_key(alert.fact_key, alert.channel, alert.occasion);
        let written = self
            .transaction
            .prepare_cached(
                "INSERT INTO alerts (dossier_number, demarche_number, event, channel, state, next_attempt_at,
                    created_at, waiting_since, idempotency_key, fact_key, occasion, facts)
                 VALUES (:dossier, :demarche, :event, :channel, 'pending', :due, :now, :due, :key, :fact,
                    :occasion, :facts)
                 ON CONFLICT (idempotency_key) DO NOTHING",
            )?
            .execute(named_params! {
                ":dossier": alert.dossier.map(|number| number.0),
                ":demarche": alert.demarche.map(|number| number.0),
                ":event": alert.event.as_str(),
                ":channel": alert.channel,
                ":due": stamp(alert.due_at),
                ":now": stamp(self.now),
                ":key": key,
                ":fact": alert.fact_key,
                ":occasion": alert.occasion.as_str(),
                ":facts": alert_facts::write(alert.facts).to_string(),
            })?;
        Ok(written == 1)
    }

    /// Takes what a channel may send now, as one message, and leases it until then. Counts an attempt.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn claim(
        &self,
        channel: &str,
        grouping: Grouping,
        lease_until: Timestamp,
    ) -> Result<Option<Claimed>, StoreError> {
        let found = match self.find_due_group(channel)? {
            Some(found) => Some(found),
            None => self.group(channel, grouping)?,
        };
        let Some(group_id) = found else { return Ok(None) };
        self.transaction
            .prepare_cached(
                "UPDATE alerts SET attempts = attempts + 1, lease_until = ?2
                 WHERE group_id = ?1 AND state = 'pending'",
            )?
            .execute((&group_id, stamp(lease_until)))?;
        let mut statement = self.transaction.prepare_cached(
            "SELECT id, event, occasion, demarche_number, dossier_number, created_at, facts, attempts,
                COALESCE(waiting_since, created_at)
             FROM alerts WHERE group_id = ?1 AND state = 'pending' ORDER BY id",
        )?;
        let rows = statement.query_map([&group_id], |row| {
            Ok((alert(row)?, row.get::<_, u32>(7)?, required_instant(row, 8)?))
        })?;
        let mut claimed =
            Claimed { group_id: group_id.clone(), alerts: Vec::new(), attempts: 1, waiting_since: self.now };
        for row in rows {
            let (alert, attempts, since) = row?;
            claimed.attempts = claimed.attempts.max(attempts);
            claimed.waiting_since = claimed.waiting_since.min(since);
            claimed.alerts.extend(alert);
        }
        Ok(Some(claimed))
    }

    /// A message decided earlier whose time has come again.
    fn find_due_group(&self, channel: &str) -> Result<Option<String>, StoreError> {
        use rusqlite::OptionalExtension as _;
        let mut statement = self.transaction.prepare_cached(
            "SELECT group_id FROM alerts
             WHERE channel = ?1 AND state = 'pending' AND group_id IS NOT NULL AND next_attempt_at <= ?2
                AND (lease_until IS NULL OR lease_until <= ?2)
             ORDER BY next_attempt_at, id LIMIT 1",
        )?;
        Ok(statement.query_row((channel, stamp(self.now)), |row| row.get(0)).optional()?)
    }

    /// Decides what goes together of what waits, and keeps the decision.
    fn group(&self, channel: &str, grouping: Grouping) -> Result<Option<String>, StoreError> {
        let most = i64::try_from(MOST_TOGETHER).unwrap_or(i64::MAX);
        let mut statement = self.transaction.prepare_cached(
            "SELECT id, event, demarche_number, dossier_number, idempotency_key FROM alerts
             WHERE channel = ?1 AND state = 'pending' AND group_id IS NULL AND next_attempt_at <= ?2
             ORDER BY next_attempt_at, id LIMIT ?3",
        )?;
        let rows = statement.query_map((channel, stamp(self.now), most), |row| {
            let candidate = Candidate {
                id: row.get(0)?,
                // What a later version wrote is told by its facts all the same.
                event: Event::from_name(&row.get::<_, String>(1)?).unwrap_or(Event::Test),
                demarche: row.get::<_, Option<u32>>(2)?.map(DemarcheNumber),
                dossier: row.get::<_, Option<u32>>(3)?.map(DossierNumber),
            };
            Ok((candidate, row.get::<_, String>(4)?))
        })?;
        let rows: Vec<_> = rows.collect::<Result<_, _>>()?;
        let candidates: Vec<_> = rows.iter().map(|(candidate, _)| *candidate).collect();
        let members = together(&candidates, grouping);
        if members.is_empty() {
            return Ok(None);
        }
        let keys = rows.iter().filter(|(candidate, _)| members.contains(&candidate.id));
        let group_id = group_key(&keys.map(|(_, key)| key.as_str()).collect::<Vec<_>>());
        let mut join = self.transaction.prepare_cached("UPDATE alerts SET group_id = ?2 WHERE id = ?1")?;
        for id in members {
            join.execute((id, &group_id))?;
        }
        Ok(Some(group_id))
    }

    /// Writes down how an attempt ended.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn settle(&self, group_id: &str, settlement: Settlement<'_>) -> Result<(), StoreError> {
        let (state, next, sent, error) = match settlement {
            Settlement::Sent => ("sent", None, Some(stamp(self.now)), None),
            Settlement::Later(at, why) => ("pending", Some(stamp(at)), None, Some(why)),
            Settlement::Dead(why) => ("dead", None, None, Some(why)),
        };
        self.transaction
            .prepare_cached(
                "UPDATE alerts SET state = :state, next_attempt_at = :next, sent_at = :sent, lease_until = NULL,
                    last_error = COALESCE(:error, last_error)
                 WHERE group_id = :group AND state = 'pending'",
            )?
            .execute(named_params! {
                ":state": state, ":next": next, ":sent": sent, ":error": error, ":group": group_id,
            })?;
        Ok(())
    }

    /// Lets go of what a process that is no more had claimed. Only for the one that alone sends.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn release_leases(&self) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "UPDATE alerts SET lease_until = NULL WHERE state = 'pending' AND lease_until IS NOT NULL",
            )?
            .execute([])?;
        Ok(())
    }

    /// When a channel next has something to send; none when nothing waits that nobody is sending.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn next_due(&self, channel: &str) -> Result<Option<Timestamp>, StoreError> {
        use rusqlite::OptionalExtension as _;
        let mut statement = self.transaction.prepare_cached(
            "SELECT next_attempt_at FROM alerts
             WHERE channel = ?1 AND state = 'pending' AND next_attempt_at IS NOT NULL
                AND (lease_until IS NULL OR lease_until <= ?2)
             ORDER BY next_attempt_at LIMIT 1",
        )?;
        let found = statement.query_row((channel, stamp(self.now)), |row| required_instant(row, 0));
        Ok(found.optional()?)
    }
}

/// Reads an alert; `None` when its event is one of a later version.
pub(super) fn alert(row: &Row<'_>) -> rusqlite::Result<Option<Alert>> {
    let Some(event) = Event::from_name(&row.get::<_, String>(1)?) else { return Ok(None) };
    Ok(Some(Alert {
        id: row.get(0)?,
        event,
        occasion: Occasion::from_name(&row.get::<_, String>(2)?),
        demarche: row.get::<_, Option<u32>>(3)?.map(DemarcheNumber),
        dossier: row.get::<_, Option<u32>>(4)?.map(DossierNumber),
        created_at: required_instant(row, 5)?,
        facts: alert_facts::read(&row.get::<_, String>(6)?),
    }))
}

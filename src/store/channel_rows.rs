//! How each channel does: since when it fails, and whether a person has to mend it.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, named_params};

use super::lookups::instant;
use super::outbox::stamp;
use super::{Reader, StoreError, Tx};
use crate::alert::ChannelFacts;

/// Why a channel fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelFailure<'a> {
    /// Whether nothing mends it by itself: a password, an address.
    pub waits_for_person: bool,
    /// What the attempt met.
    pub why: &'a str,
}

/// A channel in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelLine {
    /// Its name.
    pub name: String,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
}

impl Reader {
    /// The channels that were spoken through.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn list_channels(&self) -> Result<Vec<ChannelLine>, StoreError> {
        let mut statement =
            self.connection.prepare_cached("SELECT name, failing_since FROM channels ORDER BY name")?;
        let rows = statement
            .query_map([], |row| Ok(ChannelLine { name: row.get(0)?, failing_since: instant(row, 1)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Notes how a channel did. Tells whether it works again, or has just met what a person has to mend.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn note_channel(&self, name: &str, failure: Option<ChannelFailure<'_>>) -> Result<bool, StoreError> {
        let mut find = self.transaction.prepare_cached(
            "SELECT failing_since IS NOT NULL, waits_for_person FROM channels WHERE name = ?1",
        )?;
        let before: Option<(bool, bool)> =
            find.query_row([name], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let (was_failing, waited) = before.unwrap_or_default();
        let waits = failure.is_some_and(|failure| failure.waits_for_person);
        self.transaction
            .prepare_cached(
                "INSERT INTO channels (name, failing_since, waits_for_person, last_error)
                 VALUES (:name, :since, :waits, :error)
                 ON CONFLICT (name) DO UPDATE SET
                    failing_since = CASE WHEN excluded.failing_since IS NOT NULL
                        THEN COALESCE(failing_since, excluded.failing_since) END,
                    waits_for_person = excluded.waits_for_person, last_error = excluded.last_error",
            )?
            .execute(named_params! {
                ":name": name,
                ":since": failure.map(|_| stamp(self.now)),
                ":waits": waits,
                ":error": failure.map(|failure| failure.why),
            })?;
        Ok(if failure.is_some() { waits && !waited } else { was_failing })
    }

    /// What the mirror says of a channel.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn channel_facts(&self, name: &str) -> Result<ChannelFacts, StoreError> {
        let mut dead = self.transaction.prepare_cached(
            "SELECT COUNT(*), (SELECT last_error FROM alerts AS last WHERE last.channel = ?1
                    AND last.state = 'dead' AND last.acked_at IS NULL ORDER BY last.id DESC LIMIT 1)
             FROM alerts WHERE channel = ?1 AND state = 'dead' AND acked_at IS NULL",
        )?;
        let (dead, dead_error) =
            dead.query_row([name], |row| Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?)))?;
        let mut find = self.transaction.prepare_cached(
            "SELECT failing_since, waits_for_person, last_error FROM channels WHERE name = ?1",
        )?;
        let found =
            find.query_row([name], |row| Ok((instant(row, 0)?, row.get(1)?, row.get(2)?))).optional()?;
        let (failing_since, waits_for_person, last_error) = found.unwrap_or_default();
        let name = name.to_owned();
        Ok(ChannelFacts { name, failing_since, waits_for_person, last_error, dead, dead_error })
    }

    /// Takes over the channels of a configuration: others are forgotten, and what waited for a person to mend one
    /// is tried at once, since somebody may have.
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub fn take_over_channels(&self, names: &[String]) -> Result<(), StoreError> {
        let names = serde_json::Value::from(names).to_string();
        self.transaction
            .prepare_cached("DELETE FROM channels WHERE name NOT IN (SELECT value FROM json_each(?1))")?
            .execute([names])?;
        self.transaction
            .prepare_cached(
                "UPDATE alerts SET next_attempt_at = ?1
                 WHERE state = 'pending' AND attempts > 0 AND next_attempt_at > ?1
                    AND channel IN (SELECT name FROM channels WHERE waits_for_person = 1)",
            )?
            .execute([stamp(self.now)])?;
        Ok(())
    }
}

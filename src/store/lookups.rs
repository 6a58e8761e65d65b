//! What people ask of the mirror: how it stands, which dossiers, everything of one.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, named_params};
use serde_json::Value;

use super::error::StoreError;
use super::payload::Payload;
use super::reader::Reader;
use crate::domain::{DemarcheNumber, DossierNumber};

/// Reads an instant that may be absent.
pub(super) fn instant(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Timestamp>> {
    let text: Option<String> = row.get(index)?;
    text.map(|text| parse(index, &text)).transpose()
}

/// Reads an instant.
pub(super) fn required_instant(row: &Row<'_>, index: usize) -> rusqlite::Result<Timestamp> {
    parse(index, &row.get::<_, String>(index)?)
}

fn parse(index: usize, text: &str) -> rusqlite::Result<Timestamp> {
    text.parse().map_err(|error: jiff::Error| {
        rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, Box::new(error))
    })
}

/// A value and how many dossiers have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The value.
    pub value: String,
    /// How many.
    pub dossiers: u64,
}

/// How a call stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFreshness {
    /// Dossiers there.
    pub alive: u64,
    /// Dossiers gone.
    pub gone: u64,
    /// When the first reading was complete.
    pub filled_at: Option<Timestamp>,
    /// When the last pass that did its work ended.
    pub last_success_at: Option<Timestamp>,
    /// When the last pass began, and how it ended.
    pub last_run: Option<(Timestamp, String)>,
    /// Why the last pass that stopped did.
    pub last_error: Option<(Timestamp, String)>,
    /// When the whole call was last read.
    pub last_reconcile_at: Option<Timestamp>,
    /// Living dossiers by verdict.
    pub by_verdict: Vec<Counted>,
    /// Living dossiers by state.
    pub by_state: Vec<Counted>,
    /// Dossiers with something in quarantine.
    pub quarantined: u64,
    /// Dossiers that the source has yet to complete.
    pub unfinished: u64,
}

/// Something set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineLine {
    /// The dossier.
    pub number: DossierNumber,
    /// `dossier`, or the path of a part.
    pub what: String,
    /// Since when.
    pub since: Timestamp,
    /// Attempts so far.
    pub attempts: u32,
    /// The last answer.
    pub last_error: String,
    /// The next attempt.
    pub next_attempt_at: Timestamp,
}

/// Something that this version does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLine {
    /// `typename` or `enum_value`.
    pub kind: String,
    /// The type it belongs to.
    pub place: String,
    /// Its name.
    pub name: String,
    /// Times it was met.
    pub count: u64,
}

/// How the mirror stands, whatever the call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// Things in quarantine.
    pub quarantine: Vec<QuarantineLine>,
    /// Things not known.
    pub unknown: Vec<UnknownLine>,
    /// Alerts by state.
    pub alerts: Vec<Counted>,
}

/// Which dossiers to list.
#[derive(Debug, Clone, Default)]
pub struct DossierFilter {
    /// Of this démarche.
    pub demarche: Option<DemarcheNumber>,
    /// Of this verdict.
    pub verdict: Option<String>,
    /// In this state.
    pub state: Option<String>,
    /// Modified at this instant or later.
    pub since: Option<Timestamp>,
    /// With this text in its number, its applicant or its answers.
    pub search: Option<String>,
    /// Those that are gone too.
    pub gone_too: bool,
    /// At most so many; all of them without it.
    pub limit: Option<u32>,
    /// After having passed over so many.
    pub offset: u32,
}

/// A dossier in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierLine {
    /// Its number.
    pub number: DossierNumber,
    /// Its démarche.
    pub demarche: DemarcheNumber,
    /// Its state.
    pub state: String,
    /// Who applies, by name.
    pub demandeur: Option<String>,
    /// SIRET.
    pub siret: Option<String>,
    /// Legal category.
    pub forme_juridique: Option<String>,
    /// Nature of the applicant.
    pub nature: Option<String>,
    /// Verdict.
    pub verdict: Option<String>,
    /// First deposit.
    pub date_depot: Timestamp,
    /// When it went.
    pub deleted_at: Option<Timestamp>,
}

/// A verdict as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredVerdict {
    /// The verdict.
    pub verdict: String,
    /// The check of the applicant.
    pub applicant_check: String,
    /// The check of the deadline.
    pub deadline_check: String,
    /// The nature of the applicant.
    pub nature: String,
    /// The reasons, a JSON array.
    pub reasons: Value,
    /// The rules it was given by.
    pub rules_version: String,
    /// `rules`, or the person.
    pub decided_by: String,
    /// When.
    pub decided_at: Timestamp,
}

/// Everything that the mirror keeps of a dossier.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptDossier {
    /// Its number.
    pub number: DossierNumber,
    /// Its démarche.
    pub demarche: DemarcheNumber,
    /// Its JSON.
    pub payload: Payload,
    /// When it was first seen.
    pub first_seen_at: Timestamp,
    /// When the mirror last changed it.
    pub last_changed_at: Timestamp,
    /// When it went, and why.
    pub gone: Option<(Timestamp, String)>,
    /// Its verdict.
    pub verdict: Option<StoredVerdict>,
}

/// A change as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredChange {
    /// When the mirror saw it.
    pub seen_at: Timestamp,
    /// When it happened, if the platform says so.
    pub occurred_at: Option<Timestamp>,
    /// What it is about.
    pub subject: String,
    /// Which one.
    pub name: String,
    /// What it was.
    pub before: Value,
    /// What it became.
    pub after: Value,
}

impl StoredChange {
    /// When it happened, or was seen for want of better.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.occurred_at.unwrap_or(self.seen_at)
    }
}

impl Reader {
    /// How a call stands.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn freshness(&self, demarche: DemarcheNumber) -> Result<CallFreshness, StoreError> {
        let count = |sql: &str| -> Result<u64, StoreError> {
            let count: i64 =
                self.connection.prepare_cached(sql)?.query_row([demarche.0], |row| row.get(0))?;
            Ok(count.cast_unsigned())
        };
        let run = |sql: &str| -> Result<Option<(Timestamp, String)>, StoreError> {
            let mut statement = self.connection.prepare_cached(sql)?;
            let found = statement.query_row([demarche.0], |row| Ok((required_instant(row, 0)?, row.get(1)?)));
            Ok(found.optional()?)
        };
        let position = self
            .connection
            .prepare_cached("SELECT filled_at, last_reconcile_at FROM positions WHERE demarche_number = ?1")?
            .query_row([demarche.0], |row| Ok((instant(row, 0)?, instant(row, 1)?)))
            .optional()?;
        let (filled_at, last_reconcile_at) = position.unwrap_or_default();
        Ok(CallFreshness {
            alive: count("SELECT COUNT(*) FROM dossiers WHERE demarche_number = ?1 AND deleted_at IS NULL")?,
            gone: count(
                "SELECT COUNT(*) FROM dossiers WHERE demarche_number = ?1 AND deleted_at IS NOT NULL",
            )?,
            filled_at,
            last_reconcile_at,
            last_success_at: run("SELECT finished_at, outcome FROM sync_runs
                 WHERE demarche_number = ?1 AND outcome IN ('done', 'findings') AND finished_at IS NOT NULL
                 ORDER BY id DESC LIMIT 1")?
            .map(|(at, _)| at),
            last_run: run(
                "SELECT started_at, outcome FROM sync_runs WHERE demarche_number = ?1 ORDER BY id DESC LIMIT 1",
            )?,
            last_error: run(
                "SELECT started_at, error FROM sync_runs WHERE demarche_number = ?1 AND error IS NOT NULL
                 ORDER BY id DESC LIMIT 1",
            )?,
            by_verdict: self.counts(demarche, "verdict")?,
            by_state: self.counts(demarche, "state")?,
            quarantined: count(
                "SELECT COUNT(DISTINCT dossier_number) FROM quarantine WHERE demarche_number = ?1",
            )?,
            unfinished: count(
                "SELECT COUNT(*) FROM rereads JOIN dossiers ON dossiers.number = rereads.dossier_number
                 WHERE dossiers.demarche_number = ?1 AND dossiers.deleted_at IS NULL",
            )?,
        })
    }

    fn counts(&self, demarche: DemarcheNumber, dimension: &str) -> Result<Vec<Counted>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT value, dossiers FROM v_stats WHERE demarche_number = ?1 AND dimension = ?2
             ORDER BY dossiers DESC, value",
        )?;
        let rows = statement.query_map((demarche.0, dimension), counted)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How the mirror stands, whatever the call.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn status(&self) -> Result<Status, StoreError> {
        let mut quarantine = self.connection.prepare_cached(
            "SELECT dossier_number, what, since, attempts, last_error, next_attempt_at FROM quarantine
             ORDER BY since, dossier_number, what LIMIT 100",
        )?;
        let quarantine = quarantine.query_map([], |row| {
            Ok(QuarantineLine {
                number: DossierNumber(row.get(0)?),
                what: row.get(1)?,
                since: required_instant(row, 2)?,
                attempts: row.get(3)?,
                last_error: row.get(4)?,
                next_attempt_at: required_instant(row, 5)?,
            })
        })?;
        let mut unknown = self.connection.prepare_cached(
            "SELECT kind, place, name, count FROM unknown_elements ORDER BY kind, place, name",
        )?;
        let unknown = unknown.query_map([], |row| {
            Ok(UnknownLine {
                kind: row.get(0)?,
                place: row.get(1)?,
                name: row.get(2)?,
                count: row.get::<_, i64>(3)?.cast_unsigned(),
            })
        })?;
        let mut alerts = self
            .connection
            .prepare_cached("SELECT state, COUNT(*) FROM alerts GROUP BY state ORDER BY state")?;
        let alerts = alerts.query_map([], counted)?;
        Ok(Status {
            quarantine: quarantine.collect::<Result<_, _>>()?,
            unknown: unknown.collect::<Result<_, _>>()?,
            alerts: alerts.collect::<Result<_, _>>()?,
        })
    }

    /// Dossiers, in order of deposit.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn list_dossiers(&self, filter: &DossierFilter) -> Result<Vec<DossierLine>, StoreError> {
        let mut statement = self.connection.prepare_cached(include_str!("list_dossiers.sql"))?;
        let like = filter.search.as_deref().map(|text| {
            let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            format!("%{escaped}%")
        });
        let rows = statement.query_map(
            named_params! {
                ":demarche": filter.demarche.map(|demarche| demarche.0),
                ":verdict": filter.verdict,
                ":state": filter.state,
                ":since": filter.since.map(|since| since.to_string()),
                ":search": like,
                ":gone_too": filter.gone_too,
                ":limit": filter.limit.map_or(-1, i64::from),
                ":offset": filter.offset,
            },
            line,
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Everything kept of a dossier.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn find_dossier(&self, number: DossierNumber) -> Result<Option<KeptDossier>, StoreError> {
        let Some(payload) = self.find_payload(number)? else { return Ok(None) };
        let mut statement = self.connection.prepare_cached(
            "SELECT demarche_number, first_seen_at, last_changed_at, deleted_at, deletion_reason
             FROM dossiers WHERE number = ?1",
        )?;
        let found = statement.query_row([number.0], |row| {
            let reason: Option<String> = row.get(4)?;
            Ok(KeptDossier {
                number,
                demarche: DemarcheNumber(row.get(0)?),
                payload,
                first_seen_at: required_instant(row, 1)?,
                last_changed_at: required_instant(row, 2)?,
                gone: instant(row, 3)?.map(|at| (at, reason.unwrap_or_default())),
                verdict: None,
            })
        });
        let Some(mut kept) = found.optional()? else { return Ok(None) };
        kept.verdict = self.find_verdict(number)?;
        Ok(Some(kept))
    }

    fn find_verdict(&self, number: DossierNumber) -> Result<Option<StoredVerdict>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT verdict, applicant_check, deadline_check, nature, reasons, rules_version, decided_by, decided_at
             FROM verdicts WHERE dossier_number = ?1",
        )?;
        let found = statement.query_row([number.0], |row| {
            Ok(StoredVerdict {
                verdict: row.get(0)?,
                applicant_check: row.get(1)?,
                deadline_check: row.get(2)?,
                nature: row.get(3)?,
                reasons: json(&row.get::<_, String>(4)?),
                rules_version: row.get(5)?,
                decided_by: row.get(6)?,
                decided_at: required_instant(row, 7)?,
            })
        });
        Ok(found.optional()?)
    }

    /// Every change seen of a dossier, newest first.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn list_changes(&self, number: DossierNumber) -> Result<Vec<StoredChange>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seen_at, occurred_at, subject, name, before, after FROM changes
             WHERE dossier_number = ?1 ORDER BY id DESC",
        )?;
        let rows = statement.query_map([number.0], |row| {
            Ok(StoredChange {
                seen_at: required_instant(row, 0)?,
                occurred_at: instant(row, 1)?,
                subject: row.get(2)?,
                name: row.get(3)?,
                before: json(&row.get::<_, String>(4)?),
                after: json(&row.get::<_, String>(5)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Reads a dossier of a list.
pub(super) fn line(row: &Row<'_>) -> rusqlite::Result<DossierLine> {
    Ok(DossierLine {
        number: DossierNumber(row.get(0)?),
        demarche: DemarcheNumber(row.get(1)?),
        state: row.get(2)?,
        demandeur: row.get(3)?,
        siret: row.get(4)?,
        forme_juridique: row.get(5)?,
        nature: row.get(6)?,
        verdict: row.get(7)?,
        date_depot: required_instant(row, 8)?,
        deleted_at: instant(row, 9)?,
    })
}

/// Reads a value and its count.
pub(super) fn counted(row: &Row<'_>) -> rusqlite::Result<Counted> {
    Ok(Counted { value: row.get(0)?, dossiers: row.get::<_, i64>(1)?.cast_unsigned() })
}

/// The mirror checks that its JSON is valid when it is written.
pub(super) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

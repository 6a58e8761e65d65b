//! From any earlier version of the mirror to today's, one transaction a step.
//!
//! Invariants: a migration that has landed is never edited; a file written by a later version, or by
//! something else than ami-sync, is refused and left as it is; a mirror that holds something is copied beside
//! itself before its first step.

use std::path::Path;

use rusqlite::Connection;

use super::error::StoreError;
use super::snapshot::copy_whole;

/// In the header of every mirror, so that none is taken for something else.
const APPLICATION_ID: i64 = 0x616d_6973;

const MIGRATIONS: [&str; 9] = [
    include_str!("migrations/0001_initial.sql"),
    include_str!("migrations/0002_add_normalizer_version.sql"),
    include_str!("migrations/0003_defend_verdicts.sql"),
    include_str!("migrations/0004_idle_cheaply.sql"),
    include_str!("migrations/0005_purge.sql"),
    include_str!("migrations/0006_deliver_alerts.sql"),
    include_str!("migrations/0007_find_siblings_in_order.sql"),
    include_str!("migrations/0008_find_messages_again.sql"),
    include_str!("migrations/0009_follow_channels.sql"),
];

/// Brings a connection to today's version.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let (application, version) = identify(connection, path)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if version > known {
        return Err(StoreError::Newer { path: path.to_owned(), found: version, known });
    }
    if application != APPLICATION_ID && !is_blank(connection)? {
        return Err(StoreError::NotAMirror { path: path.to_owned() });
    }
    if version > 0 && version < known {
        back_up(connection, path, version)?;
    }
    for (step, sql) in (1_i64..).zip(MIGRATIONS).skip(usize::try_from(version).unwrap_or(0)) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", step)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Refuses a file that holds something else than a mirror, before anything is written to it.
pub(super) fn refuse_stranger(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    check(connection, path).or_else(|error| match error {
        StoreError::NotAMirror { .. } if is_blank(connection).unwrap_or(false) => Ok(()),
        error => Err(error),
    })
}

/// Refuses what is not a mirror that this version can read.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let (application, version) = identify(connection, path)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if application != APPLICATION_ID {
        return Err(StoreError::NotAMirror { path: path.to_owned() });
    }
    if version > known {
        return Err(StoreError::Newer { path: path.to_owned(), found: version, known });
    }
    Ok(())
}

/// Whether a mirror is of today's version and needs no step.
pub(super) fn is_current(connection: &Connection, path: &Path) -> Result<bool, StoreError> {
    let (_, version) = identify(connection, path)?;
    Ok(usize::try_from(version) == Ok(MIGRATIONS.len()))
}

fn identify(connection: &Connection, path: &Path) -> Result<(i64, i64), StoreError> {
    let read = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    match (read("application_id"), read("user_version")) {
        (Ok(application), Ok(version)) => Ok((application, version)),
        (Err(error), _) | (_, Err(error)) => match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => Err(StoreError::NotAMirror { path: path.to_owned() }),
            _ => Err(error.into()),
        },
    }
}

fn is_blank(connection: &Connection) -> Result<bool, StoreError> {
    let tables: i64 = connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(tables == 0)
}

fn back_up(connection: &Connection, path: &Path, version: i64) -> Result<(), StoreError> {
    let mut copy = path.as_os_str().to_owned();
    copy.push(format!(".before-{}", version + 1));
    copy_whole(connection, Path::new(&copy))
}

#[cfg(test)]
mod tests;

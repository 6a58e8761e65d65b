//! Reading the mirror, beside its writer or without it.
//!
//! Invariants: the connection is opened read-only and is told to be so; it works with the right to read and
//! no more, while the writer lives and after it left.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::circumstances::Forms;
use super::error::StoreError;
use super::payload::{self, Payload};
use super::{migrate, presence};
use crate::domain::{DemarcheNumber, DossierNumber};

/// A read-only connection.
pub struct Reader {
    pub(super) connection: Connection,
    path: PathBuf,
    pub(super) forms: Forms,
}

impl Reader {
    /// Opens a mirror to read it.
    ///
    /// # Errors
    /// When it does not exist, is no mirror, or is of a later version.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::NotFound { path: path.to_owned() });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        migrate::check(&connection, path)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self { connection, path: path.to_owned(), forms: Forms::default() })
    }

    /// The mirror's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The JSON kept of a dossier.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn find_payload(&self, number: DossierNumber) -> Result<Option<Payload>, StoreError> {
        let mut statement = self.connection.prepare_cached(payload::SELECT)?;
        let found = statement.query_row([number.0], payload::row).optional()?;
        found.map(|(size, content, version)| payload::open(number, size, &content, version)).transpose()
    }

    /// The dossiers of a démarche that are there, by number.
    ///
    /// # Errors
    /// When the mirror cannot be read.
    pub fn alive_numbers(&self, demarche: DemarcheNumber) -> Result<Vec<DossierNumber>, StoreError> {
        presence::alive_numbers(&self.connection, demarche)
    }

    /// What SQLite finds wrong in the file; nothing when it is sound.
    ///
    /// # Errors
    /// When the mirror cannot be read at all.
    pub fn integrity_faults(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare("PRAGMA integrity_check")?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        let told: Vec<String> = rows.collect::<Result<_, _>>()?;
        Ok(told.into_iter().filter(|line| line != "ok").collect())
    }
}

//! A copy of the mirror that stands by itself.
//!
//! Invariants: it shows one instant of the mirror, whatever is written meanwhile, and keeps no writer waiting;
//! it appears whole under its name or not at all; it is one file, without a log beside it, that nobody may
//! write, so that readers that take a file for immutable are right about it.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::error::StoreError;
use super::{Reader, folder_of, migrate};

/// Owner and group read, nobody writes.
const SNAPSHOT_MODE: u32 = 0o440;

/// All the pages in one step: a copy in several would begin anew whenever somebody writes.
const ALL_PAGES: i32 = -1;

impl Reader {
    /// Writes a copy, in place of an earlier copy of that name if there is one.
    ///
    /// # Errors
    /// When it cannot be written, or when the name is the mirror's own or that of something else.
    pub fn snapshot(&self, to: &Path) -> Result<(), StoreError> {
        let not_written = |source: io::Error| StoreError::Snapshot { path: to.to_owned(), source };
        if to.exists() {
            if is_same(self.path(), to) {
                return Err(not_written(io::Error::other("c’est le miroir lui-même")));
            }
            migrate::check(&Connection::open(to)?, to)?;
        }
        copy_whole(&self.connection, to)
    }
}

/// Copies what a connection sees, in place of whatever has that name: a copy that was cut short leaves nothing
/// that would stop the next.
pub(super) fn copy_whole(source: &Connection, to: &Path) -> Result<(), StoreError> {
    let not_written = |source: io::Error| StoreError::Snapshot { path: to.to_owned(), source };
    let partial = partial(to);
    if partial.exists() {
        fs::remove_file(&partial).map_err(not_written)?;
    }
    let copied = copy(source, &partial).and_then(|()| {
        fs::set_permissions(&partial, Permissions::from_mode(SNAPSHOT_MODE)).map_err(not_written)?;
        File::open(&partial).and_then(|file| file.sync_all()).map_err(not_written)?;
        fs::rename(&partial, to).map_err(not_written)?;
        File::open(folder_of(to)).and_then(|folder| folder.sync_all()).map_err(not_written)
    });
    if copied.is_err() && partial.exists() {
        fs::remove_file(&partial).map_err(not_written)?;
    }
    copied
}

fn copy(source: &Connection, to: &Path) -> Result<(), StoreError> {
    let not_written = |source: io::Error| StoreError::Snapshot { path: to.to_owned(), source };
    File::create_new(to).map_err(not_written)?;
    fs::set_permissions(to, Permissions::from_mode(0o600)).map_err(not_written)?;
    let mut copy = Connection::open(to)?;
    {
        let backup = Backup::new(source, &mut copy)?;
        if backup.step(ALL_PAGES)? != StepResult::Done {
            return Err(not_written(io::Error::from(io::ErrorKind::ResourceBusy)));
        }
    }
    // No log beside it: the file alone is the copy.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    copy.close().map_err(|(_, error)| StoreError::from(error))
}

/// Where a copy is written until it is whole.
pub(super) fn partial(to: &Path) -> PathBuf {
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    to.with_file_name(format!(".{name}.partial"))
}

/// The copy that a file was to become, if a copy that was cut short left it.
pub(super) fn meant_by_partial(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?.strip_prefix('.')?.strip_suffix(".partial")?;
    Some(path.with_file_name(name))
}

fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

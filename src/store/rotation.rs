//! A folder of dated copies: when the next is due, which are too old, and the newest under a name that stays.
//!
//! Invariants: a copy's name is its instant, so that names in order are copies in order; nothing else in the
//! folder is touched; the link to the newest is replaced whole.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::error::StoreError;
use super::reader::Reader;
use super::snapshot::meant_by_partial;

/// The newest copy, for programs that are told one name once.
const LATEST: &str = "latest.db";

const FORMAT: &str = "mirror-%Y%m%dT%H%M%SZ.db";

/// A folder of copies.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// The folder.
    pub folder: PathBuf,
    /// Between two copies.
    pub every: Duration,
    /// How many are kept.
    pub keep: usize,
}

impl Rotation {
    /// Makes a copy if the last is old enough, and forgets those that are too many. `None` when none was due.
    ///
    /// # Errors
    /// When the mirror cannot be read, or the folder cannot be written.
    pub fn turn(&self, mirror: &Path, now: Timestamp) -> Result<Option<PathBuf>, StoreError> {
        let mut copies = self.copies()?;
        let newest = copies.last().and_then(|path| instant_of(path));
        if newest.is_some_and(|at| now.duration_since(at).unsigned_abs() < self.every && at <= now) {
            return Ok(None);
        }
        fs::create_dir_all(&self.folder).map_err(|source| self.not_written(source))?;
        self.clear_cut_short()?;
        let copy = self.folder.join(now.strftime(FORMAT).to_string());
        Reader::open(mirror)?.snapshot(&copy)?;
        copies.push(copy.clone());
        self.link_latest(&copy)?;
        let many = copies.len().saturating_sub(self.keep.max(1));
        for old in copies.into_iter().take(many) {
            fs::remove_file(old).map_err(|source| self.not_written(source))?;
        }
        Ok(Some(copy))
    }

    /// Removes every copy, for what they hold must not outlive the mirror's own. Answers how many there were.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn clear(&self) -> Result<usize, StoreError> {
        self.clear_cut_short()?;
        let copies = self.copies()?;
        let latest = self.folder.join(LATEST);
        if latest.is_symlink() {
            fs::remove_file(latest).map_err(|source| self.not_written(source))?;
        }
        for copy in &copies {
            fs::remove_file(copy).map_err(|source| self.not_written(source))?;
        }
        Ok(copies.len())
    }

    /// The copies that are there, the oldest first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn copies(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut copies = self.files()?;
        copies.retain(|path| instant_of(path).is_some());
        copies.sort();
        Ok(copies)
    }

    /// Removes what copies left that were cut short: it holds what they were to hold, and nobody would see it.
    fn clear_cut_short(&self) -> Result<(), StoreError> {
        for file in self.files()? {
            if meant_by_partial(&file).is_some_and(|copy| instant_of(&copy).is_some()) {
                fs::remove_file(file).map_err(|source| self.not_written(source))?;
            }
        }
        Ok(())
    }

    fn files(&self) -> Result<Vec<PathBuf>, StoreError> {
        match fs::read_dir(&self.folder) {
            Ok(entries) => Ok(entries.flatten().map(|entry| entry.path()).collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(source) => Err(self.not_written(source)),
        }
    }

    fn link_latest(&self, copy: &Path) -> Result<(), StoreError> {
        let name = copy.file_name().unwrap_or_default();
        let fresh = self.folder.join(format!(".{LATEST}.partial"));
        let linked = match fs::remove_file(&fresh) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => symlink(name, &fresh).and_then(|()| fs::rename(&fresh, self.folder.join(LATEST))),
        };
        linked.map_err(|source| self.not_written(source))
    }

    fn not_written(&self, source: io::Error) -> StoreError {
        StoreError::Snapshot { path: self.folder.clone(), source }
    }
}

/// The instant in the name of a copy.
fn instant_of(path: &Path) -> Option<Timestamp> {
    let name = path.file_name()?.to_str()?;
    let civil = jiff::civil::DateTime::strptime(FORMAT, name).ok()?;
    civil.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

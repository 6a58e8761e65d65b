//! The mirror: SQLite, one writer, any number of readers.
//!
//! Synchronous, and owned by whoever opened it. Invariants: [`Tx`] is the only way to write and carries the
//! frozen instant of its transaction; a lock on a file beside the mirror keeps a second writer out; commits
//! reach the disk (`synchronous = FULL`) before they are told; the files are created for their owner and
//! group only; the write-ahead log outlives the writer, so that a reader without the right to write can
//! still read.

mod alert_facts;
mod alert_rows;
mod as_of;
mod changes;
mod channel_rows;
mod circumstances;
mod decisions;
mod demarche_rows;
mod dossier_rows;
mod error;
mod exported;
mod extensions;
mod happenings;
mod json;
mod lookups;
mod marks;
mod migrate;
mod outbox;
mod payload;
mod positions;
mod presence;
mod purge;
mod quarantine;
mod query;
mod reader;
mod rereads;
mod rotation;
mod runs;
mod shown;
mod snapshot;
mod stats;
mod sub_rows;
mod told;
mod upkeep;
mod value_back;
mod verdicts;
mod watch_rows;
mod wide_view;
mod withdrawal;

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::circumstances::Forms;
use jiff::Timestamp;
use rusqlite::{Connection, FileControl, OpenFlags, Transaction, TransactionBehavior};

pub use alert_rows::{AlertFilter, AlertLine, Backlog, Unanswered};
pub use as_of::{AsOf, as_of};
pub use channel_rows::{ChannelFailure, ChannelLine};
pub use decisions::{DecisionLine, NewDecision};
pub use error::StoreError;
pub use exported::{ExportedColumn, Holds};
pub use extensions::{ExtensionLine, NewExtension};
pub use happenings::Happening;
pub use json::value as fact_value;
pub use lookups::{
    CallFreshness, Counted, DossierFilter, DossierLine, KeptDossier, QuarantineLine, Status, StoredChange,
    StoredVerdict, UnknownLine,
};
pub use marks::{CriterionRow, GridLine, GridTotal, MarkLine, NewMark};
pub use outbox::{Claimed, NewAlert, Settlement};
use payload::Compressor;
pub use payload::{Payload, PayloadRef};
pub use positions::{Position, WalkMode};
pub use presence::Kept;
pub use purge::Held;
pub use quarantine::Quarantined;
pub use query::{Cell, Interrupter};
pub use reader::Reader;
pub use rereads::Reread;
pub use rotation::Rotation;
pub use runs::{RunId, RunOutcome};
pub use shown::ShownChamp;
pub use stats::NatureCount;
pub use told::{Told, VerdictAt};
pub use upkeep::Upkeep;
pub use verdicts::Transition;
pub use watch_rows::AuditCounts;
pub use withdrawal::Withdrawal;

/// How long a writer waits for another.
const PATIENCE: Duration = Duration::from_secs(10);

/// Owner reads and writes, group reads.
const FILE_MODE: u32 = 0o640;

/// The one writer.
pub struct Store {
    connection: Connection,
    path: PathBuf,
    compressor: RefCell<Compressor>,
    /// The length of the log at which it is next made to start again.
    log_limit: u64,
    // Held for as long as the store lives; an operator's short writes take none.
    _lock: Option<File>,
}

/// A transaction under way.
pub struct Tx<'s> {
    transaction: Transaction<'s>,
    compressor: &'s RefCell<Compressor>,
    now: Timestamp,
    forms: Forms,
    notes: happenings::Notes,
}

impl Store {
    /// Opens the mirror, creating it or bringing it to this version.
    ///
    /// # Errors
    /// When it cannot be created or written, when another process writes it, when it is of a later version
    /// or no mirror at all.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let not_writable = |source: io::Error| StoreError::NotWritable { path: path.to_owned(), source };
        let lock = lock(path)?;
        let existed = path.exists();
        if !existed {
            let created = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path);
            created.and_then(|file| give_to_owner_of_folder(&file, path)).map_err(not_writable)?;
        }
        OpenOptions::new().append(true).open(path).map_err(not_writable)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        // Before anything is written to it: a file of something else must stay as it is.
        if existed && fs::metadata(path).map_err(not_writable)?.len() > 0 {
            migrate::refuse_stranger(&connection, path)?;
        }
        tune(&connection)?;
        migrate::migrate(&mut connection, path)?;
        for suffix in ["-wal", "-shm"] {
            let beside = beside(path, suffix);
            if beside.exists() {
                fs::set_permissions(&beside, fs::Permissions::from_mode(FILE_MODE)).map_err(not_writable)?;
            }
        }
        connection.set_prepared_statement_cache_capacity(128);
        Ok(Self {
            connection,
            path: path.to_owned(),
            compressor: RefCell::default(),
            log_limit: upkeep::LOG_LIMIT,
            _lock: Some(lock),
        })
    }

    /// Opens the mirror for an operator's short writes, beside the process that keeps it up to date, if any.
    ///
    /// No lock is taken: a transaction waits for the other one's to end. It creates nothing and migrates
    /// nothing.
    ///
    /// # Errors
    /// When it does not exist or cannot be written, when it is of another version or no mirror at all.
    pub fn open_beside(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::NotFound { path: path.to_owned() });
        }
        let not_writable = |source: io::Error| StoreError::NotWritable { path: path.to_owned(), source };
        OpenOptions::new().append(true).open(path).map_err(not_writable)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        // A pass holds a transaction for a page at most.
        connection.busy_timeout(Duration::from_secs(60))?;
        migrate::check(&connection, path)?;
        if !migrate::is_current(&connection, path)? {
            return Err(StoreError::Outdated { path: path.to_owned() });
        }
        tune(&connection)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self {
            connection,
            path: path.to_owned(),
            compressor: RefCell::default(),
            log_limit: u64::MAX,
            _lock: None,
        })
    }

    /// Runs one transaction: all of it, or none.
    ///
    /// # Errors
    /// Those of the work, which is then undone, and those of the mirror.
    pub fn write<T, E: From<StoreError>>(
        &mut self,
        now: Timestamp,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let tx = Tx {
            transaction,
            compressor: &self.compressor,
            now,
            forms: Forms::default(),
            notes: happenings::Notes::default(),
        };
        let done = work(&tx)?;
        tx.commit()?;
        self.bound_log();
        Ok(done)
    }
}

impl Tx<'_> {
    /// The instant of this transaction.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit()?)
    }
}

/// Settings of a writer, each with its reason.
fn tune(connection: &Connection) -> Result<(), StoreError> {
    // Free pages can be given back; of a new file only, which is told before anything is in it.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    // What is deleted is overwritten.
    connection.pragma_update(None, "secure_delete", true)?;
    // Readers and the writer do not wait for each other.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A commit is on the disk before it is told: measured free at one transaction a page.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // 4 MiB: memory does not grow with the call. Four times as much made a first reading a tenth faster at best.
    connection.pragma_update(None, "cache_size", -4_096)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // The log stays when the writer leaves, for readers that may not create it.
    connection.file_control(None::<&str>, FileControl::PersistWal(&mut 1))?;
    // It is cut back to this size instead, bytes.
    connection.pragma_update(None, "journal_size_limit", 4 * 1024 * 1024)?;
    Ok(())
}

/// What root makes in the folder of a service belongs to the service, which could not write it otherwise. Where
/// root may not give (a container's root, say), it stays root's.
fn give_to_owner_of_folder(file: &File, path: &Path) -> io::Result<()> {
    let (made, folder) = (file.metadata()?, fs::metadata(folder_of(path))?);
    if made.uid() == 0
        && folder.uid() != 0
        && let Err(error) = fchown(file, Some(folder.uid()), Some(folder.gid()))
    {
        tracing::warn!("a file of the mirror stays root's: {error}");
    }
    Ok(())
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let not_writable = |source| StoreError::NotWritable { path: path.to_owned(), source };
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(FILE_MODE)
        .open(beside(path, ".lock"))
        .map_err(not_writable)?;
    give_to_owner_of_folder(&file, path).map_err(not_writable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(not_writable(source)),
    }
}

/// Removes the copies that migrations left beside a mirror. Answers how many there were.
///
/// # Errors
/// When one cannot be removed.
pub fn clear_migration_copies(path: &Path) -> Result<usize, StoreError> {
    let mut cleared = 0;
    let copies = (1..100).map(|version| beside(path, &format!(".before-{version}")));
    for copy in copies.flat_map(|copy| [snapshot::partial(&copy), copy]) {
        match fs::remove_file(&copy) {
            Ok(()) => cleared += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(StoreError::NotWritable { path: copy, source }),
        }
    }
    Ok(cleared)
}

/// The folder that a file is in; for a bare name, the one that this process is in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

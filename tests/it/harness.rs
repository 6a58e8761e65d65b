//! What tests stand on: an emulator with its world, and our own client and files against it.

use std::sync::{Arc, Mutex};

use ami_sync::alert::Plan;
use ami_sync::api::ApiClient;
use ami_sync::clock::{Clock, SystemClock};
use ami_sync::config::{self, ApiConfig, CallConfig, PollConfig};
use ami_sync::domain::DossierNumber;
use ami_sync::engine::{Engine, PassOptions, PassReport};
use ami_sync::store::{Cell, Reader, Store, StoreError};
use ds_emulator::{Emulator, Options, SeedOptions, World};
use jiff::{SignedDuration, Timestamp};

/// A call of this many dossiers, served, at rest on the day after its last event.
pub fn emulator(dossiers: u64, seed: u64) -> Emulator {
    let mut world = World::seeded(SeedOptions { seed, dossiers, ..SeedOptions::default() });
    world.set_now(World::seeded_as_of());
    Emulator::start_blocking(world, Options { gzip: false, ..Options::default() }).unwrap()
}

/// Our settings for it: no share of a limit it does not have, and impatient.
pub fn api_config(emulator: &Emulator) -> ApiConfig {
    let mut config = ApiConfig::at(emulator.url().parse().unwrap());
    config.rate_limit = 1_000_000;
    config.retry_base = std::time::Duration::from_millis(5);
    config
}

/// A client of it.
pub fn client(emulator: &Emulator) -> ApiClient {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    ApiClient::new(&api_config(emulator), emulator.token().into(), clock).unwrap()
}

/// A clock that a test sets.
pub struct FakeClock(pub Mutex<Timestamp>);

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// An emulator, a mirror in a folder of its own, and the engine between them, all at the same instant.
pub struct Bench {
    pub emulator: Emulator,
    pub folder: tempfile::TempDir,
    pub clock: Arc<FakeClock>,
    pub engine: Option<Engine>,
    pub call: Arc<CallConfig>,
    /// Who is told what.
    pub plan: Plan,
}

impl Bench {
    pub fn new(dossiers: u64, seed: u64) -> Self {
        Self::over(emulator(dossiers, seed))
    }

    pub fn over(emulator: Emulator) -> Self {
        let now = emulator.read_world().now();
        let clock = Arc::new(FakeClock(Mutex::new(now)));
        let folder = tempfile::tempdir().unwrap();
        let mut bench = Self {
            emulator,
            folder,
            clock,
            engine: None,
            call: Arc::new(call_config()),
            plan: Plan::default(),
        };
        bench.restart();
        bench
    }

    /// Opens the mirror anew, as another process would.
    pub fn restart(&mut self) {
        self.engine = None;
        let client =
            ApiClient::new(&api_config(&self.emulator), self.emulator.token().into(), self.clock.clone())
                .unwrap();
        let store = Store::open(&self.path()).unwrap();
        let engine = Engine::new(client, store, self.clock.clone(), PollConfig::default(), 100);
        self.engine = Some(engine.alerting(self.plan.clone()));
    }

    pub fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("mirror.db")
    }

    pub fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    pub fn reader(&self) -> Reader {
        Reader::open(&self.path()).unwrap()
    }

    /// Lets time pass, for the world and for us.
    pub fn advance(&self, seconds: i64) {
        let by = SignedDuration::from_secs(seconds);
        self.emulator.world().advance(by);
        let now = self.emulator.read_world().now();
        *self.clock.0.lock().unwrap() = now;
    }

    pub async fn pass(&self) -> PassReport {
        self.engine().pass(&self.call, PassOptions::default()).await
    }

    pub async fn full_pass(&self) -> PassReport {
        self.engine().pass(&self.call, PassOptions { full: true, confirm: false }).await
    }

    /// One number that a query gives.
    pub fn count(&self, sql: &str) -> i64 {
        let mut found = None;
        self.reader()
            .query::<StoreError>(
                sql,
                |_| Ok(()),
                |row| {
                    if let Cell::Integer(number) = row[0] {
                        found = Some(number);
                    }
                    Ok(())
                },
            )
            .unwrap();
        found.unwrap()
    }
}

/// The seeded call, with other settings than its own.
pub fn call_with(settings: &str) -> CallConfig {
    let text = format!(
        "[[calls]]\nslug = \"ami-ia-2\"\ndemarche = 12345\nopens_at = \"2019-03-26T00:00\"\n{settings}"
    );
    config::parse(&text, std::path::Path::new("config.toml")).unwrap().calls.remove(0)
}

/// The seeded call.
pub fn call_config() -> CallConfig {
    let text = "[[calls]]\nslug = \"ami-ia-2\"\ndemarche = 12345\nopens_at = \"2019-03-26T00:00\"\n\
                deadline = \"2019-05-31T23:59\"\n";
    config::parse(text, std::path::Path::new("config.toml")).unwrap().calls.remove(0)
}

/// A dossier's number, as ours.
pub fn number(number: u64) -> DossierNumber {
    DossierNumber(u32::try_from(number).unwrap())
}

/// What `sqlite3` runs to write a mirror such as the first version left it, with rows.
pub fn first_versions_mirror() -> String {
    let schema = include_str!("../../src/store/migrations/0001_initial.sql");
    let rows = include_str!("../data/migrations/0001.sql");
    format!(
        "PRAGMA journal_mode = wal;\n.filectrl persist_wal 1\n{schema}\n{rows}\n\
         PRAGMA application_id = 1634560371;\nPRAGMA user_version = 1;\n"
    )
}

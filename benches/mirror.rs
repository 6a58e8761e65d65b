//! From the API's pages to the mirror, beside what such a way cannot do without.
//!
//! One seeded call of 1,000 dossiers, one emulator, four figures of the same run: the pages merely
//! downloaded, merely parsed, as many rows merely inserted, and the whole pass (download, decode, normalise,
//! judge, store). An idle pass stands beside them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench stops at the first surprise")]

#[path = "desk/pages.rs"]
mod pages;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ami_sync::api::ApiClient;
use ami_sync::clock::{Clock, SystemClock};
use ami_sync::config::{self, ApiConfig, CallConfig, PollConfig};
use ami_sync::engine::{Engine, PassOptions};
use ami_sync::store::Store;
use criterion::{BatchSize, Criterion, Throughput};
use ds_emulator::{Emulator, Options, SeedOptions, World};
use serde_json::Value;
use tokio::runtime::Runtime;

const DOSSIERS: u64 = 1_000;

fn emulator() -> Emulator {
    let mut world = World::seeded(SeedOptions { dossiers: DOSSIERS, ..SeedOptions::default() });
    world.set_now(World::seeded_as_of());
    Emulator::start_blocking(world, Options { gzip: false, ..Options::default() }).unwrap()
}

fn call() -> Arc<CallConfig> {
    let text = "[[calls]]\nslug = \"ami-ia-2\"\ndemarche = 12345\nopens_at = \"2019-03-26T00:00\"\n\
                deadline = \"2019-05-31T23:59\"\n";
    Arc::new(config::parse(text, Path::new("config.toml")).unwrap().calls.remove(0))
}

fn engine(emulator: &Emulator, mirror: &Path) -> Engine {
    let mut api = ApiConfig::at(emulator.url().parse().unwrap());
    api.rate_limit = 1_000_000;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let client = ApiClient::new(&api, emulator.token().into(), clock.clone()).unwrap();
    Engine::new(client, Store::open(mirror).unwrap(), clock, PollConfig::default(), 100)
}

async fn download(emulator: &Emulator, client: &reqwest::Client) -> Vec<String> {
    let mut pages = Vec::new();
    pages::download(emulator, client, |page| pages.push(page)).await;
    pages
}

/// Rows of all the tables of a mirror.
fn rows(mirror: &Path) -> i64 {
    let connection = rusqlite::Connection::open(mirror).unwrap();
    let mut names = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let count = |name: &String| -> i64 {
        connection.query_row(&format!("SELECT COUNT(*) FROM \"{name}\""), [], |row| row.get(0)).unwrap()
    };
    names.iter().map(count).sum()
}

/// As many rows of a hundred bytes, in ten transactions as durable as the mirror's.
fn insert(path: &Path, rows: i64) {
    let mut connection = rusqlite::Connection::open(path).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    connection.execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY, value TEXT)").unwrap();
    let value = "x".repeat(100);
    for _ in 0..10 {
        let transaction = connection.transaction().unwrap();
        let mut statement = transaction.prepare("INSERT INTO t (value) VALUES (?1)").unwrap();
        for _ in 0..rows / 10 {
            statement.execute([&value]).unwrap();
        }
        drop(statement);
        transaction.commit().unwrap();
    }
}

fn main() {
    let runtime = Runtime::new().unwrap();
    let emulator = emulator();
    let client = reqwest::Client::new();
    let call = call();
    let pages = runtime.block_on(download(&emulator, &client));

    let filled = tempfile::tempdir().unwrap();
    let standing = engine(&emulator, &filled.path().join("mirror.db"));
    let report = runtime.block_on(standing.pass(&call, PassOptions::default()));
    assert_eq!(report.new, DOSSIERS);
    let rows = rows(&filled.path().join("mirror.db"));

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("pages");
    group.throughput(Throughput::Elements(DOSSIERS)).sample_size(10).measurement_time(Duration::from_secs(5));
    group.bench_function("download", |b| b.iter(|| runtime.block_on(download(&emulator, &client))));
    group.bench_function("parse", |b| {
        b.iter(|| pages.iter().map(|page| serde_json::from_str::<Value>(page).unwrap()).collect::<Vec<_>>());
    });
    group.bench_function(format!("insert {rows} rows"), |b| {
        b.iter_batched(
            || tempfile::tempdir().unwrap(),
            |folder| insert(&folder.path().join("rows.db"), rows),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("mirror", |b| {
        b.iter_batched(
            || {
                let folder = tempfile::tempdir().unwrap();
                (engine(&emulator, &folder.path().join("mirror.db")), folder)
            },
            |(engine, folder)| {
                let report = runtime.block_on(engine.pass(&call, PassOptions::default()));
                assert_eq!(report.new, DOSSIERS);
                drop(engine);
                folder
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
    criterion.bench_function("idle pass", |b| {
        b.iter(|| runtime.block_on(standing.pass(&call, PassOptions::default())));
    });
    criterion.final_summary();
}

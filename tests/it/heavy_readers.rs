//! Readers that never rest beside a first reading: nobody is refused, and the log of the mirror stays bounded.
//!
//! `benches/readers.rs` measures the same on a large call.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ami_sync::store::Reader;

use crate::binary::{Desk, not_tested, say};
use crate::harness::emulator;
use crate::service::{Service, count};
use crate::truth::differences;

const READER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/heavy_reader.py");

const DOSSIERS: i64 = 2_000;

/// Seconds that each reader waits for a lock: Python's default, and none at all.
const PATIENCES: [&str; 4] = ["5", "0", "5", "0"];

/// A first reading of so many dossiers writes more than this; a log that starts again every 32 MiB, or every 64 when
/// readers are slow, stays below.
const LOG: u64 = 85 * 1024 * 1024;

fn read_for_ever(desk: &Desk, patience: &str) -> Child {
    let mut reader = Command::new("python3");
    reader.arg(READER).arg(desk.path("mirror.db")).arg(desk.path("stop")).arg(patience);
    reader.stdout(Stdio::piped()).spawn().unwrap()
}

/// Queries run, and what went wrong.
fn end(reader: Child) -> (u64, String) {
    let told = String::from_utf8(reader.wait_with_output().unwrap().stdout).unwrap();
    let (queries, wrong) = told.split_once('\n').unwrap();
    (queries.parse().unwrap(), wrong.to_owned())
}

fn log_length(desk: &Desk) -> u64 {
    std::fs::metadata(desk.path("mirror.db-wal")).map_or(0, |log| log.len())
}

/// Waits until something is so; answers the longest that the log was meanwhile.
fn until(desk: &Desk, what: &str, mut is_so: impl FnMut() -> bool) -> u64 {
    let (give_up, mut longest) = (Instant::now() + Duration::from_secs(240), 0);
    loop {
        longest = longest.max(log_length(desk));
        if is_so() {
            return longest;
        }
        assert!(Instant::now() < give_up, "{what}: it never was so");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn four_readers_that_never_rest_and_a_first_reading_do_not_refuse_each_other() {
    let has_python = Command::new("python3").args(["-c", "import sqlite3"]).status();
    if !has_python.is_ok_and(|status| status.success()) || !Path::new(READER).exists() {
        not_tested("reading beside a first reading takes python3 and its sqlite3");
        return;
    }
    let emulator = emulator(u64::try_from(DOSSIERS).unwrap(), 1);
    let desk = Desk::at(&emulator);
    // Copies are due at once, and with them the upkeep that cuts the log.
    let copies = desk.path("copies").display().to_string();
    desk.edit(
        "[[calls]]",
        &format!("[snapshot]\nfolder = \"{copies}\"\nevery = \"2s\"\nkeep = 1\n[[calls]]"),
    );
    let readers = PATIENCES.map(|patience| read_for_ever(&desk, patience));
    let mut service = Service::start(&desk, &[]);
    service.hears("READY=1");
    let read = "SELECT COUNT(*) FROM dossiers";
    let longest = until(&desk, "every dossier is read", || count(&desk, read) == DOSSIERS);
    until(&desk, "the pass ends", || {
        count(&desk, "SELECT COUNT(*) FROM sync_runs WHERE outcome = 'done'") > 0
    });
    desk.write("stop", "");
    let mut queries = 0;
    for reader in readers {
        let (done, wrong) = end(reader);
        assert_eq!(wrong, "", "a reader was refused");
        queries += done;
    }
    assert!(queries > 20, "only {queries} queries: too few to be in the way");
    say(&format!("{queries} queries beside a first reading; log of {} MiB at most", longest >> 20));
    assert!(longest < LOG, "the log grew to {longest} bytes");
    until(&desk, "upkeep empties the log", || log_length(&desk) == 0);
    assert_eq!(count(&desk, "SELECT COUNT(*) FROM sync_runs WHERE error IS NOT NULL"), 0);
    let complaints: Vec<String> = service.stop();
    let locked = complaints.iter().filter(|line| line.contains("locked") || line.contains("\"ERROR\""));
    assert_eq!(locked.collect::<Vec<_>>(), Vec::<&String>::new());
    let found = differences(&emulator, &mut Reader::open(&desk.path("mirror.db")).unwrap());
    assert!(found.is_empty(), "{found:?}");
}

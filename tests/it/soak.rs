//! Months of service in seconds: what the process holds after hundreds of passes, and after hundreds more.
//!
//! `benches/soak.rs` does the same for 20,000 passes of the optimised binary; here a leak of 16 KiB a pass, or of
//! one file a pass, is enough to fail.

use std::time::{Duration, Instant};

use ami_sync::store::Reader;
use ds_emulator::{Chance, Emulator, Options, SeedOptions, World};

use crate::binary::{Desk, say};
use crate::service::{Service, count};
use crate::truth::differences;

/// Passes after which the process is as large as it should stay: its caches are full.
const SETTLED: i64 = 600;

const PASSES: i64 = 1_500;

/// Memory at the end, beside memory once settled.
const GROWTH: f64 = 1.25;

/// The longest that the log may be: what SQLite lets it grow to before it is written back, and a page of dossiers.
const LOG: u64 = 8 * 1024 * 1024;

/// Passes between two acts.
const PASSES_AN_ACT: i64 = 5;

/// However slow the machine.
const LONGEST: Duration = Duration::from_secs(600);

const DONE: &str = "SELECT COALESCE(MAX(id), 0) FROM sync_runs";

/// What the process holds.
#[derive(Debug, Clone, Copy)]
struct Held {
    /// The most it held since the look before.
    memory_kib: u64,
    files: usize,
    log: u64,
}

/// Files are the least of several looks: what is held between two requests, not during one.
fn held(service: &Service, desk: &Desk) -> Held {
    let process = format!("/proc/{}", service.pid());
    let status = std::fs::read_to_string(format!("{process}/status")).unwrap();
    let memory = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    // The peak is counted anew from here.
    std::fs::write(format!("{process}/clear_refs"), "5").unwrap();
    let look = || {
        std::thread::sleep(Duration::from_millis(20));
        std::fs::read_dir(format!("{process}/fd")).unwrap().count()
    };
    Held {
        memory_kib: memory.trim().trim_end_matches(" kB").parse().unwrap(),
        files: std::iter::repeat_with(look).take(15).min().unwrap(),
        log: std::fs::metadata(desk.path("mirror.db-wal")).unwrap().len(),
    }
}

/// Lets the world live until so many passes are made, an act for every few of them.
fn live(emulator: &Emulator, desk: &Desk, chance: &mut Chance, passes: i64) {
    let (mut done, end) = (count(desk, DONE), Instant::now() + LONGEST);
    while done < passes {
        emulator.world().random_act(chance);
        emulator.forget_requests();
        let before = done;
        while done < before + PASSES_AN_ACT {
            std::thread::sleep(Duration::from_millis(20));
            assert!(Instant::now() < end, "only {done} passes were made");
            done = count(desk, DONE);
        }
    }
}

#[test]
fn a_service_holds_no_more_after_many_passes_than_after_some() {
    let mut world = World::seeded(SeedOptions { dossiers: 250, ..SeedOptions::default() });
    world.run_from(World::seeded_as_of());
    let emulator = Emulator::start_blocking(world, Options { gzip: false, ..Options::default() }).unwrap();
    let desk = Desk::at(&emulator);
    let fast = "[poll]\ninterval = \"1ms\"\nclosing_interval = \"1ms\"\noverlap = \"2s\"\nreconcile_every = \"20s\"\n";
    desk.edit("[[calls]]", &format!("{fast}[[calls]]"));
    let mut service = Service::start(&desk, &[]);
    service.hears("à jour à");
    let mut chance = Chance::acts(3);
    live(&emulator, &desk, &mut chance, SETTLED);
    let settled = held(&service, &desk);
    live(&emulator, &desk, &mut chance, PASSES);
    let end = held(&service, &desk);
    say(&format!("after {SETTLED} passes: {settled:?}; after {PASSES}: {end:?}"));
    service.stop();
    assert!(end.files <= settled.files, "files are left open: {settled:?}, then {end:?}");
    let growth = end.memory_kib as f64 / settled.memory_kib as f64;
    assert!(growth < GROWTH, "memory is kept: {settled:?}, then {end:?}");
    assert!(settled.log.max(end.log) < LOG, "the log grows: {settled:?}, then {end:?}");
    // What moves in silence waits for the sweep of the hour.
    assert_eq!(desk.run(&["sync", "--full"]).code, Some(0));
    let found = differences(&emulator, &mut Reader::open(&desk.path("mirror.db")).unwrap());
    assert!(found.is_empty(), "{found:?}");
}

//! Months of service in minutes: many thousands of passes over a living call, and what the process takes as they
//! go by.
//!
//! The real `ami-sync run` polls as fast as it can while the call is acted upon at random. Resident memory, open
//! files and the log's size are told after the first 1,000 passes and every 2,000 from there; at the end the mirror
//! is compared with the source. `cargo bench --bench soak -- 5000` makes another number of passes than 20,000.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "what a bench measures is what it prints")]

mod desk;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ds_emulator::Chance;

const PASSES: i64 = 20_000;

/// Passes after which the process is as large as it should stay.
const SETTLED: i64 = 1_000;

/// What the process takes.
#[derive(Debug, Clone, Copy)]
struct Taken {
    passes: i64,
    resident_kib: u64,
    files: usize,
    log_kib: u64,
}

fn take(process: u32, mirror: &Path, passes: i64) -> Taken {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let log = std::fs::metadata(mirror.with_extension("db-wal")).map_or(0, |log| log.len());
    Taken {
        passes,
        resident_kib: resident.trim().trim_end_matches(" kB").parse().unwrap(),
        files: std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().count(),
        log_kib: log / 1_024,
    }
}

fn passes(mirror: &rusqlite::Connection) -> i64 {
    mirror.query_row("SELECT COALESCE(MAX(id), 0) FROM sync_runs", [], |row| row.get(0)).unwrap()
}

fn main() {
    let wanted = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(PASSES);
    let (emulator, folder) = (desk::emulator(200), tempfile::tempdir().unwrap());
    // A short overlap: passes that follow each other so closely would all read the same last minutes again.
    let fast = "[poll]\ninterval = \"1ms\"\nclosing_interval = \"1ms\"\noverlap = \"2s\"\n";
    desk::write_config(&emulator, folder.path(), fast);
    let mirror = folder.path().join("mirror.db");
    desk::sync(&emulator, folder.path());
    let mut service = Command::new(env!("CARGO_BIN_EXE_ami-sync"))
        .args(["--quiet", "--config"])
        .arg(folder.path().join("config.toml"))
        .arg("run")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let reader = rusqlite::Connection::open_with_flags(&mirror, flags).unwrap();
    reader.busy_timeout(Duration::from_secs(10)).unwrap();
    let (began, mut chance, mut acts) = (Instant::now(), Chance::acts(3), 0_u64);
    let (mut next, mut taken) = (SETTLED, Vec::new());
    println!("passes | time | resident | open files | log");
    while next <= wanted {
        acts += u64::from(emulator.world().random_act(&mut chance).is_some());
        emulator.forget_requests();
        std::thread::sleep(Duration::from_millis(100));
        assert!(service.try_wait().unwrap().is_none(), "the service ended");
        let done = passes(&reader);
        if done >= next {
            let now = take(service.id(), &mirror, done);
            println!(
                "{} | {:.0} s | {:.1} MiB | {} | {} KiB",
                now.passes,
                began.elapsed().as_secs_f64(),
                now.resident_kib as f64 / 1_024.0,
                now.files,
                now.log_kib
            );
            taken.push(now);
            next =
                if next == wanted { wanted + 1 } else { (next.max(2_000) + 2_000).min(wanted).max(next + 1) };
        }
    }
    let stopped = Command::new("kill").args(["-TERM", &service.id().to_string()]).status().unwrap();
    assert!(stopped.success() && service.wait().unwrap().success(), "the service did not stop well");
    let (first, last) = (taken.first().unwrap(), taken.last().unwrap());
    let growth = last.resident_kib as f64 / first.resident_kib as f64;
    println!("{acts} acts; resident memory at the end ÷ after {SETTLED} passes: {growth:.3}");
    let whole = desk::watch(&emulator, folder.path(), &["sync", "--full", "--confirm"]);
    let (wall, requests, peak) = (whole.wall.as_secs_f64(), whole.requests, whole.peak_mib());
    println!("a full pass at the end: {wall:.2} s, {requests} requests, {peak:.1} MiB");
    desk::watch(&emulator, folder.path(), &["audit"]);
    println!("the mirror equals the source");
}

//! Months of service in minutes: many thousands of passes over a living call, and what the process takes as they
//! go by.
//!
//! The real `ami-sync run` reads a call from nothing, then polls as fast as it can while the call is acted upon at
//! random. Resident memory, now and at most, open files and the log's size are told after the first 1,000 passes and
//! every 2,000 from there; at the end the mirror is compared with the source. `cargo bench --bench soak -- 5000` makes another number of passes than 20,000.
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

/// Passes between two acts.
const PASSES_AN_ACT: i64 = 10;

/// What the process takes.
#[derive(Debug, Clone, Copy)]
struct Taken {
    passes: i64,
    resident_kib: u64,
    /// The most it was since the look before.
    peak_kib: u64,
    files: usize,
    log_kib: u64,
}

fn take(process: u32, mirror: &Path, passes: i64) -> Taken {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let kib = |name: &str| {
        let figure = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        figure.trim().trim_end_matches(" kB").parse().unwrap()
    };
    // The peak is counted anew from here.
    std::fs::write(format!("/proc/{process}/clear_refs"), "5").unwrap();
    let log = std::fs::metadata(mirror.with_extension("db-wal")).map_or(0, |log| log.len());
    Taken {
        passes,
        resident_kib: kib("VmRSS:"),
        peak_kib: kib("VmHWM:"),
        files: std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().count(),
        log_kib: log / 1_024,
    }
}

/// A reader of the mirror, once the service has made one.
fn reader(mirror: &Path) -> rusqlite::Connection {
    loop {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        if let Ok(reader) = rusqlite::Connection::open_with_flags(mirror, flags)
            && reader.prepare("SELECT id FROM sync_runs").is_ok()
        {
            reader.busy_timeout(Duration::from_secs(10)).unwrap();
            return reader;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn passes(mirror: &rusqlite::Connection) -> i64 {
    mirror.query_row("SELECT COALESCE(MAX(id), 0) FROM sync_runs", [], |row| row.get(0)).unwrap()
}

fn main() {
    let wanted = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(PASSES);
    let (emulator, folder) = (desk::emulator(300), tempfile::tempdir().unwrap());
    // A short overlap: passes that follow each other so closely would all read the same last minutes again.
    let fast = "[poll]\ninterval = \"1ms\"\nclosing_interval = \"1ms\"\noverlap = \"2s\"\n";
    desk::write_config(&emulator, folder.path(), fast);
    let mirror = folder.path().join("mirror.db");
    let mut service = Command::new(env!("CARGO_BIN_EXE_ami-sync"))
        .args(["--quiet", "--config"])
        .arg(folder.path().join("config.toml"))
        .arg("run")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let reader = reader(&mirror);
    let (began, mut chance, mut acts) = (Instant::now(), Chance::acts(3), 0_u64);
    let (mut next, mut done, mut taken) = (SETTLED, 0, Vec::new());
    println!("passes | time | resident | at most, since the line before | open files | log");
    while next <= wanted {
        acts += u64::from(emulator.world().random_act(&mut chance).is_some());
        emulator.forget_requests();
        let before = done;
        while done < before + PASSES_AN_ACT {
            std::thread::sleep(Duration::from_millis(20));
            assert!(service.try_wait().unwrap().is_none(), "the service ended");
            done = passes(&reader);
        }
        if done >= next {
            let now = take(service.id(), &mirror, done);
            println!(
                "{} | {:.0} s | {:.1} MiB | {:.1} MiB | {} | {} KiB",
                now.passes,
                began.elapsed().as_secs_f64(),
                now.resident_kib as f64 / 1_024.0,
                now.peak_kib as f64 / 1_024.0,
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
    let growth = last.peak_kib as f64 / first.peak_kib as f64;
    println!("{acts} acts; memory at most, at the end ÷ in the first {SETTLED} passes: {growth:.3}");
    let whole = desk::watch(&emulator, folder.path(), &["sync", "--full", "--confirm"]);
    let (wall, requests, peak) = (whole.wall.as_secs_f64(), whole.requests, whole.peak_mib());
    println!("a full pass at the end: {wall:.2} s, {requests} requests, {peak:.1} MiB");
    desk::watch(&emulator, folder.path(), &["audit"]);
    println!("the mirror equals the source");
}

//! A first reading beside four readers that never rest: who waits for whom.
//!
//! The real `ami-sync sync` fills a mirror by itself, then another beside four processes of Python's SQLite, opened
//! read-only, two of them without any patience, which run heavy queries one after the other. Nobody may be refused on
//! either side. `cargo bench --bench readers -- 20000` fills with another number of dossiers than 100,000.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "what a bench measures is what it prints")]

mod desk;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use ds_emulator::Emulator;

const DOSSIERS: u64 = 100_000;

/// What a reader does until the file named last appears: it answers with what it ran and what went wrong.
const READER: &str = include_str!("../tests/clients/heavy_reader.py");

/// Seconds that each reader waits for a lock: Python's default, and none at all.
const PATIENCES: [&str; 4] = ["5", "0", "5", "0"];

/// A reader at work.
struct Reader {
    child: Child,
}

impl Reader {
    fn start(mirror: &Path, stop: &Path, patience: &str) -> Self {
        let mut command = Command::new("python3");
        command.args(["-c", READER]).arg(mirror).arg(stop).arg(patience);
        Self { child: command.stdout(Stdio::piped()).spawn().unwrap() }
    }

    /// Queries run, and what went wrong.
    fn end(self) -> (u64, Vec<String>) {
        let told = String::from_utf8(self.child.wait_with_output().unwrap().stdout).unwrap();
        let mut lines = told.lines();
        let queries = lines.next().unwrap().parse().unwrap();
        (queries, lines.map(str::to_owned).collect())
    }
}

/// The largest that the log of a mirror grew while something happened.
fn watching_the_log<T>(mirror: &Path, what: impl FnOnce() -> T) -> (T, f64) {
    let (log, over, peak) = (mirror.with_extension("db-wal"), AtomicBool::new(false), AtomicU64::new(0));
    let done = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let length = std::fs::metadata(&log).map_or(0, |log| log.len());
                peak.fetch_max(length, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let done = what();
        over.store(true, Ordering::Relaxed);
        done
    });
    (done, peak.into_inner() as f64 / (1_024.0 * 1_024.0))
}

fn fill(emulator: &Emulator, folder: &Path) -> (desk::Run, f64) {
    desk::write_config(emulator, folder, "");
    watching_the_log(&folder.join("mirror.db"), || desk::sync(emulator, folder))
}

fn main() {
    let dossiers = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(DOSSIERS);
    let emulator = desk::emulator(dossiers);
    let (alone, beside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (run, log) = fill(&emulator, alone.path());
    let by_itself = run.wall.as_secs_f64();
    println!(
        "{dossiers} dossiers, by itself: {by_itself:.1} s, {} requests, {:.1} MiB, log of {log:.1} MiB at most",
        run.requests,
        run.peak_mib()
    );
    drop(alone);
    let (mirror, stop) = (beside.path().join("mirror.db"), beside.path().join("stop"));
    let readers = PATIENCES.map(|patience| Reader::start(&mirror, &stop, patience));
    let (run, log) = fill(&emulator, beside.path());
    std::fs::write(&stop, "").unwrap();
    let (mut queries, mut wrong) = (0, Vec::new());
    for reader in readers {
        let (more, complaints) = reader.end();
        queries += more;
        wrong.extend(complaints);
    }
    let wall = run.wall.as_secs_f64();
    println!(
        "{dossiers} dossiers, beside four readers: {wall:.1} s, {} requests, {:.1} MiB, log of {log:.1} MiB at most",
        run.requests,
        run.peak_mib()
    );
    println!("beside ÷ by itself: {:.2}; {queries} queries, {} refused", wall / by_itself, wrong.len());
    desk::watch(&emulator, beside.path(), &["audit"]);
    println!("the mirror equals the source");
    assert!(wrong.is_empty(), "{wrong:?}");
}

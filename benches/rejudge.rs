//! What a change of rules takes: a whole mirrored call judged again by the real binary, and foreseen before.
//!
//! For each size: a first reading, a pass with nothing new, then `rules diff` and a pass with other rules. Memory
//! is the peak of the process; it must not grow with the call, but for the verdicts that `rules diff` lists.
//! `cargo bench --bench rejudge -- 1000 20000` measures other sizes.
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "what a bench measures is what it prints")]

mod desk;

use desk::{Run, emulator, sync, watch, write_config};

const SIZES: [u64; 2] = [1_000, 100_000];

/// Communes and their groupings are let in: a third of the verdicts move.
const OTHER_RULES: &str = "[calls.applicants]\neligible = [\"72\"]\n";

fn main() {
    let asked: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    println!(
        "dossiers | first sync | idle pass | rules diff: time, peak | judged again: time, peak, dossiers/s"
    );
    for dossiers in sizes {
        let emulator = emulator(dossiers);
        let folder = tempfile::tempdir().unwrap();
        write_config(&emulator, folder.path(), OTHER_RULES);
        let other = folder.path().join("other.toml");
        std::fs::rename(folder.path().join("config.toml"), &other).unwrap();
        write_config(&emulator, folder.path(), "");
        let first = sync(&emulator, folder.path());
        sync(&emulator, folder.path());
        let idle = sync(&emulator, folder.path());
        let foreseen =
            watch(&emulator, folder.path(), &["rules", "diff", other.to_str().unwrap(), "--format", "csv"]);
        std::fs::copy(&other, folder.path().join("config.toml")).unwrap();
        let again = sync(&emulator, folder.path());
        assert_eq!(again.requests, idle.requests, "judging again asks nothing of the platform");
        let seconds = |run: &Run| run.wall.as_secs_f64();
        let judging = seconds(&again) - seconds(&idle);
        println!(
            "{dossiers} | {:.2} s | {:.2} s | {:.2} s, {:.1} MiB | {judging:.2} s, {:.1} MiB, {:.0}",
            seconds(&first),
            seconds(&idle),
            seconds(&foreseen),
            foreseen.peak_mib(),
            again.peak_mib(),
            dossiers as f64 / judging
        );
    }
}

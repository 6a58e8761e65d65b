//! What the real binary takes, in time, requests and memory, on a small call and on a large one.
//!
//! For each size: a bare download of the same pages by one connection, then `ami-sync sync` from nothing, then
//! a pass with nothing new. Memory is the peak that the system tells of the process (VmHWM); it must not grow
//! with the call. `cargo bench --bench footprint -- 1000 20000` measures other sizes.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "what a bench measures is what it prints")]

mod desk;
#[path = "desk/pages.rs"]
mod pages;

use std::time::{Duration, Instant};

use desk::{Run, emulator, sync, write_config};
use ds_emulator::Emulator;

const SIZES: [u64; 2] = [1_000, 100_000];

/// The same pages, thrown away.
async fn download(emulator: &Emulator) -> Duration {
    let client = reqwest::Client::new();
    let began = Instant::now();
    pages::download(emulator, &client, drop).await;
    began.elapsed()
}

fn main() {
    let asked: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    println!("dossiers | bare download | first sync: time, requests, peak | idle pass: time, requests, peak");
    for dossiers in sizes {
        let emulator = emulator(dossiers);
        let folder = tempfile::tempdir().unwrap();
        write_config(&emulator, folder.path(), "");
        let bare = runtime.block_on(download(&emulator));
        let first = sync(&emulator, folder.path());
        // The first pass after a reading asks again for what the platform has yet to complete.
        sync(&emulator, folder.path());
        let idle = sync(&emulator, folder.path());
        let told = |run: &Run| {
            format!("{:.2} s, {}, {:.1} MiB", run.wall.as_secs_f64(), run.requests, run.peak_mib())
        };
        println!("{dossiers} | {:.2} s | {} | {}", bare.as_secs_f64(), told(&first), told(&idle));
    }
}

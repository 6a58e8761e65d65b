//! What the real binary takes, in time, requests and memory, on a small call and on a large one.
//!
//! For each size: a bare download of the same pages by one connection, then `ami-sync sync` from nothing, then
//! a pass with nothing new. Memory is the peak that the system tells of the process (VmHWM); it must not grow
//! with the call. `cargo bench --bench footprint -- 1000 20000` measures other sizes.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "what a bench measures is what it prints")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ds_emulator::{Emulator, Options, SeedOptions, World};
use serde_json::{Value, json};

const SIZES: [u64; 2] = [1_000, 100_000];
const PAGE: &str = include_str!("../graphql/demarche_page.graphql");

/// One run of the binary.
struct Run {
    wall: Duration,
    peak_kib: u64,
    requests: usize,
}

fn emulator(dossiers: u64) -> Emulator {
    let mut world = World::seeded(SeedOptions { dossiers, ..SeedOptions::default() });
    world.run_from(World::seeded_as_of());
    Emulator::start_blocking(world, Options { gzip: false, ..Options::default() }).unwrap()
}

fn write_config(emulator: &Emulator, folder: &Path) {
    let text = format!(
        "[api]\nurl = \"{}\"\ntoken_file = \"{}\"\nrate_limit = 1000000\n[store]\npath = \"{}\"\n\
         [[calls]]\nslug = \"ami-ia-2\"\ndemarche = 12345\nopens_at = \"2019-03-26T00:00\"\n\
         deadline = \"2019-05-31T23:59\"\n",
        emulator.url(),
        folder.join("token").display(),
        folder.join("mirror.db").display()
    );
    std::fs::write(folder.join("config.toml"), text).unwrap();
    std::fs::write(folder.join("token"), emulator.token()).unwrap();
}

/// `sync`, its peak memory watched until it ends.
fn sync(emulator: &Emulator, folder: &Path) -> Run {
    emulator.forget_requests();
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_ami-sync"))
        .args(["--quiet", "sync", "--config"])
        .arg(folder.join("config.toml"))
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    let ended = loop {
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        let told = std::fs::read_to_string(&status).unwrap_or_default();
        let peak = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok());
        peak_kib = peak_kib.max(peak.unwrap_or_default());
        std::thread::sleep(Duration::from_millis(1));
    };
    let wall = began.elapsed();
    assert!(ended.success(), "{ended}");
    Run { wall, peak_kib, requests: emulator.requests().len() }
}

/// The same pages, thrown away.
async fn download(emulator: &Emulator) -> Duration {
    let client = reqwest::Client::new();
    let began = Instant::now();
    let mut after = Value::Null;
    loop {
        let variables = json!({
            "demarche": 12345, "first": 100, "after": after, "withDossiers": true, "withDemarche": false,
            "withPending": false, "withDeleted": false,
        });
        let body = json!({ "query": PAGE, "operationName": "DemarchePage", "variables": variables });
        let request = client.post(emulator.url()).bearer_auth(emulator.token());
        let request = request.header("content-type", "application/json").body(body.to_string());
        let page = request.send().await.unwrap().text().await.unwrap();
        // The end of the page is all that a bare downloader looks at.
        let info: Value = serde_json::from_str(&page).unwrap();
        let info = &info["data"]["demarche"]["dossiers"]["pageInfo"];
        if info["hasNextPage"] != true {
            return began.elapsed();
        }
        after = info["endCursor"].clone();
    }
}

fn main() {
    let asked: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    println!("dossiers | bare download | first sync: time, requests, peak | idle pass: time, requests, peak");
    for dossiers in sizes {
        let emulator = emulator(dossiers);
        let folder = tempfile::tempdir().unwrap();
        write_config(&emulator, folder.path());
        let bare = runtime.block_on(download(&emulator));
        let first = sync(&emulator, folder.path());
        // The first pass after a reading asks again for what the platform has yet to complete.
        sync(&emulator, folder.path());
        let idle = sync(&emulator, folder.path());
        let told = |run: &Run| {
            let mib = run.peak_kib as f64 / 1_024.0;
            format!("{:.2} s, {}, {mib:.1} MiB", run.wall.as_secs_f64(), run.requests)
        };
        println!("{dossiers} | {:.2} s | {} | {}", bare.as_secs_f64(), told(&first), told(&idle));
    }
}

//! Measures, run on demand: `cargo test -p ds-emulator --release --test it measure -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use ds_emulator::{DEMARCHE_NUMBER, Options, SeedOptions, World};
use serde_json::json;

use crate::client::Api;
use crate::types::EVERYTHING;

fn say(line: &str) {
    eprintln!("{line}");
}

/// Resident memory, in MiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[test]
#[ignore = "a measure of a hundred thousand dossiers, meant for the release profile"]
fn a_hundred_thousand_dossiers_are_walked_in_full() {
    let start = Instant::now();
    let world = World::seeded(SeedOptions { dossiers: 100_000, ..SeedOptions::default() });
    say(&format!("seeded in {:?}, {} MiB", start.elapsed(), resident()));
    let api = Api::serving(world, Options::default());
    let mut variables = json!({"number": DEMARCHE_NUMBER, "first": 100});
    let (mut pages, mut bytes) = (0, 0);
    let start = Instant::now();
    for _ in 0..200 {
        let raw = api.request(EVERYTHING, variables.clone());
        assert_eq!(raw.status, 200);
        bytes += raw.body.len();
        pages += 1;
        let text = raw.text();
        let cursor = text.rsplit("\"endCursor\":\"").next().unwrap().split('"').next().unwrap();
        variables["after"] = json!(cursor);
    }
    let elapsed = start.elapsed();
    let each = elapsed / pages;
    say(&format!("{pages} pages of 100, {} bytes each: {each:?} a page, {} MiB", bytes / 200, resident()));
    assert!(each < Duration::from_millis(if cfg!(debug_assertions) { 400 } else { 15 }));
}

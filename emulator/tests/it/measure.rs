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
    let plain = walk(&api, "identity");
    walk(&api, "gzip");
    assert!(plain < Duration::from_millis(if cfg!(debug_assertions) { 400 } else { 15 }));
}

/// The mean time of a page in two hundred.
fn walk(api: &Api, encoding: &str) -> Duration {
    let bearer = format!("Bearer {}", api.emulator.token());
    let mut cursors = api.emulator.read_world().visible_numbers(DEMARCHE_NUMBER).into_iter().step_by(450);
    let mut bytes = 0;
    let start = Instant::now();
    for _ in 0..200 {
        let dossier = api.emulator.read_world().dossier(cursors.next().unwrap()).unwrap();
        let after = ds_emulator::paging::encode_cursor((dossier.depose_at.as_microsecond(), dossier.number));
        let variables = json!({"number": DEMARCHE_NUMBER, "first": 100, "after": after});
        let body = json!({"query": EVERYTHING, "variables": variables}).to_string();
        let raw = api.post(&[("Authorization", &bearer), ("Accept-Encoding", encoding)], &body);
        assert_eq!(raw.status, 200);
        bytes += raw.body.len();
    }
    let each = start.elapsed() / 200;
    say(&format!(
        "{encoding}: pages of 100, {} bytes each: {each:?} a page, {} MiB",
        bytes / 200,
        resident()
    ));
    each
}

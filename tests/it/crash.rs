//! Killed at any instant, the mirror goes on where it was: nothing lost, nothing doubled.

use std::time::Duration;

use ami_sync::store::Reader;
use ds_emulator::Chance;

use crate::binary::Desk;
use crate::harness::emulator;
use crate::truth::differences;

const DOSSIERS: u64 = 20_000;
const KILLS: u64 = 50;

#[test]
fn a_first_reading_killed_fifty_times_ends_equal_to_the_source() {
    let emulator = emulator(DOSSIERS, 1);
    let desk = Desk::at(&emulator);
    let mut chance = Chance::acts(7);
    let mut killed_at_work = 0;
    for _ in 0..KILLS {
        let mut child = desk.spawn(&["sync"]);
        std::thread::sleep(Duration::from_millis(30 + chance.below(400)));
        killed_at_work += u64::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(killed_at_work > KILLS / 2, "only {killed_at_work} were at work when they were killed");
    let answer = desk.run(&["sync"]);
    assert_eq!(answer.code, Some(0), "{}{}", answer.out, answer.err);
    let mut reader = Reader::open(&desk.path("mirror.db")).unwrap();
    assert_eq!(reader.integrity_faults().unwrap(), Vec::<String>::new());
    let found = differences(&emulator, &mut reader);
    assert!(found.is_empty(), "{} differences, {:?}", found.len(), found.first());
    let presences =
        "SELECT COUNT(*) - COUNT(DISTINCT dossier_number) FROM changes WHERE subject = 'presence'";
    let answer = desk.run(&["query", presences, "--format", "csv"]);
    assert_eq!(answer.out.lines().nth(1), Some("0"), "a dossier was taken for new twice");
}

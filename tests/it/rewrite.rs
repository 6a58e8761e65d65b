//! A later version reads payloads otherwise: the mirror is written again from them, and nothing is asked.

use std::sync::Arc;

use ami_sync::api::{self, NORMALIZER_VERSION};
use ami_sync::engine::Outcome;
use ami_sync::store::fact_value;
use ds_emulator::DEMARCHE_NUMBER;

use crate::harness::{Bench, call_with, client, emulator};
use crate::truth::differences;

/// Reads and writes the mirror as no part of the house does.
fn meddle(bench: &Bench, sql: &str) {
    rusqlite::Connection::open(bench.path()).unwrap().execute_batch(sql).unwrap();
}

#[tokio::test]
async fn rows_of_an_earlier_reading_are_written_again_without_asking() {
    let bench = Bench::new(60, 1);
    bench.pass().await;
    bench.advance(3_000);
    bench.pass().await;
    let visible = bench.emulator.read_world().visible_numbers(DEMARCHE_NUMBER);
    let gone = visible[3];
    let columns = "SELECT COUNT(*) FROM dossiers WHERE deleted_at = '2019-06-15T00:00:00Z' AND last_changed_at = \
                   '2019-06-16T00:00:00Z' AND deletion_reason = 'expired' AND state <> 'lost'";
    let changes = bench.count("SELECT COUNT(*) FROM changes");
    meddle(
        &bench,
        &format!(
            "DELETE FROM champs; UPDATE dossiers SET state = 'lost'; UPDATE payloads SET normalizer_version = 0;
             UPDATE dossiers SET deleted_at = '2019-06-15T00:00:00Z', deletion_reason = 'expired',
                last_changed_at = '2019-06-16T00:00:00Z' WHERE number = {gone};"
        ),
    );
    bench.emulator.forget_requests();
    let report = bench.pass().await;
    assert_eq!((report.rewritten, report.requests), (visible.len() as u64, 1), "{report:?}");
    assert_eq!(bench.count(columns), 1, "a dossier that is gone was brought back");
    assert_eq!(bench.count("SELECT COUNT(*) FROM changes"), changes, "nothing changed at the source");
    meddle(&bench, &format!("UPDATE dossiers SET deleted_at = NULL WHERE number = {gone}"));
    let found = differences(&bench.emulator, &mut bench.reader());
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert_eq!(bench.pass().await.rewritten, 0);
}

#[tokio::test]
async fn a_payload_that_is_read_no_more_keeps_its_rows_and_is_asked_for_again() {
    let bench = Bench::new(30, 1);
    bench.pass().await;
    bench.advance(3_000);
    bench.pass().await;
    let some = bench.emulator.read_world().visible_numbers(DEMARCHE_NUMBER)[5];
    let unreadable = zstd::bulk::compress(b"{}", 3).unwrap();
    let mirror = rusqlite::Connection::open(bench.path()).unwrap();
    let sql = "UPDATE payloads SET normalizer_version = 0, size = 2, content = ?1 WHERE dossier_number = ?2";
    mirror.execute(sql, (unreadable, some.cast_signed())).unwrap();
    drop(mirror);
    let champs = format!("SELECT COUNT(*) FROM champs WHERE dossier_number = {some}");
    let before = bench.count(&champs);
    let report = bench.pass().await;
    assert_eq!(report.rewritten, 1, "{report:?}");
    assert_eq!(bench.count(&champs), before);
    bench.advance(3_600);
    bench.pass().await;
    assert_eq!(bench.count("SELECT COUNT(*) FROM quarantine"), 0, "it was not asked for again");
    assert_eq!(bench.count(&champs), before);
}

#[tokio::test]
async fn a_damaged_payload_stops_nothing_and_is_made_good_from_the_source() {
    let mut bench = Bench::new(30, 1);
    bench.pass().await;
    bench.advance(3_000);
    bench.pass().await;
    let changes = bench.count("SELECT COUNT(*) FROM changes");
    let some = bench.emulator.read_world().visible_numbers(DEMARCHE_NUMBER);
    let damage = |bench: &Bench, which: u64, set: &str| {
        meddle(bench, &format!("UPDATE payloads SET content = x'00'{set} WHERE dossier_number = {which}"));
    };
    // Met by a later reading, by other rules, and by the comparison with the source.
    damage(&bench, some[3], ", normalizer_version = 0");
    let report = bench.pass().await;
    assert_eq!((report.outcome, report.quarantined.len()), (Outcome::Findings, 1), "{report:?}");
    bench.call = Arc::new(call_with("deadline = \"2019-05-30T23:59\"\n"));
    damage(&bench, some[4], "");
    let report = bench.pass().await;
    assert_eq!(report.outcome, Outcome::Findings, "{report:?}");
    damage(&bench, some[5], "");
    bench.advance(3_600);
    bench.full_pass().await;
    bench.pass().await;
    assert_eq!(bench.count("SELECT COUNT(*) FROM quarantine"), 0, "they were not asked for again");
    assert_eq!(bench.count("SELECT COUNT(*) FROM payloads WHERE content = x'00'"), 0, "one is still damaged");
    assert_eq!(bench.count("SELECT COUNT(*) FROM changes"), changes, "nothing changed at the source");
    let found = differences(&bench.emulator, &mut bench.reader());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// If this test fails and the reading was meant to change, raise `NORMALIZER_VERSION`, then accept.
#[tokio::test]
async fn the_reading_of_a_payload_changes_only_with_its_version() {
    let emulator = emulator(40, 3);
    let numbers = emulator.read_world().visible_numbers(DEMARCHE_NUMBER);
    let mut told = vec![format!("reading {NORMALIZER_VERSION}")];
    for number in numbers {
        let number = ami_sync::domain::DossierNumber(u32::try_from(number).unwrap());
        let fetched = client(&emulator).fetch_dossier(number).await.unwrap();
        let dossier = api::normalize(fetched.node.as_str()).unwrap().dossier;
        for (key, fact) in dossier.facts() {
            // One of each kind is enough for eyes.
            let shape = match fact.field("type") {
                Some(kind) => format!("{} {}", key.subject.as_str(), fact_value(kind)),
                None if key.subject.as_str() == "dossier" || key.subject.as_str() == "demandeur" => {
                    format!("{} {}", key.subject.as_str(), key.name)
                }
                None => key.subject.as_str().to_owned(),
            };
            let filled = !fact_value(&fact).to_string().contains("\"value\":null");
            if filled && !told.iter().any(|line| line.starts_with(&format!("{shape}: "))) {
                told.push(format!("{shape}: {}", fact_value(&fact)));
            }
        }
    }
    told[1..].sort();
    insta::assert_snapshot!(told.join("\n"));
}

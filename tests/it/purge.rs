//! Erasing: nothing of a person is left, statistics are, and nothing comes back.

use std::collections::BTreeSet;
use std::path::Path;

use ami_sync::store::{Cell, Reader, StoreError};
use ds_emulator::{Chance, Emulator};

use crate::binary::Desk;
use crate::harness::emulator;
use crate::service::{Service, busy_desk, count, until};

/// Each row of a query, its columns as one text.
fn rows(desk: &Desk, sql: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut reader = Reader::open(&desk.path("mirror.db")).unwrap();
    let read = reader.query::<StoreError>(
        sql,
        |_| Ok(()),
        |row| {
            found.push(
                row.iter()
                    .map(|cell| if let Cell::Text(text) = cell { text.clone() } else { format!("{cell:?}") })
                    .collect::<Vec<_>>()
                    .join(" "),
            );
            Ok(())
        },
    );
    read.unwrap();
    found
}

/// What applicants wrote, and who they are.
fn personal(desk: &Desk) -> BTreeSet<String> {
    let sql = "SELECT usager_email FROM dossiers UNION SELECT demandeur_email FROM dossiers
        UNION SELECT raison_sociale FROM dossiers UNION SELECT siret FROM dossiers
        UNION SELECT motivation FROM dossiers UNION SELECT body FROM messages
        UNION SELECT string_value FROM champs WHERE length(string_value) > 12 AND type = 'TextChamp'";
    // The service that runs the call is no applicant, even where it is one.
    let own = rows(desk, "SELECT service_siret FROM demarches");
    rows(desk, sql)
        .into_iter()
        .filter(|text| text.len() > 8 && text != "Null" && !own.contains(text))
        .collect()
}

/// Where in the folder one of these texts is still to be found.
fn found_in(folder: &Path, texts: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if !name.contains("mirror") || !path.is_file() {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for text in texts {
            if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                found.push(format!("{text} in {name}"));
                break;
            }
        }
    }
    found
}

/// A mirror with a past: changed, refused, deleted, decided on.
fn lived_in(emulator: &Emulator, desk: &Desk) {
    assert_eq!(desk.run(&["sync"]).code, Some(0));
    let mut chance = Chance::acts(9);
    for _ in 0..60 {
        emulator.world().random_act(&mut chance);
    }
    assert_eq!(desk.run(&["sync", "--full", "--confirm"]).code, Some(0));
    let number =
        rows(desk, "SELECT CAST(MIN(number) AS TEXT) FROM dossiers WHERE deleted_at IS NULL").remove(0);
    let answer =
        desk.run(&["decide", &number, "late", "--by", "Jeanne Rarissime", "--reason", "un motif rarissime"]);
    assert_eq!(answer.code, Some(0), "{}", answer.err);
}

const STATISTICS: &str = "SELECT * FROM v_stats WHERE dimension IN
    ('verdict', 'state', 'nature', 'forme_juridique_code', 'week_of_deposit') ORDER BY 1, 2, 3";

#[test]
fn nothing_of_a_person_is_left_and_statistics_are() {
    let emulator = emulator(60, 1);
    let desk = Desk::at(&emulator);
    lived_in(&emulator, &desk);
    let mut texts = personal(&desk);
    assert!(texts.len() > 100, "only {} texts to look for", texts.len());
    texts.extend(["Jeanne Rarissime".to_owned(), "un motif rarissime".to_owned()]);
    let statistics = rows(&desk, STATISTICS);
    assert!(!found_in(desk.folder.path(), &texts).is_empty(), "the search finds nothing even before");

    let answer = desk.run(&["purge", "--dry-run", "--before", "2100-01-01"]);
    assert!(answer.out.contains("dossiers seraient effacés"), "{}{}", answer.out, answer.err);
    assert_eq!(count(&desk, "SELECT COUNT(*) FROM dossiers WHERE purged_at IS NOT NULL"), 0);
    let answer = desk.run(&["purge", "--before", "2100-01-01"]);
    assert_eq!(answer.code, Some(0), "{}", answer.err);

    assert_eq!(found_in(desk.folder.path(), &texts), Vec::<String>::new());
    assert_eq!(rows(&desk, STATISTICS), statistics);
    for table in [
        "payloads",
        "champs",
        "changes",
        "messages",
        "traitements",
        "avis",
        "fichiers",
        "decisions",
        "alerts",
    ] {
        assert_eq!(count(&desk, &format!("SELECT COUNT(*) FROM {table}")), 0, "{table}");
    }
    assert!(count(&desk, "SELECT COUNT(*) FROM v_findings") > 0, "the codes of reasons are statistics");
}

#[test]
fn what_was_erased_does_not_come_back() {
    let emulator = emulator(60, 1);
    let desk = Desk::at(&emulator);
    lived_in(&emulator, &desk);
    assert_eq!(desk.run(&["purge", "--before", "2100-01-01"]).code, Some(0));
    let mut chance = Chance::acts(10);
    for _ in 0..60 {
        emulator.world().random_act(&mut chance);
    }
    assert_eq!(desk.run(&["sync", "--full", "--confirm"]).code, Some(0));
    let kept = "SELECT COUNT(*) FROM payloads WHERE dossier_number IN (SELECT number FROM dossiers WHERE purged_at IS NOT NULL)";
    assert_eq!(count(&desk, kept), 0);
    let empty = "SELECT COUNT(*) FROM dossiers WHERE purged_at IS NOT NULL AND usager_email <> ''";
    assert_eq!(count(&desk, empty), 0);
    let audit = desk.run(&["audit"]);
    assert_eq!(audit.code, Some(0), "{}", audit.out);
    assert_eq!(desk.run(&["status"]).code, Some(0));
}

#[test]
fn a_call_keeps_no_longer_than_it_says_and_never_longer_than_the_platform() {
    let emulator = emulator(60, 1);
    let desk = Desk::at(&emulator);
    assert_eq!(desk.run(&["sync"]).code, Some(0));
    // Without a duration of ours, what the platform itself no longer keeps.
    let answer = desk.run(&["purge", "--dry-run"]);
    let platform = answer.out.lines().next().unwrap().to_owned();
    desk.edit("demarche = 12345", "demarche = 12345\nretention = \"40 years\"");
    assert_eq!(desk.run(&["purge", "--dry-run"]).out.lines().next(), Some(platform.as_str()));
    desk.edit("40 years", "6 months");
    assert!(desk.run(&["purge", "--dry-run"]).out.starts_with("ami-ia-2 : 60 dossiers"));
    desk.edit("6 months", "6 mois");
    let answer = desk.run(&["purge", "--dry-run"]);
    assert_eq!(answer.code, Some(2));
    assert!(answer.err.contains("12 months"), "{}", answer.err);
}

#[test]
fn the_service_erases_by_itself_when_a_call_says_how_long_and_its_copies_with_it() {
    let emulator = emulator(30, 1);
    let desk = busy_desk(&emulator);
    desk.edit("demarche = 12345", "demarche = 12345\nretention = \"6 months\"");
    let folder = desk.path("copies");
    desk.edit(
        "[[calls]]",
        &format!("[snapshot]\nfolder = \"{}\"\nevery = \"300ms\"\n[[calls]]", folder.display()),
    );
    let service = Service::start(&desk, &[]);
    service.logs("personal data erased");
    until(&desk, "SELECT COUNT(*) FROM dossiers WHERE purged_at IS NULL", 0);
    assert_eq!(count(&desk, "SELECT COUNT(*) FROM champs"), 0);
    service.stop();
}

#[test]
fn what_a_reader_kept_in_the_log_goes_at_the_next_purge() {
    let emulator = emulator(30, 1);
    let desk = Desk::at(&emulator);
    assert_eq!(desk.run(&["sync"]).code, Some(0));
    let reader = rusqlite::Connection::open(desk.path("mirror.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT COUNT(*) FROM dossiers").unwrap();
    let kept = desk.run(&["purge", "--before", "2100-01-01"]);
    assert_eq!(kept.code, Some(1), "{}{}", kept.out, kept.err);
    assert!(kept.err.contains("un lecteur garde le miroir ouvert"), "{}", kept.err);
    drop(reader);
    let again = desk.run(&["purge"]);
    assert_eq!(again.code, Some(0), "{}{}", again.out, again.err);
    assert!(again.out.contains("le fichier est réécrit"), "{}", again.out);
    let log = std::fs::metadata(desk.path("mirror.db-wal")).map_or(0, |log| log.len());
    assert_eq!(log, 0, "what was erased may still be in the log");
}

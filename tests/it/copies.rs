//! Copies of the mirror: whole, of one instant, that readers may take for immutable.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::Duration;

use ami_sync::store::{Reader, Rotation};
use jiff::{SignedDuration, Timestamp};

use crate::binary::Desk;
use crate::harness::{Bench, emulator};
use crate::service::{Service, busy_desk, until};
use crate::truth::differences;

#[test]
fn a_copy_made_while_the_service_writes_is_whole_and_stands_alone() {
    let emulator = emulator(1_500, 1);
    let desk = busy_desk(&emulator);
    let mut service = Service::start(&desk, &[]);
    service.hears("READY=1");
    let copy = desk.path("copy.db");
    let name = copy.to_str().unwrap();
    for _ in 0..5 {
        let answer = desk.run(&["snapshot", name]);
        assert_eq!(answer.code, Some(0), "{}", answer.err);
        // As Datasette opens it: no lock, no log.
        let sql = "SELECT (SELECT COUNT(*) FROM dossiers) = (SELECT COUNT(*) FROM verdicts), COUNT(*) % 100 FROM dossiers; \
                   PRAGMA integrity_check; PRAGMA journal_mode;";
        let uri = format!("file:{name}?immutable=1");
        let output = Command::new("sqlite3").arg(uri).arg(sql).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "1|0\nok\ndelete\n");
    }
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o440);
    let left: Vec<_> = std::fs::read_dir(desk.folder.path()).unwrap().flatten().collect();
    let left = left.iter().filter(|entry| entry.file_name().to_string_lossy().contains("copy.db")).count();
    assert_eq!(left, 1, "something is left beside the copy");
    until(&desk, "SELECT COUNT(*) FROM dossiers", 1_500);
    service.stop();
    assert_eq!(desk.run(&["snapshot", name]).code, Some(0));
    assert_eq!(differences(&emulator, &mut Reader::open(&copy).unwrap()), Vec::<String>::new());
}

#[test]
fn a_copy_replaces_a_copy_and_nothing_else() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    assert_eq!(desk.run(&["sync"]).code, Some(0));
    let mirror = desk.path("mirror.db");
    let answer = desk.run(&["snapshot", mirror.to_str().unwrap()]);
    assert_eq!(answer.code, Some(1));
    assert!(answer.err.contains("c’est le miroir lui-même"), "{}", answer.err);
    desk.write(
        "notes.txt",
        "des notes qui ne sont pas un miroir, et qui sont plus longues que cent octets, \
                             pour que SQLite lise son en-tête\n",
    );
    let answer = desk.run(&["snapshot", desk.path("notes.txt").to_str().unwrap()]);
    assert_eq!(answer.code, Some(1), "{}", answer.err);
    assert!(std::fs::read_to_string(desk.path("notes.txt")).unwrap().starts_with("des notes"));
    let answer = desk.run(&["snapshot", desk.path("absent/copy.db").to_str().unwrap()]);
    assert_eq!(answer.code, Some(1));
    assert!(answer.err.contains("Vérifiez le dossier"), "{}", answer.err);
}

#[tokio::test]
async fn copies_are_made_when_due_and_the_oldest_make_room() {
    let bench = Bench::new(12, 1);
    bench.pass().await;
    let folder = bench.folder.path().join("copies");
    let rotation = Rotation { folder: folder.clone(), every: Duration::from_secs(3600), keep: 3 };
    let start: Timestamp = "2019-06-01T00:00:00Z".parse().unwrap();
    let turn = |minutes: i64| {
        let now = start.checked_add(SignedDuration::from_mins(minutes)).unwrap();
        rotation.turn(&bench.path(), now).unwrap().is_some()
    };
    assert_eq!(
        [0, 30, 59, 60, 70, 119, 120, 500].map(turn),
        [true, false, false, true, false, false, true, true]
    );
    std::fs::write(folder.join("notes.txt"), "à moi").unwrap();
    let names: Vec<String> = rotation
        .copies()
        .unwrap()
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(
        names,
        ["mirror-20190601T010000Z.db", "mirror-20190601T020000Z.db", "mirror-20190601T082000Z.db"]
    );
    let latest = std::fs::read_link(folder.join("latest.db")).unwrap();
    assert_eq!(latest.to_str(), Some("mirror-20190601T082000Z.db"));
    assert_eq!(
        Reader::open(&folder.join("latest.db")).unwrap().integrity_faults().unwrap(),
        Vec::<String>::new()
    );
    // A copy that was killed half-way holds people's data under a name that nobody looks at.
    let half = folder.join(".mirror-20190601T000000Z.db.partial");
    let stranger = folder.join(".notes.partial");
    for left in [&half, &stranger] {
        std::fs::write(left, "cut short").unwrap();
    }
    assert_eq!(rotation.clear().unwrap(), 3);
    assert!(!half.exists() && stranger.exists());
    assert!(folder.join("notes.txt").exists() && !folder.join("latest.db").is_symlink());
}

#[test]
fn the_service_makes_them_by_itself() {
    let emulator = emulator(12, 1);
    let desk = busy_desk(&emulator);
    let folder = desk.path("copies");
    let table =
        format!("[snapshot]\nfolder = \"{}\"\nevery = \"100ms\"\nkeep = 2\n[[calls]]", folder.display());
    desk.edit("[[calls]]", &table);
    let service = Service::start(&desk, &[]);
    service.logs("the mirror is copied");
    service.logs("the mirror is copied");
    assert!(folder.join("latest.db").exists());
    service.stop();
}

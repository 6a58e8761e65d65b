//! What the service does for its mirror when nothing else is to be done, seen from outside.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::binary::Desk;
use crate::harness::emulator;
use crate::service::{Service, count, until};

/// Passes of long ago: quiet ones, one that failed, one of another démarche that was the last good one.
const LONG_AGO: &str = "
    INSERT INTO sync_runs (call, demarche_number, mode, started_at, finished_at, outcome, dossiers_changed, deleted)
    VALUES ('quiet', 12345, 'incremental', '2019-01-01T00:00:00Z', '2019-01-01T00:00:01Z', 'done', 0, 0),
        ('quiet', 12345, 'incremental', '2019-01-02T00:00:00Z', '2019-01-02T00:00:01Z', 'findings', 0, 0),
        ('busy', 12345, 'incremental', '2019-01-03T00:00:00Z', '2019-01-03T00:00:01Z', 'done', 2, 0),
        ('failed', 12345, 'incremental', '2019-01-04T00:00:00Z', '2019-01-04T00:00:01Z', 'failed', 0, 0),
        ('last', 99999, 'incremental', '2019-01-05T00:00:00Z', '2019-01-05T00:00:01Z', 'done', 0, 0),
        ('failed', 99999, 'incremental', '2019-01-06T00:00:00Z', '2019-01-06T00:00:01Z', 'failed', 0, 0);";

/// Ten MiB that are no longer used.
const FREED: &str = "
    CREATE TABLE ballast (content BLOB);
    WITH RECURSIVE rows (row) AS (SELECT 1 UNION ALL SELECT row + 1 FROM rows WHERE row < 1000)
    INSERT INTO ballast SELECT zeroblob(10240) FROM rows;
    DROP TABLE ballast;";

#[test]
fn upkeep_forgets_quiet_passes_gives_free_space_back_and_empties_the_log() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    // Copies are due at once, and upkeep comes before them.
    let copies = desk.path("copies").display().to_string();
    desk.edit(
        "[[calls]]",
        &format!("[snapshot]\nfolder = \"{copies}\"\nevery = \"1s\"\nkeep = 1\n[[calls]]"),
    );
    assert_eq!(desk.run(&["sync"]).code, Some(0));
    let mirror = Connection::open(desk.path("mirror.db")).unwrap();
    mirror.execute_batch(&format!("{LONG_AGO}{FREED}")).unwrap();
    drop(mirror);
    assert!(count(&desk, "SELECT freelist_count FROM pragma_freelist_count") > 2_000);

    let mut service = Service::start(&desk, &[]);
    service.hears("READY=1");
    until(&desk, "SELECT freelist_count FROM pragma_freelist_count", 0);
    until(&desk, "SELECT COUNT(*) FROM sync_runs WHERE call = 'quiet'", 0);
    let kept = "SELECT COUNT(*) FROM sync_runs WHERE call IN ('busy', 'failed', 'last')";
    assert_eq!(count(&desk, kept), 4);
    let end = Instant::now() + Duration::from_secs(60);
    let length = |name: &str| std::fs::metadata(desk.path(name)).unwrap().len();
    while length("mirror.db-wal") > 0 {
        assert!(Instant::now() < end, "the log is still of {} bytes", length("mirror.db-wal"));
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(length("mirror.db") < 5 * 1024 * 1024, "{} bytes", length("mirror.db"));
    service.stop();
}

//! Every earlier mirror becomes today's, with what it held, and `docs/schema.sql` tells what it became.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::path::Path;

use super::*;

/// Rows such as a mirror of that version may hold: of each table that the version has, or that it changed.
const SAMPLES: [&str; MIGRATIONS.len()] = [
    include_str!("../../../tests/data/migrations/0001.sql"),
    include_str!("../../../tests/data/migrations/0002.sql"),
    include_str!("../../../tests/data/migrations/0003.sql"),
    include_str!("../../../tests/data/migrations/0004.sql"),
    include_str!("../../../tests/data/migrations/0005.sql"),
    include_str!("../../../tests/data/migrations/0006.sql"),
    include_str!("../../../tests/data/migrations/0007.sql"),
    include_str!("../../../tests/data/migrations/0008.sql"),
    include_str!("../../../tests/data/migrations/0009.sql"),
];

/// Made by these very texts, mirrors are in service.
const LANDED: [&str; MIGRATIONS.len()] = [
    "0a5454e0ce6df7b7413817552dbac6f66c8579579bddf4785e7e1a4ad13602e8",
    "fde106261019ab7988efa4f166d281b6d864a56791f6e47d87b546beb2cf0502",
    "0ae7e501684436008545f21299ea9bab7045b64308a824e7f7e84bc44431cad2",
    "8046bb56cfa3afc891c3f21c09e6163b903dbebd119c8bb7b864cac822d16243",
    "099359184ed3ba064fc2fd972b02e1364c06af41c5b1ea2d0af8349cf2461a51",
    "e1a8cd611768a546d1725d6e31c9beaad53e403531bac0ae3a2f7655d5b50b1a",
    "3648168f4b2981fcd99854ddcaf3799908114d68131a848b162f9f8a707c277f",
    "2ad4c763447bf0bf58f9d00f9d6a39128a14fc79a84a425be9681a4e17fca86d",
    "fe309af526ed552602cef0dae428b8402bd43b06bb974f9355a97c9e812136a0",
];

fn mirror_of_version(path: &Path, version: usize) -> Connection {
    let connection = Connection::open(path).expect("a file");
    for sql in &MIGRATIONS[..version] {
        connection.execute_batch(sql).expect("a migration");
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID).expect("a header");
    connection.pragma_update(None, "user_version", i64::try_from(version).expect("a version")).expect("it");
    connection
}

/// Each table with its number of rows.
fn rows(connection: &Connection) -> BTreeMap<String, i64> {
    let mut tables = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .expect("the schema");
    let names = tables.query_map([], |row| row.get::<_, String>(0)).expect("the names");
    names
        .map(|name| {
            let name = name.expect("a name");
            let count = format!("SELECT COUNT(*) FROM \"{name}\"");
            let count = connection.query_row(&count, [], |row| row.get(0)).expect("a count");
            (name, count)
        })
        .collect()
}

/// Each table, index and view, its text without comments and layout.
fn shape(connection: &Connection) -> BTreeMap<String, String> {
    let mut schema = connection
        .prepare("SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        .expect("the schema");
    let found = schema.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    found
        .expect("the schema")
        .map(|one| {
            let (name, sql) = one.expect("a statement");
            let bare = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
            let words = bare.flat_map(|line| line.chars()).filter(|c| !c.is_whitespace()).collect();
            (name, words)
        })
        .collect()
}

/// A migration that has landed is never edited.
#[test]
fn landed_migrations_are_as_they_landed() {
    for (sql, hash) in MIGRATIONS.into_iter().zip(LANDED) {
        assert_eq!(blake3::hash(sql.as_bytes()).to_hex().as_str(), hash);
    }
}

#[test]
fn a_mirror_of_any_version_becomes_todays_and_keeps_what_it_held() {
    for version in 1..=MIGRATIONS.len() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mirror.db");
        let mut connection = mirror_of_version(&path, version);
        for sample in &SAMPLES[..version] {
            connection.execute_batch(sample).expect("sample rows");
        }
        let before = rows(&connection);
        assert!(before["dossiers"] > 0 && before["champs"] > 0, "the sample is empty");
        migrate(&mut connection, &path).expect("the way from this version");
        let after = rows(&connection);
        for (table, count) in &before {
            assert_eq!(after.get(table), Some(count), "{table}, from version {version}");
        }
        let copied = folder.path().join(format!("mirror.db.before-{}", version + 1)).exists();
        assert_eq!(copied, version < MIGRATIONS.len(), "version {version}");
        let faults = connection
            .query_row("SELECT COUNT(*) FROM pragma_foreign_key_check", [], |row| row.get::<_, i64>(0));
        assert_eq!(faults.expect("a count"), 0, "from version {version}");
        let sound: String =
            connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("an answer");
        assert_eq!(sound, "ok");
    }
}

#[test]
fn the_copy_before_a_migration_takes_the_place_of_what_one_cut_short_left() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mirror.db");
    let mut connection = mirror_of_version(&path, 1);
    connection.execute_batch(SAMPLES[0]).expect("sample rows");
    let (copy, half) =
        (folder.path().join("mirror.db.before-2"), folder.path().join(".mirror.db.before-2.partial"));
    for left in [&copy, &half] {
        std::fs::write(left, "cut short").expect("a file");
    }
    let before = rows(&connection);
    migrate(&mut connection, &path).expect("the way from this version");
    assert!(!half.exists());
    assert_eq!(rows(&Connection::open(&copy).expect("the copy")), before);
    let mode = std::fs::metadata(&copy).expect("the copy").permissions().mode();
    assert_eq!(mode & 0o777, 0o440, "whoever may read the mirror reads its copy, nobody else");
}

#[test]
fn the_schema_is_the_one_that_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mirror.db");
    let mut migrated = Connection::open(&path).expect("a file");
    migrate(&mut migrated, &path).expect("a new mirror");
    let told = Connection::open_in_memory().expect("memory");
    told.execute_batch(include_str!("../../../docs/schema.sql")).expect("docs/schema.sql");
    let (migrated, told) = (shape(&migrated), shape(&told));
    for (name, sql) in &migrated {
        assert_eq!(told.get(name), Some(sql), "{name} is otherwise in docs/schema.sql");
    }
    let invented: Vec<_> = told.keys().filter(|name| !migrated.contains_key(*name)).collect();
    assert!(invented.is_empty(), "docs/schema.sql has what the mirror has not: {invented:?}");
}

//! The walls of the house, executable: which room may name which, where each outside crate lives, and how
//! long a file may grow.
//!
//! A new room means a line here, which is the moment to ask whether the house needs one.
#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};

/// A room, the rooms that it may name, and the floor it stands on. What is not written is forbidden.
const PLAN: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("eligibility", &["domain"]),
    ("words", &["domain", "eligibility"]),
    ("alert", &["domain", "eligibility", "words"]),
    ("clock", &[]),
    ("meter", &[]),
    ("config", &["domain", "eligibility", "alert"]),
    ("api", &["domain", "clock", "meter", "config"]),
    ("store", &["domain", "eligibility", "alert", "config"]),
    ("channel", &["domain", "eligibility", "alert", "config"]),
    ("engine", &["domain", "eligibility", "alert", "clock", "config", "api", "store", "channel"]),
    ("web", &["domain", "eligibility", "words", "clock", "meter", "config", "store"]),
    ("daemon", &["domain", "alert", "clock", "meter", "config", "api", "store", "channel", "engine", "web"]),
    (
        "cli",
        &[
            "domain",
            "eligibility",
            "alert",
            "words",
            "clock",
            "config",
            "api",
            "store",
            "channel",
            "engine",
            "web",
            "daemon",
        ],
    ),
];

/// A word, and the only rooms where it may stand.
const LIVES_IN: &[(&str, &[&str])] = &[
    ("graphql_client", &["api"]),
    ("reqwest", &["api", "channel"]),
    ("lettre::", &["channel"]),
    ("standardwebhooks", &["channel"]),
    ("rusqlite", &["store"]),
    ("ds_emulator", &["cli"]),
    ("clap", &["cli"]),
    ("prometheus", &["meter", "web"]),
    ("sd_notify", &["daemon"]),
    ("rust_xlsxwriter", &["cli"]),
    ("axum", &["web"]),
    ("minijinja", &["alert", "web"]),
    ("serde", &["config", "api", "store", "channel", "web", "cli"]),
    ("anyhow", &["daemon", "cli"]),
    ("tokio", &["api", "channel", "engine", "web", "daemon", "cli"]),
    ("SystemTime::now", &["clock"]),
    ("Timestamp::now", &["clock"]),
    ("Zoned::now", &["clock"]),
    ("std::env", &["config", "cli"]),
    ("io::stdout", &["cli"]),
    ("super::super", &[]),
];

const LONGEST_FILE: usize = 500;

#[test]
fn every_file_says_what_it_is_for_and_stays_readable() {
    let faults: Vec<String> = sources()
        .iter()
        .flat_map(|source| {
            let mut faults = Vec::new();
            if !source.text.starts_with("//!") {
                faults.push(format!("{}: a file opens with what it is for", source.shown()));
            }
            let length = source.text.lines().count();
            if length > LONGEST_FILE {
                faults.push(format!("{}: {length} lines, {LONGEST_FILE} allowed", source.shown()));
            }
            faults
        })
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_room_is_on_the_plan_and_keeps_to_its_floor() {
    let mut faults = Vec::new();
    for source in rooms() {
        let room = source.room();
        let Some((_, allowed)) = PLAN.iter().find(|(name, _)| *name == room) else {
            faults.push(format!("{}: room `{room}` is not on the plan", source.shown()));
            continue;
        };
        for (other, _) in PLAN {
            if *other != room && !allowed.contains(other) && names(&source.code(), other) {
                faults.push(format!("{}: `{room}` may not name `{other}`", source.shown()));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_outside_crate_lives_in_its_rooms() {
    let mut faults = Vec::new();
    for source in rooms() {
        for (word, owners) in LIVES_IN {
            if has_word(&source.code(), word) && !owners.contains(&source.room().as_str()) {
                faults.push(format!("{}: `{word}` lives in {owners:?}", source.shown()));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_emulator_knows_nothing_of_the_house() {
    let manifest = fs::read_to_string(root().join("emulator/Cargo.toml")).expect("the emulator's manifest");
    assert!(!manifest.contains("ami-sync"), "the emulator may not depend on ami-sync");
}

#[test]
fn the_walls_can_be_seen_to_break() {
    assert!(names("use crate::store::Tx;", "store"));
    assert!(names("use crate::{clock::Clock, store::{Store, Tx}};", "store"));
    assert!(!names("use crate::{engine::{store}};", "store"));
    assert!(has_word("use serde::Deserialize;", "serde"));
    assert!(!has_word("let x = observed;", "serve"));
}

struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn shown(&self) -> String {
        self.path.strip_prefix(root()).unwrap_or(&self.path).display().to_string()
    }

    /// `src/api/queries.rs` and `src/api.rs` are both of room `api`.
    fn room(&self) -> String {
        let inside = self.path.strip_prefix(root().join("src")).unwrap_or(&self.path);
        let first = inside.iter().next().map(Path::new).and_then(Path::file_stem);
        first.unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Comments may name anything.
    fn code(&self) -> String {
        self.text
            .lines()
            .map(|line| line.split("//").next().unwrap_or_default())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for folder in ["src", "emulator/src", "tests", "emulator/tests", "benches"] {
        walk(&root().join(folder), &mut found);
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

fn rooms() -> Vec<Source> {
    let mut found = Vec::new();
    walk(&root().join("src"), &mut found);
    found.retain(|source| !matches!(source.room().as_str(), "main" | "lib"));
    found
}

fn walk(folder: &Path, found: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file is text");
            found.push(Source { path, text });
        }
    }
}

fn has_word(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = code.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(part)
    })
}

/// `crate::other…`, or `other…` at the top level of `crate::{…}`.
fn names(code: &str, other: &str) -> bool {
    code.match_indices("crate::").any(|(at, found)| {
        let rest = code.get(at + found.len()..).unwrap_or_default();
        match rest.strip_prefix('{') {
            Some(group) => top_level(group).iter().any(|item| first_word(item) == other),
            None => first_word(rest) == other,
        }
    })
}

fn top_level(group: &str) -> Vec<String> {
    let (mut depth, mut items) = (0_usize, vec![String::new()]);
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(item) = items.last_mut() {
            item.push(c);
        }
    }
    items
}

fn first_word(path: &str) -> String {
    path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

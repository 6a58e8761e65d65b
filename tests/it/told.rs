//! What people read, as they read it. What varies from a run to the next is masked, nothing else.

use ds_emulator::{DEMARCHE_NUMBER, Emulator};

use crate::binary::{Answer, Desk, bare};
use crate::harness::emulator;

/// Masks what is of this run alone.
fn with_masks(check: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"/tmp/\.tmp\w+", "[folder]");
    settings.add_filter(r"127\.0\.0\.1:\d+", "127.0.0.1:[port]");
    settings.add_filter(r"en \d+\.\d\d s", "en [durée]");
    settings.add_filter(r"\d\d/\d\d/2\d{3} \d\d:\d\d:\d\d \(il y a [^)]+\)", "[instant] (il y a [durée])");
    settings.add_filter(r"passe \d\d/\d\d/\d{4} \d\d:\d\d:\d\d", "passe [instant]");
    settings.add_filter(r"relu en entier \d\d/\d\d/\d{4} \d\d:\d\d:\d\d", "relu en entier [instant]");
    settings.bind(check);
}

fn desk() -> (Emulator, Desk) {
    let emulator = emulator(40, 1);
    let desk = Desk::at(&emulator);
    let synced = desk.run(&["sync"]);
    assert_eq!(synced.code, Some(0), "{}{}", synced.out, synced.err);
    (emulator, desk)
}

fn told(desk: &Desk, arguments: &[&str]) -> String {
    let answer = desk.run(arguments);
    assert_eq!(answer.err, "", "nothing is wrong");
    answer.out
}

#[test]
fn the_help() {
    let folder = tempfile::tempdir().unwrap();
    let answer: Answer = bare(folder.path()).arg("--help").output().unwrap().into();
    insta::assert_snapshot!(answer.out);
}

#[test]
fn the_demonstration() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("mirror.db");
    let answer: Answer = bare(folder.path()).args(["demo", "--db"]).arg(&db).output().unwrap().into();
    with_masks(|| insta::assert_snapshot!(answer.out));
}

#[test]
fn a_first_pass_and_one_with_nothing_new() {
    let emulator = emulator(40, 1);
    let desk = Desk::at(&emulator);
    let passes = [told(&desk, &["sync"]), told(&desk, &["sync"]), told(&desk, &["sync"])].concat();
    with_masks(|| insta::assert_snapshot!(passes));
}

#[test]
fn where_the_mirror_stands() {
    let (_emulator, desk) = desk();
    with_masks(|| insta::assert_snapshot!(told(&desk, &["status"])));
}

#[test]
fn what_is_checked() {
    let (_emulator, desk) = desk();
    with_masks(|| insta::assert_snapshot!(told(&desk, &["check"])));
}

#[test]
fn a_list_of_dossiers() {
    let (_emulator, desk) = desk();
    with_masks(|| insta::assert_snapshot!(told(&desk, &["dossiers", "--verdict", "to_review"])));
}

#[test]
fn one_dossier_whole() {
    let (emulator, desk) = desk();
    let number = emulator.read_world().visible_numbers(DEMARCHE_NUMBER)[7].to_string();
    with_masks(|| insta::assert_snapshot!(told(&desk, &["show", &number])));
}

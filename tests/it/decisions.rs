//! What people write beside the mirror: it works while a pass runs, it stands whatever the source does, and
//! its story is told.

use std::collections::BTreeMap;
use std::process::Command;

use ami_sync::alert::Plan;
use ami_sync::clock::{Clock as _, SystemClock};
use ami_sync::eligibility::Outcome;
use ami_sync::engine::{Signed, Writing, write_beside};
use ami_sync::store::Store;
use ds_emulator::world::champ::ChampValue;
use ds_emulator::{Chance, DEMARCHE_NUMBER, Emulator};
use serde_json::Value;

use crate::binary::{Answer, Desk};
use crate::harness::{Bench, emulator, number};

fn done(answer: &Answer, words: &[&str]) {
    assert_eq!(answer.code, Some(0), "{}{}", answer.out, answer.err);
    for word in words {
        assert!(answer.out.contains(word), "« {word} » is not told in: {}", answer.out);
    }
}

fn json(desk: &Desk, arguments: &[&str]) -> Value {
    let answer = desk.run(&[arguments, &["--format", "json"]].concat());
    assert_eq!(answer.code, Some(0), "{}", answer.err);
    serde_json::from_str(&answer.out).unwrap()
}

/// A dossier of this verdict.
fn one_of(desk: &Desk, verdict: &str) -> String {
    json(desk, &["dossiers", "--verdict", verdict])[0]["number"].to_string()
}

#[test]
fn a_decision_is_made_withdrawn_and_its_story_is_told() {
    let emulator = emulator(60, 1);
    let desk = Desk::at(&emulator);
    done(&desk.run(&["sync"]), &[]);
    let number = one_of(&desk, "ineligible");
    let decide = ["decide", &number, "eligible", "--by", "Mme Martin", "--reason", "statut vérifié."];
    done(&desk.run(&decide), &["recevable, décidé par Mme Martin ; les règles disent : non éligible"]);
    done(
        &desk.run(&["explain", &number]),
        &[
            "recevable, décidé par Mme Martin",
            "✓ décision : Mme Martin a décidé le",
            "que le dossier est recevable : statut vérifié.",
            "✗ candidat",
        ],
    );
    done(
        &desk.run(&["show", &number]),
        &["décidé par Mme Martin", "les règles disaient alors : non éligible"],
    );
    done(&desk.run(&["sync", "--full"]), &[]);
    let shown = json(&desk, &["show", &number]);
    assert_eq!(shown["verdict"]["verdict"], "eligible");
    assert_eq!(shown["verdict"]["decided_by"], "Mme Martin");
    let other = ["decide", &number, "late", "--by", "M. Durand", "--reason", "erreur"];
    done(&desk.run(&other), &["hors délai, décidé par M. Durand"]);
    done(
        &desk.run(&["decide", &number, "--withdraw", "--by", "M. Durand"]),
        &["non éligible, d’après les règles"],
    );
    let shown = json(&desk, &["show", &number]);
    assert_eq!(shown["verdict"]["decided_by"], "rules");
    let decisions = shown["story"]["decisions"].as_array().unwrap();
    assert_eq!(decisions.len(), 2);
    assert_eq!(decisions[0]["withdrawn"]["by"], "M. Durand");
    assert_eq!(decisions[0]["rules_verdict"], "ineligible");
    assert!(!decisions[0]["rules_reasons"].as_array().unwrap().is_empty());
    let told: Vec<&str> = shown["story"]["verdict_history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(told[told.len() - 4..], ["ineligible", "eligible", "late", "ineligible"]);
}

#[test]
fn a_decision_that_says_nothing_or_of_nothing_is_refused() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    done(&desk.run(&["sync"]), &[]);
    let number = emulator.read_world().visible_numbers(DEMARCHE_NUMBER)[0].to_string();
    for (arguments, word) in [
        (vec!["decide", &number, "eligible", "--by", "X"], "--reason"),
        (vec!["decide", &number, "eligible", "--by", " ", "--reason", "Y"], "--by est vide"),
        (vec!["decide", &number, "eligible", "--by", "X", "--reason", "."], "--reason est vide"),
        (vec!["decide", &number, "--by", "X", "--reason", "Y"], "VERDICT"),
        (vec!["decide", &number, "perhaps", "--by", "X", "--reason", "Y"], "perhaps"),
        (vec!["decide", "1", "eligible", "--by", "X", "--reason", "Y"], "n’est pas dans le miroir"),
        (vec!["decide", &number, "--withdraw", "--by", "X"], "aucune décision n’est en vigueur"),
        (
            vec!["extend", &number, "--until", "2019-05-31T12:00", "--by", "X", "--reason", "Y"],
            "n’est pas après",
        ),
        (vec!["extend", &number, "--until", "hier", "--by", "X", "--reason", "Y"], "hier"),
        (vec!["extend", &number, "--withdraw", "--by", "X"], "aucune prolongation n’est en vigueur"),
    ] {
        let answer = desk.run(&arguments);
        assert_eq!(answer.code, Some(2), "{arguments:?}: {}{}", answer.out, answer.err);
        assert!(answer.err.contains(word), "« {word} » is not told in: {}", answer.err);
    }
}

#[test]
fn an_extension_for_one_dossier_is_told_with_its_author_and_may_be_withdrawn() {
    let emulator = emulator(60, 1);
    let desk = Desk::at(&emulator);
    done(&desk.run(&["sync"]), &[]);
    let late = one_of(&desk, "late");
    let extend =
        ["extend", &late, "--until", "2019-06-10T12:00", "--by", "Mme Martin", "--reason", "panne du 31 mai"];
    done(
        &desk.run(&extend),
        &["recevable ; délai prolongé par Mme Martin jusqu’au 10/06/2019 à 12:00 inclus"],
    );
    done(
        &desk.run(&["explain", &late]),
        &["prolongation accordée par Mme Martin jusqu’au 10/06/2019 à 12:00"],
    );
    done(&desk.run(&["sync", "--full"]), &[]);
    assert_eq!(json(&desk, &["show", &late])["verdict"]["verdict"], "eligible");
    done(
        &desk.run(&["extend", &late, "--withdraw", "--by", "M. Durand", "--reason", "erreur"]),
        &["hors délai"],
    );
    done(&desk.run(&["show", &late]), &["Prolongations", "retirée le", "par M. Durand (erreur)"]);
}

#[test]
fn people_write_while_another_process_keeps_the_mirror() {
    let emulator = emulator(300, 1);
    let desk = Desk::at(&emulator);
    done(&desk.run(&["sync"]), &[]);
    let store = Store::open(&desk.path("mirror.db")).unwrap();
    assert_eq!(desk.run(&["sync"]).code, Some(1), "the lock is not held");
    let number = one_of(&desk, "ineligible");
    done(&desk.run(&["decide", &number, "eligible", "--by", "X", "--reason", "Y"]), &["recevable"]);
    drop(store);
    let numbers: Vec<String> =
        emulator.read_world().visible_numbers(DEMARCHE_NUMBER).iter().take(25).map(u64::to_string).collect();
    let mut passes = 0;
    let mut child = desk.spawn(&["sync", "--full"]);
    for number in &numbers {
        done(&desk.run(&["decide", number, "late", "--by", "X", "--reason", "Y"]), &["hors délai"]);
        if child.try_wait().unwrap().is_some() {
            passes += 1;
            child = desk.spawn(&["sync", "--full"]);
        }
    }
    assert!(child.wait().unwrap().success() || passes > 0);
    done(&desk.run(&["sync", "--full"]), &[]);
    let sql = "SELECT COUNT(*) AS n FROM verdicts WHERE verdict = 'late' AND decided_by = 'X'";
    assert_eq!(desk.run(&["query", sql, "--format", "csv"]).out, "n\n25\n");
}

#[test]
fn a_mirror_of_an_earlier_version_is_not_written_beside_its_keeper() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    done(&desk.run(&["sync"]), &[]);
    let number = emulator.read_world().visible_numbers(DEMARCHE_NUMBER)[0].to_string();
    let older = Command::new("sqlite3").arg(desk.path("mirror.db")).arg("PRAGMA user_version = 1").status();
    assert!(older.unwrap().success());
    let answer = desk.run(&["decide", &number, "late", "--by", "X", "--reason", "Y"]);
    assert_eq!(answer.code, Some(1));
    assert!(
        answer.err.contains("version plus ancienne") && answer.err.contains("ami-sync sync"),
        "{}",
        answer.err
    );
}

/// An open dossier of the call, and one of its texts.
fn editable(emulator: &Emulator) -> (u64, u64) {
    let world = emulator.read_world();
    let found = world.visible_numbers(DEMARCHE_NUMBER).into_iter().find_map(|number| {
        let dossier = world.dossier(number)?;
        let text = dossier.champs.iter().find(|champ| matches!(champ.value, ChampValue::Text(Some(_))))?;
        (dossier.state.as_str() == "en_construction").then_some((number, text.stable_id))
    });
    found.unwrap()
}

#[tokio::test]
async fn a_dossier_that_changes_after_a_decision_says_so_and_the_decision_stands() {
    let bench = Bench::new(80, 1);
    bench.pass().await;
    let (some, stable_id) = editable(&bench.emulator);
    decide(&bench, some, Outcome::Ineligible);
    let codes = |bench: &Bench| {
        let verdict = bench.reader().find_dossier(number(some)).unwrap().unwrap().verdict.unwrap();
        assert_eq!((verdict.verdict.as_str(), verdict.decided_by.as_str()), ("ineligible", "jury"));
        verdict.reasons.to_string()
    };
    assert!(!codes(&bench).contains("changed_since_decision"));
    bench.advance(60);
    bench.emulator.world().set_followed(some, 1, true).ok();
    bench.pass().await;
    assert!(!codes(&bench).contains("changed_since_decision"), "following a dossier changes nothing in it");
    bench.advance(60);
    let answer = ChampValue::Text(Some("Tout autre chose".to_owned()));
    bench.emulator.world().edit_champ(some, stable_id, answer).unwrap();
    bench.emulator.world().resubmit(some).unwrap();
    bench.pass().await;
    assert!(codes(&bench).contains("changed_since_decision"));
    // Deciding again settles it.
    decide(&bench, some, Outcome::Ineligible);
    assert!(!codes(&bench).contains("changed_since_decision"));
}

fn decide(bench: &Bench, of: u64, verdict: Outcome) {
    let mut store = Store::open_beside(&bench.path()).unwrap();
    let signed = Signed { by: "jury", reason: "séance du jury" };
    let writing = (Writing::Decide(verdict), signed);
    let written =
        write_beside(&mut store, SystemClock.now(), (&bench.call, &Plan::default()), number(of), writing);
    assert_eq!(written.unwrap().unwrap().outcome, verdict);
}

/// A decision survives any sequence of passes over a living call.
async fn one_life(seed: u64) {
    let mut bench = Bench::new(20, seed);
    let mut chance = Chance::acts(seed);
    bench.pass().await;
    let mut decided: BTreeMap<u64, Outcome> = BTreeMap::new();
    for round in 0..6_u64 {
        let numbers: Vec<u64> = bench
            .emulator
            .read_world()
            .visible_numbers(DEMARCHE_NUMBER)
            .into_iter()
            .filter(|one| bench.reader().find_dossier(number(*one)).unwrap().is_some())
            .collect();
        let some = numbers[usize::try_from(chance.below(numbers.len() as u64)).unwrap()];
        let verdict = Outcome::ALL[usize::try_from(chance.below(4)).unwrap()];
        decide(&bench, some, verdict);
        decided.insert(some, verdict);
        for _ in 0..chance.below(10) {
            bench.advance(i64::try_from(chance.below(100) + 1).unwrap());
            bench.emulator.world().random_act(&mut chance);
        }
        match round % 3 {
            0 => drop(bench.pass().await),
            1 => drop(bench.full_pass().await),
            _ => {
                bench.restart();
                bench.pass().await;
            }
        }
        for (some, verdict) in &decided {
            let kept = bench.reader().find_dossier(number(*some)).unwrap().unwrap().verdict.unwrap();
            let found = (kept.verdict.as_str(), kept.decided_by.as_str());
            assert_eq!(found, (verdict.as_str(), "jury"), "seed {seed}, round {round}, dossier {some}");
        }
        let overlooked = "SELECT COUNT(*) FROM decisions JOIN verdicts USING (dossier_number)
                          WHERE withdrawn_at IS NULL AND verdicts.verdict <> decisions.verdict";
        assert_eq!(bench.count(overlooked), 0);
    }
}

#[tokio::test]
async fn a_decision_survives_any_sequence_of_passes() {
    for seed in 1..=12 {
        one_life(seed).await;
    }
}

#[tokio::test]
async fn a_decision_survives_other_rules_and_a_dossier_that_goes_and_comes_back() {
    let mut bench = Bench::new(40, 1);
    bench.pass().await;
    let (some, _) = editable(&bench.emulator);
    decide(&bench, some, Outcome::Late);
    bench.call = crate::verdicts::call_with("[calls.applicants]\nineligible = [\"7\"]\n");
    let report = bench.pass().await;
    assert_eq!(report.judged_again, 40, "{report:?}");
    bench.advance(60);
    bench.emulator.world().usager_deletes(some).unwrap();
    bench.pass().await;
    bench.advance(60);
    bench.emulator.world().restore(some).unwrap();
    bench.pass().await;
    let kept = bench.reader().find_dossier(number(some)).unwrap().unwrap().verdict.unwrap();
    assert_eq!((kept.verdict.as_str(), kept.decided_by.as_str()), ("late", "jury"));
}

#[test]
fn those_who_follow_verdicts_are_told_of_a_decision_too() {
    let emulator = emulator(60, 1);
    let desk = Desk::at(&emulator);
    let text = std::fs::read_to_string(desk.path("config.toml")).unwrap();
    let follows = "[[channels]]\nname = \"journal\"\ntype = \"log\"\nevents = [\"verdict_changed\"]\n";
    desk.write("config.toml", &(text + follows));
    done(&desk.run(&["sync"]), &[]);
    let number = one_of(&desk, "ineligible");
    let decide = ["decide", &number, "eligible", "--by", "Mme Martin", "--reason", "statut vérifié."];
    done(&desk.run(&decide), &[]);
    done(&desk.run(&decide), &[]);
    let told = "SELECT COUNT(*) AS n FROM alerts WHERE event = 'verdict_changed' AND dossier_number = ";
    done(&desk.run(&["query", &format!("{told}{number}"), "--format", "csv"]), &["n\n1\n"]);
}

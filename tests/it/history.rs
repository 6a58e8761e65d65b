//! What changed in a dossier, and the dossier as it stood, in an operator's hands.

use ds_emulator::world::champ::ChampValue;
use ds_emulator::{DEMARCHE_NUMBER, Emulator};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::binary::Desk;
use crate::harness::emulator;

/// A dossier deposited before the deadline that its usager may still edit, and one of its texts.
fn an_open_dossier(emulator: &Emulator) -> (u64, u64, String) {
    let deadline: Timestamp = "2019-05-31T22:00:00Z".parse().unwrap();
    let world = emulator.read_world();
    world
        .visible_numbers(DEMARCHE_NUMBER)
        .into_iter()
        .filter_map(|number| world.dossier(number))
        .filter(|dossier| dossier.depose_at < deadline && dossier.state.as_str() == "en_construction")
        .find_map(|dossier| {
            let text = dossier.champs.iter().find_map(|champ| match &champ.value {
                ChampValue::Text(Some(_)) => Some((champ.stable_id, champ.label.clone())),
                _ => None,
            });
            text.map(|(stable_id, label)| (dossier.number, stable_id, label.to_string()))
        })
        .unwrap()
}

fn answer_at(desk: &Desk, number: u64, label: &str, at: &str) -> Option<String> {
    let told = desk.run(&["history", &number.to_string(), "--at", at, "--format", "json"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let facts: Vec<Value> = serde_json::from_str(&told.out).unwrap();
    let found = facts.iter().find(|fact| fact["value"]["label"] == label)?;
    found["value"]["value"].as_str().map(str::to_owned)
}

#[test]
fn a_dossier_is_shown_as_it_stood_at_the_deadline_whatever_came_after() {
    let emulator = emulator(80, 1);
    let desk = Desk::at(&emulator);
    assert_eq!(desk.run(&["sync"]).code, Some(0));
    let (number, stable_id, label) = an_open_dossier(&emulator);
    let first = answer_at(&desk, number, &label, "2019-05-31T23:59").unwrap();
    let mut instants = Vec::new();
    for answer in ["Réponse corrigée", "Réponse corrigée deux fois"] {
        emulator.world().advance(SignedDuration::from_hours(5));
        instants.push(emulator.read_world().now());
        emulator.world().edit_champ(number, stable_id, ChampValue::Text(Some(answer.to_owned()))).unwrap();
        emulator.world().resubmit(number).unwrap();
        assert_eq!(desk.run(&["sync"]).code, Some(0));
    }
    let at = |instant: Timestamp| answer_at(&desk, number, &label, &instant.to_string());
    let just_before = |instant: Timestamp| instant - SignedDuration::from_secs(2);
    assert_eq!(answer_at(&desk, number, &label, "2019-05-31T23:59"), Some(first.clone()));
    assert_eq!(at(just_before(instants[0])), Some(first.clone()));
    assert_eq!(at(just_before(instants[1])).as_deref(), Some("Réponse corrigée"));
    let after = instants[1] + SignedDuration::from_secs(2);
    assert_eq!(at(after).as_deref(), Some("Réponse corrigée deux fois"));

    let told = desk.run(&["history", &number.to_string(), "--format", "json"]);
    let changes: Vec<Value> = serde_json::from_str(&told.out).unwrap();
    let edits: Vec<&Value> = changes.iter().filter(|change| change["after"]["label"] == label).collect();
    assert_eq!(edits.len(), 2, "{}", told.out);
    assert_eq!(edits[0]["before"]["value"], first);
    assert_eq!(edits[0]["after"]["value"], "Réponse corrigée");
    for (edit, instant) in edits.iter().zip(instants) {
        let occurred: Timestamp = edit["occurred_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(occurred.as_second(), instant.as_second(), "an edit is dated when it was made");
    }
}

#[test]
fn a_local_time_is_that_of_the_call() {
    let emulator = emulator(12, 1);
    let desk = Desk::at(&emulator);
    assert_eq!(desk.run(&["sync"]).code, Some(0));
    let number = emulator.read_world().visible_numbers(DEMARCHE_NUMBER)[0].to_string();
    let local = desk.run(&["history", &number, "--at", "2019-05-31T23:59"]);
    let exact = desk.run(&["history", &number, "--at", "2019-05-31T21:59:00Z"]);
    assert_eq!(local.out, exact.out);
    let wrong = desk.run(&["history", &number, "--at", "hier"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("écrivez une heure locale"), "{}", wrong.err);
}

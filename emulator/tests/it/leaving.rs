//! Dossiers that leave, wait, come back, or vanish without a word.

use ds_emulator::world::dossier::{DeletionReason, DossierState};
use ds_emulator::{DEMARCHE_NUMBER, SeedOptions, World};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::client::{Api, numbers};

const LISTS: &str = "query Lists($since: ISO8601DateTime) { demarche(number: 12345) { dossiers { nodes { number } } \
                     pendingDeletedDossiers(deletedSince: $since) { nodes { number id reason state dateSupression } } \
                     deletedDossiers(deletedSince: $since) { nodes { number id reason state dateSupression } edges { cursor } } } }";

/// A call without anything on its way out, its clock stopped.
fn quiet(dossiers: u64) -> Api {
    let options = SeedOptions { dossiers, surroundings: false, ..SeedOptions::default() };
    let mut world = World::seeded(options);
    world.set_now(World::seeded_as_of());
    Api::serving(world, ds_emulator::Options::default())
}

/// Numbers in the three lists, in the order of the document.
fn lists(api: &Api) -> (Vec<u64>, Vec<u64>, Vec<u64>) {
    let demarche = api.data(LISTS, json!({}))["demarche"].clone();
    let list = |name: &str| numbers(&demarche[name]["nodes"]);
    (list("dossiers"), list("pendingDeletedDossiers"), list("deletedDossiers"))
}

fn in_state(api: &Api, state: DossierState) -> u64 {
    let world = api.emulator.world();
    let numbers = world.visible_numbers(DEMARCHE_NUMBER);
    numbers.into_iter().find(|number| world.dossier(*number).unwrap().state == state).unwrap()
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(days * 24)
}

#[test]
fn nothing_leaves_a_quiet_call() {
    let api = quiet(20);
    let (alive, pending, deleted) = lists(&api);
    assert_eq!((alive.len(), pending, deleted), (20, vec![], vec![]));
    assert_eq!(api.emulator.world().purge(), 0);
}

#[test]
fn a_usager_s_deletion_waits_fourteen_days_and_keeps_its_date() {
    let api = quiet(20);
    let number = in_state(&api, DossierState::EnConstruction);
    let deleted_at = api.emulator.world().now();
    api.emulator.world().usager_deletes(number).unwrap();
    let (alive, pending, deleted) = lists(&api);
    assert!(!alive.contains(&number));
    assert_eq!((pending, deleted), (vec![number], vec![]));
    api.emulator.world().advance(days(13));
    assert_eq!(api.emulator.world().purge(), 0, "not yet");
    api.emulator.world().advance(days(2));
    assert_eq!(api.emulator.world().purge(), 1);
    let (_, pending, deleted) = lists(&api);
    assert_eq!((pending, deleted), (vec![], vec![number]));
    let row = api.data(LISTS, json!({}))["demarche"]["deletedDossiers"]["nodes"][0].clone();
    assert_eq!(row["reason"], "user_request");
    let shown: Timestamp = row["dateSupression"].as_str().unwrap().parse().unwrap();
    assert_eq!(shown.as_second(), deleted_at.as_second(), "the old date, though the row is new");
    let since_yesterday = json!({"since": (deleted_at + days(14)).to_string()});
    let recent = api.data(LISTS, since_yesterday)["demarche"]["deletedDossiers"]["nodes"].clone();
    assert_eq!(recent, json!([]), "whoever asks for the recent ones misses it");
}

#[test]
fn an_administration_s_deletion_waits_until_the_usager_agrees() {
    let api = quiet(30);
    let number = in_state(&api, DossierState::Refuse);
    api.emulator.world().administration_deletes(number).unwrap();
    api.emulator.world().advance(days(90));
    assert_eq!(api.emulator.world().purge(), 0);
    assert_eq!(lists(&api).1, [number]);
    api.emulator.world().usager_deletes(number).unwrap();
    api.emulator.world().advance(days(15));
    let now = api.emulator.world().now();
    assert_eq!(api.emulator.world().purge(), 1);
    assert_eq!(
        api.emulator.world().deleted_dossiers(DEMARCHE_NUMBER)[0].deleted_at,
        now,
        "the date of the purge"
    );
}

#[test]
fn a_terminated_dossier_deleted_by_its_usager_is_still_there() {
    let api = quiet(30);
    let number = in_state(&api, DossierState::Refuse);
    api.emulator.world().usager_deletes(number).unwrap();
    let (alive, pending, _) = lists(&api);
    assert!(alive.contains(&number) && pending.is_empty());
    let query = "query Q($n: Int!) { dossier(number: $n) { dateSuppressionParUsager } }";
    assert!(api.data(query, json!({"n": number}))["dossier"]["dateSuppressionParUsager"].is_string());
    api.emulator.world().repass_en_instruction(number).unwrap();
    let again = api.data(query, json!({"n": number}))["dossier"]["dateSuppressionParUsager"].clone();
    assert_eq!(again, Value::Null, "taking the decision back clears it");
}

#[test]
fn an_expired_dossier_stands_in_no_list_for_fourteen_days() {
    let api = quiet(30);
    let number = in_state(&api, DossierState::SansSuite);
    api.emulator.world().expire(number).unwrap();
    let (alive, pending, deleted) = lists(&api);
    assert!(!alive.contains(&number) && pending.is_empty() && deleted.is_empty());
    let gone = api.errors("query Q($n: Int!) { dossier(number: $n) { id } }", json!({"n": number}));
    assert_eq!(gone, [("Dossier not found".to_owned(), Some("not_found".to_owned()))]);
    api.emulator.world().advance(days(15));
    api.emulator.world().purge();
    let deleted = api.emulator.world().deleted_dossiers(DEMARCHE_NUMBER);
    assert_eq!((deleted[0].number, deleted[0].reason), (number, DeletionReason::Expired));
}

#[test]
fn a_removed_account_takes_its_dossier_at_once() {
    let api = quiet(20);
    let number = in_state(&api, DossierState::EnConstruction);
    api.emulator.world().remove_account(number).unwrap();
    let (alive, pending, deleted) = lists(&api);
    assert!(!alive.contains(&number) && pending.is_empty());
    assert_eq!(deleted, [number]);
}

#[test]
fn a_destroyed_dossier_vanishes_from_every_list() {
    let api = quiet(20);
    let number = in_state(&api, DossierState::EnInstruction);
    api.emulator.world().destroy(number).unwrap();
    let (alive, pending, deleted) = lists(&api);
    assert_eq!((alive.len(), alive.contains(&number), pending, deleted), (19, false, vec![], vec![]));
}

#[test]
fn a_restored_dossier_comes_back_with_a_new_date() {
    let api = quiet(20);
    let number = in_state(&api, DossierState::EnConstruction);
    api.emulator.world().usager_deletes(number).unwrap();
    api.emulator.world().advance(days(2));
    let now = api.emulator.world().now();
    api.emulator.world().restore(number).unwrap();
    let (alive, pending, _) = lists(&api);
    assert!(alive.contains(&number) && pending.is_empty());
    assert_eq!(api.emulator.world().dossier(number).unwrap().updated_at, now);
}

#[test]
fn nobody_deletes_a_dossier_en_instruction() {
    let api = quiet(20);
    let number = in_state(&api, DossierState::EnInstruction);
    let mut world = api.emulator.world();
    assert!(world.usager_deletes(number).is_err());
    assert!(world.administration_deletes(number).is_err());
    assert!(world.expire(number).is_err());
    assert!(world.remove_account(number).is_err());
}

#[test]
fn the_id_of_a_deletion_may_be_that_of_another() {
    let api = Api::seeded(60);
    let demarche = api.data(LISTS, json!({}))["demarche"].clone();
    let ids = |name: &str| -> Vec<(Value, Value)> {
        let rows = demarche[name]["nodes"].as_array().unwrap();
        rows.iter().map(|row| (row["id"].clone(), row["number"].clone())).collect()
    };
    let (pending, deleted) = (ids("pendingDeletedDossiers"), ids("deletedDossiers"));
    let clash = pending.iter().any(|one| deleted.iter().any(|other| one.0 == other.0 && one.1 != other.1));
    assert!(clash, "two dossiers, one id");
}

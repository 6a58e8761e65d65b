//! Acts: which move `updated_at`, which do not, and that random ones keep the world right.

use std::collections::{BTreeMap, BTreeSet};

use ds_emulator::world::champ::ChampValue;
use ds_emulator::world::dossier::{CorrectionReason, DossierState, ScanResult, TraitementEvent};
use ds_emulator::world::shelf::Header;
use ds_emulator::world::{Decision, NewMessage};
use ds_emulator::{Chance, DEMARCHE_NUMBER, SeedOptions, Shown, World};
use jiff::SignedDuration;

/// A world of that many dossiers, an hour after its picture.
fn world(dossiers: u64) -> World {
    let mut world = World::seeded(SeedOptions { dossiers, ..SeedOptions::default() });
    world.set_now(World::seeded_as_of());
    world.advance(SignedDuration::from_hours(1));
    world
}

fn in_state(world: &World, state: DossierState) -> u64 {
    let numbers = world.visible_numbers(DEMARCHE_NUMBER);
    numbers.into_iter().find(|number| world.dossier(*number).unwrap().state == state).unwrap()
}

/// Whether `updated_at` is the present instant after the act.
fn moved(world: &mut World, number: u64, act: impl FnOnce(&mut World)) -> bool {
    world.advance(SignedDuration::from_secs(1));
    act(world);
    world.dossier(number).unwrap().updated_at == world.now()
}

#[test]
fn open_acts_move_the_date_of_change() {
    let world = &mut world(40);
    let number = in_state(world, DossierState::EnConstruction);
    assert!(moved(world, number, |world| world
        .send_message(number, NewMessage::plain("a@b.example", "Bonjour"))
        .unwrap()));
    assert!(moved(world, number, |world| world.attach_in_buffer(number).unwrap()));
    assert!(moved(world, number, |world| world.resubmit(number).unwrap()));
    assert!(moved(world, number, |world| world.pass_en_instruction(number).unwrap()));
    assert!(moved(world, number, |world| world.set_followed(number, 3_302, true).unwrap()));
    assert!(moved(world, number, |world| world.change_groupe(number, 20_412).unwrap()));
    assert!(moved(world, number, |world| world.decide(number, Decision::Accepter, "Bravo").unwrap()));
    assert!(moved(world, number, |world| world.set_archived(number, true).unwrap()));
}

#[test]
fn silent_acts_do_not() {
    let world = &mut world(40);
    let number = in_state(world, DossierState::EnInstruction);
    assert!(!moved(world, number, |world| world.set_label(number, 602, true).unwrap()));
    assert!(!moved(world, number, |world| world.delete_usager(number).unwrap()));
    assert!(!moved(world, number, |world| world.change_usager_email(number, "x@y.example").unwrap()));
    assert!(!moved(world, number, |world| world.rename_label(DEMARCHE_NUMBER, 601, "Audition")));
    assert!(!moved(world, number, |world| world.rename_groupe(DEMARCHE_NUMBER, 20_411, "Jury")));
}

#[test]
fn an_edit_shows_only_once_submitted_again() {
    let world = &mut world(40);
    let number = in_state(world, DossierState::EnConstruction);
    let title = |world: &World| world.dossier(number).unwrap().champ(30_117).unwrap().clone();
    let before = title(world);
    let edit = ChampValue::Text(Some("Un meilleur titre".to_owned()));
    assert!(!moved(world, number, |world| world.edit_champ(number, 30_117, edit.clone()).unwrap()));
    assert_eq!(title(world), before);
    assert!(moved(world, number, |world| world.resubmit(number).unwrap()));
    assert_eq!(title(world).value, edit);
    assert_eq!(title(world).updated_at, world.now());
    assert_eq!(world.dossier(number).unwrap().last_champ_updated_at, world.now());
}

#[test]
fn a_correction_is_awaited_until_the_usager_submits_again() {
    let world = &mut world(40);
    let number = in_state(world, DossierState::EnConstruction);
    world.resubmit(number).unwrap();
    let mut ask = NewMessage::plain("jury@b.example", "La lettre manque.");
    ask.correction = Some(CorrectionReason::Incomplete);
    world.send_message(number, ask).unwrap();
    assert_eq!(world.dossier(number).unwrap().pending_correction_at(), Some(world.now()));
    world.advance(SignedDuration::from_hours(3));
    world.resubmit(number).unwrap();
    let dossier = world.dossier(number).unwrap();
    assert_eq!(dossier.pending_correction_at(), None);
    let last = dossier.traitements.last().unwrap();
    assert_eq!((last.event, last.processed_at), (TraitementEvent::DeposeCorrectionUsager, world.now()));
}

#[test]
fn the_deposit_s_date_outlives_every_transition() {
    let world = &mut world(40);
    let number = in_state(world, DossierState::EnConstruction);
    let depose_at = world.dossier(number).unwrap().depose_at;
    world.pass_en_instruction(number).unwrap();
    world.repass_en_construction(number).unwrap();
    let back = world.dossier(number).unwrap();
    assert_eq!((back.depose_at, back.en_construction_at), (depose_at, world.now()));
    world.pass_en_instruction(number).unwrap();
    world.decide(number, Decision::Refuser, "Non").unwrap();
    let decided_at = world.now();
    world.advance(SignedDuration::from_hours(1));
    world.repass_en_instruction(number).unwrap();
    let again = world.dossier(number).unwrap();
    assert_eq!((again.depose_at, again.processed_at), (depose_at, Some(decided_at)));
    assert!(world.decide(in_state(world, DossierState::EnConstruction), Decision::Refuser, "Non").is_err());
}

#[test]
fn company_data_attestations_and_scans_arrive_without_a_trace() {
    let world = &mut world(40);
    let number = world.deposit(DEMARCHE_NUMBER).unwrap();
    let files = |world: &World| match &world.dossier(number).unwrap().champ(30_143).unwrap().value {
        ChampValue::PieceJustificative(files) => files.clone(),
        other => panic!("{other:?}"),
    };
    assert!(files(world).iter().all(|file| file.virus_scan_result == ScanResult::Pending));
    assert!(!moved(world, number, |world| world.scan_files(number, ScanResult::Infected).unwrap()));
    assert_eq!(files(world), [], "an infected file vanishes");
    world.pass_en_instruction(number).unwrap();
    world.decide(number, Decision::Accepter, "Oui").unwrap();
    assert_eq!(world.dossier(number).unwrap().attestation, None, "made later");
}

#[test]
fn a_rebase_changes_the_form_without_a_trace() {
    let world = &mut world(40);
    let number = in_state(world, DossierState::EnInstruction);
    let decided = in_state(world, DossierState::Refuse);
    let count = world.dossier(number).unwrap().champs.len();
    let mut chance = Chance::acts(3);
    while world.demarche(DEMARCHE_NUMBER).unwrap().revisions.len() == 2 {
        world.random_act(&mut chance);
    }
    let active = world.demarche(DEMARCHE_NUMBER).unwrap().active_revision().unwrap().id;
    let Some(dossier) =
        world.dossier(number).filter(|dossier| !dossier.state.is_termine() && dossier.is_visible())
    else {
        return;
    };
    assert_eq!((dossier.revision_id, dossier.champs.len()), (active, count + 1));
    assert_ne!(world.dossier(decided).map(|dossier| dossier.revision_id), Some(active));
}

#[test]
fn a_late_commit_appears_behind_whoever_has_passed() {
    let world = &mut world(20);
    let ahead = world.deposit(DEMARCHE_NUMBER).unwrap();
    let behind = world.deposit_late(DEMARCHE_NUMBER, SignedDuration::from_mins(3)).unwrap();
    let at = |number| world.dossier(number).unwrap().updated_at;
    assert!(at(behind) < at(ahead));
}

#[test]
fn every_kind_of_act_is_drawn_and_the_orders_stay_right() {
    let mut drawn = BTreeMap::new();
    for seed in 0..200 {
        let mut world = world(30);
        let mut chance = Chance::acts(seed);
        for _ in 0..60 {
            world.advance(SignedDuration::from_hours(8));
            let before: BTreeMap<u64, _> = snapshot(&world);
            let Some(act) = world.random_act(&mut chance) else { panic!("nothing could be done") };
            *drawn.entry(act.name).or_insert(0) += 1;
            check_shown(&world, &before, act.name, act.dossier, act.shown);
        }
        let orders = world.shelf().orders(DEMARCHE_NUMBER).unwrap();
        let visible = world.visible_numbers(DEMARCHE_NUMBER);
        assert_eq!(orders.by_update.len(), visible.len());
        for number in visible {
            let dossier = world.dossier(number).unwrap();
            assert!(dossier.is_visible());
            assert!(orders.by_update.contains(&(dossier.updated_at.as_microsecond(), number)));
            assert_eq!(world.shelf().header(number), Some(&Header::of(&dossier)));
        }
    }
    let missing: BTreeSet<_> = [
        "deposit",
        "edit_champ",
        "company_arrives",
        "scan_files",
        "purge",
        "destroy",
        "expire",
        "restore",
        "new_revision",
        "label",
        "deposit_late",
        "message_late",
        "remove_account",
        "rename_label",
    ]
    .into_iter()
    .filter(|name| !drawn.contains_key(name))
    .collect();
    assert!(missing.is_empty(), "never drawn: {missing:?} among {drawn:?}");
}

fn snapshot(world: &World) -> BTreeMap<u64, jiff::Timestamp> {
    let numbers = world.visible_numbers(DEMARCHE_NUMBER);
    numbers.into_iter().map(|number| (number, world.shelf().header(number).unwrap().updated_at)).collect()
}

/// What an act says of the road by which it shows is true of the dates.
fn check_shown(
    world: &World,
    before: &BTreeMap<u64, jiff::Timestamp>,
    name: &str,
    number: Option<u64>,
    shown: Shown,
) {
    let Some(number) = number else { return };
    let after = world.shelf().header(number).filter(|header| header.visible).map(|header| header.updated_at);
    match shown {
        Shown::ByUpdate => assert_eq!(after, Some(world.now()), "{name}"),
        Shown::ByOverlap => {
            let lag = SignedDuration::from_mins(4);
            assert!(after.is_some_and(|at| at < world.now() && at >= world.now() - lag), "{name}");
        }
        Shown::ByDeletions => assert_eq!(after, None, "{name}"),
        Shown::BySweep => assert!(after.is_none() || after == before.get(&number).copied(), "{name}"),
        Shown::Not => assert_eq!(after, before.get(&number).copied(), "{name}"),
        Shown::ByDemarche => panic!("{name} falls on no dossier"),
    }
}

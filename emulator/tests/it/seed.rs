//! The seeded world: the same for the same seed, and as varied as the tests of a mirror need.

use std::collections::BTreeSet;

use ds_emulator::clock::paris_instant;
use ds_emulator::world::demandeur::{Demandeur, EtatAdministratif};
use ds_emulator::world::ids::luhn_digit;
use ds_emulator::world::shelf::Header;
use ds_emulator::{DEMARCHE_NUMBER, INDIVIDUALS_NUMBER, SeedOptions, World};

fn seeded(dossiers: u64) -> World {
    World::seeded(SeedOptions { dossiers, ..SeedOptions::default() })
}

#[test]
fn the_same_seed_gives_the_same_dossiers() {
    let (one, same) = (seeded(50), seeded(50));
    let other = World::seeded(SeedOptions { seed: 2, dossiers: 50, ..SeedOptions::default() });
    let numbers = one.visible_numbers(DEMARCHE_NUMBER);
    assert_eq!(numbers, same.visible_numbers(DEMARCHE_NUMBER));
    assert!(numbers.iter().all(|number| one.dossier(*number) == same.dossier(*number)));
    assert!(numbers.iter().any(|number| one.dossier(*number) != other.dossier(*number)));
}

#[test]
fn as_many_dossiers_are_shown_as_were_asked() {
    for dossiers in [0, 1, 2, 10, 60, 333] {
        assert_eq!(seeded(dossiers).count_visible(DEMARCHE_NUMBER), usize::try_from(dossiers).unwrap());
    }
}

#[test]
fn a_dossier_agrees_with_the_header_it_was_shelved_under() {
    let world = seeded(300);
    let hidden: Vec<u64> = world.shelf().hidden_numbers().collect();
    assert!(hidden.len() >= 4);
    for number in world.visible_numbers(DEMARCHE_NUMBER).into_iter().chain(hidden) {
        let dossier = world.dossier(number).unwrap();
        assert_eq!(world.shelf().header(number), Some(&Header::of(&dossier)), "{number}");
    }
}

#[test]
fn the_applicants_are_of_every_sort() {
    let world = seeded(240);
    let mut codes = BTreeSet::new();
    let (mut incomplete, mut no_company, mut no_code, mut closed) = (0, 0, 0, 0);
    let mut sirens = Vec::new();
    for number in world.visible_numbers(DEMARCHE_NUMBER) {
        let dossier = world.dossier(number).unwrap();
        let siret: u64 = dossier.demandeur.siret().unwrap().parse().unwrap();
        assert_eq!(luhn_digit(siret / 10), siret % 10, "{siret}");
        let Demandeur::Morale(morale) = &dossier.demandeur else {
            incomplete += 1;
            continue;
        };
        let Some(entreprise) = &morale.entreprise else {
            no_company += 1;
            continue;
        };
        sirens.push(entreprise.siren.clone());
        closed += u32::from(entreprise.etat_administratif == Some(EtatAdministratif::Ferme));
        match &entreprise.forme_juridique_code {
            Some(code) => {
                codes.insert(code.clone());
            }
            None => no_code += 1,
        }
    }
    assert_eq!((incomplete, no_company, no_code, closed), (4, 4, 4, 4));
    for code in [
        "7113", "7120", "7171", "7364", "7383", "7389", "4110", "7210", "7220", "9220", "5710", "7410",
        "7381", "8110",
    ] {
        assert!(codes.contains(code), "{code} is missing");
    }
    assert!(sirens.iter().collect::<BTreeSet<_>>().len() < sirens.len(), "some bodies apply more than once");
}

#[test]
fn deposits_stand_on_both_sides_of_the_opening_and_of_the_deadline() {
    let world = seeded(100);
    let (opening, midnight) = (paris_instant("2019-03-26T00:00:00"), paris_instant("2019-06-01T00:00:00"));
    let deposits: Vec<_> = world
        .visible_numbers(DEMARCHE_NUMBER)
        .into_iter()
        .map(|number| world.dossier(number).unwrap().depose_at)
        .collect();
    assert_eq!(deposits.iter().filter(|at| **at < opening).count(), 6);
    assert_eq!(deposits.iter().filter(|at| **at >= midnight).count(), 4);
    let evening = paris_instant("2019-05-31T17:00:00");
    let rush = deposits.iter().filter(|at| **at >= evening && **at < midnight).count();
    assert!(rush >= 25, "{rush} in the last evening");
}

#[test]
fn persons_apply_to_the_demarche_that_is_for_them() {
    let world = seeded(1);
    let numbers = world.visible_numbers(INDIVIDUALS_NUMBER);
    assert_eq!(numbers.len(), 12);
    assert!(
        numbers
            .iter()
            .all(|number| matches!(world.dossier(*number).unwrap().demandeur, Demandeur::Physique(_)))
    );
}

#[test]
fn a_dossier_s_events_are_in_order_and_end_in_its_state() {
    let world = seeded(200);
    for number in world.visible_numbers(DEMARCHE_NUMBER) {
        let dossier = world.dossier(number).unwrap();
        assert!(dossier.traitements.is_sorted_by_key(|one| one.processed_at), "{number}");
        assert_eq!(dossier.traitements[0].processed_at, dossier.depose_at);
        assert_eq!(dossier.processed_at.is_some(), dossier.state.is_termine());
        assert!(dossier.messages.is_sorted_by_key(|one| one.created_at));
        let latest = dossier.champs.iter().map(|champ| champ.updated_at).max().unwrap();
        assert!(latest <= dossier.last_champ_updated_at);
    }
}

//! The démarches beside the call: one whose applicants are persons, one out of the token's scope.

use std::sync::Arc;

use jiff::{SignedDuration, civil::date};

use super::projects::{NOMS, PRENOMS, plain};
use super::{INDIVIDUALS_NUMBER, OUT_OF_SCOPE_NUMBER};
use crate::chance::{Chance, Purpose};
use crate::clock::paris_instant;
use crate::world::World;
use crate::world::champ::{Champ, ChampValue, Civilite};
use crate::world::demandeur::{Demandeur, PersonnePhysique};
use crate::world::demarche::{
    ChampDescriptor, ChampKind, Demarche, DemarcheState, GroupeInstructeur, Instructeur, Revision,
};
use crate::world::dossier::{Dossier, DossierState, Traitement, TraitementEvent, Usager};

const REVISION: u64 = 4_301;
const GROUPE: u64 = 20_501;

/// Adds both.
pub fn add(world: &mut World, seed: u64) {
    world.insert_demarche(demarche(INDIVIDUALS_NUMBER, "Inscription aux ateliers de préparation", true));
    world.insert_demarche(demarche(OUT_OF_SCOPE_NUMBER, "Démarche d’une autre administration", false));
    for index in 0..12 {
        world.insert(inscription(INDIVIDUALS_NUMBER, 371_001 + index, seed));
    }
    world.insert(inscription(OUT_OF_SCOPE_NUMBER, 371_901, seed));
}

fn demarche(number: u64, title: &str, in_token_scope: bool) -> Demarche {
    let question = ChampDescriptor {
        stable_id: 31_001,
        label: "Ce que vous attendez de l’atelier".into(),
        description: None,
        required: false,
        kind: ChampKind::Textarea,
    };
    let opened = paris_instant("2019-04-01T09:00:00");
    Demarche {
        number,
        title: title.to_owned(),
        description: "Ateliers ouverts aux porteurs de projet.".to_owned(),
        state: DemarcheState::Publiee,
        declarative: None,
        date_creation: opened,
        date_publication: Some(opened),
        date_derniere_modification: opened,
        date_depublication: None,
        date_fermeture: None,
        duree_conservation_dossiers: 6,
        opendata: false,
        demarche_url: None,
        service: None,
        labels: Vec::new(),
        groupes_instructeurs: vec![GroupeInstructeur {
            number: GROUPE + number,
            label: "défaut".to_owned(),
            instructeurs: vec![Instructeur { id: 3_401, email: "ateliers@numerique.example".to_owned() }],
            closed: false,
        }],
        revisions: vec![Arc::new(Revision {
            id: REVISION + number,
            date_creation: opened,
            date_publication: Some(opened),
            champs: vec![question],
            annotations: Vec::new(),
        })],
        for_individual: true,
        in_token_scope,
        discarded: false,
    }
}

fn inscription(demarche_number: u64, number: u64, seed: u64) -> Dossier {
    let chance = &mut Chance::new(seed, number, Purpose::Content);
    let opened = paris_instant("2019-04-02T09:00:00");
    let depose_at =
        chance.between(opened, opened.saturating_add(SignedDuration::from_hours(600)).unwrap_or(opened));
    let (prenom, nom) = (chance.word(&PRENOMS), chance.word(&NOMS));
    let email = format!("{}.{}@courriel.example", plain(prenom), plain(nom));
    Dossier {
        number,
        demarche_number,
        revision_id: REVISION + demarche_number,
        state: DossierState::EnConstruction,
        archived: false,
        prefilled: false,
        depose_at,
        en_construction_at: depose_at,
        en_instruction_at: None,
        processed_at: None,
        updated_at: depose_at,
        last_champ_updated_at: depose_at,
        last_annotation_updated_at: depose_at,
        expired_at: None,
        hidden_by_user_at: None,
        hidden_by_administration_at: None,
        hidden_by_expired_at: None,
        hidden_by_reason: None,
        sva_svr_decision_on: None,
        sva_svr_decision_triggered_at: None,
        usager: Usager { id: Some(910_000 + number), email: email.clone(), france_connect: true },
        demandeur: Demandeur::Physique(PersonnePhysique {
            id: 7_000_000 + number,
            civilite: Some(if chance.percent(50) { Civilite::Mme } else { Civilite::M }),
            nom: nom.to_owned(),
            prenom: prenom.to_owned(),
            date_de_naissance: chance.percent(50).then(|| date(1979, 11, 3)),
            email: Some(email),
        }),
        mandataire: None,
        groupe_instructeur_number: GROUPE + demarche_number,
        instructeurs: Vec::new(),
        labels: Vec::new(),
        motivation: None,
        motivation_attachment: None,
        attestation: None,
        champs: vec![Champ {
            stable_id: 31_001,
            label: "Ce que vous attendez de l’atelier".into(),
            updated_at: depose_at,
            prefilled: false,
            value: ChampValue::Text(Some("Comprendre comment préparer nos données.".to_owned())),
        }],
        annotations: Vec::new(),
        traitements: vec![Traitement {
            id: number * 10,
            event: TraitementEvent::Depose,
            processed_at: depose_at,
            instructeur_email: None,
            motivation: None,
            revision_id: Some(REVISION + demarche_number),
        }],
        messages: Vec::new(),
        avis: Vec::new(),
        buffer: Vec::new(),
    }
}

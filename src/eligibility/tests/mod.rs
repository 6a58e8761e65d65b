//! The verdict as the call's team would read it: what the tests of the rules stand on.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod applicants;
mod beside;
mod deadlines;
mod edits;
mod properties;
mod rulesets;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::domain::{
    Champ, ChampId, ChampValue, ConnectionUsager, Demandeur, DemarcheNumber, DossierDates, DossierNumber,
    DossierState, Entreprise, EtatAdministratif, GroupeInstructeur, Mandataire, PersonneMorale, Profile,
    RevisionId,
};

const ON_TIME: &str = "2019-05-20T10:00:00Z";

fn input() -> RulesInput {
    RulesInput {
        language: Language::Fr,
        opens_at: Some("2019-03-26T00:00".parse().unwrap()),
        deadline: Some("2019-05-31T23:59".parse().unwrap()),
        timezone: TimeZone::get("Europe/Paris").unwrap(),
        grace: SignedDuration::ZERO,
        individual: ApplicantCheck::ToReview,
        eligible: Vec::new(),
        ineligible: Vec::new(),
        to_review: Vec::new(),
        eligible_siren: Vec::new(),
        ineligible_siren: Vec::new(),
        deposit_date: DepositDate::Depot,
        extensions: Vec::new(),
        checks: BTreeMap::new(),
        answers: Vec::new(),
        domain_champ: None,
    }
}

fn rules() -> Ruleset {
    Ruleset::new(input()).unwrap()
}

/// A first establishment, its key right where the SIREN's is.
fn siret_of(siren: &str) -> String {
    let keys = (0..10).map(|key| format!("{siren}0001{key}"));
    keys.into_iter().find(|siret| is_siret(siret)).unwrap_or_else(|| format!("{siren}00000"))
}

fn body(siren: &str, code: Option<&str>, name: &str) -> Demandeur {
    Demandeur::PersonneMorale(Box::new(PersonneMorale {
        id: "RXRhYmxpc3NlbWVudC0x".to_owned(),
        siret: siret_of(siren),
        naf: None,
        address: None,
        association: None,
        entreprise: Some(Entreprise {
            siren: siren.to_owned(),
            raison_sociale: name.to_owned(),
            nom_commercial: String::new(),
            siret_siege_social: String::new(),
            forme_juridique_code: code.map(str::to_owned),
            forme_juridique: None,
            etat_administratif: Some(EtatAdministratif::Actif),
            date_creation: None,
            inline_adresse: String::new(),
            capital_social: None,
            numero_tva_intracommunautaire: None,
            code_effectif_entreprise: None,
            effectif_mensuel: None,
            effectif_annuel: None,
            nom: None,
            prenom: None,
            enseigne: None,
            attestation_sociale: None,
            attestation_fiscale: None,
        }),
    }))
}

fn dossier(demandeur: Demandeur, depot: &str) -> Dossier {
    let depot: Timestamp = depot.parse().unwrap();
    Dossier {
        number: DossierNumber(1),
        id: "RG9zc2llci0x".to_owned(),
        demarche_number: DemarcheNumber(12345),
        revision_id: RevisionId("UHJvY2VkdXJlUmV2aXNpb24tMQ==".to_owned()),
        state: DossierState::EnConstruction,
        archived: false,
        prefilled: false,
        connection_usager: ConnectionUsager::Password,
        dates: DossierDates {
            depot,
            passage_en_construction: depot,
            passage_en_instruction: None,
            traitement: None,
            derniere_modification: depot,
            derniere_modification_champs: depot,
            derniere_modification_annotations: depot,
            suppression_par_usager: None,
            suppression_par_administration: None,
            expiration: None,
            derniere_correction_en_attente: None,
            previsionnelle_decision_sva_svr: None,
            traitement_sva_svr: None,
        },
        motivation: None,
        motivation_attachment: None,
        attestation: None,
        usager: Profile { id: "VXNlci0x".to_owned(), email: "usager@service.example".to_owned() },
        demandeur,
        mandataire: Mandataire::default(),
        groupe_instructeur: GroupeInstructeur {
            id: "R3JvdXBlSW5zdHJ1Y3RldXItMQ==".to_owned(),
            number: 1,
            label: "défaut".to_owned(),
            closed: false,
            instructeurs: Vec::new(),
        },
        instructeurs: Vec::new(),
        labels: Vec::new(),
        champs: Vec::new(),
        annotations: Vec::new(),
        traitements: Vec::new(),
        messages: Vec::new(),
        avis: Vec::new(),
    }
}

fn alone() -> Circumstances {
    Circumstances { form: Some(std::sync::Arc::new(Form::default())), ..Circumstances::default() }
}

fn verdict_by(rules: &Ruleset, dossier: &Dossier, beside: &Circumstances) -> Verdict {
    judge(dossier, beside, rules, Timestamp::UNIX_EPOCH)
}

fn verdict_of(demandeur: Demandeur, depot: &str) -> Verdict {
    verdict_by(&rules(), &dossier(demandeur, depot), &alone())
}

/// A dossier with nothing to say against it.
fn good() -> Dossier {
    dossier(ministry(), ON_TIME)
}

fn ministry() -> Demandeur {
    body("130025265", Some("7113"), "MINISTERE")
}

fn rules_with(change: impl FnOnce(&mut RulesInput)) -> Ruleset {
    let mut input = input();
    change(&mut input);
    Ruleset::new(input).unwrap()
}

/// Sets what a check weighs; `None` turns it off.
fn weigh(input: &mut RulesInput, check: Check, weight: Option<Weight>) {
    input.checks.insert(check, weight);
}

fn champ(id: &str, label: &str, value: ChampValue, updated_at: &str) -> Champ {
    Champ {
        id: ChampId(format!("Q2hhbXAt{id}")),
        descriptor_id: id.to_owned(),
        label: label.to_owned(),
        string_value: None,
        updated_at: updated_at.parse().unwrap(),
        prefilled: false,
        value,
    }
}

fn codes(verdict: &Verdict) -> Vec<&'static str> {
    verdict.reasons.iter().map(|reason| reason.code).collect()
}

/// Each code with how its check ended and what it weighs.
fn reports(
    dossier: &Dossier,
    beside: &Circumstances,
    rules: &Ruleset,
) -> BTreeMap<&'static str, (CheckResult, Weight)> {
    explain(dossier, beside, rules)
        .into_iter()
        .map(|report| (report.reason.code, (report.result, report.weight)))
        .collect()
}

//! The verdict as the call's team would read it: kinds of applicants that were really admitted or refused,
//! the boundaries of the deadline, and what must hold whatever the dossier says.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::domain::{
    ConnectionUsager, Demandeur, DemarcheNumber, DossierDates, DossierNumber, DossierState, Entreprise,
    EtatAdministratif, GroupeInstructeur, Mandataire, PersonneMorale, PersonnePhysique, Profile, RevisionId,
};

const ON_TIME: &str = "2019-05-20T10:00:00Z";

fn input() -> RulesInput {
    RulesInput {
        language: Language::Fr,
        slug: "ami-ia-2".to_owned(),
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
    }
}

fn rules() -> Ruleset {
    Ruleset::new(input()).unwrap()
}

fn body(siren: &str, code: Option<&str>, name: &str) -> Demandeur {
    Demandeur::PersonneMorale(Box::new(PersonneMorale {
        id: "RXRhYmxpc3NlbWVudC0x".to_owned(),
        siret: format!("{siren}00000"),
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

fn verdict_of(demandeur: Demandeur, depot: &str) -> Verdict {
    judge(&dossier(demandeur, depot), &rules(), Timestamp::UNIX_EPOCH)
}

#[test]
fn kinds_of_applicants_are_judged_as_the_call_meant() {
    use Outcome::{Eligible, Ineligible, ToReview};
    // The first group was really admitted: none may come out ineligible.
    let cases = [
        ("7112", "AUTORITE DE SURETE NUCLEAIRE", Eligible),
        ("7389", "AGENCE NATIONALE DE SECURITE DU MEDICAMENT", Eligible),
        ("7113", "MINISTERE DE LA TRANSITION ECOLOGIQUE", Eligible),
        ("7120", "DIRECTION GENERALE", Eligible),
        ("7171", "DREAL", Eligible),
        ("7389", "CAISSE NATIONALE DES ALLOCATIONS FAMILIALES", Eligible),
        ("8110", "CAISSE NATIONALE", ToReview),
        ("4110", "INSTITUT DE RADIOPROTECTION", Eligible),
        ("7150", "GENDARMERIE NATIONALE", Eligible),
        ("7364", "CENTRE HOSPITALIER UNIVERSITAIRE", Eligible),
        ("7383", "UNIVERSITE", Eligible),
        ("7381", "CHAMBRE DE METIERS ET DE L'ARTISANAT", ToReview),
        ("7111", "CONSEIL", ToReview),
        ("7410", "GROUPEMENT D'INTERET PUBLIC", ToReview),
        ("7366", "EHPAD", ToReview),
        ("7210", "COMMUNE DE BREST", Ineligible),
        ("7220", "DEPARTEMENT DU RHONE", Ineligible),
        ("7230", "REGION BRETAGNE", Ineligible),
        ("9220", "ASSOCIATION DE QUARTIER", Ineligible),
        ("5710", "SOCIETE PAR ACTIONS", Ineligible),
        ("5499", "SOCIETE A RESPONSABILITE LIMITEE", Ineligible),
        ("1000", "ENTREPRENEUR INDIVIDUEL", Ineligible),
    ];
    for (code, name, expected) in cases {
        let verdict = verdict_of(body("217000001", Some(code), name), ON_TIME);
        assert_eq!(verdict.outcome, expected, "{code} {name}: {:?}", verdict.reasons);
    }
}

#[test]
fn an_operator_of_the_state_is_eligible_whatever_its_category() {
    let verdict = verdict_of(body("130000136", Some("9220"), "INTEFP"), ON_TIME);
    assert_eq!(verdict.outcome, Outcome::Eligible);
    assert_eq!(verdict.reasons[0].code, "state_operator");
}

#[test]
fn the_lists_of_the_call_come_before_the_tables() {
    let mut input = input();
    input.eligible_siren = vec!["732829320".to_owned()];
    input.ineligible_siren = vec!["130000136".to_owned()];
    input.to_review = vec!["72".to_owned()];
    input.eligible = vec!["7210".to_owned()];
    let rules = Ruleset::new(input).unwrap();
    let outcome = |siren: &str, code: &str| {
        judge(&dossier(body(siren, Some(code), ""), ON_TIME), &rules, Timestamp::UNIX_EPOCH).outcome
    };
    assert_eq!(outcome("732829320", "5710"), Outcome::Eligible);
    assert_eq!(outcome("130000136", "7389"), Outcome::Ineligible);
    assert_eq!(outcome("217000001", "7220"), Outcome::ToReview);
    assert_eq!(outcome("217000001", "7210"), Outcome::Eligible, "the longest prefix wins");
}

#[test]
fn what_is_not_known_asks_for_a_person() {
    let incomplete =
        Demandeur::PersonneMoraleIncomplete { id: "x".to_owned(), siret: "13002526500013".to_owned() };
    let unknown = Demandeur::Unknown { typename: "Robot".to_owned(), raw: "{}".to_owned() };
    let individual = Demandeur::PersonnePhysique(PersonnePhysique {
        id: "x".to_owned(),
        nom: "X".to_owned(),
        prenom: "Y".to_owned(),
        civilite: None,
        date_de_naissance: None,
        email: None,
    });
    let nothing = body("130025265", None, "");
    let invented = body("130025265", Some("9999"), "");
    for demandeur in [incomplete, unknown, individual, nothing, invented] {
        assert_eq!(verdict_of(demandeur, ON_TIME).outcome, Outcome::ToReview);
    }
}

#[test]
fn a_closed_body_is_looked_at_by_a_person() {
    let mut demandeur = body("217000001", Some("7113"), "MINISTERE");
    if let Demandeur::PersonneMorale(morale) = &mut demandeur
        && let Some(entreprise) = &mut morale.entreprise
    {
        entreprise.etat_administratif = Some(EtatAdministratif::Ferme);
    }
    let verdict = verdict_of(demandeur, ON_TIME);
    assert_eq!(verdict.outcome, Outcome::ToReview);
    assert!(verdict.reasons.iter().any(|reason| reason.code == "company_closed"));
}

#[test]
fn the_boundaries_of_the_call() {
    let outcome = |depot: &str| {
        let verdict = verdict_of(body("217000001", Some("7113"), "MINISTERE"), depot);
        (verdict.outcome, verdict.deadline_check)
    };
    assert_eq!(outcome("2019-05-31T21:59:59.999Z"), (Outcome::Eligible, DeadlineCheck::OnTime));
    assert_eq!(outcome("2019-05-31T22:00:00Z"), (Outcome::Late, DeadlineCheck::Late));
    assert_eq!(outcome("2019-03-25T23:00:00Z"), (Outcome::Eligible, DeadlineCheck::OnTime));
    assert_eq!(outcome("2019-03-25T22:59:59Z"), (Outcome::ToReview, DeadlineCheck::Early));
}

#[test]
fn an_ineligible_applicant_who_is_late_is_told_both() {
    let verdict = verdict_of(body("217000001", Some("7210"), "COMMUNE"), "2019-06-01T08:00:00Z");
    assert_eq!(verdict.outcome, Outcome::Ineligible);
    let codes: Vec<_> = verdict.reasons.iter().map(|reason| reason.code).collect();
    assert!(codes.contains(&"legal_category_ineligible") && codes.contains(&"deposited_late"), "{codes:?}");
}

#[test]
fn a_tolerance_is_told() {
    let mut input = input();
    input.grace = SignedDuration::from_mins(15);
    let rules = Ruleset::new(input).unwrap();
    let at = |depot: &str| {
        judge(&dossier(body("217000001", Some("7113"), ""), depot), &rules, Timestamp::UNIX_EPOCH)
    };
    let within = at("2019-05-31T22:14:59Z");
    assert_eq!(within.outcome, Outcome::Eligible);
    assert!(within.reasons.iter().any(|reason| reason.code == "deposited_within_grace"));
    assert_eq!(at("2019-05-31T22:15:00Z").outcome, Outcome::Late);
}

#[test]
fn other_rules_have_another_version_and_the_same_rules_the_same() {
    assert_eq!(rules().version(), rules().version());
    let mut other = input();
    other.eligible = vec!["7210".to_owned()];
    assert_ne!(Ruleset::new(other).unwrap().version(), rules().version());
    let mut english = input();
    english.language = Language::En;
    assert_ne!(Ruleset::new(english).unwrap().version(), rules().version());
}

#[test]
fn settings_that_do_not_hold_together_are_refused() {
    let refused = |change: fn(&mut RulesInput)| {
        let mut input = input();
        change(&mut input);
        Ruleset::new(input).unwrap_err().key()
    };
    assert_eq!(refused(|input| input.opens_at = Some("2019-06-01T00:00".parse().unwrap())), "deadline");
    assert_eq!(refused(|input| input.eligible = vec!["99999".to_owned()]), "eligible");
    assert_eq!(refused(|input| input.eligible_siren = vec!["130025266".to_owned()]), "eligible_siren");
    assert_eq!(
        refused(|input| {
            input.eligible = vec!["7113".to_owned()];
            input.ineligible = vec!["7113".to_owned()];
        }),
        "ineligible"
    );
}

proptest! {
    #[test]
    fn no_applicant_makes_the_rules_panic_and_every_verdict_has_a_reason(
        siren in "\\PC{0,12}", code in proptest::option::of("\\PC{0,6}"), name in "\\PC{0,30}",
        naf in proptest::option::of("\\PC{0,8}"), second in -10_000_000_000_i64..10_000_000_000,
    ) {
        let mut demandeur = body(&siren, code.as_deref(), &name);
        if let Demandeur::PersonneMorale(morale) = &mut demandeur {
            morale.naf = naf;
        }
        let mut dossier = dossier(demandeur, ON_TIME);
        dossier.dates.depot = Timestamp::from_second(second).unwrap();
        let verdict = judge(&dossier, &rules(), Timestamp::UNIX_EPOCH);
        prop_assert!(!verdict.reasons.is_empty());
        prop_assert_eq!(explain(&dossier, &rules()).len(), verdict.reasons.len());
    }

    /// The deadline's minute, told by the wall clock of the zone rather than by instants.
    #[test]
    fn the_deadline_agrees_with_the_wall_clock(
        second in 1_546_300_800_i64..1_609_459_200,
        zone in proptest::sample::select(vec!["Europe/Paris", "Indian/Reunion", "America/Cayenne", "Pacific/Noumea"]),
        offset in -90_000_i64..90_000,
    ) {
        let zone = TimeZone::get(zone).unwrap();
        let wall = Timestamp::from_second(second).unwrap().to_zoned_datetime(zone.clone()).datetime();
        let unambiguous = !zone.to_ambiguous_timestamp(wall).is_ambiguous();
        let minute = wall.with().second(0).build().unwrap();
        let mut input = input();
        input.opens_at = None;
        input.deadline = Some(minute);
        input.timezone = zone.clone();
        let rules = Ruleset::new(input).unwrap();
        let depot = Timestamp::from_second(second + offset).unwrap();
        let depot_wall = depot.to_zoned_datetime(zone.clone()).datetime();
        prop_assume!(unambiguous && !zone.to_ambiguous_timestamp(depot_wall).is_ambiguous());
        let (check, _) = deadline::check(depot, &rules);
        let on_time = depot_wall.with().second(0).build().unwrap() <= minute;
        prop_assert_eq!(check == DeadlineCheck::OnTime, on_time, "{} against {}", depot_wall, minute);
    }
}

//! Who may take part: kinds of bodies that were really admitted to the call or that it does not mean.

use super::*;
use crate::domain::{Association, PersonnePhysique};

/// The publics named by the notice of the call: State administrations, hospitals, national operators that
/// run a public service themselves.
const NOTICE: &str = "avis de l’AMI IA 2, publics visés (DITP, DINSIC, 26 mars 2019)";
/// Those that were chosen.
const LAUREATES_1: &str = "lauréats du 1er AMI IA (DITP, DINSIC, novembre 2018)";
const LAUREATES_2: &str = "lauréats du 2e AMI IA (DITP, DINSIC, 2019)";
/// The categories themselves.
const INSEE: &str = "INSEE, catégories juridiques, niveau III";

#[test]
fn kinds_of_applicants_are_judged_as_the_call_meant() {
    use Outcome::{Eligible, Ineligible, ToReview};
    let cases = [
        ("7112", "AUTORITE DE SURETE NUCLEAIRE", Eligible, LAUREATES_1),
        ("7389", "AGENCE NATIONALE DE SECURITE DU MEDICAMENT", Eligible, LAUREATES_2),
        ("7113", "MINISTERE DE LA TRANSITION ECOLOGIQUE", Eligible, LAUREATES_1),
        ("7120", "DIRECTION GENERALE", Eligible, LAUREATES_1),
        ("7171", "DREAL", Eligible, LAUREATES_1),
        ("7389", "CAISSE NATIONALE DES ALLOCATIONS FAMILIALES", Eligible, LAUREATES_2),
        ("8110", "CAISSE NATIONALE DES ALLOCATIONS FAMILIALES", ToReview, LAUREATES_2),
        ("4110", "INSTITUT DE RADIOPROTECTION", Eligible, LAUREATES_2),
        ("7389", "SERVICE HYDROGRAPHIQUE", Eligible, LAUREATES_2),
        ("4110", "SERVICE HYDROGRAPHIQUE", Eligible, LAUREATES_2),
        ("7150", "GENDARMERIE NATIONALE", Eligible, LAUREATES_2),
        ("7364", "CENTRE HOSPITALIER UNIVERSITAIRE", Eligible, LAUREATES_2),
        ("7383", "UNIVERSITE", Eligible, LAUREATES_2),
        ("7381", "CHAMBRE DE METIERS ET DE L'ARTISANAT", ToReview, LAUREATES_2),
        ("7160", "SERVICE A COMPETENCE NATIONALE", Eligible, NOTICE),
        ("7172", "DIRECTION DEPARTEMENTALE", Eligible, NOTICE),
        ("7179", "PREFECTURE", Eligible, NOTICE),
        ("7190", "ECOLE NATIONALE", Eligible, NOTICE),
        ("7365", "SYNDICAT INTERHOSPITALIER", Eligible, NOTICE),
        ("7382", "ETABLISSEMENT PUBLIC NATIONAL", Eligible, NOTICE),
        ("7384", "AUTRE ETABLISSEMENT D'ENSEIGNEMENT", Eligible, NOTICE),
        ("4120", "ETABLISSEMENT PUBLIC INDUSTRIEL", Eligible, NOTICE),
        ("7385", "ETABLISSEMENT PUBLIC TERRITORIAL", ToReview, INSEE),
        ("7111", "CONSEIL", ToReview, INSEE),
        ("7366", "EHPAD", ToReview, INSEE),
        ("7410", "GROUPEMENT D'INTERET PUBLIC", ToReview, INSEE),
        ("7430", "ETABLISSEMENT DES CULTES", ToReview, INSEE),
        ("4130", "EXPLOITANT PUBLIC", ToReview, INSEE),
        ("4160", "BANQUE DE FRANCE", ToReview, INSEE),
        ("7210", "COMMUNE DE BREST", Ineligible, NOTICE),
        ("7220", "DEPARTEMENT DU RHONE", Ineligible, NOTICE),
        ("7230", "REGION BRETAGNE", Ineligible, NOTICE),
        ("4140", "ETABLISSEMENT LOCAL", Ineligible, NOTICE),
        ("4150", "REGIE LOCALE", Ineligible, NOTICE),
        ("8210", "MUTUELLE", Ineligible, NOTICE),
        ("9220", "ASSOCIATION DE QUARTIER", Ineligible, NOTICE),
        ("5710", "SOCIETE PAR ACTIONS", Ineligible, NOTICE),
        ("5499", "SOCIETE A RESPONSABILITE LIMITEE", Ineligible, NOTICE),
        ("3110", "BUREAU D'UN ETAT ETRANGER", Ineligible, NOTICE),
        ("6540", "SOCIETE CIVILE", Ineligible, NOTICE),
        ("1000", "ENTREPRENEUR INDIVIDUEL", Ineligible, NOTICE),
    ];
    for (code, name, expected, source) in cases {
        let verdict = verdict_of(body("130025265", Some(code), name), ON_TIME);
        assert_eq!(verdict.outcome, expected, "{code} {name} ({source}): {:?}", verdict.reasons);
        let admitted = source == LAUREATES_1 || source == LAUREATES_2;
        assert!(!admitted || verdict.outcome != Ineligible, "{name} was admitted");
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
    let rules = rules_with(|input| {
        input.eligible_siren = vec!["732829320".to_owned()];
        input.ineligible_siren = vec!["130000136".to_owned()];
        input.to_review = vec!["72".to_owned()];
        input.eligible = vec!["7210".to_owned()];
    });
    let outcome = |siren: &str, code: &str| {
        verdict_by(&rules, &dossier(body(siren, Some(code), "X"), ON_TIME), &alone()).outcome
    };
    assert_eq!(outcome("732829320", "5710"), Outcome::Eligible);
    assert_eq!(outcome("130000136", "7389"), Outcome::Ineligible);
    assert_eq!(outcome("217000001", "7220"), Outcome::ToReview);
    assert_eq!(outcome("217000001", "7210"), Outcome::Eligible, "the longest prefix wins");
}

fn person() -> Demandeur {
    Demandeur::PersonnePhysique(PersonnePhysique {
        id: "x".to_owned(),
        nom: "X".to_owned(),
        prenom: "Y".to_owned(),
        civilite: None,
        date_de_naissance: None,
        email: None,
    })
}

#[test]
fn what_is_not_known_asks_for_a_person() {
    let incomplete =
        Demandeur::PersonneMoraleIncomplete { id: "x".to_owned(), siret: "13002526500013".to_owned() };
    let mut no_company = body("130025265", None, "");
    if let Demandeur::PersonneMorale(morale) = &mut no_company {
        morale.entreprise = None;
    }
    let cases = [
        (incomplete, "applicant_incomplete"),
        (no_company, "applicant_incomplete"),
        (Demandeur::Unknown { typename: "Robot".to_owned(), raw: "{}".to_owned() }, "unknown_applicant_type"),
        (person(), "individual"),
        (body("130025265", None, "X"), "legal_category_missing"),
        (body("130025265", Some("9999"), "X"), "legal_category_unknown"),
        (body("130025265", Some("7113"), ""), "applicant_not_diffusible"),
        (body("130025265", Some("5710"), "[ND]"), "applicant_not_diffusible"),
    ];
    for (demandeur, code) in cases {
        let verdict = verdict_of(demandeur, ON_TIME);
        assert_eq!(verdict.outcome, Outcome::ToReview, "{code}");
        assert!(codes(&verdict).contains(&code), "{code} is not in {:?}", codes(&verdict));
    }
}

#[test]
fn data_that_contradicts_itself_is_looked_at_and_refuses_nobody() {
    let mut of_another = body("130025265", Some("5710"), "SOCIETE");
    let mut public_association = body("130025265", Some("7389"), "AGENCE");
    if let Demandeur::PersonneMorale(morale) = &mut of_another {
        morale.siret = "73282932000074".to_owned();
    }
    if let Demandeur::PersonneMorale(morale) = &mut public_association {
        morale.association = Some(Association {
            rna: "W751080001".to_owned(),
            titre: "X".to_owned(),
            objet: None,
            date_creation: None,
            date_declaration: None,
            date_publication: None,
        });
    }
    for demandeur in [of_another, public_association] {
        let verdict = verdict_of(demandeur, ON_TIME);
        assert_eq!(verdict.outcome, Outcome::ToReview);
        assert!(codes(&verdict).contains(&"applicant_contradictory"), "{:?}", codes(&verdict));
    }
}

#[test]
fn a_siren_in_a_list_is_sure_whatever_the_directory_hides() {
    let rules = rules_with(|input| input.eligible_siren = vec!["732829320".to_owned()]);
    let verdict = verdict_by(&rules, &dossier(body("732829320", Some("5710"), ""), ON_TIME), &alone());
    assert_eq!(verdict.outcome, Outcome::Eligible);
    assert!(codes(&verdict).contains(&"applicant_not_diffusible"));
}

#[test]
fn a_wrong_key_is_a_finding_where_the_company_is_known_and_a_doubt_where_it_is_not() {
    let mistyped = |code: Option<&str>| {
        let mut demandeur = body("130025265", code, "MINISTERE");
        if let Demandeur::PersonneMorale(morale) = &mut demandeur {
            morale.siret = "13002526500014".to_owned();
        }
        verdict_of(demandeur, ON_TIME)
    };
    let known = mistyped(Some("7113"));
    assert_eq!(known.outcome, Outcome::Eligible);
    assert!(codes(&known).contains(&"siret_check_failed"));
    assert_eq!(mistyped(None).outcome, Outcome::ToReview);
}

#[test]
fn an_individual_is_judged_by_the_setting_of_the_call() {
    for (setting, expected) in [
        (ApplicantCheck::Eligible, Outcome::Eligible),
        (ApplicantCheck::Ineligible, Outcome::Ineligible),
        (ApplicantCheck::ToReview, Outcome::ToReview),
    ] {
        let rules = rules_with(|input| input.individual = setting);
        assert_eq!(verdict_by(&rules, &dossier(person(), ON_TIME), &alone()).outcome, expected);
    }
}

#[test]
fn a_closed_body_weighs_what_the_call_says() {
    let mut demandeur = ministry();
    if let Demandeur::PersonneMorale(morale) = &mut demandeur
        && let Some(entreprise) = &mut morale.entreprise
    {
        entreprise.etat_administratif = Some(EtatAdministratif::Ferme);
    }
    let dossier = dossier(demandeur, ON_TIME);
    for (weight, expected, applicant) in [
        (Some(Weight::AsksReview), Outcome::ToReview, ApplicantCheck::ToReview),
        (Some(Weight::Blocks), Outcome::Ineligible, ApplicantCheck::Ineligible),
        (Some(Weight::Informs), Outcome::Eligible, ApplicantCheck::Eligible),
        (None, Outcome::Eligible, ApplicantCheck::Eligible),
    ] {
        let rules = rules_with(|input| weigh(input, Check::CompanyClosed, weight));
        let verdict = verdict_by(&rules, &dossier, &alone());
        assert_eq!((verdict.outcome, verdict.applicant_check), (expected, applicant), "{weight:?}");
        assert_eq!(codes(&verdict).contains(&"company_closed"), weight.is_some());
    }
}

#[test]
fn the_nature_is_told_with_what_it_rests_on() {
    let mut demandeur = body("130025265", Some("7179"), "TRIBUNAL JUDICIAIRE");
    if let Demandeur::PersonneMorale(morale) = &mut demandeur {
        morale.naf = Some("84.23Z".to_owned());
    }
    let verdict = verdict_of(demandeur, ON_TIME);
    assert_eq!((verdict.nature, verdict.confidence), (Nature::Court, Confidence::Medium));
    let facts = &verdict.reasons[0].facts;
    assert_eq!(facts["nature"], "court".into());
    assert_eq!(facts["nature_confidence"], "medium".into());
    assert_eq!(facts["naf"], "84.23Z".into());
}

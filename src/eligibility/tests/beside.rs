//! The checks that look beside the applicant's type and the deadline.

use std::sync::Arc;

use super::*;
use crate::domain::Fichier;

fn sibling(number: u32, same_siren: bool) -> Sibling {
    let depot = "2019-05-01T10:00:00Z".parse().unwrap();
    Sibling { number: DossierNumber(number), depot, gone_at: None, same_siren }
}

fn form(mandatory: &[&str], asked_since: &[(&str, &str)]) -> Option<Arc<Form>> {
    Some(Arc::new(Form {
        mandatory: mandatory.iter().map(|id| (*id).to_owned()).collect(),
        asked_since: asked_since.iter().map(|(id, at)| ((*id).to_owned(), at.parse().unwrap())).collect(),
    }))
}

fn file(scan: &str) -> ChampValue {
    ChampValue::PieceJustificative(vec![Fichier {
        filename: "lettre.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        checksum: String::new(),
        byte_size: 1,
        created_at: ON_TIME.parse().unwrap(),
        virus_scan_result: scan.to_owned(),
    }])
}

#[test]
fn several_dossiers_of_one_siren_are_told_and_no_fault() {
    let mut beside = alone();
    beside.same_siren.first = vec![sibling(7, true), sibling(9, true)];
    let verdict = verdict_by(&rules(), &good(), &beside);
    assert_eq!(verdict.outcome, Outcome::Eligible);
    let reason = verdict.reasons.iter().find(|one| one.code == "several_dossiers_same_siren").unwrap();
    assert!(reason.text.contains("2 autres (7, 9)"), "{}", reason.text);
    assert_eq!(reason.facts["first_deposited"], 7_u32.into());
    let strict = rules_with(|input| weigh(input, Check::SameSiren, Some(Weight::AsksReview)));
    assert_eq!(verdict_by(&strict, &good(), &beside).outcome, Outcome::ToReview);
}

#[test]
fn of_many_siblings_only_that_there_are_more_is_told() {
    let mut beside = alone();
    beside.same_siren.first = (10..30).map(|number| sibling(number, true)).collect();
    beside.same_siren.more = true;
    let verdict = verdict_by(&rules(), &good(), &beside);
    let reason = verdict.reasons.iter().find(|one| one.code == "several_dossiers_same_siren").unwrap();
    assert!(reason.text.contains("plus de 20 autres"), "{}", reason.text);
    assert!(!reason.facts.contains_key("numbers"));
}

#[test]
fn the_same_usager_for_the_same_applicant_is_a_duplicate_and_for_another_is_not() {
    for (same_siren, code) in [(true, "duplicate_filing"), (false, "several_dossiers_same_usager")] {
        let mut beside = alone();
        beside.same_usager.first = vec![sibling(7, same_siren)];
        assert!(codes(&verdict_by(&rules(), &good(), &beside)).contains(&code), "{code}");
    }
}

#[test]
fn a_mandatory_answer_that_is_empty_is_looked_at() {
    let mut beside = alone();
    beside.form = form(&["1", "2", "3", "4"], &[("4", "2019-05-25T10:00:00Z")]);
    let mut dossier = good();
    dossier.champs = vec![
        champ("1", "Titre", ChampValue::Text(Some("  ".to_owned())), ON_TIME),
        champ("2", "Lettre", ChampValue::PieceJustificative(Vec::new()), ON_TIME),
        champ("4", "Exploitation", ChampValue::YesNo(None), ON_TIME),
        champ("5", "Facultatif", ChampValue::Text(None), ON_TIME),
    ];
    let verdict = verdict_by(&rules(), &dossier, &beside);
    assert_eq!(verdict.outcome, Outcome::ToReview);
    let reason = verdict.reasons.iter().find(|one| one.code == "mandatory_answer_missing").unwrap();
    assert!(reason.text.contains("« Titre », « Lettre »"), "{}", reason.text);
    assert!(!reason.text.contains("Exploitation") && !reason.text.contains("Facultatif"), "{}", reason.text);
    let newer = verdict.reasons.iter().find(|one| one.code == "mandatory_asked_after_deposit").unwrap();
    assert!(newer.text.contains("« Exploitation »"), "{}", newer.text);
}

#[test]
fn a_form_that_was_not_read_refuses_and_doubts_nobody() {
    let verdict = verdict_by(&rules(), &good(), &Circumstances::default());
    assert_eq!(verdict.outcome, Outcome::Eligible);
    assert!(codes(&verdict).contains(&"form_not_known"));
}

#[test]
fn the_antivirus_is_heard() {
    let rules = rules();
    for (scan, code, outcome) in [
        ("infected", "file_infected", Outcome::ToReview),
        ("integrity_error", "file_unreadable", Outcome::ToReview),
        ("pending", "file_not_scanned", Outcome::Eligible),
        ("safe", "files_safe", Outcome::Eligible),
        ("a_word_of_tomorrow", "files_safe", Outcome::Eligible),
    ] {
        let mut dossier = good();
        dossier.champs = vec![champ("1", "Lettre", file(scan), ON_TIME)];
        assert_eq!(verdict_by(&rules, &dossier, &alone()).outcome, outcome, "{scan}");
        assert!(reports(&dossier, &alone(), &rules).contains_key(code), "{scan}");
    }
}

fn asks(condition: Condition, weight: Weight) -> Ruleset {
    rules_with(|input| {
        input.answers = vec![AnswerRule { champ: "Question".to_owned(), condition, weight }];
    })
}

#[test]
fn answers_are_held_against_what_the_call_asks() {
    use CheckResult::{Fail, Pass, Unknown};
    let text = |text: &str| ChampValue::Text(Some(text.to_owned()));
    let number = |text: &str| ChampValue::IntegerNumber(Some(text.to_owned()));
    let cases = [
        (Condition::Checked(true), ChampValue::YesNo(Some(true)), Pass),
        (Condition::Checked(true), ChampValue::YesNo(Some(false)), Fail),
        (Condition::Checked(true), ChampValue::YesNo(None), Unknown),
        (Condition::Checked(true), ChampValue::Checkbox(false), Fail),
        (Condition::Checked(true), text("oui"), Unknown),
        (Condition::Equals("Santé".to_owned()), text(" santé "), Pass),
        (Condition::Equals("Santé".to_owned()), text("Social"), Fail),
        (Condition::Contains("IA".to_owned()), text("une ia utile"), Pass),
        (Condition::Contains("IA".to_owned()), ChampValue::Text(None), Unknown),
        (Condition::Within { min: Some(2.0), max: Some(5.0) }, number("5"), Pass),
        (Condition::Within { min: Some(2.0), max: None }, number("1"), Fail),
        (Condition::Within { min: Some(2.0), max: None }, text("beaucoup"), Unknown),
        (Condition::Within { min: None, max: Some(1.5) }, ChampValue::DecimalNumber(Some(1.5)), Pass),
    ];
    for (condition, value, expected) in cases {
        let rules = asks(condition.clone(), Weight::Blocks);
        let mut dossier = good();
        dossier.champs = vec![champ("1", "Question", value.clone(), ON_TIME)];
        let report = explain(&dossier, &alone(), &rules)
            .into_iter()
            .find(|report| report.check == Check::Answers)
            .unwrap();
        assert_eq!(report.result, expected, "{condition:?} {value:?}");
        let outcome = match expected {
            Pass => Outcome::Eligible,
            Fail => Outcome::Ineligible,
            Unknown => Outcome::ToReview,
        };
        assert_eq!(verdict_by(&rules, &dossier, &alone()).outcome, outcome, "{condition:?} {value:?}");
    }
}

#[test]
fn an_answer_that_is_not_there_never_refuses() {
    let rules = asks(Condition::Checked(true), Weight::Blocks);
    let verdict = verdict_by(&rules, &good(), &alone());
    assert_eq!(verdict.outcome, Outcome::ToReview);
    assert!(codes(&verdict).contains(&"answer_missing"));
}

#[test]
fn two_answers_that_say_nothing_look_like_a_test() {
    let mut dossier = good();
    dossier.champs = vec![champ("1", "Titre", ChampValue::Text(Some("Test 2".to_owned())), ON_TIME)];
    assert_eq!(verdict_by(&rules(), &dossier, &alone()).outcome, Outcome::Eligible);
    dossier.champs.push(champ("2", "Résumé", ChampValue::Text(Some("essai".to_owned())), ON_TIME));
    let verdict = verdict_by(&rules(), &dossier, &alone());
    assert_eq!(verdict.outcome, Outcome::ToReview);
    assert!(codes(&verdict).contains(&"looks_like_a_test"));
}

#[test]
fn a_third_party_is_told() {
    let mut dossier = good();
    dossier.mandataire.depose_par_un_tiers = Some(true);
    let verdict = verdict_by(&rules(), &dossier, &alone());
    assert_eq!(verdict.outcome, Outcome::Eligible);
    assert!(codes(&verdict).contains(&"deposited_by_third_party"));
}

#[test]
fn a_check_turned_off_says_nothing() {
    let mut beside = alone();
    beside.same_siren.first = vec![sibling(7, true)];
    let rules = rules_with(|input| {
        input.checks = Check::CONFIGURABLE.iter().map(|(check, ..)| (*check, None)).collect();
    });
    let told: Vec<Check> = explain(&good(), &beside, &rules).iter().map(|report| report.check).collect();
    assert_eq!(told, [Check::Applicant, Check::Deadline]);
}

#[test]
fn the_domain_is_the_answer_to_the_question_named() {
    let rules = rules_with(|input| input.domain_champ = Some("Domaine".to_owned()));
    let mut dossier = good();
    assert_eq!(verdict_by(&rules, &dossier, &alone()).domain, None);
    dossier.champs = vec![champ("1", "Domaine", ChampValue::DropDownList(Some("Santé".to_owned())), ON_TIME)];
    assert_eq!(verdict_by(&rules, &dossier, &alone()).domain.as_deref(), Some("Santé"));
}

fn decision(verdict: Outcome) -> Decision {
    Decision {
        verdict,
        by: "Mme Martin".to_owned(),
        at: "2019-06-11T10:00:00Z".parse().unwrap(),
        reason: "statut vérifié".to_owned(),
        rules_said: Some(Outcome::Eligible),
        changed_since: Vec::new(),
    }
}

#[test]
fn what_a_person_decided_is_the_verdict_and_the_rules_are_told_beside() {
    let mut beside = alone();
    beside.decision = Some(decision(Outcome::Ineligible));
    let verdict = verdict_by(&rules(), &good(), &beside);
    assert_eq!((verdict.outcome, verdict.rules_outcome), (Outcome::Ineligible, Outcome::Eligible));
    assert_eq!(verdict.decided.unwrap().0, "Mme Martin");
    assert_eq!(verdict.reasons[0].code, "decided_by_person");
    assert!(verdict.reasons[0].text.contains("statut vérifié"));
}

#[test]
fn a_dossier_that_changed_since_a_decision_says_so_and_the_decision_stands() {
    let mut beside = alone();
    let mut decided = decision(Outcome::Ineligible);
    decided.changed_since = vec!["Titre".to_owned()];
    decided.rules_said = Some(Outcome::Late);
    beside.decision = Some(decided);
    let verdict = verdict_by(&rules(), &good(), &beside);
    assert_eq!(verdict.outcome, Outcome::Ineligible);
    let codes = codes(&verdict);
    assert_eq!(codes[..3], ["decided_by_person", "changed_since_decision", "rules_disagree_with_decision"]);
}

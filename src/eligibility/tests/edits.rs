//! What changed after the deadline, and at whose request.

use super::*;
use crate::domain::{Correction, CorrectionReason, Message, Traitement, TraitementEvent};

const SUBMITTED: &str = "2019-06-05T10:00:00Z";

fn text() -> ChampValue {
    ChampValue::Text(Some("réponse".to_owned()))
}

/// Submitted again after the deadline, one answer changed.
fn edited() -> Dossier {
    let mut dossier = good();
    dossier.dates.derniere_modification_champs = SUBMITTED.parse().unwrap();
    dossier.champs = vec![champ("1", "Titre", text(), SUBMITTED), champ("2", "Résumé", text(), ON_TIME)];
    dossier
}

fn asked(at: &str, resolved: Option<&str>) -> Message {
    Message {
        id: "TWVzc2FnZS0x".to_owned(),
        email: "instructeur@service.example".to_owned(),
        body: "<p>…</p>".to_owned(),
        created_at: at.parse().unwrap(),
        discarded_at: None,
        attachments: Vec::new(),
        correction: Some(Correction {
            reason: CorrectionReason::Incomplete,
            date_resolution: resolved.map(|at| at.parse().unwrap()),
        }),
    }
}

fn event(id: &str, event: TraitementEvent, at: &str) -> Traitement {
    Traitement {
        id: id.to_owned(),
        event,
        date_traitement: at.parse().unwrap(),
        email_agent_traitant: None,
        motivation: None,
        revision_id: None,
    }
}

#[test]
fn an_edit_that_nobody_asked_for_is_named_with_its_questions_and_looked_at() {
    let verdict = verdict_by(&rules(), &edited(), &alone());
    assert_eq!(verdict.outcome, Outcome::ToReview);
    let reason = verdict.reasons.iter().find(|one| one.code == "modified_after_deadline").unwrap();
    assert!(reason.text.contains("« Titre »") && !reason.text.contains("Résumé"), "{}", reason.text);
}

#[test]
fn an_edit_that_answers_a_correction_is_told_apart() {
    let mut dossier = edited();
    dossier.messages = vec![asked("2019-06-04T09:00:00Z", Some("2019-06-05T09:59:58Z"))];
    let verdict = verdict_by(&rules(), &dossier, &alone());
    assert_eq!(verdict.outcome, Outcome::Eligible);
    assert!(codes(&verdict).contains(&"corrected_on_request"), "{:?}", codes(&verdict));
    assert!(!codes(&verdict).contains(&"modified_after_deadline"));
}

#[test]
fn an_edit_after_the_correction_was_answered_was_not_asked_for() {
    let mut dossier = edited();
    dossier.messages = vec![asked("2019-06-02T09:00:00Z", Some("2019-06-03T10:00:00Z"))];
    assert!(codes(&verdict_by(&rules(), &dossier, &alone())).contains(&"modified_after_deadline"));
}

#[test]
fn what_was_asked_and_what_was_not_are_both_told() {
    let mut dossier = edited();
    dossier.messages = vec![asked("2019-06-02T09:00:00Z", Some("2019-06-03T10:00:00Z"))];
    dossier.champs.push(champ("3", "Lettre", text(), "2019-06-03T10:00:00Z"));
    let verdict = verdict_by(&rules(), &dossier, &alone());
    let said = |code: &str| verdict.reasons.iter().find(|one| one.code == code).unwrap().text.clone();
    assert!(said("corrected_on_request").contains("« Lettre »"));
    assert!(said("modified_after_deadline").contains("« Titre »"));
}

#[test]
fn a_dossier_sent_back_may_be_edited_until_it_is_taken_again() {
    let mut dossier = edited();
    dossier.traitements = vec![
        event("1", TraitementEvent::PasseEnInstruction, "2019-06-01T09:00:00Z"),
        event("2", TraitementEvent::RepasseEnConstruction, "2019-06-04T09:00:00Z"),
        event("3", TraitementEvent::PasseEnInstruction, "2019-06-06T09:00:00Z"),
    ];
    let verdict = verdict_by(&rules(), &dossier, &alone());
    assert_eq!(verdict.outcome, Outcome::Eligible);
    assert!(codes(&verdict).contains(&"modified_after_sent_back"), "{:?}", codes(&verdict));
}

#[test]
fn company_data_that_arrives_late_is_no_edit() {
    let mut dossier = good();
    dossier.champs = vec![champ("1", "SIRET", ChampValue::Siret(None), SUBMITTED)];
    let verdict = verdict_by(&rules(), &dossier, &alone());
    assert_eq!(verdict.outcome, Outcome::Eligible);
    assert!(!codes(&verdict).contains(&"modified_after_deadline"));
}

#[test]
fn an_answer_that_was_taken_away_is_named_from_what_was_seen() {
    let mut dossier = edited();
    dossier.champs.clear();
    let mut beside = alone();
    beside.late_edits = vec![Edit { label: "Budget".to_owned(), at: SUBMITTED.parse().unwrap() }];
    let verdict = verdict_by(&rules(), &dossier, &beside);
    let reason = verdict.reasons.iter().find(|one| one.code == "modified_after_deadline").unwrap();
    assert!(reason.text.contains("« Budget »"), "{}", reason.text);
}

#[test]
fn an_edit_within_an_extension_is_in_time() {
    let mut beside = alone();
    beside.extension = Some(Extension {
        until: "2019-06-07T12:00".parse().unwrap(),
        by: "X".to_owned(),
        reason: "Y".to_owned(),
        granted_at: None,
    });
    assert_eq!(verdict_by(&rules(), &edited(), &beside).outcome, Outcome::Eligible);
}

#[test]
fn a_late_deposit_is_not_an_edit_of_itself() {
    let late = dossier(ministry(), "2019-06-03T08:00:00Z");
    assert!(!codes(&verdict_by(&rules(), &late, &alone())).contains(&"modified_after_deadline"));
}

#[test]
fn an_instructeurs_correction_and_one_that_is_awaited_are_told() {
    let mut dossier = good();
    dossier.traitements =
        vec![event("1", TraitementEvent::DeposeCorrectionInstructeur, "2019-06-05T10:00:00Z")];
    dossier.dates.derniere_correction_en_attente = Some("2019-06-06T10:00:00Z".parse().unwrap());
    let verdict = verdict_by(&rules(), &dossier, &alone());
    assert_eq!(verdict.outcome, Outcome::Eligible);
    let codes = codes(&verdict);
    assert!(
        codes.contains(&"corrected_by_instructeur") && codes.contains(&"correction_pending"),
        "{codes:?}"
    );
}

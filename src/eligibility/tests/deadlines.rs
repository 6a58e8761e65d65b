//! In time or not: the boundaries of the call, tolerance, extensions, and which instant counts.

use super::*;

fn at(rules: &Ruleset, depot: &str) -> Verdict {
    verdict_by(rules, &dossier(ministry(), depot), &alone())
}

fn extension(until: &str) -> Extension {
    Extension {
        until: until.parse().unwrap(),
        by: "Direction du programme".to_owned(),
        reason: "panne de la plateforme".to_owned(),
        granted_at: None,
    }
}

#[test]
fn the_boundaries_of_the_call() {
    let outcome = |depot: &str| {
        let verdict = at(&rules(), depot);
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
    let codes = codes(&verdict);
    assert!(codes.contains(&"legal_category_ineligible") && codes.contains(&"deposited_late"), "{codes:?}");
}

#[test]
fn a_tolerance_is_told() {
    let rules = rules_with(|input| input.grace = SignedDuration::from_mins(15));
    let within = at(&rules, "2019-05-31T22:14:59Z");
    assert_eq!(within.outcome, Outcome::Eligible);
    assert!(codes(&within).contains(&"deposited_within_grace"));
    assert_eq!(at(&rules, "2019-05-31T22:15:00Z").outcome, Outcome::Late);
}

#[test]
fn an_extension_of_the_call_is_told_with_its_author_and_covers_its_whole_minute() {
    let rules = rules_with(|input| input.extensions = vec![extension("2019-06-07T12:00")]);
    let within = at(&rules, "2019-06-07T10:00:59Z");
    assert_eq!(within.outcome, Outcome::Eligible);
    let reason = &within.reasons[1];
    assert_eq!(reason.code, "deposited_within_extension");
    assert!(
        reason.text.contains("Direction du programme") && reason.text.contains("panne"),
        "{}",
        reason.text
    );
    assert!(codes(&at(&rules, "2019-05-31T21:00:00Z")).contains(&"deposited_on_time"));
    let late = at(&rules, "2019-06-07T10:31:00Z");
    assert_eq!(late.outcome, Outcome::Late);
    assert_eq!(late.reasons[0].facts["minutes_late"], 30_i64.into());
    assert!(late.reasons[0].text.contains("prolongée par Direction du programme"));
}

#[test]
fn an_extension_of_one_dossier_is_its_own() {
    let late = dossier(ministry(), "2019-06-03T08:00:00Z");
    let mut beside = alone();
    assert_eq!(verdict_by(&rules(), &late, &beside).outcome, Outcome::Late);
    beside.extension = Some(extension("2019-06-03T23:59"));
    let verdict = verdict_by(&rules(), &late, &beside);
    assert_eq!((verdict.outcome, verdict.deadline_check), (Outcome::Eligible, DeadlineCheck::OnTime));
    beside.extension = Some(extension("2019-06-02T23:59"));
    assert_eq!(verdict_by(&rules(), &late, &beside).outcome, Outcome::Late);
}

#[test]
fn the_instant_that_counts_is_the_calls_choice_and_is_named() {
    let mut sent_back = dossier(ministry(), ON_TIME);
    sent_back.dates.passage_en_construction = "2019-06-10T08:00:00Z".parse().unwrap();
    let by_default = verdict_by(&rules(), &sent_back, &alone());
    assert_eq!(by_default.outcome, Outcome::Eligible);
    assert!(by_default.reasons[1].facts.contains_key("date_depot"));
    let rules = rules_with(|input| input.deposit_date = DepositDate::PassageEnConstruction);
    let chosen = verdict_by(&rules, &sent_back, &alone());
    assert_eq!(chosen.outcome, Outcome::Late);
    assert!(chosen.reasons[0].facts.contains_key("date_passage_en_construction"));
    assert!(chosen.reasons[0].text.contains("passé (pour la dernière fois) en construction"));
}

#[test]
fn a_dossier_withdrawn_in_time_and_filed_again_late_says_so() {
    let late = dossier(ministry(), "2019-06-03T08:00:00Z");
    let mut beside = alone();
    beside.same_siren.first.push(Sibling {
        number: DossierNumber(7),
        depot: ON_TIME.parse().unwrap(),
        gone_at: Some("2019-06-02T08:00:00Z".parse().unwrap()),
        same_siren: true,
    });
    let verdict = verdict_by(&rules(), &late, &beside);
    assert_eq!(verdict.outcome, Outcome::Late);
    assert!(codes(&verdict).contains(&"withdrawn_then_filed_late"), "{:?}", codes(&verdict));
    beside.same_siren.first[0].gone_at = None;
    assert!(!codes(&verdict_by(&rules(), &late, &beside)).contains(&"withdrawn_then_filed_late"));
}

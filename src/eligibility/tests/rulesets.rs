//! Settings: which hold together, and what their version follows.

use super::*;

#[test]
fn other_rules_have_another_version_and_the_same_rules_the_same() {
    assert_eq!(rules().version(), rules().version());
    let changes: [fn(&mut RulesInput); 9] = [
        |input| input.eligible = vec!["7210".to_owned()],
        |input| input.language = Language::En,
        |input| input.grace = SignedDuration::from_mins(1),
        |input| input.deposit_date = DepositDate::PassageEnConstruction,
        |input| weigh(input, Check::SameSiren, None),
        |input| weigh(input, Check::SameSiren, Some(Weight::AsksReview)),
        |input| input.domain_champ = Some("Domaine".to_owned()),
        |input| {
            let champ = "Domaine".to_owned();
            let condition = Condition::Equals("Santé".to_owned());
            input.answers = vec![AnswerRule { champ, condition, weight: Weight::Informs }];
        },
        |input| {
            let until = "2019-06-07T12:00".parse().unwrap();
            let (by, reason) = ("X".to_owned(), "Y".to_owned());
            input.extensions = vec![Extension { until, by, reason, granted_at: None }];
        },
    ];
    let mut versions: Vec<String> =
        changes.into_iter().map(|change| rules_with(change).version().to_owned()).collect();
    versions.push(rules().version().to_owned());
    versions.sort();
    versions.dedup();
    assert_eq!(versions.len(), 10);
}

#[test]
fn saying_what_is_true_by_default_changes_no_version() {
    let same = rules_with(|input| weigh(input, Check::SameSiren, Some(Weight::Informs)));
    assert_eq!(same.version(), rules().version());
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
    assert_eq!(
        refused(|input| {
            let until = "2019-05-31T12:00".parse().unwrap();
            let (by, reason) = ("X".to_owned(), "Y".to_owned());
            input.extensions = vec![Extension { until, by, reason, granted_at: None }];
        }),
        "extensions"
    );
    assert_eq!(refused(|input| weigh(input, Check::SameSiren, Some(Weight::Blocks))), "same_siren");
    assert_eq!(
        refused(|input| {
            let condition = Condition::Within { min: Some(2.0), max: Some(1.0) };
            input.answers = vec![AnswerRule { champ: "X".to_owned(), condition, weight: Weight::Informs }];
        }),
        "answers"
    );
}

//! What holds whatever a dossier says.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;

/// An applicant of which anything may be missing.
fn any_demandeur() -> impl Strategy<Value = Demandeur> {
    (
        "\\PC{0,12}",
        proptest::option::of("[1-9][0-9]{3}|\\PC{0,6}"),
        "\\PC{0,30}",
        proptest::option::of("\\PC{0,8}"),
        0_u8..4,
    )
        .prop_map(|(siren, code, name, naf, kind)| match kind {
            0 => Demandeur::PersonneMoraleIncomplete { id: "x".to_owned(), siret: siren },
            1 => Demandeur::Unknown { typename: name, raw: "{}".to_owned() },
            _ => {
                let mut demandeur = body(&siren, code.as_deref(), &name);
                if let Demandeur::PersonneMorale(morale) = &mut demandeur {
                    morale.naf = naf;
                }
                demandeur
            }
        })
}

fn any_value() -> impl Strategy<Value = ChampValue> {
    prop_oneof![
        proptest::option::of("\\PC{0,20}").prop_map(ChampValue::Text),
        any::<bool>().prop_map(ChampValue::Checkbox),
        any::<Option<bool>>().prop_map(ChampValue::YesNo),
        proptest::option::of("-?[0-9]{0,30}").prop_map(ChampValue::IntegerNumber),
        any::<Option<f64>>().prop_map(ChampValue::DecimalNumber),
        proptest::collection::vec("\\PC{0,5}", 0..3).prop_map(ChampValue::MultipleDropDownList),
        Just(ChampValue::Unknown { typename: "X".to_owned(), raw: "{}".to_owned() }),
    ]
}

fn any_dossier() -> impl Strategy<Value = Dossier> {
    let second = -10_000_000_000_i64..10_000_000_000;
    (any_demandeur(), second.clone(), second.clone(), proptest::collection::vec((any_value(), second), 0..5))
        .prop_map(|(demandeur, depot, touched, values)| {
            let mut dossier = dossier(demandeur, ON_TIME);
            dossier.dates.depot = Timestamp::from_second(depot).unwrap();
            dossier.dates.derniere_modification_champs = Timestamp::from_second(touched).unwrap();
            dossier.champs = values
                .into_iter()
                .enumerate()
                .map(|(rank, (value, at))| {
                    let mut champ = champ(&rank.to_string(), "Question", value, ON_TIME);
                    champ.updated_at = Timestamp::from_second(at).unwrap();
                    champ
                })
                .collect();
            dossier
        })
}

fn demanding() -> Ruleset {
    rules_with(|input| {
        input.answers = [
            Condition::Checked(true),
            Condition::Equals("oui".to_owned()),
            Condition::Within { min: Some(0.0), max: Some(10.0) },
        ]
        .into_iter()
        .map(|condition| AnswerRule { champ: "Question".to_owned(), condition, weight: Weight::Blocks })
        .collect();
    })
}

fn any_beside() -> impl Strategy<Value = Circumstances> {
    (proptest::collection::btree_set("[0-4]", 0..3), 0_u32..4, any::<bool>()).prop_map(
        |(mandatory, siblings, known)| {
            let mut beside = Circumstances::default();
            if known {
                beside.form = Some(Arc::new(Form { mandatory, asked_since: Vec::new() }));
            }
            beside.same_siren.first = (0..siblings)
                .map(|number| Sibling {
                    number: DossierNumber(number),
                    depot: ON_TIME.parse().unwrap(),
                    gone_at: (number == 0).then(|| ON_TIME.parse().unwrap()),
                    same_siren: true,
                })
                .collect();
            beside
        },
    )
}

proptest! {
    #[test]
    fn no_dossier_makes_the_rules_panic_and_every_verdict_has_a_reason(
        dossier in any_dossier(), beside in any_beside(),
    ) {
        let rules = demanding();
        let verdict = verdict_by(&rules, &dossier, &beside);
        prop_assert!(!verdict.reasons.is_empty());
        let known: BTreeSet<_> = CODES.iter().map(|code| code.code).collect();
        for report in explain(&dossier, &beside, &rules) {
            prop_assert!(known.contains(report.reason.code), "{}", report.reason.code);
            prop_assert!(!report.source.is_empty() && !report.reason.text.is_empty());
        }
        // A verdict that is not the best has something that says why.
        let told = codes(&verdict);
        prop_assert!(verdict.outcome == Outcome::Eligible || told.iter().any(|code| *code != "deposited_on_time"));
    }

    /// What arrives later (the company's data) may open a door, and then says by what.
    #[test]
    fn data_that_arrives_never_admits_without_a_reason_that_names_it(
        dossier in any_dossier(), beside in any_beside(), code in "[1-9][0-9]{3}", name in "[A-Z]{1,9}",
    ) {
        let rules = demanding();
        let mut more = dossier.clone();
        let siren = dossier.demandeur.siren().unwrap_or("130025265").to_owned();
        more.demandeur = body(&siren, Some(&code), &name);
        let (before, after) = (verdict_by(&rules, &dossier, &beside), verdict_by(&rules, &more, &beside));
        if before.applicant_check == ApplicantCheck::Ineligible && after.applicant_check == ApplicantCheck::Eligible {
            let names_it = after.reasons.iter().any(|reason| {
                reason.facts.values().any(|fact| *fact == code.as_str().into() || *fact == siren.as_str().into())
            });
            prop_assert!(names_it, "{:?}", after.reasons);
        }
        // Nothing refuses by being absent.
        let mut less = dossier.clone();
        less.demandeur = Demandeur::PersonneMoraleIncomplete { id: "x".to_owned(), siret: format!("{siren}00000") };
        less.champs.clear();
        if rules_with(|_| {}).listed_siren(&siren).is_none() {
            prop_assert_ne!(verdict_by(&rules, &less, &beside).outcome, Outcome::Ineligible);
        }
    }

    #[test]
    fn a_decision_is_the_verdict_whatever_the_dossier_becomes(
        dossier in any_dossier(), beside in any_beside(), rank in 0_usize..4, changed in any::<bool>(),
    ) {
        let mut beside = beside;
        let verdict = Outcome::ALL[rank];
        beside.decision = Some(Decision {
            verdict,
            by: "X".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            reason: "Y".to_owned(),
            rules_said: None,
            changed_since: if changed { vec!["Titre".to_owned()] } else { Vec::new() },
        });
        let told = verdict_by(&demanding(), &dossier, &beside);
        prop_assert_eq!(told.outcome, verdict);
        prop_assert_eq!(codes(&told)[0], "decided_by_person");
        prop_assert_eq!(codes(&told).contains(&"changed_since_decision"), changed);
    }

    /// The deadline's minute, told by the wall clock of the zone rather than by instants; both sides of a
    /// change of hour are in the range, and the hours that exist twice or never.
    #[test]
    fn the_deadline_agrees_with_the_wall_clock(
        change in proptest::sample::select(vec![
            "2019-03-31T01:00:00Z", "2019-10-27T01:00:00Z", "2019-05-31T22:00:00Z", "2020-03-29T01:00:00Z",
            "2019-11-03T06:00:00Z", "2019-09-07T15:00:00Z",
        ]),
        around in -200_000_i64..200_000,
        offset in -90_000_i64..90_000,
        zone in proptest::sample::select(vec![
            "Europe/Paris", "Indian/Reunion", "America/Cayenne", "Pacific/Noumea", "America/Miquelon",
            "Pacific/Marquesas",
        ]),
    ) {
        let zone = TimeZone::get(zone).unwrap();
        let second = change.parse::<Timestamp>().unwrap().as_second() + around;
        let wall = Timestamp::from_second(second).unwrap().to_zoned_datetime(zone.clone()).datetime();
        let minute = wall.with().second(0).build().unwrap();
        let rules = rules_with(|input| {
            input.opens_at = None;
            input.deadline = Some(minute);
            input.timezone = zone.clone();
        });
        let depot = Timestamp::from_second(second + offset).unwrap();
        let check = verdict_by(&rules, &dossier_at(depot), &alone()).deadline_check;
        // Independently: the last instant at which a clock on that wall shows the minute, found by looking
        // at every minute of the two days around.
        let last = (-2_880_i64..2_880)
            .filter_map(|minutes| Timestamp::from_second(second - second.rem_euclid(60) + minutes * 60).ok())
            .filter(|at| at.to_zoned_datetime(zone.clone()).datetime() == minute)
            .max()
            .unwrap();
        let on_time = depot.as_second() < last.as_second() + 60;
        prop_assert_eq!(check == DeadlineCheck::OnTime, on_time, "{} against {}", depot, minute);
    }
}

fn dossier_at(depot: Timestamp) -> Dossier {
    let mut dossier = good();
    dossier.dates.depot = depot;
    dossier
}

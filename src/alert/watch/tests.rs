//! The watch, table by table: what is true when, and that each episode is told once.
#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// A call that closes at the end of May 2019 and was last read at this instant.
fn call(last_read: &str) -> CallFacts {
    CallFacts {
        slug: "ami".to_owned(),
        demarche: DemarcheNumber(1),
        closes_at: Some(at("2019-05-31T22:00:00Z")),
        first_run_at: Some(at("2019-04-01T08:00:00Z")),
        last_success: Some((at(last_read), at(last_read))),
        filled_at: Some(at("2019-04-01T08:00:00Z")),
        fault: None,
        quarantined: Vec::new(),
        active_revision: Some("r1".to_owned()),
        missing_champs: Vec::new(),
        divergences: 0,
        by_verdict: vec![("eligible".to_owned(), 3), ("late".to_owned(), 1)],
    }
}

/// Lives through looks at the mirror; gives what is told at each.
fn live(looks: &[(&str, CallFacts)], settings: &WatchSettings) -> Vec<Vec<String>> {
    let mut known: Vec<Episode> = Vec::new();
    let mut told = Vec::new();
    for (now, call) in looks {
        let now = at(now);
        let mirror = MirrorFacts { calls: vec![call.clone()], ..MirrorFacts::default() };
        let mut said = Vec::new();
        for step in steps(&known, conditions(&mirror, settings, now), now) {
            let (episode, name) = match step {
                Step::Begin { condition, episode, told } => (episode, told.then(|| condition.event.as_str())),
                Step::End { episode, recovered } => {
                    (Episode { open: false, ..episode }, recovered.then_some("recovered"))
                }
            };
            let same = |one: &Episode| (one.event, &one.subject) == (episode.event, &episode.subject);
            known.retain(|one| !same(one));
            known.push(episode);
            said.extend(name.map(str::to_owned));
        }
        told.push(said);
    }
    told
}

fn check(looks: &[(&str, CallFacts)], expected: &[&[&str]]) {
    assert_eq!(live(looks, &WatchSettings::default()), expected);
}

#[test]
fn nothing_is_said_of_a_call_that_goes_well() {
    let well = |now| (now, call(now));
    check(&[well("2019-04-02T08:00:00Z"), well("2019-04-02T08:01:00Z")], &[&[], &[]]);
}

#[test]
fn a_failure_is_told_once_and_its_end_once() {
    let stuck = call("2019-04-02T08:00:00Z");
    let refused = CallFacts { fault: Some(("token_rejected".to_owned(), None)), ..stuck.clone() };
    check(
        &[
            ("2019-04-02T08:59:59Z", stuck.clone()),
            ("2019-04-02T09:00:00Z", stuck.clone()),
            ("2019-04-02T10:00:00Z", refused.clone()),
            ("2019-04-03T10:00:00Z", refused),
            ("2019-04-03T10:10:00Z", call("2019-04-03T10:10:00Z")),
            ("2019-04-03T10:20:00Z", call("2019-04-03T10:20:00Z")),
            ("2019-04-03T12:00:00Z", call("2019-04-03T10:20:00Z")),
        ],
        &[&[], &["sync_failing"], &["token_rejected"], &[], &["recovered"], &[], &["sync_failing"]],
    );
}

#[test]
fn a_call_that_never_was_read_fails_too() {
    let never = CallFacts { last_success: None, filled_at: None, ..call("2019-04-01T08:00:00Z") };
    check(
        &[("2019-04-01T08:10:00Z", never.clone()), ("2019-04-01T09:00:00Z", never)],
        &[&[], &["sync_failing"]],
    );
}

#[test]
fn the_deadline_comes_nearer_and_passes() {
    let well = |now| (now, call(now));
    check(
        &[
            well("2019-05-24T21:59:59Z"),
            well("2019-05-24T22:00:00Z"),
            well("2019-05-26T00:00:00Z"),
            well("2019-05-30T22:00:00Z"),
            well("2019-05-31T21:59:59Z"),
            ("2019-05-31T22:00:30Z", call("2019-05-31T21:59:59Z")),
            well("2019-05-31T22:01:00Z"),
            well("2019-06-01T22:01:00Z"),
        ],
        &[&[], &["deadline_approaching"], &[], &["deadline_approaching"], &[], &[], &["call_closed"], &[]],
    );
}

#[test]
fn a_call_closed_before_it_was_first_read_says_nothing_of_its_deadline() {
    let old = CallFacts { filled_at: Some(at("2026-01-01T00:00:00Z")), ..call("2026-01-01T00:00:00Z") };
    check(&[("2026-01-01T00:00:10Z", old)], &[&[]]);
}

#[test]
fn a_form_is_known_before_it_changes() {
    let now = "2019-04-02T08:00:00Z";
    let second = CallFacts { active_revision: Some("r2".to_owned()), ..call(now) };
    check(&[(now, call(now)), (now, second.clone()), (now, second)], &[&[], &["form_changed"], &[]]);
}

#[test]
fn a_quarantine_is_told_when_it_lasts_and_again_when_it_comes_back() {
    let now = "2019-04-02T08:00:00Z";
    let aside = |attempts| CallFacts { quarantined: vec![(DossierNumber(9), attempts)], ..call(now) };
    check(
        &[(now, aside(1)), (now, aside(2)), (now, aside(3)), (now, call(now)), (now, aside(2))],
        &[&[], &["quarantined"], &[], &[], &["quarantined"]],
    );
}

#[test]
fn a_token_is_told_thirty_days_before_its_end_then_seven() {
    let settings = WatchSettings { token_expires_on: "2026-03-31".parse().ok(), ..WatchSettings::default() };
    let told = |days: &[&str]| {
        let looks: Vec<_> = days.iter().map(|day| at(&format!("{day}T12:00:00Z"))).collect();
        let mut known = Vec::new();
        looks
            .into_iter()
            .map(|now| {
                let found = steps(&known, conditions(&MirrorFacts::default(), &settings, now), now);
                let count = found.len();
                known.extend(found.into_iter().filter_map(|step| match step {
                    Step::Begin { episode, .. } => Some(episode),
                    Step::End { .. } => None,
                }));
                count
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        told(&["2026-02-28", "2026-03-01", "2026-03-02", "2026-03-24", "2026-04-02"]),
        [0, 1, 0, 1, 0]
    );
    assert_eq!(told(&["2026-03-26", "2026-03-27"]), [1, 0], "late to the party, it is told once");
}

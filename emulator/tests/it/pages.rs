//! Pages, cursors, orders and filters.

use ds_emulator::paging::{decode_cursor, encode_cursor};
use ds_emulator::schema::revision_id;
use ds_emulator::{DEMARCHE_NUMBER, World};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::client::{Api, numbers};

const PAGE: &str = "query Page($first: Int, $last: Int, $after: String, $before: String, $updatedSince: ISO8601DateTime, \
    $createdSince: ISO8601DateTime, $state: DossierState, $archived: Boolean, $revision: ID, $minRevision: ID, \
    $maxRevision: ID) { demarche(number: 12345) { dossiers(first: $first, last: $last, after: $after, before: $before, \
    updatedSince: $updatedSince, createdSince: $createdSince, state: $state, archived: $archived, revision: $revision, \
    minRevision: $minRevision, maxRevision: $maxRevision) { nodes { number state archived dateDepot \
    dateDerniereModification } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }";

fn page(api: &Api, variables: Value) -> Value {
    api.data(PAGE, variables)["demarche"]["dossiers"].clone()
}

fn walk(api: &Api, mut variables: Value) -> Vec<u64> {
    let mut seen = Vec::new();
    loop {
        let page = page(api, variables.clone());
        seen.extend(numbers(&page["nodes"]));
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return seen;
        }
        variables["after"] = page["pageInfo"]["endCursor"].clone();
    }
}

#[test]
fn a_walk_by_deposit_gives_every_dossier_once_in_order() {
    let api = Api::seeded(130);
    let truth = api.emulator.world().visible_numbers(DEMARCHE_NUMBER);
    assert_eq!(truth.len(), 130);
    for first in [1, 7, 100] {
        assert_eq!(walk(&api, json!({ "first": first })), truth, "pages of {first}");
    }
}

#[test]
fn a_page_has_a_hundred_dossiers_unless_fewer_are_asked() {
    let api = Api::seeded(130);
    for (first, expected) in
        [(json!(null), 100), (json!(500), 100), (json!(-5), 0), (json!(0), 0), (json!(3), 3)]
    {
        let page = page(&api, json!({ "first": first }));
        assert_eq!(numbers(&page["nodes"]).len(), expected, "first: {first}");
        assert_eq!(page["pageInfo"]["hasNextPage"], true);
    }
}

#[test]
fn an_empty_page_has_no_cursor() {
    let api = Api::seeded(10);
    let last = page(&api, json!({ "last": 1 }));
    let after = page(&api, json!({ "after": last["pageInfo"]["endCursor"] }));
    assert_eq!(after["nodes"], json!([]));
    assert_eq!(
        after["pageInfo"],
        json!({"hasNextPage": false, "hasPreviousPage": true, "startCursor": null, "endCursor": null})
    );
}

#[test]
fn walking_backwards_gives_ascending_pages() {
    let api = Api::seeded(30);
    let truth = api.emulator.world().visible_numbers(DEMARCHE_NUMBER);
    let last = page(&api, json!({ "last": 4 }));
    assert_eq!(numbers(&last["nodes"]), truth[26..]);
    assert_eq!(last["pageInfo"]["hasNextPage"], false);
    assert_eq!(last["pageInfo"]["hasPreviousPage"], true);
    let before = page(&api, json!({"first": 4, "before": last["pageInfo"]["startCursor"]}));
    assert_eq!(numbers(&before["nodes"]), truth[22..26], "the ones just below the cursor");
    assert_eq!(before["pageInfo"]["hasNextPage"], true);
}

#[test]
fn a_cursor_holds_the_microsecond_and_the_number() {
    let api = Api::seeded(12);
    let page = page(&api, json!({}));
    for (node, edge) in page["nodes"].as_array().unwrap().iter().zip(page["edges"].as_array().unwrap()) {
        let (instant, number) = decode_cursor(edge["cursor"].as_str().unwrap()).unwrap();
        let dossier = api.emulator.world().dossier(number).unwrap();
        assert_eq!(node["number"], number);
        assert_eq!(instant, dossier.depose_at.as_microsecond());
        let shown: Timestamp = node["dateDepot"].as_str().unwrap().parse().unwrap();
        assert_eq!(shown.as_second(), dossier.depose_at.as_second(), "cut to the second, not rounded");
        assert!(node["dateDepot"].as_str().unwrap().ends_with("+02:00"));
    }
}

#[test]
fn updated_since_is_inclusive_to_the_microsecond_and_changes_the_order() {
    let api = Api::seeded(40);
    let (threshold, expected) = {
        let world = api.emulator.world();
        let mut by_update: Vec<_> = world
            .visible_numbers(DEMARCHE_NUMBER)
            .iter()
            .map(|number| (world.dossier(*number).unwrap().updated_at, *number))
            .collect();
        by_update.sort();
        (by_update[25].0, by_update[25..].iter().map(|one| one.1).collect::<Vec<_>>())
    };
    assert_eq!(walk(&api, json!({"updatedSince": threshold.to_string(), "first": 4})), expected);
    let just_after = threshold + SignedDuration::from_micros(1);
    assert_eq!(walk(&api, json!({"updatedSince": just_after.to_string()})), expected[1..]);
}

#[test]
fn created_since_is_ignored_beside_updated_since() {
    let api = Api::seeded(40);
    let everything = walk(&api, json!({"updatedSince": "2018-01-01T00:00:00Z"}));
    let both = json!({"updatedSince": "2018-01-01T00:00:00Z", "createdSince": "2019-05-31T00:00:00+02:00"});
    assert_eq!(walk(&api, both), everything);
    let created = walk(&api, json!({"createdSince": "2019-05-31T23:59:59.999999+02:00"}));
    assert_eq!(created.len(), 5, "the last instant of the call and the four late ones");
}

#[test]
fn a_bare_day_is_an_instant_and_anything_else_is_refused() {
    let api = Api::seeded(10);
    assert_eq!(walk(&api, json!({"createdSince": "2018-01-01"})).len(), 10);
    let answer = api.ask(PAGE, json!({"updatedSince": "yesterday"}));
    assert_eq!(answer.get("data"), None);
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert_eq!(message, "Variable $updatedSince of type ISO8601DateTime was provided invalid value");
}

#[test]
fn filters_let_through_what_they_name() {
    let api = Api::seeded(80);
    let all = page(&api, json!({}))["nodes"].clone();
    let count =
        |name: &str, value: Value| all.as_array().unwrap().iter().filter(|node| node[name] == value).count();
    for state in ["en_construction", "en_instruction", "refuse"] {
        let expected = count("state", json!(state));
        assert!(expected > 0, "{state}");
        assert_eq!(walk(&api, json!({"state": state, "first": 3})).len(), expected, "{state}");
    }
    assert_eq!(walk(&api, json!({"archived": true})).len(), count("archived", json!(true)));
    let archived = json!({"archived": true, "state": "en_construction"});
    assert_eq!(walk(&api, archived), Vec::<u64>::new(), "filters add up");
}

#[test]
fn revisions_filter_exactly_or_by_their_creation() {
    let api = Api::seeded(80);
    let (first, second) = (revision_id(4_101), revision_id(4_187));
    let of = |variables| walk(&api, variables).len();
    let (older, newer) = (of(json!({ "revision": first })), of(json!({ "revision": second })));
    assert!(older > 0 && newer > 0 && older + newer == 80);
    assert_eq!(of(json!({ "minRevision": second })), newer);
    assert_eq!(of(json!({ "maxRevision": first })), older);
    assert_eq!(of(json!({"minRevision": first, "maxRevision": second})), 80);
    let unknown = api.errors(PAGE, json!({"revision": revision_id(1)}));
    assert_eq!(unknown, [("DossierConnection not found".to_owned(), Some("not_found".to_owned()))]);
}

#[test]
fn arguments_and_cursors_that_cannot_be_are_refused_as_the_platform_does() {
    let api = Api::seeded(10);
    let bad = |message: &str| vec![(message.to_owned(), Some("bad_request".to_owned()))];
    let both = api.errors(PAGE, json!({"first": 1, "last": 1}));
    assert_eq!(both, bad("Arguments \"first\" and \"last\" are exclusive"));
    let cursor = encode_cursor((0, 0));
    let both = api.errors(PAGE, json!({"before": cursor, "after": cursor}));
    assert_eq!(both, bad("Arguments \"before\" and \"after\" are exclusive"));
    assert_eq!(api.errors(PAGE, json!({"after": "§"})), [("Invalid input: \"§\"".to_owned(), None)]);
    let unparsable = api.request(PAGE, json!({"after": "aGVsbG8"}));
    assert_eq!(unparsable.status, 500);
    assert_eq!(unparsable.json()["errors"][0]["extensions"]["code"], "internal_server_error");
}

#[test]
fn a_forged_cursor_is_a_position_like_any_other() {
    let api = Api::seeded(20);
    let truth = api.emulator.world().visible_numbers(DEMARCHE_NUMBER);
    assert_eq!(walk(&api, json!({"after": encode_cursor((0, 0)), "first": 6})), truth);
}

#[test]
fn an_updated_dossier_moves_to_the_end_of_the_walk() {
    let api = Api::seeded(20);
    let since = json!({"updatedSince": "2018-01-01T00:00:00Z", "first": 5});
    let first = page(&api, since.clone());
    let moved = numbers(&first["nodes"])[0];
    api.emulator.world().set_now(World::seeded_as_of());
    api.emulator.world().set_label(moved, 601, true).unwrap();
    assert_eq!(numbers(&page(&api, since.clone())["nodes"])[0], moved, "a label moves nothing");
    api.emulator.world().set_followed(moved, 3_301, true).unwrap();
    assert_eq!(walk(&api, since).last(), Some(&moved));
}

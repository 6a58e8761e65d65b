//! What can be made to go wrong goes wrong in the platform's way.

use std::io::Read as _;
use std::time::{Duration, Instant};

use ds_emulator::{DEMARCHE_NUMBER, Fault, RateLimitHint};
use serde_json::{Value, json};

use crate::client::Api;

const PAGE: &str = "query Page($first: Int, $after: String) { demarche(number: 12345) { dossiers(first: $first, after: $after) { \
                    pageInfo { hasNextPage endCursor } edges { cursor } nodes { number dateDepot state champs { __typename id \
                    ... on CommuneChamp { commune { code name } } ... on AddressChamp { commune { code } } } } } } }";

fn nodes(answer: &Value) -> Vec<Value> {
    answer["data"]["demarche"]["dossiers"]["nodes"].as_array().unwrap().clone()
}

/// The number of the dossier of that rank.
fn ranked(api: &Api, rank: usize) -> u64 {
    api.emulator.world().visible_numbers(DEMARCHE_NUMBER)[rank]
}

#[test]
fn a_page_too_large_runs_out_of_time_and_says_so_once_with_a_code() {
    let api = Api::seeded(20);
    api.emulator.inject(Fault::TimeoutOver(5));
    let answer = api.ask(PAGE, json!({"first": 10}));
    let errors = answer["errors"].as_array().unwrap();
    assert!(errors.len() > 1);
    for (rank, error) in errors.iter().enumerate() {
        assert!(error["message"].as_str().unwrap().starts_with("Timeout on Dossier."));
        assert_eq!(error["extensions"]["code"].as_str(), (rank == 0).then_some("timeout"));
    }
    let nodes = nodes(&answer);
    assert!(nodes[..5].iter().all(Value::is_object) && nodes[5..].iter().all(Value::is_null));
    assert_eq!(api.ask(PAGE, json!({"first": 5})).get("errors"), None, "a smaller page is in time");
}

#[test]
fn one_dossier_can_take_all_the_time() {
    let api = Api::seeded(10);
    api.emulator.inject(Fault::TimeoutOn(ranked(&api, 3)));
    let answer = api.ask(PAGE, json!({}));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "timeout");
    assert!(nodes(&answer)[..3].iter().all(Value::is_object) && nodes(&answer)[3].is_null());
}

#[test]
fn one_dossier_can_crash_its_page_and_itself() {
    let api = Api::seeded(10);
    let poisoned = ranked(&api, 3);
    api.emulator.inject(Fault::CrashOn(poisoned));
    let crash = api.request(PAGE, json!({"first": 10}));
    assert_eq!(crash.status, 500);
    let body = crash.json();
    assert_eq!(
        (&body["data"], &body["errors"][0]["message"]),
        (&Value::Null, &json!("Internal Server Error"))
    );
    assert_eq!(api.request(PAGE, json!({"first": 3})).status, 200, "the page before it is whole");
    let alone = api.request("query Q($n: Int!) { dossier(number: $n) { id } }", json!({"n": poisoned}));
    assert_eq!(alone.status, 500);
    api.emulator.clear_faults();
    api.emulator.inject(Fault::CrashPageWith(poisoned));
    assert_eq!(api.request(PAGE, json!({"first": 10})).status, 500);
    let alone = api.request("query Q($n: Int!) { dossier(number: $n) { id } }", json!({"n": poisoned}));
    assert_eq!(alone.status, 200, "alone, it answers");
}

#[test]
fn a_null_where_none_may_be_empties_the_node_and_keeps_its_cursor() {
    let api = Api::seeded(10);
    let poisoned = ranked(&api, 3);
    api.emulator.inject(Fault::NullDateDepot(poisoned));
    let answer = api.ask(PAGE, json!({}));
    let error = &answer["errors"][0];
    assert_eq!(error["message"], "Cannot return null for non-nullable field Dossier.dateDepot");
    assert_eq!(error["path"], json!(["demarche", "dossiers", "nodes", 3, "dateDepot"]));
    assert_eq!(error["extensions"]["code"], "invalid_null");
    assert!(nodes(&answer)[3].is_null() && nodes(&answer)[4].is_object());
    let edges = answer["data"]["demarche"]["dossiers"]["edges"].as_array().unwrap();
    let cursor = ds_emulator::paging::decode_cursor(edges[3]["cursor"].as_str().unwrap()).unwrap();
    assert_eq!(cursor.1, poisoned);
}

#[test]
fn a_null_inside_a_champ_empties_only_the_nearest_place() {
    let api = Api::seeded(10);
    let poisoned = ranked(&api, 2);
    api.emulator.inject(Fault::NullCommuneCode(poisoned));
    let answer = api.ask(PAGE, json!({}));
    assert_eq!(nodes(&answer).iter().filter(|node| node.is_null()).count(), 0);
    for error in answer["errors"].as_array().unwrap() {
        assert_eq!(error["message"], "Cannot return null for non-nullable field Commune.code");
        let path = error["path"].as_array().unwrap();
        assert_eq!((&path[3], &path[4]), (&json!(2), &json!("champs")));
        let rank = usize::try_from(path[5].as_u64().unwrap()).unwrap();
        assert_eq!(nodes(&answer)[2]["champs"][rank]["commune"], Value::Null);
    }
}

#[test]
fn a_drifted_schema_shows_in_answers_and_in_introspection() {
    let api = Api::seeded(10);
    let odd = ranked(&api, 1);
    api.emulator.inject(Fault::UnknownChamp(odd));
    api.emulator.inject(Fault::UnknownState(odd, "en_attente".to_owned()));
    let answer = api.ask(PAGE, json!({}));
    assert_eq!(nodes(&answer)[1]["state"], "en_attente");
    let last = nodes(&answer)[1]["champs"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["__typename"], "QuotientFamilialChamp");
    let types = "{ __type(name: \"Champ\") { possibleTypes { name } } states: __type(name: \"DossierState\") { enumValues { name } } }";
    let data = api.data(types, json!({}));
    assert_eq!(data["__type"]["possibleTypes"].as_array().unwrap().len(), 29);
    assert_eq!(data["states"]["enumValues"].as_array().unwrap().len(), 6);
    api.emulator.clear_faults();
    assert_eq!(api.data(types, json!({}))["__type"]["possibleTypes"].as_array().unwrap().len(), 28);
}

#[test]
fn an_older_instance_lacks_a_field_and_refuses_whoever_asks_it() {
    let api = Api::seeded(1);
    let query = "{ demarche(number: 12345) { labels { name } } }";
    api.emulator.inject(Fault::MissingField("Demarche".to_owned(), "labels".to_owned()));
    let answer = api.ask(query, json!({}));
    assert_eq!(answer.get("data"), None);
    assert_eq!(answer["errors"][0]["message"], "Field 'labels' doesn't exist on type 'Demarche'");
    api.emulator.clear_faults();
    assert_eq!(api.errors(query, json!({})), []);
}

#[test]
fn the_door_breaks_in_each_way_asked_and_for_as_long() {
    let api = Api::seeded(10);
    let broken = |fault: Fault| {
        api.emulator.inject_for(1, fault);
        let raw = api.request(PAGE, json!({"first": 2}));
        assert_eq!(api.request(PAGE, json!({"first": 2})).status, 200, "one request only");
        raw
    };
    let gateway = broken(Fault::BadGateway);
    assert_eq!((gateway.status, gateway.header("content-type")), (502, Some("text/html; charset=utf-8")));
    let maintenance = broken(Fault::Maintenance);
    assert_eq!(maintenance.status, 503);
    assert!(maintenance.json()["error"].is_string());
    let expired = broken(Fault::ExpiredToken);
    let expected = "{\"errors\":[{\"message\":\"Token expired\",\"extensions\":{\"code\":\"unauthorized\"}}],\"data\":null}";
    assert_eq!((expired.status, expired.text().as_str()), (401, expected));
    let network = broken(Fault::ForbiddenNetwork);
    assert_eq!(network.status, 403);
    assert!(network.text().contains("Request issued from a forbidden network"));
    assert_eq!(broken(Fault::Crash).status, 500);
    let html = broken(Fault::HtmlInstead);
    assert!(html.status == 200 && html.text().starts_with("<!DOCTYPE html>"));
    let empty = broken(Fault::EmptyBody);
    assert!(empty.status == 200 && empty.body.is_empty());
    let moved = broken(Fault::Redirect("http://other.example/api/v2/graphql".to_owned()));
    assert_eq!((moved.status, moved.header("location")), (301, Some("http://other.example/api/v2/graphql")));
    let cut = broken(Fault::TruncatedJson);
    assert!(cut.status == 200 && serde_json::from_slice::<Value>(&cut.body).is_err());
    let huge = broken(Fault::HugeBody(3_000_000));
    assert!(huge.body.len() > 3_000_000 && huge.json()["data"].is_object());
}

#[test]
fn a_429_says_how_long_to_wait_in_the_way_asked() {
    let api = Api::seeded(1);
    api.emulator.world().set_now("2019-06-01T10:00:00Z".parse().unwrap());
    let headers = |hint| {
        api.emulator.inject_for(1, Fault::RateLimited(hint));
        let raw = api.request(PAGE, json!({}));
        assert_eq!(raw.status, 429);
        (raw.header("ratelimit-reset").map(str::to_owned), raw.header("retry-after").map(str::to_owned))
    };
    assert_eq!(headers(RateLimitHint::Reset(7)), (Some("1559383207".to_owned()), None));
    assert_eq!(headers(RateLimitHint::RetryAfter(3)), (None, Some("3".to_owned())));
    assert_eq!(headers(RateLimitHint::Nothing), (None, None));
}

#[test]
fn compressed_answers_and_connections_can_be_cut() {
    let api = Api::seeded(40);
    let bearer = format!("Bearer {}", api.emulator.token());
    let body = json!({ "query": PAGE }).to_string();
    api.emulator.inject_for(1, Fault::TruncatedGzip);
    let cut = api.post(&[("Authorization", &bearer), ("Accept-Encoding", "gzip")], &body);
    let mut unpacked = Vec::new();
    assert!(flate2::read::GzDecoder::new(&cut.body[..]).read_to_end(&mut unpacked).is_err());
    api.emulator.inject_for(1, Fault::ConnectionCut);
    let closed = api.post(&[("Authorization", &bearer)], &body);
    assert_eq!(closed.header("transfer-encoding"), Some("chunked"));
    assert!(!closed.body.ends_with(b"0\r\n\r\n"), "the last chunk never came");
}

#[test]
fn an_answer_can_be_slow() {
    let api = Api::seeded(1);
    api.emulator.inject_for(1, Fault::Latency(120));
    let start = Instant::now();
    api.request(PAGE, json!({}));
    assert!(start.elapsed() >= Duration::from_millis(120));
}

#[test]
fn pages_can_lie_about_what_follows() {
    let api = Api::seeded(10);
    api.emulator.inject(Fault::LoopingCursor);
    let first = api.ask(PAGE, json!({"first": 4}));
    let after = first["data"]["demarche"]["dossiers"]["pageInfo"]["endCursor"].clone();
    let second = api.ask(PAGE, json!({"first": 4, "after": after}));
    assert_eq!(nodes(&first), nodes(&second), "the same page for ever");
    assert_eq!(
        second["data"]["demarche"]["dossiers"]["pageInfo"],
        json!({"hasNextPage": true, "endCursor": after})
    );
    api.emulator.clear_faults();
    api.emulator.inject(Fault::LostEndCursor);
    let lost = api.ask(PAGE, json!({"first": 4}));
    assert_eq!(
        lost["data"]["demarche"]["dossiers"]["pageInfo"],
        json!({"hasNextPage": true, "endCursor": null})
    );
    api.emulator.clear_faults();
    api.emulator.inject(Fault::EmptySource);
    let empty = api.ask(PAGE, json!({}));
    assert_eq!(nodes(&empty), [] as [Value; 0]);
    assert_eq!(
        empty["data"]["demarche"]["dossiers"]["pageInfo"],
        json!({"hasNextPage": false, "endCursor": null})
    );
}

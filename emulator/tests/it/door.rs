//! The endpoint: token, refusals, headers, limits.

use ds_emulator::{Emulator, Options, RateLimit, World};
use serde_json::json;

use crate::client::Api;

const TITLE: &str = "{ demarche(number: 12345) { title } }";

fn body(query: &str) -> String {
    json!({ "query": query }).to_string()
}

#[test]
fn the_token_is_taken_in_each_spelling() {
    let api = Api::seeded(1);
    let token = api.emulator.token().to_owned();
    for spelling in
        [format!("Bearer {token}"), format!("Bearer token={token}"), format!("Token token=\"{token}\"")]
    {
        let answer = api.post(&[("Authorization", &spelling)], &body(TITLE));
        assert_eq!(answer.status, 200, "{spelling}");
        assert!(answer.text().starts_with("{\"data\":{\"demarche\":{\"title\":\""));
    }
}

#[test]
fn without_the_token_only_persisted_queries_are_allowed() {
    let api = Api::seeded(1);
    let expected = "{\"errors\":[{\"message\":\"Without a token, only persisted queries are allowed\",\
                    \"extensions\":{\"code\":\"forbidden\"}}],\"data\":null}";
    for headers in [vec![], vec![("Authorization", "Bearer unknown")], vec![("Authorization", "unknown")]] {
        let answer = api.post(&headers, &body(TITLE));
        assert_eq!((answer.status, answer.text().as_str()), (403, expected));
    }
}

#[test]
fn a_body_that_is_not_json_is_a_bad_request() {
    let api = Api::seeded(1);
    let bearer = format!("Bearer {}", api.emulator.token());
    let answer = api.post(&[("Authorization", &bearer)], "query { }");
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "bad_request");
}

#[test]
fn what_is_out_of_reach_and_what_is_unknown_are_said_apart() {
    let api = Api::seeded(1);
    let error = |query: &str| {
        let answer = api.ask(query, json!({}));
        assert_eq!(answer["data"], json!(null), "{query}");
        let error = &answer["errors"][0];
        assert!(error["path"].is_array() && error["locations"].is_array(), "{error}");
        (
            error["message"].as_str().unwrap().to_owned(),
            error["extensions"]["code"].as_str().unwrap().to_owned(),
        )
    };
    let hidden = |kind: &str| {
        (format!("An object of type {kind} was hidden due to permissions"), "unauthorized".to_owned())
    };
    let unknown = |kind: &str| (format!("{kind} not found"), "not_found".to_owned());
    assert_eq!(error("{ demarche(number: 12347) { title } }"), hidden("Demarche"));
    assert_eq!(error("{ dossier(number: 371901) { id } }"), hidden("Dossier"));
    assert_eq!(error("{ demarche(number: 1) { title } }"), unknown("Demarche"));
    assert_eq!(error("{ dossier(number: 1) { id } }"), unknown("Dossier"));
    api.emulator.world().demarche_mut(12_345).unwrap().discarded = true;
    assert_eq!(error(TITLE), unknown("Demarche"));
}

#[test]
fn errors_come_before_data() {
    let api = Api::seeded(1);
    assert!(api.request("{ demarche(number: 1) { title } }", json!({})).text().starts_with("{\"errors\":[{"));
}

#[test]
fn a_document_that_cannot_be_has_errors_and_no_data() {
    let api = Api::seeded(1);
    for query in [
        "{ nope }",
        "{ demarche(number: 12345) }",
        "{ demarche(number: 12345) { title",
        "{ demarche { title } }",
    ] {
        let answer = api.ask(query, json!({}));
        assert!(!answer["errors"].as_array().unwrap().is_empty(), "{query}");
        assert_eq!(answer.get("data"), None, "{query}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], json!(null), "{query}");
    }
    let deep = "fragment Deep on Demarche { dossiers { nodes { demarche { revision { champDescriptors { id } } } } } }";
    assert_eq!(api.errors(&format!("{{ demarche(number: 12345) {{ ...Deep }} }} {deep}"), json!({})), []);
}

#[test]
fn fifteen_fields_may_stand_one_inside_the_other_and_no_more() {
    let api = Api::seeded(1);
    let introspection = |levels: usize| {
        let nested = format!("{}name{}", "ofType{".repeat(levels), "}".repeat(levels));
        format!("{{ __schema {{ types {{ fields {{ args {{ type {{ {nested} }} }} }} }} }} }}")
    };
    assert_eq!(api.errors(&introspection(9), json!({})), []);
    let refused = api.errors(&introspection(10), json!({}));
    assert_eq!(refused[0].0, "Query has depth of 16, which exceeds max depth of 15");
}

#[test]
fn several_operations_want_a_name() {
    let api = Api::seeded(1);
    let document = format!("query A {TITLE} query B {TITLE}");
    let bearer = format!("Bearer {}", api.emulator.token());
    let ask = |name: &str| {
        let body = json!({"query": document, "operationName": name}).to_string();
        api.post(&[("Authorization", &bearer)], &body).json()
    };
    assert_eq!(ask("")["errors"][0]["message"], "An operation name is required");
    assert_eq!(ask("C")["errors"][0]["message"], "No operation named \"C\"");
    assert!(ask("B")["data"]["demarche"]["title"].is_string());
}

#[test]
fn variables_may_be_an_object_or_its_text() {
    let api = Api::seeded(1);
    let bearer = format!("Bearer {}", api.emulator.token());
    let query = "query Q($n: Int!) { demarche(number: $n) { number } }";
    let text = json!({"query": query, "variables": "{\"n\": 12345}"}).to_string();
    assert_eq!(api.post(&[("Authorization", &bearer)], &text).json()["data"]["demarche"]["number"], 12_345);
    assert_eq!(api.data(query, json!({"n": 12_345}))["demarche"]["number"], 12_345);
    let missing = api.ask(query, json!({}));
    assert_eq!(missing.get("data"), None);
}

#[test]
fn a_full_window_answers_429_with_its_end() {
    let options =
        Options { rate_limit: Some(RateLimit { requests: 2, window_seconds: 60 }), ..Options::default() };
    let mut world = World::new();
    world.set_now("2019-06-01T10:00:45Z".parse().unwrap());
    let api = Api::serving(world, options);
    assert_eq!(api.request(TITLE, json!({})).status, 200);
    assert_eq!(api.post(&[], &body(TITLE)).status, 403, "another header, another bucket");
    assert_eq!(api.request(TITLE, json!({})).status, 200);
    let full = api.request(TITLE, json!({}));
    assert_eq!(full.status, 429);
    assert_eq!(full.header("content-type"), Some("text/plain"));
    assert!(full.text().starts_with("Calme toi, cowboy"));
    assert_eq!(full.header("ratelimit-limit"), Some("2"));
    assert_eq!(full.header("ratelimit-remaining"), Some("0"));
    assert_eq!(full.header("ratelimit-reset"), Some("1559383260"), "10:01:00");
    assert_eq!(full.header("retry-after"), None);
    api.emulator.world().advance(jiff::SignedDuration::from_secs(15));
    assert_eq!(api.request(TITLE, json!({})).status, 200, "a new minute");
}

#[test]
fn the_date_header_is_the_world_s_clock() {
    let api = Api::seeded(1);
    api.emulator.world().set_now("2019-05-31T21:59:59.9Z".parse().unwrap());
    assert_eq!(api.request(TITLE, json!({})).header("date"), Some("Fri, 31 May 2019 21:59:59 GMT"));
}

#[test]
fn an_answer_is_compressed_for_those_who_accept_it() {
    use std::io::Read as _;
    let api = Api::seeded(40);
    let query = "{ demarche(number: 12345) { dossiers { nodes { number champs { label stringValue } } } } }";
    let bearer = format!("Bearer {}", api.emulator.token());
    let plain = api.post(&[("Authorization", &bearer)], &body(query));
    assert_eq!(plain.header("content-encoding"), None);
    let small = api.post(&[("Authorization", &bearer), ("Accept-Encoding", "gzip")], &body(query));
    assert_eq!(small.header("content-encoding"), Some("gzip"));
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&small.body[..]).read_to_end(&mut unpacked).unwrap();
    assert!(unpacked == plain.body && small.body.len() * 4 < plain.body.len());
}

#[test]
fn a_costly_document_is_refused_when_the_limit_is_set() {
    let options = Options { max_complexity: Some(1_000), ..Options::default() };
    let api = Api::serving(World::seeded(ds_emulator::SeedOptions::default()), options);
    let query = "query Q($first: Int) { demarche(number: 12345) { dossiers(first: $first) { nodes { id number state \
                 dateDepot archived champs { id label stringValue } messages { body } } } } }";
    let refused = api.errors(query, json!({}));
    assert_eq!(refused[0].0, "Query has complexity of 1202, which exceeds max complexity of 1000");
    assert_eq!(api.errors(query, json!({"first": 50})), []);
}

#[test]
fn every_request_is_in_the_log() {
    let api = Api::seeded(1);
    let bearer = format!("Bearer {}", api.emulator.token());
    let query =
        "query Page($first: Int) { demarche(number: 12345) { dossiers(first: $first) { nodes { id } } } }";
    let body = json!({"query": query, "operationName": "Page", "variables": {"first": 25}}).to_string();
    api.post(&[("Authorization", &bearer)], &body);
    api.post(&[], &body);
    let log = api.emulator.requests();
    let seen: Vec<_> = log.iter().map(|one| (one.operation.as_deref(), one.first, one.status)).collect();
    assert_eq!(seen, [(Some("Page"), Some(25), 200), (Some("Page"), Some(25), 403)]);
    api.emulator.forget_requests();
    assert!(api.emulator.requests().is_empty());
}

#[test]
fn an_emulator_starts_inside_a_runtime_and_stops_when_dropped() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let emulator: Emulator =
        runtime.block_on(async { Emulator::start(World::new(), Options::default()).await.unwrap() });
    let address = emulator.address();
    assert!(std::net::TcpStream::connect(address).is_ok());
    let clone = emulator.clone();
    drop(emulator);
    assert!(std::net::TcpStream::connect(address).is_ok(), "a handle is left");
    drop(clone);
    let gone = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        std::net::TcpStream::connect(address).is_err()
    });
    assert!(gone);
}

//! The queries that come with the package for Datasette, each asked through the real one.

use std::path::Path;
use std::process::Command;

use ds_emulator::DEMARCHE_NUMBER;
use ds_emulator::world::champ::ChampValue;
use serde_json::Value;

use crate::binary::{Answer, Desk};
use crate::harness::emulator;
use crate::readers::datasette;

/// What Datasette answers to a path, which it answers with 200.
fn get(datasette: &Path, desk: &Desk, path: &str) -> Value {
    let metadata = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/datasette/metadata.yml");
    let output = Command::new(datasette)
        .arg("--immutable")
        .arg(desk.path("latest.db"))
        .args(["-m", metadata, "--get", path])
        .output()
        .unwrap();
    let answer: Answer = output.into();
    // It ends badly on any other status.
    assert_eq!(answer.code, Some(0), "{path}: {}{}", answer.out, answer.err);
    serde_json::from_str(&answer.out).unwrap()
}

#[test]
fn each_query_of_datasette_answers_what_the_mirror_says() {
    let Some(datasette) = datasette() else { return };
    let emulator = emulator(120, 1);
    let desk = Desk::at(&emulator);
    assert_eq!(desk.run(&["sync"]).code, Some(0));
    let (number, stable_id) = {
        let world = emulator.read_world();
        let found = world.visible_numbers(DEMARCHE_NUMBER).into_iter().find_map(|number| {
            let dossier = world.dossier(number)?;
            let text =
                dossier.champs.iter().find(|champ| matches!(champ.value, ChampValue::Text(Some(_))))?;
            (dossier.state.as_str() == "en_construction").then_some((number, text.stable_id))
        });
        found.unwrap()
    };
    let answer = ChampValue::Text(Some("Réponse que l’on cherche".to_owned()));
    emulator.world().edit_champ(number, stable_id, answer).unwrap();
    emulator.world().resubmit(number).unwrap();
    assert_eq!(desk.run(&["sync"]).code, Some(0));
    let copy = desk.path("latest.db");
    assert_eq!(desk.run(&["snapshot", copy.to_str().unwrap()]).code, Some(0));
    let known = get(&datasette, &desk, "/latest.json");
    let queries = known["queries"].as_array().unwrap();
    assert!(queries.len() >= 10, "{queries:?}");
    for query in queries {
        let (name, sql) = (query["name"].as_str().unwrap(), query["sql"].as_str().unwrap());
        let path = format!("/latest/{name}.json?numero={number}&texte=on+cherche&_shape=array");
        let asked = get(&datasette, &desk, &path);
        let plain = sql.replace(":numero", &number.to_string()).replace(":texte", "'on cherche'");
        let expected = desk.run(&["query", &plain, "--format", "json"]);
        assert_eq!(expected.code, Some(0), "{name}: {}", expected.err);
        let expected: Value = serde_json::from_str(&expected.out).unwrap();
        assert_eq!(asked, expected, "{name}");
        assert!(asked.as_array().is_some_and(|rows| !rows.is_empty()), "{name} shows nothing");
    }
    let rows =
        |name: &str| get(&datasette, &desk, &format!("/latest/{name}.json?numero={number}&_shape=array"));
    let holds = |rows: &Value, column: &str| {
        rows.as_array().unwrap().iter().any(|row| row[column].to_string().contains("que l’on cherche"))
    };
    assert!(holds(&rows("un_dossier"), "string_value"), "the answer of today is there");
    assert!(holds(&rows("histoire"), "after"), "so is what it became");
    let nobody = get(&datasette, &desk, "/latest/un_dossier.json?numero=1&_shape=array");
    assert_eq!(nobody, Value::Array(Vec::new()));
}

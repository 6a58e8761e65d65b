//! Nodes such as no platform should send: the reading never panics, loses no dossier that it can name, and
//! keeps what it does not know.

use ami_sync::api;
use ami_sync::domain::{ChampValue, DossierNumber};
use ds_emulator::{Chance, DEMARCHE_NUMBER};
use serde_json::{Value, json};

use crate::harness::{client, emulator};

const MUTATIONS: u64 = 3_000;

/// Replaces, removes or renames something somewhere in a node.
fn meddle(node: &mut Value, chance: &mut Chance) {
    // Answers are most of a node, and what the platform invents most often.
    let champs = node["champs"].as_array().map_or(0, Vec::len);
    let mut here = if champs > 0 && chance.percent(70) {
        &mut node["champs"][usize::try_from(chance.below(champs as u64)).unwrap()]
    } else {
        node
    };
    loop {
        let deeper = chance.percent(90);
        let children = match here {
            Value::Object(fields) => fields.len(),
            Value::Array(items) => items.len(),
            _ => 0,
        };
        if !deeper || children == 0 {
            break;
        }
        let chosen = usize::try_from(chance.below(children as u64)).unwrap();
        here = match here {
            Value::Object(fields) => fields.values_mut().nth(chosen).unwrap(),
            Value::Array(items) => &mut items[chosen],
            _ => unreachable!("nothing else has children"),
        };
    }
    *here = match chance.below(9) {
        0 => Value::Null,
        1 => json!(-1),
        2 => json!(18_446_744_073_709_551_615_u64),
        3 => json!("texte à la place"),
        4 => json!("9999-99-99T99:99:99+99:99"),
        5 => json!({"__typename": "Invented", "id": "x", "label": "y"}),
        6 => json!([[], {}]),
        7 => json!(true),
        _ => json!(1.5e300),
    };
}

fn nodes() -> Vec<Value> {
    let emulator = emulator(40, 5);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = client(&emulator);
    let numbers = emulator.read_world().visible_numbers(DEMARCHE_NUMBER);
    let fetch = |number: u64| {
        let number = DossierNumber(u32::try_from(number).unwrap());
        let fetched = runtime.block_on(client.fetch_dossier(number)).unwrap();
        serde_json::from_str(fetched.node.as_str()).unwrap()
    };
    numbers.into_iter().map(fetch).collect()
}

#[test]
fn whatever_is_in_a_node_it_is_read_or_refused_and_never_a_crash() {
    let nodes = nodes();
    let mut chance = Chance::acts(11);
    let (mut read, mut refused) = (0_u64, 0_u64);
    for round in 0..MUTATIONS {
        let mut node = nodes[usize::try_from(round).unwrap() % nodes.len()].clone();
        for _ in 0..=chance.below(2) {
            meddle(&mut node, &mut chance);
        }
        let text = node.to_string();
        match api::normalize(&text) {
            Ok(normalized) => {
                read += 1;
                let champs = |name: &str| node[name].as_array().map_or(0, Vec::len);
                assert_eq!(normalized.dossier.champs.len(), champs("champs"), "an answer is lost: {text}");
                assert_eq!(normalized.dossier.annotations.len(), champs("annotations"), "{text}");
                // What follows a reading in a pass.
                let facts = normalized.dossier.facts();
                assert!(!facts.is_empty());
            }
            Err(error) => {
                refused += 1;
                let told = error.to_string();
                assert!(!told.contains("texte à la place"), "an error quotes a value: {told}");
            }
        }
    }
    assert!(read > MUTATIONS / 10 && refused > MUTATIONS / 50, "{read} read, {refused} refused");
}

#[test]
fn a_node_cut_anywhere_is_refused() {
    let node = nodes()[3].to_string();
    let cuts: Vec<&str> = (0..node.len()).step_by(97).filter_map(|length| node.get(..length)).collect();
    assert!(cuts.len() > 50);
    for cut in cuts {
        assert!(api::normalize(cut).is_err(), "{} bytes", cut.len());
    }
}

#[test]
fn an_answer_of_an_invented_type_is_kept_as_received() {
    let mut node = nodes()[3].clone();
    let invented = json!({
        "__typename": "HologrammeChamp", "id": "Q2hhbXAtOTk=", "champDescriptorId": "Q2hhbXAtOTk=",
        "label": "Hologramme", "stringValue": "voir pièce", "updatedAt": "2019-05-20T10:00:00+02:00",
        "prefilled": false, "relief": {"z": [1, 2, 3]},
    });
    node["champs"].as_array_mut().unwrap().push(invented.clone());
    let read = api::normalize(&node.to_string()).unwrap();
    let kept = read.dossier.champs.last().unwrap();
    let as_received = match &kept.value {
        ChampValue::Unknown { raw, .. } => raw.as_str(),
        _ => "something else",
    };
    assert_eq!((kept.value.typename(), kept.label.as_str()), ("HologrammeChamp", "Hologramme"));
    assert_eq!(serde_json::from_str::<Value>(as_received).unwrap(), invented);
    assert!(read.unknown.iter().any(|element| element.name == "HologrammeChamp"));
}

//! What the API answers is the world's truth, field by field, whatever happened to it.

use ds_emulator::world::demandeur::Demandeur;
use ds_emulator::world::ids::global_id;
use ds_emulator::{Chance, DEMARCHE_NUMBER};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::client::Api;

const WALK: &str = "query Walk($after: String) { demarche(number: 12345) { dossiers(first: 40, after: $after) { \
    pageInfo { hasNextPage endCursor } nodes { number state archived dateDepot dateDerniereModification \
    datePassageEnInstruction dateTraitement dateExpiration motivation usager { id email } labels { id name } \
    demarche { revision { id } } groupeInstructeur { number label } instructeurs { id } attestation { filename } \
    demandeur { __typename ... on PersonneMorale { siret entreprise { raisonSociale formeJuridiqueCode } } \
    ... on PersonneMoraleIncomplete { siret } } traitements { event dateTraitement } messages { body discardedAt \
    correction { reason dateResolution } } avis { reponse } champs { id label stringValue updatedAt } \
    annotations { id stringValue } } } } }";

fn nodes(api: &Api) -> Vec<Value> {
    let (mut nodes, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = api.data(WALK, json!({ "after": after }))["demarche"]["dossiers"].clone();
        nodes.extend(page["nodes"].as_array().unwrap().clone());
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return nodes;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn is_same_second(shown: &Value, truth: Option<Timestamp>) -> bool {
    let shown = shown.as_str().map(|text| text.parse::<Timestamp>().unwrap().as_second());
    shown == truth.map(|instant| instant.as_second())
}

fn check(api: &Api, node: &Value) {
    let number = node["number"].as_u64().unwrap();
    let world = api.emulator.read_world();
    let (dossier, demarche) =
        (world.dossier(number).unwrap(), world.demarche(DEMARCHE_NUMBER).unwrap().clone());
    assert_eq!(node["state"], dossier.state.as_str(), "{number}");
    assert_eq!(node["archived"], dossier.archived);
    for (name, truth) in [
        ("dateDepot", Some(dossier.depose_at)),
        ("dateDerniereModification", Some(dossier.updated_at)),
        ("datePassageEnInstruction", dossier.en_instruction_at),
        ("dateTraitement", dossier.processed_at),
        ("dateExpiration", dossier.expired_at),
    ] {
        assert!(is_same_second(&node[name], truth), "{number}: {name} is {}, not {truth:?}", node[name]);
    }
    assert_eq!(node["motivation"].as_str(), dossier.motivation.as_deref());
    assert_eq!(node["usager"]["email"], json!(dossier.usager.email));
    let usager = dossier.usager.id.map_or("<deleted>".to_owned(), |id| global_id("User", id));
    assert_eq!(node["usager"]["id"], usager);
    let labels: Vec<_> = dossier.labels.iter().map(|id| json!(demarche.label(*id).unwrap().name)).collect();
    let shown: Vec<_> =
        node["labels"].as_array().unwrap().iter().map(|label| label["name"].clone()).collect();
    assert_eq!(shown, labels);
    assert_eq!(node["demarche"]["revision"]["id"], global_id("ProcedureRevision", dossier.revision_id));
    assert_eq!(node["groupeInstructeur"]["number"], dossier.groupe_instructeur_number);
    assert_eq!(node["attestation"].is_object(), dossier.attestation.is_some());
    assert_eq!(node["demandeur"]["__typename"], dossier.demandeur.typename());
    assert_eq!(node["demandeur"]["siret"].as_str(), dossier.demandeur.siret());
    if let Demandeur::Morale(morale) = &dossier.demandeur {
        let code = morale.entreprise.as_ref().and_then(|one| one.forme_juridique_code.clone());
        assert_eq!(node["demandeur"]["entreprise"]["formeJuridiqueCode"].as_str(), code.as_deref());
    }
    let events: Vec<_> = dossier.traitements.iter().map(|one| json!(one.event.as_str())).collect();
    let shown: Vec<_> =
        node["traitements"].as_array().unwrap().iter().map(|one| one["event"].clone()).collect();
    assert_eq!(shown, events);
    assert_eq!(node["messages"].as_array().unwrap().len(), dossier.messages.len());
    assert_eq!(node["avis"].as_array().unwrap().len(), dossier.avis.len());
    for (shown, champ) in node["champs"].as_array().unwrap().iter().zip(&dossier.champs) {
        assert_eq!(shown["id"], global_id("Champ", champ.stable_id));
        assert_eq!(shown["label"], *champ.label);
    }
    assert_eq!(node["champs"].as_array().unwrap().len(), dossier.champs.len());
}

#[test]
fn a_walk_shows_the_world_as_it_is_after_a_hundred_acts() {
    let api = Api::seeded(70);
    for seed in 0..6 {
        let mut chance = Chance::acts(seed);
        {
            let mut world = api.emulator.world();
            for _ in 0..100 {
                world.advance(SignedDuration::from_mins(37));
                world.random_act(&mut chance).unwrap();
            }
        }
        let nodes = nodes(&api);
        let numbers: Vec<_> = nodes.iter().map(|node| node["number"].as_u64().unwrap()).collect();
        assert_eq!(numbers, api.emulator.read_world().visible_numbers(DEMARCHE_NUMBER));
        nodes.iter().for_each(|node| check(&api, node));
    }
}

//! What types answers have, what the document changes in them, and that every field answers.

use std::collections::{BTreeMap, BTreeSet};

use ds_emulator::DEMARCHE_NUMBER;
use serde_json::{Value, json};

use crate::client::Api;

pub const EVERYTHING: &str = include_str!("everything.graphql");

const SCHEMA: &str = include_str!("../../../schema.graphql");

/// For each concrete type met in an answer, the fields that were not null at least once.
fn met(value: &Value, into: &mut BTreeMap<String, BTreeSet<String>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| met(item, into)),
        Value::Object(fields) => {
            if let Some(kind) = fields.get("__typename").and_then(Value::as_str) {
                let seen = into.entry(kind.to_owned()).or_default();
                seen.extend(fields.iter().filter(|field| !field.1.is_null()).map(|field| field.0.clone()));
            }
            fields.values().for_each(|field| met(field, into));
        }
        _ => {}
    }
}

/// The fields of each type that implements an interface, as the schema lists them.
fn implementations(interface: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut types = BTreeMap::new();
    let mut current: Option<(String, BTreeSet<String>)> = None;
    for line in SCHEMA.lines() {
        if let Some(rest) = line.strip_prefix("type ") {
            let name = rest.split([' ', '{']).next().unwrap().to_owned();
            current = rest.contains(&format!("implements {interface} ")).then(|| (name, BTreeSet::new()));
        } else if line == "}" {
            types.extend(current.take());
        } else if let (Some((_, fields)), Some((field, _))) =
            (&mut current, line.trim().split_once([':', '(']))
        {
            fields.insert(field.to_owned());
        }
    }
    types
}

#[test]
fn every_champ_type_answers_every_field_of_its_own() {
    let api = Api::seeded(100);
    let data = api.data(EVERYTHING, json!({"number": DEMARCHE_NUMBER}));
    let mut seen = BTreeMap::new();
    met(&data["demarche"], &mut seen);
    let expected = implementations("Champ");
    assert_eq!(expected.len(), 28);
    for (kind, fields) in expected {
        let answered = seen.get(&kind).unwrap_or_else(|| panic!("no {kind} was met"));
        // Values of different types cannot share a key: each has an alias in the document.
        let aliases = ["value", "checked", "selected", "decimalNumber", "integerNumber", "civilite"];
        let is_answered = |field: &str| {
            answered.contains(field)
                || field == "value" && aliases.iter().any(|alias| answered.contains(*alias))
        };
        let missing: Vec<_> = fields.iter().filter(|field| !is_answered(field)).collect();
        assert!(missing.is_empty(), "{kind} never answered {missing:?}");
    }
}

#[test]
fn every_field_of_the_schema_is_answered_at_least_once() {
    let api = Api::seeded(200);
    // Typenames everywhere, so that each object says what it is.
    let document = EVERYTHING.replace(" {\n", " {\n  __typename\n").replace("{ ", "{ __typename ");
    let mut seen = BTreeMap::new();
    let mut variables = json!({"number": DEMARCHE_NUMBER});
    for _ in 0..2 {
        let data = api.data(&document, variables.clone());
        met(&data["demarche"], &mut seen);
        variables["after"] = data["demarche"]["dossiers"]["pageInfo"]["endCursor"].clone();
    }
    // What the seeded call has no reason to hold.
    let absent = [
        ("Dossier", "datePrevisionnelleDecisionSVASVR"),
        ("Dossier", "dateTraitementSVASVR"),
        ("Dossier", "dateSuppressionParUsager"),
        ("Dossier", "dateSuppressionParAdministration"),
        ("Dossier", "motivationAttachment"),
        ("Demarche", "declarative"),
        ("Demarche", "dateDepublication"),
        ("Message", "discardedAt"),
        ("Entreprise", "nom"),
        ("Entreprise", "prenom"),
        ("Association", "datePublication"),
    ];
    let objects = [
        "Dossier",
        "Traitement",
        "Message",
        "Correction",
        "Avis",
        "File",
        "Entreprise",
        "Effectif",
        "Association",
        "Address",
        "GeoJSON",
        "Label",
        "GroupeInstructeur",
        "Profile",
        "Service",
        "Demarche",
        "Revision",
        "DeletedDossier",
        "Commune",
        "Departement",
        "Region",
        "Pays",
        "Epci",
        "RNA",
        "RNF",
        "Row",
        "EngagementJuridique",
        "ParcelleCadastrale",
        "PersonneMorale",
        "PersonneMoraleIncomplete",
    ];
    for kind in objects {
        let head = format!("type {kind} ");
        let body = SCHEMA.split(&head).nth(1).unwrap().split("\n}").next().unwrap();
        let answered = seen.get(kind).unwrap_or_else(|| panic!("no {kind} was met"));
        for line in body.lines().skip(1) {
            let field = line.trim().split([':', '(']).next().unwrap();
            let known_absent =
                absent.contains(&(kind, field)) || field == "description" && kind != "Demarche";
            assert!(answered.contains(field) || known_absent, "{kind}.{field} was never answered");
        }
    }
}

#[test]
fn some_types_exist_only_for_documents_that_name_them() {
    let api = Api::seeded(30);
    let types = |fragments: &str| {
        let query = format!(
            "{{ demarche(number: 12345) {{ dossiers(last: 25) {{ nodes {{ champs {{ __typename {fragments} }} }} }} }} }}"
        );
        let data = api.data(&query, json!({}));
        let mut kinds = BTreeSet::new();
        for node in data["demarche"]["dossiers"]["nodes"].as_array().unwrap() {
            kinds.extend(
                node["champs"].as_array().unwrap().iter().map(|champ| champ["__typename"].to_string()),
            );
        }
        kinds
    };
    let poor = types("");
    for hidden in [
        "AddressChamp",
        "CommuneChamp",
        "DepartementChamp",
        "RegionChamp",
        "PaysChamp",
        "DropDownListChamp",
        "HeaderSectionChamp",
        "ExplicationChamp",
        "YesNoChamp",
        "DatetimeChamp",
    ] {
        assert!(!poor.contains(&format!("\"{hidden}\"")), "{hidden} was not named");
        let named = types(&format!("... on {hidden} {{ id }}"));
        assert!(named.contains(&format!("\"{hidden}\"")), "{hidden} was named");
    }
    for shown in ["TextChamp", "CheckboxChamp", "DateChamp", "EpciChamp", "SiretChamp", "RepetitionChamp"] {
        assert!(poor.contains(&format!("\"{shown}\"")), "{shown} needs no name");
    }
}

#[test]
fn an_incomplete_company_is_lost_to_a_document_that_does_not_name_it() {
    let api = Api::seeded(20);
    let number = api.emulator.world().visible_numbers(DEMARCHE_NUMBER);
    let incomplete = number
        .into_iter()
        .find(|number| {
            api.emulator.world().dossier(*number).unwrap().demandeur.typename() == "PersonneMoraleIncomplete"
        })
        .unwrap();
    let full = "... on PersonneMorale { siret address { label } }";
    let one = |fragments: &str| {
        format!(
            "query Q($n: Int!) {{ dossier(number: $n) {{ number demandeur {{ __typename {fragments} }} }} }}"
        )
    };
    let named = api
        .data(&one(&format!("{full} ... on PersonneMoraleIncomplete {{ siret }}")), json!({"n": incomplete}));
    assert_eq!(named["dossier"]["demandeur"]["__typename"], "PersonneMoraleIncomplete");
    let unnamed = api.ask(&one(full), json!({"n": incomplete}));
    assert_eq!(unnamed["data"], json!(null), "null climbs to the top: every parent is non-null");
    let error = &unnamed["errors"][0];
    assert_eq!(error["message"], "Cannot return null for non-nullable field PersonneMorale.address");
    assert_eq!(error["extensions"]["code"], "invalid_null");
    assert_eq!(error["path"], json!(["dossier", "demandeur", "address"]));
    let page = format!(
        "{{ demarche(number: 12345) {{ dossiers {{ nodes {{ number demandeur {{ {full} }} }} edges {{ cursor }} }} }} }}"
    );
    let answer = api.ask(&page, json!({}));
    let nodes = answer["data"]["demarche"]["dossiers"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.iter().filter(|node| node.is_null()).count(), 1, "on a page only that node is null");
    assert_eq!(nodes.len(), 20);
    assert_eq!(
        answer["data"]["demarche"]["dossiers"]["edges"].as_array().unwrap().len(),
        20,
        "its cursor stays"
    );
}

#[test]
fn a_fragment_without_a_type_crashes_the_server() {
    let api = Api::seeded(1);
    let crash = api.request("{ demarche(number: 12345) { ... @include(if: true) { title } } }", json!({}));
    assert_eq!(crash.status, 500);
}

#[test]
fn fields_are_merged_aliased_included_and_skipped() {
    let api = Api::seeded(1);
    let query = "query Q($yes: Boolean!) { demarche(number: 12345) { again: number ...A title @skip(if: $yes) \
                 labels @include(if: $yes) { id } labels { name } } } \
                 fragment A on Demarche { state ...B } fragment B on Demarche { number }";
    let demarche = api.data(query, json!({"yes": true}))["demarche"].clone();
    assert_eq!(demarche.as_object().unwrap().keys().collect::<BTreeSet<_>>().len(), 4);
    assert_eq!((demarche["again"].clone(), demarche["number"].clone()), (json!(12_345), json!(12_345)));
    assert_eq!(demarche["labels"][0].as_object().unwrap().len(), 2, "both selections of labels");
    let without = api.data(query, json!({"yes": false}))["demarche"].clone();
    assert!(without["title"].is_string() && without["labels"][0].get("id").is_none());
}

#[test]
fn introspection_tells_the_schema() {
    let api = Api::seeded(1);
    let data = api.data(
        "{ __type(name: \"Champ\") { possibleTypes { name } } demarche(number: 12345) { number } }",
        json!({}),
    );
    assert_eq!(data["__type"]["possibleTypes"].as_array().unwrap().len(), 28);
    assert_eq!(data["demarche"]["number"], 12_345);
}

#[test]
fn big_numbers_travel_as_text_and_days_as_days() {
    let api = Api::seeded(40);
    let query = "{ demarche(number: 12345) { dossiers { nodes { champs { ... on IntegerNumberChamp { value } \
                 ... on DateChamp { date } ... on PieceJustificativeChamp { files { byteSizeBigInt } } } } } } }";
    let text = api.request(query, json!({})).text();
    assert!(text.contains("{\"value\":\"") && text.contains("{\"byteSizeBigInt\":\""));
    assert!(text.contains("{\"date\":\"2019-"));
}

#[test]
fn a_champ_in_a_row_carries_its_row_in_its_id() {
    use base64::Engine as _;
    let api = Api::seeded(40);
    let query = "{ demarche(number: 12345) { dossiers { nodes { champs { id champDescriptorId ... on RepetitionChamp \
                 { rows { id champs { id champDescriptorId } } } } } } } }";
    let data = api.data(query, json!({}));
    let decode = |id: &Value| {
        let bytes = base64::engine::general_purpose::STANDARD.decode(id.as_str().unwrap()).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let mut rows = 0;
    for champ in data["demarche"]["dossiers"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|node| node["champs"].as_array().unwrap())
    {
        assert_eq!(champ["id"], champ["champDescriptorId"]);
        let mut ulids = Vec::new();
        for row in champ.get("rows").and_then(Value::as_array).into_iter().flatten() {
            let ulid = decode(&row["id"]).strip_prefix("Row-").unwrap().to_owned();
            for inner in row["champs"].as_array().unwrap() {
                assert_eq!(decode(&inner["id"]), format!("{}|{ulid}", decode(&inner["champDescriptorId"])));
            }
            ulids.push(ulid);
            rows += 1;
        }
        assert!(ulids.is_sorted(), "rows stand in the order of their creation");
    }
    assert!(rows > 20);
}

#[test]
fn the_form_is_told_with_its_kinds_and_its_choices() {
    let api = Api::seeded(1);
    let query = "{ demarcheDescriptor(demarche: {number: 12345}) { number dureeConservationDossiers opendata demarcheURL \
                 revision { id champDescriptors { __typename id label required ... on DropDownListChampDescriptor { options otherOption } \
                 ... on LinkedDropDownListChampDescriptor { options } ... on HeaderSectionChampDescriptor { level } \
                 ... on RepetitionChampDescriptor { champDescriptors { __typename label } } } annotationDescriptors { id } } } }";
    let descriptor = api.data(query, json!({}))["demarcheDescriptor"].clone();
    assert_eq!(
        (&descriptor["dureeConservationDossiers"], &descriptor["opendata"]),
        (&json!(36), &json!(true))
    );
    let questions = descriptor["revision"]["champDescriptors"].as_array().unwrap();
    assert_eq!(questions.len(), 44);
    let of = |kind: &str| questions.iter().find(|one| one["__typename"] == kind).unwrap();
    assert_eq!(of("DropDownListChampDescriptor")["options"].as_array().unwrap().len(), 6);
    assert_eq!(
        of("LinkedDropDownListChampDescriptor")["options"][0],
        "--Idée--",
        "primary choices are marked"
    );
    assert_eq!(of("HeaderSectionChampDescriptor")["level"], 1);
    assert_eq!(of("RepetitionChampDescriptor")["champDescriptors"].as_array().unwrap().len(), 4);
    assert_eq!(descriptor["revision"]["annotationDescriptors"].as_array().unwrap().len(), 4);
    let by_id = format!(
        "{{ demarcheDescriptor(demarche: {{id: \"{}\"}}) {{ number }} }}",
        ds_emulator::world::ids::global_id("Procedure", 12_345)
    );
    assert_eq!(api.data(&by_id, json!({}))["demarcheDescriptor"]["number"], 12_345);
}

//! Our schema is a part of the platform's: each type, field, argument and value of it is there as well.
//!
//! The full schema is the platform's own file and does not live here. It is looked for at
//! `$AMI_SYNC_UPSTREAM_SCHEMA`, then beside the checkout; without it the test says that nothing was compared.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

use graphql_parser::schema::{Definition, Document, Field, TypeDefinition, parse_schema};

const OURS: &str = include_str!("../../schema.graphql");

fn upstream() -> Option<String> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/upstream/schema.graphql");
    let path =
        std::env::var_os("AMI_SYNC_UPSTREAM_SCHEMA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    std::fs::read_to_string(path).ok()
}

/// All that a schema promises to one who asks, as `what → how`.
fn promises(document: &Document<'_, String>) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let types = document.definitions.iter().filter_map(|definition| match definition {
        Definition::TypeDefinition(definition) => Some(definition),
        _ => None,
    });
    for definition in types {
        match definition {
            TypeDefinition::Scalar(it) => drop(all.insert(it.name.clone(), "scalar".into())),
            TypeDefinition::Object(it) => {
                all.insert(it.name.clone(), "type".into());
                for interface in &it.implements_interfaces {
                    all.insert(format!("{} implements {interface}", it.name), String::new());
                }
                fields(&mut all, &it.name, &it.fields);
            }
            TypeDefinition::Interface(it) => {
                all.insert(it.name.clone(), "interface".into());
                fields(&mut all, &it.name, &it.fields);
            }
            TypeDefinition::Union(it) => {
                all.insert(it.name.clone(), "union".into());
                for member in &it.types {
                    all.insert(format!("{} = {member}", it.name), String::new());
                }
            }
            TypeDefinition::Enum(it) => {
                all.insert(it.name.clone(), "enum".into());
                for value in &it.values {
                    all.insert(format!("{}.{}", it.name, value.name), "value".into());
                }
            }
            TypeDefinition::InputObject(it) => {
                all.insert(it.name.clone(), "input".into());
                for field in &it.fields {
                    all.insert(format!("{}.{}", it.name, field.name), field.value_type.to_string());
                }
            }
        }
    }
    all
}

fn fields(all: &mut BTreeMap<String, String>, name: &str, fields: &[Field<'_, String>]) {
    for field in fields {
        all.insert(format!("{name}.{}", field.name), field.field_type.to_string());
        for argument in &field.arguments {
            let place = format!("{name}.{}({})", field.name, argument.name);
            all.insert(place, argument.value_type.to_string());
        }
    }
}

/// What we rely on and is not promised there, or not in the same way.
fn broken(ours: &str, theirs: &str) -> Vec<String> {
    let ours = promises(&parse_schema(ours).unwrap());
    let theirs = promises(&parse_schema(theirs).unwrap());
    ours.into_iter()
        .filter(|(what, how)| theirs.get(what) != Some(how))
        .map(|(what, how)| format!("{what}: {how}, there {:?}", theirs.get(&what)))
        .collect()
}

#[test]
fn our_schema_is_a_part_of_the_platforms() {
    let Some(upstream) = upstream() else {
        // Past the capture of the test's output: a comparison that was not made says so.
        let why =
            "NOT TESTED: the platform's full schema is not here; AMI_SYNC_UPSTREAM_SCHEMA names its file";
        writeln!(std::io::stderr(), "{why}").unwrap();
        return;
    };
    assert_eq!(broken(OURS, &upstream), Vec::<String>::new());
}

#[test]
fn a_field_that_changed_there_is_seen() {
    let ours = "type A { b(c: Int): String! d: E } enum E { X Y }";
    let theirs = "type A { b(c: ID): String d: E z: Int } enum E { X Z }";
    let found: BTreeSet<String> = broken(ours, theirs).into_iter().collect();
    let expected =
        ["A.b(c): Int, there Some(\"ID\")", "A.b: String!, there Some(\"String\")", "E.Y: value, there None"];
    assert_eq!(found, expected.map(String::from).into());
}

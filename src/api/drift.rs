//! What the platform's schema has become, against the part of it that we rely on.
//!
//! What we ask for and no longer exists will be refused: a fault. What is new on the types that we read is
//! kept as received: news.

use std::collections::{BTreeMap, BTreeSet};

use graphql_parser::schema::{Definition, TypeDefinition, parse_schema};
use serde::Deserialize;

use super::client::ApiClient;
use super::envelope::{Subject, open};
use super::error::ApiError;
use crate::domain::DemarcheNumber;

const OURS: &str = include_str!("../../schema.graphql");

const INTROSPECTION: &str = "query IntrospectionQuery { __schema { types { name \
    fields(includeDeprecated: true) { name } enumValues(includeDeprecated: true) { name } \
    possibleTypes { name } } } }";

/// Interfaces whose new kinds are news.
const WATCHED: [&str; 3] = ["Champ", "Demandeur", "GeoArea"];

/// The differences, each as `Type.field`, `Type` or `Enum.value`, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SchemaDrift {
    /// What we ask for and is not there.
    pub missing: Vec<String>,
    /// What is there and we do not know.
    pub new: Vec<String>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "__schema")]
    schema: Schema,
}

#[derive(Deserialize)]
struct Schema {
    types: Vec<Type>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Type {
    name: String,
    fields: Option<Vec<Named>>,
    enum_values: Option<Vec<Named>>,
    possible_types: Option<Vec<Named>>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

impl ApiClient {
    /// Compares the platform's schema with ours.
    ///
    /// # Errors
    /// When the platform does not show its schema.
    pub async fn schema_drift(&self) -> Result<SchemaDrift, ApiError> {
        let body = serde_json::json!({ "query": INTROSPECTION, "operationName": "IntrospectionQuery" });
        self.transport
            .post(&body.to_string(), |answer| {
                let opened = open(&answer, Subject::Demarche(DemarcheNumber(0)))?;
                Ok(compare(opened.read::<Data>()?.schema.types))
            })
            .await
    }
}

fn compare(theirs: Vec<Type>) -> SchemaDrift {
    let theirs: BTreeMap<String, Type> = theirs.into_iter().map(|one| (one.name.clone(), one)).collect();
    let mut drift = SchemaDrift::default();
    // Our own schema is a file of ours, checked when the project is built.
    let Ok(ours) = parse_schema::<String>(OURS) else { return drift };
    let mut known_types = BTreeSet::new();
    for definition in ours.definitions {
        let Definition::TypeDefinition(definition) = definition else { continue };
        match definition {
            TypeDefinition::Object(object) => {
                known_types.insert(object.name.clone());
                miss(&mut drift, &theirs, &object.name, object.fields.iter().map(|field| &field.name));
            }
            TypeDefinition::Interface(interface) => {
                miss(&mut drift, &theirs, &interface.name, interface.fields.iter().map(|field| &field.name));
            }
            TypeDefinition::Enum(values) => {
                let known: BTreeSet<&String> = values.values.iter().map(|value| &value.name).collect();
                let theirs = theirs.get(&values.name).and_then(|one| one.enum_values.as_ref());
                drift.new.extend(
                    theirs
                        .into_iter()
                        .flatten()
                        .filter(|value| !known.contains(&value.name))
                        .map(|value| format!("{}.{}", values.name, value.name)),
                );
            }
            _ => {}
        }
    }
    for watched in WATCHED {
        let kinds = theirs.get(watched).and_then(|one| one.possible_types.as_ref());
        let unknown = kinds.into_iter().flatten().filter(|kind| !known_types.contains(&kind.name));
        drift.new.extend(unknown.map(|kind| kind.name.clone()));
    }
    drift.missing.sort();
    drift.new.sort();
    drift
}

fn miss<'a>(
    drift: &mut SchemaDrift,
    theirs: &BTreeMap<String, Type>,
    name: &str,
    fields: impl Iterator<Item = &'a String>,
) {
    let Some(found) = theirs.get(name) else {
        drift.missing.push(name.to_owned());
        return;
    };
    let has = |field: &String| found.fields.iter().flatten().any(|one| one.name == *field);
    drift.missing.extend(fields.filter(|field| !has(field)).map(|field| format!("{name}.{field}")));
}

//! The schema as it is served, and the documents already read against it.
//!
//! A drift changes the schema under the client: a champ type or a state that nobody has heard of, a
//! field that an older instance lacks. Each drift has its own cache of documents.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use apollo_compiler::collections::HashMap as ApolloMap;
use apollo_compiler::schema::{ExtendedType, Implementers};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Schema};

use super::document::Document;
use super::node::UNKNOWN_CHAMP;
use crate::faults::Fault;

const SCHEMA: &str = include_str!("../../../schema.graphql");

/// Documents kept; a client has a handful, a fuzzing test has thousands.
const KEPT_DOCUMENTS: usize = 256;

/// How the schema served differs from the repository's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    unknown_champ: bool,
    states: Vec<String>,
    missing: Vec<(String, String)>,
}

impl Drift {
    /// The drift that these faults ask for.
    pub fn of(faults: &[Fault]) -> Self {
        let mut drift = Self::default();
        for fault in faults {
            match fault {
                Fault::UnknownChamp(_) => drift.unknown_champ = true,
                Fault::UnknownState(_, state) if !drift.states.contains(state) => {
                    drift.states.push(state.clone())
                }
                Fault::MissingField(kind, field) => drift.missing.push((kind.clone(), field.clone())),
                _ => {}
            }
        }
        drift
    }

    fn text(&self) -> String {
        let mut text = SCHEMA.to_owned();
        if self.unknown_champ {
            text.push_str(&format!(
                "\ntype {UNKNOWN_CHAMP} implements Champ {{ champDescriptorId: String! id: ID! label: String! \
                 prefilled: Boolean! stringValue: String updatedAt: ISO8601DateTime! value: String }}\n"
            ));
        }
        for state in &self.states {
            text.push_str(&format!("\nextend enum DossierState {{ {state} }}\n"));
        }
        text
    }
}

/// Why a schema cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("the schema to serve is not valid: {0}")]
pub struct SchemaError(String);

type Read = Result<Arc<Document>, Arc<Vec<serde_json::Value>>>;

/// A schema being served.
pub struct Served {
    drift: Drift,
    schema: Valid<Schema>,
    implementers: ApolloMap<Name, Implementers>,
    documents: Mutex<HashMap<String, Read>>,
}

impl Served {
    /// The repository's schema with a drift.
    pub fn new(drift: Drift) -> Result<Self, SchemaError> {
        let mut schema = Schema::parse(drift.text(), "schema.graphql")
            .map_err(|refused| SchemaError(refused.errors.to_string()))?;
        for (kind, field) in &drift.missing {
            match schema.types.get_mut(kind.as_str()) {
                Some(ExtendedType::Object(object)) => {
                    object.make_mut().fields.shift_remove(field.as_str());
                }
                Some(ExtendedType::Interface(interface)) => {
                    interface.make_mut().fields.shift_remove(field.as_str());
                }
                _ => {}
            }
        }
        let schema = schema.validate().map_err(|refused| SchemaError(refused.errors.to_string()))?;
        let implementers = schema.implementers_map();
        Ok(Self { drift, schema, implementers, documents: Mutex::default() })
    }

    /// How it differs from the repository's.
    pub fn drift(&self) -> &Drift {
        &self.drift
    }

    pub(super) fn schema(&self) -> &Valid<Schema> {
        &self.schema
    }

    pub(super) fn implementers(&self) -> &ApolloMap<Name, Implementers> {
        &self.implementers
    }

    /// The document of a text, read now or before.
    pub(super) fn document(&self, text: &str) -> Read {
        if let Some(known) = self.documents().get(text) {
            return known.clone();
        }
        let read = Document::read(&self.schema, text).map(Arc::new).map_err(Arc::new);
        let mut documents = self.documents();
        if documents.len() >= KEPT_DOCUMENTS {
            documents.clear();
        }
        documents.insert(text.to_owned(), read.clone());
        read
    }

    fn documents(&self) -> std::sync::MutexGuard<'_, HashMap<String, Read>> {
        self.documents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

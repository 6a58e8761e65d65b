//! Execution of GraphQL requests over the world, from the text to the answer.
//!
//! Invariants: the schema served is the repository's `schema.graphql`, drifted only by faults; a
//! document is read and checked once per text; the answer's shape for each kind of refusal is the
//! platform's. It must not know HTTP headers, tokens or limits of rate.

mod answers;
mod applicant;
mod call;
mod descriptor;
mod document;
mod execute;
mod form;
mod node;
mod pages;
mod plan;
mod resolve;
mod root;
mod served;
mod wording;

use std::cell::Cell;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use apollo_compiler::Schema;
use apollo_compiler::executable::Operation;
use apollo_compiler::introspection;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use serde_json::json;

use crate::faults::Fault;
use crate::world::World;
use document::Document;
pub use root::revision_id;
pub use served::{Drift, Served};

/// Fields that may stand one inside the other.
const MAX_DEPTH: usize = 15;

/// One operation being executed.
pub struct Request<'d> {
    schema: &'d Schema,
    document: &'d Document,
    operation: &'d Operation,
    variables: &'d JsonMap,
    introspection: serde_json::Map<String, serde_json::Value>,
    world: &'d RwLock<World>,
    faults: &'d [Fault],
    page_asked: Cell<Option<i64>>,
}

impl Request<'_> {
    fn world(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was asked.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The text of the document.
    pub query: String,
    /// Which operation, when there are several.
    pub operation_name: Option<String>,
    /// The variables, an object.
    pub variables: serde_json::Map<String, serde_json::Value>,
}

/// What is answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Whether the request fell with a crash of the server, which answers 500.
    pub crashed: bool,
    /// The JSON.
    pub body: Vec<u8>,
    /// The size asked for the page of dossiers, if one was.
    pub page_asked: Option<i64>,
}

impl Answer {
    fn refused(errors: &serde_json::Value) -> Self {
        Self { crashed: false, body: json!({ "errors": errors }).to_string().into_bytes(), page_asked: None }
    }

    /// The platform's answer when anything crashes.
    pub fn crash() -> Self {
        let error = json!({
            "message": "Internal Server Error",
            "extensions": {"code": "internal_server_error", "exception_id": "6f2c7e51-7d53-4b4e-9a0e-3f1b6a0c2d11"},
        });
        let body = json!({"errors": [error], "data": null}).to_string().into_bytes();
        Self { crashed: true, body, page_asked: None }
    }
}

/// Answers a request.
pub fn answer(
    served: &Served,
    asked: &Asked,
    world: &RwLock<World>,
    faults: &[Fault],
    max_complexity: Option<u64>,
) -> Answer {
    let document: Arc<Document> = match served.document(&asked.query) {
        Ok(document) => document,
        Err(errors) => return Answer::refused(&json!(*errors)),
    };
    if document.has_untyped_fragment {
        return Answer::crash();
    }
    let name = asked.operation_name.as_deref().filter(|name| !name.is_empty());
    let Ok(operation) = document.executable.operations.get(name) else {
        let message = match name {
            Some(name) => format!("No operation named \"{name}\""),
            None => "An operation name is required".to_owned(),
        };
        return Answer::refused(&json!([{ "message": message }]));
    };
    let depth = document.depth(operation);
    if depth > MAX_DEPTH {
        let message = format!("Query has depth of {depth}, which exceeds max depth of {MAX_DEPTH}");
        return Answer::refused(&json!([{ "message": message }]));
    }
    if let Some(error) = wrong_date(operation, &asked.variables) {
        return Answer::refused(&json!([error]));
    }
    let given: JsonMap = serde_json::from_value(asked.variables.clone().into()).unwrap_or_default();
    let variables = match coerce_variable_values(served.schema(), operation, &given) {
        Ok(variables) => variables,
        Err(error) => {
            let error = error.to_graphql_error(&document.executable.sources);
            return Answer::refused(&json!([error]));
        }
    };
    let complexity = document.complexity(operation, &variables);
    if let Some(most) = max_complexity.filter(|most| complexity > *most) {
        let message = format!("Query has complexity of {complexity}, which exceeds max complexity of {most}");
        return Answer::refused(&json!([{ "message": message }]));
    }
    let request = Request {
        schema: served.schema(),
        document: &document,
        operation,
        variables: &variables,
        introspection: introspect(served, &document, operation, &variables),
        world,
        faults,
        page_asked: Cell::new(None),
    };
    match execute::Execution::new(&request).run() {
        Some(body) => Answer { crashed: false, body, page_asked: request.page_asked.get() },
        None => Answer { page_asked: request.page_asked.get(), ..Answer::crash() },
    }
}

/// The answers to `__schema` and `__type`, by response key.
fn introspect(
    served: &Served,
    document: &Document,
    operation: &Operation,
    variables: &apollo_compiler::validation::Valid<JsonMap>,
) -> serde_json::Map<String, serde_json::Value> {
    let asks = operation
        .root_fields(&document.executable)
        .any(|field| matches!(field.name.as_str(), "__schema" | "__type"));
    if !asks {
        return serde_json::Map::new();
    }
    let found = introspection::partial_execute(
        served.schema(),
        served.implementers(),
        &document.executable,
        operation,
        variables,
    );
    match found.ok().and_then(|response| serde_json::to_value(response.data).ok()) {
        Some(serde_json::Value::Object(answers)) => answers,
        _ => serde_json::Map::new(),
    }
}

/// A variable of type instant or day that is no instant, as the platform refuses it.
fn wrong_date(
    operation: &Operation,
    given: &serde_json::Map<String, serde_json::Value>,
) -> Option<serde_json::Value> {
    operation.variables.iter().find_map(|variable| {
        let kind = variable.ty.inner_named_type().as_str();
        let value = given.get(variable.name.as_str()).filter(|value| !value.is_null())?;
        let wrong = kind == "ISO8601DateTime" && value.as_str().and_then(root::read_instant).is_none();
        wrong.then(|| {
            json!({
                "message": format!("Variable ${} of type {} was provided invalid value", variable.name, variable.ty),
                "extensions": {
                    "value": value,
                    "problems": [{"path": [], "explanation": format!("Could not coerce value {value} to {kind}")}],
                },
            })
        })
    })
}

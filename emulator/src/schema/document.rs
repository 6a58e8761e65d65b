//! A GraphQL document, read once and kept: what it says, and what it costs.
//!
//! The platform measures a document before it runs it: depth counts nested fields (leaves and
//! introspection included, fragments not), complexity multiplies by the page size. It also looks at
//! which types the document's fragments *name*, since the type of some answers depends on it.

use std::collections::HashSet;

use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet, Value};
use apollo_compiler::response::{GraphQLError, JsonMap};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};

/// A document that the schema admits.
pub struct Document {
    /// The document.
    pub executable: Valid<ExecutableDocument>,
    /// Types that its fragments name, inline or not.
    pub named_types: HashSet<String>,
    /// Whether an inline fragment names no type at all: the platform crashes on it.
    pub has_untyped_fragment: bool,
}

impl Document {
    /// Reads and checks a text; the error is the JSON of the `errors` list.
    pub fn read(schema: &Valid<Schema>, text: &str) -> Result<Self, Vec<serde_json::Value>> {
        let executable =
            ExecutableDocument::parse_and_validate(schema, text, "query.graphql").map_err(|refused| {
                let errors = refused.errors.iter();
                in_the_platform_s_words(errors.map(|error| error.to_json()).collect())
            })?;
        let mut named_types = HashSet::new();
        let mut has_untyped_fragment = false;
        for fragment in executable.fragments.values() {
            named_types.insert(fragment.type_condition().to_string());
            name_types(&fragment.selection_set, &mut named_types, &mut has_untyped_fragment);
        }
        for operation in executable.operations.iter() {
            name_types(&operation.selection_set, &mut named_types, &mut has_untyped_fragment);
        }
        Ok(Self { executable, named_types, has_untyped_fragment })
    }

    /// How many fields stand one inside the other, at most.
    pub fn depth(&self, operation: &Operation) -> usize {
        self.depth_of(&operation.selection_set)
    }

    fn depth_of(&self, set: &SelectionSet) -> usize {
        let depths = set.selections.iter().map(|selection| match selection {
            Selection::Field(field) => 1 + self.depth_of(&field.selection_set),
            Selection::InlineFragment(inline) => self.depth_of(&inline.selection_set),
            Selection::FragmentSpread(spread) => {
                spread.fragment_def(&self.executable).map_or(0, |found| self.depth_of(&found.selection_set))
            }
        });
        depths.max().unwrap_or(0)
    }

    /// One a field, multiplied by the size of the page under `nodes` and `edges`.
    pub fn complexity(&self, operation: &Operation, variables: &JsonMap) -> u64 {
        self.complexity_of(&operation.selection_set, variables, 1)
    }

    fn complexity_of(&self, set: &SelectionSet, variables: &JsonMap, page: u64) -> u64 {
        let costs = set.selections.iter().map(|selection| match selection {
            Selection::Field(field) => match field.name.as_str() {
                "nodes" | "edges" => page * (1 + self.complexity_of(&field.selection_set, variables, 1)),
                "dossiers" | "deletedDossiers" | "pendingDeletedDossiers" => {
                    1 + self.complexity_of(&field.selection_set, variables, asked_size(field, variables))
                }
                _ => 1 + self.complexity_of(&field.selection_set, variables, 1),
            },
            Selection::InlineFragment(inline) => self.complexity_of(&inline.selection_set, variables, page),
            Selection::FragmentSpread(spread) => spread
                .fragment_def(&self.executable)
                .map_or(0, |found| self.complexity_of(&found.selection_set, variables, page)),
        });
        costs.sum()
    }
}

/// The raw `first` (or `last`) of a connection, else the default page.
fn asked_size(field: &Field, variables: &JsonMap) -> u64 {
    let read = |name: &str| match &**field.specified_argument_by_name(name)? {
        Value::Variable(variable) => variables.get(variable.as_str())?.as_u64(),
        Value::Int(number) => number.try_to_i32().ok().and_then(|number| u64::try_from(number).ok()),
        _ => None,
    };
    read("first").or_else(|| read("last")).unwrap_or(100)
}

/// A field that is not there is said as the platform says it, and before what follows from it.
fn in_the_platform_s_words(errors: Vec<GraphQLError>) -> Vec<serde_json::Value> {
    let (mut absent, mut others) = (Vec::new(), Vec::new());
    for mut error in errors {
        let words: Vec<&str> = error.message.split('`').collect();
        if let ["type ", kind, " does not have a field ", field, ""] = words.as_slice() {
            error.message = format!("Field '{field}' doesn't exist on type '{kind}'");
            absent.push(error);
        } else {
            others.push(error);
        }
    }
    absent.append(&mut others);
    absent.iter().map(|error| serde_json::to_value(error).unwrap_or_default()).collect()
}

fn name_types(set: &SelectionSet, named: &mut HashSet<String>, untyped: &mut bool) {
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => name_types(&field.selection_set, named, untyped),
            Selection::InlineFragment(inline) => {
                match &inline.type_condition {
                    Some(name) => {
                        named.insert(name.to_string());
                    }
                    None => *untyped = true,
                }
                name_types(&inline.selection_set, named, untyped);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

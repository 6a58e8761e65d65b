//! Which fields an object must answer, gathered once per request and concrete type.
//!
//! This is the specification's CollectFields: aliases, fragments, `@include`, `@skip`, and fields of
//! one response key merged from several places. A group is a set of selection sets that stand at one
//! place of the answer; the fields of a group for a concrete type never change within a request.

use std::collections::HashMap;
use std::rc::Rc;

use apollo_compiler::executable::{DirectiveList, Field, Selection, SelectionSet, Value};
use apollo_compiler::response::JsonMap;
use apollo_compiler::{ExecutableDocument, Node as Parsed, Schema};

/// A field to answer.
pub struct PlannedField<'d> {
    /// The key in the answer, quoted and followed by its colon.
    pub key_json: String,
    /// The key in the answer.
    pub key: &'d str,
    /// The first of the merged fields: name, arguments, type.
    pub field: &'d Parsed<Field>,
    /// The group of its sub-selections.
    pub group: usize,
}

/// The plans of one request.
pub struct Plans<'d> {
    schema: &'d Schema,
    document: &'d ExecutableDocument,
    variables: &'d JsonMap,
    groups: Vec<Vec<&'d SelectionSet>>,
    known: HashMap<(usize, &'static str), Rc<Vec<PlannedField<'d>>>>,
}

impl<'d> Plans<'d> {
    /// The plans of a request whose root selections are given: they are group 0.
    pub fn new(
        schema: &'d Schema,
        document: &'d ExecutableDocument,
        variables: &'d JsonMap,
        root: &'d SelectionSet,
    ) -> Self {
        Self { schema, document, variables, groups: vec![vec![root]], known: HashMap::new() }
    }

    /// The fields that an object of a concrete type answers for a group.
    pub fn fields(&mut self, group: usize, concrete: &'static str) -> Rc<Vec<PlannedField<'d>>> {
        if let Some(known) = self.known.get(&(group, concrete)) {
            return Rc::clone(known);
        }
        let mut gathered: Vec<(&'d str, &'d Parsed<Field>, Vec<&'d SelectionSet>)> = Vec::new();
        for set in self.groups.get(group).cloned().unwrap_or_default() {
            self.gather(set, concrete, &mut gathered);
        }
        let fields = gathered
            .into_iter()
            .map(|(key, field, sets)| {
                self.groups.push(sets);
                PlannedField { key_json: format!("\"{key}\":"), key, field, group: self.groups.len() - 1 }
            })
            .collect();
        let plan = Rc::new(fields);
        self.known.insert((group, concrete), Rc::clone(&plan));
        plan
    }

    fn gather(
        &self,
        set: &'d SelectionSet,
        concrete: &str,
        into: &mut Vec<(&'d str, &'d Parsed<Field>, Vec<&'d SelectionSet>)>,
    ) {
        for selection in &set.selections {
            if !self.is_wanted(selection.directives()) {
                continue;
            }
            match selection {
                Selection::Field(field) => {
                    let key = field.response_key().as_str();
                    match into.iter_mut().find(|known| known.0 == key) {
                        Some(known) => known.2.push(&field.selection_set),
                        None => into.push((key, field, vec![&field.selection_set])),
                    }
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.type_condition.as_ref().map(|name| name.as_str());
                    if condition.is_none_or(|name| self.applies(name, concrete)) {
                        self.gather(&inline.selection_set, concrete, into);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name)
                        && self.applies(fragment.type_condition().as_str(), concrete)
                    {
                        self.gather(&fragment.selection_set, concrete, into);
                    }
                }
            }
        }
    }

    fn applies(&self, condition: &str, concrete: &str) -> bool {
        condition == concrete || self.schema.is_subtype(condition, concrete)
    }

    fn is_wanted(&self, directives: &DirectiveList) -> bool {
        let says = |directive: &str| {
            let value = directives.get(directive)?.specified_argument_by_name("if")?;
            match &**value {
                Value::Boolean(value) => Some(*value),
                Value::Variable(name) => self.variables.get(name.as_str())?.as_bool(),
                _ => None,
            }
        };
        says("include").unwrap_or(true) && !says("skip").unwrap_or(false)
    }

    /// The value given to an argument, its variable replaced; None when absent.
    pub fn argument(&self, field: &Field, name: &str) -> Option<serde_json::Value> {
        let value = field.specified_argument_by_name(name)?;
        literal(value, self.variables)
    }
}

fn literal(value: &Value, variables: &JsonMap) -> Option<serde_json::Value> {
    Some(match value {
        Value::Null => serde_json::Value::Null,
        Value::Boolean(value) => (*value).into(),
        Value::String(text) => text.as_str().into(),
        Value::Enum(name) => name.as_str().into(),
        Value::Int(number) => number.try_to_i32().ok()?.into(),
        Value::Float(number) => number.try_to_f64().ok()?.into(),
        Value::Variable(name) => serde_json::to_value(variables.get(name.as_str())?).ok()?,
        Value::List(items) => items.iter().filter_map(|item| literal(item, variables)).collect(),
        Value::Object(fields) => {
            let entries = fields
                .iter()
                .filter_map(|(name, value)| Some((name.to_string(), literal(value, variables)?)));
            serde_json::Value::Object(entries.collect())
        }
    })
}

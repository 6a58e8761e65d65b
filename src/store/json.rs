//! Facts as JSON text, the form that `champs.value`, `changes` and `verdicts.reasons` hold.

use serde_json::{Map, Number, Value};

use crate::domain::Fact;

/// A fact as JSON.
#[must_use]
pub fn value(fact: &Fact) -> Value {
    match fact {
        Fact::Nothing => Value::Null,
        Fact::Bool(yes) => Value::Bool(*yes),
        Fact::Integer(number) => Value::Number((*number).into()),
        Fact::Decimal(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Fact::Text(text) => Value::String(text.clone()),
        Fact::Json(text) => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())),
        Fact::List(items) => Value::Array(items.iter().map(value).collect()),
        Fact::Record(fields) => Value::Object(
            fields.iter().map(|(name, fact)| ((*name).to_owned(), value(fact))).collect::<Map<_, _>>(),
        ),
    }
}

/// A fact as JSON text.
pub(super) fn text(fact: &Fact) -> String {
    value(fact).to_string()
}

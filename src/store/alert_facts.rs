//! What an alert knows, as the JSON of its `facts` column.
//!
//! Reading is total: what is missing, or was erased, is absent.

use serde_json::{Map, Value, json};

use crate::alert::Facts;

/// The facts as JSON.
pub(super) fn write(facts: &Facts) -> Value {
    let Facts { call, channel, verdict, before, applicant, siret, forme_juridique, date_depot, .. } = facts;
    let mut object = Map::new();
    let texts = [
        ("call", call.clone()),
        ("channel", channel.clone()),
        ("verdict", verdict.clone()),
        ("before", before.clone()),
        ("applicant", applicant.clone()),
        ("siret", siret.clone()),
        ("forme_juridique", forme_juridique.clone()),
        ("date_depot", date_depot.map(|at| at.to_string())),
        ("note", facts.note.clone()),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            object.insert(name.to_owned(), Value::String(text));
        }
    }
    if !facts.reasons.is_empty() {
        object.insert("reasons".to_owned(), json!(facts.reasons));
    }
    if !facts.figures.is_empty() {
        object.insert("figures".to_owned(), json!(facts.figures));
    }
    Value::Object(object)
}

/// The facts of a JSON text.
pub(super) fn read(text: &str) -> Facts {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    let told = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let list = |name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let pair = |value: &Value| {
        let at = |index: usize| value.get(index).and_then(Value::as_str).map(str::to_owned);
        Some((at(0)?, at(1)?))
    };
    Facts {
        call: told("call"),
        channel: told("channel"),
        verdict: told("verdict"),
        before: told("before"),
        applicant: told("applicant"),
        siret: told("siret"),
        forme_juridique: told("forme_juridique"),
        date_depot: told("date_depot").and_then(|at| at.parse().ok()),
        reasons: list("reasons").iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        figures: list("figures").iter().filter_map(pair).collect(),
        note: told("note"),
    }
}

/// The sentences of a verdict's reasons.
pub(super) fn reasons(text: &str) -> Vec<String> {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    let reasons = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let told = reasons.iter().filter_map(|reason| reason.get("text").and_then(Value::as_str));
    told.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_what_was_erased_is_absent() {
        let facts = Facts {
            call: Some("ami".to_owned()),
            channel: Some("jury".to_owned()),
            verdict: Some("late".to_owned()),
            applicant: Some("É « \" \n".to_owned()),
            date_depot: "2019-05-31T22:12:03Z".parse().ok(),
            reasons: vec!["un".to_owned(), "deux".to_owned()],
            figures: vec![("late".to_owned(), "3".to_owned())],
            ..Facts::default()
        };
        assert_eq!(read(&write(&facts).to_string()), facts);
        assert_eq!(read("{}"), Facts::default());
        assert_eq!(read("[1]"), Facts::default());
    }
}

//! Facts as JSON text, the form that `champs.value`, `changes` and `verdicts.reasons` hold.

use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::domain::Fact;

/// A fact as JSON.
#[must_use]
pub fn value(fact: &Fact) -> Value {
    // Keys are texts and numbers finite: nothing here can be refused.
    serde_json::to_value(Written(fact)).unwrap_or_default()
}

/// A fact as JSON text.
pub(super) fn text(fact: &Fact) -> String {
    serde_json::to_string(&Written(fact)).unwrap_or_else(|_| "null".to_owned())
}

/// A fact written straight as JSON, with no tree in between: there is one for each answer of each dossier.
struct Written<'f>(&'f Fact);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Fact::Nothing => to.serialize_unit(),
            Fact::Bool(yes) => to.serialize_bool(*yes),
            Fact::Integer(number) => to.serialize_i64(*number),
            Fact::Decimal(number) if number.is_finite() => to.serialize_f64(*number),
            Fact::Decimal(_) => to.serialize_unit(),
            Fact::Text(text) => to.serialize_str(text),
            Fact::Json(text) => match serde_json::from_str::<&RawValue>(text) {
                Ok(as_received) => as_received.serialize(to),
                Err(_) => to.serialize_str(text),
            },
            Fact::List(items) => to.collect_seq(items.iter().map(Written)),
            Fact::Record(fields) => to.collect_map(fields.iter().map(|(name, fact)| (name, Written(fact)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_fact_is_written() {
        let fact = Fact::record([
            ("bool", true.into()),
            ("decimal", 1.5.into()),
            ("infinite", f64::INFINITY.into()),
            ("integer", 7_i64.into()),
            ("json", Fact::Json("{\"b\":1,\"a\":[2]}".to_owned())),
            ("list", Fact::list(["x", "y"])),
            ("no json", Fact::Json("{".to_owned())),
            ("nothing", Fact::Nothing),
            ("text", "é\"".into()),
        ]);
        let expected = "{\"bool\":true,\"decimal\":1.5,\"infinite\":null,\"integer\":7,\
                        \"json\":{\"b\":1,\"a\":[2]},\"list\":[\"x\",\"y\"],\"no json\":\"{\",\"nothing\":null,\
                        \"text\":\"é\\\"\"}";
        assert_eq!(text(&fact), expected);
        assert_eq!(value(&fact), serde_json::from_str::<Value>(expected).unwrap_or_default());
    }
}

//! An answer read back from its fact, for the kinds that rules look at.

use serde_json::Value;

use super::as_of::same_value;
use crate::domain::{ChampValue, Fichier};

/// A field that is text.
pub(super) fn text(fact: &Value, field: &str) -> Option<String> {
    fact.get(field).and_then(Value::as_str).map(str::to_owned)
}

/// The answer that a champ's fact tells. `None` for a kind that is not read back, unless it is as it is now.
pub(super) fn value_back(fact: &Value, now: &ChampValue) -> Option<ChampValue> {
    if same_value(fact, now) {
        return Some(now.clone());
    }
    let value = fact.get("value")?;
    let string = || value.as_str().map(str::to_owned);
    let is = |typename: &str| fact.get("type").and_then(Value::as_str) == Some(typename);
    match now {
        ChampValue::Text(_) if is("TextChamp") => Some(ChampValue::Text(string())),
        ChampValue::IntegerNumber(_) if is("IntegerNumberChamp") => Some(ChampValue::IntegerNumber(string())),
        ChampValue::DropDownList(_) if is("DropDownListChamp") => Some(ChampValue::DropDownList(string())),
        ChampValue::Civilite(_) if is("CiviliteChamp") => Some(ChampValue::Civilite(string())),
        ChampValue::Checkbox(_) if is("CheckboxChamp") => value.as_bool().map(ChampValue::Checkbox),
        ChampValue::YesNo(_) if is("YesNoChamp") => Some(ChampValue::YesNo(value.as_bool())),
        ChampValue::DecimalNumber(_) if is("DecimalNumberChamp") => {
            Some(ChampValue::DecimalNumber(value.as_f64()))
        }
        ChampValue::Date(_) if is("DateChamp") => {
            Some(ChampValue::Date(value.as_str().and_then(|day| day.parse().ok())))
        }
        ChampValue::MultipleDropDownList(_) if is("MultipleDropDownListChamp") => {
            let values = value.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned);
            Some(ChampValue::MultipleDropDownList(values.collect()))
        }
        ChampValue::PieceJustificative(_) if is("PieceJustificativeChamp") => {
            value.as_array()?.iter().map(fichier).collect::<Option<_>>().map(ChampValue::PieceJustificative)
        }
        _ => None,
    }
}

fn fichier(fact: &Value) -> Option<Fichier> {
    Some(Fichier {
        filename: text(fact, "filename")?,
        content_type: text(fact, "content_type")?,
        checksum: text(fact, "checksum")?,
        byte_size: fact.get("byte_size")?.as_i64()?,
        created_at: text(fact, "created_at")?.parse().ok()?,
        virus_scan_result: text(fact, "virus_scan_result")?,
    })
}

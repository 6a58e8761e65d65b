//! The grid of a call: the criteria by which its jury marks, and the tracks they belong to.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;

use super::fault::Faults;

/// One `[[calls.criteria]]` table, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Criterion {
    /// Its name on the command line and in the mirror.
    pub name: String,
    /// What it is.
    pub label: String,
    /// The track of support it belongs to: `technical`, `strategic` or `scientific`; all of them if none.
    pub track: Option<String>,
    /// What it weighs among the others.
    pub weight: f64,
    /// The highest mark.
    pub max_mark: f64,
}

/// `[[calls.criteria]]` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CriterionTable {
    name: Spanned<String>,
    label: Option<Spanned<String>>,
    track: Option<Spanned<String>>,
    weight: Option<Spanned<f64>>,
    max_mark: Option<Spanned<f64>>,
}

/// Keys of the table, for suggestions.
pub(super) const KEYS: &[&str] = &["name", "label", "track", "weight", "max_mark"];

const TRACKS: [&str; 3] = ["technical", "strategic", "scientific"];

const DEFAULT_MAX_MARK: f64 = 5.0;

/// Checks the criteria of a call.
pub(super) fn check(tables: &[CriterionTable], faults: &mut Faults<'_>) -> Vec<Criterion> {
    let mut names = BTreeSet::new();
    let mut criteria = Vec::new();
    for table in tables {
        let name = table.name.get_ref();
        let good = !name.is_empty()
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_');
        if !good {
            let remedy = "écrivez des minuscules sans accent, des chiffres et des tirets : \"impact\"";
            let what = format!("le critère « {name} » ne peut servir de nom");
            faults.at(&table.name.span(), what, remedy.to_owned());
        }
        if !names.insert(name) {
            let what = format!("le nom « {name} » est donné à deux critères");
            faults.at(&table.name.span(), what, "donnez à chaque critère un name différent".to_owned());
        }
        if let Some(track) = &table.track
            && !TRACKS.contains(&track.get_ref().as_str())
        {
            let what = format!("track = \"{}\" n’est pas un accompagnement connu", track.get_ref());
            faults.at(&track.span(), what, format!("écrivez l’un de : {}", TRACKS.join(", ")));
        }
        criteria.push(Criterion {
            name: name.clone(),
            label: table.label.as_ref().map_or_else(|| name.clone(), |label| label.get_ref().clone()),
            track: table.track.as_ref().map(|track| track.get_ref().clone()),
            weight: positive(table.weight.as_ref(), "weight", 1.0, faults),
            max_mark: positive(table.max_mark.as_ref(), "max_mark", DEFAULT_MAX_MARK, faults),
        });
    }
    criteria
}

fn positive(written: Option<&Spanned<f64>>, key: &str, default: f64, faults: &mut Faults<'_>) -> f64 {
    let Some(written) = written else { return default };
    let number = *written.get_ref();
    if !(number.is_finite() && number > 0.0) {
        let what = format!("{key} = {number} n’est pas possible");
        faults.at(&written.span(), what, "écrivez un nombre plus grand que 0".to_owned());
    }
    number
}

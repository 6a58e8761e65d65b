//! The finer rules of a call, as written: weights of the checks, answers asked for, extensions.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use serde::Deserialize;
use toml::Spanned;

use super::fault::Faults;
use crate::eligibility::{AnswerRule, Check, Condition, DepositDate, Extension, Weight};

/// `[calls.checks]` as written: a check's name, what it weighs.
pub(super) type ChecksTable = BTreeMap<Spanned<String>, Spanned<String>>;

/// `[[calls.answers]]` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerTable {
    pub(super) champ: Spanned<String>,
    equals: Option<Spanned<String>>,
    contains: Option<Spanned<String>>,
    checked: Option<Spanned<bool>>,
    min: Option<Spanned<f64>>,
    max: Option<Spanned<f64>>,
    weight: Option<Spanned<String>>,
}

/// `[[calls.extensions]]` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExtensionTable {
    pub(super) until: Spanned<String>,
    by: Spanned<String>,
    reason: Spanned<String>,
}

/// Keys of the tables, for suggestions.
pub(super) const KEYS: &[&str] =
    &["champ", "equals", "contains", "checked", "min", "max", "weight", "until", "by", "reason"];

const OFF: &str = "off";

/// Which instant counts.
pub(super) fn deposit_date(written: Option<&Spanned<String>>, faults: &mut Faults<'_>) -> DepositDate {
    let Some(written) = written else { return DepositDate::Depot };
    DepositDate::from_name(written.get_ref()).unwrap_or_else(|| {
        let what = format!("deposit_date = \"{}\" n’est pas une date qui puisse compter", written.get_ref());
        let names: Vec<String> = DepositDate::ALL.iter().map(|one| format!("\"{}\"", one.as_str())).collect();
        faults.at(&written.span(), what, format!("écrivez {}", names.join(" ou ")));
        DepositDate::Depot
    })
}

/// What the checks weigh.
pub(super) fn checks(table: &ChecksTable, faults: &mut Faults<'_>) -> BTreeMap<Check, Option<Weight>> {
    let mut weights = BTreeMap::new();
    for (name, written) in table {
        let found = Check::CONFIGURABLE.iter().find(|(check, ..)| check.as_str() == name.get_ref());
        let Some((check, ..)) = found else {
            let names: Vec<&str> = Check::CONFIGURABLE.iter().map(|(check, ..)| check.as_str()).collect();
            let what = format!("« {} » n’est pas une vérification", name.get_ref());
            faults.at(&name.span(), what, format!("vérifications possibles : {}", names.join(", ")));
            continue;
        };
        if written.get_ref() == OFF {
            weights.insert(*check, None);
        } else if let Some(weight) = weight(Some(written), Weight::Informs, faults) {
            weights.insert(*check, Some(weight));
        }
    }
    weights
}

fn weight(written: Option<&Spanned<String>>, default: Weight, faults: &mut Faults<'_>) -> Option<Weight> {
    let Some(written) = written else { return Some(default) };
    let found = Weight::from_name(written.get_ref());
    if found.is_none() {
        let what = format!("« {} » n’est pas un poids", written.get_ref());
        let remedy =
            "écrivez \"blocks\" (bloque), \"asks_review\" (demande un examen), \"informs\" (informe) ou, \
                      pour une vérification, \"off\""
                .to_owned();
        faults.at(&written.span(), what, remedy);
    }
    found
}

/// The answers asked for.
pub(super) fn answers(tables: &[AnswerTable], faults: &mut Faults<'_>) -> Vec<AnswerRule> {
    tables.iter().filter_map(|table| answer(table, faults)).collect()
}

fn answer(table: &AnswerTable, faults: &mut Faults<'_>) -> Option<AnswerRule> {
    let AnswerTable { champ, equals, contains, checked, min, max, weight: written } = table;
    let mut conditions = Vec::new();
    conditions.extend(equals.as_ref().map(|text| Condition::Equals(text.get_ref().clone())));
    conditions.extend(contains.as_ref().map(|text| Condition::Contains(text.get_ref().clone())));
    conditions.extend(checked.as_ref().map(|yes| Condition::Checked(*yes.get_ref())));
    let bound = |bound: &Option<Spanned<f64>>| bound.as_ref().map(|bound| *bound.get_ref());
    if min.is_some() || max.is_some() {
        conditions.push(Condition::Within { min: bound(min), max: bound(max) });
    }
    let count = conditions.len();
    let weight = weight(written.as_ref(), Weight::AsksReview, faults)?;
    match (conditions.pop(), count) {
        (Some(condition), 1) => {
            Some(AnswerRule { champ: champ.get_ref().trim().to_owned(), condition, weight })
        }
        _ => {
            let what = format!("la réponse « {} » a {count} conditions", champ.get_ref());
            let remedy = "donnez-en une, et une seule : equals, contains, checked, ou des bornes (min, max)";
            faults.at(&champ.span(), what, remedy.to_owned());
            None
        }
    }
}

/// The extensions of the call.
pub(super) fn extensions(tables: &[ExtensionTable], faults: &mut Faults<'_>) -> Vec<Extension> {
    let mut found = Vec::new();
    for table in tables {
        for (key, written) in [("by", &table.by), ("reason", &table.reason)] {
            if written.get_ref().trim().is_empty() {
                let what = format!("une prolongation a un {key} vide");
                faults.at(&written.span(), what, "dites qui l’accorde (by) et pourquoi (reason)".to_owned());
            }
        }
        let Some(until) = local(&table.until, faults) else { continue };
        found.push(Extension {
            until,
            by: table.by.get_ref().clone(),
            reason: table.reason.get_ref().trim_end_matches('.').to_owned(),
            granted_at: None,
        });
    }
    found
}

fn local(written: &Spanned<String>, faults: &mut Faults<'_>) -> Option<DateTime> {
    super::calls::local_time(Some(written), "until", faults)
}

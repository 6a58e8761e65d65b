//! Does the same SIREN have other dossiers in the call?
//!
//! A ministry files several projects: it is worth knowing and no fault.

use super::report;
use crate::domain::{Dossier, Fact};
use crate::eligibility::check::{Check, CheckReport, CheckResult, Weight};
use crate::eligibility::circumstances::{Circumstances, Sibling, Siblings};
use crate::eligibility::ruleset::Ruleset;
use crate::eligibility::verdict::Reason;
use crate::eligibility::wording::reason;

pub(super) fn check(
    dossier: &Dossier,
    beside: &Circumstances,
    rules: &Ruleset,
    weight: Weight,
) -> Vec<CheckReport> {
    let Some(siren) = dossier.demandeur.siren() else { return Vec::new() };
    let (result, reason) = if present(&beside.same_siren).next().is_some() {
        (CheckResult::Fail, several(rules, dossier, siren, &beside.same_siren))
    } else {
        (CheckResult::Pass, only(rules, siren))
    };
    vec![report(Check::SameSiren, (result, weight), reason, rules)]
}

/// Siblings that are still there.
pub(super) fn present(siblings: &Siblings) -> impl Iterator<Item = &Sibling> {
    siblings.first.iter().filter(|sibling| sibling.gone_at.is_none())
}

/// Which ones, French then English; and the facts: how many, their numbers, which came first.
pub(super) fn told(dossier: &Dossier, siblings: &Siblings) -> ((String, String), [(&'static str, Fact); 3]) {
    let numbers: Vec<u32> = present(siblings).map(|sibling| sibling.number.0).collect();
    let listed: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let listed = listed.join(", ");
    let mine = (dossier.dates.depot, dossier.number);
    let first = present(siblings).map(|one| (one.depot, one.number)).chain([mine]).min().unwrap_or(mine).1;
    let (french, english) = if siblings.more {
        let most = numbers.len();
        (format!("plus de {most} autres"), format!("more than {most} others"))
    } else {
        let count = numbers.len();
        let (autres, others) = if count == 1 { ("un autre", "one other") } else { ("", "") };
        if count == 1 {
            (format!("{autres} ({listed})"), format!("{others} ({listed})"))
        } else {
            (format!("{count} autres ({listed})"), format!("{count} others ({listed})"))
        }
    };
    let count = i64::try_from(numbers.len()).unwrap_or(i64::MAX);
    let facts = [
        ("others", count.into()),
        ("numbers", if siblings.more { Fact::Nothing } else { Fact::list(numbers) }),
        ("first_deposited", first.0.into()),
    ];
    ((french, english), facts)
}

fn several(rules: &Ruleset, dossier: &Dossier, siren: &str, siblings: &Siblings) -> Reason {
    let ((french, english), [others, numbers, first]) = told(dossier, siblings);
    reason(
        rules,
        "several_dossiers_same_siren",
        format!("Le SIREN {siren} a déposé d’autres dossiers dans cet appel : {french}."),
        format!("SIREN {siren} filed other applications in this call: {english}."),
        [("siren", siren.into()), others, numbers, first],
    )
}

fn only(rules: &Ruleset, siren: &str) -> Reason {
    reason(
        rules,
        "only_dossier_of_siren",
        format!("Le SIREN {siren} n’a pas d’autre dossier dans cet appel."),
        format!("SIREN {siren} has no other application in this call."),
        [("siren", siren.into())],
    )
}

//! Does the same usager have other dossiers in the call?
//!
//! For another applicant, it is worth knowing; for the same one, it looks like a duplicate. The usager is
//! named by nothing here: the numbers of the dossiers are enough.

use super::report;
use super::same_siren::{present, told};
use crate::domain::Dossier;
use crate::eligibility::check::{Check, CheckReport, CheckResult, Weight};
use crate::eligibility::circumstances::{Circumstances, Siblings};
use crate::eligibility::ruleset::Ruleset;
use crate::eligibility::verdict::Reason;
use crate::eligibility::wording::reason;

pub(super) fn check(
    dossier: &Dossier,
    beside: &Circumstances,
    rules: &Ruleset,
    weight: Weight,
) -> Vec<CheckReport> {
    let duplicates = Siblings {
        first: present(&beside.same_usager).filter(|one| one.same_siren).cloned().collect(),
        more: false,
    };
    let (result, reason) = if !duplicates.first.is_empty() {
        (CheckResult::Fail, duplicate(rules, dossier, &duplicates))
    } else if present(&beside.same_usager).next().is_some() {
        (CheckResult::Fail, several(rules, dossier, &beside.same_usager))
    } else {
        (CheckResult::Pass, only(rules))
    };
    vec![report(Check::SameUsager, (result, weight), reason, rules)]
}

fn duplicate(rules: &Ruleset, dossier: &Dossier, siblings: &Siblings) -> Reason {
    let ((french, english), facts) = told(dossier, siblings);
    reason(
        rules,
        "duplicate_filing",
        format!("Le même usager a déposé d’autres dossiers pour le même candidat : {french}."),
        format!("The same person filed other applications for the same applicant: {english}."),
        facts,
    )
}

fn several(rules: &Ruleset, dossier: &Dossier, siblings: &Siblings) -> Reason {
    let ((french, english), facts) = told(dossier, siblings);
    reason(
        rules,
        "several_dossiers_same_usager",
        format!("Le même usager a déposé d’autres dossiers dans cet appel : {french}."),
        format!("The same person filed other applications in this call: {english}."),
        facts,
    )
}

fn only(rules: &Ruleset) -> Reason {
    reason(
        rules,
        "only_dossier_of_usager",
        "L’usager n’a pas d’autre dossier dans cet appel.".to_owned(),
        "The person has no other application in this call.".to_owned(),
        [],
    )
}

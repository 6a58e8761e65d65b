//! Was it deposited in somebody else's name?

use super::report;
use crate::domain::Dossier;
use crate::eligibility::check::{Check, CheckReport, CheckResult, Weight};
use crate::eligibility::circumstances::Circumstances;
use crate::eligibility::ruleset::Ruleset;
use crate::eligibility::wording::reason;

pub(super) fn check(
    dossier: &Dossier,
    _beside: &Circumstances,
    rules: &Ruleset,
    weight: Weight,
) -> Vec<CheckReport> {
    if dossier.mandataire.depose_par_un_tiers != Some(true) {
        return Vec::new();
    }
    let told = reason(
        rules,
        "deposited_by_third_party",
        "Le dossier a été déposé par un tiers au nom du candidat.".to_owned(),
        "The application was filed by a third party in the applicant's name.".to_owned(),
        [("depose_par_un_tiers", true.into())],
    );
    vec![report(Check::ThirdParty, (CheckResult::Fail, weight), told, rules)]
}

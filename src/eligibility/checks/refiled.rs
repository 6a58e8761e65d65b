//! Was it withdrawn after a deposit in time, and filed again late?
//!
//! The deadline alone would say late; the applicant had been in time. A person looks at both.

use super::report;
use crate::domain::{Dossier, DossierNumber};
use crate::eligibility::check::{Check, CheckReport, CheckResult, Weight};
use crate::eligibility::circumstances::Circumstances;
use crate::eligibility::deadline::end_of_time;
use crate::eligibility::ruleset::Ruleset;
use crate::eligibility::verdict::Reason;
use crate::eligibility::wording::{local, reason};
use jiff::Timestamp;

pub(super) fn check(
    dossier: &Dossier,
    beside: &Circumstances,
    rules: &Ruleset,
    weight: Weight,
) -> Vec<CheckReport> {
    let Some(end) = end_of_time(beside.extension.as_ref(), rules) else { return Vec::new() };
    if rules.deposit_date.of(&dossier.dates) < end {
        return Vec::new();
    }
    let withdrawn = beside
        .same_siren
        .first
        .iter()
        .chain(&beside.same_usager.first)
        .find(|sibling| sibling.gone_at.is_some() && sibling.depot < end);
    let Some(sibling) = withdrawn else { return Vec::new() };
    let reason = filed_again(rules, sibling.number, sibling.depot, sibling.gone_at);
    vec![report(Check::Refiled, (CheckResult::Fail, weight), reason, rules)]
}

fn filed_again(
    rules: &Ruleset,
    number: DossierNumber,
    depot: Timestamp,
    gone_at: Option<Timestamp>,
) -> Reason {
    let when = local(rules, depot);
    reason(
        rules,
        "withdrawn_then_filed_late",
        format!(
            "Le dossier {number}, déposé dans le délai le {when}, a été retiré ; celui-ci, déposé hors délai, peut le remplacer."
        ),
        format!(
            "Application {number}, filed in time on {when}, was withdrawn; this one, filed late, may replace it."
        ),
        [("number", number.0.into()), ("date_depot", depot.into()), ("deleted_at", gone_at.into())],
    )
}

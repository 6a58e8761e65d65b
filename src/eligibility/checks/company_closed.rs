//! Does the directory say that the applicant is closed?
//!
//! Ministries merge and change their numbers: a closed body is looked at, not refused, unless the call says
//! otherwise.

use super::report;
use crate::domain::{Dossier, EtatAdministratif};
use crate::eligibility::check::{Check, CheckReport, CheckResult, Weight};
use crate::eligibility::circumstances::Circumstances;
use crate::eligibility::ruleset::Ruleset;
use crate::eligibility::verdict::Reason;
use crate::eligibility::wording::reason;

pub(super) fn check(
    dossier: &Dossier,
    _beside: &Circumstances,
    rules: &Ruleset,
    weight: Weight,
) -> Vec<CheckReport> {
    let Some(entreprise) = dossier.demandeur.entreprise() else { return Vec::new() };
    let siren = entreprise.siren.as_str();
    let ended = match &entreprise.etat_administratif {
        Some(EtatAdministratif::Ferme) => (CheckResult::Fail, weight, closed(rules, siren)),
        Some(EtatAdministratif::Actif) => (CheckResult::Pass, weight, open(rules, siren)),
        // The directory keeps it from many bodies of the State.
        Some(EtatAdministratif::Other(_)) | None => {
            (CheckResult::Pass, Weight::Informs, unknown(rules, siren))
        }
    };
    let (result, weight, reason) = ended;
    vec![report(Check::CompanyClosed, (result, weight), reason, rules)]
}

fn closed(rules: &Ruleset, siren: &str) -> Reason {
    reason(
        rules,
        "company_closed",
        "L’annuaire des entreprises donne ce candidat pour fermé ; il a pu changer de numéro.".to_owned(),
        "The companies' directory says that this applicant is closed; it may have changed its number."
            .to_owned(),
        [("siren", siren.into()), ("etat_administratif", "Ferme".into())],
    )
}

fn open(rules: &Ruleset, siren: &str) -> Reason {
    reason(
        rules,
        "company_open",
        "L’annuaire des entreprises donne ce candidat pour actif.".to_owned(),
        "The companies' directory says that this applicant is active.".to_owned(),
        [("siren", siren.into()), ("etat_administratif", "Actif".into())],
    )
}

fn unknown(rules: &Ruleset, siren: &str) -> Reason {
    reason(
        rules,
        "company_state_unknown",
        "L’annuaire des entreprises ne dit pas si ce candidat est en activité ; rien ne dit qu’il soit fermé."
            .to_owned(),
        "The companies' directory does not say whether this applicant is active; nothing says it is closed."
            .to_owned(),
        [("siren", siren.into())],
    )
}

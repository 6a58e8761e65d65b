//! The reasons of a verdict, in words fit to be quoted to an applicant, French or English.
//!
//! One function a reason: its code is stable, its facts are what it rests on. Instants are told in the
//! call's own zone. An applicant's name is a fact of the reason, never of a log.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::applicant::Known;
use super::deadline::Closing;
use super::ruleset::{Language, Ruleset};
use super::tables::LegalCategory;
use super::verdict::{ApplicantCheck, Reason};
use crate::domain::Fact;

type Facts<const N: usize> = [(&'static str, Fact); N];

fn reason<const N: usize>(
    rules: &Ruleset,
    code: &'static str,
    french: String,
    english: String,
    facts: Facts<N>,
) -> Reason {
    let text = match rules.language {
        Language::Fr => french,
        Language::En => english,
    };
    let facts: BTreeMap<_, _> = facts.into_iter().filter(|(_, fact)| !fact.is_nothing()).collect();
    Reason { code, text, facts }
}

/// An instant in the call's zone, to the second.
pub(super) fn local(rules: &Ruleset, instant: Timestamp) -> String {
    let zoned = instant.to_zoned_datetime(rules.timezone.clone());
    match rules.language {
        Language::Fr => zoned.strftime("%d/%m/%Y à %H:%M:%S").to_string(),
        Language::En => zoned.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

/// Whole minutes since the deadline.
fn minutes_late(depot: Timestamp, closing: &Closing) -> i64 {
    depot.duration_since(closing.end).as_secs() / 60
}

/// How long after the deadline, as people say it, French then English.
fn delay(depot: Timestamp, closing: &Closing) -> (String, String) {
    let minutes = minutes_late(depot, closing);
    let told = |day: &str, less: &str| match minutes {
        0 => less.to_owned(),
        1..120 => format!("{minutes} min"),
        120..2_880 => format!("{} h {:02} min", minutes / 60, minutes % 60),
        _ => format!("{} {day} {} h", minutes / 1_440, minutes % 1_440 / 60),
    };
    (told("jours", "moins d’une minute"), told("days", "less than a minute"))
}

pub(super) fn early(rules: &Ruleset, depot: Timestamp, opening: Timestamp) -> Reason {
    let (at, open) = (local(rules, depot), local(rules, opening));
    reason(
        rules,
        "deposited_before_opening",
        format!("Le dossier a été déposé le {at}, avant l’ouverture de l’appel, le {open}."),
        format!("The application was filed on {at}, before the call opened on {open}."),
        [("date_depot", depot.into()), ("opens_at", opening.into())],
    )
}

pub(super) fn no_deadline(rules: &Ruleset, depot: Timestamp) -> Reason {
    reason(
        rules,
        "no_deadline",
        "Aucune date de clôture n’est configurée pour cet appel.".to_owned(),
        "No deadline is configured for this call.".to_owned(),
        [("date_depot", depot.into())],
    )
}

pub(super) fn on_time(rules: &Ruleset, depot: Timestamp, closing: &Closing) -> Reason {
    let (at, end) = (local(rules, depot), wall(rules, closing));
    reason(
        rules,
        "deposited_on_time",
        format!("Le dossier a été déposé le {at}, avant la clôture ({end} inclus)."),
        format!("The application was filed on {at}, before the deadline ({end} included)."),
        [("date_depot", depot.into()), ("deadline", closing.end.into())],
    )
}

pub(super) fn within_grace(rules: &Ruleset, depot: Timestamp, closing: &Closing) -> Reason {
    let (at, end) = (local(rules, depot), wall(rules, closing));
    let (retard, delay) = delay(depot, closing);
    reason(
        rules,
        "deposited_within_grace",
        format!(
            "Le dossier a été déposé le {at}, {retard} après la clôture ({end} inclus), dans la tolérance \
             prévue."
        ),
        format!(
            "The application was filed on {at}, {delay} after the deadline ({end} included), within the tolerance."
        ),
        [
            ("date_depot", depot.into()),
            ("deadline", closing.end.into()),
            ("end_of_grace", closing.end_of_grace.into()),
        ],
    )
}

pub(super) fn late(rules: &Ruleset, depot: Timestamp, closing: &Closing) -> Reason {
    let (at, end) = (local(rules, depot), wall(rules, closing));
    let minutes = minutes_late(depot, closing);
    let (retard, delay) = delay(depot, closing);
    reason(
        rules,
        "deposited_late",
        format!("Le dossier a été déposé le {at}, après la clôture ({end} inclus) : {retard} de retard."),
        format!("The application was filed on {at}, after the deadline ({end} included): {delay} late."),
        [("date_depot", depot.into()), ("deadline", closing.end.into()), ("minutes_late", minutes.into())],
    )
}

fn wall(rules: &Ruleset, closing: &Closing) -> String {
    match rules.language {
        Language::Fr => closing.local.strftime("%d/%m/%Y à %H:%M").to_string(),
        Language::En => closing.local.strftime("%Y-%m-%d %H:%M").to_string(),
    }
}

pub(super) fn individual(rules: &Ruleset) -> Reason {
    let (french, english) = said(rules.individual);
    reason(
        rules,
        "individual",
        format!("Le candidat est une personne physique : {french} d’après le réglage de l’appel."),
        format!("The applicant is an individual: {english} by the call's setting."),
        [],
    )
}

pub(super) fn unknown_applicant(rules: &Ruleset, typename: &str) -> Reason {
    reason(
        rules,
        "unknown_applicant_type",
        format!("La plateforme présente ce candidat sous un type inconnu d’ami-sync ({typename})."),
        format!("The platform shows this applicant under a type unknown to ami-sync ({typename})."),
        [("demandeur_type", typename.into())],
    )
}

pub(super) fn listed_siren(rules: &Ruleset, known: &Known<'_>, check: ApplicantCheck) -> Reason {
    let siren = known.siren.unwrap_or_default();
    let (french, english) = said(check);
    reason(
        rules,
        "siren_listed_by_call",
        format!("Le SIREN {siren} est {french} d’après la liste de l’appel."),
        format!("SIREN {siren} is {english} by the call's own list."),
        [("siren", siren.into()), ("raison_sociale", known.name.into())],
    )
}

pub(super) fn state_operator(rules: &Ruleset, known: &Known<'_>, operator: &str) -> Reason {
    let siren = known.siren.unwrap_or_default();
    reason(
        rules,
        "state_operator",
        format!(
            "Le SIREN {siren} est celui d’un opérateur de l’État ({operator}), d’après la loi de finances."
        ),
        format!("SIREN {siren} is that of a State operator ({operator}), by the budget law's list."),
        [("siren", siren.into()), ("operator", operator.into())],
    )
}

pub(super) fn no_category(rules: &Ruleset, known: &Known<'_>) -> Reason {
    reason(
        rules,
        "legal_category_missing",
        "La plateforme n’a pas (encore) obtenu la catégorie juridique du candidat : rien ne permet de \
         conclure."
            .to_owned(),
        "The platform has not (yet) obtained the applicant's legal category: nothing can be concluded."
            .to_owned(),
        [("siret", known.siret.into()), ("siren", known.siren.into())],
    )
}

pub(super) fn listed_category(
    rules: &Ruleset,
    known: &Known<'_>,
    prefix: &str,
    check: ApplicantCheck,
) -> Reason {
    let code = known.code.unwrap_or_default();
    let libelle = known.category.map_or("", |category| category.libelle);
    let (french, english) = said(check);
    reason(
        rules,
        "legal_category_listed_by_call",
        format!(
            "La catégorie juridique {code} ({libelle}) est {french} d’après la liste de l’appel ({prefix})."
        ),
        format!("Legal category {code} ({libelle}) is {english} by the call's own list ({prefix})."),
        [("forme_juridique_code", code.into()), ("listed_as", prefix.into()), ("siren", known.siren.into())],
    )
}

pub(super) fn category(rules: &Ruleset, known: &Known<'_>, category: &LegalCategory) -> Reason {
    let LegalCategory { code, libelle, decision, justification, .. } = category;
    let (french, english) = said(*decision);
    let code_name = match decision {
        ApplicantCheck::Eligible => "legal_category_eligible",
        ApplicantCheck::Ineligible => "legal_category_ineligible",
        ApplicantCheck::ToReview => "legal_category_to_review",
    };
    reason(
        rules,
        code_name,
        format!("La catégorie juridique du candidat, {code} ({libelle}), est {french} : {justification}."),
        format!("The applicant's legal category, {code} ({libelle}), is {english}: {justification}."),
        [
            ("forme_juridique_code", (*code).into()),
            ("forme_juridique", (*libelle).into()),
            ("siren", known.siren.into()),
            ("raison_sociale", known.name.into()),
        ],
    )
}

pub(super) fn unknown_category(rules: &Ruleset, known: &Known<'_>) -> Reason {
    let code = known.code.unwrap_or_default();
    reason(
        rules,
        "legal_category_unknown",
        format!("La catégorie juridique {code} n’est pas dans la table de l’INSEE que nous tenons."),
        format!("Legal category {code} is not in our copy of INSEE's table."),
        [("forme_juridique_code", code.into()), ("siren", known.siren.into())],
    )
}

pub(super) fn closed(rules: &Ruleset, known: &Known<'_>) -> Reason {
    reason(
        rules,
        "company_closed",
        "L’annuaire des entreprises donne ce candidat pour fermé ; il a pu changer de numéro.".to_owned(),
        "The companies' directory says that this applicant is closed; it may have changed its number."
            .to_owned(),
        [("siren", known.siren.into()), ("etat_administratif", "Ferme".into())],
    )
}

pub(super) fn doubtful_siret(rules: &Ruleset, known: &Known<'_>) -> Reason {
    let siret = known.siret.unwrap_or_default();
    reason(
        rules,
        "siret_check_failed",
        format!("La clé de contrôle du SIRET {siret} est fausse."),
        format!("The check digit of SIRET {siret} is wrong."),
        [("siret", siret.into())],
    )
}

const fn said(check: ApplicantCheck) -> (&'static str, &'static str) {
    match check {
        ApplicantCheck::Eligible => ("éligible", "eligible"),
        ApplicantCheck::Ineligible => ("non éligible", "not eligible"),
        ApplicantCheck::ToReview => ("à examiner", "to be looked at"),
    }
}

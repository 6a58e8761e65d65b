//! What is said of an applicant, in words fit to be quoted to it, French or English; and how any reason is
//! worded.
//!
//! One function a reason: its code is stable, its facts are what it rests on. Instants are told in the
//! call's own zone. An applicant's name is a fact of the reason, never of a log.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::applicant::{Contradiction, Known};
use super::ruleset::{Language, Ruleset};
use super::tables::LegalCategory;
use super::verdict::{ApplicantCheck, Reason};
use crate::domain::Fact;

pub(super) type Facts<const N: usize> = [(&'static str, Fact); N];

/// A reason in the language of the rules; facts that are not there are left out.
pub(super) fn reason<const N: usize>(
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
    Reason { code, text, facts, is_finding: false }
}

/// An instant in the call's zone, to the second.
pub(super) fn local(rules: &Ruleset, instant: Timestamp) -> String {
    let zoned = instant.to_zoned_datetime(rules.timezone.clone());
    match rules.language {
        Language::Fr => zoned.strftime("%d/%m/%Y à %H:%M:%S").to_string(),
        Language::En => zoned.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

/// A local time, to the minute.
pub(super) fn wall(rules: &Ruleset, local: DateTime) -> String {
    match rules.language {
        Language::Fr => local.strftime("%d/%m/%Y à %H:%M").to_string(),
        Language::En => local.strftime("%Y-%m-%d %H:%M").to_string(),
    }
}

/// Names in quotes, the first ten; how many more.
pub(super) fn listed<T: AsRef<str>>(rules: &Ruleset, names: &[T]) -> String {
    const SHOWN: usize = 10;
    let quoted: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| match rules.language {
            Language::Fr => format!("« {} »", name.as_ref()),
            Language::En => format!("“{}”", name.as_ref()),
        })
        .collect();
    let mut told = quoted.join(", ");
    if let Some(more) = names.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        told.push_str(&match rules.language {
            Language::Fr => format!(" et {more} autres"),
            Language::En => format!(" and {more} others"),
        });
    }
    told
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

pub(super) fn incomplete(rules: &Ruleset, known: &Known<'_>) -> Reason {
    reason(
        rules,
        "applicant_incomplete",
        "Les données d’entreprise du candidat ne sont pas (encore) arrivées : seul son SIRET est connu."
            .to_owned(),
        "The applicant's company data has not (yet) arrived: its SIRET alone is known.".to_owned(),
        [("siret", known.siret.into()), ("siren", known.siren.into())],
    )
}

pub(super) fn not_diffusible(rules: &Ruleset, known: &Known<'_>) -> Reason {
    reason(
        rules,
        "applicant_not_diffusible",
        "L’annuaire des entreprises masque le nom du candidat : ses données ne peuvent être vérifiées."
            .to_owned(),
        "The companies' directory hides the applicant's name: its data cannot be checked.".to_owned(),
        [("siren", known.siren.into()), ("forme_juridique_code", known.code.into())],
    )
}

pub(super) fn contradictory(rules: &Ruleset, known: &Known<'_>, what: Contradiction) -> Reason {
    let (french, english) = match what {
        Contradiction::SiretOfAnother => (
            "le SIRET ne commence pas par le SIREN de l’entreprise",
            "the SIRET does not begin with the company's SIREN",
        ),
        Contradiction::PublicAssociation => (
            "une association est déclarée sous une catégorie juridique publique",
            "an association is declared under a public legal category",
        ),
    };
    reason(
        rules,
        "applicant_contradictory",
        format!("Les données du candidat se contredisent : {french}."),
        format!("The applicant's data is contradictory: {english}."),
        [
            ("siret", known.siret.into()),
            ("siren", known.siren.into()),
            ("forme_juridique_code", known.code.into()),
            ("rna", known.rna.into()),
        ],
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

pub(super) const fn said(check: ApplicantCheck) -> (&'static str, &'static str) {
    match check {
        ApplicantCheck::Eligible => ("éligible", "eligible"),
        ApplicantCheck::Ineligible => ("non éligible", "not eligible"),
        ApplicantCheck::ToReview => ("à examiner", "to be looked at"),
    }
}

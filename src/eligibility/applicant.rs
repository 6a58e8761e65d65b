//! May this applicant take part?
//!
//! First match wins: the call's own SIREN lists, the State's operators, the call's own list of categories,
//! the table of legal categories. What is missing, incomplete, closed or unknown asks for a person: an
//! absent fact is never a refusal.

use super::identifiers::is_siret;
use super::nature::{Clues, Confidence, tell};
use super::ruleset::Ruleset;
use super::tables::{LegalCategory, legal_category, state_operator};
use super::verdict::{ApplicantCheck, Nature, Reason};
use super::wording;
use crate::domain::{Demandeur, EtatAdministratif};

/// What was found of an applicant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Applicant {
    /// May it take part?
    pub check: ApplicantCheck,
    /// What it is.
    pub nature: Nature,
    /// How sure that is.
    pub confidence: Confidence,
    /// Why, the deciding reason first.
    pub reasons: Vec<Reason>,
}

/// Facts about a company, each absent until it is known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known<'a> {
    /// SIREN.
    pub siren: Option<&'a str>,
    /// SIRET.
    pub siret: Option<&'a str>,
    /// Legal category's code.
    pub code: Option<&'a str>,
    /// The table's row for it.
    pub category: Option<&'static LegalCategory>,
    /// Legal name, empty where the directory hides it.
    pub name: &'a str,
    /// NAF code.
    pub naf: Option<&'a str>,
    /// Whether the directory says it is closed.
    pub closed: bool,
}

impl<'a> Known<'a> {
    fn of(demandeur: &'a Demandeur) -> Self {
        let entreprise = demandeur.entreprise();
        let code = entreprise.and_then(|entreprise| entreprise.forme_juridique_code.as_deref());
        let naf = match demandeur {
            Demandeur::PersonneMorale(morale) => morale.naf.as_deref(),
            Demandeur::PersonnePhysique(_)
            | Demandeur::PersonneMoraleIncomplete { .. }
            | Demandeur::Unknown { .. } => None,
        };
        let state = entreprise.and_then(|entreprise| entreprise.etat_administratif.as_ref());
        Self {
            siren: demandeur.siren(),
            siret: demandeur.siret(),
            code,
            category: code.and_then(legal_category),
            name: entreprise.map_or("", |entreprise| entreprise.raison_sociale.as_str()),
            naf,
            closed: state == Some(&EtatAdministratif::Ferme),
        }
    }
}

/// Checks an applicant.
pub(super) fn check(demandeur: &Demandeur, rules: &Ruleset) -> Applicant {
    match demandeur {
        Demandeur::PersonnePhysique(_) => Applicant {
            check: rules.individual,
            nature: Nature::Individual,
            confidence: Confidence::High,
            reasons: vec![wording::individual(rules)],
        },
        Demandeur::Unknown { typename, .. } => Applicant {
            check: ApplicantCheck::ToReview,
            nature: Nature::Unknown,
            confidence: Confidence::Low,
            reasons: vec![wording::unknown_applicant(rules, typename)],
        },
        Demandeur::PersonneMorale(_) | Demandeur::PersonneMoraleIncomplete { .. } => {
            check_company(&Known::of(demandeur), rules)
        }
    }
}

fn check_company(known: &Known<'_>, rules: &Ruleset) -> Applicant {
    let operator = known.siren.and_then(state_operator);
    let clues =
        Clues { category: known.category, naf: known.naf, name: known.name, operator: operator.is_some() };
    let (nature, confidence) = tell(clues);
    let (mut check, reason) = decide(known, operator, rules);
    let mut reasons = vec![reason];
    if known.closed {
        reasons.push(wording::closed(rules, known));
        if check == ApplicantCheck::Eligible {
            check = ApplicantCheck::ToReview;
        }
    }
    if known.siret.is_some_and(|siret| !is_siret(siret)) {
        reasons.push(wording::doubtful_siret(rules, known));
        if check == ApplicantCheck::Eligible && known.code.is_none() {
            check = ApplicantCheck::ToReview;
        }
    }
    Applicant { check, nature, confidence, reasons }
}

fn decide(known: &Known<'_>, operator: Option<&str>, rules: &Ruleset) -> (ApplicantCheck, Reason) {
    if let Some(check) = known.siren.and_then(|siren| rules.listed_siren(siren)) {
        return (check, wording::listed_siren(rules, known, check));
    }
    if let Some(operator) = operator {
        return (ApplicantCheck::Eligible, wording::state_operator(rules, known, operator));
    }
    let Some(code) = known.code else {
        return (ApplicantCheck::ToReview, wording::no_category(rules, known));
    };
    if let Some((prefix, check)) = rules.listed_category(code) {
        return (check, wording::listed_category(rules, known, prefix, check));
    }
    match known.category {
        Some(category) => (category.decision, wording::category(rules, known, category)),
        None => (ApplicantCheck::ToReview, wording::unknown_category(rules, known)),
    }
}

//! May this applicant take part?
//!
//! First match wins: the call's own SIREN lists, the State's operators, the call's own list of categories,
//! the table of legal categories. What is missing, incomplete, hidden, contradictory or unknown asks for a
//! person: an absent fact is never a refusal.

use super::check::{Check, CheckReport, CheckResult, Weight};
use super::checks::report;
use super::identifiers::{is_siret, without_spaces};
use super::nature::{Clues, Confidence, tell};
use super::ruleset::Ruleset;
use super::tables::{LegalCategory, legal_category, state_operator};
use super::verdict::{ApplicantCheck, Nature, Reason};
use super::wording;
use crate::domain::{Demandeur, Entreprise};

/// What was found of an applicant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Applicant {
    /// May it take part?
    pub check: ApplicantCheck,
    /// What it is.
    pub nature: Nature,
    /// How sure that is.
    pub confidence: Confidence,
    /// What was found, the deciding one first.
    pub reports: Vec<CheckReport>,
}

/// Data that cannot both be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contradiction {
    /// The SIRET is of another SIREN.
    SiretOfAnother,
    /// An association under a public legal category.
    PublicAssociation,
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
    /// Number of an association.
    pub rna: Option<&'a str>,
    /// Whether the company's data arrived.
    pub arrived: bool,
}

impl<'a> Known<'a> {
    fn of(demandeur: &'a Demandeur) -> Self {
        let entreprise = demandeur.entreprise();
        let code = entreprise.and_then(|entreprise| entreprise.forme_juridique_code.as_deref());
        let morale = match demandeur {
            Demandeur::PersonneMorale(morale) => Some(&**morale),
            Demandeur::PersonnePhysique(_)
            | Demandeur::PersonneMoraleIncomplete { .. }
            | Demandeur::Unknown { .. } => None,
        };
        Self {
            siren: demandeur.siren(),
            siret: demandeur.siret(),
            code,
            category: code.and_then(legal_category),
            name: entreprise.map_or("", |entreprise| entreprise.raison_sociale.as_str()),
            naf: morale.and_then(|morale| morale.naf.as_deref()),
            rna: morale.and_then(|morale| morale.association.as_ref()).map(|one| one.rna.as_str()),
            arrived: entreprise.is_some(),
        }
    }

    /// Whether the directory hides who it is: no name at all, or a mask in its place.
    fn is_hidden(&self, entreprise: Option<&Entreprise>) -> bool {
        let masked =
            |name: &str| name.trim().is_empty() || name.contains("[ND]") || name.contains("NON-DIFFUSIBLE");
        entreprise.is_some_and(|entreprise| {
            masked(&entreprise.raison_sociale)
                && masked(&entreprise.nom_commercial)
                && masked(entreprise.nom.as_deref().unwrap_or_default())
        })
    }

    fn contradiction(&self, entreprise: Option<&Entreprise>) -> Option<Contradiction> {
        let of_another = match (self.siret, entreprise.map(|entreprise| entreprise.siren.as_str())) {
            (Some(siret), Some(siren)) if !siren.is_empty() => {
                !without_spaces(siret).starts_with(&without_spaces(siren))
            }
            _ => false,
        };
        if of_another {
            return Some(Contradiction::SiretOfAnother);
        }
        let public = self.category.is_some_and(|category| category.code.starts_with(['4', '7']));
        (public && self.rna.is_some_and(|rna| !rna.is_empty())).then_some(Contradiction::PublicAssociation)
    }
}

/// Checks an applicant.
pub(super) fn check(demandeur: &Demandeur, rules: &Ruleset) -> Applicant {
    match demandeur {
        Demandeur::PersonnePhysique(_) => Applicant {
            check: rules.individual,
            nature: Nature::Individual,
            confidence: Confidence::High,
            reports: vec![decided(rules.individual, false, wording::individual(rules), rules)],
        },
        Demandeur::Unknown { typename, .. } => {
            let reason = wording::unknown_applicant(rules, typename);
            Applicant {
                check: ApplicantCheck::ToReview,
                nature: Nature::Unknown,
                confidence: Confidence::Low,
                reports: vec![decided(ApplicantCheck::ToReview, false, reason, rules)],
            }
        }
        Demandeur::PersonneMorale(_) | Demandeur::PersonneMoraleIncomplete { .. } => {
            check_company(demandeur, &Known::of(demandeur), rules)
        }
    }
}

fn check_company(demandeur: &Demandeur, known: &Known<'_>, rules: &Ruleset) -> Applicant {
    let operator = known.siren.and_then(state_operator);
    let clues =
        Clues { category: known.category, naf: known.naf, name: known.name, operator: operator.is_some() };
    let (nature, confidence) = tell(clues);
    let (check, mut reason) = decide(known, operator, rules);
    reason.facts.insert("nature", nature.as_str().into());
    reason.facts.insert("nature_confidence", confidence.as_str().into());
    if let Some(naf) = known.naf {
        reason.facts.insert("naf", naf.into());
    }
    let entreprise = demandeur.entreprise();
    let mut doubts = Vec::new();
    doubts.extend(known.contradiction(entreprise).map(|what| wording::contradictory(rules, known, what)));
    if known.is_hidden(entreprise) {
        doubts.push(wording::not_diffusible(rules, known));
    }
    // A SIREN in a list is sure whatever the directory says of the rest.
    let by_siren = matches!(reason.code, "siren_listed_by_call" | "state_operator");
    let doubted = !doubts.is_empty() && !by_siren;
    let mut reports = vec![decided(check, doubted, reason, rules)];
    let weight = if by_siren { Weight::Informs } else { Weight::AsksReview };
    reports.extend(doubts.into_iter().map(|reason| doubt(reason, weight, rules)));
    if known.siret.is_some_and(|siret| !is_siret(siret)) {
        // Where the company's data did arrive, a wrong key is a curiosity.
        let weight = if known.code.is_none() { weight } else { Weight::Informs };
        reports.push(doubt(wording::doubtful_siret(rules, known), weight, rules));
    }
    let asks = reports.iter().skip(1).any(|report| report.weight == Weight::AsksReview);
    let check = if asks { ApplicantCheck::ToReview } else { check };
    Applicant { check, nature, confidence, reports }
}

/// The deciding report; a refusal that is doubted asks for a person instead.
fn decided(check: ApplicantCheck, doubted: bool, reason: Reason, rules: &Ruleset) -> CheckReport {
    let (result, weight) = match check {
        ApplicantCheck::Eligible => (CheckResult::Pass, Weight::Blocks),
        ApplicantCheck::Ineligible if doubted => (CheckResult::Fail, Weight::AsksReview),
        ApplicantCheck::Ineligible => (CheckResult::Fail, Weight::Blocks),
        ApplicantCheck::ToReview => (CheckResult::Unknown, Weight::AsksReview),
    };
    report(Check::Applicant, (result, weight), reason, rules)
}

fn doubt(reason: Reason, weight: Weight, rules: &Ruleset) -> CheckReport {
    report(Check::Applicant, (CheckResult::Unknown, weight), reason, rules)
}

fn decide(known: &Known<'_>, operator: Option<&str>, rules: &Ruleset) -> (ApplicantCheck, Reason) {
    if let Some(check) = known.siren.and_then(|siren| rules.listed_siren(siren)) {
        return (check, wording::listed_siren(rules, known, check));
    }
    if let Some(operator) = operator {
        return (ApplicantCheck::Eligible, wording::state_operator(rules, known, operator));
    }
    let Some(code) = known.code else {
        let reason = if known.arrived {
            wording::no_category(rules, known)
        } else {
            wording::incomplete(rules, known)
        };
        return (ApplicantCheck::ToReview, reason);
    };
    if let Some((prefix, check)) = rules.listed_category(code) {
        return (check, wording::listed_category(rules, known, prefix, check));
    }
    match known.category {
        Some(category) => (category.decision, wording::category(rules, known, category)),
        None => (ApplicantCheck::ToReview, wording::unknown_category(rules, known)),
    }
}

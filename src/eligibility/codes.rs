//! Every code that a reason may have: its check, what it means, where its rule comes from.
//!
//! The one table of codes. Alerts, scripts and dashboards know reasons by these names: a code is never
//! renamed, and never means something else than before.

use super::check::Check;
use super::ruleset::Language;

/// One code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The code, in `verdicts.reasons`.
    pub code: &'static str,
    /// The check that gives it.
    pub check: Check,
    /// What it means, in French.
    pub meaning: &'static str,
    source: Source,
}

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    BudgetLaw,
    Insee,
    Applicants,
    Dates,
    SiretKey,
    Directory,
    Platform,
    Form,
    Answers,
    Checks,
    Person,
}

impl Source {
    const fn text(self, language: Language) -> &'static str {
        let (french, english) = match self {
            Self::BudgetLaw => (
                "liste des opérateurs de l’État, annexe du projet de loi de finances",
                "list of State operators, annex to the budget bill",
            ),
            Self::Insee => (
                "INSEE, catégories juridiques, niveau III ; publics visés par l’appel",
                "INSEE, legal categories, level III; applicants that the call is open to",
            ),
            Self::Applicants => {
                ("réglage de l’appel (calls.applicants)", "setting of the call (calls.applicants)")
            }
            Self::Dates => (
                "dates de l’appel (opens_at, deadline, extensions) et date de dépôt donnée par la plateforme",
                "dates of the call (opens_at, deadline, extensions) and date of filing given by the platform",
            ),
            Self::SiretKey => ("clé de contrôle du SIRET (INSEE)", "check digit of the SIRET (INSEE)"),
            Self::Directory => {
                ("données de l’entreprise données par la plateforme", "company data given by the platform")
            }
            Self::Platform => (
                "dates, événements et messages du dossier donnés par la plateforme",
                "dates, events and messages of the application given by the platform",
            ),
            Self::Form => (
                "formulaire de la démarche, à la révision que suit le dossier",
                "form of the démarche, at the revision that the application follows",
            ),
            Self::Answers => ("réglage de l’appel (calls.answers)", "setting of the call (calls.answers)"),
            Self::Checks => ("réglage de l’appel (calls.checks)", "setting of the call (calls.checks)"),
            Self::Person => ("décision consignée dans le miroir", "decision recorded in the mirror"),
        };
        match language {
            Language::Fr => french,
            Language::En => english,
        }
    }
}

const fn line(code: &'static str, check: Check, source: Source, meaning: &'static str) -> Code {
    Code { code, check, meaning, source }
}

/// All the codes, by check.
#[rustfmt::skip]
pub const CODES: &[Code] = &[
    line("siren_listed_by_call", Check::Applicant, Source::Applicants, "le SIREN est dans une liste de l’appel"),
    line("state_operator", Check::Applicant, Source::BudgetLaw, "le SIREN est celui d’un opérateur de l’État"),
    line("legal_category_listed_by_call", Check::Applicant, Source::Applicants, "la catégorie juridique est dans une liste de l’appel"),
    line("legal_category_eligible", Check::Applicant, Source::Insee, "la table admet la catégorie juridique"),
    line("legal_category_ineligible", Check::Applicant, Source::Insee, "la table refuse la catégorie juridique"),
    line("legal_category_to_review", Check::Applicant, Source::Insee, "la table laisse la catégorie juridique à une personne"),
    line("legal_category_missing", Check::Applicant, Source::Directory, "la catégorie juridique n’est pas connue"),
    line("legal_category_unknown", Check::Applicant, Source::Insee, "la catégorie juridique n’est pas dans la table"),
    line("applicant_incomplete", Check::Applicant, Source::Directory, "les données de l’entreprise ne sont pas arrivées"),
    line("applicant_not_diffusible", Check::Applicant, Source::Directory, "l’annuaire masque le nom du candidat"),
    line("applicant_contradictory", Check::Applicant, Source::Directory, "les données de l’entreprise se contredisent"),
    line("siret_check_failed", Check::Applicant, Source::SiretKey, "la clé de contrôle du SIRET est fausse"),
    line("individual", Check::Applicant, Source::Applicants, "le candidat est une personne physique"),
    line("unknown_applicant_type", Check::Applicant, Source::Directory, "le type de candidat est inconnu d’ami-sync"),
    line("company_closed", Check::CompanyClosed, Source::Directory, "l’annuaire donne le candidat pour fermé"),
    line("company_open", Check::CompanyClosed, Source::Directory, "l’annuaire donne le candidat pour actif"),
    line("company_state_unknown", Check::CompanyClosed, Source::Directory, "l’annuaire ne dit pas si le candidat est en activité"),
    line("deposited_on_time", Check::Deadline, Source::Dates, "déposé avant la clôture"),
    line("deposited_within_grace", Check::Deadline, Source::Dates, "déposé après la clôture, dans la tolérance"),
    line("deposited_within_extension", Check::Deadline, Source::Dates, "déposé après la clôture, avant la fin d’une prolongation"),
    line("deposited_late", Check::Deadline, Source::Dates, "déposé après la clôture"),
    line("deposited_before_opening", Check::Deadline, Source::Dates, "déposé avant l’ouverture"),
    line("no_deadline", Check::Deadline, Source::Dates, "aucune clôture n’est configurée"),
    line("modified_after_deadline", Check::ModifiedAfterDeadline, Source::Platform, "modifié par l’usager après la clôture, sans demande"),
    line("corrected_on_request", Check::ModifiedAfterDeadline, Source::Platform, "corrigé après la clôture, à la demande de l’administration"),
    line("modified_after_sent_back", Check::ModifiedAfterDeadline, Source::Platform, "modifié après la clôture, l’administration l’ayant repassé en construction"),
    line("corrected_by_instructeur", Check::ModifiedAfterDeadline, Source::Platform, "corrigé par un instructeur après la clôture"),
    line("correction_pending", Check::ModifiedAfterDeadline, Source::Platform, "une correction demandée attend sa réponse"),
    line("not_modified_after_deadline", Check::ModifiedAfterDeadline, Source::Platform, "aucune modification après la clôture"),
    line("mandatory_answer_missing", Check::Mandatory, Source::Form, "une réponse obligatoire est vide"),
    line("mandatory_asked_after_deposit", Check::Mandatory, Source::Form, "une question obligatoire a été ajoutée après le dépôt"),
    line("mandatory_answers_given", Check::Mandatory, Source::Form, "toutes les réponses obligatoires sont données"),
    line("form_not_known", Check::Mandatory, Source::Form, "le formulaire de ce dossier n’a pas été lu"),
    line("answer_as_required", Check::Answers, Source::Answers, "la réponse est celle que l’appel demande"),
    line("answer_not_as_required", Check::Answers, Source::Answers, "la réponse n’est pas celle que l’appel demande"),
    line("answer_missing", Check::Answers, Source::Answers, "la réponse que l’appel demande n’est pas donnée"),
    line("file_infected", Check::Antivirus, Source::Checks, "l’antivirus refuse un fichier"),
    line("file_unreadable", Check::Antivirus, Source::Checks, "l’antivirus n’a pu lire un fichier"),
    line("file_not_scanned", Check::Antivirus, Source::Checks, "l’antivirus n’a pas encore parlé"),
    line("files_safe", Check::Antivirus, Source::Checks, "l’antivirus ne trouve rien"),
    line("several_dossiers_same_siren", Check::SameSiren, Source::Checks, "d’autres dossiers du même SIREN"),
    line("only_dossier_of_siren", Check::SameSiren, Source::Checks, "seul dossier de ce SIREN"),
    line("several_dossiers_same_usager", Check::SameUsager, Source::Checks, "d’autres dossiers du même usager"),
    line("duplicate_filing", Check::SameUsager, Source::Checks, "d’autres dossiers du même usager pour le même SIREN"),
    line("only_dossier_of_usager", Check::SameUsager, Source::Checks, "seul dossier de cet usager"),
    line("withdrawn_then_filed_late", Check::Refiled, Source::Checks, "retiré après un dépôt dans le délai, déposé à nouveau hors délai"),
    line("looks_like_a_test", Check::TestFiling, Source::Checks, "des réponses qui ressemblent à un essai"),
    line("deposited_by_third_party", Check::ThirdParty, Source::Checks, "déposé par un tiers au nom du candidat"),
    line("decided_by_person", Check::Decision, Source::Person, "une personne a décidé"),
    line("changed_since_decision", Check::Decision, Source::Person, "le dossier a changé depuis la décision"),
    line("rules_disagree_with_decision", Check::Decision, Source::Person, "les règles concluent maintenant autrement qu’au moment de la décision"),
];

/// Where the rule of a code comes from, in words.
pub(super) fn source(code: &str, language: Language) -> &'static str {
    CODES.iter().find(|line| line.code == code).map_or("", |line| line.source.text(language))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The page that operators and authors of dashboards read.
    #[test]
    fn the_page_of_codes_is_this_table() {
        let mut table = String::from("| code | vérification | sens |\n|---|---|---|\n");
        for line in CODES {
            table.push_str(&format!("| `{}` | `{}` | {} |\n", line.code, line.check.as_str(), line.meaning));
        }
        let page = include_str!("../../docs/codes.md");
        assert!(page.contains(&table), "docs/codes.md lacks this table:\n{table}");
    }

    #[test]
    fn a_code_is_listed_once_and_every_check_has_one() {
        let codes: BTreeSet<_> = CODES.iter().map(|line| line.code).collect();
        assert_eq!(codes.len(), CODES.len());
        let checks: BTreeSet<_> = CODES.iter().map(|line| line.check).collect();
        assert_eq!(checks.len(), Check::ALL.len());
    }
}

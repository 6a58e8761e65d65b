//! The mirror's names in an operator's words, French or English.
//!
//! One place, for the command line, the page and the alerts. A name that is not known is told as it is: the
//! platform adds some without notice. It knows no dossier and no clock.

use crate::domain;
use crate::eligibility::{Check, Language};

/// The word in this language.
#[must_use]
pub const fn said<'w>(language: Language, french: &'w str, english: &'w str) -> &'w str {
    match language {
        Language::Fr => french,
        Language::En => english,
    }
}

/// A count and its noun, one and many in each language: French says zero in the singular, English does not.
#[must_use]
pub fn counted(count: u64, language: Language, french: (&str, &str), english: (&str, &str)) -> String {
    match language {
        Language::Fr => domain::counted(count, french.0, french.1),
        Language::En => format!("{count} {}", if count == 1 { english.0 } else { english.1 }),
    }
}

/// A verdict.
#[must_use]
pub fn verdict(name: &str, language: Language) -> &str {
    match name {
        "eligible" => said(language, "recevable", "eligible"),
        "ineligible" => said(language, "non éligible", "ineligible"),
        "late" => said(language, "hors délai", "late"),
        "to_review" => said(language, "à examiner", "to review"),
        other => other,
    }
}

/// A verdict, of several dossiers.
#[must_use]
pub fn verdicts(name: &str, language: Language) -> &str {
    match (name, language) {
        ("eligible", Language::Fr) => "recevables",
        ("ineligible", Language::Fr) => "non éligibles",
        (other, _) => verdict(other, language),
    }
}

/// A state.
#[must_use]
pub fn state(name: &str, language: Language) -> &str {
    match name {
        "en_construction" => said(language, "en construction", "filed"),
        "en_instruction" => said(language, "en instruction", "being examined"),
        "accepte" => said(language, "accepté", "accepted"),
        "refuse" => said(language, "refusé", "refused"),
        "sans_suite" => said(language, "sans suite", "closed without follow-up"),
        other => other,
    }
}

/// A state, of several dossiers.
#[must_use]
pub fn states(name: &str, language: Language) -> &str {
    match (name, language) {
        ("accepte", Language::Fr) => "acceptés",
        ("refuse", Language::Fr) => "refusés",
        (other, _) => state(other, language),
    }
}

/// The nature of an applicant.
#[must_use]
pub fn nature(name: &str, language: Language) -> &str {
    match name {
        "central_administration" => said(language, "administration centrale", "central administration"),
        "devolved_service" => said(language, "service déconcentré", "devolved service of the State"),
        "national_operator" => said(language, "opérateur national", "national operator"),
        "hospital" => said(language, "hôpital public", "public hospital"),
        "education_research" => said(language, "enseignement, recherche", "education, research"),
        "court" => said(language, "juridiction", "court"),
        "other_public" => said(language, "autre public", "other public body"),
        "local_authority" => said(language, "collectivité", "local authority"),
        "consular" => said(language, "chambre consulaire", "chamber of trades or commerce"),
        "social_body" => said(language, "organisme social", "social security body"),
        "association" => said(language, "association", "association"),
        "company" => said(language, "entreprise", "company"),
        "individual" => said(language, "particulier", "individual"),
        "unknown" => said(language, "inconnue", "unknown"),
        other => other,
    }
}

/// A track of support.
#[must_use]
pub fn track(name: &str, language: Language) -> &str {
    match name {
        "technical" => said(language, "technique", "technical"),
        "strategic" => said(language, "stratégique", "strategic"),
        "scientific" => said(language, "scientifique", "scientific"),
        other => other,
    }
}

/// How a pass ended.
#[must_use]
pub fn outcome(name: &str, language: Language) -> &str {
    match name {
        "done" => said(language, "terminée", "done"),
        "findings" => said(language, "terminée, avec des restes", "done, with something left behind"),
        "held" => said(language, "retenue : trop de disparitions", "held: too many would be gone"),
        "failed" => said(language, "échouée", "failed"),
        "interrupted" => said(language, "interrompue", "interrupted"),
        "running" => said(language, "en cours", "running"),
        other => other,
    }
}

/// What happened to a dossier.
#[must_use]
pub fn event(name: &str, language: Language) -> &str {
    match name {
        "depose" => said(language, "déposé", "filed"),
        "depose_correction_usager" => said(
            language,
            "déposé à nouveau par l’usager, après une demande de correction",
            "filed again by its usager, as a correction was asked",
        ),
        "depose_correction_instructeur" => {
            said(language, "déposé à nouveau par un instructeur", "filed again by an instructeur")
        }
        "passe_en_instruction" => said(language, "passé en instruction", "taken for examination"),
        "passe_en_instruction_automatiquement" => {
            said(language, "passé en instruction par la plateforme", "taken for examination by the platform")
        }
        "accepte" => said(language, "accepté", "accepted"),
        "accepte_automatiquement" => said(language, "accepté par la plateforme", "accepted by the platform"),
        "refuse" => said(language, "refusé", "refused"),
        "refuse_automatiquement" => said(language, "refusé par la plateforme", "refused by the platform"),
        "classe_sans_suite" => said(language, "classé sans suite", "closed without follow-up"),
        "repasse_en_construction" => said(language, "remis en construction", "sent back to its usager"),
        "repasse_en_instruction" => said(language, "remis en instruction", "sent back to examination"),
        other => other,
    }
}

/// What a change is about.
#[must_use]
pub fn subject(name: &str, language: Language) -> &str {
    match name {
        "demandeur" => said(language, "candidat", "applicant"),
        "champ" => said(language, "réponse", "answer"),
        "annotation" => said(language, "annotation", "annotation"),
        "traitement" => said(language, "événement", "event"),
        "label" => said(language, "étiquette", "label"),
        "presence" => said(language, "présence", "presence"),
        "avis" => said(language, "avis", "opinion"),
        other => other,
    }
}

/// A check.
#[must_use]
pub const fn check(check: Check, language: Language) -> &'static str {
    match check {
        Check::Applicant => said(language, "candidat", "applicant"),
        Check::CompanyClosed => said(language, "activité", "activity"),
        Check::Deadline => said(language, "délai", "deadline"),
        Check::ModifiedAfterDeadline => said(language, "modifications", "changes"),
        Check::Mandatory => said(language, "réponses obligatoires", "mandatory answers"),
        Check::Answers => said(language, "réponse", "answer"),
        Check::Antivirus => said(language, "fichiers", "files"),
        Check::SameSiren => said(language, "même SIREN", "same SIREN"),
        Check::SameUsager => said(language, "même usager", "same person"),
        Check::Refiled => said(language, "retrait", "withdrawal"),
        Check::TestFiling => said(language, "essai", "trial"),
        Check::ThirdParty => said(language, "tiers", "third party"),
        Check::Decision => said(language, "décision", "decision"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DossierState, Subject};
    use crate::eligibility::{Nature, Outcome};

    #[test]
    fn every_name_of_the_mirror_has_its_words_in_both_languages() {
        for outcome in Outcome::ALL {
            let name = outcome.as_str();
            assert_ne!(verdict(name, Language::Fr), name);
        }
        for one in Nature::ALL {
            let name = one.as_str();
            assert!(
                !nature(name, Language::Fr).contains('_') && !nature(name, Language::En).contains('_'),
                "{name}"
            );
        }
        for one in Subject::ALL {
            assert!(!subject(one.as_str(), Language::Fr).is_empty());
        }
        for one in [DossierState::EnConstruction, DossierState::EnInstruction, DossierState::SansSuite] {
            assert!(!state(one.as_api(), Language::Fr).contains('_'));
            assert!(!state(one.as_api(), Language::En).contains('_'));
        }
        assert_eq!(
            event("invented_event", Language::Fr),
            "invented_event",
            "what is not known is told as it is"
        );
    }
}

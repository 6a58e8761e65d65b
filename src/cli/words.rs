//! The mirror's names in an operator's words, and the operator's words in ours.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::exit::Misuse;
use crate::config::CallConfig;

/// A verdict in words.
#[must_use]
pub fn verdict(name: &str) -> &str {
    match name {
        "eligible" => "recevable",
        "ineligible" => "non éligible",
        "late" => "hors délai",
        "to_review" => "à examiner",
        other => other,
    }
}

/// A verdict in words, of several dossiers.
#[must_use]
pub fn verdicts(name: &str) -> &str {
    match name {
        "eligible" => "recevables",
        "ineligible" => "non éligibles",
        other => verdict(other),
    }
}

/// A state in words, of several dossiers.
#[must_use]
pub fn states(name: &str) -> &str {
    match name {
        "accepte" => "acceptés",
        "refuse" => "refusés",
        other => state(other),
    }
}

/// A state in words.
#[must_use]
pub fn state(name: &str) -> &str {
    match name {
        "en_construction" => "en construction",
        "en_instruction" => "en instruction",
        "accepte" => "accepté",
        "refuse" => "refusé",
        "sans_suite" => "sans suite",
        other => other,
    }
}

/// How a pass ended, in words.
#[must_use]
pub fn outcome(name: &str) -> &str {
    match name {
        "done" => "terminée",
        "findings" => "terminée, avec des restes",
        "held" => "retenue : trop de disparitions",
        "failed" => "échouée",
        "interrupted" => "interrompue",
        "running" => "en cours",
        other => other,
    }
}

/// What happened to a dossier, in words.
#[must_use]
pub fn event(name: &str) -> &str {
    match name {
        "depose" => "déposé",
        "depose_correction_usager" => "déposé à nouveau par l’usager, après une demande de correction",
        "depose_correction_instructeur" => "déposé à nouveau par un instructeur",
        "passe_en_instruction" => "passé en instruction",
        "passe_en_instruction_automatiquement" => "passé en instruction par la plateforme",
        "accepte" => "accepté",
        "accepte_automatiquement" => "accepté par la plateforme",
        "refuse" => "refusé",
        "refuse_automatiquement" => "refusé par la plateforme",
        "classe_sans_suite" => "classé sans suite",
        "repasse_en_construction" => "remis en construction",
        "repasse_en_instruction" => "remis en instruction",
        other => other,
    }
}

/// What a change is about, in words.
#[must_use]
pub fn subject(name: &str) -> &str {
    match name {
        "champ" => "réponse",
        "annotation" => "annotation",
        "traitement" => "événement",
        "label" => "étiquette",
        "presence" => "présence",
        other => other,
    }
}

/// An instant as people of metropolitan France read it, to the minute or to the second.
#[must_use]
pub fn paris(instant: Timestamp) -> String {
    let zone = TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC);
    instant.to_zoned_datetime(zone).strftime("%d/%m/%Y %H:%M:%S").to_string()
}

/// The calls named, or all of them.
///
/// # Errors
/// When no call has this name.
pub fn chosen_calls(calls: Vec<Arc<CallConfig>>, name: Option<&str>) -> Result<Vec<Arc<CallConfig>>, Misuse> {
    let Some(name) = name else { return Ok(calls) };
    let known: Vec<String> = calls.iter().map(|call| call.slug.clone()).collect();
    let chosen: Vec<_> = calls.into_iter().filter(|call| call.slug == name).collect();
    if chosen.is_empty() {
        return Err(Misuse(format!(
            "aucun appel ne s’appelle « {name} » ; appels configurés : {}",
            known.join(", ")
        )));
    }
    Ok(chosen)
}

/// The nature of an applicant, in words.
#[must_use]
pub fn nature(name: &str) -> &str {
    match name {
        "central_administration" => "administration centrale",
        "devolved_service" => "service déconcentré",
        "national_operator" => "opérateur national",
        "hospital" => "hôpital public",
        "education_research" => "enseignement, recherche",
        "court" => "juridiction",
        "other_public" => "autre public",
        "local_authority" => "collectivité",
        "consular" => "chambre consulaire",
        "social_body" => "organisme social",
        "association" => "association",
        "company" => "entreprise",
        "individual" => "particulier",
        "unknown" => "inconnue",
        other => other,
    }
}

//! The mirror's names in an operator's words, French on the command line, and the operator's words in ours.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::exit::Misuse;
use crate::config::CallConfig;
use crate::eligibility::Language;
use crate::words::{self, said};

/// A verdict in words.
#[must_use]
pub fn verdict(name: &str) -> &str {
    words::verdict(name, Language::Fr)
}

/// A verdict in words, of several dossiers.
#[must_use]
pub fn verdicts(name: &str) -> &str {
    words::verdicts(name, Language::Fr)
}

/// A state in words, of several dossiers.
#[must_use]
pub fn states(name: &str) -> &str {
    words::states(name, Language::Fr)
}

/// A state in words.
#[must_use]
pub fn state(name: &str) -> &str {
    words::state(name, Language::Fr)
}

/// How a pass ended, in words.
#[must_use]
pub fn outcome(name: &str) -> &str {
    words::outcome(name, Language::Fr)
}

/// What a change is about, in words.
#[must_use]
pub fn subject(name: &str) -> &str {
    words::subject(name, Language::Fr)
}

/// An instant as people of metropolitan France read it, to the second.
#[must_use]
pub fn paris(instant: Timestamp) -> String {
    dated(instant, Language::Fr)
}

/// An instant at the clock of metropolitan France, written as in this language.
#[must_use]
pub fn dated(instant: Timestamp, language: Language) -> String {
    let zone = TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC);
    let shape = said(language, "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S");
    zone.to_datetime(instant).strftime(shape).to_string()
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
    words::nature(name, Language::Fr)
}

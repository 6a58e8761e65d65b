//! From an answer's bytes to its data and its errors, in two steps: nodes stay raw.
//!
//! Invariants: a refusal is told by its own variant, from the platform's status and codes; an error below a
//! dossier becomes a gap of that dossier; a timeout anywhere makes the whole answer worthless, since what
//! follows it is null without saying so.

use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::error::ApiError;
use super::pages::Gap;
use super::transport::Answer;
use crate::domain::{DemarcheNumber, DossierNumber};

/// What was asked for, to say what was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// A démarche.
    Demarche(DemarcheNumber),
    /// A dossier.
    Dossier(DossierNumber),
}

/// An error of the platform.
#[derive(Debug, Deserialize)]
pub(super) struct GraphqlError {
    /// In words.
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    path: Vec<Value>,
    #[serde(default)]
    extensions: Option<Extensions>,
}

#[derive(Debug, Deserialize)]
struct Extensions {
    #[serde(default)]
    code: Option<String>,
}

impl GraphqlError {
    fn code(&self) -> Option<&str> {
        self.extensions.as_ref()?.code.as_deref()
    }

    fn is_timeout(&self) -> bool {
        self.code() == Some("timeout") || self.message.starts_with("Timeout on")
    }

    /// The path, as text, below a place.
    fn below(&self, place: &[&str]) -> Option<&[Value]> {
        let (head, rest) = self.path.split_at_checked(place.len())?;
        head.iter().zip(place).all(|(step, name)| step.as_str() == Some(name)).then_some(rest)
    }

    fn gap(&self, path: &[Value]) -> Gap {
        let steps: Vec<String> = path
            .iter()
            .map(|step| match step {
                Value::String(name) => name.clone(),
                other => other.to_string(),
            })
            .collect();
        Gap { path: steps.join("."), code: self.code().map(str::to_owned), message: self.message.clone() }
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(default)]
    errors: Vec<GraphqlError>,
}

/// Data, and the errors that did not take all of it.
#[derive(Debug)]
pub(super) struct Opened<'a> {
    /// The JSON of `data`.
    pub data: &'a str,
    /// Errors below it.
    pub errors: Vec<GraphqlError>,
}

/// Opens an answer, or says why it holds nothing.
pub(super) fn open<'a>(answer: &'a Answer, subject: Subject) -> Result<Opened<'a>, ApiError> {
    refuse_status(answer)?;
    let text = std::str::from_utf8(&answer.body).map_err(|_| ApiError::Malformed { source: None })?;
    if text.trim_start().starts_with('<') {
        return Err(ApiError::NotTheApi { what: "une page HTML" });
    }
    let envelope: Envelope<'_> =
        serde_json::from_str(text).map_err(|source| ApiError::Malformed { source: Some(source) })?;
    if envelope.errors.iter().any(GraphqlError::is_timeout) {
        return Err(ApiError::ServerTimeout);
    }
    refuse_root(&envelope.errors, subject)?;
    match envelope.data.map(RawValue::get).filter(|data| *data != "null") {
        Some(data) => Ok(Opened { data, errors: envelope.errors }),
        None => Err(match envelope.errors.into_iter().next() {
            Some(error) => without_data(error),
            None => ApiError::NotTheApi { what: "du JSON sans « data » ni « errors »" },
        }),
    }
}

fn without_data(error: GraphqlError) -> ApiError {
    match error.code() {
        Some("internal_server_error") => ApiError::ServerFailure { status: 500 },
        Some("invalid_null") => ApiError::NullAnswer { message: error.message },
        _ => ApiError::Rejected { message: error.message },
    }
}

fn refuse_status(answer: &Answer) -> Result<(), ApiError> {
    let status = answer.status;
    let code = status.as_u16();
    Err(match status {
        StatusCode::OK => return Ok(()),
        StatusCode::UNAUTHORIZED => ApiError::ExpiredToken,
        StatusCode::FORBIDDEN => {
            let network =
                std::str::from_utf8(&answer.body).is_ok_and(|body| body.contains("forbidden network"));
            if network { ApiError::ForbiddenNetwork } else { ApiError::WrongToken }
        }
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            ApiError::Unavailable { status: code }
        }
        StatusCode::NOT_FOUND => ApiError::NotTheApi { what: "une page inexistante, HTTP 404" },
        _ if status.is_redirection() => ApiError::Redirected { status: code },
        _ if status.is_server_error() => ApiError::ServerFailure { status: code },
        _ => ApiError::UnexpectedStatus { status: code },
    })
}

/// Refusals of what was asked for as a whole.
fn refuse_root(errors: &[GraphqlError], subject: Subject) -> Result<(), ApiError> {
    let name = match subject {
        Subject::Demarche(_) => "demarche",
        Subject::Dossier(_) => "dossier",
    };
    for error in errors.iter().filter(|error| error.below(&[name]).is_some_and(<[Value]>::is_empty)) {
        match (error.code(), subject) {
            (Some("not_found"), Subject::Demarche(demarche)) => {
                return Err(ApiError::DemarcheNotFound { demarche });
            }
            (Some("not_found"), Subject::Dossier(number)) => {
                return Err(ApiError::DossierNotFound { number });
            }
            (Some("unauthorized"), Subject::Demarche(demarche)) => {
                return Err(ApiError::DemarcheUnauthorized { demarche });
            }
            (Some("unauthorized"), Subject::Dossier(number)) => {
                return Err(ApiError::DossierUnauthorized { number });
            }
            _ => {}
        }
    }
    Ok(())
}

impl Opened<'_> {
    /// The errors of one node of the list of dossiers.
    pub(super) fn gaps_of_node(&self, index: usize) -> Vec<Gap> {
        self.errors
            .iter()
            .filter_map(|error| {
                let (first, rest) = error.below(&["demarche", "dossiers", "nodes"])?.split_first()?;
                (first.as_u64() == u64::try_from(index).ok()).then(|| error.gap(rest))
            })
            .collect()
    }

    /// The errors below the one dossier asked for.
    pub(super) fn gaps_of_dossier(&self) -> Vec<Gap> {
        self.errors.iter().filter_map(|error| Some(error.gap(error.below(&["dossier"])?))).collect()
    }

    /// Reads the data by a shape.
    pub(super) fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ApiError> {
        serde_json::from_str(self.data).map_err(|source| match self.errors.first() {
            // Something above took what the shape needs.
            Some(error) => ApiError::NullAnswer { message: error.message.clone() },
            None => ApiError::Malformed { source: Some(source) },
        })
    }
}

//! What the process answers to its caller: the one place where an outcome becomes a number.

use std::io;
use std::process::ExitCode;

use crate::config::ConfigError;
use crate::engine::EngineError;
use crate::store::StoreError;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Failed.
    Failed,
    /// Wrong usage or configuration.
    Misused,
    /// Done, with findings: a fault found, something left behind.
    Findings,
    /// Interrupted by its user.
    Interrupted,
}

impl Exit {
    /// The number that scripts see.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Misused => 2,
            Self::Findings => 3,
            Self::Interrupted => 130,
        }
    }

    /// The graver of two.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        let gravity = |exit: Self| match exit {
            Self::Done => 0,
            Self::Findings => 1,
            Self::Failed => 2,
            Self::Misused => 3,
            Self::Interrupted => 4,
        };
        if gravity(other) > gravity(self) { other } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// A mistake in what was asked on the command line, found after it was parsed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Misuse(pub String);

/// What an error means for the caller. A reader that closed its end of a pipe had enough: no error.
#[must_use]
pub fn of_error(error: &anyhow::Error) -> Exit {
    for cause in error.chain() {
        if let Some(io) = cause.downcast_ref::<io::Error>()
            && io.kind() == io::ErrorKind::BrokenPipe
        {
            return Exit::Done;
        }
        if cause.is::<ConfigError>() || cause.is::<Misuse>() {
            return Exit::Misused;
        }
        if matches!(cause.downcast_ref::<EngineError>(), Some(EngineError::Interrupted)) {
            return Exit::Interrupted;
        }
    }
    Exit::Failed
}

/// What the operator may do about an error, where the room that failed knows.
#[must_use]
pub fn remedy(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(|cause| {
        if let Some(error) = cause.downcast_ref::<EngineError>() {
            return Some(error.remedy());
        }
        if let Some(error) = cause.downcast_ref::<crate::api::ApiError>() {
            return Some(error.remedy());
        }
        cause.downcast_ref::<StoreError>().map(StoreError::remedy)
    })
}

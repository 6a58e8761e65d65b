//! What can stop a pass.

use crate::api::ApiError;
use crate::domain::DemarcheNumber;
use crate::store::StoreError;

/// Why the engine stopped.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The API could not be read.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The mirror could not be written or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The source says there is more but gives no way to ask for it.
    #[error("démarche {demarche} : la source annonce une suite mais ne donne pas de curseur qui avance")]
    StuckCursor {
        /// The démarche.
        demarche: DemarcheNumber,
    },
    /// The pass was told to stop.
    #[error("interrompu")]
    Interrupted,
    /// A transaction's thread ended without an answer.
    #[error("la transaction a été abandonnée")]
    Abandoned,
}

impl EngineError {
    /// What a pass stopped on, by its name in the mirror, when that waits for a person.
    pub(super) const fn fault(&self) -> Option<&'static str> {
        match self {
            Self::Api(
                ApiError::WrongToken
                | ApiError::ExpiredToken
                | ApiError::ForbiddenNetwork
                | ApiError::DemarcheUnauthorized { .. },
            ) => Some("token_rejected"),
            Self::Api(ApiError::Rejected { .. }) => Some("schema_drift"),
            _ => None,
        }
    }

    /// What the operator may do, in French.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::Api(error) => error.remedy(),
            Self::Store(error) => error.remedy(),
            Self::StuckCursor { .. } => {
                "Réessayez plus tard ; si cela dure, signalez-le à l’équipe de la plateforme.".to_owned()
            }
            Self::Interrupted => "Relancez la commande : elle reprendra où elle s’est arrêtée.".to_owned(),
            Self::Abandoned => {
                "Relancez la commande ; si cela se répète, c’est un défaut d’ami-sync.".to_owned()
            }
        }
    }
}

//! What can go wrong between us and the platform, told by what can be done about it.
//!
//! Invariants: no variant holds the token, an address of a person or an answer; the platform's own messages
//! are kept, since they name fields and types, not people. A refusal of a whole démarche is never taken for
//! the disappearance of its dossiers.

use std::time::Duration;

use crate::domain::{DemarcheNumber, DossierNumber};

/// Why a request gave nothing usable.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The token is missing, mistyped, unknown or revoked.
    #[error("la plateforme ne reconnaît pas le jeton")]
    WrongToken,
    /// The token's date is past.
    #[error("le jeton a expiré")]
    ExpiredToken,
    /// The token may not be used from this machine.
    #[error("la plateforme refuse ce jeton depuis cette adresse réseau")]
    ForbiddenNetwork,
    /// The démarche exists and the token may not read it.
    #[error("le jeton n’a pas accès à la démarche {demarche}")]
    DemarcheUnauthorized {
        /// The démarche.
        demarche: DemarcheNumber,
    },
    /// No such démarche.
    #[error("la plateforme ne connaît pas de démarche {demarche}")]
    DemarcheNotFound {
        /// The démarche.
        demarche: DemarcheNumber,
    },
    /// No such dossier, or no longer shown.
    #[error("la plateforme ne montre pas de dossier {number}")]
    DossierNotFound {
        /// The dossier.
        number: DossierNumber,
    },
    /// The dossier exists and the token may not read it.
    #[error("le jeton n’a pas accès au dossier {number}")]
    DossierUnauthorized {
        /// The dossier.
        number: DossierNumber,
    },
    /// The platform ran out of time while answering.
    #[error("la plateforme n’a pas eu le temps de répondre")]
    ServerTimeout,
    /// The platform failed inside.
    #[error("la plateforme a eu une erreur interne (HTTP {status})")]
    ServerFailure {
        /// The HTTP status.
        status: u16,
    },
    /// Nothing came in the time we give.
    #[error("aucune réponse en {} s", .0.as_secs())]
    TooSlow(Duration),
    /// The body is larger than we accept.
    #[error("la réponse dépasse {limit} octets")]
    BodyTooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The answer was null where a dossier was expected.
    #[error("la plateforme a répondu « null » : {message}")]
    NullAnswer {
        /// The platform's message.
        message: String,
    },
    /// The platform is down for maintenance, or a machine before it is.
    #[error("la plateforme est momentanément indisponible (HTTP {status})")]
    Unavailable {
        /// The HTTP status.
        status: u16,
    },
    /// The connection could not be made, or was cut.
    #[error("la connexion à {host} a échoué")]
    Connection {
        /// The host.
        host: String,
        /// The cause.
        #[source]
        source: reqwest::Error,
    },
    /// The secure connection was refused.
    #[error("la connexion sécurisée à {host} a échoué : son certificat n’est pas reconnu")]
    Tls {
        /// The host.
        host: String,
        /// The cause.
        #[source]
        source: reqwest::Error,
    },
    /// The address leads elsewhere; the token was not sent there.
    #[error("l’adresse de l’API renvoie vers une autre (HTTP {status}) : le jeton n’y a pas été envoyé")]
    Redirected {
        /// The HTTP status.
        status: u16,
    },
    /// The answer is not that of the API.
    #[error("la réponse n’est pas celle de l’API ({what})")]
    NotTheApi {
        /// What it looks like.
        what: &'static str,
    },
    /// The answer stops in the middle or is no JSON.
    #[error("la réponse est incomplète ou illisible")]
    Malformed {
        /// The cause.
        #[source]
        source: Option<serde_json::Error>,
    },
    /// The platform refuses the document itself.
    #[error("la plateforme refuse la question posée : {message}")]
    Rejected {
        /// The platform's message.
        message: String,
    },
    /// Another refusal.
    #[error("la plateforme a répondu HTTP {status}")]
    UnexpectedStatus {
        /// The HTTP status.
        status: u16,
    },
    /// The client itself could not be made.
    #[error("le client HTTP n’a pas pu être préparé")]
    Setup {
        /// The cause.
        #[source]
        source: reqwest::Error,
    },
}

/// What a caller does about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// Ask for less: one dossier of the page, or its weight, is at fault.
    ShrinkPage,
    /// Leave this call, or this dossier, until somebody acts.
    StopCall,
    /// No call can be read until somebody acts.
    Fatal,
    /// It was tried several times: try again at the next pass.
    Transient,
}

impl ApiError {
    /// What to do about it.
    #[must_use]
    pub const fn disposition(&self) -> Disposition {
        match self {
            Self::ServerTimeout
            | Self::ServerFailure { .. }
            | Self::TooSlow(_)
            | Self::BodyTooLarge { .. }
            | Self::NullAnswer { .. } => Disposition::ShrinkPage,
            Self::DemarcheUnauthorized { .. }
            | Self::DemarcheNotFound { .. }
            | Self::DossierNotFound { .. }
            | Self::DossierUnauthorized { .. } => Disposition::StopCall,
            Self::WrongToken
            | Self::ExpiredToken
            | Self::ForbiddenNetwork
            | Self::Tls { .. }
            | Self::Redirected { .. }
            | Self::Rejected { .. }
            | Self::Setup { .. } => Disposition::Fatal,
            Self::Unavailable { .. }
            | Self::Connection { .. }
            | Self::NotTheApi { .. }
            | Self::Malformed { .. }
            | Self::UnexpectedStatus { .. } => Disposition::Transient,
        }
    }

    /// Its name among the figures.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::WrongToken | Self::ExpiredToken | Self::ForbiddenNetwork => "token",
            Self::DemarcheUnauthorized { .. } | Self::DossierUnauthorized { .. } => "unauthorized",
            Self::DemarcheNotFound { .. } | Self::DossierNotFound { .. } => "not_found",
            Self::ServerTimeout | Self::TooSlow(_) => "timeout",
            Self::ServerFailure { .. } | Self::Unavailable { .. } | Self::UnexpectedStatus { .. } => "server",
            Self::BodyTooLarge { .. } => "too_large",
            Self::Connection { .. } | Self::Tls { .. } | Self::Setup { .. } => "connection",
            Self::NullAnswer { .. } | Self::NotTheApi { .. } | Self::Malformed { .. } => "malformed",
            Self::Redirected { .. } | Self::Rejected { .. } => "rejected",
        }
    }

    /// Whether the same request may succeed a moment later.
    pub(super) const fn is_worth_retrying(&self) -> bool {
        matches!(
            self,
            Self::Unavailable { .. }
                | Self::Connection { .. }
                | Self::NotTheApi { .. }
                | Self::Malformed { .. }
        )
    }

    /// What the operator may do, in French.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::WrongToken => {
                "Vérifiez le fichier du jeton ; au besoin créez un jeton neuf dans votre profil de la plateforme."
            }
            Self::ExpiredToken => "Créez un jeton neuf dans votre profil de la plateforme, puis remplacez l’ancien.",
            Self::ForbiddenNetwork => {
                "Ajoutez l’adresse de cette machine aux réseaux autorisés du jeton, dans votre profil de la plateforme."
            }
            Self::DemarcheUnauthorized { .. } | Self::DossierUnauthorized { .. } => {
                "Faites ajouter la démarche au jeton par un de ses administrateurs."
            }
            Self::DemarcheNotFound { .. } => "Vérifiez le numéro de la démarche dans la configuration.",
            Self::DossierNotFound { .. } => "Vérifiez le numéro ; le dossier a pu être supprimé.",
            Self::ServerTimeout | Self::ServerFailure { .. } | Self::TooSlow(_) | Self::NullAnswer { .. } => {
                "Rien à faire : la prochaine passe réessaiera. Si cela dure, signalez-le à la plateforme."
            }
            Self::BodyTooLarge { .. } => "Augmentez api.max_body dans la configuration, ou diminuez api.page_size.",
            Self::Unavailable { .. } => "Rien à faire : la prochaine passe réessaiera.",
            Self::Connection { .. } => "Vérifiez api.url, le réseau et le mandataire (proxy) de cette machine.",
            Self::Tls { .. } => "Vérifiez api.url, l’heure de cette machine et ses certificats (ca-certificates).",
            Self::Redirected { .. } => "Mettez dans api.url l’adresse finale de l’API.",
            Self::NotTheApi { .. } => "Vérifiez api.url : elle doit finir par /api/v2/graphql.",
            Self::Malformed { .. } => "Réessayez ; un intermédiaire coupe peut-être les réponses.",
            Self::Rejected { .. } => "Lancez « ami-sync check » : la plateforme a peut-être changé son schéma.",
            Self::UnexpectedStatus { .. } => "Réessayez ; si cela dure, signalez-le à la plateforme.",
            Self::Setup { .. } => "C’est un défaut de l’installation : vérifiez les certificats du système.",
        }
        .to_owned()
    }
}

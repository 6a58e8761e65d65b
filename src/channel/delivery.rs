//! What became of a message, told by what can be done about it.

use std::time::Duration;

/// What became of a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The other side has it.
    Sent,
    /// Not now.
    Later {
        /// Why.
        why: Trouble,
        /// How long the other side asks to be left alone.
        at_least: Option<Duration>,
    },
    /// Never: the same message would be refused again.
    Refused {
        /// Why.
        why: Trouble,
    },
}

impl Delivery {
    /// Later, when the other side says nothing of when.
    pub(super) const fn later(why: Trouble) -> Self {
        Self::Later { why, at_least: None }
    }
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No connection.
    #[error("{host} est injoignable")]
    Unreachable {
        /// The host.
        host: String,
    },
    /// The secure connection was refused.
    #[error("la connexion sécurisée à {host} a échoué : son certificat n’est pas reconnu")]
    Tls {
        /// The host.
        host: String,
    },
    /// Nothing came in time.
    #[error("{host} n’a pas répondu en {} s", .after.as_secs())]
    TooSlow {
        /// The host.
        host: String,
        /// The time given.
        after: Duration,
    },
    /// The password, the token or the secret is wrong.
    #[error("{host} refuse l’identifiant ou le mot de passe ({status})")]
    Credentials {
        /// The host.
        host: String,
        /// Its status.
        status: u16,
    },
    /// Too many messages.
    #[error("{host} demande d’attendre ({status})")]
    Throttled {
        /// The host.
        host: String,
        /// Its status.
        status: u16,
    },
    /// The other side failed.
    #[error("{host} a eu une erreur ({status})")]
    Failed {
        /// The host.
        host: String,
        /// Its status.
        status: u16,
    },
    /// The answer could not be read to its end.
    #[error("{host} a coupé la connexion avant d’avoir répondu")]
    CutOff {
        /// The host.
        host: String,
    },
    /// The address leads elsewhere.
    #[error("{host} renvoie vers une autre adresse ({status}) : rien n’y a été envoyé")]
    Redirected {
        /// The host.
        host: String,
        /// Its status.
        status: u16,
    },
    /// There is nothing at the address.
    #[error("{host} ne connaît pas cette adresse ({status})")]
    NoSuchPlace {
        /// The host.
        host: String,
        /// Its status.
        status: u16,
    },
    /// The message is refused as it is.
    #[error("{host} refuse ce message ({status})")]
    Rejected {
        /// The host.
        host: String,
        /// Its status.
        status: u16,
    },
    /// The address leads into a private network.
    #[error("{host} est une adresse de cette machine ou d’un réseau privé")]
    Private {
        /// The host.
        host: String,
    },
    /// The message could not be written.
    #[error("le message ne peut être écrit : {what}")]
    Unwritable {
        /// Why.
        what: String,
    },
}

impl Trouble {
    /// What the operator may do, in French.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } | Self::TooSlow { .. } => {
                "Vérifiez l’adresse et le port du canal, et que le réseau de cette machine y mène."
            }
            Self::Tls { .. } => {
                "Vérifiez le nom du serveur et l’heure de cette machine ; pour une autorité interne, indiquez ca_file."
            }
            Self::Credentials { .. } => "Vérifiez l’identifiant et le fichier du secret de ce canal.",
            Self::Throttled { .. } => "Rien à faire : l’envoi reprendra ; au besoin diminuez rate.",
            Self::Failed { .. } | Self::CutOff { .. } => "Rien à faire : l’envoi reprendra de lui-même.",
            Self::Redirected { .. } => "Mettez l’adresse finale dans la configuration du canal.",
            Self::NoSuchPlace { .. } => {
                "Vérifiez l’adresse du canal : le salon ou le point d’entrée n’existe plus."
            }
            Self::Rejected { .. } => {
                "Vérifiez les destinataires et les droits du canal, puis « ami-sync alerts retry »."
            }
            Self::Private { .. } => "Si c’est voulu, écrivez allow_private = true dans ce canal.",
            Self::Unwritable { .. } => "Vérifiez les adresses et les modèles de ce canal.",
        }
    }

    /// Whether nothing mends it by itself: somebody has to change a setting, here or there.
    #[must_use]
    pub const fn waits_for_person(&self) -> bool {
        matches!(
            self,
            Self::Credentials { .. } | Self::Tls { .. } | Self::Redirected { .. } | Self::Private { .. }
        )
    }

    /// Whether every message of the channel would meet it: the others wait rather than try.
    #[must_use]
    pub const fn is_of_the_channel(&self) -> bool {
        !matches!(self, Self::Rejected { .. } | Self::Unwritable { .. })
    }
}

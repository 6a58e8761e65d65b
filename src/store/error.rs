//! What can go wrong with the mirror, told by what the operator can do about it.

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;

/// Why the mirror could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such file.
    #[error("le miroir {} n’existe pas", path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
    },
    /// Another process writes it.
    #[error("un autre ami-sync écrit déjà dans le miroir {}", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The file, or its folder, cannot be written.
    #[error("le miroir {} ne peut être écrit ni créé", path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// A copy cannot be written.
    #[error("la copie {} ne peut être écrite ({source})", path.display())]
    Snapshot {
        /// The copy.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// Written by a version that came later.
    #[error("le miroir {} est d’une version plus récente ({found}) que cet ami-sync ({known})", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version found.
        found: i64,
        /// The last version known.
        known: i64,
    },
    /// Written by an earlier version, and not brought to this one yet.
    #[error("le miroir {} est d’une version plus ancienne que cet ami-sync", path.display())]
    Outdated {
        /// The file.
        path: PathBuf,
    },
    /// A file of something else.
    #[error("{} n’est pas un miroir d’ami-sync", path.display())]
    NotAMirror {
        /// The file.
        path: PathBuf,
    },
    /// The disk is full.
    #[error("le disque est plein : rien n’a été perdu de ce qui était enregistré")]
    DiskFull,
    /// The file is damaged.
    #[error("le fichier du miroir est endommagé")]
    Corrupt,
    /// The file became read-only under us.
    #[error("le miroir n’est accessible qu’en lecture")]
    ReadOnly,
    /// Something we wrote breaks the mirror's own rules.
    #[error("le miroir refuse ce qui lui est écrit ({0})")]
    Invariant(String),
    /// A reader keeps the log while it should be emptied.
    #[error(
        "un lecteur garde le miroir ouvert : ce qui vient d’être effacé est encore dans son journal (-wal)"
    )]
    NotScrubbed,
    /// The SQL of a query is not accepted.
    #[error("la requête SQL est refusée : {0}")]
    Query(String),
    /// A query was cut off.
    #[error("la requête a été interrompue")]
    Interrupted,
    /// No view or table of this name.
    #[error("il n’y a ni vue ni table « {0} »")]
    NoSuchView(String),
    /// A payload kept cannot be opened.
    #[error("le contenu conservé du dossier {0} ne s’ouvre pas")]
    Payload(u32),
    /// Anything else that SQLite says.
    #[error("SQLite : {0}")]
    Sqlite(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::OperationInterrupted) => Self::Interrupted,
            Some(ErrorCode::ConstraintViolation) => Self::Invariant(error.to_string()),
            _ => Self::Sqlite(error),
        }
    }
}

impl StoreError {
    /// What the operator may do, in French.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::NotFound { .. } => "Lancez d’abord « ami-sync sync », ou vérifiez store.path.",
            Self::Locked { .. } => "Attendez sa fin, ou arrêtez le service : systemctl stop ami-sync.",
            Self::NotWritable { .. } | Self::ReadOnly => {
                "Vérifiez les droits du fichier et de son dossier, et l’utilisateur qui lance ami-sync."
            }
            Self::Snapshot { .. } => "Vérifiez le dossier, ses droits et la place qui y reste.",
            Self::Newer { .. } => "Installez la version d’ami-sync qui l’a écrit, ou une plus récente.",
            Self::Outdated { .. } => {
                "Lancez « ami-sync sync », ou redémarrez le service : il mettra le miroir à jour."
            }
            Self::NotAMirror { .. } => "Vérifiez store.path : ce fichier n’a pas été touché.",
            Self::DiskFull => "Libérez de la place puis relancez : la passe reprendra où elle s’est arrêtée.",
            Self::Corrupt => {
                "Mettez ce fichier de côté, restaurez une sauvegarde, ou relancez une première lecture dans un \
                 fichier neuf."
            }
            Self::Query(_) | Self::NoSuchView(_) => "Corrigez la requête ; docs/schema.sql décrit les tables.",
            Self::NotScrubbed => "Fermez ce lecteur (lsof le nomme), puis relancez « ami-sync purge ».",
            Self::Interrupted => "Relancez-la si vous le souhaitez.",
            Self::Payload(_) => "Relisez ce dossier : ami-sync resync NUMÉRO.",
            Self::Invariant(_) | Self::Sqlite(_) => {
                "Relancez ; si cela se répète, c’est un défaut d’ami-sync à signaler."
            }
        }
        .to_owned()
    }
}

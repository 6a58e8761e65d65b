//! `run`: the service.

use std::sync::Arc;

use super::exit::Exit;
use super::session::Session;
use crate::clock::SystemClock;
use crate::daemon::{self, Ended};

/// The arguments of `run`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Forme du journal (sinon journald quand il écoute, texte ailleurs)
    #[arg(long, value_enum, value_name = "FORME")]
    pub log_format: Option<LogFormat>,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Des lignes, pour lire
    Text,
    /// Un objet JSON par ligne
    Json,
    /// Des champs, dans le journal de systemd
    Journald,
}

/// Runs until told to stop.
///
/// # Errors
/// When the configuration, the token or the mirror prevent it, or when a part of it fell.
pub fn run(session: &Session) -> anyhow::Result<Exit> {
    let path = session.config_path()?;
    let config = session.config()?;
    // What a panic says may hold what a dossier says: its place is enough to look for it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic: this is a defect of ami-sync");
    }));
    match daemon::run(&path, config, Arc::new(SystemClock))? {
        Ended::Stopped => Ok(Exit::Done),
        Ended::Interrupted => Ok(Exit::Interrupted),
    }
}

//! What commands share: the configuration, the mirror, the client, and the user's Ctrl-C.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use tokio_util::sync::CancellationToken;

use super::output::Format;
use crate::api::ApiClient;
use crate::clock::{Clock, SystemClock};
use crate::config::{self, CallConfig, Config};
use crate::engine::{Engine, Mode, Progress};
use crate::store::{Reader, Store};

/// One run of the command.
#[derive(Debug, Clone)]
pub struct Session {
    chosen: Option<PathBuf>,
    quiet: bool,
}

impl Session {
    /// With the configuration file chosen on the command line.
    #[must_use]
    pub fn new(chosen: Option<&Path>, quiet: bool) -> Self {
        Self { chosen: chosen.map(Path::to_owned), quiet }
    }

    /// The configuration's file.
    ///
    /// # Errors
    /// When there is none.
    pub fn config_path(&self) -> anyhow::Result<PathBuf> {
        Ok(config::find(self.chosen.as_deref())?)
    }

    /// The configuration, its warnings told.
    ///
    /// # Errors
    /// When there is none, or it is wrong.
    pub fn config(&self) -> anyhow::Result<Config> {
        let config = config::load(&self.config_path()?)?;
        for warning in &config.warnings {
            tracing::warn!("{warning}");
        }
        Ok(config)
    }

    /// The mirror, to read.
    ///
    /// # Errors
    /// When it does not exist or cannot be read.
    pub fn reader(config: &Config) -> anyhow::Result<Reader> {
        Ok(Reader::open(&config.store.path)?)
    }

    /// A client of the API.
    ///
    /// # Errors
    /// When there is no token.
    pub fn client(config: &Config) -> anyhow::Result<ApiClient> {
        let token = config.api.read_token()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        Ok(ApiClient::new(&config.api, token, clock)?)
    }

    /// An engine over the mirror, which it alone may write.
    ///
    /// # Errors
    /// When there is no token, or the mirror cannot be opened.
    pub fn engine(config: &Config) -> anyhow::Result<Engine> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let client = Self::client(config)?;
        let store = Store::open(&config.store.path)?;
        let engine = Engine::new(client, store, clock, config.poll.clone(), config.api.page_size);
        Ok(engine.alerting(config.plan()))
    }

    /// A bar that follows the passes, on a terminal.
    #[must_use]
    pub fn progress_bar(&self) -> Option<ProgressBar> {
        if self.quiet || !io::stderr().is_terminal() {
            return None;
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Some(bar)
    }
}

/// Shows the progress of passes on a bar.
#[must_use]
pub fn observe(engine: Engine, bar: Option<&ProgressBar>) -> Engine {
    let Some(bar) = bar.cloned() else { return engine };
    engine.observed_by(Arc::new(move |progress: Progress| {
        let doing = match progress.mode {
            Mode::Fill => "première lecture",
            Mode::Incremental => "nouveautés",
            Mode::Reconcile => "relecture complète",
            Mode::Resync => "relecture",
        };
        bar.set_message(format!("{doing} : {} dossiers, {} pages", progress.seen, progress.pages));
    }))
}

/// A runtime for the commands that use the network. The first Ctrl-C cancels the token.
///
/// # Errors
/// When the system gives no thread.
pub fn block_on<T>(
    stop: Option<CancellationToken>,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("le système ne donne pas de fil d’exécution")?;
    runtime.block_on(async move {
        let Some(stop) = stop else { return work.await };
        let mut work = std::pin::pin!(work);
        tokio::select! {
            done = &mut work => done,
            Ok(()) = tokio::signal::ctrl_c() => {
                stop.cancel();
                work.await
            }
        }
    })
}

/// The calls, to be shared with the engine.
#[must_use]
pub fn shared_calls(config: &Config) -> Vec<Arc<CallConfig>> {
    config.calls.iter().cloned().map(Arc::new).collect()
}

/// The format asked for, or a table.
#[must_use]
pub fn format_or_table(format: Option<Format>) -> Format {
    format.unwrap_or(Format::Table)
}

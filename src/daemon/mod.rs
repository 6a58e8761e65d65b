//! The service: the loops that run for months, the signals they obey, and what systemd is told of them.
//!
//! Invariants: one loop a call, all of one configuration started and stopped together; a task that falls
//! ends the process with its name in the log, never a service that lives by halves; told to stop, the page in
//! hand is committed or dropped whole and the process is gone within five seconds; a configuration that
//! cannot be taken leaves the one before as it was. What is not here: any decision about a dossier.

mod alarm;
mod board;
mod crew;
mod listener;
mod poller;
mod schedule;
mod signals;
mod systemd;
mod upkeep;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::Instant;

use self::alarm::Alarm;
use self::board::Board;
use self::crew::Crew;
use self::signals::{Asked, Signals};
use self::upkeep::Upkeep;
use crate::api::ApiClient;
use crate::channel::{self, Outlet};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::engine::Engine;
use crate::meter::Meter;
use crate::store::Store;

/// What the loops have to come home once they are told to; systemd is promised five seconds in all.
/// With the last moments of the loops' threads and of the mirror's writer, that leaves a second.
const HOMECOMING: Duration = Duration::from_secs(3);

/// What is left for a copy in hand, or for the opening of the mirror, once the loops were abandoned.
const LAST_MOMENT: Duration = Duration::from_millis(500);

/// Without a watchdog, how often the loops are looked at.
const LOOK: Duration = Duration::from_secs(30);

/// How the service ended when nothing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was told to stop.
    Stopped,
    /// A person interrupted it.
    Interrupted,
}

impl From<Asked> for Ended {
    fn from(asked: Asked) -> Self {
        if asked == Asked::Interrupt { Self::Interrupted } else { Self::Stopped }
    }
}

/// Runs the service until it is told to stop.
///
/// # Errors
/// When there is no token, when the mirror cannot be opened, or when a task fell.
pub fn run(path: &Path, config: Config, clock: Arc<dyn Clock>) -> anyhow::Result<Ended> {
    // One thread for the loops: whatever blocks it also stops the watchdog's messages.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("le système ne donne pas de fil d’exécution")?;
    let ended = runtime.block_on(serve(path, config, clock));
    systemd::stopping();
    runtime.shutdown_timeout(LAST_MOMENT);
    ended
}

async fn serve(path: &Path, config: Config, clock: Arc<dyn Clock>) -> anyhow::Result<Ended> {
    let mut signals = Signals::listen().context("les signaux ne peuvent être reçus")?;
    systemd::opening();
    let vitals = Vitals {
        board: Arc::default(),
        meter: Arc::new(Meter::new()?),
        alive: Arc::new(AtomicBool::new(true)),
    };
    let client = client(&config, &clock, &vitals.meter)?;
    let outlets = channel::open_all(&config)?;
    let listener = config.web.listen.map(listener::bind).transpose()?;
    let store = match open_unless_stopped(&config.store.path, &mut signals).await? {
        Ok(store) => store,
        Err(asked) => return Ok(asked.into()),
    };
    let engine = Engine::new(client, store, clock, config.poll.clone(), config.api.page_size);
    let mut service = Service::start(path.to_owned(), config, (engine, outlets), listener, vitals).await?;
    systemd::ready(&service.vitals.board.sentence());
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        calls = service.config.calls.len(),
        "the service runs"
    );
    let asked = service.watch_over(&mut signals).await?;
    systemd::stopping();
    tokio::select! {
        () = service.halt() => tracing::info!("the service stopped"),
        _ = signals.next_stop() => tracing::warn!("told twice to stop: at once"),
    }
    Ok(asked.into())
}

/// Opens the mirror, which may take minutes when an earlier version left it, or answers what asked to stop meanwhile.
/// A step that was under way is then undone by SQLite.
async fn open_unless_stopped(path: &Path, signals: &mut Signals) -> anyhow::Result<Result<Store, Asked>> {
    let path = path.to_owned();
    tokio::select! {
        opened = tokio::task::spawn_blocking(move || Store::open(&path)) => Ok(Ok(opened??)),
        asked = signals.next_stop() => Ok(Err(asked)),
    }
}

fn client(config: &Config, clock: &Arc<dyn Clock>, meter: &Arc<Meter>) -> anyhow::Result<ApiClient> {
    let client = ApiClient::new(&config.api, config.api.read_token()?, Arc::clone(clock))?;
    Ok(client.measured_by(Arc::clone(meter)))
}

/// What outlives a configuration: where the loops write how they are.
#[derive(Clone)]
struct Vitals {
    board: Arc<Board>,
    meter: Arc<Meter>,
    alive: Arc<AtomicBool>,
}

/// What a new configuration brings, all of it in hand before the one before is let go.
struct Prepared {
    config: Config,
    client: ApiClient,
    outlets: Vec<Outlet>,
    listener: Option<TcpListener>,
}

/// The loops of one configuration, and what watches over them.
struct Service {
    path: PathBuf,
    config: Config,
    engine: Arc<Engine>,
    listener: Option<TcpListener>,
    vitals: Vitals,
    crew: Crew,
}

impl Service {
    /// Starts every loop. This is the one place where they are named.
    async fn start(
        path: PathBuf,
        config: Config,
        (engine, outlets): (Engine, Vec<Outlet>),
        listener: Option<TcpListener>,
        vitals: Vitals,
    ) -> anyhow::Result<Self> {
        let engine = Arc::new(engine.alerting(config.plan()));
        let alarm = Arc::new(Alarm::open(&engine, outlets, &config).await?);
        let mut crew = Crew::default();
        for call in &config.calls {
            let call = Arc::new(call.clone());
            let name = format!("poll {}", call.slug);
            vitals.board.begins(&call.slug);
            let alarm = Arc::clone(&alarm);
            crew.spawn(&name, poller::follow(Arc::clone(&engine), call, alarm, vitals.clone()));
        }
        crew.spawn("upkeep", Upkeep::new(Arc::clone(&engine), &config).turn());
        let delivering = Arc::clone(&engine);
        crew.spawn("deliver", async move { alarm.deliver(&delivering).await });
        if let Some(listener) = &listener {
            let stop = engine.stop_token();
            crew.spawn("web", listener::serve(listener, &config, engine.clock(), &vitals, stop)?);
        }
        Ok(Self { path, config, engine, listener, vitals, crew })
    }

    /// Until a signal asks to stop, or a task falls.
    async fn watch_over(&mut self, signals: &mut Signals) -> anyhow::Result<Asked> {
        let mut look = tokio::time::interval(systemd::watchdog_period().unwrap_or(LOOK));
        loop {
            let board = Arc::clone(&self.vitals.board);
            tokio::select! {
                asked = signals.next() => match asked {
                    Asked::Reload => self.reload().await?,
                    stop => return Ok(stop),
                },
                fallen = self.crew.fallen() => {
                    tracing::error!("{fallen}: the service ends, so that it can be started anew");
                    return Err(fallen.into());
                }
                _ = look.tick() => self.look(),
                () = board.changed() => systemd::status(&board.sentence()),
            }
        }
    }

    /// Says that the service lives, if it does.
    fn look(&self) {
        // An answer, the minute that the platform may ask to wait for, and the waits between attempts.
        let patience = self.config.api.timeout * 2 + Duration::from_secs(180);
        let mark = self.engine.api().requests_sent();
        let alive = self.vitals.board.is_alive(mark, patience, Instant::now());
        self.vitals.alive.store(alive, Ordering::Relaxed);
        if alive {
            systemd::alive();
        } else {
            tracing::error!("no loop has moved for too long: the watchdog is not fed");
        }
    }

    /// Takes the configuration as it is now in its file, or keeps the one before and says why.
    async fn reload(&mut self) -> anyhow::Result<()> {
        systemd::reloading();
        match self.prepare() {
            Ok(prepared) => {
                self.halt().await;
                self.take(prepared).await?;
                tracing::info!(calls = self.config.calls.len(), "the new configuration is taken");
            }
            Err(error) => {
                tracing::error!("the new configuration is refused, the one before stays: {error}");
                self.vitals.board.refused(Some(error.to_string()));
            }
        }
        systemd::ready(&self.vitals.board.sentence());
        Ok(())
    }

    fn prepare(&self) -> anyhow::Result<Prepared> {
        let config = config::load(&self.path)?;
        if config.store.path != self.config.store.path {
            anyhow::bail!("store.path a changé : un autre miroir demande un redémarrage");
        }
        for warning in &config.warnings {
            tracing::warn!("{warning}");
        }
        let client = client(&config, self.engine.clock(), &self.vitals.meter)?;
        let listener = match (&self.listener, config.web.listen) {
            (Some(listener), asked) if asked == self.config.web.listen => Some(listener.try_clone()?),
            (_, asked) => asked.map(listener::bind).transpose()?,
        };
        let outlets = channel::open_all(&config)?;
        Ok(Prepared { config, client, outlets, listener })
    }

    /// Starts the loops of a new configuration over the same mirror, now that those before have stopped.
    async fn take(&mut self, prepared: Prepared) -> anyhow::Result<()> {
        let Prepared { config, client, outlets, listener } = prepared;
        let (path, vitals) = (std::mem::take(&mut self.path), self.vitals.clone());
        vitals.board.clear();
        vitals.board.refused(None);
        let engine = self.engine.renewed(client, config.poll.clone(), config.api.page_size);
        *self = Self::start(path, config, (engine, outlets), listener, vitals).await?;
        Ok(())
    }

    /// Stops the loops at the boundary of a transaction.
    async fn halt(&mut self) {
        self.engine.stop_token().cancel();
        if let Err(late) = std::mem::take(&mut self.crew).home(HOMECOMING).await {
            tracing::warn!("abandoned, since they did not stop in time: {}", late.join(", "));
        }
    }
}

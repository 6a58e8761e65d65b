//! What the service tells people: the look at the mirror after each pass, the sign of life, and the loop that
//! delivers.

use crate::channel::{Heartbeat, Outlet};
use crate::config::Config;
use crate::engine::{Dispatcher, Engine, EngineError, Outcome, PassReport};

/// The channels of one configuration.
pub(super) struct Alarm {
    dispatcher: Dispatcher,
    heartbeat: Option<Heartbeat>,
}

impl Alarm {
    /// Takes over the outbox.
    pub(super) async fn open(
        engine: &Engine,
        outlets: Vec<Outlet>,
        config: &Config,
    ) -> Result<Self, EngineError> {
        engine.take_over_channels().await?;
        let dispatcher = engine.dispatcher(outlets, config.alerts.retry).await?;
        Ok(Self { dispatcher, heartbeat: Heartbeat::open(&config.alerts) })
    }

    /// Delivers until the engine is told to stop.
    pub(super) async fn deliver(&self, engine: &Engine) {
        let stop = engine.stop_token();
        if let Err(error) = self.dispatcher.serve(&stop).await {
            tracing::error!("alerts cannot be delivered: {error}");
        }
    }

    /// Looks at what is to be told once a pass has ended, whatever became of it.
    pub(super) async fn after(&self, engine: &Engine, report: &PassReport) {
        if let Err(error) = engine.watch().await {
            tracing::error!("the mirror could not be looked at for alerts: {error}");
        }
        self.dispatcher.wake();
        let good = matches!(report.outcome, Outcome::Done | Outcome::Findings);
        if let Some(heartbeat) = self.heartbeat.as_ref().filter(|_| good)
            && let Err(trouble) = heartbeat.beat().await
        {
            tracing::warn!("no sign of life could be given: {trouble}");
        }
    }
}

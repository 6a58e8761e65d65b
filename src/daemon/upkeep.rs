//! What the service does for the mirror when nothing else is to be done: upkeep, erasing, copies.
//!
//! Invariant: what cannot be done now is logged and tried again at the next turn; none of it stops the service.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::config::{CallConfig, Config};
use crate::engine::Engine;
use crate::store::{Rotation, StoreError, clear_migration_copies};

/// Between two looks at what is due.
const TURN: Duration = Duration::from_secs(600);

/// Before the first one: a service that starts has dossiers to read first.
const FIRST: Duration = Duration::from_secs(20);

/// A log that upkeep cannot cut below this is kept long by a reader, bytes.
const LONG_LOG: u64 = 64 * 1024 * 1024;

/// What upkeep works with.
pub(super) struct Upkeep {
    engine: Arc<Engine>,
    mirror: PathBuf,
    rotation: Option<Rotation>,
    /// Calls whose dossiers are erased in their time.
    ending: Vec<Arc<CallConfig>>,
    /// Whether something erased may still be found in the mirror's files.
    scrub_owed: bool,
}

impl Upkeep {
    /// Of a configuration.
    pub(super) fn new(engine: Arc<Engine>, config: &Config) -> Self {
        let snapshot = &config.snapshot;
        let rotation = snapshot.folder.clone().map(|folder| Rotation {
            folder,
            every: snapshot.every,
            keep: usize::try_from(snapshot.keep).unwrap_or(usize::MAX),
        });
        let ending = config.calls.iter().filter(|call| call.retention.is_some());
        let ending = ending.cloned().map(Arc::new).collect();
        Self { engine, mirror: config.store.path.clone(), rotation, ending, scrub_owed: false }
    }

    /// Turns until the engine is told to stop.
    pub(super) async fn turn(mut self) {
        let stop = self.engine.stop_token();
        let first = self.rotation.as_ref().map_or(FIRST, |rotation| FIRST.min(rotation.every));
        let turn = self.rotation.as_ref().map_or(TURN, |rotation| TURN.min(rotation.every));
        let mut wait = first;
        while stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_some() {
            self.tidy().await;
            self.erase().await;
            self.copy().await;
            wait = turn;
        }
    }

    async fn tidy(&self) {
        match self.engine.tidy().await {
            Ok(done) if done.wal_bytes > LONG_LOG => {
                tracing::warn!(bytes = done.wal_bytes, "a reader keeps the mirror's log long");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!("upkeep could not be done: {error}"),
        }
    }

    /// Erases what may no longer be kept, and the copies that still hold it.
    async fn erase(&mut self) {
        for call in self.ending.clone() {
            match self.engine.erase_due(self.mirror.clone(), Arc::clone(&call)).await {
                Ok(0) => continue,
                Ok(dossiers) => tracing::info!(call = %call.slug, dossiers, "personal data erased"),
                Err(error) => {
                    tracing::error!(call = %call.slug, "personal data not all erased: {error}");
                    self.scrub_owed = true;
                }
            }
            if let Err(error) = self.clear_copies() {
                tracing::error!("copies still hold what was erased: {error}");
            }
        }
        // What was erased may still be in the log that a reader kept.
        if self.scrub_owed {
            match self.engine.scrub().await {
                Ok(()) => self.scrub_owed = false,
                Err(error) => tracing::warn!("what was erased is still in the mirror's log: {error}"),
            }
        }
    }

    /// Copies made before hold what was erased: they go with it.
    fn clear_copies(&self) -> Result<(), StoreError> {
        self.rotation.as_ref().map(Rotation::clear).transpose()?;
        clear_migration_copies(&self.mirror)?;
        Ok(())
    }

    async fn copy(&self) {
        let Some(rotation) = self.rotation.clone() else { return };
        let (mirror, now) = (self.mirror.clone(), self.engine.clock().now());
        let copied = tokio::task::spawn_blocking(move || rotation.turn(&mirror, now)).await;
        match copied {
            Ok(Ok(Some(copy))) => tracing::info!(copy = %copy.display(), "the mirror is copied"),
            Ok(Ok(None) | Err(StoreError::NotFound { .. })) => {}
            Ok(Err(error)) => tracing::error!("the mirror could not be copied: {error}"),
            Err(error) => tracing::error!("the copy of the mirror fell: {error}"),
        }
    }
}

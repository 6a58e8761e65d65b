//! Erasing what may no longer be kept.
//!
//! Decides by the pure limits of the domain, a few dossiers a transaction, and ends by rewriting the file. No
//! API is needed, and none brings back what was erased: a purged dossier is a tombstone.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::Engine;
use super::error::EngineError;
use crate::config::CallConfig;
use crate::domain::{DossierNumber, Limits, erase_at};
use crate::store::{Reader, Store};

/// Dossiers erased in one transaction.
const BATCH: usize = 200;

/// Which dossiers of a call are to be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those whose time is over at this instant.
    Due(Timestamp),
    /// Those that have not moved since this instant, whatever their time.
    Before(Timestamp),
}

/// The dossiers of a call to erase, by number.
///
/// # Errors
/// When the mirror cannot be read.
pub fn to_erase(reader: &Reader, call: &CallConfig, reach: Reach) -> Result<Vec<DossierNumber>, EngineError> {
    let (held, platform_months) = reader.held(call.demarche)?;
    let limits = Limits {
        ours: call.rules.ends_at().zip(call.retention),
        platform_months,
        timezone: call.rules.timezone().clone(),
    };
    let is_over = |held: &&crate::store::Held| match reach {
        Reach::Due(now) => erase_at(held.lifetime, &limits).is_some_and(|at| at <= now),
        Reach::Before(instant) => held.modified_at < instant,
    };
    Ok(held.iter().filter(is_over).map(|held| held.number).collect())
}

impl Engine {
    /// Erases the dossiers of a call whose time is over. Answers how many were.
    ///
    /// # Errors
    /// Those of [`erase`].
    pub async fn erase_due(&self, mirror: PathBuf, call: Arc<CallConfig>) -> Result<u64, EngineError> {
        let now = self.clock.now();
        let erasing = move |store: &mut Store| {
            let numbers = to_erase(&Reader::open(&mirror)?, &call, Reach::Due(now))?;
            if numbers.is_empty() { Ok(0) } else { erase(store, &numbers, now) }
        };
        self.store.run(erasing).await?
    }
}

impl Engine {
    /// Takes out of the mirror's files what was erased before and a reader kept there.
    ///
    /// # Errors
    /// When a reader still does, or the mirror cannot be written.
    pub async fn scrub(&self) -> Result<(), EngineError> {
        Ok(self.store.run(Store::scrub).await??)
    }
}

/// Erases dossiers. Answers how many were.
///
/// # Errors
/// When the mirror cannot be written, or when a reader keeps its log: what was erased may then be found there
/// until it is done again.
pub fn erase(store: &mut Store, numbers: &[DossierNumber], now: Timestamp) -> Result<u64, EngineError> {
    let mut erased = 0;
    for batch in numbers.chunks(BATCH) {
        erased += store.write(now, |tx| {
            let mut count = 0;
            for number in batch {
                count += u64::from(tx.purge(*number)?);
            }
            Ok::<u64, EngineError>(count)
        })?;
    }
    store.scrub()?;
    Ok(erased)
}

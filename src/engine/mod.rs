//! The use cases: what a pass over a call does, from the API's page to the verdict in the mirror.
//!
//! The only room that knows both the API and the mirror. Invariants: everything learnt is kept through
//! `reading`, in one transaction with the position it leads to; a pass never returns an error, it
//! returns a [`PassReport`] that says what happened; nothing here prints, and nothing here reads a
//! clock but through [`Clock`].

mod alerting;
mod apply;
mod audit;
mod deciding;
mod deletions;
mod deliver;
mod error;
mod foresee;
mod judging;
mod page_size;
mod pass;
mod plan;
mod position;
mod reading;
mod rejudge;
mod report;
mod reread;
mod resync;
mod retention;
mod rewrite;
mod sweep;
mod unfinished;
mod walk;
mod writer;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use self::page_size::PageSize;
use self::writer::Writer;
use crate::alert::Plan;
use crate::api::ApiClient;
use crate::clock::Clock;
use crate::config::PollConfig;
use crate::domain::DemarcheNumber;
use crate::store::{Store, Tx, Upkeep};

pub use self::audit::{Audit, audit};
pub use self::deciding::{Signed, Writing, Written, write_beside};
pub use self::deliver::{ChannelReport, Dispatcher, DrainReport};
pub use self::error::EngineError;
pub use self::foresee::{Foreseen, Foresight, foresee};
pub use self::pass::PassOptions;
pub use self::report::{Mode, Outcome, PassReport, Progress};
pub use self::resync::Resynced;
pub use self::retention::{Reach, erase, to_erase};

/// Called when a page has been kept.
pub type Observer = Arc<dyn Fn(Progress) + Send + Sync>;

/// The adapters, the clock, and how to poll.
pub struct Engine {
    api: ApiClient,
    store: Writer,
    clock: Arc<dyn Clock>,
    poll: PollConfig,
    page_size: u32,
    sizes: Mutex<BTreeMap<DemarcheNumber, PageSize>>,
    plan: Arc<Plan>,
    stop: CancellationToken,
    observer: Option<Observer>,
}

impl Engine {
    /// An engine over an open mirror.
    #[must_use]
    pub fn new(
        api: ApiClient,
        store: Store,
        clock: Arc<dyn Clock>,
        poll: PollConfig,
        page_size: u32,
    ) -> Self {
        Self {
            api,
            store: Writer::over(store),
            clock,
            poll,
            page_size,
            sizes: Mutex::default(),
            plan: Arc::default(),
            stop: CancellationToken::new(),
            observer: None,
        }
    }

    /// An engine over the same mirror with other settings, for a service that takes new ones without a stop.
    /// The earlier engine must have stopped: there is one pass at a time over a call.
    #[must_use]
    pub fn renewed(&self, api: ApiClient, poll: PollConfig, page_size: u32) -> Self {
        Self {
            api,
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            poll,
            page_size,
            sizes: Mutex::default(),
            plan: Arc::clone(&self.plan),
            stop: CancellationToken::new(),
            observer: None,
        }
    }

    /// Shows progress to somebody.
    #[must_use]
    pub fn observed_by(mut self, observer: Observer) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Tells people what happens, as planned.
    #[must_use]
    pub fn alerting(mut self, plan: Plan) -> Self {
        self.plan = Arc::new(plan);
        self
    }

    /// Cancelling this stops a pass between two pages.
    #[must_use]
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// The clock that passes go by.
    #[must_use]
    pub const fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// How passes follow each other.
    #[must_use]
    pub const fn poll(&self) -> &PollConfig {
        &self.poll
    }

    /// The client, for what asks the source and keeps nothing.
    #[must_use]
    pub const fn api(&self) -> &ApiClient {
        &self.api
    }

    /// Runs one transaction, and tells people what happened in it.
    async fn write<T, W>(&self, work: W) -> Result<T, EngineError>
    where
        T: Send + 'static,
        W: FnOnce(&Tx<'_>) -> Result<T, EngineError> + Send + 'static,
    {
        let plan = Arc::clone(&self.plan);
        let told = move |tx: &Tx<'_>| {
            let done = work(tx)?;
            // Whatever the road, what happened is told in the transaction that it happened in.
            alerting::tell(tx, &plan)?;
            Ok(done)
        };
        self.store.transact(self.clock.now(), told).await
    }

    /// What a mirror in service needs from time to time; see [`Store::tidy`].
    ///
    /// # Errors
    /// When the mirror cannot be written.
    pub async fn tidy(&self) -> Result<Upkeep, EngineError> {
        let now = self.clock.now();
        Ok(self.store.run(move |store| store.tidy(now)).await??)
    }

    /// Waits for an answer, unless told to stop.
    async fn unless_stopped<T, E>(&self, answer: impl Future<Output = Result<T, E>>) -> Result<T, EngineError>
    where
        EngineError: From<E>,
    {
        self.stop
            .run_until_cancelled(answer)
            .await
            .ok_or(EngineError::Interrupted)?
            .map_err(EngineError::from)
    }

    fn size_for(&self, demarche: DemarcheNumber) -> PageSize {
        let sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        sizes.get(&demarche).cloned().unwrap_or_else(|| PageSize::new(self.page_size))
    }

    fn remember_size(&self, demarche: DemarcheNumber, size: PageSize) {
        self.sizes.lock().unwrap_or_else(PoisonError::into_inner).insert(demarche, size);
    }
}

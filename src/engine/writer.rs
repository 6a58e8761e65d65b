//! The mirror's one writer, in a thread of its own.
//!
//! Whoever writes hands it a piece of work and waits, away from the threads that wait on the network. One thread
//! rather than a pool: what the mirror takes of memory is then taken once, not once for each thread that ever held
//! it. Invariants: work is done in the order it was handed over; work that panics costs itself alone; when the last
//! handle goes, the mirror is closed before anything else is done, unless work in hand takes too long.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::oneshot;

use super::error::EngineError;
use crate::store::{Store, Tx};

/// What is left for the work in hand once nobody waits for it; it is then undone by SQLite.
const LAST_MOMENT: Duration = Duration::from_millis(500);

type Work = Box<dyn FnOnce(&mut Store) + Send>;

/// A handle of the writer.
#[derive(Clone)]
pub(super) struct Writer(Arc<Handle>);

struct Handle {
    /// `None` once the last handle goes.
    work: Option<Sender<Work>>,
    /// Hangs up when the mirror is closed.
    closed: Mutex<Receiver<()>>,
}

impl Writer {
    /// Takes a mirror over.
    pub(super) fn over(mut store: Store) -> Self {
        let (work, handed) = channel::<Work>();
        let (open, closed) = channel();
        thread::spawn(move || {
            for work in handed {
                work(&mut store);
            }
            drop(store);
            drop::<Sender<()>>(open);
        });
        Self(Arc::new(Handle { work: Some(work), closed: Mutex::new(closed) }))
    }

    /// Does something with the mirror.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> T + Send + 'static,
    ) -> Result<T, EngineError> {
        let (done, answer) = oneshot::channel();
        let work: Work = Box::new(move |store| {
            // A transaction that panics is rolled back when it is dropped: the mirror is sound.
            if let Ok(result) = catch_unwind(AssertUnwindSafe(|| work(store))) {
                drop(done.send(result));
            }
        });
        let handed = self.0.work.as_ref().map(|writer| writer.send(work));
        handed.and_then(Result::ok).ok_or(EngineError::Abandoned)?;
        answer.await.map_err(|_| EngineError::Abandoned)
    }

    /// Runs one transaction.
    pub(super) async fn transact<T, W>(&self, now: Timestamp, work: W) -> Result<T, EngineError>
    where
        T: Send + 'static,
        W: FnOnce(&Tx<'_>) -> Result<T, EngineError> + Send + 'static,
    {
        self.run(move |store| store.write(now, work)).await?
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.work = None;
        let closed = self.closed.get_mut().unwrap_or_else(PoisonError::into_inner);
        // Nothing is ever sent: it hangs up, or time is over.
        closed.recv_timeout(LAST_MOMENT).ok();
    }
}

//! The tasks of the service, by name: none may end unseen.
//!
//! Invariant: a task that panics, or that ends before it was told to, is reported with its name, so that the
//! process ends rather than live on by halves.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::task::{Id, JoinSet};

/// A task that ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fallen {
    /// It panicked.
    #[error("the task « {0} » panicked")]
    Panicked(String),
    /// It ended though nobody told it to.
    #[error("the task « {0} » ended by itself")]
    Ended(String),
}

/// Tasks under way.
#[derive(Debug, Default)]
pub(super) struct Crew {
    tasks: JoinSet<()>,
    names: BTreeMap<Id, String>,
}

impl Crew {
    /// Starts a task.
    pub(super) fn spawn(&mut self, name: &str, task: impl Future<Output = ()> + Send + 'static) {
        let handle = self.tasks.spawn(task);
        self.names.insert(handle.id(), name.to_owned());
    }

    /// Waits for a task to fall. For ever, when there is none.
    pub(super) async fn fallen(&mut self) -> Fallen {
        match self.tasks.join_next_with_id().await {
            Some(Ok((id, ()))) => Fallen::Ended(self.name(id)),
            Some(Err(error)) => Fallen::Panicked(self.name(error.id())),
            None => std::future::pending().await,
        }
    }

    /// Waits for the tasks to end, now that they were told to. `Err` with the names of those that had not
    /// at the end of the time given, which are abandoned.
    pub(super) async fn home(mut self, within: Duration) -> Result<(), Vec<String>> {
        let all = async {
            while let Some(ended) = self.tasks.join_next_with_id().await {
                let id = match ended {
                    Ok((id, ())) => id,
                    Err(error) => error.id(),
                };
                self.names.remove(&id);
            }
        };
        let done = tokio::time::timeout(within, all).await;
        done.map_err(|_elapsed| self.names.into_values().collect())
    }

    fn name(&mut self, id: Id) -> String {
        self.names.remove(&id).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "one task here is made to panic")]

    use super::*;

    #[tokio::test]
    async fn a_panic_and_an_early_end_are_told_by_name() {
        let mut crew = Crew::default();
        crew.spawn("veille", std::future::pending());
        crew.spawn("passe", async { panic!("broken") });
        assert_eq!(crew.fallen().await, Fallen::Panicked("passe".to_owned()));
        crew.spawn("court", async {});
        assert_eq!(crew.fallen().await, Fallen::Ended("court".to_owned()));
    }

    #[tokio::test]
    async fn those_that_do_not_come_home_in_time_are_named() {
        let mut crew = Crew::default();
        crew.spawn("docile", async {});
        crew.spawn("sourde", std::future::pending());
        assert_eq!(crew.home(Duration::from_millis(10)).await, Err(vec!["sourde".to_owned()]));
    }
}

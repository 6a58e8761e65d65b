//! Dossiers asked for by their number: those that a page could not give whole, those in quarantine whose
//! time has come, those that the source has yet to complete.
//!
//! Invariants: few of them in one pass, so that a call in trouble does not starve the others; only the
//! source's own « not found » for that number makes a dossier gone.

use std::sync::Arc;

use super::EngineError;
use super::apply::Tally;
use super::deletions::Gone;
use super::pass::Pass;
use super::reading::{Applied, Care, Fate, Keeping, Reading, keep_alone, put_in_quarantine};
use crate::api::{ApiError, Disposition};
use crate::domain::{DeletionReason, DossierNumber};

/// Dossiers of each schedule asked for in one pass: one request each.
const MOST_OF_A_SCHEDULE: u32 = 25;

/// Dossiers that pages of the same pass could not give, asked for at once: one request each.
const MOST_OF_PAGES: usize = 100;

impl Pass<'_> {
    /// Asks for the dossiers of the three lists.
    pub(super) async fn read_again(&mut self) -> Result<(), EngineError> {
        let demarche = self.call.demarche;
        let scheduled = self
            .engine
            .write(move |tx| {
                let mut numbers = tx.due_quarantine(demarche, MOST_OF_A_SCHEDULE)?;
                numbers.extend(tx.due_rereads(demarche, MOST_OF_A_SCHEDULE)?);
                Ok(numbers)
            })
            .await?;
        let mut again = std::mem::take(&mut self.again);
        while again.len() > MOST_OF_PAGES {
            again.pop_last();
        }
        again.extend(scheduled);
        for number in again {
            self.read_one_again(number).await?;
        }
        Ok(())
    }

    async fn read_one_again(&mut self, number: DossierNumber) -> Result<(), EngineError> {
        match self.ask(number).await? {
            Answer::Kept(applied) => self.count_one(applied),
            Answer::NotFound => self.not_found(number, true).await?,
            Answer::Failed(error) => {
                let call = Arc::clone(&self.call);
                self.engine.write(move |tx| put_in_quarantine(tx, &call, number, "dossier", &error)).await?;
            }
        }
        Ok(())
    }

    /// Asks for a dossier that no list shows any more, and marks it as gone if the source has it not.
    /// Whether it may go has been settled before.
    pub(super) async fn ask_whether_gone(&mut self, number: DossierNumber) -> Result<(), EngineError> {
        match self.ask(number).await? {
            Answer::Kept(applied) => self.count_one(applied),
            Answer::NotFound => self.not_found(number, false).await?,
            // It could not be read, so it is not known to be gone.
            Answer::Failed(_) => {}
        }
        Ok(())
    }

    async fn not_found(&mut self, number: DossierNumber, guarded: bool) -> Result<(), EngineError> {
        if guarded && !self.may_go(1).await? {
            return Ok(());
        }
        self.mark_gone(vec![Gone { number, at: None, reason: DeletionReason::Vanished }]).await
    }

    async fn ask(&self, number: DossierNumber) -> Result<Answer, EngineError> {
        let fetched = match self.engine.unless_stopped(self.engine.api.fetch_dossier(number)).await {
            Ok(fetched) => fetched,
            Err(EngineError::Api(ApiError::DossierNotFound { .. })) => return Ok(Answer::NotFound),
            Err(EngineError::Api(error)) if is_of_this_dossier(&error) => {
                return Ok(Answer::Failed(error.to_string()));
            }
            Err(error) => return Err(error),
        };
        let (call, run) = (Arc::clone(&self.call), self.run);
        let applied = self
            .engine
            .write(move |tx| {
                let keeping = Keeping { call: &call, run, care: Care::Revisit };
                keep_alone(
                    tx,
                    keeping,
                    &Reading { number: Some(number), node: &fetched.node, gaps: &fetched.gaps },
                )
            })
            .await?;
        Ok(Answer::Kept(applied))
    }

    fn count_one(&mut self, applied: Applied) {
        let mut tally = Tally::default();
        tally.count(applied);
        self.report.count(&tally);
        if let Fate::Quarantined(number) = applied.fate {
            tracing::warn!(dossier.number = %number, "could not be read");
        }
    }
}

enum Answer {
    Kept(Applied),
    NotFound,
    Failed(String),
}

/// Whether an error tells of one dossier rather than of the source as a whole.
pub(super) fn is_of_this_dossier(error: &ApiError) -> bool {
    matches!(error.disposition(), Disposition::ShrinkPage | Disposition::StopCall)
}

//! Reading dossiers again because somebody asks, without moving the position of their call.

use std::sync::Arc;

use jiff::Timestamp;

use super::apply::{Batch, Tally, apply};
use super::reading::{Care, Keeping, Reading, keep_alone};
use super::report::{Mode, PassReport};
use super::walk::{Contents, Step, Walker};
use super::{Engine, EngineError};
use crate::api::{self, ApiError, FetchedDossier, Walk};
use crate::config::CallConfig;
use crate::domain::{DemarcheNumber, DossierNumber};
use crate::store::RunId;

/// What became of a dossier asked by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resynced {
    /// Read, and different from what the mirror had.
    Changed,
    /// Read, and equal.
    Unchanged,
    /// The source has it not, or shows it no more; a sweep will settle it.
    NotFound,
    /// Of a démarche that is not in the configuration.
    OfNoCall(DemarcheNumber),
    /// It could not be read.
    Failed(String),
}

impl Engine {
    /// Reads one dossier again.
    ///
    /// # Errors
    /// When the source as a whole cannot be read, or the mirror cannot be written.
    pub async fn resync(
        &self,
        calls: &[Arc<CallConfig>],
        number: DossierNumber,
    ) -> Result<Resynced, EngineError> {
        let fetched = match self.unless_stopped(self.api.fetch_dossier(number)).await {
            Ok(fetched) => fetched,
            Err(EngineError::Api(ApiError::DossierNotFound { .. })) => return Ok(Resynced::NotFound),
            Err(EngineError::Api(error)) if super::reread::is_of_this_dossier(&error) => {
                return Ok(Resynced::Failed(error.to_string()));
            }
            Err(error) => return Err(error),
        };
        let demarche = match api::normalize(fetched.node.as_str()) {
            Ok(read) => read.dossier.demarche_number,
            Err(error) => return Ok(Resynced::Failed(error.to_string())),
        };
        let Some(call) = calls.iter().find(|call| call.demarche == demarche) else {
            return Ok(Resynced::OfNoCall(demarche));
        };
        self.keep_again(Arc::clone(call), number, fetched).await
    }

    async fn keep_again(
        &self,
        call: Arc<CallConfig>,
        number: DossierNumber,
        fetched: FetchedDossier,
    ) -> Result<Resynced, EngineError> {
        let mut report = PassReport::new(&call.slug, call.demarche);
        report.mode = Mode::Resync;
        let run = self.begin_resync(&call).await?;
        let applied = self
            .write(move |tx| {
                let keeping = Keeping { call: &call, run, care: Care::Rewrite };
                keep_alone(
                    tx,
                    keeping,
                    &Reading { number: Some(number), node: &fetched.node, gaps: &fetched.gaps },
                )
            })
            .await?;
        report.seen = 1;
        let mut tally = Tally::default();
        tally.count(applied);
        report.count(&tally);
        let report = self.finish(run, report).await;
        Ok(if report.moved() { Resynced::Changed } else { Resynced::Unchanged })
    }

    /// Reads again the dossiers of a call modified since an instant.
    ///
    /// # Errors
    /// When the source cannot be read, or the mirror cannot be written.
    pub async fn resync_since(
        &self,
        call: &Arc<CallConfig>,
        since: Timestamp,
    ) -> Result<PassReport, EngineError> {
        let mut report = PassReport::new(&call.slug, call.demarche);
        report.mode = Mode::Resync;
        let run = self.begin_resync(call).await?;
        let requests = self.api.requests_sent();
        let walk = Walk { updated_since: Some(since), after: None };
        let size = self.size_for(call.demarche);
        let mut walker = Walker::new(&self.api, call.demarche, walk, size, Contents::default());
        loop {
            let mut batch = Batch::default();
            let is_last = match self.unless_stopped(walker.step()).await? {
                Step::SteppedOver(stepped_over) => {
                    batch.stepped_over = Some(stepped_over);
                    false
                }
                Step::Page { page, is_last } => {
                    batch.items = page.dossiers.map(|slice| slice.items).unwrap_or_default();
                    is_last
                }
            };
            let kept_with = Arc::clone(call);
            let tally = self
                .write(move |tx| apply(tx, Keeping { call: &kept_with, run, care: Care::Rewrite }, &batch))
                .await?;
            report.pages += 1;
            report.count(&tally);
            if is_last {
                break;
            }
        }
        report.requests = self.api.requests_sent() - requests;
        Ok(self.finish(run, report).await)
    }

    async fn begin_resync(&self, call: &Arc<CallConfig>) -> Result<RunId, EngineError> {
        let call = Arc::clone(call);
        self.write(move |tx| Ok(tx.begin_run(&call.slug, call.demarche, Mode::Resync.as_str())?)).await
    }
}

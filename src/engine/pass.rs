//! One pass over one call: write again what an earlier version wrote, judge again if the rules moved, read the
//! form if none is kept, walk, settle what is gone, read again what is unfinished, sweep what moves in silence.
//!
//! Invariants: what was read before a failure is kept; the next page is asked for while the last one is
//! being kept; a call where nothing moved costs one request.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::apply::{Batch, Tally, apply};
use super::deletions::Lists;
use super::position::{choose_walk, complete_walk, start_of_walk, sweep_is_due, unread};
use super::reading::{Care, Keeping};
use super::report::{Outcome, PassReport, Progress};
use super::walk::{Step, Walker};
use super::{Engine, EngineError};
use crate::api::{Cursor, Page, Walk};
use crate::config::CallConfig;
use crate::domain::{DemarchePlan, DossierNumber, RevisionId};
use crate::store::{Position, RunId, RunOutcome, WalkMode};

/// What the operator asks of a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PassOptions {
    /// Read the whole call again, whatever the stored position.
    pub full: bool,
    /// Mark dossiers as gone however many they are.
    pub confirm: bool,
}

/// A pass under way.
pub(super) struct Pass<'e> {
    pub engine: &'e Engine,
    pub call: Arc<CallConfig>,
    pub run: RunId,
    pub options: PassOptions,
    pub position: Position,
    pub report: PassReport,
    /// Dossiers to ask for by their number before the pass ends.
    pub again: BTreeSet<DossierNumber>,
    /// The lists of deletions, as far as they have been read.
    pub lists: Lists,
    /// The form's revision, as the démarche tells it.
    pub active_revision: Option<RevisionId>,
    /// The form read before the first page, to be kept with it.
    pub plan: Option<DemarchePlan>,
}

impl Engine {
    /// One complete pass over one call. What went wrong is in the report.
    #[tracing::instrument(skip_all, fields(call = %call.slug, demarche.number = %call.demarche))]
    pub async fn pass(&self, call: &Arc<CallConfig>, options: PassOptions) -> PassReport {
        let mut report = PassReport::new(&call.slug, call.demarche);
        let (run, position) = match self.begin(call, options, &mut report).await {
            Ok(begun) => begun,
            Err(error) => {
                settle(&mut report, Err(error));
                return report;
            }
        };
        let requests = self.api.requests_sent();
        let mut pass = Pass {
            engine: self,
            call: Arc::clone(call),
            run,
            options,
            position,
            report,
            again: BTreeSet::new(),
            lists: Lists::default(),
            active_revision: None,
            plan: None,
        };
        let ended = pass.go().await;
        let mut report = pass.report;
        report.requests = self.api.requests_sent() - requests;
        settle(&mut report, ended);
        self.finish(run, report).await
    }

    async fn begin(
        &self,
        call: &Arc<CallConfig>,
        options: PassOptions,
        report: &mut PassReport,
    ) -> Result<(RunId, Position), EngineError> {
        let (call, poll) = (Arc::clone(call), self.poll.clone());
        let (run, position, mode) = self
            .write(move |tx| {
                let found = tx.find_position(call.demarche)?;
                let mut position = found.unwrap_or_else(|| unread(call.demarche));
                let mode = choose_walk(&mut position, options.full, &poll, tx.now());
                let run = tx.begin_run(&call.slug, call.demarche, mode.as_str())?;
                Ok((run, position, mode))
            })
            .await?;
        report.mode = mode;
        report.run = Some(run);
        Ok((run, position))
    }

    /// Writes down how a pass ended.
    pub(super) async fn finish(&self, run: RunId, mut report: PassReport) -> PassReport {
        let demarche = report.demarche;
        let ended = report.clone();
        let finished = self
            .write(move |tx| {
                let left = tx.list_quarantined(demarche)?;
                let outcome = match ended.outcome {
                    Outcome::Done if !left.is_empty() => Outcome::Findings,
                    outcome => outcome,
                };
                tx.finish_run(
                    run,
                    &RunOutcome {
                        pages: ended.pages,
                        requests: ended.requests,
                        dossiers_seen: ended.seen,
                        dossiers_changed: ended.new + ended.changed + ended.restored,
                        deleted: ended.gone,
                        outcome: outcome.as_str(),
                        error: ended.error.as_deref(),
                        fault: ended.fault,
                    },
                )?;
                Ok((left, outcome))
            })
            .await;
        match finished {
            Ok((left, outcome)) => (report.quarantined, report.outcome) = (left, outcome),
            Err(error) => settle(&mut report, Err(error)),
        }
        report
    }
}

/// Says in the report how it ended.
pub(super) fn settle(report: &mut PassReport, ended: Result<(), EngineError>) {
    report.outcome = match ended {
        Ok(()) if report.held > 0 => Outcome::Held,
        Ok(()) if !report.warnings.is_empty() => Outcome::Findings,
        Ok(()) => Outcome::Done,
        Err(EngineError::Interrupted) => Outcome::Interrupted,
        Err(error) => {
            tracing::error!("the pass stopped: {error}");
            report.fault = error.fault();
            report.error = Some(format!("{error}. {}", error.remedy()));
            Outcome::Failed
        }
    };
}

impl Pass<'_> {
    async fn go(&mut self) -> Result<(), EngineError> {
        self.rewrite_kept().await?;
        self.judge_again().await?;
        self.read_plan_before_the_first_page().await?;
        self.walk().await?;
        self.settle_deletions().await?;
        self.read_again().await?;
        if self.position.filled_at.is_some() && self.sweep_is_due().await? {
            self.sweep().await?;
        }
        self.read_plan_if_it_moved().await?;
        self.warn_of_unknown_champs().await
    }

    async fn sweep_is_due(&self) -> Result<bool, EngineError> {
        let (demarche, poll, position) =
            (self.call.demarche, self.engine.poll.clone(), self.position.clone());
        let full = self.options.full;
        self.engine
            .write(move |tx| Ok(full || sweep_is_due(&position, tx.count_alive(demarche)?, &poll, tx.now())))
            .await
    }

    async fn walk(&mut self) -> Result<(), EngineError> {
        let engine = self.engine;
        let incremental = self.position.mode == WalkMode::Incremental;
        let fill = self.position.mode == WalkMode::Fill;
        let walk = Walk {
            updated_since: self.position.since.filter(|_| incremental),
            after: self.position.after.clone().map(Cursor::from),
        };
        let contents = self.lists.asked(&self.position, self.options.full || !incremental);
        let size = engine.size_for(self.call.demarche);
        let mut walker = Walker::new(&engine.api, self.call.demarche, walk, size, contents);
        let mut step = engine.unless_stopped(walker.step()).await?;
        loop {
            let (batch, is_last) = self.receive(step, walker.after());
            let keep = self.keep(batch);
            if is_last {
                let tally = keep.await?;
                self.count(tally);
                break;
            }
            let (kept, next) = tokio::join!(keep, engine.unless_stopped(walker.step()));
            self.count(kept?);
            step = next?;
        }
        engine.remember_size(self.call.demarche, walker.size().clone());
        self.lists.went_without(&walker.pages);
        if fill {
            // Every sibling is there now.
            self.judge_stale().await?;
        }
        Ok(())
    }

    /// Takes a page apart and moves the position past it.
    fn receive(&mut self, step: Step<Page>, after: Option<&Cursor>) -> (Batch, bool) {
        let mut batch = Batch::default();
        let now = self.engine.clock.now();
        let mut is_last = false;
        match step {
            Step::SteppedOver(stepped_over) => {
                tracing::warn!(dossier.number = %stepped_over.number, "stepped over");
                self.position.walk_started_at.get_or_insert(now);
                batch.stepped_over = Some(stepped_over);
            }
            Step::Page { page, is_last: last } => {
                let started = start_of_walk(page.server_time, now);
                self.position.walk_started_at.get_or_insert(started);
                is_last = last;
                batch = self.open(page, started);
            }
        }
        self.position.after = after.map(|cursor| cursor.as_str().to_owned());
        if is_last {
            let found = self.position.after.is_some();
            complete_walk(&mut self.position, found, &self.engine.poll, now);
        }
        batch.position = Some(self.position.clone());
        (batch, is_last)
    }

    /// What a page brings, the lists of deletions taken in.
    pub(super) fn open(&mut self, page: Page, started: Timestamp) -> Batch {
        if let Some(demarche) = &page.demarche {
            self.active_revision = Some(demarche.active_revision_id.clone());
        }
        // A form is kept with its démarche.
        let plan = if page.demarche.is_some() { self.plan.take() } else { None };
        if let Some(plan) = &plan {
            self.position.revision_id = Some(plan.active_revision.id.clone());
        }
        Batch {
            plan,
            demarche: page.demarche,
            deletions: self.lists.receive(page.pending, page.deleted, started),
            items: page.dossiers.map(|slice| slice.items).unwrap_or_default(),
            stepped_over: None,
            position: None,
        }
    }

    /// Keeps a batch in one transaction.
    pub(super) fn keep(&self, batch: Batch) -> impl Future<Output = Result<Tally, EngineError>> + use<'_> {
        let (call, run) = (Arc::clone(&self.call), self.run);
        self.engine.write(move |tx| apply(tx, Keeping { call: &call, run, care: Care::Usual }, &batch))
    }

    fn count(&mut self, tally: Tally) {
        let report = &mut self.report;
        report.pages += 1;
        report.count(&tally);
        self.again.extend(tally.again);
        if tally.nameless > 0 {
            let nameless = tally.nameless;
            report.warnings.push(format!("{nameless} éléments illisibles et sans numéro ont été laissés"));
        }
        if let Some(observer) = &self.engine.observer {
            observer(Progress { mode: self.report.mode, pages: self.report.pages, seen: self.report.seen });
        }
    }
}

//! Dossiers that the source lists as gone.
//!
//! A list is evidence, not an order: a dossier modified after the date it gives is asked for by its
//! number before it is believed gone, and more than a twentieth of a call (and more than twenty) are not
//! marked in one pass unless somebody confirms: a source suddenly empty is a fault, not a fact. What the
//! lists say is kept in the record of deletions in any case.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::EngineError;
use super::judging::judge_marked;
use super::pass::Pass;
use super::position::{deletions_since, overlap, start_of_walk};
use super::walk::Contents;
use crate::api::{Disposition, PageRequest, Slice, Stream};
use crate::domain::{Deletion, DeletionReason, DossierNumber};
use crate::store::{Position, Tx};

/// However small the call, so many may go in one pass.
const ALWAYS_ALLOWED: u64 = 20;

/// Of a large call, one in so many may go in one pass.
const ONE_IN: u64 = 20;

/// The lists of deletions, as far as a pass has read them.
#[derive(Debug, Default)]
pub(super) struct Lists {
    pending: Owed,
    deleted: Owed,
    demarche_owed: bool,
    started: Option<Timestamp>,
    listed: BTreeMap<DossierNumber, Deletion>,
}

#[derive(Debug, Default)]
struct Owed {
    next: Option<Stream>,
}

impl Owed {
    fn receive(&mut self, slice: &Slice<Deletion>) {
        let asked = self.next.take().unwrap_or(Stream { since: None, after: None });
        // A list that says it goes on without moving has nothing more to say.
        if slice.has_next && slice.end_cursor.is_some() && slice.end_cursor != asked.after {
            self.next = Some(Stream { since: asked.since, after: slice.end_cursor.clone() });
        }
    }
}

impl Lists {
    /// What to ask beside the first page.
    pub(super) fn asked(&mut self, position: &Position, deep: bool) -> Contents {
        let since = deletions_since(position, deep);
        self.pending.next = Some(Stream { since, after: None });
        self.deleted.next = Some(Stream { since, after: None });
        Contents {
            demarche: true,
            pending: self.pending.next.clone(),
            deleted: self.deleted.next.clone(),
            went_without: false,
        }
    }

    /// Notes whether the first page did without what was asked beside it.
    pub(super) fn went_without(&mut self, contents: &Contents) {
        self.demarche_owed = contents.went_without;
    }

    /// Takes in a page of each list; gives the entries, for the record.
    pub(super) fn receive(
        &mut self,
        pending: Option<Slice<Deletion>>,
        deleted: Option<Slice<Deletion>>,
        started: Timestamp,
    ) -> Vec<Deletion> {
        self.started.get_or_insert(started);
        let mut entries = Vec::new();
        for (owed, slice) in [(&mut self.pending, pending), (&mut self.deleted, deleted)] {
            if let Some(slice) = slice {
                owed.receive(&slice);
                entries.extend(slice.items);
            }
        }
        self.listed.extend(entries.iter().map(|entry| (entry.number, entry.clone())));
        entries
    }

    const fn is_owed(&self) -> bool {
        self.pending.next.is_some() || self.deleted.next.is_some() || self.demarche_owed
    }
}

/// What the lists mean for the mirror.
#[derive(Debug, Default)]
struct Sorted {
    /// Gone for certain.
    certain: Vec<Deletion>,
    /// Modified after the date of the list: to be asked for.
    doubtful: Vec<DossierNumber>,
}

fn sort(tx: &Tx<'_>, listed: &BTreeMap<DossierNumber, Deletion>) -> Result<Sorted, EngineError> {
    let mut sorted = Sorted::default();
    for deletion in listed.values() {
        match tx.find_kept(deletion.number)? {
            Some(kept) if kept.deleted_at.is_none() => {
                if deletion.date_suppression >= kept.date_derniere_modification {
                    sorted.certain.push(deletion.clone());
                } else {
                    sorted.doubtful.push(deletion.number);
                }
            }
            _ => {}
        }
    }
    Ok(sorted)
}

impl Pass<'_> {
    /// Reads the rest of the lists, then marks what is gone.
    pub(super) async fn settle_deletions(&mut self) -> Result<(), EngineError> {
        if !self.read_rest_of_lists().await? {
            return Ok(());
        }
        let listed = std::mem::take(&mut self.lists.listed);
        let sorted = self.engine.write(move |tx| sort(tx, &listed)).await?;
        let leaving = sorted.certain.len() + sorted.doubtful.len();
        if !self.may_go(u64::try_from(leaving).unwrap_or(u64::MAX)).await? {
            return Ok(());
        }
        self.mark_gone(sorted.certain.into_iter().map(Gone::from).collect()).await?;
        for number in sorted.doubtful {
            self.ask_whether_gone(number).await?;
        }
        let since = self.lists.started.map(|at| at.saturating_sub(overlap(&self.engine.poll)).unwrap_or(at));
        self.position.deletions_since = since.or(self.position.deletions_since);
        self.save_position().await
    }

    /// Whether the lists could be read to their end.
    async fn read_rest_of_lists(&mut self) -> Result<bool, EngineError> {
        while self.lists.is_owed() {
            let request = PageRequest {
                demarche: self.call.demarche,
                first: self.engine.page_size,
                dossiers: None,
                pending: self.lists.pending.next.clone(),
                deleted: self.lists.deleted.next.clone(),
                with_demarche: std::mem::take(&mut self.lists.demarche_owed),
            };
            match self.engine.unless_stopped(self.engine.api.fetch_page(&request)).await {
                Ok(page) => {
                    let started = start_of_walk(page.server_time, self.engine.clock.now());
                    let batch = self.open(page, started);
                    self.keep(batch).await?;
                }
                Err(EngineError::Api(error)) if error.disposition() == Disposition::ShrinkPage => {
                    let warning = format!("les listes de suppressions n’ont pas pu être lues : {error}");
                    self.report.warnings.push(warning);
                    return Ok(false);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Whether so many more dossiers may be marked as gone; says so in the report if not.
    pub(super) async fn may_go(&mut self, leaving: u64) -> Result<bool, EngineError> {
        if leaving == 0 || self.options.confirm {
            return Ok(true);
        }
        let demarche = self.call.demarche;
        let alive = self.engine.write(move |tx| Ok(tx.count_alive(demarche)?)).await? + self.report.gone;
        let most = ALWAYS_ALLOWED.max(alive / ONE_IN);
        if self.report.gone + leaving <= most {
            return Ok(true);
        }
        self.report.held += leaving;
        self.report.warnings.push(format!(
            "{leaving} dossiers sur {alive} auraient disparu de la source : rien n’a été marqué. Vérifiez la \
             démarche sur la plateforme ; si c’est voulu, relancez avec « sync --confirm »"
        ));
        Ok(false)
    }

    /// Marks dossiers as gone.
    pub(super) async fn mark_gone(&mut self, gone: Vec<Gone>) -> Result<(), EngineError> {
        let (run, call) = (self.run, Arc::clone(&self.call));
        let (marked, transitions) = self
            .engine
            .write(move |tx| {
                let mut marked = 0;
                for Gone { number, at, reason } in &gone {
                    marked += u64::from(tx.mark_gone(*number, at.unwrap_or(tx.now()), reason, run)?);
                    tx.clear_reread(*number)?;
                    tx.heal(*number, None)?;
                }
                // What their siblings say of them has changed.
                Ok((marked, judge_marked(tx, &call)?))
            })
            .await?;
        self.report.gone += marked;
        self.report.transitions += transitions;
        Ok(())
    }

    /// Writes the position down.
    pub(super) async fn save_position(&self) -> Result<(), EngineError> {
        let position = self.position.clone();
        self.engine.write(move |tx| Ok(tx.set_position(&position)?)).await
    }
}

/// A dossier to mark as gone.
#[derive(Debug, Clone)]
pub(super) struct Gone {
    /// The dossier.
    pub number: DossierNumber,
    /// When, if the source says so.
    pub at: Option<Timestamp>,
    /// Why.
    pub reason: DeletionReason,
}

impl From<Deletion> for Gone {
    fn from(deletion: Deletion) -> Self {
        Self { number: deletion.number, at: Some(deletion.date_suppression), reason: deletion.reason }
    }
}

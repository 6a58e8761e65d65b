//! One page, one transaction: the dossiers, what moved, the verdicts and the position, all or nothing.
//!
//! Synchronous, with no network in sight. A process killed at any instant finds the position where the
//! dossiers are.

use std::collections::BTreeSet;

use super::error::EngineError;
use super::judging::judge_marked;
use super::reading::{Applied, Fate, Keeping, Reading, keep, put_in_quarantine};
use super::walk::SteppedOver;
use crate::api::PageItem;
use crate::domain::{Deletion, Demarche, DemarchePlan, DossierNumber};
use crate::store::{Position, Tx, WalkMode};

/// What one transaction keeps.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// The démarche, when it was asked for.
    pub demarche: Option<Demarche>,
    /// Its form, when it was read before the first page.
    pub plan: Option<DemarchePlan>,
    /// The dossiers of the page.
    pub items: Vec<PageItem>,
    /// A dossier that no page could hold.
    pub stepped_over: Option<SteppedOver>,
    /// Entries of the lists of deletions, for the record; what they mean is decided later.
    pub deletions: Vec<Deletion>,
    /// Where the walk stands once this is kept.
    pub position: Option<Position>,
}

/// What became of the dossiers of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Tally {
    /// Dossiers that came.
    pub seen: u64,
    /// New ones.
    pub new: u64,
    /// Known and different.
    pub changed: u64,
    /// Back after having gone.
    pub restored: u64,
    /// Verdicts that moved.
    pub transitions: u64,
    /// Dossiers that could not be read, or not wholly: to be asked for by their number.
    pub again: BTreeSet<DossierNumber>,
    /// Elements of a page that could be neither read nor named.
    pub nameless: u64,
}

impl Tally {
    /// Counts what became of one dossier.
    pub(super) fn count(&mut self, applied: Applied) {
        self.transitions += applied.transitions;
        match applied.fate {
            Fate::Unchanged => {}
            Fate::New => self.new += 1,
            Fate::Changed => self.changed += 1,
            Fate::Restored => self.restored += 1,
            Fate::Quarantined(number) => {
                self.again.insert(number);
            }
            Fate::Nameless => self.nameless += 1,
        }
    }
}

/// Keeps a batch. In a first reading, where siblings come page after page, those marked are left for its end.
pub(super) fn apply(tx: &Tx<'_>, keeping: Keeping<'_>, batch: &Batch) -> Result<Tally, EngineError> {
    let mut tally = Tally::default();
    if let Some(demarche) = &batch.demarche {
        tx.upsert_demarche(demarche)?;
    }
    if let Some(plan) = &batch.plan {
        tx.upsert_plan(plan)?;
    }
    for item in &batch.items {
        keep_item(tx, keeping, item, &mut tally)?;
    }
    if let Some(stepped_over) = &batch.stepped_over {
        put_in_quarantine(tx, keeping.call, stepped_over.number, "dossier", &stepped_over.error)?;
        tally.again.insert(stepped_over.number);
    }
    for deletion in &batch.deletions {
        tx.record_deletion(deletion)?;
    }
    if batch.position.as_ref().is_none_or(|position| position.mode != WalkMode::Fill) {
        tally.transitions += judge_marked(tx, keeping.call)?;
    }
    if let Some(position) = &batch.position {
        tx.set_position(position)?;
    }
    Ok(tally)
}

fn keep_item(
    tx: &Tx<'_>,
    keeping: Keeping<'_>,
    item: &PageItem,
    tally: &mut Tally,
) -> Result<(), EngineError> {
    tally.seen += 1;
    let Some(node) = &item.node else {
        match item.number {
            Some(number) => {
                let error = item.gaps.first().map_or("la source a répondu « null »", |gap| &gap.message);
                put_in_quarantine(tx, keeping.call, number, "dossier", error)?;
                tally.again.insert(number);
            }
            None => tally.nameless += 1,
        }
        return Ok(());
    };
    let applied = keep(tx, keeping, &Reading { number: item.number, node, gaps: &item.gaps })?;
    tally.count(applied);
    if let (false, Some(number)) = (item.gaps.is_empty(), item.number) {
        tally.again.insert(number);
    }
    Ok(())
}

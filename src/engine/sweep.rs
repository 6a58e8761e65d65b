//! The sweep: what no increment shows.
//!
//! Labels, company data, the revision of the form, a group, an account: the platform changes them without
//! dating the dossier, and some dossiers vanish without standing in any list. A sweep walks the call by
//! its few cheap facts, compares them with the mirror, and asks for what differs and for what is missing.
//! Invariants: it marks nothing as gone that the source, asked by number, still shows; past a limit it
//! marks nothing at all and says so.

use std::collections::BTreeSet;

use super::EngineError;
use super::pass::Pass;
use super::walk::{Identities, Step, Walker};
use crate::api::{Identity, IdentityItem, Walk};
use crate::domain::DossierNumber;
use crate::store::Tx;

/// So many that differ are always asked for by their number.
const ALWAYS_BY_NUMBER: usize = 20;

impl Pass<'_> {
    /// Compares the whole call by its cheap facts.
    pub(super) async fn sweep(&mut self) -> Result<(), EngineError> {
        let engine = self.engine;
        let demarche = self.call.demarche;
        let walk = Walk { updated_since: None, after: None };
        let size = engine.size_for(demarche);
        let mut walker = Walker::new(&engine.api, demarche, walk, size, Identities);
        let mut shown: Vec<DossierNumber> = Vec::new();
        let mut differing = BTreeSet::new();
        loop {
            match engine.unless_stopped(walker.step()).await? {
                Step::SteppedOver(stepped_over) => {
                    shown.push(stepped_over.number);
                    differing.insert(stepped_over.number);
                }
                Step::Page { page, is_last } => {
                    let items = page.items;
                    shown.extend(items.iter().filter_map(|item| item.cursor.dossier_number()));
                    differing.extend(engine.write(move |tx| differing_in(tx, &items)).await?);
                    if is_last {
                        break;
                    }
                }
            }
        }
        shown.sort_unstable();
        self.read_differing(differing, shown.len()).await?;
        self.settle_missing(shown).await?;
        self.position.last_sweep_at = Some(engine.clock.now());
        self.save_position().await
    }

    /// Asks for the few that differ; when they are many, the whole call is read again at the next pass.
    async fn read_differing(
        &mut self,
        differing: BTreeSet<DossierNumber>,
        shown: usize,
    ) -> Result<(), EngineError> {
        let pages = shown / usize::try_from(self.engine.page_size).unwrap_or(1).max(1);
        if differing.len() > ALWAYS_BY_NUMBER.max(pages) && !self.options.full {
            self.position.last_reconcile_at = None;
            return Ok(());
        }
        self.again.extend(differing);
        self.read_again().await
    }

    /// Asks for the dossiers that the mirror has and the walk did not meet.
    async fn settle_missing(&mut self, shown: Vec<DossierNumber>) -> Result<(), EngineError> {
        let demarche = self.call.demarche;
        let missing: Vec<DossierNumber> = self
            .engine
            .write(move |tx| {
                let alive = tx.alive_numbers(demarche)?;
                Ok(alive.into_iter().filter(|number| shown.binary_search(number).is_err()).collect())
            })
            .await?;
        if !self.may_go(u64::try_from(missing.len()).unwrap_or(u64::MAX)).await? {
            return Ok(());
        }
        for number in missing {
            self.ask_whether_gone(number).await?;
        }
        Ok(())
    }
}

/// The dossiers of a page that the mirror has not, or has otherwise.
fn differing_in(tx: &Tx<'_>, items: &[IdentityItem]) -> Result<Vec<DossierNumber>, EngineError> {
    let mut differing = Vec::new();
    for item in items {
        let Some(number) = item.cursor.dossier_number() else { continue };
        let same = match &item.identity {
            Some(identity) => is_as_kept(tx, number, identity)?,
            None => false,
        };
        if !same {
            differing.push(number);
        }
    }
    Ok(differing)
}

fn is_as_kept(tx: &Tx<'_>, number: DossierNumber, identity: &Identity) -> Result<bool, EngineError> {
    let Some(kept) = tx.find_kept(number)? else { return Ok(false) };
    if kept.deleted_at.is_some() {
        return Ok(false);
    }
    if kept.purged {
        return Ok(true);
    }
    let Some(payload) = tx.find_payload(number)? else {
        tx.distrust_payload(number)?;
        return Ok(false);
    };
    Ok(identity.agrees_with_payload(&payload.json))
}

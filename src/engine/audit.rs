//! Comparing the mirror with the source without changing anything.
//!
//! Reads the mirror through a read-only connection, so that it can be run beside the daemon.

use std::collections::BTreeMap;

use super::EngineError;
use super::page_size::PageSize;
use super::walk::{Identities, Step, Walker};
use crate::api::{ApiClient, IdentityItem, Walk};
use crate::domain::{DemarcheNumber, DossierNumber};
use crate::store::{Reader, StoreError};

/// Where mirror and source differ, by number, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audit {
    /// Dossiers that the source shows.
    pub at_source: u64,
    /// Dossiers that the mirror shows as alive.
    pub in_mirror: u64,
    /// At the source, and not alive in the mirror.
    pub missing: Vec<DossierNumber>,
    /// Alive in the mirror, and not at the source.
    pub extra: Vec<DossierNumber>,
    /// On both sides, and different.
    pub stale: Vec<DossierNumber>,
}

impl Audit {
    /// Whether they are equal.
    #[must_use]
    pub const fn agrees(&self) -> bool {
        self.missing.is_empty() && self.extra.is_empty() && self.stale.is_empty()
    }
}

/// Compares one call.
///
/// # Errors
/// When the source or the mirror cannot be read.
pub async fn audit(
    api: &ApiClient,
    mirror: &Reader,
    demarche: DemarcheNumber,
    page_size: u32,
) -> Result<Audit, EngineError> {
    let mut audit = Audit::default();
    let mut alive: BTreeMap<DossierNumber, bool> =
        mirror.alive_numbers(demarche)?.into_iter().map(|number| (number, false)).collect();
    audit.in_mirror = u64::try_from(alive.len()).unwrap_or(u64::MAX);
    let walk = Walk { updated_since: None, after: None };
    let mut walker = Walker::new(api, demarche, walk, PageSize::new(page_size), Identities);
    loop {
        match walker.step().await? {
            Step::SteppedOver(stepped_over) => audit.note(stepped_over.number, &mut alive, false),
            Step::Page { page, is_last } => {
                for item in &page.items {
                    let Some(number) = item.cursor.dossier_number() else { continue };
                    let same = is_as_kept(mirror, number, item)?;
                    audit.note(number, &mut alive, same);
                }
                if is_last {
                    break;
                }
            }
        }
    }
    audit.extra = alive.into_iter().filter(|(_, met)| !met).map(|(number, _)| number).collect();
    audit.missing.sort_unstable();
    audit.stale.sort_unstable();
    Ok(audit)
}

impl Audit {
    fn note(&mut self, number: DossierNumber, alive: &mut BTreeMap<DossierNumber, bool>, same: bool) {
        self.at_source += 1;
        match alive.get_mut(&number) {
            None => self.missing.push(number),
            Some(met) => {
                *met = true;
                if !same {
                    self.stale.push(number);
                }
            }
        }
    }
}

fn is_as_kept(mirror: &Reader, number: DossierNumber, item: &IdentityItem) -> Result<bool, EngineError> {
    if mirror.is_purged(number)? {
        return Ok(true);
    }
    let payload = match mirror.find_payload(number) {
        // Damaged: the sweep reads it again.
        Err(StoreError::Payload(_)) => None,
        found => found?,
    };
    let (Some(identity), Some(payload)) = (&item.identity, payload) else { return Ok(false) };
    Ok(identity.agrees_with_payload(&payload.json))
}

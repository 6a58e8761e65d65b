//! How dossiers leave, wait, come back and are forgotten.
//!
//! Three roads lead out. A usager's or an instructeur's deletion waits among the deletions to come; an
//! expiry waits in no list at all; the removal of an account, or of a démarche in test, takes the
//! dossier at once, the latter without a word. The purge gives a usager's deletion its old date.

use jiff::{SignedDuration, Timestamp};

use super::World;
use super::acts::ActRefused;
use super::dossier::{DeletedDossier, DeletionReason, Dossier, DossierState};

/// How long a deletion waits.
const DELAY: SignedDuration = SignedDuration::from_hours(14 * 24);

impl World {
    /// The usager deletes the dossier: gone if it was en construction; if it was terminated, the
    /// administration still sees it.
    pub fn usager_deletes(&mut self, number: u64) -> Result<(), ActRefused> {
        self.act(number, |dossier, now| {
            if dossier.state == DossierState::EnInstruction {
                return Err(ActRefused::WrongState(number, dossier.state));
            }
            dossier.hidden_by_user_at = Some(now);
            dossier.hidden_by_reason = Some(DeletionReason::UserRequest);
            Ok(())
        })
    }

    /// An instructeur deletes a terminated dossier.
    pub fn administration_deletes(&mut self, number: u64) -> Result<(), ActRefused> {
        self.act(number, |dossier, now| {
            if !dossier.state.is_termine() {
                return Err(ActRefused::WrongState(number, dossier.state));
            }
            dossier.hidden_by_administration_at = Some(now);
            dossier.hidden_by_reason = Some(DeletionReason::InstructeurRequest);
            Ok(())
        })
    }

    /// The dossier expires: it stands in no list until it is purged.
    pub fn expire(&mut self, number: u64) -> Result<(), ActRefused> {
        self.act(number, |dossier, now| {
            if dossier.state == DossierState::EnInstruction {
                return Err(ActRefused::WrongState(number, dossier.state));
            }
            dossier.hidden_by_expired_at = Some(now);
            dossier.hidden_by_reason = Some(DeletionReason::Expired);
            Ok(())
        })
    }

    /// Whoever deleted the dossier changes their mind, or the expiry is put off.
    pub fn restore(&mut self, number: u64) -> Result<(), ActRefused> {
        self.act(number, |dossier, _now| {
            if dossier.hidden_by_reason.is_none() {
                return Err(ActRefused::NothingThere(number));
            }
            dossier.hidden_by_user_at = None;
            dossier.hidden_by_administration_at = None;
            dossier.hidden_by_expired_at = None;
            dossier.hidden_by_reason = None;
            Ok(())
        })
    }

    /// The usager's account is removed with its dossier en construction: gone at once, and remembered.
    pub fn remove_account(&mut self, number: u64) -> Result<(), ActRefused> {
        let dossier = self.dossier(number).ok_or(ActRefused::NoSuchDossier(number))?;
        if dossier.state != DossierState::EnConstruction {
            return Err(ActRefused::WrongState(number, dossier.state));
        }
        let now = self.now();
        self.forget(&dossier, DeletionReason::UserRemoved, now);
        Ok(())
    }

    /// The row disappears and no list says so, as in a démarche still in test.
    pub fn destroy(&mut self, number: u64) -> Result<(), ActRefused> {
        self.shelf_mut().take(number).map(|_| ()).ok_or(ActRefused::NoSuchDossier(number))
    }

    /// The nightly purge: deletions of more than fourteen days become final. Says how many.
    pub fn purge(&mut self) -> usize {
        let now = self.now();
        let limit = now.saturating_sub(DELAY).unwrap_or(now);
        let hidden: Vec<u64> = self.shelf().hidden_numbers().collect();
        let mut purged = 0;
        for number in hidden {
            let Some(dossier) = self.dossier(number) else { continue };
            if let Some((reason, deleted_at)) = fate(&dossier, limit, now) {
                self.forget(&dossier, reason, deleted_at);
                purged += 1;
            }
        }
        purged
    }

    fn forget(&mut self, dossier: &Dossier, reason: DeletionReason, deleted_at: Timestamp) {
        let row_id = self.next_key();
        self.shelf_mut().take(dossier.number);
        self.shelf_mut().record_deletion(DeletedDossier {
            row_id,
            number: dossier.number,
            demarche_number: dossier.demarche_number,
            state: dossier.state,
            reason,
            deleted_at,
        });
    }
}

/// Why and with what date a hidden dossier is forgotten tonight, if it is.
fn fate(dossier: &Dossier, limit: Timestamp, now: Timestamp) -> Option<(DeletionReason, Timestamp)> {
    let reason = dossier.hidden_by_reason.unwrap_or(DeletionReason::UserRequest);
    if let Some(expired) = dossier.hidden_by_expired_at {
        return (expired <= limit).then_some((DeletionReason::Expired, now));
    }
    match (dossier.state, dossier.hidden_by_user_at, dossier.hidden_by_administration_at) {
        (DossierState::EnConstruction, Some(by_user), _) => (by_user <= limit).then_some((reason, by_user)),
        // A terminated dossier goes only when both sides have let it go.
        (_, Some(by_user), Some(by_administration)) => {
            (by_user.max(by_administration) <= limit).then_some((reason, now))
        }
        _ => None,
    }
}

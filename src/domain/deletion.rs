//! Dossiers on their way out and gone, as the source lists them.
//!
//! A deletion is keyed by the dossier's number: the `id` of such an entry belongs to the entry, not to
//! the dossier, and may collide.

use jiff::Timestamp;

use super::dossier::DossierState;
use super::ids::{DemarcheNumber, DossierNumber};
use super::open_enum::open_enum;

open_enum! {
    /// Why a dossier goes.
    DeletionReason {
        /// The usager asked.
        UserRequest = "user_request",
        /// The platform's staff asked.
        ManagerRequest = "manager_request",
        /// The usager's account was removed.
        UserRemoved = "user_removed",
        /// The démarche was removed.
        ProcedureRemoved = "procedure_removed",
        /// Its time was up.
        Expired = "expired",
        /// An instructeur asked.
        InstructeurRequest = "instructeur_request",
        /// The usager's account expired.
        UserExpired = "user_expired",
        /// Seen gone by its absence: no list of the source names it.
        Vanished = "vanished",
    }
}

/// Which of the source's lists names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeletionStage {
    /// In the bin: may come back.
    Pending,
    /// Destroyed.
    Final,
}

impl DeletionStage {
    /// `pending` or `final`, as the mirror stores it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Final => "final",
        }
    }
}

/// One entry of a list of deletions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// The dossier.
    pub number: DossierNumber,
    /// Its démarche.
    pub demarche_number: DemarcheNumber,
    /// Its state when it went.
    pub state: DossierState,
    /// Why.
    pub reason: DeletionReason,
    /// When; may be back-dated by the platform.
    pub date_suppression: Timestamp,
    /// Which list.
    pub stage: DeletionStage,
}

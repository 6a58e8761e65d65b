//! What a dossier is, in the platform's own nouns.
//!
//! The ground of the house: plain values that say what is true of a démarche, its dossiers, who
//! applies, what they answered, and what moved between two readings. Nothing here knows the network,
//! a file, the time of day, JSON or SQL; the rooms above translate from and into these types.
//!
//! Unknown things are first-class: every enum that the platform may extend has an `Other` that keeps
//! the value as received, and [`ChampValue::Unknown`] keeps the whole answer.

mod champ;
mod change;
mod count;
mod deletion;
mod demandeur;
mod demarche;
mod dossier;
mod dossier_facts;
mod fact;
mod ids;
mod open_enum;
mod retention;
mod unknown;
mod value_facts;

pub use champ::{
    Address, Champ, ChampKind, ChampValue, CodeName, Commune, EngagementJuridique, Fichier, GeoArea,
    Parcelle, RegistreNational, Row,
};
pub use change::{Change, Facts, compare, rewind};
pub use count::counted;
pub use deletion::{Deletion, DeletionReason, DeletionStage};
pub use demandeur::{
    Association, Demandeur, Effectif, Entreprise, EtatAdministratif, PersonneMorale, PersonnePhysique,
};
pub use demarche::{
    ChampDescriptor, Demarche, DemarchePlan, DemarcheState, GroupeInstructeur, Label, Revision, Service,
};
pub use dossier::{
    Avis, ConnectionUsager, Correction, CorrectionReason, Dossier, DossierDates, DossierState, Mandataire,
    Message, PlacedChamp, Profile, Traitement, TraitementEvent,
};
pub use fact::{Fact, FactKey, Subject};
pub use ids::{ChampId, DemarcheNumber, DossierNumber, RevisionId};
pub use retention::{Lifetime, Limits, erase_at};
pub use unknown::{UnknownElement, UnknownKind};

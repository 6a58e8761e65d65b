//! The démarche: the call as the platform runs it, its form at each revision, its groups and labels.
//!
//! [`Demarche`] is what one small request shows at every pass; [`DemarchePlan`] adds the form, read
//! only when the active revision changes.

use jiff::Timestamp;

use super::champ::ChampKind;
use super::dossier::Profile;
use super::ids::{DemarcheNumber, RevisionId};
use super::open_enum::open_enum;

open_enum! {
    /// Where the démarche stands.
    DemarcheState {
        /// In test: nothing in it is final.
        Brouillon = "brouillon",
        /// Open.
        Publiee = "publiee",
        /// Closed: no new dossier; decisions, corrections and deletions go on.
        Close = "close",
        /// Withdrawn from publication; drafts begun before may still be deposited.
        Depubliee = "depubliee",
    }
}

/// A démarche as one small request shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demarche {
    /// Its number.
    pub number: DemarcheNumber,
    /// Its opaque identifier.
    pub id: String,
    /// Title shown to the public.
    pub title: String,
    /// Where it stands.
    pub state: DemarcheState,
    /// Its `declarative` setting, as received (deposits decided by the platform itself).
    pub declarative: Option<String>,
    /// When it was created.
    pub date_creation: Timestamp,
    /// When it was published.
    pub date_publication: Option<Timestamp>,
    /// When it was last modified.
    pub date_derniere_modification: Timestamp,
    /// When it was withdrawn from publication.
    pub date_depublication: Option<Timestamp>,
    /// When it was really closed; the planned date is not exposed by the API.
    pub date_fermeture: Option<Timestamp>,
    /// The revision that new dossiers follow.
    pub active_revision_id: RevisionId,
    /// The revision last published.
    pub published_revision_id: Option<RevisionId>,
    /// Labels that instructeurs may put on dossiers.
    pub labels: Vec<Label>,
    /// Groups of instructeurs, with their members.
    pub groupes_instructeurs: Vec<GroupeInstructeur>,
}

/// What is read once per revision: the form, the service in charge, how long dossiers are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemarchePlan {
    /// The démarche it belongs to.
    pub number: DemarcheNumber,
    /// The form as the active revision has it.
    pub active_revision: Revision,
    /// Months during which the platform keeps a decided dossier.
    pub duree_conservation_dossiers: Option<u32>,
    /// The form's public address.
    pub demarche_url: Option<String>,
    /// The service in charge.
    pub service: Option<Service>,
    /// The démarche's description, HTML as received.
    pub description: String,
}

/// The service in charge of a démarche.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its opaque identifier.
    pub id: String,
    /// Its name.
    pub nom: String,
    /// The body it belongs to.
    pub organisme: String,
    /// Kind of body, as received.
    pub type_organisme: String,
    /// SIRET of the body.
    pub siret: Option<String>,
}

/// The form as it was at one revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its identifier.
    pub id: RevisionId,
    /// When it was created.
    pub date_creation: Timestamp,
    /// When it was published; none for a draft.
    pub date_publication: Option<Timestamp>,
    /// Questions to the usager, in the form's order.
    pub champ_descriptors: Vec<ChampDescriptor>,
    /// Questions to the instructeurs, in order.
    pub annotation_descriptors: Vec<ChampDescriptor>,
}

/// One question of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChampDescriptor {
    /// Stable across revisions, and kept when a démarche is cloned.
    pub id: String,
    /// Whether it is asked of the usager or of the instructeurs.
    pub kind: ChampKind,
    /// The API's `__typename`.
    pub typename: String,
    /// The question.
    pub label: String,
    /// Help text under it.
    pub description: Option<String>,
    /// Whether an answer is mandatory.
    pub required: bool,
    /// Choices of a list, empty for other kinds.
    pub options: Vec<String>,
    /// Whether a list accepts a free answer.
    pub other_option: Option<bool>,
    /// Level of a section's title.
    pub level: Option<i64>,
    /// Questions of one row, for a repetition.
    pub children: Vec<ChampDescriptor>,
}

/// A label on offer in a démarche, or put on a dossier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// Its identifier.
    pub id: String,
    /// Its text.
    pub name: String,
    /// Its colour, as received.
    pub color: String,
}

/// A group of instructeurs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupeInstructeur {
    /// Its opaque identifier.
    pub id: String,
    /// Its number.
    pub number: u32,
    /// Its name.
    pub label: String,
    /// Whether it still takes dossiers.
    pub closed: bool,
    /// Its members; not known (empty) where the group is read through a dossier.
    pub instructeurs: Vec<Profile>,
}

//! A démarche and its form: revisions, champ descriptors, labels, groups of instructeurs.
//!
//! The fields carry the API's own names. A stable id names a question for ever, through revisions.
//! Nothing here knows GraphQL: the tests of a mirror read these values as the truth.
#![expect(missing_docs, reason = "fields and variants carry the API's own names")]

use std::sync::Arc;

use jiff::Timestamp;

#[derive(Debug, Clone, PartialEq)]
pub struct Demarche {
    pub number: u64,
    pub title: String,
    pub description: String,
    pub state: DemarcheState,
    pub declarative: Option<Declarative>,
    pub date_creation: Timestamp,
    pub date_publication: Option<Timestamp>,
    pub date_derniere_modification: Timestamp,
    pub date_depublication: Option<Timestamp>,
    pub date_fermeture: Option<Timestamp>,
    /// In months.
    pub duree_conservation_dossiers: u32,
    pub opendata: bool,
    pub demarche_url: Option<String>,
    pub service: Option<Service>,
    pub labels: Vec<Label>,
    pub groupes_instructeurs: Vec<GroupeInstructeur>,
    /// In order of creation; the last one published is the one new dossiers follow.
    pub revisions: Vec<Arc<Revision>>,
    /// Whether applicants are persons rather than companies: a property of the démarche.
    pub for_individual: bool,
    /// A démarche out of the token's scope answers `unauthorized`.
    pub in_token_scope: bool,
    /// A discarded démarche answers `not_found`.
    pub discarded: bool,
}

impl Demarche {
    /// The revision that new dossiers follow: the newest published, else the newest.
    pub fn active_revision(&self) -> Option<&Arc<Revision>> {
        self.published_revision().or(self.revisions.last())
    }

    pub fn published_revision(&self) -> Option<&Arc<Revision>> {
        self.revisions.iter().rev().find(|revision| revision.date_publication.is_some())
    }

    pub fn revision(&self, id: u64) -> Option<&Arc<Revision>> {
        self.revisions.iter().find(|revision| revision.id == id)
    }

    pub fn groupe(&self, number: u64) -> Option<&GroupeInstructeur> {
        self.groupes_instructeurs.iter().find(|groupe| groupe.number == number)
    }

    pub fn label(&self, id: u64) -> Option<&Label> {
        self.labels.iter().find(|label| label.id == id)
    }

    pub fn instructeur(&self, id: u64) -> Option<&Instructeur> {
        self.groupes_instructeurs.iter().flat_map(|groupe| &groupe.instructeurs).find(|one| one.id == id)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemarcheState {
    Brouillon,
    Publiee,
    Close,
    Depubliee,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declarative {
    EnInstruction,
    Accepte,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    pub id: u64,
    pub nom: String,
    pub organisme: String,
    pub siret: Option<String>,
    pub type_organisme: &'static str,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    pub id: u64,
    pub name: String,
    pub color: &'static str,
}

#[derive(Debug, Clone, PartialEq)]
pub struct GroupeInstructeur {
    pub number: u64,
    pub label: String,
    pub instructeurs: Vec<Instructeur>,
    pub closed: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Instructeur {
    pub id: u64,
    pub email: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    pub id: u64,
    pub date_creation: Timestamp,
    pub date_publication: Option<Timestamp>,
    pub champs: Vec<ChampDescriptor>,
    pub annotations: Vec<ChampDescriptor>,
}

impl Revision {
    /// The question of that stable id, at the top of the form or of the annotations.
    pub fn descriptor(&self, stable_id: u64) -> Option<&ChampDescriptor> {
        self.champs.iter().chain(&self.annotations).find(|descriptor| descriptor.stable_id == stable_id)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct ChampDescriptor {
    pub stable_id: u64,
    pub label: Arc<str>,
    pub description: Option<String>,
    pub required: bool,
    pub kind: ChampKind,
}

/// The kind of a question, with what that kind holds.
#[derive(Debug, Clone, PartialEq)]
pub enum ChampKind {
    Text,
    Textarea,
    Email,
    Phone,
    Iban,
    Formatted,
    AnnuaireEducation,
    Checkbox,
    YesNo,
    Date,
    Datetime,
    DecimalNumber,
    IntegerNumber,
    Civilite,
    DropDownList { options: Vec<String>, other: bool },
    LinkedDropDownList { options: Vec<(String, Vec<String>)> },
    MultipleDropDownList { options: Vec<String> },
    PieceJustificative,
    TitreIdentite,
    Address,
    Commune,
    Departement,
    Region,
    Pays,
    Epci,
    Siret,
    Rna,
    Rnf,
    Carte,
    DossierLink,
    Repetition { descriptors: Vec<ChampDescriptor> },
    EngagementJuridique,
    HeaderSection { level: u8 },
    Explication,
}

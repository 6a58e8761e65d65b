//! What stands at a place of the answer, before it is written.
//!
//! A [`Node`] borrows a piece of the world's truth and knows its concrete GraphQL type, which at
//! times depends on what the document names; a [`Resolved`] is what one field of a node gives.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::world::champ::{Champ, ChampValue, CommuneAnswer, GeoArea, Geometry, Place, Registered, Row};
use crate::world::demandeur::{Address, Association, Demandeur, Effectif, Entreprise, PersonneMorale};
use crate::world::demarche::{ChampDescriptor, Demarche, GroupeInstructeur, Label, Revision, Service};
use crate::world::dossier::{Avis, Correction, DeletedDossier, Dossier, Fichier, Message, Traitement};

/// A dossier being answered, with what the answer needs around it.
pub struct DossierView {
    /// The dossier.
    pub dossier: Arc<Dossier>,
    /// Its démarche.
    pub demarche: Arc<Demarche>,
    /// How it was asked to fail.
    pub ailment: Ailment,
}

/// The ways in which one dossier can be made to fail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ailment {
    /// The server runs out of time when it comes to this dossier.
    pub times_out: bool,
    /// `dateDepot` is null, which the schema forbids.
    pub null_date_depot: bool,
    /// The code of every commune is null, which the schema forbids.
    pub null_commune_code: bool,
    /// A champ of a kind that nobody has heard of.
    pub unknown_champ: bool,
    /// A state that nobody has heard of.
    pub unknown_state: Option<String>,
}

/// A page of dossiers.
pub struct DossierPage {
    /// Cursor and dossier of each element.
    pub edges: Vec<(String, DossierView)>,
    /// What lies around.
    pub info: PageInfo,
}

/// A page of deletions, pending or done.
pub struct DeletionPage {
    /// Cursor and deletion of each element.
    pub edges: Vec<(String, DeletedDossier)>,
    /// What lies around.
    pub info: PageInfo,
}

/// What lies around a page.
pub struct PageInfo {
    /// Cursor of the first element.
    pub start: Option<String>,
    /// Cursor of the last element.
    pub end: Option<String>,
    /// Whether the platform says there is more.
    pub has_next: bool,
    /// Whether the platform says there was something before.
    pub has_previous: bool,
}

/// Something made for the answer rather than borrowed from the world.
pub enum Owned {
    /// A démarche.
    Demarche(Arc<Demarche>),
    /// A démarche as its descriptor.
    Descriptor(Arc<Demarche>),
    /// A dossier.
    Dossier(Box<DossierView>),
    /// A page of dossiers.
    Dossiers(DossierPage),
    /// A page of deletions.
    Deletions(DeletionPage),
}

/// A champ and where it stands.
#[derive(Clone, Copy)]
pub struct ChampNode<'a> {
    /// The champ.
    pub champ: &'a Champ,
    /// Its dossier.
    pub view: &'a DossierView,
    /// The row of the repetition that holds it.
    pub row: Option<&'a str>,
}

/// An object of the answer.
#[derive(Clone, Copy)]
pub enum Node<'a> {
    Query,
    Demarche(&'a Demarche),
    /// The second part is the revision it shows: the dossier's own, or the active one.
    DemarcheDescriptor(&'a Demarche, Option<u64>),
    Revision(&'a Revision),
    ChampDescriptor(&'a ChampDescriptor),
    Label(&'a Label),
    GroupeInstructeur(&'a GroupeInstructeur),
    /// Kind of account, its key (None once deleted) and its e-mail.
    Profile(&'static str, Option<u64>, &'a str),
    Service(&'a Service),
    DossierConnection(&'a DossierPage),
    DossierEdge(&'a str, &'a DossierView),
    DeletedDossierConnection(&'a DeletionPage),
    DeletedDossierEdge(&'a str, &'a DeletedDossier),
    DeletedDossier(&'a DeletedDossier),
    PageInfo(&'a PageInfo),
    Dossier(&'a DossierView),
    Traitement(&'a Traitement, &'a DossierView),
    Message(&'a Message),
    Correction(&'a Correction),
    Avis(&'a Avis),
    File(&'a Fichier),
    Demandeur(&'a Demandeur),
    PersonneMorale(&'a PersonneMorale),
    Entreprise(&'a Entreprise),
    Effectif(&'a Effectif),
    Association(&'a Association),
    Champ(ChampNode<'a>),
    /// The champ of a kind that nobody has heard of.
    UnknownChamp(&'a DossierView),
    Row(&'a Row, &'a DossierView),
    Address(&'a Address),
    /// The second part says whether its code is lost.
    Commune(&'a CommuneAnswer, bool),
    Place(&'static str, &'a Place),
    Registered(&'static str, &'a Registered),
    EngagementJuridique,
    GeoArea(&'a GeoArea),
    Geometry(&'a Geometry),
}

/// The name of the champ type that only a drifted schema knows.
pub const UNKNOWN_CHAMP: &str = "QuotientFamilialChamp";

impl Node<'_> {
    /// The concrete type, given the types that the document's fragments name.
    pub fn type_name(&self, named: &HashSet<String>) -> &'static str {
        match self {
            Self::Query => "Query",
            Self::Demarche(_) => "Demarche",
            Self::DemarcheDescriptor(..) => "DemarcheDescriptor",
            Self::Revision(_) => "Revision",
            Self::ChampDescriptor(descriptor) => super::descriptor::type_name(&descriptor.kind),
            Self::Label(_) => "Label",
            Self::GroupeInstructeur(_) => "GroupeInstructeur",
            Self::Profile(..) => "Profile",
            Self::Service(_) => "Service",
            Self::DossierConnection(_) => "DossierConnection",
            Self::DossierEdge(..) => "DossierEdge",
            Self::DeletedDossierConnection(_) => "DeletedDossierConnection",
            Self::DeletedDossierEdge(..) => "DeletedDossierEdge",
            Self::DeletedDossier(_) => "DeletedDossier",
            Self::PageInfo(_) => "PageInfo",
            Self::Dossier(_) => "Dossier",
            Self::Traitement(..) => "Traitement",
            Self::Message(_) => "Message",
            Self::Correction(_) => "Correction",
            Self::Avis(_) => "Avis",
            Self::File(_) => "File",
            Self::Demandeur(demandeur) => match demandeur.typename() {
                "PersonneMoraleIncomplete" if !named.contains("PersonneMoraleIncomplete") => "PersonneMorale",
                known => known,
            },
            Self::PersonneMorale(_) => "PersonneMorale",
            Self::Entreprise(_) => "Entreprise",
            Self::Effectif(_) => "Effectif",
            Self::Association(_) => "Association",
            Self::Champ(node) => champ_type(&node.champ.value, named),
            Self::UnknownChamp(_) => UNKNOWN_CHAMP,
            Self::Row(..) => "Row",
            Self::Address(_) => "Address",
            Self::Commune(..) => "Commune",
            Self::Place(kind, _) | Self::Registered(kind, _) => kind,
            Self::EngagementJuridique => "EngagementJuridique",
            Self::GeoArea(area) if area.parcelle.is_some() => "ParcelleCadastrale",
            Self::GeoArea(_) => "SelectionUtilisateur",
            Self::Geometry(_) => "GeoJSON",
        }
    }
}

/// Some types exist only for the documents that name them; the others get an older, poorer type.
fn champ_type(value: &ChampValue, named: &HashSet<String>) -> &'static str {
    let full = value.typename();
    if named.contains(full) {
        return full;
    }
    match value {
        ChampValue::Address(_)
        | ChampValue::Commune(_)
        | ChampValue::Departement(_)
        | ChampValue::Region(_)
        | ChampValue::Pays(_)
        | ChampValue::DropDownList(_)
        | ChampValue::HeaderSection { .. }
        | ChampValue::Explication => "TextChamp",
        ChampValue::YesNo(_) => "CheckboxChamp",
        ChampValue::Datetime(_) => "DateChamp",
        _ => full,
    }
}

/// What a field gives.
pub enum Resolved<'a> {
    /// Nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer that fits the API's 32 bits.
    Int(i64),
    /// A float.
    Float(f64),
    /// A text, an enum value, an id.
    Text(Cow<'a, str>),
    /// An instant: whole seconds, Paris offset.
    Instant(Timestamp),
    /// JSON as it is.
    Raw(&'a str),
    /// An object.
    Node(Node<'a>),
    /// A list.
    List(Vec<Resolved<'a>>),
    /// An object made for this answer.
    Owned(Box<Owned>),
    /// A failure of this field.
    Failed(Failure),
}

/// Why a field cannot be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// An error with a message and perhaps a code; the field is null.
    Error(String, Option<&'static str>),
    /// The server falls: the whole request answers 500.
    Crash,
}

impl<'a> Resolved<'a> {
    /// A text borrowed or made.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// A text, or nothing.
    pub fn text_or_null(text: Option<impl Into<Cow<'a, str>>>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    /// An instant, or nothing.
    pub fn instant_or_null(instant: Option<Timestamp>) -> Self {
        instant.map_or(Self::Null, Self::Instant)
    }

    /// A day, or nothing.
    pub fn day_or_null(day: Option<jiff::civil::Date>) -> Self {
        day.map_or(Self::Null, |day| Self::Text(day.to_string().into()))
    }

    /// An object, or nothing.
    pub fn node_or_null(node: Option<Node<'a>>) -> Self {
        node.map_or(Self::Null, Self::Node)
    }

    /// A list of objects.
    pub fn nodes(nodes: impl IntoIterator<Item = Node<'a>>) -> Self {
        Self::List(nodes.into_iter().map(Self::Node).collect())
    }
}

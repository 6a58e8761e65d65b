//! A champ: one answer to one question, in each of the platform's kinds.
//!
//! A value is what the usager gave, typed; how it is worded for a reader is the schema's affair. A
//! repetition's rows are sorted by their ULID, which is the order of their creation.
#![expect(missing_docs, reason = "fields and variants carry the API's own names")]

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};

use super::demandeur::{Address, PersonneMorale};
use super::dossier::Fichier;

#[derive(Debug, Clone, PartialEq)]
pub struct Champ {
    pub stable_id: u64,
    pub label: Arc<str>,
    pub updated_at: Timestamp,
    pub prefilled: bool,
    pub value: ChampValue,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ChampValue {
    Text(Option<String>),
    Checkbox(bool),
    YesNo(Option<bool>),
    Date(Option<Date>),
    Datetime(Option<Timestamp>),
    DecimalNumber(Option<f64>),
    IntegerNumber(Option<i64>),
    Civilite(Option<Civilite>),
    DropDownList(Option<String>),
    LinkedDropDownList { primary: Option<String>, secondary: Option<String> },
    MultipleDropDownList(Vec<String>),
    PieceJustificative(Vec<Fichier>),
    TitreIdentite { filled: bool, france_connect: bool },
    Address(Option<Box<AddressAnswer>>),
    Commune(Option<CommuneAnswer>),
    Departement(Option<Place>),
    Region(Option<Place>),
    Pays(Option<Place>),
    Epci(Option<EpciAnswer>),
    Siret { siret: Option<String>, etablissement: Option<Box<PersonneMorale>> },
    Rna(Option<Box<Registered>>),
    Rnf(Option<Box<Registered>>),
    Carte(Vec<GeoArea>),
    DossierLink(Option<u64>),
    Repetition(Vec<Row>),
    EngagementJuridique(Option<String>),
    HeaderSection { level: u8 },
    Explication,
}

impl ChampValue {
    /// The type that the API gives to this value when the document names every type.
    pub fn typename(&self) -> &'static str {
        match self {
            Self::Text(_) => "TextChamp",
            Self::Checkbox(_) => "CheckboxChamp",
            Self::YesNo(_) => "YesNoChamp",
            Self::Date(_) => "DateChamp",
            Self::Datetime(_) => "DatetimeChamp",
            Self::DecimalNumber(_) => "DecimalNumberChamp",
            Self::IntegerNumber(_) => "IntegerNumberChamp",
            Self::Civilite(_) => "CiviliteChamp",
            Self::DropDownList(_) => "DropDownListChamp",
            Self::LinkedDropDownList { .. } => "LinkedDropDownListChamp",
            Self::MultipleDropDownList(_) => "MultipleDropDownListChamp",
            Self::PieceJustificative(_) => "PieceJustificativeChamp",
            Self::TitreIdentite { .. } => "TitreIdentiteChamp",
            Self::Address(_) => "AddressChamp",
            Self::Commune(_) => "CommuneChamp",
            Self::Departement(_) => "DepartementChamp",
            Self::Region(_) => "RegionChamp",
            Self::Pays(_) => "PaysChamp",
            Self::Epci(_) => "EpciChamp",
            Self::Siret { .. } => "SiretChamp",
            Self::Rna(_) => "RNAChamp",
            Self::Rnf(_) => "RNFChamp",
            Self::Carte(_) => "CarteChamp",
            Self::DossierLink(_) => "DossierLinkChamp",
            Self::Repetition(_) => "RepetitionChamp",
            Self::EngagementJuridique(_) => "EngagementJuridiqueChamp",
            Self::HeaderSection { .. } => "HeaderSectionChamp",
            Self::Explication => "ExplicationChamp",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub ulid: String,
    pub champs: Vec<Champ>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Civilite {
    M,
    Mme,
}

impl Civilite {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::M => "M",
            Self::Mme => "Mme",
        }
    }
}

/// A place of the official geographic code: département, région, pays, EPCI, commune.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub code: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CommuneAnswer {
    pub commune: Place,
    pub postal_code: Option<String>,
    pub departement: Option<Place>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct AddressAnswer {
    pub address: Address,
    pub commune: Option<CommuneAnswer>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct EpciAnswer {
    pub epci: Place,
    pub departement: Option<Place>,
}

/// What the register of associations (RNA) or of foundations (RNF) says of a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    pub id: String,
    pub title: Option<String>,
    pub address: Option<Address>,
    pub commune: Option<CommuneAnswer>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct GeoArea {
    pub id: u64,
    pub description: Option<String>,
    pub geometry: Geometry,
    pub parcelle: Option<Parcelle>,
}

/// A parcel of the cadastre; without one, the area was drawn by the usager.
#[derive(Debug, Clone, PartialEq)]
pub struct Parcelle {
    pub commune: String,
    pub numero: String,
    pub prefixe: String,
    pub section: String,
    pub surface: String,
}

/// A GeoJSON geometry; the coordinates are JSON text.
#[derive(Debug, Clone, PartialEq)]
pub struct Geometry {
    pub kind: &'static str,
    pub coordinates: String,
}

//! Answers: one [`ChampValue`] variant for each kind the API has, and `Unknown` for the next one.
//!
//! The variant is the kind: a value cannot disagree with its type. An empty answer is `None` (or an
//! empty list), never an empty string made up here.

use jiff::Timestamp;
use jiff::civil::Date;

use super::demandeur::PersonneMorale;
use super::ids::ChampId;

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChampKind {
    /// The usager, in the form.
    Champ,
    /// The instructeurs, beside it.
    Annotation,
}

impl ChampKind {
    /// `champ` or `annotation`, as the mirror stores it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Champ => "champ",
            Self::Annotation => "annotation",
        }
    }
}

/// One answer, with what every kind has.
#[derive(Debug, Clone, PartialEq)]
pub struct Champ {
    /// Identifier; in a repetition it names the row too.
    pub id: ChampId,
    /// Identifier of the question.
    pub descriptor_id: String,
    /// The question, as it was asked.
    pub label: String,
    /// The platform's own rendering; for people, never parsed.
    pub string_value: Option<String>,
    /// When the answer last changed, as the platform tells it (the deposit for one never filled).
    pub updated_at: Timestamp,
    /// Whether a prefill link set it.
    pub prefilled: bool,
    /// The answer.
    pub value: ChampValue,
}

/// The answer itself.
#[derive(Debug, Clone, PartialEq)]
pub enum ChampValue {
    /// Text, and the kinds that the API gives as text (e-mail, phone, IBAN, textarea…).
    Text(Option<String>),
    /// A box, checked or not.
    Checkbox(bool),
    /// Yes, no, or not answered.
    YesNo(Option<bool>),
    /// A day.
    Date(Option<Date>),
    /// An instant.
    Datetime(Option<Timestamp>),
    /// A decimal number.
    DecimalNumber(Option<f64>),
    /// An integer, as text: the API's integers have no bound.
    IntegerNumber(Option<String>),
    /// `M` or `Mme`.
    Civilite(Option<String>),
    /// One choice.
    DropDownList(Option<String>),
    /// Two choices, the second depending on the first.
    LinkedDropDownList {
        /// First choice.
        primary: Option<String>,
        /// Second choice.
        secondary: Option<String>,
    },
    /// Several choices.
    MultipleDropDownList(Vec<String>),
    /// Files.
    PieceJustificative(Vec<Fichier>),
    /// An identity document, whose file the API never gives.
    TitreIdentite {
        /// How identity was proved, as received.
        grant_type: String,
        /// Whether it was given.
        filled: bool,
    },
    /// An address.
    Address {
        /// The address.
        address: Option<Address>,
        /// Its commune.
        commune: Option<Commune>,
        /// Its département.
        departement: Option<CodeName>,
    },
    /// A commune.
    Commune {
        /// The commune.
        commune: Option<Commune>,
        /// Its département.
        departement: Option<CodeName>,
    },
    /// A département.
    Departement(Option<CodeName>),
    /// A région.
    Region(Option<CodeName>),
    /// A country.
    Pays(Option<CodeName>),
    /// A grouping of communes.
    Epci {
        /// The grouping.
        epci: Option<CodeName>,
        /// Its département.
        departement: Option<CodeName>,
    },
    /// A company; `None` while its data has not arrived.
    Siret(Option<Box<PersonneMorale>>),
    /// An association of the national register.
    Rna(RegistreNational),
    /// A foundation of the national register.
    Rnf(RegistreNational),
    /// Areas on a map.
    Carte(Vec<GeoArea>),
    /// Another dossier; its number is in the champ's `string_value`.
    DossierLink,
    /// Rows of answers.
    Repetition(Vec<Row>),
    /// A commitment in the State's accounting system.
    EngagementJuridique(Option<EngagementJuridique>),
    /// A section's title: no answer.
    HeaderSection {
        /// Level, 1 for the highest.
        level: i64,
    },
    /// An explanation: no answer.
    Explication,
    /// A kind that this version does not know.
    Unknown {
        /// The API's `__typename`.
        typename: String,
        /// The JSON text of the whole champ, as received.
        raw: String,
    },
}

impl ChampValue {
    /// The API's `__typename`.
    #[must_use]
    pub fn typename(&self) -> &str {
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
            Self::Address { .. } => "AddressChamp",
            Self::Commune { .. } => "CommuneChamp",
            Self::Departement(_) => "DepartementChamp",
            Self::Region(_) => "RegionChamp",
            Self::Pays(_) => "PaysChamp",
            Self::Epci { .. } => "EpciChamp",
            Self::Siret(_) => "SiretChamp",
            Self::Rna(_) => "RNAChamp",
            Self::Rnf(_) => "RNFChamp",
            Self::Carte(_) => "CarteChamp",
            Self::DossierLink => "DossierLinkChamp",
            Self::Repetition(_) => "RepetitionChamp",
            Self::EngagementJuridique(_) => "EngagementJuridiqueChamp",
            Self::HeaderSection { .. } => "HeaderSectionChamp",
            Self::Explication => "ExplicationChamp",
            Self::Unknown { typename, .. } => typename,
        }
    }

    /// Files held by the answer, company certificates included.
    #[must_use]
    pub fn fichiers(&self) -> Vec<&Fichier> {
        match self {
            Self::PieceJustificative(fichiers) => fichiers.iter().collect(),
            Self::Siret(Some(morale)) => morale.entreprise.iter().flat_map(|e| e.attestations()).collect(),
            _ => Vec::new(),
        }
    }
}

/// One row of a repetition.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its identifier; rows come in the order they were created.
    pub id: String,
    /// Its answers, in the form's order.
    pub champs: Vec<Champ>,
}

/// What is known of a file. Its address is not kept: it is signed, changes at each reading and dies
/// within the hour.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fichier {
    /// File name.
    pub filename: String,
    /// MIME type.
    pub content_type: String,
    /// MD5 of the content, base64.
    pub checksum: String,
    /// Size in bytes.
    pub byte_size: i64,
    /// When it was uploaded.
    pub created_at: Timestamp,
    /// The antivirus's word, as received (`pending`, `safe`, `infected`…).
    pub virus_scan_result: String,
}

impl Fichier {
    /// Whether the antivirus has yet to speak.
    #[must_use]
    pub fn scan_pending(&self) -> bool {
        self.virus_scan_result == "pending"
    }
}

/// A code and its name, for départements, régions, countries and groupings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeName {
    /// Official code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A commune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commune {
    /// INSEE code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Postal code.
    pub postal_code: Option<String>,
}

/// An entry of the national register of associations or of foundations.
#[derive(Debug, Clone, PartialEq)]
pub struct RegistreNational {
    /// Number in the register; absent when the register did not answer.
    pub id: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Address.
    pub address: Option<Address>,
    /// Commune.
    pub commune: Option<Commune>,
    /// Département.
    pub departement: Option<CodeName>,
}

/// An address.
#[derive(Debug, Clone, PartialEq)]
pub struct Address {
    /// On one line.
    pub label: String,
    /// Precision, as received (`housenumber`, `street`…).
    pub kind: String,
    /// Number and street.
    pub street_address: Option<String>,
    /// Number.
    pub street_number: Option<String>,
    /// Street.
    pub street_name: Option<String>,
    /// Postal code.
    pub postal_code: String,
    /// Commune's name.
    pub city_name: String,
    /// Commune's INSEE code.
    pub city_code: String,
    /// Département's name.
    pub department_name: Option<String>,
    /// Département's code.
    pub department_code: Option<String>,
    /// Région's name.
    pub region_name: Option<String>,
    /// Région's code.
    pub region_code: Option<String>,
    /// Country's name.
    pub country_name: Option<String>,
    /// Country's code.
    pub country_code: Option<String>,
    /// GeoJSON geometry, JSON text.
    pub geometry: Option<String>,
}

/// An area drawn or picked on a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeoArea {
    /// Identifier.
    pub id: String,
    /// Where it comes from, as received.
    pub source: String,
    /// The usager's words about it.
    pub description: Option<String>,
    /// GeoJSON geometry, JSON text.
    pub geometry: String,
    /// Land register entry, for a parcel.
    pub parcelle: Option<Parcelle>,
}

/// A parcel of the land register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcelle {
    /// Number.
    pub numero: String,
    /// Section.
    pub section: String,
    /// Prefix.
    pub prefixe: String,
    /// Commune.
    pub commune: String,
    /// Area, square metres, as text.
    pub surface: String,
}

/// Amounts of a commitment, as the platform words them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngagementJuridique {
    /// Committed.
    pub montant_engage: Option<String>,
    /// Paid.
    pub montant_paye: Option<String>,
}

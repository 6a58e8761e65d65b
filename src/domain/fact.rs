//! One fact of a dossier, as data that can be compared, kept and shown without knowing its type.
//!
//! [`Fact`] is the common measure between the typed domain, the `changes` table and the JSON of the
//! `champs.value` column: written in one place, read in three.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

/// A value without its Rust type.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Fact {
    /// Nothing there.
    #[default]
    Nothing,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with decimals.
    Decimal(f64),
    /// A text.
    Text(String),
    /// JSON text kept as received.
    Json(String),
    /// Several values in order.
    List(Vec<Fact>),
    /// Named values.
    Record(BTreeMap<&'static str, Fact>),
}

impl Fact {
    /// A record of named values; those with nothing in them are kept, so that a shape is constant.
    #[must_use]
    pub fn record<const N: usize>(fields: [(&'static str, Self); N]) -> Self {
        Self::Record(BTreeMap::from(fields))
    }

    /// A list of values.
    pub fn list<T: Into<Self>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }

    /// Whether there is nothing.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    /// Whether there is nothing to read in it: no value, an empty text, or only such values.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::List(items) => items.iter().all(Self::is_blank),
            Self::Record(fields) => fields.values().all(Self::is_blank),
            Self::Bool(_) | Self::Integer(_) | Self::Decimal(_) | Self::Json(_) => false,
        }
    }

    /// A field of a record.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Record(fields) => fields.get(name),
            _ => None,
        }
    }
}

impl From<bool> for Fact {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}
impl From<i64> for Fact {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}
impl From<u32> for Fact {
    fn from(value: u32) -> Self {
        Self::Integer(value.into())
    }
}
impl From<f64> for Fact {
    fn from(value: f64) -> Self {
        Self::Decimal(value)
    }
}
impl From<&str> for Fact {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl From<&String> for Fact {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}
impl From<String> for Fact {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
impl From<Timestamp> for Fact {
    fn from(value: Timestamp) -> Self {
        Self::Text(value.to_string())
    }
}
impl From<Date> for Fact {
    fn from(value: Date) -> Self {
        Self::Text(value.to_string())
    }
}
impl<T: Into<Self>> From<Option<T>> for Fact {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The dossier itself.
    Dossier,
    /// Who applies.
    Demandeur,
    /// An answer of the usager.
    Champ,
    /// An answer of the instructeurs.
    Annotation,
    /// An event in its life.
    Traitement,
    /// A message.
    Message,
    /// An opinion.
    Avis,
    /// A label put on it.
    Label,
    /// An instructeur who follows it.
    Instructeur,
    /// Whether the source still shows it.
    Presence,
}

impl Subject {
    /// All of them, in the order of a page.
    pub const ALL: [Self; 10] = [
        Self::Dossier,
        Self::Demandeur,
        Self::Champ,
        Self::Annotation,
        Self::Traitement,
        Self::Message,
        Self::Avis,
        Self::Label,
        Self::Instructeur,
        Self::Presence,
    ];

    /// Its name in the mirror.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dossier => "dossier",
            Self::Demandeur => "demandeur",
            Self::Champ => "champ",
            Self::Annotation => "annotation",
            Self::Traitement => "traitement",
            Self::Message => "message",
            Self::Avis => "avis",
            Self::Label => "label",
            Self::Instructeur => "instructeur",
            Self::Presence => "presence",
        }
    }

    /// Reads its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.as_str() == name)
    }
}

/// Which fact: a subject, which one of them, and for a dossier or an applicant the field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactKey {
    /// What it is about.
    pub subject: Subject,
    /// Which champ, message, label…: its identifier. Which field, for a dossier or an applicant.
    pub name: String,
}

impl FactKey {
    /// A key.
    pub fn new(subject: Subject, name: impl Into<String>) -> Self {
        Self { subject, name: name.into() }
    }
}

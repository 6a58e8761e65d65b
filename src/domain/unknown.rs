//! What the platform sends and this version does not know: kept as received, counted, reported.

/// What kind of thing is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnknownKind {
    /// A `__typename`.
    Typename,
    /// A value of an enumeration.
    EnumValue,
}

impl UnknownKind {
    /// Its name in the mirror.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Typename => "typename",
            Self::EnumValue => "enum_value",
        }
    }
}

/// One unknown thing and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownElement {
    /// What kind of thing.
    pub kind: UnknownKind,
    /// The type that it belongs to: `Champ`, `DossierState`…
    pub place: String,
    /// Its name, as received.
    pub name: String,
}

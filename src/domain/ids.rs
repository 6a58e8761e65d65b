//! Numbers and identifiers, each with a type of its own so that none is taken for another.
//!
//! `number` is what the platform shows to people and the only stable key of a dossier, alive or
//! deleted. The API's `id` strings are opaque and kept as received.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;
            fn from_str(text: &str) -> Result<Self, ParseIntError> {
                text.trim().parse().map(Self)
            }
        }
    };
}

number! {
    /// Number of a démarche, as shown in its address on the platform.
    DemarcheNumber
}
number! {
    /// Number of a dossier, as shown to its usager. Unique on the whole platform, never reused.
    DossierNumber
}

macro_rules! opaque_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub String);

        impl $name {
            /// The identifier as the API gave it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

opaque_id! {
    /// Identifier of a champ; inside a repetition it also names the row.
    ChampId
}
opaque_id! {
    /// Identifier of a revision of the form.
    RevisionId
}

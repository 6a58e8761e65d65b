//! Enumerations that the platform may extend at any time.
//!
//! The macro writes the three things each of them needs and no more: the known values, `Other` with
//! the spelling as received, and the API's own spelling back. A value that is unknown today is thus
//! stored, shown and counted, never refused.

macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
            /// A value that this version does not know, spelled as the API spells it.
            Other(String),
        }

        impl $name {
            /// Reads the API's spelling; never fails.
            #[must_use]
            pub fn from_api(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    other => Self::Other(other.to_owned()),
                }
            }

            /// The API's spelling.
            #[must_use]
            pub fn as_api(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(text) => text,
                }
            }

            /// Whether this version knows the value.
            #[must_use]
            pub const fn is_known(&self) -> bool {
                !matches!(self, Self::Other(_))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_api())
            }
        }
    };
}

pub(crate) use open_enum;

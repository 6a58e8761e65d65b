//! Cursors: where a walk stands, as the platform writes it.
//!
//! A cursor is the URL-safe base64, unpadded, of an instant with nine decimals and a number, parted by a
//! semicolon. It names its sort order nowhere: a cursor of one order must never be used in another.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use crate::domain::DossierNumber;

/// The place of one element in a walk.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cursor(String);

impl From<String> for Cursor {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Cursor {
    /// As the platform wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The cursor of an instant and a number, as the platform would write it.
    #[must_use]
    pub fn encode(instant: Timestamp, number: u64) -> Self {
        let written = instant.strftime("%Y-%m-%dT%H:%M:%S.%9fZ");
        Self(URL_SAFE_NO_PAD.encode(format!("{written};{number}")))
    }

    /// The instant, to the microsecond, and the number. `None` for a cursor written otherwise.
    #[must_use]
    pub fn decode(&self) -> Option<(Timestamp, u64)> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(self.0.trim_end_matches('=')).ok()?).ok()?;
        let (instant, number) = text.split_once(';')?;
        Some((instant.parse().ok()?, number.parse().ok()?))
    }

    /// The dossier, in a walk through dossiers.
    #[must_use]
    pub fn dossier_number(&self) -> Option<DossierNumber> {
        self.decode().and_then(|(_, number)| u32::try_from(number).ok()).map(DossierNumber)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cursor_reads_as_the_platform_writes_it() {
        let cursor = Cursor::from("MjAxOS0wNS0zMVQyMTo1OTo1OS4xMjM0NTYwMDBaOzM4MjAwNw".to_owned());
        let (instant, number) = cursor.decode().unwrap();
        assert_eq!((instant.to_string().as_str(), number), ("2019-05-31T21:59:59.123456Z", 382_007));
        assert_eq!(Cursor::encode(instant, number), cursor);
        assert_eq!(cursor.dossier_number(), Some(DossierNumber(382_007)));
    }

    #[test]
    fn what_is_no_cursor_names_nothing() {
        for text in ["", "???", "bm9wZQ", "MjAxOTs"] {
            assert_eq!(Cursor::from(text.to_owned()).decode(), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_instant_and_number_can_be_written_and_read(micro in 0_i64..4_102_444_800_000_000, number: u64) {
            let instant = Timestamp::from_microsecond(micro).unwrap();
            prop_assert_eq!(Cursor::encode(instant, number).decode(), Some((instant, number)));
        }
    }
}

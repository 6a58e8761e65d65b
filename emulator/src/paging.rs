//! Keyset paging: cursors, and which keys make a page.
//!
//! A cursor is the URL-safe unpadded base64 of `YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ;<id>`. It carries no
//! mark of the order it came from, never expires and can be forged. A page is always in ascending
//! order, whichever end it is asked from. It must not know what the keys stand for.

use std::ops::Bound;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jiff::Timestamp;

use crate::world::shelf::Key;

/// The platform writes cursors without padding and reads them with or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// How many elements a page has by default and at most.
pub const MAX_PAGE: usize = 100;

/// What a page was asked with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageArguments {
    /// Elements from the beginning, or after `after`.
    pub first: Option<i64>,
    /// Elements from the end, or before `before`.
    pub last: Option<i64>,
    /// Strictly greater than this cursor.
    pub after: Option<String>,
    /// Strictly less than this cursor.
    pub before: Option<String>,
}

/// Why a page cannot be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Two arguments that exclude each other.
    #[error("Arguments \"{0}\" and \"{1}\" are exclusive")]
    Exclusive(&'static str, &'static str),
    /// A cursor that is not base64.
    #[error("Invalid input: \"{0}\"")]
    NotBase64(String),
    /// A cursor that is base64 of something else: the platform crashes on it.
    #[error("the cursor's content cannot be parsed")]
    Unparsable,
}

/// The keys of a page, ascending, and what lies on each side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPage {
    /// The keys.
    pub keys: Vec<Key>,
    /// As the platform computes it, which is also true whenever `before` is given.
    pub has_next_page: bool,
    /// As the platform computes it, which is also true whenever `after` is given.
    pub has_previous_page: bool,
}

/// The text of a cursor.
pub fn encode_cursor(key: Key) -> String {
    let instant = Timestamp::from_microsecond(key.0).unwrap_or(Timestamp::UNIX_EPOCH);
    BASE64.encode(format!("{};{}", instant.strftime("%Y-%m-%dT%H:%M:%S.%9fZ"), key.1))
}

/// The key inside a cursor.
pub fn decode_cursor(cursor: &str) -> Result<Key, PageError> {
    let bytes = BASE64.decode(cursor).map_err(|_error| PageError::NotBase64(cursor.to_owned()))?;
    let text = String::from_utf8(bytes).map_err(|_error| PageError::Unparsable)?;
    let (instant, id) = text.split_once(';').ok_or(PageError::Unparsable)?;
    let instant: Timestamp = instant.parse().map_err(|_error| PageError::Unparsable)?;
    Ok((instant.as_microsecond(), id.parse().map_err(|_error| PageError::Unparsable)?))
}

/// A page of an ordered collection: `range` gives the keys between two bounds, ascending, `keep`
/// says which ones the filters let through, `since` is the least instant, inclusive.
pub fn page<I>(
    arguments: &PageArguments,
    since: Option<Timestamp>,
    range: impl FnOnce((Bound<Key>, Bound<Key>)) -> I,
    keep: impl Fn(Key) -> bool,
) -> Result<KeyPage, PageError>
where
    I: DoubleEndedIterator<Item = Key>,
{
    if arguments.first.is_some() && arguments.last.is_some() {
        return Err(PageError::Exclusive("first", "last"));
    }
    if arguments.before.is_some() && arguments.after.is_some() {
        return Err(PageError::Exclusive("before", "after"));
    }
    let after = arguments.after.as_deref().map(decode_cursor).transpose()?;
    let before = arguments.before.as_deref().map(decode_cursor).transpose()?;
    let since = since.map(|instant| (instant.as_microsecond(), 0));
    let lower = match (after, since) {
        (Some(after), Some(since)) if since > after => Bound::Included(since),
        (Some(after), _) => Bound::Excluded(after),
        (None, Some(since)) => Bound::Included(since),
        (None, None) => Bound::Unbounded,
    };
    let upper = before.map_or(Bound::Unbounded, Bound::Excluded);
    let backward = arguments.last.is_some() || before.is_some();
    let asked = arguments.first.or(arguments.last);
    let size = asked.map_or(MAX_PAGE, |size| usize::try_from(size).unwrap_or(0).min(MAX_PAGE));
    let mut keys: Vec<Key> = if is_empty(lower, upper) {
        Vec::new()
    } else if backward {
        range((lower, upper)).rev().filter(|key| keep(*key)).take(size + 1).collect()
    } else {
        range((lower, upper)).filter(|key| keep(*key)).take(size + 1).collect()
    };
    let more = keys.len() > size;
    keys.truncate(size);
    if backward {
        keys.reverse();
    }
    Ok(KeyPage {
        keys,
        has_next_page: before.is_some() || (more && !backward),
        has_previous_page: after.is_some() || (more && backward),
    })
}

/// A range whose bounds cross makes the standard collections panic.
fn is_empty(lower: Bound<Key>, upper: Bound<Key>) -> bool {
    match (lower, upper) {
        (Bound::Included(low) | Bound::Excluded(low), Bound::Excluded(high)) => low >= high,
        (Bound::Included(low) | Bound::Excluded(low), Bound::Included(high)) => low > high,
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_cursor_has_nine_decimals_and_no_padding() {
        let instant: Timestamp = "2019-05-31T21:59:59.900001Z".parse().unwrap();
        let cursor = encode_cursor((instant.as_microsecond(), 42));
        assert_eq!(cursor, "MjAxOS0wNS0zMVQyMTo1OTo1OS45MDAwMDEwMDBaOzQy");
        assert_eq!(decode_cursor(&cursor), Ok((instant.as_microsecond(), 42)));
    }

    #[test]
    fn pages_are_cut_as_the_platform_cuts_them() {
        let keys: BTreeSet<Key> = (1..=5).map(|id| (i64::try_from(id).unwrap() * 10, id)).collect();
        let check = |arguments: PageArguments, ids: &[u64], next: bool, previous: bool| {
            let page = page(&arguments, None, |bounds| keys.range(bounds).copied(), |_| true).unwrap();
            assert_eq!(page.keys.iter().map(|key| key.1).collect::<Vec<_>>(), ids, "{arguments:?}");
            assert_eq!((page.has_next_page, page.has_previous_page), (next, previous), "{arguments:?}");
        };
        let cursor = |id: i64| Some(encode_cursor((id * 10, u64::try_from(id).unwrap())));
        let none = PageArguments::default();
        check(PageArguments { first: Some(2), ..none.clone() }, &[1, 2], true, false);
        check(PageArguments { first: Some(0), ..none.clone() }, &[], true, false);
        check(PageArguments { first: Some(-3), ..none.clone() }, &[], true, false);
        check(PageArguments { first: Some(500), ..none.clone() }, &[1, 2, 3, 4, 5], false, false);
        check(PageArguments { first: Some(2), after: cursor(3), ..none.clone() }, &[4, 5], false, true);
        check(PageArguments { first: Some(2), after: cursor(5), ..none.clone() }, &[], false, true);
        check(PageArguments { last: Some(2), ..none.clone() }, &[4, 5], false, true);
        check(PageArguments { first: Some(2), before: cursor(4), ..none.clone() }, &[2, 3], true, true);
        check(PageArguments { last: Some(9), before: cursor(3), ..none.clone() }, &[1, 2], true, false);
        check(PageArguments { last: Some(1), after: cursor(2), ..none.clone() }, &[5], false, true);
        check(none.clone(), &[1, 2, 3, 4, 5], false, false);
    }

    #[test]
    fn arguments_that_exclude_each_other_are_refused() {
        let keys: BTreeSet<Key> = BTreeSet::new();
        let ask =
            |arguments| page(&arguments, None, |bounds| keys.range(bounds).copied(), |_| true).unwrap_err();
        let both = PageArguments { first: Some(1), last: Some(1), ..PageArguments::default() };
        assert_eq!(ask(both).to_string(), "Arguments \"first\" and \"last\" are exclusive");
        let bad = PageArguments { after: Some("!".to_owned()), ..PageArguments::default() };
        assert_eq!(ask(bad).to_string(), "Invalid input: \"!\"");
        let odd = PageArguments { after: Some("aGVsbG8".to_owned()), ..PageArguments::default() };
        assert_eq!(ask(odd), PageError::Unparsable);
    }
}

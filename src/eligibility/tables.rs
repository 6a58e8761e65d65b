//! The embedded tables: INSEE's legal categories with our decision on each, and the State's operators.
//!
//! Both are plain text under `data/`, compiled in. A category that the table lacks is no refusal: it is
//! unknown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::verdict::{ApplicantCheck, Nature};

const CATEGORIES_TEXT: &str = include_str!("data/legal_categories.tsv");
const OPERATORS_TEXT: &str = include_str!("data/state_operators.tsv");

/// A legal category and what the table says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LegalCategory {
    /// Four digits.
    pub code: &'static str,
    /// INSEE's wording.
    pub libelle: &'static str,
    /// May such a body take part?
    pub decision: ApplicantCheck,
    /// What it is.
    pub nature: Nature,
    /// Why, in French.
    pub justification: &'static str,
}

static CATEGORIES: LazyLock<BTreeMap<&'static str, LegalCategory>> = LazyLock::new(|| {
    rows(CATEGORIES_TEXT)
        .filter_map(|row| {
            let mut fields = row.split('\t');
            let category = LegalCategory {
                code: fields.next()?,
                libelle: fields.next()?,
                decision: ApplicantCheck::from_name(fields.next()?)?,
                nature: Nature::from_name(fields.next()?)?,
                justification: fields.next()?,
            };
            Some((category.code, category))
        })
        .collect()
});

static OPERATORS: LazyLock<BTreeMap<&'static str, &'static str>> =
    LazyLock::new(|| rows(OPERATORS_TEXT).filter_map(|row| row.split_once('\t')).collect());

static PREFIXES: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    CATEGORIES.keys().flat_map(|code| (1..=code.len()).filter_map(|length| code.get(..length))).collect()
});

/// Rows under the comment and the header.
fn rows(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).skip(1)
}

/// What the table says of a category.
#[must_use]
pub fn legal_category(code: &str) -> Option<&'static LegalCategory> {
    CATEGORIES.get(code)
}

/// The name of a State operator, if this SIREN is one's.
#[must_use]
pub fn state_operator(siren: &str) -> Option<&'static str> {
    OPERATORS.get(siren).copied()
}

/// Whether a code, or a prefix of one, is in the table.
#[must_use]
pub fn is_code_or_prefix(text: &str) -> bool {
    PREFIXES.contains(text)
}

/// How many categories and operators the tables hold.
#[must_use]
pub fn sizes() -> (usize, usize) {
    (CATEGORIES.len(), OPERATORS.len())
}

/// The tables' own text, for the version of the rules.
#[must_use]
pub const fn texts() -> [&'static str; 2] {
    [CATEGORIES_TEXT, OPERATORS_TEXT]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_tables_is_read() {
        assert_eq!(CATEGORIES.len(), rows(CATEGORIES_TEXT).count());
        assert_eq!(OPERATORS.len(), rows(OPERATORS_TEXT).count());
        assert_eq!((CATEGORIES.len(), OPERATORS.len()), (260, 426));
    }

    #[test]
    fn every_operator_has_a_siren_that_passes_its_check() {
        let wrong: Vec<_> =
            OPERATORS.keys().filter(|siren| !crate::eligibility::identifiers::is_siren(siren)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}

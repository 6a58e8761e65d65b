//! What moved between two readings of a dossier, and how to go back.
//!
//! A reading is a map of facts; a change is one key with what it was and what it became. Applying the
//! changes backwards on the present gives the past ([`rewind`]): nothing else is needed to show a
//! dossier as it stood.

use std::collections::BTreeMap;

use super::fact::{Fact, FactKey};

/// All the facts of a dossier at one reading.
pub type Facts = BTreeMap<FactKey, Fact>;

/// One fact that moved.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Which fact.
    pub key: FactKey,
    /// What it was; `Nothing` if it was not there.
    pub before: Fact,
    /// What it became; `Nothing` if it is no longer there.
    pub after: Fact,
}

/// The changes that lead from one reading to the next, in the order of their keys.
#[must_use]
pub fn compare(before: &Facts, after: &Facts) -> Vec<Change> {
    let mut changes: Vec<Change> = before
        .iter()
        .filter_map(|(key, was)| {
            let is = after.get(key).cloned().unwrap_or_default();
            (*was != is).then(|| Change { key: key.clone(), before: was.clone(), after: is })
        })
        .collect();
    changes.extend(
        after
            .iter()
            .filter(|(key, is)| !before.contains_key(*key) && !is.is_nothing())
            .map(|(key, is)| Change { key: key.clone(), before: Fact::Nothing, after: is.clone() }),
    );
    changes.sort_by(|a, b| a.key.cmp(&b.key));
    changes
}

/// Undoes changes on a reading. They are given newest first.
pub fn rewind<'a>(facts: &mut Facts, newest_first: impl IntoIterator<Item = &'a Change>) {
    for change in newest_first {
        if change.before.is_nothing() {
            facts.remove(&change.key);
        } else {
            facts.insert(change.key.clone(), change.before.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Subject;

    fn facts() -> impl Strategy<Value = Facts> {
        let fact = prop_oneof![
            any::<bool>().prop_map(Fact::from),
            any::<i64>().prop_map(Fact::from),
            "[a-z]{0,4}".prop_map(Fact::from)
        ];
        proptest::collection::btree_map(
            "[a-f]".prop_map(|name| FactKey::new(Subject::Dossier, name)),
            fact,
            0..6,
        )
    }

    proptest! {
        #[test]
        fn going_back_gives_the_reading_before(before in facts(), after in facts()) {
            let changes = compare(&before, &after);
            let mut back = after;
            rewind(&mut back, changes.iter().rev());
            prop_assert_eq!(back, before);
        }

        #[test]
        fn nothing_moved_gives_no_change(reading in facts()) {
            prop_assert!(compare(&reading, &reading).is_empty());
        }
    }
}

//! What goes in one message: the facts of one dossier, or everything when a crowd waits.

use super::event::Event;
use crate::domain::{DemarcheNumber, DossierNumber};

/// Alerts in one message at most: a mail stays readable, and memory does not grow with the queue.
pub const MOST_TOGETHER: usize = 200;

/// What a channel puts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Grouping {
    /// The facts of one dossier, or one event of a call.
    #[default]
    BySubject,
    /// As `BySubject`, and everything when more than so many subjects wait at once.
    BySubjectUpTo(usize),
    /// Everything that waits.
    Digest,
}

/// An alert that may be sent, as grouping sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Its number.
    pub id: i64,
    /// What happened.
    pub event: Event,
    /// The dossier.
    pub dossier: Option<DossierNumber>,
    /// The démarche.
    pub demarche: Option<DemarcheNumber>,
}

impl Candidate {
    /// What it is about: a dossier, whatever happened to it; else an event of a call.
    fn is_about_the_same(&self, other: &Self) -> bool {
        match (self.dossier, other.dossier) {
            (Some(one), Some(another)) => one == another,
            (None, None) => self.event == other.event && self.demarche == other.demarche,
            _ => false,
        }
    }
}

/// The alerts that go together, of those that wait, oldest first; the first is always among them.
#[must_use]
pub fn together(waiting: &[Candidate], grouping: Grouping) -> Vec<i64> {
    let waiting: Vec<_> = waiting.iter().take(MOST_TOGETHER).collect();
    let Some(first) = waiting.first() else { return Vec::new() };
    let all = match grouping {
        Grouping::Digest => true,
        Grouping::BySubject => false,
        Grouping::BySubjectUpTo(most) => {
            let mut subjects: Vec<&Candidate> = Vec::new();
            for one in &waiting {
                if subjects.len() <= most && !subjects.iter().any(|seen| seen.is_about_the_same(one)) {
                    subjects.push(one);
                }
            }
            subjects.len() > most
        }
    };
    waiting.iter().filter(|one| all || one.is_about_the_same(first)).map(|one| one.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(id: i64, dossier: Option<u32>, event: Event) -> Candidate {
        Candidate { id, event, dossier: dossier.map(DossierNumber), demarche: Some(DemarcheNumber(1)) }
    }

    #[test]
    fn the_facts_of_a_dossier_go_together_and_a_crowd_goes_at_once() {
        let waiting = [
            candidate(1, Some(7), Event::Late),
            candidate(2, Some(8), Event::Late),
            candidate(3, Some(7), Event::ModifiedAfterDeadline),
            candidate(4, None, Event::SyncFailing),
        ];
        for (grouping, expected) in [
            (Grouping::BySubject, vec![1, 3]),
            (Grouping::BySubjectUpTo(3), vec![1, 3]),
            (Grouping::BySubjectUpTo(2), vec![1, 2, 3, 4]),
            (Grouping::Digest, vec![1, 2, 3, 4]),
        ] {
            assert_eq!(together(&waiting, grouping), expected, "{grouping:?}");
        }
        assert_eq!(together(&[], Grouping::Digest), Vec::<i64>::new());
    }

    #[test]
    fn a_message_never_grows_past_its_limit() {
        let waiting: Vec<_> = (0..1_000).map(|id| candidate(id, Some(1), Event::Late)).collect();
        assert_eq!(together(&waiting, Grouping::Digest).len(), MOST_TOGETHER);
    }
}

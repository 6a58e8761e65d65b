//! How many dossiers to ask for at once.
//!
//! Two things make a page fail: it is too heavy for the server, or one dossier in it always fails. Both
//! are met by asking for less; what follows tells them apart. Once a page of `n` has failed, the next
//! `n` dossiers are suspect and are halved until the failing one stands alone, or until all of them
//! have come: then the page was heavy, and smaller pages become the rule for a while.
//!
//! Pure: knows numbers, not requests.

/// Pages that must go well before a heavier one is tried again.
const CALM_PAGES: u32 = 20;

/// The size of the next page, learnt from the last ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PageSize {
    largest: u32,
    ceiling: u32,
    suspect: Option<Suspect>,
    calm: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Suspect {
    left: u32,
    smallest_failed: u32,
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Ask for less.
    AskLess,
    /// One dossier, asked alone, failed: step over it.
    StepOver,
}

impl PageSize {
    /// Starts at the largest page.
    pub(super) const fn new(largest: u32) -> Self {
        let largest = if largest == 0 { 1 } else { largest };
        Self { largest, ceiling: largest, suspect: None, calm: 0 }
    }

    /// How many to ask for.
    pub(super) fn ask(&self) -> u32 {
        match &self.suspect {
            Some(suspect) => (suspect.left / 2).max(1),
            None => self.ceiling,
        }
    }

    /// A page came, with this many dossiers.
    pub(super) fn came(&mut self, dossiers: u32) {
        if let Some(suspect) = &mut self.suspect {
            suspect.left = suspect.left.saturating_sub(dossiers);
            if suspect.left == 0 || dossiers == 0 {
                self.ceiling = (suspect.smallest_failed / 2).max(1);
                self.suspect = None;
                self.calm = 0;
            }
            return;
        }
        self.calm += 1;
        if self.ceiling < self.largest && self.calm >= CALM_PAGES {
            self.ceiling = (self.ceiling * 2).min(self.largest);
            self.calm = 0;
        }
    }

    /// A page of this size failed.
    pub(super) fn failed(&mut self, asked: u32) -> Next {
        if asked <= 1 {
            return Next::StepOver;
        }
        self.suspect = Some(Suspect { left: asked, smallest_failed: asked });
        Next::AskLess
    }

    /// The failing dossier was stepped over: the others were not to blame.
    pub(super) fn stepped_over(&mut self) {
        self.suspect = None;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Walks `count` dossiers against a server that fails on some of them, or on pages over a size;
    /// gives the dossiers read, those stepped over, and the requests made.
    fn walk(count: u32, poisoned: &[u32], heaviest: u32) -> (Vec<u32>, Vec<u32>, u32) {
        let mut size = PageSize::new(100);
        let (mut read, mut stepped, mut requests, mut at) = (Vec::new(), Vec::new(), 0, 0);
        while at < count {
            requests += 1;
            let asked = size.ask();
            let page: Vec<u32> = (at..(at + asked).min(count)).collect();
            if asked > heaviest || page.iter().any(|dossier| poisoned.contains(dossier)) {
                if size.failed(asked) == Next::StepOver {
                    stepped.push(at);
                    size.stepped_over();
                    at += 1;
                }
            } else {
                size.came(u32::try_from(page.len()).unwrap_or(u32::MAX));
                at += u32::try_from(page.len()).unwrap_or(u32::MAX);
                read.extend(page);
            }
        }
        (read, stepped, requests)
    }

    #[test]
    fn a_sound_call_is_read_by_full_pages() {
        assert_eq!(walk(1_000, &[], 100).2, 10);
    }

    #[test]
    fn one_poisoned_dossier_costs_its_isolation_and_no_more() {
        let (read, stepped, requests) = walk(1_000, &[537], 100);
        assert_eq!((read.len(), stepped), (999, vec![537]));
        assert!(requests <= 10 + 16, "{requests} requests");
    }

    #[test]
    fn heavy_pages_settle_below_what_the_server_bears_then_try_again() {
        let (read, stepped, requests) = walk(2_000, &[], 30);
        assert_eq!((read.len(), stepped.len()), (2_000, 0));
        assert!(requests < 2_000 / 12 + 100, "{requests} requests");
    }

    proptest! {
        #[test]
        fn every_dossier_is_read_or_stepped_over_and_only_the_poisoned_are(
            count in 0_u32..600,
            poisoned in proptest::collection::btree_set(0_u32..600, 0..6),
            heaviest in 1_u32..120,
        ) {
            let poisoned: Vec<u32> = poisoned.into_iter().filter(|dossier| *dossier < count).collect();
            let (read, stepped, _) = walk(count, &poisoned, heaviest);
            prop_assert_eq!(&stepped, &poisoned);
            let expected: Vec<u32> = (0..count).filter(|dossier| !poisoned.contains(dossier)).collect();
            prop_assert_eq!(read, expected);
        }
    }
}

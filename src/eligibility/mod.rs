//! May this applicant take part, and was it in time? Pure rules over a dossier.

mod verdict;

pub use verdict::{ApplicantCheck, DeadlineCheck, Nature, Outcome, Reason, Verdict};

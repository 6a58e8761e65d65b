//! What was known when a fact happened: what an alert is worded from, then and at every later attempt.
//!
//! Kept with the alert, so that a message sent again after a crash says the same. The only place of an alert
//! where a name or a company's number may stand: erasing it leaves an alert that can still be counted.

use jiff::Timestamp;

use super::event::{Event, Occasion};
use crate::domain::{DemarcheNumber, DossierNumber};

/// What was known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The call's name.
    pub call: Option<String>,
    /// The channel that it is about.
    pub channel: Option<String>,
    /// The verdict, by its name in the mirror.
    pub verdict: Option<String>,
    /// What the verdict was before.
    pub before: Option<String>,
    /// Who applies. Personal.
    pub applicant: Option<String>,
    /// SIRET. Personal when the company is one person's.
    pub siret: Option<String>,
    /// The legal category.
    pub forme_juridique: Option<String>,
    /// First deposit.
    pub date_depot: Option<Timestamp>,
    /// Why, in sentences. Personal.
    pub reasons: Vec<String>,
    /// Counts and dates, each with its name in `wording`.
    pub figures: Vec<(String, String)>,
    /// What the platform or the mirror says of a fault. Not personal.
    pub note: Option<String>,
}

/// One fact to tell through one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its number in the mirror.
    pub id: i64,
    /// What happened.
    pub event: Event,
    /// Why it is told.
    pub occasion: Occasion,
    /// The démarche, if it is of one.
    pub demarche: Option<DemarcheNumber>,
    /// The dossier, if it is of one.
    pub dossier: Option<DossierNumber>,
    /// When it was noticed.
    pub created_at: Timestamp,
    /// What was known.
    pub facts: Facts,
}

//! The events that a channel may carry, and the keys that make each fact told once.

use crate::domain::{DemarcheNumber, DossierNumber};

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// Something that people asked to know.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Event {
            $($(#[$doc])* $variant,)+
        }

        impl Event {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its name in the configuration and in the mirror.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

events! {
    /// An applicant that the call does not admit.
    Ineligible = "ineligible",
    /// Deposited after the deadline.
    Late = "late",
    /// A person has to look.
    ToReview = "to_review",
    /// The verdict became another.
    VerdictChanged = "verdict_changed",
    /// The usager modified answers after the deadline.
    ModifiedAfterDeadline = "modified_after_deadline",
    /// The dossier disappeared at the source.
    Withdrawn = "withdrawn",
    /// The deadline is near.
    DeadlineApproaching = "deadline_approaching",
    /// The call is closed and what was filed in time has been read.
    CallClosed = "call_closed",
    /// No pass has done its work for too long.
    SyncFailing = "sync_failing",
    /// The platform refuses the token.
    TokenRejected = "token_rejected",
    /// The token will expire soon.
    TokenExpiring = "token_expiring",
    /// An audit found mirror and source different.
    MirrorDiverges = "mirror_diverges",
    /// A dossier, or a part of it, cannot be read.
    Quarantined = "quarantined",
    /// The form has a new revision.
    FormChanged = "form_changed",
    /// The platform sends or refuses something that this version does not know.
    SchemaDrift = "schema_drift",
    /// A channel delivers nothing: it refuses us, or has failed for too long.
    ChannelFailing = "channel_failing",
    /// Alerts were given up.
    DeadLetter = "dead_letter",
    /// What failed works again.
    Recovered = "recovered",
    /// The first reading of a call, told at once instead of dossier by dossier.
    FirstReading = "first_reading",
    /// A message asked for by an operator, to try a channel.
    Test = "test",
}

impl Event {
    /// Reads its name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.as_str() == name)
    }

    /// Whether a channel may ask for it by name: the others come by themselves.
    #[must_use]
    pub const fn is_asked_for(self) -> bool {
        !matches!(self, Self::FirstReading | Self::Test)
    }

    /// Whether it tells of one dossier's verdict or life.
    #[must_use]
    pub const fn is_of_a_dossier(self) -> bool {
        matches!(
            self,
            Self::Ineligible
                | Self::Late
                | Self::ToReview
                | Self::VerdictChanged
                | Self::ModifiedAfterDeadline
                | Self::Withdrawn
        )
    }
}

/// Why a fact is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// It has just happened.
    First,
    /// Nobody acknowledged it.
    Reminder,
    /// Nobody acknowledged it where it was first told.
    Escalation,
}

impl Occasion {
    /// Its name in the mirror.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Reminder => "reminder",
            Self::Escalation => "escalation",
        }
    }

    /// Reads its name; what is not known has just happened.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "reminder" => Self::Reminder,
            "escalation" => Self::Escalation,
            _ => Self::First,
        }
    }
}

/// The key of a fact: the same fact gives the same key, whenever and however often it is looked at.
///
/// `episode` is what makes it new: the instant a verdict was given at, an edit's, a revision's identifier.
#[must_use]
pub fn fact_key(
    kind: &str,
    demarche: Option<DemarcheNumber>,
    dossier: Option<DossierNumber>,
    episode: &str,
) -> String {
    let demarche = demarche.map(|number| number.to_string()).unwrap_or_default();
    let dossier = dossier.map(|number| number.to_string()).unwrap_or_default();
    digest(&[kind, &demarche, &dossier, episode])
}

/// The key of an alert: one fact, told on one occasion through one channel.
#[must_use]
pub fn idempotency_key(fact_key: &str, channel: &str, occasion: Occasion) -> String {
    digest(&[fact_key, channel, occasion.as_str()])
}

/// The key of a message: the alerts that it carries, in whatever order.
#[must_use]
pub fn group_key(keys: &[&str]) -> String {
    let mut keys = keys.to_vec();
    keys.sort_unstable();
    digest(&keys)
}

/// 128 bits of a hash over parts that cannot run into each other, as hexadecimal.
fn digest(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_is_found_by_its_name() {
        for event in Event::ALL {
            assert_eq!(Event::from_name(event.as_str()), Some(*event));
        }
        assert_eq!(Event::from_name("unheard_of"), None);
    }

    #[test]
    fn a_key_tells_facts_apart_and_knows_one_again() {
        let key = |kind, dossier, episode| fact_key(kind, Some(DemarcheNumber(1)), Some(dossier), episode);
        let one = key("verdict", DossierNumber(12), "a");
        assert_eq!(one, key("verdict", DossierNumber(12), "a"));
        assert_ne!(one, key("verdict", DossierNumber(12), "b"));
        assert_ne!(one, key("verdict", DossierNumber(1), "2a"), "parts do not run into each other");
        assert_ne!(one, fact_key("verdict", None, Some(DossierNumber(12)), "a"));
        assert_ne!(
            idempotency_key(&one, "jury", Occasion::First),
            idempotency_key(&one, "jury", Occasion::Reminder)
        );
        assert_eq!(group_key(&["a", "b"]), group_key(&["b", "a"]));
    }
}

//! A verdict: what was concluded of a dossier, with every reason for it.
//!
//! Invariants: a verdict has at least one reason; a reason has a stable code for scripts, a text fit to be
//! quoted to an applicant, and the facts it rests on. Names in the mirror are those of `as_str`.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::nature::Confidence;
use crate::domain::Fact;

macro_rules! named_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its name in the mirror.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// Reads its name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == name)
            }
        }
    };
}
pub(super) use named_enum;

named_enum! {
    /// The verdict itself.
    Outcome {
        /// An eligible applicant, in time.
        Eligible = "eligible",
        /// An applicant that the call does not admit.
        Ineligible = "ineligible",
        /// Deposited after the deadline.
        Late = "late",
        /// A person has to look.
        ToReview = "to_review",
    }
}

named_enum! {
    /// May this applicant take part?
    ApplicantCheck {
        /// Yes.
        Eligible = "eligible",
        /// No.
        Ineligible = "ineligible",
        /// A person has to say.
        ToReview = "to_review",
    }
}

named_enum! {
    /// Was it deposited in time?
    DeadlineCheck {
        /// Yes.
        OnTime = "on_time",
        /// After the deadline.
        Late = "late",
        /// Before the opening.
        Early = "early",
        /// A person has to say.
        ToReview = "to_review",
    }
}

named_enum! {
    /// The nature of an applicant, as a call's team reports it.
    Nature {
        /// Ministry, central service.
        CentralAdministration = "central_administration",
        /// Service of the State in a territory.
        DevolvedService = "devolved_service",
        /// National operator or public establishment.
        NationalOperator = "national_operator",
        /// Public hospital.
        Hospital = "hospital",
        /// University, school, research body.
        EducationResearch = "education_research",
        /// Court.
        Court = "court",
        /// Other public body.
        OtherPublic = "other_public",
        /// Commune, département, région, their groupings and establishments.
        LocalAuthority = "local_authority",
        /// Chamber of trades, of commerce, of agriculture.
        Consular = "consular",
        /// Social security body.
        SocialBody = "social_body",
        /// Association, foundation.
        Association = "association",
        /// Company.
        Company = "company",
        /// A person.
        Individual = "individual",
        /// Not known.
        Unknown = "unknown",
    }
}

/// One reason of a verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Stable code, `snake_case`.
    pub code: &'static str,
    /// In the language of the configuration.
    pub text: String,
    /// What it rests on.
    pub facts: BTreeMap<&'static str, Fact>,
    /// Whether it is told among the reasons of a verdict though its check passed.
    pub(super) is_finding: bool,
}

impl Reason {
    /// The same, told though its check passed.
    pub(super) fn into_finding(mut self) -> Self {
        self.is_finding = true;
        self
    }
}

/// What was concluded of a dossier.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The verdict itself: the person's, where one decided.
    pub outcome: Outcome,
    /// What the rules alone conclude.
    pub rules_outcome: Outcome,
    /// Who decided and when, if a person did.
    pub decided: Option<(String, Timestamp)>,
    /// May this applicant take part?
    pub applicant_check: ApplicantCheck,
    /// Was it deposited in time?
    pub deadline_check: DeadlineCheck,
    /// The applicant's nature.
    pub nature: Nature,
    /// How sure the nature is.
    pub confidence: Confidence,
    /// The answer to the question on the domain, where the call names one.
    pub domain: Option<String>,
    /// Why, the deciding reasons first.
    pub reasons: Vec<Reason>,
    /// The rules it was given by.
    pub rules_version: String,
}

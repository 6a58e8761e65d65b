//! A check: one question asked of a dossier, how it was answered, and what the answer weighs.
//!
//! Invariants: a check reports facts and never concludes by itself, the verdict is folded from all of them;
//! a check that does not know says `unknown`, never `fail`.

use super::verdict::{Reason, named_enum};

named_enum! {
    /// Which question.
    Check {
        /// May this applicant take part?
        Applicant = "applicant",
        /// Does the directory say that the applicant is closed?
        CompanyClosed = "company_closed",
        /// Was it deposited in time?
        Deadline = "deadline",
        /// Did the answers change after the deadline?
        ModifiedAfterDeadline = "modified_after_deadline",
        /// Is every mandatory question answered?
        Mandatory = "mandatory",
        /// Are the answers those that the call asks for?
        Answers = "answers",
        /// What does the antivirus say of the files?
        Antivirus = "antivirus",
        /// Does the same SIREN have other dossiers?
        SameSiren = "same_siren",
        /// Does the same usager have other dossiers?
        SameUsager = "same_usager",
        /// Was it withdrawn in time and filed again late?
        Refiled = "refiled",
        /// Does it look like a trial of the form?
        TestFiling = "test_filing",
        /// Was it deposited in somebody else's name?
        ThirdParty = "third_party",
        /// What did a person decide?
        Decision = "decision",
    }
}

named_enum! {
    /// How a check ended.
    CheckResult {
        /// In the applicant's favour.
        Pass = "pass",
        /// Against.
        Fail = "fail",
        /// A person has to say.
        Unknown = "unknown",
    }
}

named_enum! {
    /// What a check weighs when it does not pass.
    Weight {
        /// The applicant is not admitted.
        Blocks = "blocks",
        /// A person has to look.
        AsksReview = "asks_review",
        /// It is told, and changes nothing.
        Informs = "informs",
    }
}

/// What one check found.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckReport {
    /// Which check.
    pub check: Check,
    /// How it ended.
    pub result: CheckResult,
    /// What it weighs if it did not pass.
    pub weight: Weight,
    /// Why, with the facts.
    pub reason: Reason,
    /// Where the rule comes from.
    pub source: String,
}

impl CheckReport {
    /// Whether it stands among the reasons of a verdict: what the verdict rests on, and what does not pass.
    pub(super) const fn is_told(&self) -> bool {
        matches!(self.check, Check::Applicant | Check::Deadline | Check::Decision)
            || !matches!(self.result, CheckResult::Pass)
            || self.reason.is_finding
    }
}

impl Check {
    /// The checks that a call may turn off or weigh otherwise, each with what it weighs by itself and
    /// whether it may block.
    pub const CONFIGURABLE: &[(Self, Weight, bool)] = &[
        (Self::CompanyClosed, Weight::AsksReview, true),
        (Self::ModifiedAfterDeadline, Weight::AsksReview, true),
        (Self::Mandatory, Weight::AsksReview, true),
        (Self::Antivirus, Weight::AsksReview, false),
        (Self::SameSiren, Weight::Informs, false),
        (Self::SameUsager, Weight::Informs, false),
        (Self::Refiled, Weight::AsksReview, false),
        (Self::TestFiling, Weight::AsksReview, false),
        (Self::ThirdParty, Weight::Informs, false),
    ];
}

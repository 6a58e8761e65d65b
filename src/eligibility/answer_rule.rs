//! What a call asks of an answer.

use super::check::Weight;

/// One question held against one condition.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerRule {
    /// The question, by its identifier or its label.
    pub champ: String,
    /// What its answer has to be.
    pub condition: Condition,
    /// What it weighs when it is not.
    pub weight: Weight,
}

/// What an answer has to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// This text, whatever the case.
    Equals(String),
    /// A text that contains this one, whatever the case.
    Contains(String),
    /// Checked, or answered yes; or the contrary.
    Checked(bool),
    /// A number within bounds, both included.
    Within {
        /// The least.
        min: Option<f64>,
        /// The most.
        max: Option<f64>,
    },
}

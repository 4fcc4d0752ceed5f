//! The outcomes of rounds: those that were seen, and those that might have been.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Class;

/// One outcome of the rounds of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OutcomeCount {
    /// Rounds that had it.
    pub count: u64,
    /// How bad it is; `None` for one that is allowed.
    pub class: Option<Class>,
    /// Whether it is allowed only because the run accepts what explains it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accepted: bool,
    /// What each actor's steps returned: one line for each.
    pub results: Vec<String>,
}

impl OutcomeCount {
    /// How it is judged, in the word that every format uses.
    #[must_use]
    pub fn judged(&self) -> &'static str {
        match self.class {
            Some(class) => class.name(),
            None if self.accepted => "accepted",
            None => "allowed",
        }
    }
}

/// Allowed outcomes that no round had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NeverSeen {
    /// How many there are.
    pub count: u64,
    /// The first 64 of them, those that most interleavings lead to first; none where there are
    /// more than 10,000.
    pub outcomes: Vec<UnseenOutcome>,
}

/// An allowed outcome that no round had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnseenOutcome {
    /// Interleavings of the steps that lead to it.
    pub interleavings: u64,
    /// What each actor's steps would return: one line for each.
    pub results: Vec<String>,
}

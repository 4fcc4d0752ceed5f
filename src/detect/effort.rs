//! How long is thought about what a run has shown.

use std::time::Duration;

use crate::model::Limits;

/// How long is thought about what rounds have shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effort {
    /// As long as it helps: what a report is made of.
    #[default]
    Thorough,
    /// A moment: for one run of many, where what is found is looked at again. What it leaves undecided
    /// is not counted.
    Quick,
}

impl Effort {
    /// How much of a program is listed before what was seen is searched for instead.
    pub(super) fn limits(self) -> Limits {
        match self {
            Self::Thorough => Limits::default(),
            Self::Quick => Limits { worlds: 10_000, outcomes: 100_000 },
        }
    }

    /// How long explanations are looked for; histories that come later count with those that are
    /// forbidden in the same way.
    pub(super) fn explain_for(self) -> Duration {
        match self {
            Self::Thorough => Duration::from_secs(20),
            Self::Quick => Duration::from_secs(1),
        }
    }
}

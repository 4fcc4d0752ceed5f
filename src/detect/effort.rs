//! How long is thought about what a run has shown.

use std::time::Duration;

use crate::model::Limits;
use crate::model::relax::Relaxation;

/// Worlds of the first search for each explanation, where there is little time.
const GLANCE: usize = 2_000;

/// How long is thought about what rounds have shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Effort<'a> {
    /// As long as it helps: what a report is made of.
    #[default]
    Thorough,
    /// A first look: that nothing is forbidden is found out thoroughly, what explains something that
    /// is, quickly.
    First,
    /// A moment: for one run of many, where what is found is looked at again. What it leaves undecided
    /// is not counted. In a large program, where searches for all explanations would take too long, it
    /// is these that are looked for.
    Quick(&'a [&'static Relaxation]),
}

impl<'a> Effort<'a> {
    /// How much of a program is listed before what was seen is searched for instead.
    pub(super) fn limits(self) -> Limits {
        match self {
            Self::Thorough | Self::First => Limits::default(),
            Self::Quick(_) => Limits { worlds: 10_000, outcomes: 100_000 },
        }
    }

    /// How long explanations are looked for; histories that come later count with those that are
    /// forbidden in the same way.
    pub(super) fn explain_for(self) -> Duration {
        match self {
            Self::Thorough => Duration::from_secs(20),
            Self::First | Self::Quick(_) => Duration::from_millis(500),
        }
    }

    /// Worlds that a search for each explanation looks at before anything else is tried.
    pub(super) fn glance(self) -> Option<usize> {
        match self {
            Self::Thorough => None,
            Self::First | Self::Quick(_) => Some(GLANCE),
        }
    }

    /// What is expected to explain it.
    pub(super) fn expected(self) -> &'a [&'static Relaxation] {
        match self {
            Self::Thorough | Self::First => &[],
            Self::Quick(expected) => expected,
        }
    }
}

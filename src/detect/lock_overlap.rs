//! `lock-overlap`: Two owners were granted locks that exclude each other.

use super::{Detector, How, Sight};
use crate::ops::call::Call;
use crate::outcome::Returned;
use crate::plan::StepPlan;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "lock-overlap",
    summary: "Two owners were granted locks that exclude each other.",
    page: include_str!("pages/lock-overlap.md"),
    how: How::Step {
        applies: |step, possible| possible.is_some() && is_lock(step),
        sees: |look| look.succeeded_wrongly().then_some(Class::Forbidden),
        needs_room: true,
    },
    shows: |sight| sight.any(is_granted),
};

pub(super) fn is_lock(step: &StepPlan) -> bool {
    matches!(step.call, Call::Flock(_) | Call::Lock(_))
}

fn is_granted(step: &StepPlan, returned: &Returned) -> bool {
    is_lock(step) && *returned == Returned::Done
}

/// Whether nothing is left to go on with but locks that were granted.
pub(super) fn only_locks(sight: &Sight<'_>) -> bool {
    !sight.steps.is_empty() && sight.steps.iter().all(|(step, returned)| is_granted(step, returned))
}

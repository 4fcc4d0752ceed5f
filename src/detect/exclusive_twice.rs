//! `exclusive-twice`: Two calls of which only one can succeed both did.

use super::{Detector, How};
use crate::ops::call::Call;
use crate::plan::StepPlan;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "exclusive-twice",
    summary: "Two calls of which only one can succeed both did.",
    page: include_str!("pages/exclusive-twice.md"),
    how: How::Step {
        applies: |step, possible| possible.is_some() && is_exclusive(step),
        sees: |look| look.succeeded_wrongly().then_some(Class::Forbidden),
        needs_room: true,
    },
    shows: |sight| sight.relaxed("excl-split") || sight.relaxed("unlink-split"),
};

/// Whether the step makes a name that must not be there, or takes one that must.
pub(super) fn is_exclusive(step: &StepPlan) -> bool {
    match &step.call {
        Call::Open(call) => call.is_exclusive(),
        Call::Rename(_) | Call::Unlink(_) => true,
        Call::Mkdir(_) | Call::Link(_) | Call::Symlink(_) => true,
        _ => false,
    }
}

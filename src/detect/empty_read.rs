//! `empty-read`: A read returned nothing where content must be.

use super::{Detector, How};
use crate::ops::call::Call;
use crate::ops::observation::flag;
use crate::outcome::Returned;
use crate::plan::StepPlan;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "empty-read",
    summary: "A read returned nothing where content must be.",
    page: include_str!("pages/empty-read.md"),
    how: How::Step {
        applies: must_have_content,
        sees: |look| look.has(flag::EMPTY).then_some(Class::Forbidden),
        needs_room: true,
    },
    shows: |sight| {
        sight.any(|_, returned| matches!(returned, Returned::Read(read) if read.is_empty()))
    },
};

/// Whether the file can never be empty: its content was in place before its name appeared, or the
/// author of the scenario says so.
fn must_have_content(step: &StepPlan) -> bool {
    let Call::Read(read) = &step.call else { return false };
    let expected = step
        .expect
        .as_ref()
        .is_some_and(|expect| expect.whole || (expect.content.is_some() && !expect.empty));
    // An expectation that allows nothing is allowed by its author whatever the file's history.
    let excused = step.expect.as_ref().is_some_and(|expect| expect.empty);
    let at_start = read.offset.is_none_or(|offset| offset == 0);
    at_start && !excused && (expected || step.reads.never_empty)
}

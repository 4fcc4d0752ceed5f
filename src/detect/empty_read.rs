//! `empty-read`: A read returned nothing where content must be.

use super::{Detector, How};
use crate::model::free::Possible;
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
        sees: |look| {
            let model = look.possible.is_some_and(|possible| !possible.is_empty());
            let wrong = look.has(flag::EMPTY) && (model || author_says(look.step));
            wrong.then_some(Class::Forbidden)
        },
        needs_room: true,
    },
    shows: |sight| {
        sight.any(|_, returned| matches!(returned, Returned::Read(read) if read.is_empty()))
    },
};

/// Whether a read at the start can be known to return something: the model knows, or the author of
/// the scenario does.
fn must_have_content(step: &StepPlan, possible: Option<&Possible>) -> bool {
    let Call::Read(read) = &step.call else { return false };
    // An expectation that allows nothing is allowed by its author whatever the file's history.
    let excused = step.expect.as_ref().is_some_and(|expect| expect.empty);
    let at_start = read.offset.is_none_or(|offset| offset == 0);
    at_start && !excused && (possible.is_some() || author_says(step))
}

fn author_says(step: &StepPlan) -> bool {
    let expect = step.expect.as_ref();
    expect.is_some_and(|expect| expect.whole || (expect.content.is_some() && !expect.empty))
}

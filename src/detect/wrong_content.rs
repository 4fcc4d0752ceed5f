//! `wrong-content`: A read returned bytes that nobody wrote to that file.

use super::{Detector, How, Look};
use crate::content::Class as Bytes;
use crate::ops::call::Call;
use crate::outcome::Returned;
use crate::plan::StepPlan;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "wrong-content",
    summary: "A read returned bytes that nobody wrote to that file.",
    page: include_str!("pages/wrong-content.md"),
    how: How::Step {
        applies: |step| matches!(step.call, Call::Read(_)) && is_decided(step),
        sees: |look| is_wrong(look).then_some(Class::Forbidden),
        needs_room: true,
    },
    shows: |sight| sight.any(|_, returned| matches!(returned, Returned::Read(_))),
};

fn is_decided(step: &StepPlan) -> bool {
    let expected =
        step.expect.as_ref().is_some_and(|expect| expect.whole || expect.content.is_some());
    expected || step.reads.items.is_some()
}

fn is_wrong(look: &Look<'_>) -> bool {
    let step = look.step;
    let bytes = look.observation().content();
    let (Bytes::Whole(item) | Bytes::Part(item)) = bytes else {
        return bytes == Bytes::Foreign && is_decided(step);
    };
    let expected = step.expect.as_ref().and_then(|expect| expect.content.as_ref());
    match (bytes, expected) {
        (Bytes::Whole(_), Some(expected)) => !expected.contains(&item),
        // A part of something expected is torn, which is another detector's business.
        (Bytes::Part(_), Some(expected)) if expected.contains(&item) => false,
        _ => step.reads.items.as_ref().is_some_and(|items| !items.contains(&item)),
    }
}

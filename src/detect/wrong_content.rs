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
        applies: |step, possible| {
            matches!(step.call, Call::Read(_)) && (possible.is_some() || author_says(step))
        },
        sees: |look| is_wrong(look).then_some(Class::Forbidden),
        needs_room: true,
    },
    shows: |sight| {
        // The bytes are right, and read twice, or not where they were to be read.
        let misplaced = sight.relaxed("offset-race");
        !misplaced && sight.any(|_, returned| matches!(returned, Returned::Read(_)))
    },
};

fn author_says(step: &StepPlan) -> bool {
    step.expect.as_ref().is_some_and(|expect| expect.whole || expect.content.is_some())
}

fn is_wrong(look: &Look<'_>) -> bool {
    let (step, bytes) = (look.step, look.observation().content());
    let (Bytes::Whole(item) | Bytes::Part(item)) = bytes else {
        let possible = look.possible.is_some_and(|possible| possible.reads(bytes, None));
        return bytes == Bytes::Foreign && !possible;
    };
    let expected = step.expect.as_ref().and_then(|expect| expect.content.as_ref());
    match (bytes, expected) {
        (Bytes::Whole(_), Some(expected)) => return !expected.contains(&item),
        // A part of something expected is torn, which is another detector's business.
        (Bytes::Part(_), Some(expected)) if expected.contains(&item) => return false,
        _ => {}
    }
    look.possible.is_some_and(|possible| {
        let of_file = possible.items().is_none_or(|items| items.contains(item));
        // What can be in the file, but not at this moment: torn if somebody writes meanwhile.
        let torn = of_file && (possible.meanwhile.content || matches!(bytes, Bytes::Part(_)));
        !possible.reads(bytes, look.size_class()) && !torn
    })
}

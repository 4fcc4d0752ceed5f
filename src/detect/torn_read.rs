//! `torn-read`: A read returned a part or a mixture of what was written at once.

use super::{Detector, How, Look};
use crate::content::Class as Bytes;
use crate::ops::call::Call;
use crate::plan::StepPlan;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "torn-read",
    summary: "A read returned a part or a mixture of what was written at once.",
    page: include_str!("pages/torn-read.md"),
    how: How::Step {
        applies: |step| matches!(step.call, Call::Read(_)) && is_decided(step),
        sees,
        needs_room: true,
    },
    shows: |sight| {
        ["torn-read", "size-before-data", "truncate-zeros"].iter().any(|one| sight.relaxed(one))
    },
};

fn is_decided(step: &StepPlan) -> bool {
    step.reads.replaced_whole || author_says(step)
}

fn author_says(step: &StepPlan) -> bool {
    step.expect.as_ref().is_some_and(|expect| expect.whole || expect.content.is_some())
}

/// POSIX wants a read to see all of a write or none of it; Linux has never promised that, so a
/// torn read is a fault only where the author of the scenario says so.
fn sees(look: &Look<'_>) -> Option<Class> {
    let torn = match look.observation().content() {
        Bytes::Part(_) | Bytes::Mixed | Bytes::WithZeros | Bytes::Zeros => is_decided(look.step),
        _ => false,
    };
    let class = if author_says(look.step) { Class::Forbidden } else { Class::Unspecified };
    torn.then_some(class)
}

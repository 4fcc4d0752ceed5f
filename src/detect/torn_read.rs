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
        applies: |step, possible| {
            matches!(step.call, Call::Read(_)) && (possible.is_some() || author_says(step))
        },
        sees,
        needs_room: true,
    },
    shows: |sight| {
        ["torn-read", "torn-write", "size-before-data", "truncate-zeros"]
            .iter()
            .any(|one| sight.relaxed(one))
    },
};

fn author_says(step: &StepPlan) -> bool {
    step.expect.as_ref().is_some_and(|expect| expect.whole || expect.content.is_some())
}

/// POSIX wants a read to see all of a write or none of it; Linux has never promised that, so a
/// torn read is a fault only where nobody changes the file meanwhile, or where the author of the
/// scenario says so.
fn sees(look: &Look<'_>) -> Option<Class> {
    let bytes = look.observation().content();
    let looks_torn =
        matches!(bytes, Bytes::Part(_) | Bytes::Mixed | Bytes::WithZeros | Bytes::Zeros);
    if author_says(look.step) {
        return looks_torn.then_some(Class::Forbidden);
    }
    let possible = look.possible?;
    let changing = possible.meanwhile.content;
    let of_file = |item| possible.items().is_none_or(|items| items.contains(item));
    let torn = match bytes {
        // All of one version, but not of a length or at a moment that can be.
        Bytes::Whole(item) => changing && of_file(item),
        Bytes::Part(item) => of_file(item),
        _ => looks_torn,
    };
    let seen = possible.reads(bytes, look.size_class());
    (torn && !seen).then(|| look.class_if(|meanwhile| meanwhile.content))
}

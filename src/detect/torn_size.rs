//! `torn-size`: A file had a size that no finished write gave it.

use super::{Detector, How, Look};
use crate::ops::call::Call;
use crate::plan::StepPlan;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "torn-size",
    summary: "A file had a size that no finished write gave it.",
    page: include_str!("pages/torn-size.md"),
    how: How::Step {
        applies: |step, possible| {
            let stats = matches!(step.call, Call::Stat(_) | Call::Fstat(_));
            expected(step).is_some() || stats && possible.is_some()
        },
        sees,
        needs_room: true,
    },
    shows: |sight| sight.relaxed("torn-size"),
};

fn expected(step: &StepPlan) -> Option<&Vec<u8>> {
    step.expect.as_ref()?.size.as_ref()
}

fn sees(look: &Look<'_>) -> Option<Class> {
    if look.errno() != 0 {
        return None;
    }
    let size = look.size_class()?;
    if let Some(sizes) = expected(look.step) {
        return (!sizes.contains(&size)).then_some(Class::Forbidden);
    }
    // Of the size of a directory POSIX says nothing.
    let directory = look.observation().mode() & 0o170_000 == 0o040_000;
    let odd = look.of_stat().is_some_and(|possible| !directory && !possible.has_size(size));
    odd.then(|| look.class_if(|meanwhile| meanwhile.content))
}

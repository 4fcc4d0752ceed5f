//! `einval-write`: A write to a valid descriptor failed with EINVAL.

use super::{Detector, How};
use crate::ops::call::Call;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "einval-write",
    summary: "A write to a valid descriptor failed with EINVAL.",
    page: include_str!("pages/einval-write.md"),
    how: How::Step {
        applies: |step, _| matches!(step.call, Call::Write(_)),
        sees: |look| {
            (look.errno() == libc::EINVAL && !look.step.allowed.contains(libc::EINVAL))
                .then_some(Class::Forbidden)
        },
        needs_room: false,
    },
    shows: |sight| {
        sight.any(|step, returned| {
            matches!(step.call, Call::Write(_)) && i32::from(returned.errno()) == libc::EINVAL
        })
    },
};

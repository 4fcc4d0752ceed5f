//! `short-write`: A write moved fewer bytes than asked, though there was room.

use super::{Detector, How};
use crate::ops::call::Call;
use crate::ops::observation::flag;
use crate::outcome::Returned;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "short-write",
    summary: "A write moved fewer bytes than asked, though there was room.",
    page: include_str!("pages/short-write.md"),
    how: How::Step {
        applies: |step, _| matches!(step.call, Call::Write(_)),
        sees: |look| {
            (look.has(flag::SHORT) && !look.has(flag::NO_ROOM)).then_some(Class::Forbidden)
        },
        needs_room: true,
    },
    shows: |sight| sight.any(|_, returned| matches!(returned, Returned::Wrote(_))),
};

//! `duplicate-name`: A scan reported an unchanging name twice.

use super::{Detector, How};
use crate::ops::OpKind;
use crate::ops::observation::flag;
use crate::outcome::Returned;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "duplicate-name",
    summary: "A scan reported an unchanging name twice.",
    page: include_str!("pages/duplicate-name.md"),
    how: How::Step {
        applies: |step, _| step.op == OpKind::Readdir,
        sees: |look| look.has(flag::DOUBLED_NAME).then_some(Class::Forbidden),
        needs_room: false,
    },
    shows: |sight| {
        let twice = |names: &[String]| names.windows(2).any(|two| two[0] == two[1]);
        sight.any(|_, returned| matches!(returned, Returned::Names(names) if twice(names)))
    },
};

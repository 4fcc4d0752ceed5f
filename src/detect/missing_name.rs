//! `missing-name`: A scan left out a name that was there throughout.

use super::{Detector, How};
use crate::ops::OpKind;
use crate::ops::observation::flag;
use crate::outcome::Returned;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "missing-name",
    summary: "A scan left out a name that was there throughout.",
    page: include_str!("pages/missing-name.md"),
    how: How::Step {
        applies: |step, _| step.op == OpKind::Readdir,
        sees: |look| look.has(flag::MISSING_NAME).then_some(Class::Forbidden),
        needs_room: false,
    },
    shows: |sight| sight.any(|_, returned| matches!(returned, Returned::Names(_))),
};

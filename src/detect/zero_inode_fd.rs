//! `zero-inode-fd`: An open descriptor has inode number 0.

use super::{Detector, How};
use crate::ops::OpKind;
use crate::ops::observation::flag;
use crate::outcome::{Identity, Returned};
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "zero-inode-fd",
    summary: "An open descriptor has inode number 0.",
    page: include_str!("pages/zero-inode-fd.md"),
    how: How::Step {
        applies: |step, _| step.op == OpKind::Fstat,
        sees: |look| look.has(flag::ZERO_INODE).then_some(Class::Forbidden),
        needs_room: false,
    },
    shows: |sight| {
        sight.any(|_, returned| {
            matches!(returned, Returned::Stat(stat) if stat.identity == Identity::Zero)
        })
    },
};

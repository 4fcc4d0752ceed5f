//! `identity-changed`: Two stats of one descriptor named different files.

use super::{Detector, How};
use crate::ops::OpKind;
use crate::ops::observation::flag;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "identity-changed",
    summary: "Two stats of one descriptor named different files.",
    page: include_str!("pages/identity-changed.md"),
    how: How::Step {
        applies: |step, _| step.op == OpKind::Fstat,
        sees: |look| look.has(flag::IDENTITY_CHANGED).then_some(Class::Forbidden),
        needs_room: false,
    },
    shows: |_| false,
};

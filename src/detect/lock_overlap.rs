//! `lock-overlap`: Two owners were granted locks that exclude each other.

use super::{Detector, How};
use crate::ops::call::Call;
use crate::outcome::Returned;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "lock-overlap",
    summary: "Two owners were granted locks that exclude each other.",
    page: include_str!("pages/lock-overlap.md"),
    how: How::Rounds,
    shows: |sight| {
        sight.any(|step, returned| {
            matches!(step.call, Call::Flock(_) | Call::Lock(_)) && *returned == Returned::Done
        })
    },
};

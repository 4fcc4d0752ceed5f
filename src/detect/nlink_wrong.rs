//! `nlink-wrong`: A link count that the file did not have at any moment of the call.

use super::{Detector, How};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "nlink-wrong",
    summary: "A link count that the file did not have at any moment of the call.",
    page: include_str!("pages/nlink-wrong.md"),
    how: How::Rounds,
    shows: |sight| sight.relaxed("nlink-lag") || sight.relaxed("nlink-stale"),
};

//! `lost-append`: Of two appends, one was written over the other.

use super::{Detector, How};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "lost-append",
    summary: "Of two appends, one was written over the other.",
    page: include_str!("pages/lost-append.md"),
    how: How::Rounds,
    shows: |sight| sight.relaxed("append-split"),
};

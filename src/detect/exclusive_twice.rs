//! `exclusive-twice`: Two calls of which only one can succeed both did.

use super::{Detector, How};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "exclusive-twice",
    summary: "Two calls of which only one can succeed both did.",
    page: include_str!("pages/exclusive-twice.md"),
    how: How::Rounds,
    shows: |sight| sight.relaxed("excl-split") || sight.relaxed("unlink-split"),
};

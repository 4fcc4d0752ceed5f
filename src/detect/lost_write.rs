//! `lost-write`: What a write put down is not there, and nothing explains why.

use super::{Detector, How};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "lost-write",
    summary: "What a write put down is not there, and nothing explains why.",
    page: include_str!("pages/lost-write.md"),
    how: How::Rounds,
    shows: |sight| {
        let unexplained = sight.lost && sight.relaxed.is_empty();
        let relaxed = sight.relaxed("offset-race") || sight.relaxed("mixed-write");
        sight.writes && (unexplained || relaxed)
    },
};

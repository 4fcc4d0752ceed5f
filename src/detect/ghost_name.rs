//! `ghost-name`: A name is there that no order of the calls has there.

use super::{Detector, How};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "ghost-name",
    summary: "A name is there that no order of the calls has there.",
    page: include_str!("pages/ghost-name.md"),
    how: How::Rounds,
    shows: |sight| sight.relaxed("rename-both") || sight.apart,
};

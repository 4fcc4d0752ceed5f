//! `forbidden-outcome`: No order of the calls explains all results together.

use super::{Detector, How};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "forbidden-outcome",
    summary: "No order of the calls explains all results together.",
    page: include_str!("pages/forbidden-outcome.md"),
    how: How::Rounds,
    shows: |_| true,
};

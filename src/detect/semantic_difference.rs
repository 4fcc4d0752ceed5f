//! `semantic-difference`: The filesystem differs from the model without any concurrency.

use super::{Detector, How};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "semantic-difference",
    summary: "One call after the other, the filesystem does what POSIX does not have: no race.",
    page: include_str!("pages/semantic-difference.md"),
    how: How::Rounds,
    // Told by the serial rounds, never by a race.
    shows: |_| false,
};

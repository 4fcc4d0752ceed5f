//! `stale-read`: A call showed a state that another call had ended before it began.

use super::{Detector, How};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "stale-read",
    summary: "A call showed a state that another call had ended before it began.",
    page: include_str!("pages/stale-read.md"),
    how: How::Rounds,
    shows: |sight| {
        ["no-realtime", "close-to-open", "stale-dentry"].iter().any(|name| sight.relaxed(name))
    },
};

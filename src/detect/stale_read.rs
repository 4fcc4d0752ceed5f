//! `stale-read`: A call showed a state that another call had ended before it began.

use super::lock_overlap::only_locks;
use super::{Detector, How};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "stale-read",
    summary: "A call showed a state that another call had ended before it began.",
    page: include_str!("pages/stale-read.md"),
    how: How::Rounds,
    shows: |sight| {
        let stale = ["no-realtime", "close-to-open", "stale-dentry"];
        // Two holders at a time could also have been one after the other, but that is not what is
        // wrong with them.
        stale.iter().any(|name| sight.relaxed(name)) && !only_locks(sight)
    },
};

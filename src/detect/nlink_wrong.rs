//! `nlink-wrong`: A link count that the file did not have at any moment of the call.

use super::{Detector, How, Look};
use crate::ops::call::Call;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "nlink-wrong",
    summary: "A link count that the file did not have at any moment of the call.",
    page: include_str!("pages/nlink-wrong.md"),
    how: How::Step {
        applies: |step, possible| {
            possible.is_some() && matches!(step.call, Call::Stat(_) | Call::Fstat(_))
        },
        sees,
        needs_room: true,
    },
    shows: |sight| sight.relaxed("nlink-lag") || sight.relaxed("nlink-stale"),
};

fn sees(look: &Look<'_>) -> Option<Class> {
    let wrong = !look.of_stat()?.has_links(look.observation().nlink);
    // Many systems change the count a moment before or after the name.
    wrong.then(|| look.class_if(|meanwhile| meanwhile.names))
}

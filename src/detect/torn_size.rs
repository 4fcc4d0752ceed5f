//! `torn-size`: A file had a size that no finished write gave it.

use super::{Detector, How};
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "torn-size",
    summary: "A file had a size that no finished write gave it.",
    page: include_str!("pages/torn-size.md"),
    how: How::Step {
        applies: |step| step.expect.as_ref().is_some_and(|expect| expect.size.is_some()),
        sees: |look| {
            let sizes = look.step.expect.as_ref()?.size.as_ref()?;
            let odd =
                look.errno() == 0 && !look.seen.folded && !sizes.contains(&look.seen.size_class);
            odd.then_some(Class::Forbidden)
        },
        needs_room: true,
    },
    shows: |sight| sight.relaxed("torn-size"),
};

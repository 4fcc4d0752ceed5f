//! `forbidden-outcome`: No order of the calls explains all results together.

use super::{Detector, How, Look};
use crate::ops::call::Call;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "forbidden-outcome",
    summary: "No order of the calls explains all results together.",
    page: include_str!("pages/forbidden-outcome.md"),
    how: How::Step {
        applies: |step, possible| {
            possible.is_some() && matches!(step.call, Call::Stat(_) | Call::Fstat(_))
        },
        sees,
        needs_room: true,
    },
    shows: |_| true,
};

/// In free mode: another file type, or other permissions, than can be.
fn sees(look: &Look<'_>) -> Option<Class> {
    let wrong = !look.of_stat()?.has_mode(look.observation());
    wrong.then(|| look.class_if(|meanwhile| meanwhile.mode))
}

//! `dead-descriptor`: A descriptor that is still open stopped working.

use super::{Detector, How, Look};
use crate::ops::observation::flag;
use crate::outcome::Returned;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "dead-descriptor",
    summary: "A descriptor that is still open stopped working.",
    page: include_str!("pages/dead-descriptor.md"),
    how: How::Step {
        applies: |step, _| step.call.uses_descriptor(),
        sees: |look| is_dead(look).then_some(Class::Forbidden),
        needs_room: false,
    },
    shows: |sight| {
        sight.any(|step, returned| {
            matches!(returned, Returned::Failed(_)) && step.call.uses_descriptor()
        })
    },
};

/// What a system says of a descriptor that it has lost.
const DEAD: [i32; 3] = [libc::EBADF, libc::ENOENT, libc::ESTALE];

/// Whether the result says that an open descriptor leads nowhere.
pub(super) fn is_dead(look: &Look<'_>) -> bool {
    let errno = look.errno();
    let on_descriptor = look.has(flag::ON_DESCRIPTOR);
    on_descriptor && DEAD.contains(&errno) && !look.step.allowed.contains(errno)
}

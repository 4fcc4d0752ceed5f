//! `unexpected-errno`: A call failed (or succeeded) in a way that POSIX or the scenario rules out.

use super::dead_descriptor::is_dead;
use super::{Detector, How, Look};
use crate::ops::call::Call;
use crate::outcome::Returned;
use crate::plan::errnos::environment;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "unexpected-errno",
    summary: "A call failed (or succeeded) in a way that POSIX or the scenario rules out.",
    page: include_str!("pages/unexpected-errno.md"),
    how: How::Step {
        applies: |step| !step.call.is_pause(),
        sees: |look| is_unexpected(look).then_some(Class::Forbidden),
        needs_room: false,
    },
    shows: |sight| sight.any(|_, returned| matches!(returned, Returned::Failed(_))),
};

fn is_unexpected(look: &Look<'_>) -> bool {
    let (step, errno) = (look.step, look.errno());
    // The machine is short of something, or the filesystem does not have the operation: the
    // verdict says so, and nobody is accused.
    if environment().contains(errno) || step.unsupported.contains(errno) {
        return false;
    }
    if let Some(expected) = step.expect.as_ref().and_then(|expect| expect.errno) {
        if !expected.contains(errno) {
            return true;
        }
    }
    // These have detectors of their own.
    let einval_write = errno == libc::EINVAL && matches!(step.call, Call::Write(_));
    errno != 0 && !step.allowed.contains(errno) && !einval_write && !is_dead(look)
}

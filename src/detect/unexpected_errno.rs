//! `unexpected-errno`: A call failed (or succeeded) in a way that POSIX or the scenario rules out.

use super::dead_descriptor::is_dead;
use super::exclusive_twice::is_exclusive;
use super::lock_overlap::is_lock;
use super::{Detector, How, Look};
use crate::ops::call::Call;
use crate::outcome::Returned;
use crate::plan::errnos::{environment, logical};
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "unexpected-errno",
    summary: "A call failed (or succeeded) in a way that POSIX or the scenario rules out.",
    page: include_str!("pages/unexpected-errno.md"),
    how: How::Step {
        applies: |step, _| !step.call.is_pause(),
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
    if errno == 0 {
        let elsewhere = is_exclusive(step) || is_lock(step);
        return look.succeeded_wrongly() && !elsewhere;
    }
    // These have detectors of their own.
    let einval_write = errno == libc::EINVAL && matches!(step.call, Call::Write(_));
    let author = step.expect.as_ref().is_some_and(|expect| expect.errno.is_some());
    let impossible = logical().contains(errno)
        && !author
        && look.possible.is_some_and(|possible| !possible.fails(look.observation().errno()));
    (impossible || !step.allowed.contains(errno)) && !einval_write && !is_dead(look)
}

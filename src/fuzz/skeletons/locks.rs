//! Locks, and what is done under them.

use super::Skeleton;
use crate::fuzz::sketch::{Sketch, Steps};
use crate::fuzz::steps::{flock, lock, open, pread, pwrite, with};
use crate::ops::OpKind::{Close, Fstat};
use crate::scenario::LockMode::{Exclusive, Shared, Unlock};
use crate::scenario::OpenFlag::{Creat, Rdwr};
use crate::scenario::{LockOwner, Step};

pub(super) const LOCKS: Skeleton = Skeleton {
    name: "locks",
    about: "several want the lock of one file",
    weight: 2,
    lay: |sketch| {
        if sketch.draw.in_100(85) {
            sketch.has_file(&sketch.name.clone());
        }
    },
    change: |sketch| locked(sketch, 85),
    look: |sketch| locked(sketch, 40),
};

/// Takes a lock, exclusive in so many of 100 times, does something and perhaps gives it up.
fn locked(sketch: &mut Sketch<'_>, exclusive: usize) -> Steps {
    let fd = sketch.fd();
    let mode = if sketch.draw.in_100(exclusive) { Exclusive } else { Shared };
    let wait = sketch.draw.in_100(40);
    let kind = sketch.draw.below(3);
    let take = |mode, wait| -> Step {
        match kind {
            0 => flock(fd, mode, wait),
            1 => lock(fd, mode, LockOwner::Posix, wait),
            _ => lock(fd, mode, LockOwner::Ofd, wait),
        }
    };
    let mut steps = vec![open(&sketch.name, &[Rdwr, Creat], fd), take(mode, wait)];
    match sketch.draw.below(6) {
        0 => steps.push(pread(fd, sketch.length(), 0)),
        1 => steps.push(pwrite(fd, sketch.size(), 0)),
        2 => steps.extend([pread(fd, sketch.length(), 0), pwrite(fd, sketch.size(), 0)]),
        3 => steps.push(with(Fstat, fd)),
        _ => {}
    }
    match sketch.draw.below(4) {
        0..=1 => steps.push(take(Unlock, false)),
        2 => steps.push(with(Close, fd)),
        _ => {}
    }
    steps
}

//! Permissions and sizes: changed side by side, and looked at together.

use super::Skeleton;
use crate::fuzz::steps::{chmod, ftruncate, on, open, pwrite, with};
use crate::ops::OpKind::{Fchmod, Fstat, Lstat, Stat, Utimens};
use crate::scenario::OpenFlag::Rdwr;
use crate::scenario::Step;

/// None of them keeps the owner from anything.
const MODES: [u32; 4] = [0o600, 0o640, 0o755, 0o666];

pub(super) const ATTRIBUTES: Skeleton = Skeleton {
    name: "attributes",
    about: "permissions and size of a file change side by side",
    weight: 2,
    lay: |sketch| sketch.has_file(&sketch.name.clone()),
    change: |sketch| match sketch.draw.below(7) {
        0..=2 => vec![chmod(&sketch.name, sketch.draw.of(&MODES))],
        3 => vec![sketch.cut()],
        4 => {
            let (fd, mode) = (sketch.fd(), sketch.draw.of(&MODES));
            let change = Step { mode: Some(mode), ..with(Fchmod, fd) };
            vec![open(&sketch.name, &[Rdwr], fd), change, ftruncate(fd, sketch.size())]
        }
        5 => {
            let fd = sketch.fd();
            vec![open(&sketch.name, &[Rdwr], fd), pwrite(fd, sketch.size(), sketch.offset())]
        }
        _ => vec![on(Utimens, &sketch.name)],
    },
    look: |sketch| match sketch.draw.below(4) {
        0 => vec![on(sketch.draw.of(&[Stat, Lstat]), &sketch.name)],
        1 => {
            let fd = sketch.fd();
            vec![open(&sketch.name, &[], fd), with(Fstat, fd), with(Fstat, fd)]
        }
        2 => vec![chmod(&sketch.name, sketch.draw.of(&MODES)), on(Stat, &sketch.name)],
        _ => vec![on(Stat, &sketch.name), on(Stat, &sketch.name)],
    },
};

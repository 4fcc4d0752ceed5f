//! Descriptors that are held while their file is changed, and one that all share.

use super::Skeleton;
use super::names::{REPLACED_NAME, SHARED_NAME};
use crate::fuzz::sketch::{SHARED, Sketch, Steps};
use crate::fuzz::steps::{ftruncate, on, open, pread, pwrite, read, seek, with, write};
use crate::ops::OpKind::{Dup, Fstat, Stat};
use crate::scenario::OpenFlag::{Append, Rdwr};
use crate::scenario::{Step, Whence};

pub(super) const HELD: Skeleton = Skeleton {
    name: "held-descriptor",
    about: "a descriptor is used while the names of its file change",
    weight: 3,
    lay: |sketch| {
        sketch.has_file(&sketch.name.clone());
        if sketch.draw.in_100(50) {
            sketch.has_file(&sketch.other.clone());
        }
    },
    change: |sketch| {
        let skeleton = if sketch.draw.in_100(50) { &SHARED_NAME } else { &REPLACED_NAME };
        (skeleton.change)(sketch)
    },
    look: |sketch| {
        let fd = sketch.fd();
        let flags: &[_] = if sketch.draw.in_100(60) { &[Rdwr] } else { &[] };
        let mut steps = vec![open(&sketch.name, flags, fd)];
        for _ in 0..2 + sketch.draw.below(2) {
            steps.push(match sketch.draw.below(9) {
                0..=3 => with(Fstat, fd),
                4 => pread(fd, sketch.length(), 0),
                5 => read(fd, sketch.length()),
                6 if !flags.is_empty() => pwrite(fd, sketch.size(), 0),
                7 if !flags.is_empty() => ftruncate(fd, sketch.size()),
                8 => on(Stat, &sketch.name),
                _ => with(Fstat, fd),
            });
        }
        steps
    },
};

pub(super) const SHARED_DESCRIPTOR: Skeleton = Skeleton {
    name: "shared-descriptor",
    about: "all actors read and write through one descriptor, which has one offset",
    weight: 2,
    lay: |sketch| {
        let name = sketch.name.clone();
        sketch.has_file(&name);
        let flags: &[_] = if sketch.draw.in_100(25) { &[Rdwr, Append] } else { &[Rdwr] };
        sketch.shares(&name, flags);
    },
    change: |sketch| match sketch.draw.below(6) {
        0..=2 => vec![write(SHARED, sketch.size())],
        3 => vec![seek(SHARED, sketch.offset(), Whence::Set), write(SHARED, sketch.size())],
        4 => vec![read(SHARED, sketch.size())],
        _ => vec![ftruncate(SHARED, sketch.offset())],
    },
    look: |sketch| match sketch.draw.below(7) {
        0..=2 => vec![read(SHARED, sketch.size())],
        3 => vec![seek(SHARED, 0, Whence::Cur)],
        4 => vec![with(Fstat, SHARED)],
        5 => vec![pread(SHARED, sketch.length(), 0)],
        _ => duplicate(sketch),
    },
};

fn duplicate(sketch: &mut Sketch<'_>) -> Steps {
    let fd = sketch.fd();
    let dup = Step { new: Some(fd.to_owned()), ..with(Dup, SHARED) };
    vec![dup, read(fd, sketch.size())]
}

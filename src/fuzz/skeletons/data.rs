//! What is in one file: written, read, cut and appended to.

use super::Skeleton;
use crate::fuzz::sketch::{Sketch, Steps};
use crate::fuzz::steps::{ftruncate, on, open, pread, pwrite, read, seek, truncate, with, write};
use crate::ops::OpKind::{Close, Fstat, Fsync, Stat};
use crate::scenario::OpenFlag::{Append, Creat, Rdwr, Trunc, Wronly};
use crate::scenario::Whence;

pub(super) const READ_AND_WRITE: Skeleton = Skeleton {
    name: "read-and-write",
    about: "a file is written to, cut and read",
    weight: 4,
    lay: |sketch| sketch.has_file(&sketch.name.clone()),
    change: |sketch| match sketch.draw.below(9) {
        0 => vec![sketch.cut()],
        1 => vec![truncate(&sketch.name, 0), sketch.cut()],
        2 => {
            let fd = sketch.fd();
            let flags = [Wronly, Creat, Trunc];
            vec![open(&sketch.name, &flags, fd), write(fd, sketch.size())]
        }
        _ => {
            let fd = sketch.fd();
            let mut steps = vec![open(&sketch.name, &[Rdwr], fd)];
            for _ in 0..1 + sketch.draw.below(2) {
                steps.push(match sketch.draw.below(8) {
                    0..=3 => pwrite(fd, sketch.size(), sketch.offset()),
                    4..=5 => write(fd, sketch.size()),
                    6 => ftruncate(fd, sketch.offset()),
                    _ => with(Fsync, fd),
                });
            }
            if sketch.draw.in_100(25) {
                steps.push(with(Close, fd));
            }
            steps
        }
    },
    look,
};

pub(super) const APPEND: Skeleton = Skeleton {
    name: "append",
    about: "several append to one file, and its end is looked for",
    weight: 2,
    lay: |sketch| {
        if sketch.draw.in_100(80) {
            sketch.has_file(&sketch.name.clone());
        }
    },
    change: |sketch| {
        let fd = sketch.fd();
        let mut steps = vec![open(&sketch.name, &[Rdwr, Creat, Append], fd)];
        for _ in 0..1 + sketch.draw.below(2) {
            steps.push(write(fd, sketch.size()));
        }
        match sketch.draw.below(4) {
            0 => steps.push(with(Fstat, fd)),
            1 => steps.push(pread(fd, sketch.length(), 0)),
            _ => {}
        }
        steps
    },
    look,
};

/// Reads the file, or looks at its size.
fn look(sketch: &mut Sketch<'_>) -> Steps {
    if sketch.draw.in_100(15) {
        return vec![on(Stat, &sketch.name)];
    }
    let fd = sketch.fd();
    let mut steps = vec![open(&sketch.name, &[], fd)];
    for _ in 0..1 + sketch.draw.below(2) {
        steps.push(match sketch.draw.below(9) {
            0..=3 => pread(fd, sketch.length(), 0),
            4 => pread(fd, sketch.length(), sketch.offset()),
            5 => read(fd, sketch.length()),
            6 => with(Fstat, fd),
            7 => on(Stat, &sketch.name),
            _ => seek(fd, 0, Whence::End),
        });
    }
    steps
}

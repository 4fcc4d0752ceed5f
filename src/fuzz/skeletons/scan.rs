//! Scans of a directory in which names change.

use super::Skeleton;
use crate::fuzz::sketch::{Sketch, Steps};
use crate::fuzz::steps::{from_to, on, open, with};
use crate::ops::OpKind::{Close, Mkdir, Readdir, Rename, Rmdir, Stat, Unlink};
use crate::scenario::OpenFlag::{Creat, Directory, Wronly};
use crate::scenario::{Content, FixtureKind};

/// Names that nobody touches, beside those that change.
const MOST_STILL: usize = 8;

pub(super) const SCAN: Skeleton = Skeleton {
    name: "scan",
    about: "a directory is scanned while names come, go and move in it",
    weight: 3,
    lay: |sketch| {
        if sketch.dir.is_none() {
            sketch.move_below("d");
        }
        sketch.has_file(&sketch.name.clone());
        if sketch.draw.in_100(50) {
            sketch.has_file(&sketch.other.clone());
        }
        for number in 0..sketch.draw.below(MOST_STILL + 1) {
            sketch.has(&format!("d/n{number}"), still());
        }
    },
    change: |sketch| {
        let (own, name, free) = (sketch.own(), sketch.either(), sketch.free.clone());
        match sketch.draw.below(9) {
            0..=1 => vec![on(Unlink, &name)],
            2 => {
                let fd = sketch.fd();
                vec![open(&free, &[Wronly, Creat], fd), with(Close, fd)]
            }
            3 => vec![from_to(Rename, &name, &own)],
            4 => vec![from_to(Rename, &name, &free), from_to(Rename, &free, &name)],
            5 => vec![on(Unlink, &sketch.name), on(Unlink, &sketch.other)],
            6 => {
                let fd = sketch.fd();
                vec![on(Unlink, &name), open(&own, &[Wronly, Creat], fd)]
            }
            7 => vec![on(Mkdir, &own), on(Rmdir, &own)],
            _ => vec![from_to(Rename, &name, "b"), from_to(Rename, "b", &name)],
        }
    },
    look,
};

/// A file that is there to be listed: as small as can be, for it is looked at after every round.
fn still() -> FixtureKind {
    FixtureKind::File(Content::Tagged(1))
}

/// Scans the directory that all meet in, perhaps twice; where there is none, looks at both names.
pub(super) fn look(sketch: &mut Sketch<'_>) -> Steps {
    let Some(dir) = sketch.dir.clone() else {
        return vec![on(Stat, &sketch.name), on(Stat, &sketch.other)];
    };
    match sketch.draw.below(4) {
        0..=1 => vec![on(Readdir, &dir)],
        2 => vec![on(Readdir, &dir), on(Readdir, &dir)],
        _ => {
            let fd = sketch.fd();
            vec![open(&dir, &[Directory], fd), with(Readdir, fd), with(Readdir, fd)]
        }
    }
}

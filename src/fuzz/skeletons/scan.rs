//! Scans of a directory in which names change.

use super::Skeleton;
use crate::fuzz::draw::Draw;
use crate::fuzz::sketch::{Sketch, Steps};
use crate::fuzz::steps::{from_to, in_parts, on, open, with};
use crate::ops::OpKind::{Close, Mkdir, Readdir, Rename, Rmdir, Stat, Unlink};
use crate::scenario::OpenFlag::{Creat, Directory, Wronly};
use crate::scenario::{Content, FixtureKind, Step};

/// Names that nobody touches, beside those that change.
const MOST_STILL: usize = 8;
/// Bytes that a call of a scan in parts asks for: one entry of a short name, two, three, ten.
const PARTS: [u64; 4] = [24, 48, 72, 240];

pub(super) const SCAN: Skeleton = Skeleton {
    name: "scan",
    about: "a directory is scanned, whole or a few entries at a time, while names come, go and move in it",
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
        match sketch.draw.below(11) {
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
            // As logs are rotated.
            8..=9 => {
                let (name, other) = (&sketch.name, &sketch.other);
                vec![from_to(Rename, other, &own), from_to(Rename, name, other)]
            }
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
    let mut steps = match sketch.draw.below(4) {
        0..=1 => vec![on(Readdir, &dir)],
        2 => vec![on(Readdir, &dir), on(Readdir, &dir)],
        _ => {
            let fd = sketch.fd();
            vec![open(&dir, &[Directory], fd), with(Readdir, fd), with(Readdir, fd)]
        }
    };
    if sketch.draw.in_100(50) {
        for scan in steps.iter_mut().filter(|step| step.op == Readdir) {
            *scan = cut(sketch.draw, scan);
        }
    }
    steps
}

/// The scan in parts, if this system lets a program make it in parts; a scan in parts, in others or whole.
pub fn cut(draw: &mut Draw, scan: &Step) -> Step {
    if cfg!(not(target_os = "linux")) || (scan.len.is_some() && draw.in_100(30)) {
        return Step { len: None, seek: false, ..scan.clone() };
    }
    in_parts(scan.clone(), draw.of(&PARTS), draw.in_100(50))
}

//! Several names of one file, and names that stand for others.

use super::Skeleton;
use super::names::{bare, through};
use crate::fuzz::sketch::Sketch;
use crate::fuzz::steps::{from_to, on, open, symlink, with};
use crate::ops::OpKind::{Fstat, Link, Lstat, Readlink, Rename, Stat, Unlink};
use crate::scenario::FixtureKind;

pub(super) const HARD_LINK: Skeleton = Skeleton {
    name: "hard-link",
    about: "names of one file come and go while its links are counted",
    weight: 2,
    lay: |sketch| {
        let (name, other, free) = (sketch.name.clone(), sketch.other.clone(), sketch.free.clone());
        sketch.has_file(&name);
        if sketch.draw.in_100(75) {
            sketch.has(&other, FixtureKind::HardLink(name.clone()));
        }
        if sketch.draw.in_100(50) {
            sketch.has(&free, FixtureKind::HardLink(name));
        }
    },
    change: |sketch| {
        let (own, free) = (sketch.own(), sketch.free.clone());
        match sketch.draw.below(8) {
            0..=1 => vec![on(Unlink, &sketch.name)],
            2 => vec![on(Unlink, &sketch.other)],
            3 => vec![from_to(Link, &sketch.name, &own)],
            4 => vec![from_to(Link, &sketch.name, &free)],
            5 => vec![from_to(Link, &sketch.name, &own), on(Unlink, &sketch.name)],
            6 => vec![from_to(Rename, &sketch.name, &sketch.other)],
            _ => vec![from_to(Rename, &sketch.other, &own)],
        }
    },
    look: |sketch| {
        let names = [sketch.name.clone(), sketch.other.clone(), sketch.free.clone()];
        let name = names[sketch.draw.below(names.len())].clone();
        match sketch.draw.below(6) {
            0 => vec![on(Stat, &name)],
            1 => vec![on(Lstat, &name), on(Stat, &sketch.name)],
            2 => {
                let fd = sketch.fd();
                vec![open(&name, &[], fd), with(Fstat, fd), with(Fstat, fd)]
            }
            3 => vec![on(Stat, &sketch.name), on(Stat, &sketch.other)],
            4 => super::scan::look(sketch),
            _ => through(sketch, &name),
        }
    },
};

pub(super) const SYMLINK_SWITCH: Skeleton = Skeleton {
    name: "symlink-switch",
    about: "a symbolic link is switched from one file to another and followed",
    weight: 2,
    lay: |sketch| {
        let (name, other) = (sketch.name.clone(), sketch.other.clone());
        sketch.has_file(&other);
        if sketch.draw.in_100(60) {
            sketch.has_file(&sketch.free.clone());
        }
        sketch.has(&name, FixtureKind::Symlink(bare(&other)));
    },
    change: |sketch| {
        let (own, to) = (sketch.own(), target(sketch));
        match sketch.draw.below(6) {
            0..=2 => vec![symlink(&own, &to), from_to(Rename, &own, &sketch.name)],
            3 => vec![on(Unlink, &sketch.name), symlink(&sketch.name, &to)],
            4 => vec![on(Unlink, &sketch.name)],
            _ => vec![from_to(Rename, &sketch.name, &own), symlink(&sketch.name, &to)],
        }
    },
    look: |sketch| {
        let name = sketch.name.clone();
        match sketch.draw.below(6) {
            0..=1 => vec![on(Readlink, &name)],
            2 => vec![on(Readlink, &name), on(Readlink, &name)],
            3 => vec![on(Lstat, &name), on(Stat, &name)],
            4 => vec![on(sketch.draw.of(&[Stat, Lstat]), &name)],
            _ => through(sketch, &name),
        }
    },
};

/// What the link is switched to: texts of other lengths, too.
fn target(sketch: &mut Sketch<'_>) -> String {
    match sketch.draw.below(4) {
        0..=1 => bare(&sketch.free),
        2 => bare(&sketch.other),
        _ => "longer-than-the-other".to_owned(),
    }
}

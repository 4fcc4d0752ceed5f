//! Directories: what is made in them while they go, and moves across each other.

use super::Skeleton;
use super::names::through;
use crate::fuzz::sketch::{Sketch, Steps};
use crate::fuzz::steps::{from_to, on, open, with, write};
use crate::ops::OpKind::{Close, Fstat, Mkdir, Readdir, Rename, Rmdir, Stat, Unlink};
use crate::scenario::OpenFlag::{Creat, Directory, Wronly};

pub(super) const PARENT_AND_CHILD: Skeleton = Skeleton {
    name: "parent-and-child",
    about: "a directory is removed or moved while something is done in it",
    weight: 3,
    lay: |sketch| {
        sketch.has_dir("d");
        if sketch.draw.in_100(50) {
            sketch.has_file("d/a");
        }
        if sketch.draw.in_100(25) {
            sketch.has_dir("d/s");
        }
        if sketch.draw.in_100(35) {
            sketch.has_dir("e");
        }
    },
    change: |sketch| match sketch.draw.below(12) {
        0..=1 => vec![on(Rmdir, "d")],
        2..=3 => vec![on(Unlink, "d/a"), on(Rmdir, "d")],
        4 => vec![from_to(Rename, "d", "e")],
        5 => vec![from_to(Rename, "d", "e"), from_to(Rename, "e", "d")],
        6 => make_in(sketch),
        7 => vec![on(Mkdir, "d/s")],
        8 => vec![on(Rmdir, "d/s"), on(Rmdir, "d")],
        9 => vec![from_to(Rename, "d/a", "e/a")],
        10 => vec![from_to(Rename, "d/a", "b"), on(Rmdir, "d")],
        _ => vec![on(Unlink, "d/a")],
    },
    look: |sketch| match sketch.draw.below(10) {
        0..=1 => make_in(sketch),
        2 => vec![on(Mkdir, "d/s"), on(Stat, "d/s")],
        3 => vec![on(Stat, "d"), on(Stat, "d/a")],
        4 => vec![on(Readdir, "d")],
        5 => vec![on(Mkdir, "d"), on(Stat, "d")],
        6 => {
            let fd = sketch.fd();
            vec![open("d", &[Directory], fd), with(Fstat, fd), with(Readdir, fd)]
        }
        7 => vec![on(Stat, "e/a"), on(Stat, "d/a")],
        8 => vec![on(Rmdir, "d"), on(Stat, "d")],
        _ => through(sketch, "d/a"),
    },
};

fn make_in(sketch: &mut Sketch<'_>) -> Steps {
    let fd = sketch.fd();
    let name = sketch.draw.of(&["d/a", "d/b"]);
    let mut steps = vec![open(name, &[Wronly, Creat], fd)];
    match sketch.draw.below(4) {
        0 => steps.push(on(Stat, name)),
        1 => steps.push(with(Fstat, fd)),
        2 => steps.extend([write(fd, sketch.size()), with(Close, fd)]),
        _ => {}
    }
    steps
}

pub(super) const CROSSED_RENAMES: Skeleton = Skeleton {
    name: "crossed-renames",
    about: "names and directories are moved across each other",
    weight: 2,
    lay: |sketch| {
        if sketch.draw.in_100(50) {
            sketch.has_dir("d");
            sketch.has_dir("e");
            if sketch.draw.in_100(50) {
                sketch.has_file("d/a");
            }
            if sketch.draw.in_100(25) {
                sketch.has_file("e/b");
            }
        } else {
            sketch.has_file("a");
            sketch.has_file("b");
        }
    },
    change: |sketch| {
        let moves = if is_of_directories(sketch) {
            [("d", "e/d"), ("e", "d/e"), ("d/a", "e/a"), ("e/a", "d/a"), ("d", "e"), ("d/a", "e/b")]
        } else {
            [("a", "b"), ("b", "a"), ("a", "c"), ("c", "b"), ("b", "c"), ("c", "a")]
        };
        let count = 1 + sketch.draw.below(2);
        (0..count).map(|_| sketch.draw.of(&moves)).map(|(a, b)| from_to(Rename, a, b)).collect()
    },
    look: |sketch| {
        let names = if is_of_directories(sketch) {
            ["d", "e", "d/a", "e/a", "e/d", "d/e"]
        } else {
            ["a", "b", "c", "a", "b", "c"]
        };
        let name = sketch.draw.of(&names);
        match sketch.draw.below(5) {
            0 => vec![on(Stat, name), on(Stat, sketch.draw.of(&names))],
            1 if is_of_directories(sketch) => vec![on(Readdir, sketch.draw.of(&["d", "e"]))],
            1..=2 => vec![on(Stat, name)],
            3 => vec![on(if name.len() > 1 { Unlink } else { Rmdir }, name)],
            _ => through(sketch, name),
        }
    },
};

fn is_of_directories(sketch: &Sketch<'_>) -> bool {
    sketch.fixture.iter().any(|entry| entry.path.as_literal() == Some("e"))
}

//! Names of files: removed, replaced, made.

use super::Skeleton;
use crate::fuzz::sketch::{Sketch, Steps};
use crate::fuzz::steps::{from_to, on, open, read, symlink, with, write};
use crate::ops::OpKind::{
    Access, Close, Fstat, Lstat, Mkdir, Readlink, Rename, Rmdir, Stat, Unlink,
};
use crate::scenario::OpenFlag::{Creat, Excl, Rdwr, Trunc, Wronly};
use crate::scenario::{RenameFlag, Step};

pub(super) const SHARED_NAME: Skeleton = Skeleton {
    name: "shared-name",
    about: "a name is removed, made again and looked for",
    weight: 3,
    lay: |sketch| {
        if sketch.draw.in_100(85) {
            sketch.has_file(&sketch.name.clone());
        }
        if sketch.draw.in_100(40) {
            sketch.has_file(&sketch.other.clone());
        }
    },
    change: |sketch| match sketch.draw.below(10) {
        0..=2 => vec![on(Unlink, &sketch.name)],
        3..=4 => {
            let mut steps = vec![on(Unlink, &sketch.name)];
            steps.extend(create(sketch));
            steps
        }
        5 => create(sketch),
        6 => replace(sketch),
        7 => move_away(sketch),
        8 => vec![sketch.cut()],
        _ => vec![on(Unlink, &sketch.name), on(Unlink, &sketch.other)],
    },
    look,
};

pub(super) const REPLACED_NAME: Skeleton = Skeleton {
    name: "replaced-name",
    about: "a name is replaced by rename and looked for",
    weight: 3,
    lay: |sketch| {
        sketch.has_file(&sketch.name.clone());
        if sketch.draw.in_100(75) {
            sketch.has_file(&sketch.other.clone());
        }
    },
    change: |sketch| match sketch.draw.below(8) {
        0..=1 => vec![from_to(Rename, &sketch.other, &sketch.name)],
        2 => replace(sketch),
        3..=4 => move_away(sketch),
        5 => {
            let flag = sketch.draw.of(&[RenameFlag::Noreplace, RenameFlag::Exchange]);
            let step = from_to(Rename, &sketch.other, &sketch.name);
            vec![Step { rename: Some(flag), ..step }]
        }
        6 => vec![
            from_to(Rename, &sketch.name, &sketch.other),
            from_to(Rename, &sketch.other, &sketch.name),
        ],
        _ => vec![on(Unlink, &sketch.name), from_to(Rename, &sketch.other, &sketch.name)],
    },
    look,
};

pub(super) const CREATED_NAME: Skeleton = Skeleton {
    name: "created-name",
    about: "several want to be the one that makes a name",
    weight: 2,
    lay: |sketch| {
        if sketch.draw.in_100(15) {
            sketch.has_file(&sketch.name.clone());
        }
        if sketch.draw.in_100(30) {
            sketch.has_file(&sketch.other.clone());
        }
    },
    change: |sketch| match sketch.draw.below(9) {
        0..=2 => create(sketch),
        3..=4 => vec![on(Mkdir, &sketch.name)],
        5 => vec![from_to(crate::ops::OpKind::Link, &sketch.other, &sketch.name)],
        6 => vec![symlink(&sketch.name, &bare(&sketch.other))],
        7 => vec![on(Mkdir, &sketch.name), on(Rmdir, &sketch.name)],
        _ => {
            let mut steps = create(sketch);
            steps.push(on(Unlink, &sketch.name));
            steps
        }
    },
    look: |sketch| {
        let mut steps =
            if sketch.draw.in_100(50) { (CREATED_NAME.change)(sketch) } else { Steps::new() };
        steps.extend(look(sketch));
        steps
    },
};

/// Makes the name, writes to it, and perhaps looks at what it has.
pub(super) fn create(sketch: &mut Sketch<'_>) -> Steps {
    let fd = sketch.fd();
    let flags = match sketch.draw.below(6) {
        0..=1 => vec![Wronly, Creat, Excl],
        2..=3 => vec![Wronly, Creat, Trunc],
        4 => vec![Rdwr, Creat],
        _ => vec![Wronly, Creat],
    };
    let mut steps = vec![open(&sketch.name, &flags, fd)];
    if sketch.draw.in_100(70) {
        steps.push(write(fd, sketch.size()));
    }
    match sketch.draw.below(5) {
        0 => steps.push(with(Fstat, fd)),
        1 => steps.push(with(Close, fd)),
        2 => steps.push(on(Stat, &sketch.name)),
        _ => {}
    }
    steps
}

/// Writes a file of its own and renames it to the name.
fn replace(sketch: &mut Sketch<'_>) -> Steps {
    let (fd, own) = (sketch.fd(), sketch.own());
    let mut steps = vec![open(&own, &[Wronly, Creat, Trunc], fd), write(fd, sketch.size())];
    if sketch.draw.in_100(50) {
        steps.push(with(Close, fd));
    }
    steps.push(from_to(Rename, &own, &sketch.name));
    steps
}

fn move_away(sketch: &mut Sketch<'_>) -> Steps {
    let to = match sketch.draw.below(3) {
        0 => sketch.other.clone(),
        1 => sketch.free.clone(),
        _ => sketch.own(),
    };
    let mut steps = vec![from_to(Rename, &sketch.name, &to)];
    if sketch.draw.in_100(35) {
        let (fd, own) = (sketch.fd(), to);
        match sketch.draw.below(3) {
            0 => steps.push(on(Stat, &own)),
            1 => steps.push(on(Stat, &sketch.name)),
            _ => steps.extend([open(&own, &[], fd), with(Fstat, fd)]),
        }
    }
    steps
}

/// Looks at a name, or through it.
pub(super) fn look(sketch: &mut Sketch<'_>) -> Steps {
    let name = sketch.either();
    match sketch.draw.below(10) {
        0..=3 => through(sketch, &name),
        4 => vec![on(sketch.draw.of(&[Stat, Lstat, Access]), &name)],
        5 => vec![on(Stat, &name), on(sketch.draw.of(&[Stat, Access]), &name)],
        6 => vec![on(Stat, &sketch.name), on(Stat, &sketch.other)],
        7 => super::scan::look(sketch),
        8 => {
            let fd = sketch.fd();
            vec![open(&name, &[Rdwr, Creat], fd), write(fd, sketch.size()), with(Fstat, fd)]
        }
        _ => vec![on(sketch.draw.of(&[Stat, Readlink, Lstat]), &name)],
    }
}

/// Opens a name and looks at what is there.
pub(super) fn through(sketch: &mut Sketch<'_>, name: &str) -> Steps {
    let fd = sketch.fd();
    let mut steps = vec![open(name, &[], fd)];
    match sketch.draw.below(6) {
        0 => steps.extend([with(Fstat, fd), read(fd, sketch.length())]),
        1 => steps.extend([read(fd, sketch.length()), with(Fstat, fd)]),
        2 => steps.push(with(Fstat, fd)),
        3 => steps.extend([with(Fstat, fd), on(Stat, name)]),
        _ => steps.push(read(fd, sketch.length())),
    }
    if sketch.draw.in_100(15) {
        steps.push(with(Close, fd));
    }
    steps
}

/// A name as a symbolic link beside it has it.
pub(super) fn bare(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

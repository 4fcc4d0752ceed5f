//! Errors planted in a copy of the model: each must be noticed, or the comparison proves nothing.

use fsrace::content::Runs;
use fsrace::model::{Next, Node, Program, State};
use fsrace::ops::OpKind;
use fsrace::outcome::Returned;
use fsrace::plan::StepPlan;
use libc::{EEXIST, EISDIR, ENOENT, ENOTDIR, ENOTEMPTY};

/// A wrong model: changes what a step does, given the state before it.
pub struct Error {
    /// What is wrong.
    pub name: &'static str,
    spoil: fn(&Spoil<'_>, &mut Next),
}

/// What an error can look at.
struct Spoil<'a> {
    step: &'a StepPlan,
    before: &'a State,
}

impl Spoil<'_> {
    fn is(&self, ops: &[OpKind]) -> bool {
        ops.contains(&self.step.op)
    }
}

impl Error {
    /// Spoils what a step does.
    pub fn apply(
        &self,
        program: &Program,
        before: &State,
        actor: usize,
        step: u16,
        next: &mut Next,
    ) {
        (self.spoil)(&Spoil { step: program.step(actor, step), before }, next);
    }
}

/// Changes every file that is there before and after a step.
fn files(spoil: &Spoil<'_>, next: &mut Next, change: impl Fn(&Runs, &mut Runs)) {
    let Some(after) = &mut next.state else { return };
    for old in &spoil.before.inodes {
        let new = after.inodes.iter_mut().find(|inode| inode.id == old.id);
        if let (Node::File(old), Some(Node::File(new))) = (&old.node, new.map(|new| &mut new.node))
        {
            change(old, new);
        }
    }
}

/// Changes every link count that a step has changed.
fn counts(spoil: &Spoil<'_>, next: &mut Next, change: impl Fn(u32, &mut u32)) {
    let Some(after) = &mut next.state else { return };
    for old in spoil.before.inodes.iter().filter(|inode| !inode.is_directory()) {
        if let Some(new) = after.inodes.iter_mut().find(|inode| inode.id == old.id) {
            change(old.names, &mut new.names);
        }
    }
}

fn errno(next: &mut Next, from: i32, to: i32) {
    if next.returned == Returned::Failed(from as u16) {
        next.returned = Returned::Failed(to as u16);
    }
}

/// All of them.
pub const ERRORS: &[Error] = &[
    Error {
        name: "link does not count",
        spoil: |spoil, next| {
            if spoil.is(&[OpKind::Link]) {
                counts(spoil, next, |old, new| *new = old);
            }
        },
    },
    Error {
        name: "unlink does not count",
        spoil: |spoil, next| {
            if spoil.is(&[OpKind::Unlink]) {
                counts(spoil, next, |old, new| *new = old);
            }
        },
    },
    Error {
        name: "rename does not count the name that it replaces",
        spoil: |spoil, next| {
            if spoil.is(&[OpKind::Rename]) {
                counts(spoil, next, |old, new| *new = old);
            }
        },
    },
    Error {
        name: "O_TRUNC is lost",
        spoil: |spoil, next| {
            if spoil.is(&[OpKind::Open, OpKind::Creat]) {
                files(spoil, next, |old, new| *new = old.clone());
            }
        },
    },
    Error {
        name: "truncate does not fill with zeros",
        spoil: |spoil, next| {
            if spoil.is(&[OpKind::Truncate, OpKind::Ftruncate]) {
                files(spoil, next, |old, new| {
                    if new.len() > old.len() {
                        *new = old.clone();
                    }
                });
            }
        },
    },
    Error {
        name: "a write behind the end leaves no hole",
        spoil: |spoil, next| {
            if spoil.is(&[OpKind::Pwrite]) {
                files(spoil, next, |old, new| {
                    let gap = new.slice(old.len(), new.len());
                    let hole = gap.runs().first().filter(|run| run.phase.is_none());
                    if let Some(hole) = hole.map(|run| run.len) {
                        *new = old.overwritten(old.len(), &gap.slice(hole, gap.len()));
                    }
                });
            }
        },
    },
    Error {
        name: "O_APPEND is ignored",
        spoil: |spoil, next| {
            if spoil.is(&[OpKind::Open]) {
                for description in next.state.iter_mut().flat_map(|state| &mut state.descriptions) {
                    description.append = false;
                }
            }
        },
    },
    Error {
        name: "a read does not move the offset",
        spoil: |spoil, next| {
            if spoil.is(&[OpKind::Read]) {
                next.state = None;
            }
        },
    },
    Error {
        name: "a write does not move the offset",
        spoil: |spoil, next| {
            if spoil.is(&[OpKind::Write]) {
                let Some(after) = &mut next.state else { return };
                after.descriptions.clone_from(&spoil.before.descriptions);
            }
        },
    },
    Error {
        name: "pread moves the offset",
        spoil: |spoil, next| {
            if let (OpKind::Pread, Returned::Read(read)) = (spoil.step.op, &next.returned) {
                let mut after = spoil.before.clone();
                for description in &mut after.descriptions {
                    description.offset += read.len();
                }
                next.state = Some(after);
            }
        },
    },
    Error {
        name: "rename onto another link of the file takes the old name away",
        spoil: |spoil, next| {
            let done = next.state.is_none() && next.returned == Returned::Done;
            if spoil.is(&[OpKind::Rename]) && done {
                next.returned = Returned::Failed(EEXIST as u16);
            }
        },
    },
    Error {
        name: "NOREPLACE and O_EXCL see nothing",
        spoil: |_, next| errno(next, EEXIST, ENOENT),
    },
    Error {
        name: "a directory that is not empty is said to be there",
        spoil: |_, next| errno(next, ENOTEMPTY, EISDIR),
    },
    Error { name: "ENOTDIR is ENOENT", spoil: |_, next| errno(next, ENOTDIR, ENOENT) },
    Error {
        name: "mkdir ignores its mode",
        spoil: |spoil, next| {
            if spoil.is(&[OpKind::Mkdir]) {
                let made = next.state.iter_mut().flat_map(|state| &mut state.inodes);
                for inode in made.filter(|inode| inode.is_directory()) {
                    inode.mode = 0o700;
                }
            }
        },
    },
    Error {
        name: "chmod is lost",
        spoil: |spoil, next| {
            if spoil.is(&[OpKind::Chmod, OpKind::Fchmod]) {
                next.state = None;
            }
        },
    },
    Error {
        name: "an open file goes with its last name",
        spoil: |spoil, next| {
            if spoil.is(&[OpKind::Read, OpKind::Write])
                && !matches!(next.returned, Returned::Skipped)
            {
                let gone =
                    spoil.before.inodes.iter().any(|inode| inode.names == 0 && inode.id.site != 0);
                if gone {
                    next.returned = Returned::Failed(libc::ESTALE as u16);
                }
            }
        },
    },
    Error {
        name: "locks keep nobody out",
        spoil: |spoil, next| {
            if spoil.is(&[OpKind::Flock, OpKind::Lock]) {
                next.state = None;
            }
        },
    },
    Error {
        name: "a scan misses its last name",
        spoil: |_, next| {
            if let Returned::Names(names) = &mut next.returned {
                names.pop();
            }
        },
    },
    Error {
        name: "subdirectories are not counted",
        spoil: |_, next| {
            if let Returned::Stat(stat) = &mut next.returned {
                if stat.kind == fsrace::outcome::Kind::Directory && stat.nlink > 2 {
                    stat.nlink = 2;
                }
            }
        },
    },
    Error {
        name: "symbolic links have no size",
        spoil: |_, next| {
            if let Returned::Stat(stat) = &mut next.returned {
                if stat.kind == fsrace::outcome::Kind::Symlink {
                    stat.size = Some(0);
                }
            }
        },
    },
    Error {
        name: "O_CREAT does not follow a link to nothing",
        spoil: |spoil, next| {
            let through = next.state.as_ref().is_some_and(|after| {
                let made = after
                    .inodes
                    .iter()
                    .find(|inode| spoil.before.inodes.iter().all(|old| old.id != inode.id));
                made.is_some_and(|made| matches!(made.node, Node::File(_)))
            });
            let links =
                spoil.before.inodes.iter().any(|inode| matches!(inode.node, Node::Symlink(_)));
            if spoil.is(&[OpKind::Open]) && through && links {
                next.returned = Returned::Failed(ENOENT as u16);
            }
        },
    },
    Error {
        name: "dup has an offset of its own",
        spoil: |spoil, next| {
            if spoil.is(&[OpKind::Dup]) {
                let Some(after) = &mut next.state else { return };
                for description in &mut after.descriptions {
                    description.offset = 0;
                }
            }
        },
    },
];

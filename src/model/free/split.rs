//! Which steps must be taken as several moments, because others can change what their paths lead to in
//! between.

use std::collections::HashSet;

use libc::{O_TRUNC, c_int};

use crate::model::{Name, Node, Program};
use crate::ops::call::{Call, Directory, Place};
use crate::plan::StepId;

/// Names that can come to stand for another directory, and whether symbolic links are about.
#[derive(Debug)]
pub(super) struct Moving {
    names: HashSet<Name>,
    links: bool,
    modes: bool,
}

impl Moving {
    pub(super) fn of(program: &Program) -> Self {
        let mut moving = Self { names: HashSet::new(), links: false, modes: false };
        moving.links =
            program.initial.inodes.iter().any(|inode| matches!(inode.node, Node::Symlink(_)));
        for (actor, step) in steps(program) {
            let mut add = |place: Place| {
                moving.names.extend(last(program, actor, place));
            };
            match &program.step(actor, step).call {
                Call::Rename(call) => {
                    add(call.from);
                    add(call.to);
                }
                Call::Unlink(call) if call.directory => add(call.place),
                Call::Symlink(_) => moving.links = true,
                Call::Chmod(_) | Call::Fchmod(_) => moving.modes = true,
                _ => {}
            }
        }
        moving
    }

    /// Whether a name can come to stand for another directory.
    pub(super) fn has(&self, name: Name) -> bool {
        self.names.contains(&name)
    }

    /// Whether symbolic links are about.
    pub(super) fn links(&self) -> bool {
        self.links
    }

    /// Whether resolving the paths of a step, component by component, and acting on them are to be taken
    /// as several moments.
    pub(super) fn splits(&self, program: &Program, actor: usize, step: StepId) -> bool {
        let call = &program.step(actor, step).call;
        let lookups = call.lookups();
        if lookups.is_empty() {
            return false;
        }
        let on_the_way = |place: Place| {
            program.paths(actor, place.name).any(|path| {
                let before = path.0.split_last().map_or(&[][..], |(_, before)| before);
                self.modes && !before.is_empty() || before.iter().any(|name| self.has(*name))
            })
        };
        self.links || lookups.iter().any(|lookup| on_the_way(lookup.place)) || self.acts_late(call)
    }

    /// Whether the call does something to a file that it has found, or says something about it, that
    /// is not the same at a later moment.
    fn acts_late(&self, call: &Call) -> bool {
        match call {
            Call::Stat(_) | Call::Truncate(_) | Call::Chmod(_) | Call::Link(_) => true,
            Call::Open(call) => call.flags as c_int & O_TRUNC != 0 || self.modes,
            Call::Access(_) => self.modes,
            _ => false,
        }
    }
}

/// All steps of a program.
pub(super) fn steps(program: &Program) -> impl Iterator<Item = (usize, StepId)> {
    (0..program.actors())
        .flat_map(|actor| (0..program.steps(actor).len()).map(move |step| (actor, step as StepId)))
}

fn last(program: &Program, actor: usize, place: Place) -> impl Iterator<Item = Name> {
    program.paths(actor, place.name).filter_map(|path| path.0.last().copied())
}

/// Whether a place is relative to a descriptor.
pub(super) fn is_at(place: Place) -> bool {
    place.at != Directory::Sandbox
}

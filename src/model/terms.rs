//! The terms in which the model and a round can be compared: what neither can tell is left out.
//!
//! * An inode number can be given to another file as soon as a file is gone. Equality with the
//!   number of a file of the fixture means something only if that file is never gone.
//! * Where clients of one storage have inode numbers of their own, none of them means anything.
//! * What a directory's link count is, is up to the filesystem.
//! * Of the mode, permissions are compared.

use std::collections::HashSet;

use super::path::Name;
use super::program::{DirectoryLinks, Program, Who};
use super::state::{Id, Slot, State};
use super::world::Position;
use crate::ops::call::{Call, Place};
use crate::outcome::{Identity, Kind, Left, Outcome, Returned, Stat};
use crate::scenario::RenameFlag;

/// Bits of the mode that are compared.
const PERMISSIONS: u16 = 0o777;

/// The terms of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Per entry of the fixture, whether its inode is there in every state.
    stable: Vec<bool>,
    directory_links: DirectoryLinks,
}

impl Terms {
    /// The terms of a program of which these are all states, and all worlds: where the actors
    /// stand in which state.
    pub fn exact<'a>(
        program: &Program,
        states: &[State],
        worlds: impl Iterator<Item = (&'a [Position], &'a State)>,
    ) -> Self {
        let abandoned = abandoned(worlds);
        Self::of(program, |id| {
            let is_there = |state: &State| state.inodes.iter().any(|inode| inode.id == id);
            !abandoned.contains(&id) && states.iter().all(is_there)
        })
    }

    /// The terms of a program whose states are too many: a file counts as gone in some state if a
    /// step takes away a name like one that it could have.
    pub fn bound(program: &Program) -> Self {
        let removed = removed_names(program);
        Self::of(program, |id| names_of(program, id).is_disjoint(&removed))
    }

    fn of(program: &Program, is_stable: impl Fn(Id) -> bool) -> Self {
        let mut stable = Vec::new();
        for (id, entry) in program.fixture() {
            let entry = usize::from(entry);
            if stable.len() <= entry {
                stable.resize(entry + 1, false);
            }
            stable[entry] = program.rules.identities && is_stable(id);
        }
        Self { stable, directory_links: program.rules.directory_links }
    }

    /// Whether the inode of an entry of the fixture is there in every state.
    pub fn is_stable(&self, entry: u16) -> bool {
        self.stable.get(usize::from(entry)) == Some(&true)
    }

    /// Puts what a step returned into these terms.
    pub fn returned(&self, returned: &mut Returned) {
        if let Returned::Stat(stat) = returned {
            self.stat(stat);
        }
    }

    /// Puts a tree into these terms.
    pub fn left(&self, left: &mut [Left]) {
        left.iter_mut().for_each(|left| self.stat(&mut left.stat));
    }

    /// An outcome in these terms.
    #[must_use]
    pub fn outcome(&self, outcome: &Outcome) -> Outcome {
        let mut outcome = outcome.clone();
        let steps = outcome.actors.iter_mut().flatten();
        steps.for_each(|done| self.returned(&mut done.returned));
        self.left(&mut outcome.left);
        outcome
    }

    /// Puts a stat into these terms.
    pub fn stat(&self, stat: &mut Stat) {
        stat.mode &= PERMISSIONS;
        if stat.kind == Kind::Directory && self.directory_links == DirectoryLinks::Unknown {
            stat.nlink = 0;
        }
        if let Identity::Fixture(entry) = stat.identity {
            if !self.is_stable(entry) {
                stat.identity = Identity::Other;
            }
        }
    }
}

/// Files without a name that only actors hold who are done, while others go on. The model keeps
/// them to the end of the round, but such an actor closes its descriptors meanwhile.
fn abandoned<'a>(worlds: impl Iterator<Item = (&'a [Position], &'a State)>) -> HashSet<Id> {
    let mut abandoned = HashSet::new();
    for (positions, state) in worlds {
        let actors = positions.iter().enumerate();
        let going_on = actors.filter(|(_, at)| **at != Position::DONE).map(|(actor, _)| actor);
        let going_on: Vec<usize> = going_on.collect();
        if going_on.is_empty() {
            continue;
        }
        for inode in state.inodes.iter().filter(|inode| inode.names == 0) {
            let holds = |slot: &Slot| state.description(slot.description).inode == inode.id;
            let held = |&actor: &usize| state.slots[actor].iter().flatten().any(holds);
            if !going_on.iter().any(held) {
                abandoned.insert(inode.id);
            }
        }
    }
    abandoned
}

/// Last components of the names that steps take away, by themselves or to put something else in
/// their place.
fn removed_names(program: &Program) -> HashSet<Name> {
    let mut removed = HashSet::new();
    for (who, call) in calls(program) {
        match call {
            Call::Unlink(call) => removed.extend(last(&who, call.place)),
            Call::Rename(call) if call.flag.is_none() => removed.extend(last(&who, call.to)),
            _ => {}
        }
    }
    removed
}

/// Last components of all names that an inode of the fixture could ever have.
fn names_of(program: &Program, id: Id) -> HashSet<Name> {
    let directories = program.initial.inodes.iter().map(|inode| program.initial.entries(inode.id));
    let entries = directories.flatten().filter(|(_, child)| *child == id);
    let mut names: HashSet<Name> = entries.map(|(name, _)| *name).collect();
    loop {
        let before = names.len();
        for (who, call) in calls(program) {
            let (from, to, both_ways) = match call {
                Call::Link(call) => (call.from, call.to, false),
                Call::Rename(call) => (call.from, call.to, call.flag == Some(RenameFlag::Exchange)),
                _ => continue,
            };
            let (Some(from), Some(to)) = (last(&who, from), last(&who, to)) else { continue };
            if names.contains(&from) {
                names.insert(to);
            } else if both_ways && names.contains(&to) {
                names.insert(from);
            }
        }
        if names.len() == before {
            return names;
        }
    }
}

fn last(who: &Who<'_>, place: Place) -> Option<Name> {
    who.path(place.name).0.last().copied()
}

fn calls(program: &Program) -> impl Iterator<Item = (Who<'_>, &Call)> {
    (0..program.actors()).flat_map(move |actor| {
        program
            .steps(actor)
            .iter()
            .enumerate()
            .map(move |(step, plan)| (Who::new(program, actor, step as u16), &plan.call))
    })
}

//! What caches of processes, or of client directories, remember, for the relaxations that let a cache answer.
//!
//! A search without them keeps no memory: it would only tell nodes apart that are the same.

use super::close_to_open::{self, Contents, MAKER};
use super::stale_dentry::{self, Entries};
use super::{Attempt, Relaxation};
use crate::model::{Name, Program, State, Terms, Who};
use crate::outcome::Outcome;

/// What all caches remember.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Memory {
    /// Contents that files had.
    pub(super) contents: Contents,
    /// Where names led.
    pub(super) entries: Entries,
}

/// What is worth remembering in a search.
#[derive(Clone, Debug, Default)]
pub(super) struct Caches {
    /// Contents of files.
    contents: bool,
    /// Caches, and names that are looked up through them more than once.
    again: Vec<(usize, Name)>,
}

impl Caches {
    /// What these relaxations need of a program whose actors took these steps.
    pub(super) fn of(
        program: &Program,
        outcome: &Outcome,
        relaxed: &[&'static Relaxation],
    ) -> Self {
        let mut again = Vec::new();
        if relaxed.contains(&&stale_dentry::RELAXATION) {
            again = looked_up(program, outcome);
            again.sort_unstable();
            let mut before = None;
            again.retain(|&one| before.replace(one) == Some(one));
            again.dedup();
        }
        // Who only writes is shown nothing old, but for what another client has written.
        let mut steps =
            outcome.actors.iter().enumerate().flat_map(|(actor, done)| {
                done.iter().map(move |done| program.step(actor, done.step))
            });
        let contents = relaxed.contains(&&close_to_open::RELAXATION)
            && (program.spread || steps.any(close_to_open::looks));
        Self { contents, again }
    }

    /// What is remembered before the first step.
    pub(super) fn start(&self, program: &Program, terms: &Terms) -> Memory {
        let mut memory = Memory::default();
        if self.contents {
            memory.contents = Contents::of_fixture(program);
        }
        if !self.again.is_empty() {
            memory.entries = Entries::of_fixture(program, terms, &self.again);
        }
        memory
    }

    /// Takes in what a step has done, of a call that goes on or has returned.
    pub(super) fn take_in(
        &self,
        memory: &mut Memory,
        attempt: &Attempt<'_>,
        after: &State,
        returned: bool,
        by: Option<&'static Relaxation>,
    ) {
        if self.contents {
            let stale = by == Some(&close_to_open::RELAXATION);
            memory.contents.take_in(attempt, after, returned, stale);
        }
        // What a cached entry has answered is no news of the name.
        if returned && !self.again.is_empty() && by != Some(&stale_dentry::RELAXATION) {
            memory.entries.take_in(attempt, after, &self.again);
        }
    }
}

/// The last components of the paths of all steps that were taken, with the cache that answered.
fn looked_up(program: &Program, outcome: &Outcome) -> Vec<(usize, Name)> {
    let mut names = Vec::new();
    for (actor, steps) in outcome.actors.iter().enumerate() {
        for done in steps {
            let who = Who::new(program, actor, done.step);
            let lookups = program.step(actor, done.step).call.lookups();
            let last = lookups.iter().filter_map(|one| who.path(one.place.name).0.last());
            names.extend(last.map(|&name| (who.cache(), name)));
        }
    }
    if program.spread {
        // Making the fixture is a look at its names, by the client that it was made through.
        let directories = program.initial.inodes.iter().filter(|inode| inode.is_directory());
        let entries = directories.flat_map(|inode| program.initial.entries(inode.id));
        names.extend(entries.map(|&(name, _)| (MAKER, name)));
    }
    names
}

//! What can be known about an actor without running it: which steps can be reached, and which
//! descriptors may be open there.

mod branches;
mod descriptors;
mod states;

use super::diagnostic::Log;
use super::step::{Located, Named};
use super::suggest;
use super::types::Jump;

pub(super) use states::can_be_directory;

/// An actor's steps, with what is open before they start.
pub(super) struct Program<'p> {
    pub(super) main: &'p [Located],
    pub(super) branches: &'p [(Named, Vec<Located>)],
    pub(super) shared: &'p [SharedName],
}

/// A shared descriptor, as far as the flow needs to know it.
pub(super) struct SharedName {
    pub(super) name: String,
    pub(super) directory: bool,
}

/// Checks the flow of one actor.
pub(super) fn check(log: &Log<'_>, program: &Program<'_>) {
    let states = states::states(program);
    branches::check(log, program, &states);
    descriptors::check(log, program, &states);
}

impl<'p> Program<'p> {
    fn list(&self, index: usize) -> &'p [Located] {
        match index.checked_sub(1) {
            None => self.main,
            Some(branch) => self.branches.get(branch).map_or(&[], |(_, steps)| steps),
        }
    }

    fn lists(&self) -> impl Iterator<Item = &'p [Located]> {
        (0..=self.branches.len()).map(|index| self.list(index))
    }

    fn steps(&self) -> impl Iterator<Item = &'p Located> {
        self.lists().flatten()
    }

    /// The list that a branch name stands for. A mistyped name stands for the nearest, so that
    /// one mistake is reported once.
    fn branch(&self, name: &str) -> Option<usize> {
        let names = || self.branches.iter().map(|(branch, _)| branch.name.as_str());
        let near = if names().any(|known| known == name) {
            name
        } else {
            suggest::nearest(name, names())?
        };
        names().position(|known| known == near).map(|index| index + 1)
    }
    /// The list that a jump leads to, if it leads to another.
    fn target(&self, jump: &Jump) -> Option<usize> {
        match jump {
            Jump::Branch(name) => self.branch(name),
            Jump::Again | Jump::Next => None,
        }
    }
}

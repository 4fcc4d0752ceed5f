//! What no step of the scenario can change: directories that stay, names that nobody touches.
//!
//! Everything here errs on one side: a fact is claimed only where no order of the actors' steps
//! can break it. It needs no model, and so holds where that has nothing to say.

use std::collections::HashMap;

use super::pattern::{Parent, Pattern};
use crate::ops::OpKind;
use crate::scenario::Step;

/// A step together with the names it can touch.
#[derive(Debug)]
pub(super) struct Placed<'a> {
    /// Index of the actor instance.
    pub(super) actor: usize,
    pub(super) step: &'a Step,
    /// The path it names, seen from the sandbox.
    pub(super) path: Option<Pattern>,
    /// The second path of `rename` and `link`.
    pub(super) to: Option<Pattern>,
    /// Whether the directory that the paths are relative to is known.
    pub(super) at_is_known: bool,
    /// Every path that its descriptor can have been opened at.
    pub(super) opened_at: Vec<Pattern>,
}

/// A fixture entry, as the facts need it.
#[derive(Debug)]
pub(super) struct PlacedFixture {
    pub(super) path: String,
    pub(super) directory: bool,
    pub(super) symlink: bool,
}

/// The whole scenario, ready for questions.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) steps: &'a [Placed<'a>],
    pub(super) fixture: &'a [PlacedFixture],
    /// Paths of the shared descriptors, with whether they truncate or create.
    pub(super) shared: Vec<Pattern>,
}

impl Facts<'_> {
    /// Whether some path cannot be told at all, so that nothing can be said about any.
    fn undecided(&self) -> bool {
        self.has_symlinks() || self.steps.iter().any(|placed| !placed.at_is_known)
    }

    /// Whether a path can lead through or to a symbolic link.
    pub(super) fn has_symlinks(&self) -> bool {
        self.fixture.iter().any(|entry| entry.symlink)
            || self.steps.iter().any(|placed| placed.step.op == OpKind::Symlink)
    }

    /// Whether permissions can come to forbid something.
    pub(super) fn may_deny(&self) -> bool {
        self.steps.iter().any(|placed| {
            matches!(placed.step.op, OpKind::Chmod | OpKind::Fchmod)
                || placed.step.mode.is_some_and(|mode| mode & 0o600 != 0o600)
                || (placed.step.op == OpKind::Mkdir
                    && placed.step.mode.is_some_and(|mode| mode & 0o700 != 0o700))
        })
    }

    /// Whether the directory that holds `path` is there and stays what it is.
    pub(super) fn parent_is_stable(&self, path: &Pattern) -> bool {
        if self.undecided() {
            return false;
        }
        match path.parent() {
            Parent::Top => true,
            Parent::Literal(parent) => self.is_stable_directory(parent),
            Parent::Unknown => false,
        }
    }

    fn is_stable_directory(&self, path: &str) -> bool {
        let mut above = Some(path);
        while let Some(directory) = above {
            let there = self.fixture.iter().any(|entry| entry.directory && entry.path == directory);
            if !there || self.is_moved_or_removed(&Pattern::literal(directory)) {
                return false;
            }
            above = directory.rsplit_once('/').map(|(parent, _)| parent);
        }
        true
    }

    fn is_moved_or_removed(&self, name: &Pattern) -> bool {
        self.steps.iter().any(|placed| {
            let hits = |path: &Option<Pattern>| path.as_ref().is_some_and(|p| p.may_equal(name));
            match placed.step.op {
                OpKind::Unlink | OpKind::Rmdir => hits(&placed.path),
                OpKind::Rename => hits(&placed.path) || hits(&placed.to),
                _ => false,
            }
        })
    }

    /// Names in a directory that are there throughout; empty when that cannot be told.
    pub(super) fn stable_names(&self, directory: &Pattern) -> Vec<String> {
        let Some(directory) = directory.as_literal() else { return Vec::new() };
        if self.undecided() || (directory != "." && !self.is_stable_directory(directory)) {
            return Vec::new();
        }
        let prefix = if directory == "." { String::new() } else { format!("{directory}/") };
        let inside = |entry: &&PlacedFixture| {
            entry.path.strip_prefix(&prefix).is_some_and(|rest| !rest.contains('/'))
        };
        self.fixture
            .iter()
            .filter(inside)
            // Some systems return such a name in another normal form than it was given.
            .filter(|entry| entry.path.is_ascii())
            .filter(|entry| !self.is_moved_or_removed(&Pattern::literal(&entry.path)))
            .map(|entry| entry.path[prefix.len()..].to_owned())
            .collect()
    }
}

/// Paths at which each named descriptor of an actor can have been opened.
pub(super) fn descriptor_paths(
    steps: &[(Option<Pattern>, &Step)],
    shared: &[(String, Pattern)],
) -> HashMap<String, Vec<Pattern>> {
    let mut paths: HashMap<String, Vec<Pattern>> = HashMap::new();
    for (name, path) in shared {
        paths.entry(name.clone()).or_default().push(path.clone());
    }
    for (path, step) in steps {
        if let (OpKind::Open | OpKind::Creat, Some(fd), Some(path)) = (step.op, &step.fd, path) {
            paths.entry(fd.clone()).or_default().push(path.clone());
        }
    }
    // A copy of a copy needs as many passes as there are copies in a row.
    for _ in 0..steps.len() {
        for (_, step) in steps {
            if let (OpKind::Dup, Some(from), Some(new)) = (step.op, &step.fd, &step.new) {
                let known = paths.get(from).cloned().unwrap_or_default();
                let copy = paths.entry(new.clone()).or_default();
                for path in known {
                    if !copy.contains(&path) {
                        copy.push(path);
                    }
                }
            }
        }
    }
    paths
}

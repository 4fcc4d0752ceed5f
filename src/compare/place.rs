//! Which directories of two systems are the same place.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::source::Source;

/// How the directories on one type of filesystem are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// They are not: each is another run on that filesystem.
    Together,
    /// By their path.
    Path,
    /// By the last part of their path.
    Name,
}

/// Where a scenario ran, as far as it is told apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) fs_type: String,
    /// The directory, where there are several.
    pub(super) target: Option<String>,
}

/// All places.
#[derive(Clone, Debug)]
pub(super) struct Places {
    how: BTreeMap<String, How>,
}

impl Places {
    /// Those of these systems. A path alone proves nothing: a mount may be anywhere. But where a
    /// system has several directories on filesystems of one type (overlays, say), and all others
    /// have the same, they are kept apart.
    pub(super) fn of(sources: &[Source]) -> Self {
        let mut paths: BTreeMap<&str, Vec<BTreeSet<&str>>> = BTreeMap::new();
        for source in sources {
            let mut own: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            for block in &source.blocks {
                own.entry(&block.target.fs_type).or_default().insert(&block.target.path);
            }
            for (fs_type, set) in own {
                paths.entry(fs_type).or_default().push(set);
            }
        }
        let how = |sets: &[BTreeSet<&str>]| {
            let names = |set: &BTreeSet<&str>| -> BTreeSet<String> {
                set.iter().map(|path| last_part(path)).collect()
            };
            let same = |a: &BTreeSet<String>, b: &BTreeSet<String>| a == b;
            if sets.iter().all(|set| set.len() <= 1) {
                How::Together
            } else if sets.iter().all(|set| *set == sets[0]) {
                How::Path
            } else if sets
                .iter()
                .all(|set| names(set).len() == set.len() && same(&names(set), &names(&sets[0])))
            {
                How::Name
            } else {
                How::Together
            }
        };
        let how = paths.iter().map(|(fs_type, sets)| ((*fs_type).to_owned(), how(sets))).collect();
        Self { how }
    }

    /// Types of filesystem of which some system has several directories that are not told apart.
    pub(super) fn together(&self, sources: &[Source]) -> Vec<String> {
        let several = |fs_type: &str| {
            sources.iter().any(|source| {
                let targets = source.blocks.iter().map(|block| &block.target);
                let paths = targets.filter(|target| target.fs_type == fs_type);
                paths.map(|target| &target.path).collect::<BTreeSet<_>>().len() > 1
            })
        };
        let pooled = self.how.iter().filter(|(_, how)| **how == How::Together);
        pooled.map(|(fs_type, _)| fs_type.clone()).filter(|fs_type| several(fs_type)).collect()
    }

    /// The place that a directory is.
    pub(super) fn place(&self, fs_type: &str, path: &str) -> Place {
        let target = match self.how.get(fs_type) {
            Some(How::Path) => Some(path.to_owned()),
            Some(How::Name) => Some(last_part(path)),
            _ => None,
        };
        Place { fs_type: fs_type.to_owned(), target }
    }
}

fn last_part(path: &str) -> String {
    let name = Path::new(path).file_name();
    name.map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned())
}

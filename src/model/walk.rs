//! Path resolution.

use libc::{EACCES, ELOOP, ENOENT, ENOTDIR};

use super::path::{Name, Path};
use super::program::Who;
use super::state::{Id, Node, State};
use crate::ops::call::Directory;

/// Symbolic links that one resolution follows at most: what Linux does; POSIX asks for 8.
pub(super) const LINKS: u32 = 40;
/// Permission bit of the owner: search of a directory.
const SEARCH: u16 = 0o100;

/// Where a path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Found {
    /// To the directory that it is relative to: it has no last component.
    Base(Id),
    /// To a name in a directory, and what that name stands for.
    Entry {
        /// The directory.
        parent: Id,
        /// The last component.
        name: Name,
        /// What it leads to, if it is there.
        inode: Option<Id>,
    },
}

/// Where a path leads, or the errno with which it leads nowhere.
pub type Walked = Result<Found, i32>;

impl Found {
    /// What the path leads to, or ENOENT.
    ///
    /// # Errors
    /// ENOENT, if the last component is not there.
    pub fn inode(self) -> Result<Id, i32> {
        match self {
            Self::Base(id) => Ok(id),
            Self::Entry { inode, .. } => inode.ok_or(ENOENT),
        }
    }
}

impl State {
    /// The directory that a path is relative to; `None` while that descriptor is not open.
    pub fn base(&self, who: &Who<'_>, at: Directory) -> Option<Id> {
        match at {
            Directory::Sandbox => Some(Id::ROOT),
            Directory::Slot(slot) => Some(self.opened(who.actor, slot.0)?.inode),
        }
    }

    /// Resolves a path from a directory. `follow` says whether a symbolic link at the end is
    /// followed; a link whose target is not there then leads to the missing name.
    ///
    /// # Errors
    /// ENOENT, ENOTDIR, ELOOP, EACCES.
    pub fn walk(&self, who: &Who<'_>, base: Id, path: &Path, follow: bool) -> Walked {
        self.walk_on(who, base, path, follow, &mut { LINKS })
    }

    /// Resolves a path of the call that is being made, the first or the second, unless it was resolved
    /// before.
    ///
    /// # Errors
    /// As [`State::walk`].
    pub fn resolve(
        &self,
        who: &Who<'_>,
        which: usize,
        base: Id,
        path: &Path,
        follow: bool,
    ) -> Walked {
        let earlier = who.resolved.get(which).copied();
        earlier.unwrap_or_else(|| self.walk(who, base, path, follow))
    }

    pub(super) fn walk_on(
        &self,
        who: &Who<'_>,
        base: Id,
        path: &Path,
        follow: bool,
        links: &mut u32,
    ) -> Walked {
        let Some((&last, before)) = path.0.split_last() else {
            return if self.inode(base).is_directory() {
                Ok(Found::Base(base))
            } else {
                Err(ENOTDIR)
            };
        };
        let mut directory = base;
        for &name in before {
            let found = self.look_up(who, directory, name)?;
            let found = self.follow(who, directory, name, found, links)?;
            directory = found.inode()?;
        }
        let inode = self.look_up(who, directory, last)?;
        if follow {
            return self.follow(who, directory, last, inode, links);
        }
        Ok(Found::Entry { parent: directory, name: last, inode })
    }

    pub(super) fn look_up(
        &self,
        who: &Who<'_>,
        directory: Id,
        name: Name,
    ) -> Result<Option<Id>, i32> {
        let inode = self.inode(directory);
        if !inode.is_directory() {
            return Err(ENOTDIR);
        }
        if !who.may(inode.mode, SEARCH) {
            return Err(EACCES);
        }
        Ok(self.entry(directory, name))
    }

    /// Follows what a name leads to, if that is a symbolic link.
    fn follow(
        &self,
        who: &Who<'_>,
        parent: Id,
        name: Name,
        inode: Option<Id>,
        links: &mut u32,
    ) -> Walked {
        let link = inode.and_then(|id| match self.inode(id).node {
            Node::Symlink(text) => Some(text),
            _ => None,
        });
        let Some(text) = link else { return Ok(Found::Entry { parent, name, inode }) };
        *links = links.checked_sub(1).ok_or(ELOOP)?;
        self.walk_on(who, parent, who.program.target(text), true, links)
    }
}

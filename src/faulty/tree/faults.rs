//! What only faults do to a tree: half of what a request does, or what no request may do.

use super::Tree;
use crate::faulty::request::Place;
use fuser::INodeNo;
use std::ffi::OsStr;

impl Tree {
    /// Takes a name out of its directory, and leaves the file as if it still had it. It is to be
    /// given back with [`Tree::show`].
    pub(in crate::faulty) fn hide(&mut self, parent: INodeNo, name: &OsStr) -> Option<INodeNo> {
        let ino = self.find(parent, name)?;
        self.take(parent, name).ok()?;
        Some(ino)
    }

    /// Gives back a name that was hidden, in place of what may have come there meanwhile.
    pub(in crate::faulty) fn show(&mut self, parent: INodeNo, name: &OsStr, ino: INodeNo) {
        if let Some(newer) = self.find(parent, name) {
            // A name that is there has a directory and a file.
            let _ = self.take(parent, name).and_then(|()| self.drop_link(newer));
        }
        let _ = self.put(parent, name, ino);
    }

    /// Whether a directory is `ancestor` or lies below it.
    pub(in crate::faulty) fn is_below(&self, directory: INodeNo, ancestor: INodeNo) -> bool {
        self.is_within(directory, ancestor).unwrap_or(false)
    }

    /// Moves a directory below itself, where no path leads to any more.
    pub(in crate::faulty) fn tie(&mut self, from: Place<'_>, to: Place<'_>, ino: INodeNo) {
        // Both are there: whoever looked upwards from there would never come to an end, so that it is
        // its own parent from now on, as the root is.
        let _ = self.take(from.parent, from.name).and_then(|()| self.put(to.parent, to.name, ino));
        let _ = self.reparent(ino, from.parent, ino);
    }
}

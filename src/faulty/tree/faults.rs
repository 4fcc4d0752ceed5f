//! What only faults do to a tree: half of what a request does, or what no request may do.

use super::Tree;
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
}

//! Removed links that the kernel has not yet counted.
//!
//! When UNLINK (or a RENAME onto a name) is answered, the kernel subtracts one from the link count
//! that it keeps with the inode. A LOOKUP by another thread that is answered later here but handled
//! earlier there has already brought the new count, so the link is subtracted twice, a file that
//! still has a name is left with 0, and `link` refuses it with ENOENT without asking.
//!
//! So, while the thread that removed the link may still be waiting for its answer (it has sent no
//! other request), entries report that link too. Nobody sees the difference: `stat` is answered by
//! GETATTR.

use super::request::{Request, Who};
use super::tree::Tree;
use fuser::INodeNo;
use std::collections::HashMap;

/// Threads that end with a removal leave a note behind.
const MOST_NOTES: usize = 1024;

#[derive(Default)]
pub(super) struct Drops(HashMap<u32, INodeNo>);

impl Drops {
    /// The inode that will lose a link if this request succeeds.
    pub(super) fn foresee(request: &Request<'_>, tree: &Tree) -> Option<INodeNo> {
        match request {
            Request::Unlink { parent, name } => tree.find(*parent, name),
            Request::Rename { to, .. } => tree.find(to.parent, to.name),
            _ => None,
        }
    }

    /// Notes what a thread did; with each request it has seen the answer to the one before.
    pub(super) fn note(&mut self, who: Who, dropped: Option<INodeNo>) {
        self.0.remove(&who.tid);
        if self.0.len() >= MOST_NOTES {
            self.0.clear();
        }
        if let Some(ino) = dropped {
            self.0.insert(who.tid, ino);
        }
    }

    /// How many links of an inode the kernel may be about to subtract.
    pub(super) fn pending(&self, ino: INodeNo) -> u32 {
        self.0.values().filter(|dropped| **dropped == ino).count() as u32
    }
}

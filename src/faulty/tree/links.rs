//! Attributes set whatever is true of the file: for faults.

use super::Tree;
use fuser::INodeNo;

impl Tree {
    /// Sets the link count of a file, whatever names it has.
    pub(in crate::faulty) fn set_links(&mut self, ino: INodeNo, links: u32) {
        if let Ok(node) = self.node_mut(ino) {
            node.attr.nlink = links;
        }
    }

    /// Sets the permission bits of a file, whoever asks.
    pub(in crate::faulty) fn set_permissions(&mut self, ino: INodeNo, perm: u16) {
        if let Ok(node) = self.node_mut(ino) {
            node.attr.perm = perm;
        }
    }
}

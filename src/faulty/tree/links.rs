//! Link counts that are not those of the names: for faults.

use super::Tree;
use fuser::INodeNo;

impl Tree {
    /// Sets the link count of a file, whatever names it has.
    pub(in crate::faulty) fn set_links(&mut self, ino: INodeNo, links: u32) {
        if let Ok(node) = self.node_mut(ino) {
            node.attr.nlink = links;
        }
    }
}

//! What only a fault does to the content of a file.

use super::{Body, Tree};
use fuser::INodeNo;

impl Tree {
    /// Makes zeros of what lies behind `from`, and leaves the file as long as it is.
    pub(in crate::faulty) fn clear(&mut self, ino: INodeNo, from: u64) {
        let Some(size) = self.attributes(ino).map(|attr| attr.size) else { return };
        if matches!(self.node(ino).map(|node| &node.body), Ok(Body::File(_))) && from < size {
            // A file can be cut and made longer again.
            let _ = self.resize(ino, from).and_then(|()| self.resize(ino, size));
        }
    }
}

//! What only a fault does to the content of a file or of a symbolic link.

use super::{Body, Tree};
use fuser::INodeNo;
use std::ffi::OsString;

impl Tree {
    /// Makes zeros of what lies behind `from`, and leaves the file as long as it is.
    pub(in crate::faulty) fn clear(&mut self, ino: INodeNo, from: u64) {
        let Some(size) = self.attributes(ino).map(|attr| attr.size) else { return };
        if matches!(self.node(ino).map(|node| &node.body), Ok(Body::File(_))) && from < size {
            // A file can be cut and made longer again.
            let _ = self.resize(ino, from).and_then(|()| self.resize(ino, size));
        }
    }

    /// Gives a symbolic link another text, and returns the one that it had; `None` if it is none.
    pub(in crate::faulty) fn swap_text(
        &mut self,
        ino: INodeNo,
        text: OsString,
    ) -> Option<OsString> {
        let node = self.node_mut(ino).ok()?;
        let Body::Symlink(target) = &mut node.body else { return None };
        let before = std::mem::replace(target, text);
        node.measure();
        Some(before)
    }
}

//! What scans show: for faults that go on elsewhere than where one was.

use super::Tree;
use crate::faulty::request::Listed;
use fuser::{FileHandle, INodeNo};
use std::sync::Arc;

impl Tree {
    /// What a scan that began now would show; nothing for what is no directory.
    pub(in crate::faulty) fn listing(&self, ino: INodeNo) -> Arc<[Listed]> {
        self.list(ino).unwrap_or_else(|_| Arc::new([]))
    }

    /// What the scan of a handle shows.
    pub(in crate::faulty) fn scan_of(&self, handle: FileHandle) -> Option<Arc<[Listed]>> {
        self.handles.get(&handle).map(|open| Arc::clone(&open.scan))
    }
}

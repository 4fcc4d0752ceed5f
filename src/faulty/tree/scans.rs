//! What open scans show: for faults that continue or begin one elsewhere than where it was.

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

    /// Makes the scan of a handle show something else.
    pub(in crate::faulty) fn set_scan(&mut self, handle: FileHandle, scan: Arc<[Listed]>) {
        if let Some(open) = self.handles.get_mut(&handle) {
            open.scan = scan;
        }
    }

    /// The handles through which a directory is being scanned.
    pub(in crate::faulty) fn scans(&self, ino: INodeNo) -> Vec<FileHandle> {
        let begun = self.handles.iter().filter(|(_, open)| open.ino == ino && !open.scan.is_empty());
        begun.map(|(handle, _)| *handle).collect()
    }
}

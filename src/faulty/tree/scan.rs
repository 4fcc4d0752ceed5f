//! Directory scans.
//!
//! A scan shows the directory as it was at one moment: when it started, or was rewound. An offset
//! is a position in that snapshot. A filesystem that finds its place again by counting entries of
//! the live directory misses or doubles names that nobody touched when others come and go.

use super::node::Handle;
use super::{Tree, permission};
use crate::faulty::request::{Answer, Listed, Outcome, Who};
use fuser::{FileHandle, FileType, INodeNo};
use rustix::io::Errno;
use std::sync::Arc;

impl Tree {
    pub(super) fn open_directory(&mut self, who: Who, ino: INodeNo) -> Outcome {
        self.directory(ino)?;
        permission::check(who, &self.node(ino)?.attr, permission::READ)?;
        let handle = self.open_handle(ino, Handle { ino, scan: Arc::new([]) })?;
        Ok(Answer::Opened(handle))
    }

    pub(super) fn read_directory(
        &mut self,
        ino: INodeNo,
        handle: FileHandle,
        offset: u64,
    ) -> Outcome {
        // Offset 0 is the first read after opendir, or after rewinddir, which POSIX wants to see
        // the directory as it is now.
        let fresh = if offset == 0 { Some(self.list(ino)?) } else { None };
        let open = self.handles.get_mut(&handle).ok_or(Errno::BADF)?;
        if let Some(scan) = fresh {
            open.scan = scan;
        }
        Ok(Answer::Names(Arc::clone(&open.scan)))
    }

    pub(super) fn list(&self, ino: INodeNo) -> Result<Arc<[Listed]>, Errno> {
        let directory = self.directory(ino)?;
        let dot = |name: &str, ino| Listed { name: name.into(), ino, kind: FileType::Directory };
        let mut names = vec![dot(".", ino), dot("..", directory.parent)];
        for (name, ino) in &directory.entries {
            names.push(Listed { name: name.clone(), ino: *ino, kind: self.node(*ino)?.attr.kind });
        }
        Ok(names.into())
    }
}

//! Open, create, read and write of regular files.

use super::node::Handle;
use super::{Body, Tree, permission};
use crate::faulty::request::{Answer, Outcome, Who};
use fuser::{FileHandle, INodeNo};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::sync::Arc;

impl Tree {
    /// Opens an inode, which may have lost its last name since it was looked up: the call then
    /// happened while the name was there (see `callers`).
    pub(super) fn open(&mut self, who: Who, ino: INodeNo, flags: i32) -> Outcome {
        self.open_file(who, ino, flags, true).map(Answer::Opened)
    }

    /// The kernel sends CREATE when it has just not found the name, under the lock of the
    /// directory. That holds on one machine; the protocol does not promise it, so a name that is
    /// there after all is opened.
    pub(super) fn create(
        &mut self,
        who: Who,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        flags: i32,
    ) -> Outcome {
        let (ino, existed) = match self.find(parent, name) {
            Some(_) if flags & libc::O_EXCL != 0 => return Err(Errno::EXIST),
            Some(ino) => (ino, true),
            None => {
                (self.add_file(who, parent, name, mode, Body::File(Default::default()))?, false)
            }
        };
        // A new file can be written through the descriptor that made it whatever its mode says.
        let handle = self.open_file(who, ino, flags, existed)?;
        Ok(Answer::Created { attr: self.node(ino)?.attr, handle })
    }

    fn open_file(
        &mut self,
        who: Who,
        ino: INodeNo,
        flags: i32,
        checked: bool,
    ) -> Result<FileHandle, Errno> {
        let access = match flags & libc::O_ACCMODE {
            libc::O_RDONLY => permission::READ,
            libc::O_WRONLY => permission::WRITE,
            _ => permission::READ | permission::WRITE,
        };
        let truncate = flags & libc::O_TRUNC != 0;
        let needed = if truncate { access | permission::WRITE } else { access };
        let node = self.node(ino)?;
        if checked {
            permission::check(who, &node.attr, needed)?;
        }
        match node.body {
            Body::Directory(_) => return Err(Errno::ISDIR),
            Body::Symlink(_) => return Err(Errno::LOOP),
            Body::File(_) if truncate => self.resize(ino, 0)?,
            _ => {}
        }
        self.open_handle(ino, Handle { ino, scan: Arc::new([]) })
    }

    pub(super) fn read(&self, ino: INodeNo, offset: u64, size: u32) -> Outcome {
        match &self.node(ino)?.body {
            Body::File(content) => Ok(Answer::Data(content.read(offset, size as usize))),
            _ => Err(Errno::INVAL),
        }
    }

    /// With `append`, the offset is found here: the kernel takes it from a size that it cached,
    /// and a truncation by OPEN can be done here before the kernel has heard of it.
    pub(super) fn write(
        &mut self,
        ino: INodeNo,
        offset: u64,
        data: &[u8],
        append: bool,
    ) -> Outcome {
        let budget = self.capacity - self.used;
        let node = self.node_mut(ino)?;
        let before = node.blocks();
        let Body::File(content) = &mut node.body else { return Err(Errno::INVAL) };
        let offset = if append { content.size() } else { offset };
        let written = content.write(offset, data, budget);
        if written == 0 && !data.is_empty() {
            return Err(Errno::NOSPC);
        }
        node.modified();
        node.measure();
        self.used += self.node(ino)?.blocks() - before;
        Ok(Answer::Written(written as u32))
    }
}

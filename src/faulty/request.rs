//! Requests and answers as plain data, so that a fault can match on them and the tree can be
//! tested without a mount.

use fuser::{FileAttr, FileHandle, FileType, INodeNo, RenameFlags, TimeOrNow};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::sync::Arc;

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(in crate::faulty) struct Who {
    /// Thread id, 0 where the kernel cannot tell (another pid namespace, or work of its own).
    pub(in crate::faulty) tid: u32,
    pub(in crate::faulty) uid: u32,
    pub(in crate::faulty) gid: u32,
}

/// One request of the kernel.
#[derive(Debug)]
pub(in crate::faulty) enum Request<'a> {
    Lookup {
        parent: INodeNo,
        name: &'a OsStr,
    },
    Forget {
        ino: INodeNo,
        count: u64,
    },
    GetAttr {
        ino: INodeNo,
    },
    SetAttr {
        ino: INodeNo,
        change: Change,
    },
    Access {
        ino: INodeNo,
        mask: i32,
    },
    ReadLink {
        ino: INodeNo,
    },
    MkNod {
        parent: INodeNo,
        name: &'a OsStr,
        mode: u32,
        rdev: u32,
    },
    MkDir {
        parent: INodeNo,
        name: &'a OsStr,
        mode: u32,
    },
    Symlink {
        parent: INodeNo,
        name: &'a OsStr,
        target: &'a OsStr,
    },
    Link {
        ino: INodeNo,
        parent: INodeNo,
        name: &'a OsStr,
    },
    Unlink {
        parent: INodeNo,
        name: &'a OsStr,
    },
    RmDir {
        parent: INodeNo,
        name: &'a OsStr,
    },
    Rename {
        from: Place<'a>,
        to: Place<'a>,
        flags: RenameFlags,
    },
    Open {
        ino: INodeNo,
        flags: i32,
    },
    Create {
        parent: INodeNo,
        name: &'a OsStr,
        mode: u32,
        flags: i32,
    },
    Read {
        ino: INodeNo,
        handle: FileHandle,
        offset: u64,
        size: u32,
    },
    Write {
        ino: INodeNo,
        handle: FileHandle,
        offset: u64,
        data: &'a [u8],
        append: bool,
    },
    Release {
        handle: FileHandle,
    },
    OpenDir {
        ino: INodeNo,
    },
    ReadDir {
        ino: INodeNo,
        handle: FileHandle,
        offset: u64,
    },
    /// With `wait`, the answer EAGAIN means that it is asked again later.
    SetLock {
        lock: RangeLock,
        wait: bool,
    },
    GetLock {
        lock: RangeLock,
    },
    /// A descriptor is closed, not necessarily the last one of its handle.
    Flush {
        ino: INodeNo,
        owner: u64,
    },
    StatFs,
}

/// A byte-range lock that somebody holds or asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::faulty) struct RangeLock {
    pub(in crate::faulty) ino: INodeNo,
    /// A process or an open file description, as a number of the kernel's.
    pub(in crate::faulty) owner: u64,
    /// The handle by which it was taken: the kernel does not say when an open file description gives up
    /// its locks, but when its handle goes.
    pub(in crate::faulty) handle: FileHandle,
    pub(in crate::faulty) start: u64,
    /// The last byte.
    pub(in crate::faulty) end: u64,
    pub(in crate::faulty) hold: Hold,
    /// What F_GETLK tells about the owner.
    pub(in crate::faulty) pid: u32,
}

/// How bytes are locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::faulty) enum Hold {
    Nothing,
    Shared,
    Exclusive,
}

impl RangeLock {
    /// Whether two locks cannot be held together.
    pub(in crate::faulty) fn conflicts(&self, other: &Self) -> bool {
        self.ino == other.ino
            && self.owner != other.owner
            && self.start <= other.end
            && other.start <= self.end
            && (self.hold == Hold::Exclusive || other.hold == Hold::Exclusive)
    }
}

/// A name in a directory.
#[derive(Clone, Copy, Debug)]
pub(in crate::faulty) struct Place<'a> {
    pub(in crate::faulty) parent: INodeNo,
    pub(in crate::faulty) name: &'a OsStr,
}

/// What a SETATTR asks to change.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::faulty) struct Change {
    pub(in crate::faulty) mode: Option<u32>,
    pub(in crate::faulty) uid: Option<u32>,
    pub(in crate::faulty) gid: Option<u32>,
    pub(in crate::faulty) size: Option<u64>,
    pub(in crate::faulty) atime: Option<TimeOrNow>,
    pub(in crate::faulty) mtime: Option<TimeOrNow>,
    /// Through an open descriptor, whose access was checked when it was opened.
    pub(in crate::faulty) by_handle: bool,
}

/// A successful answer.
#[derive(Debug)]
pub(in crate::faulty) enum Answer {
    Done,
    Entry(FileAttr),
    Attributes(FileAttr),
    Target(OsString),
    Opened(FileHandle),
    Created { attr: FileAttr, handle: FileHandle },
    Data(Vec<u8>),
    Written(u32),
    Names(Arc<[Listed]>),
    Lock(Option<RangeLock>),
    Space { blocks: u64, free: u64, files: u64, files_free: u64 },
}

/// A name as readdir shows it.
#[derive(Clone, Debug)]
pub(in crate::faulty) struct Listed {
    pub(in crate::faulty) name: OsString,
    pub(in crate::faulty) ino: INodeNo,
    pub(in crate::faulty) kind: FileType,
}

/// An answer or the errno of its failure.
pub(in crate::faulty) type Outcome = Result<Answer, Errno>;

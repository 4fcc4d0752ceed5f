//! Between `fuser` and the server: requests in, replies out, and the settings that keep the kernel
//! from adding races of its own.
//!
//! * Nothing is cached. Entries and attributes live for zero seconds, so every path walk asks and
//!   every stat is answered here; with any other lifetime a thread sees names and sizes that
//!   another thread has already changed.
//! * `FOPEN_DIRECT_IO` on every file. Through the page cache a read is served page by page and
//!   mixes two writes, an append takes its offset from a cached size, and data read once stays.
//!   Direct, one call is one request, up to [`LARGEST_IO`]; a larger one, or one of that size from
//!   a buffer that is not page aligned, is split and atomic only in its parts.
//! * `FUSE_ATOMIC_O_TRUNC`. Without it open and truncate are two requests, and between them the file
//!   can lose the name that it was opened by.
//! * More links in entries than there are ([`UNSEEN_LINKS`]). The kernel keeps a link count with the
//!   inode and subtracts one after an UNLINK, or a RENAME onto a name, although a LOOKUP on another
//!   thread may already have brought the new count. At 0 it refuses `link` with ENOENT without
//!   asking, for a file that still has a name, or for a name that has just been given to another
//!   file. No `stat` shows the count: GETATTR answers those.
//! * `FUSE_PARALLEL_DIROPS`, so that lookups and scans of one directory do race.
//! * Not `FUSE_DO_READDIRPLUS`: a scan would plant entries from its snapshot.
//! * Not `FOPEN_PARALLEL_DIRECT_WRITES`: the kernel's lock around a direct write also guards the
//!   cached size that `lseek(SEEK_END)` starts from.
//! * No `flush`: `FOPEN_NOFLUSH` saves a request at every close, unless a fault needs it. Locks are
//!   left to the kernel, which has all callers on one machine in view, except where a fault is about
//!   them; then [`Waiting`] has those that wait. `flock` always stays with the kernel: fuser does not
//!   tell its requests from those of fcntl.
//!
//! Where the kernel's own locks hide what a fault does, the fault asks to do without them
//! (`fault::Client`), and its twin does without them, too: direct writes of one file side by side;
//! offsets of open files that are left to the server; an inode of its own in the kernel for each
//! thread that looks a file up. The last is what two mounts of one server would be, in one: a name
//! looked up by another thread leads to another inode, so the kernel drops its entry and looks
//! again, and what threads share is in the server only.

use super::fault::Client;
use super::request::{Answer, Change, Hold, Outcome, Place, RangeLock, Request as Op, Who};
use super::server::Server;
use super::waiting::Waiting;
use fuser::{
    AccessFlags, BsdFileFlags, Errno, FileAttr, FileHandle, Filesystem, FopenFlags, Generation,
    INodeNo, InitFlags, KernelConfig, LockOwner, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate,
    ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyLock, ReplyOpen, ReplyStatfs,
    ReplyWrite, Request, TimeOrNow, WriteFlags,
};
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

/// The most that the kernel puts into one request (256 pages, its own limit).
pub(super) const LARGEST_IO: u32 = 1 << 20;
/// More than the unlinks of one file that can be on their way at the same time.
const UNSEEN_LINKS: u32 = 1 << 16;
/// The bits of an inode number from here on say for which thread the kernel keeps it, if each has
/// inodes of its own.
const THREAD: u32 = 40;
/// Inode numbers are never used twice.
const GENERATION: Generation = Generation(0);
const DIRECT: FopenFlags = FopenFlags::FOPEN_DIRECT_IO.union(FopenFlags::FOPEN_NOFLUSH);

pub(super) struct Protocol {
    pub(super) server: Arc<Server>,
    pub(super) client: Client,
    pub(super) waiting: Arc<Waiting>,
}

impl Protocol {
    fn ask(&self, request: &Request, op: &Op<'_>) -> Result<Answer, Errno> {
        let outcome: Outcome = self.server.answer(who(request), op);
        outcome.map_err(|errno| Errno::from_i32(errno.raw_os_error()))
    }

    fn entry(&self, request: &Request, op: &Op<'_>, reply: ReplyEntry) {
        match self.ask(request, op) {
            Ok(Answer::Entry(attr)) => {
                reply.entry(&self.client.names, &self.as_entry(request, attr), GENERATION);
            }
            other => reply.error(failed(other)),
        }
    }

    fn attributes(&self, request: &Request, op: &Op<'_>, reply: ReplyAttr) {
        match self.ask(request, op) {
            Ok(Answer::Attributes(attr)) => reply.attr(&self.client.attributes, &attr),
            other => reply.error(failed(other)),
        }
    }

    fn opened(&self) -> FopenFlags {
        let Client { content, parallel, offsets, closes, .. } = self.client;
        let mut flags = if content { FopenFlags::FOPEN_KEEP_CACHE } else { DIRECT };
        flags.set(FopenFlags::FOPEN_PARALLEL_DIRECT_WRITES, parallel);
        flags.set(FopenFlags::FOPEN_STREAM, offsets);
        flags.set(FopenFlags::FOPEN_NOFLUSH, !closes && !content);
        flags
    }

    fn as_entry(&self, request: &Request, attr: FileAttr) -> FileAttr {
        let nlink = attr.nlink.saturating_add(UNSEEN_LINKS);
        let apart = self.client.apart && attr.ino != INodeNo::ROOT;
        let thread = if apart { u64::from(request.pid()) << THREAD } else { 0 };
        FileAttr { nlink, ino: INodeNo(attr.ino.0 | thread), ..attr }
    }

    fn done(&self, request: &Request, op: &Op<'_>, reply: ReplyEmpty) {
        match self.ask(request, op) {
            Ok(Answer::Done) => reply.ok(),
            other => reply.error(failed(other)),
        }
    }
}

fn who(request: &Request) -> Who {
    Who { tid: request.pid(), uid: request.uid(), gid: request.gid() }
}

fn hold(kind: i32) -> Hold {
    match kind {
        libc::F_RDLCK => Hold::Shared,
        libc::F_WRLCK => Hold::Exclusive,
        _ => Hold::Nothing,
    }
}

/// The inode that the kernel means, whichever thread it keeps it for.
fn meant(ino: INodeNo) -> INodeNo {
    INodeNo(ino.0 & ((1 << THREAD) - 1))
}

/// The errno to reply; an answer of the wrong kind can only be a mistake in a fault.
fn failed(outcome: Result<Answer, Errno>) -> Errno {
    outcome.err().unwrap_or(Errno::EIO)
}

impl Filesystem for Protocol {
    fn init(&mut self, _request: &Request, config: &mut KernelConfig) -> io::Result<()> {
        let needed = InitFlags::FUSE_ATOMIC_O_TRUNC | InitFlags::FUSE_PARALLEL_DIROPS;
        config.add_capabilities(needed).map_err(|_| io::Error::from(io::ErrorKind::Unsupported))?;
        if self.client.locks {
            let locks = config.add_capabilities(InitFlags::FUSE_POSIX_LOCKS);
            locks.map_err(|_| io::Error::from(io::ErrorKind::Unsupported))?;
        }
        // An older kernel takes less; it then splits sooner.
        let _ = config.set_max_write(LARGEST_IO);
        Ok(())
    }

    fn lookup(&self, request: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        self.entry(request, &Op::Lookup { parent: meant(parent), name }, reply);
    }

    fn forget(&self, request: &Request, ino: INodeNo, count: u64) {
        // There is no reply that could carry a failure.
        let _ = self.ask(request, &Op::Forget { ino: meant(ino), count });
    }

    fn getattr(&self, request: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        self.attributes(request, &Op::GetAttr { ino: meant(ino) }, reply);
    }

    fn setattr(
        &self,
        request: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        uid: Option<u32>,
        gid: Option<u32>,
        size: Option<u64>,
        atime: Option<TimeOrNow>,
        mtime: Option<TimeOrNow>,
        _ctime: Option<SystemTime>,
        handle: Option<FileHandle>,
        _crtime: Option<SystemTime>,
        _chgtime: Option<SystemTime>,
        _bkuptime: Option<SystemTime>,
        _flags: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let by_handle = handle.is_some();
        let change = Change { mode, uid, gid, size, atime, mtime, by_handle };
        self.attributes(request, &Op::SetAttr { ino: meant(ino), change }, reply);
    }

    fn access(&self, request: &Request, ino: INodeNo, mask: AccessFlags, reply: ReplyEmpty) {
        self.done(request, &Op::Access { ino: meant(ino), mask: mask.bits() }, reply);
    }

    fn readlink(&self, request: &Request, ino: INodeNo, reply: ReplyData) {
        match self.ask(request, &Op::ReadLink { ino: meant(ino) }) {
            Ok(Answer::Target(target)) => reply.data(target.as_bytes()),
            other => reply.error(failed(other)),
        }
    }

    fn mknod(
        &self,
        request: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        _umask: u32,
        rdev: u32,
        reply: ReplyEntry,
    ) {
        self.entry(request, &Op::MkNod { parent: meant(parent), name, mode, rdev }, reply);
    }

    fn mkdir(
        &self,
        request: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        _umask: u32,
        reply: ReplyEntry,
    ) {
        self.entry(request, &Op::MkDir { parent: meant(parent), name, mode }, reply);
    }

    fn symlink(
        &self,
        request: &Request,
        parent: INodeNo,
        name: &OsStr,
        target: &Path,
        reply: ReplyEntry,
    ) {
        self.entry(
            request,
            &Op::Symlink { parent: meant(parent), name, target: target.as_os_str() },
            reply,
        );
    }

    fn link(
        &self,
        request: &Request,
        ino: INodeNo,
        parent: INodeNo,
        name: &OsStr,
        reply: ReplyEntry,
    ) {
        self.entry(request, &Op::Link { ino: meant(ino), parent: meant(parent), name }, reply);
    }

    fn unlink(&self, request: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        self.done(request, &Op::Unlink { parent: meant(parent), name }, reply);
    }

    fn rmdir(&self, request: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        self.done(request, &Op::RmDir { parent: meant(parent), name }, reply);
    }

    fn rename(
        &self,
        request: &Request,
        parent: INodeNo,
        name: &OsStr,
        newparent: INodeNo,
        newname: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        if flags.contains(RenameFlags::RENAME_WHITEOUT) {
            return reply.error(Errno::EINVAL);
        }
        let from = Place { parent: meant(parent), name };
        let to = Place { parent: meant(newparent), name: newname };
        self.done(request, &Op::Rename { from, to, flags }, reply);
    }

    fn open(&self, request: &Request, ino: INodeNo, flags: OpenFlags, reply: ReplyOpen) {
        match self.ask(request, &Op::Open { ino: meant(ino), flags: flags.0 }) {
            Ok(Answer::Opened(handle)) => reply.opened(handle, self.opened()),
            other => reply.error(failed(other)),
        }
    }

    fn create(
        &self,
        request: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        _umask: u32,
        flags: i32,
        reply: ReplyCreate,
    ) {
        match self.ask(request, &Op::Create { parent: meant(parent), name, mode, flags }) {
            Ok(Answer::Created { attr, handle }) => {
                reply.created(
                    &self.client.names,
                    &self.as_entry(request, attr),
                    GENERATION,
                    handle,
                    self.opened(),
                );
            }
            other => reply.error(failed(other)),
        }
    }

    fn read(
        &self,
        request: &Request,
        ino: INodeNo,
        handle: FileHandle,
        offset: u64,
        size: u32,
        _flags: OpenFlags,
        _lock_owner: Option<LockOwner>,
        reply: ReplyData,
    ) {
        match self.ask(request, &Op::Read { ino: meant(ino), handle, offset, size }) {
            Ok(Answer::Data(data)) => reply.data(&data),
            other => reply.error(failed(other)),
        }
    }

    fn write(
        &self,
        request: &Request,
        ino: INodeNo,
        handle: FileHandle,
        offset: u64,
        data: &[u8],
        _write_flags: WriteFlags,
        flags: OpenFlags,
        _lock_owner: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let append = flags.0 & libc::O_APPEND != 0;
        match self.ask(request, &Op::Write { ino: meant(ino), handle, offset, data, append }) {
            Ok(Answer::Written(count)) => reply.written(count),
            other => reply.error(failed(other)),
        }
    }

    fn flush(
        &self,
        request: &Request,
        ino: INodeNo,
        _handle: FileHandle,
        owner: LockOwner,
        reply: ReplyEmpty,
    ) {
        self.done(request, &Op::Flush { ino: meant(ino), owner: owner.0 }, reply);
        self.waiting.retry(&self.server);
    }

    fn getlk(
        &self,
        request: &Request,
        ino: INodeNo,
        handle: FileHandle,
        owner: LockOwner,
        start: u64,
        end: u64,
        kind: i32,
        pid: u32,
        reply: ReplyLock,
    ) {
        let ino = meant(ino);
        let lock = RangeLock { ino, owner: owner.0, handle, start, end, hold: hold(kind), pid };
        match self.ask(request, &Op::GetLock { lock }) {
            Ok(Answer::Lock(Some(held))) => {
                let exclusive = held.hold == Hold::Exclusive;
                let kind = if exclusive { libc::F_WRLCK } else { libc::F_RDLCK };
                reply.locked(held.start, held.end, kind, held.pid);
            }
            Ok(Answer::Lock(None)) => reply.locked(start, end, libc::F_UNLCK, 0),
            other => reply.error(failed(other)),
        }
    }

    fn setlk(
        &self,
        request: &Request,
        ino: INodeNo,
        handle: FileHandle,
        owner: LockOwner,
        start: u64,
        end: u64,
        kind: i32,
        pid: u32,
        sleep: bool,
        reply: ReplyEmpty,
    ) {
        let ino = meant(ino);
        let lock = RangeLock { ino, owner: owner.0, handle, start, end, hold: hold(kind), pid };
        if sleep {
            self.waiting.ask(&self.server, who(request), lock, reply);
        } else {
            self.done(request, &Op::SetLock { lock, wait: false }, reply);
        }
        // Bytes that its owner has given up, or only shares now, may be what others wait for.
        self.waiting.retry(&self.server);
    }

    fn release(
        &self,
        request: &Request,
        _ino: INodeNo,
        handle: FileHandle,
        _flags: OpenFlags,
        _lock_owner: Option<LockOwner>,
        _flush: bool,
        reply: ReplyEmpty,
    ) {
        self.done(request, &Op::Release { handle }, reply);
        self.waiting.retry(&self.server);
    }

    fn fsync(
        &self,
        _request: &Request,
        _ino: INodeNo,
        _handle: FileHandle,
        _datasync: bool,
        reply: ReplyEmpty,
    ) {
        reply.ok();
    }

    fn opendir(&self, request: &Request, ino: INodeNo, _flags: OpenFlags, reply: ReplyOpen) {
        match self.ask(request, &Op::OpenDir { ino: meant(ino) }) {
            Ok(Answer::Opened(handle)) => reply.opened(handle, FopenFlags::empty()),
            other => reply.error(failed(other)),
        }
    }

    fn readdir(
        &self,
        request: &Request,
        ino: INodeNo,
        handle: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        match self.ask(request, &Op::ReadDir { ino: meant(ino), handle, offset }) {
            Ok(Answer::Names(names)) => {
                let mut next = offset;
                for listed in names.iter().skip(offset as usize) {
                    next += 1;
                    if reply.add(listed.ino, next, listed.kind, &listed.name) {
                        break;
                    }
                }
                reply.ok();
            }
            other => reply.error(failed(other)),
        }
    }

    fn releasedir(
        &self,
        request: &Request,
        _ino: INodeNo,
        handle: FileHandle,
        _flags: OpenFlags,
        reply: ReplyEmpty,
    ) {
        self.done(request, &Op::Release { handle }, reply);
    }

    fn fsyncdir(
        &self,
        _request: &Request,
        _ino: INodeNo,
        _handle: FileHandle,
        _datasync: bool,
        reply: ReplyEmpty,
    ) {
        reply.ok();
    }

    fn statfs(&self, request: &Request, _ino: INodeNo, reply: ReplyStatfs) {
        match self.ask(request, &Op::StatFs) {
            Ok(Answer::Space { blocks, free, files, files_free }) => {
                reply.statfs(blocks, free, free, files, files_free, 4096, 255, 4096);
            }
            other => reply.error(failed(other)),
        }
    }
}

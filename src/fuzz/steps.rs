//! Steps in one line each.

use std::time::Duration;

use crate::ops::OpKind;
use crate::scenario::{
    Content, LockMode, LockOwner, OpenFlag, Step, Template, Whence, normal_flags,
};

/// An operation on one path.
pub fn on(op: OpKind, path: &str) -> Step {
    Step { path: Some(Template::literal(path)), ..Step::new(op) }
}

/// An operation on two paths.
pub fn from_to(op: OpKind, path: &str, to: &str) -> Step {
    Step { to: Some(Template::literal(to)), ..on(op, path) }
}

/// `symlink`.
pub fn symlink(path: &str, target: &str) -> Step {
    Step { target: Some(Template::literal(target)), ..on(OpKind::Symlink, path) }
}

/// `open`, for reading unless the flags say something else.
pub fn open(path: &str, flags: &[OpenFlag], fd: &str) -> Step {
    Step { flags: normal_flags(flags), fd: Some(fd.to_owned()), ..on(OpKind::Open, path) }
}

/// An operation on a descriptor.
pub fn with(op: OpKind, fd: &str) -> Step {
    Step { fd: Some(fd.to_owned()), ..Step::new(op) }
}

/// A `readdir` in calls that ask for so many bytes of entries each.
pub fn in_parts(scan: Step, len: u64, seek: bool) -> Step {
    Step { len: Some(len), seek, ..scan }
}

/// `read`.
pub fn read(fd: &str, len: u64) -> Step {
    Step { len: Some(len), ..with(OpKind::Read, fd) }
}

/// `pread`.
pub fn pread(fd: &str, len: u64, offset: u64) -> Step {
    Step { len: Some(len), offset: Some(offset as i64), ..with(OpKind::Pread, fd) }
}

/// `write`.
pub fn write(fd: &str, size: u64) -> Step {
    Step { content: Some(Content::Tagged(size)), ..with(OpKind::Write, fd) }
}

/// `pwrite`.
pub fn pwrite(fd: &str, size: u64, offset: u64) -> Step {
    let content = Some(Content::Tagged(size));
    Step { content, offset: Some(offset as i64), ..with(OpKind::Pwrite, fd) }
}

/// `lseek`.
pub fn seek(fd: &str, offset: u64, whence: Whence) -> Step {
    Step { offset: Some(offset as i64), whence: Some(whence), ..with(OpKind::Lseek, fd) }
}

/// `truncate`.
pub fn truncate(path: &str, size: u64) -> Step {
    Step { size: Some(size), ..on(OpKind::Truncate, path) }
}

/// `ftruncate`.
pub fn ftruncate(fd: &str, size: u64) -> Step {
    Step { size: Some(size), ..with(OpKind::Ftruncate, fd) }
}

/// `chmod`.
pub fn chmod(path: &str, mode: u32) -> Step {
    Step { mode: Some(mode), ..on(OpKind::Chmod, path) }
}

/// `flock`.
pub fn flock(fd: &str, lock: LockMode, wait: bool) -> Step {
    Step { lock: Some(lock), wait, ..with(OpKind::Flock, fd) }
}

/// `lock`, of the byte range that begins at 0.
pub fn lock(fd: &str, lock: LockMode, owner: LockOwner, wait: bool) -> Step {
    Step { lock: Some(lock), owner: Some(owner), wait, ..with(OpKind::Lock, fd) }
}

/// `spin`.
pub fn spin(micros: u64) -> Step {
    Step { time: Some(Duration::from_micros(micros)), ..Step::new(OpKind::Spin) }
}

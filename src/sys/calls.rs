//! The few system calls that rustix does not offer in the form needed here.

use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, IntoRawFd, OwnedFd};

use rustix::io::{Errno, Result};

use crate::ops::locks::Lock;
use crate::scenario::{LockMode, LockOwner, RenameFlag};

fn result(returned: libc::c_int) -> Result<()> {
    if returned == -1 {
        let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO);
        return Err(Errno::from_raw_os_error(errno));
    }
    Ok(())
}

/// Closes a descriptor and tells how that went, which dropping it does not.
///
/// # Errors
/// The errno of close(2). The descriptor is gone in any case.
pub fn close(fd: OwnedFd) -> Result<()> {
    // SAFETY: the descriptor is owned and given up here, so nothing uses it afterwards.
    result(unsafe { libc::close(fd.into_raw_fd()) })
}

/// truncate(2), relative to the current directory.
///
/// # Errors
/// The errno of truncate(2).
pub fn truncate(path: &CStr, size: u64) -> Result<()> {
    // SAFETY: `path` is a NUL-terminated string that outlives the call.
    result(unsafe { libc::truncate(path.as_ptr(), size as libc::off_t) })
}

/// fdatasync(2), or fsync(2) where the system has nothing weaker.
///
/// # Errors
/// The errno of the call.
pub fn fdatasync(fd: BorrowedFd<'_>) -> Result<()> {
    #[cfg(target_os = "linux")]
    return rustix::fs::fdatasync(fd);
    #[cfg(not(target_os = "linux"))]
    rustix::fs::fsync(fd)
}

/// rename(2) with a flag.
///
/// # Errors
/// The errno of the call; `ENOSYS` on a system that has no such flags.
pub fn rename_with(
    old: BorrowedFd<'_>,
    from: &CStr,
    new: BorrowedFd<'_>,
    to: &CStr,
    flag: RenameFlag,
) -> Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        let flag = match flag {
            RenameFlag::Noreplace => rustix::fs::RenameFlags::NOREPLACE,
            RenameFlag::Exchange => rustix::fs::RenameFlags::EXCHANGE,
        };
        rustix::fs::renameat_with(old, from, new, to, flag)
    }
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    {
        let _ = (old, from, new, to, flag);
        Err(Errno::NOSYS)
    }
}

/// A byte-range lock of fcntl(2).
///
/// # Errors
/// The errno of the call; `ENOTSUP` where open file descriptions cannot own locks.
pub fn range_lock(fd: BorrowedFd<'_>, lock: &Lock) -> Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    let ofd = (libc::F_OFD_SETLK, libc::F_OFD_SETLKW);
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    let ofd = (-1, -1);
    let command = match (lock.owner, lock.wait) {
        (LockOwner::Posix, false) => libc::F_SETLK,
        (LockOwner::Posix, true) => libc::F_SETLKW,
        (LockOwner::Ofd, false) => ofd.0,
        (LockOwner::Ofd, true) => ofd.1,
    };
    if command == -1 {
        return Err(Errno::NOTSUP);
    }
    let kind = match lock.mode {
        LockMode::Shared => libc::F_RDLCK,
        LockMode::Exclusive => libc::F_WRLCK,
        LockMode::Unlock => libc::F_UNLCK,
    };
    // SAFETY: `flock` is plain data for which all zeros is a valid value; OFD locks ask for
    // `l_pid` to be zero.
    let mut request: libc::flock = unsafe { std::mem::zeroed() };
    request.l_type = kind as _;
    request.l_whence = libc::SEEK_SET as _;
    request.l_start = lock.start as _;
    request.l_len = lock.len as _;
    // SAFETY: the descriptor is open and `request` is a valid flock structure that outlives the
    // call.
    result(unsafe { libc::fcntl(fd.as_raw_fd(), command, &request) })
}

/// Reads a directory from its present position to its end and calls `visit` with each name,
/// `.` and `..` left out. `buffer` holds the entries as they come.
///
/// # Errors
/// The errno of the call that failed.
#[cfg(target_os = "linux")]
pub fn scan(fd: BorrowedFd<'_>, buffer: &mut [u8], visit: &mut dyn FnMut(&[u8])) -> Result<()> {
    use std::mem::MaybeUninit;
    // SAFETY: `MaybeUninit<u8>` has the layout of `u8`, and RawDir only ever writes initialised
    // bytes into the buffer.
    let buffer = unsafe { &mut *(std::ptr::from_mut(buffer) as *mut [MaybeUninit<u8>]) };
    let mut entries = rustix::fs::RawDir::new(fd, buffer);
    while let Some(entry) = entries.next() {
        let entry = entry?;
        visit_name(entry.file_name(), visit);
    }
    Ok(())
}

/// Reads a directory from its present position to its end and calls `visit` with each name,
/// `.` and `..` left out.
///
/// # Errors
/// The errno of the call that failed.
#[cfg(not(target_os = "linux"))]
pub fn scan(fd: BorrowedFd<'_>, _buffer: &mut [u8], visit: &mut dyn FnMut(&[u8])) -> Result<()> {
    for entry in rustix::fs::Dir::read_from(fd)? {
        visit_name(entry?.file_name(), visit);
    }
    Ok(())
}

fn visit_name(name: &CStr, visit: &mut dyn FnMut(&[u8])) {
    let name = name.to_bytes();
    if name != b"." && name != b".." {
        visit(name);
    }
}

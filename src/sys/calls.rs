//! The few system calls that rustix does not offer in the form needed here.

use std::ffi::CStr;
use std::os::fd::{AsRawFd, BorrowedFd, IntoRawFd, OwnedFd};

use rustix::io::{Errno, Result};

use crate::ops::locks::Lock;
use crate::ops::readdir::Parts;
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
/// `.` and `..` left out. `buffer` holds the entries of one call.
///
/// # Errors
/// The errno of the call that failed.
#[cfg(target_os = "linux")]
pub fn scan(
    fd: BorrowedFd<'_>,
    buffer: &mut [u8],
    parts: Parts,
    visit: &mut dyn FnMut(&[u8]),
) -> Result<()> {
    use std::mem::{MaybeUninit, align_of};

    use rustix::fs::{RawDir, SeekFrom};

    use crate::ops::readdir::LARGEST_BYTES;
    // RawDir would leave out what is not aligned, and ask for less than it was told to.
    let aligned = buffer.as_ptr().align_offset(align_of::<libc::dirent64>()).min(buffer.len());
    let buffer = &mut buffer[aligned..];
    // SAFETY: `MaybeUninit<u8>` has the layout of `u8`, and RawDir only ever writes initialised
    // bytes into the buffer.
    let buffer = unsafe { &mut *(std::ptr::from_mut(buffer) as *mut [MaybeUninit<u8>]) };
    let room = buffer.len();
    let most = parts.bytes().min(room);
    let (mut asked, mut here) = (most, None);
    loop {
        if let Some(here) = here.filter(|_| parts.seek) {
            // As with seekdir(3), nobody is told if it fails; the scan then goes on where it is.
            let _ = rustix::fs::seek(fd, SeekFrom::Start(here));
        }
        let mut part = RawDir::new(fd, &mut buffer[..asked]);
        loop {
            match part.next() {
                None => return Ok(()),
                // The next entry is larger than what was asked for.
                Some(Err(Errno::INVAL)) if asked < room => {
                    asked = if asked < LARGEST_BYTES { room.min(asked + 8) } else { room };
                    break;
                }
                Some(entry) => {
                    let entry = entry?;
                    visit_name(entry.file_name(), visit);
                    here = Some(entry.next_entry_cookie());
                }
            }
            if part.is_buffer_empty() {
                asked = most;
                break;
            }
        }
    }
}

/// Reads a directory from its present position to its end and calls `visit` with each name,
/// `.` and `..` left out.
///
/// # Errors
/// The errno of the call that failed.
#[cfg(not(target_os = "linux"))]
pub fn scan(
    fd: BorrowedFd<'_>,
    _buffer: &mut [u8],
    _parts: Parts,
    visit: &mut dyn FnMut(&[u8]),
) -> Result<()> {
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::fd::AsFd;

    use super::*;

    /// Names of all lengths, some of which need more than the smallest part.
    fn names() -> Vec<String> {
        (1..=255).step_by(2).map(|len| format!("{len:x>len$}")).collect()
    }

    /// What a scan shows if all that it has not come to yet is removed after the first entry.
    fn scanned(parts: Parts, removes: bool) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        names().iter().for_each(|name| std::fs::write(dir.path().join(name), "").unwrap());
        let fd = std::fs::File::open(dir.path()).unwrap();
        let mut seen: Vec<String> = Vec::new();
        // Not aligned.
        let mut buffer = vec![0; (64 << 10) + 9];
        scan(fd.as_fd(), &mut buffer[1..], parts, &mut |name| {
            seen.push(String::from_utf8(name.to_vec()).unwrap());
            if removes {
                let rest = names().into_iter().filter(|name| !seen.contains(name));
                rest.for_each(|name| drop(std::fs::remove_file(dir.path().join(name))));
            }
        })
        .unwrap();
        seen.sort();
        seen
    }

    #[test]
    fn a_scan_shows_every_name_once_whatever_its_parts_are() {
        let mut all = names();
        all.sort();
        for len in [None, Some(24), Some(100), Some(4096)] {
            for seek in [false, true] {
                assert_eq!(scanned(Parts { len, seek }, false), all, "{len:?} {seek}");
            }
        }
    }

    #[test]
    fn a_part_has_no_more_than_was_asked_for() {
        assert_eq!(scanned(Parts::default(), true).len(), names().len());
        for seek in [false, true] {
            // ext4 keeps the entry that did not fit, and shows it next though it is gone.
            assert!(scanned(Parts { len: Some(24), seek }, true).len() <= 2);
        }
    }
}

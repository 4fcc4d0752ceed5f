//! Looking past what the kernel remembers of a network or FUSE filesystem, as far as one can.

use std::ffi::CStr;
use std::os::fd::BorrowedFd;

use rustix::fs::{AtFlags, Mode, OFlags};
#[cfg(target_os = "linux")]
use rustix::io::Errno;
use rustix::io::Result;

/// What is read of a stat here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Inode number.
    pub ino: u64,
    /// File type and permission bits.
    pub mode: u16,
    /// Link count.
    pub nlink: u64,
    /// Size in bytes.
    pub size: u64,
}

/// Has a name looked up anew that somebody may have changed through another mount: the kernel asks
/// the server before it makes a file that must not be there yet. The name must be there; if it is
/// not after all, nothing is left behind.
pub fn look_up(directory: BorrowedFd<'_>, path: &CStr) {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    if rustix::fs::openat(directory, path, flags, Mode::RUSR | Mode::WUSR).is_ok() {
        let _ = rustix::fs::unlinkat(directory, path, AtFlags::empty());
    }
}

/// The stat of a name, of a symbolic link itself, as the server has it now.
///
/// # Errors
/// The errno of the call.
pub fn stat(directory: BorrowedFd<'_>, path: &CStr) -> Result<Stat> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{StatxFlags, statx};
        let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::STATX_FORCE_SYNC;
        match statx(directory, path, flags, StatxFlags::BASIC_STATS) {
            Ok(found) => {
                return Ok(Stat {
                    ino: found.stx_ino,
                    mode: found.stx_mode,
                    nlink: found.stx_nlink.into(),
                    size: found.stx_size,
                });
            }
            // Older systems and some containers do not have it.
            Err(Errno::NOSYS | Errno::PERM | Errno::INVAL) => {}
            Err(errno) => return Err(errno),
        }
    }
    plain(directory, path)
}

/// Has the attributes of an open directory fetched, so that a stale list of its names is dropped.
pub fn refresh(directory: BorrowedFd<'_>) {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{StatxFlags, statx};
        let flags = AtFlags::EMPTY_PATH | AtFlags::STATX_FORCE_SYNC;
        let _ = statx(directory, c"", flags, StatxFlags::BASIC_STATS);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = directory;
}

/// The stat of a name, of a symbolic link itself, as the kernel remembers it.
///
/// # Errors
/// The errno of the call.
// The widths of the fields of a stat differ between the supported systems.
#[allow(clippy::unnecessary_cast)]
pub fn plain(directory: BorrowedFd<'_>, path: &CStr) -> Result<Stat> {
    let found = rustix::fs::statat(directory, path, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(Stat {
        ino: found.st_ino as u64,
        mode: found.st_mode as u16,
        nlink: found.st_nlink as u64,
        size: found.st_size as u64,
    })
}

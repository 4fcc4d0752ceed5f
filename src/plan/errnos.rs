//! The errnos that POSIX lets an operation return, narrowed by what the scenario can bring about.
//!
//! From the ERRORS sections of POSIX.1-2024. Where an errno tells of the machine rather than of
//! the filesystem's logic (no space, no memory, too many files) it is in [`environment`] and never
//! an anomaly; EIO is in no set, because no healthy filesystem returns it.

use libc::{
    EACCES, EAGAIN, EBADF, EBUSY, EDEADLK, EDQUOT, EEXIST, EFBIG, EINTR, EINVAL, EISDIR, ELOOP,
    EMFILE, EMLINK, ENAMETOOLONG, ENFILE, ENOENT, ENOLCK, ENOMEM, ENOSPC, ENOSYS, ENOTDIR,
    ENOTEMPTY, ENOTSUP, ENXIO, EOPNOTSUPP, EOVERFLOW, EPERM, EROFS, ETXTBSY, EXDEV,
};

use super::facts::{Facts, Placed};
use crate::ops::OpKind;
use crate::scenario::{AccessMode, OpenFlag, RenameFlag};
use crate::sys::errno::ErrnoSet;

/// Errnos that tell of the machine: the run stops being conclusive, nobody is accused.
pub fn environment() -> ErrnoSet {
    ErrnoSet::of(&[ENOSPC, EDQUOT, EFBIG, ENOMEM, EMFILE, ENFILE, EROFS, ENOLCK])
}

/// Errnos that follow from the state of the filesystem: where the model knows that, it says whether
/// they can be.
pub fn logical() -> ErrnoSet {
    ErrnoSet::of(&[
        EACCES, EAGAIN, EBADF, EDEADLK, EEXIST, EINVAL, EISDIR, ELOOP, ENOENT, ENOTDIR, ENOTEMPTY,
        EPERM,
    ])
}

/// What the plan knows about the descriptor that a step uses.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Through {
    /// It may have been opened without the right to read.
    pub(super) unreadable: bool,
    /// It may have been opened without the right to write.
    pub(super) unwritable: bool,
    /// It may be a directory.
    pub(super) directory: bool,
}

/// The errnos that the step may return without anybody being at fault.
pub(super) fn allowed(placed: &Placed<'_>, facts: &Facts<'_>, through: Through) -> ErrnoSet {
    let step = placed.step;
    let flag = |flag| step.flags.contains(&flag);
    let mut set = ErrnoSet::of(match step.op {
        OpKind::Open | OpKind::Creat => &[
            EACCES,
            EINTR,
            EISDIR,
            ELOOP,
            ENAMETOOLONG,
            ENOENT,
            ENOTDIR,
            ENXIO,
            EOVERFLOW,
            ETXTBSY,
        ],
        OpKind::Stat | OpKind::Lstat => &[EACCES, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, EOVERFLOW],
        OpKind::Access => &[EACCES, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, ETXTBSY],
        OpKind::Chmod | OpKind::Utimens => {
            &[EACCES, EINTR, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, EPERM]
        }
        OpKind::Fchmod | OpKind::Futimens => &[EACCES, EINTR, EPERM],
        OpKind::Truncate => {
            &[EACCES, EFBIG, EINTR, EISDIR, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, ETXTBSY]
        }
        OpKind::Unlink => {
            // Linux says EISDIR where POSIX has EPERM for a directory (CATALOGUE 40).
            &[EACCES, EBUSY, EISDIR, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, EPERM, ETXTBSY]
        }
        OpKind::Rmdir => {
            &[EACCES, EBUSY, EEXIST, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, ENOTEMPTY, EPERM]
        }
        OpKind::Mkdir => &[EACCES, EEXIST, ELOOP, EMLINK, ENAMETOOLONG, ENOENT, ENOTDIR],
        OpKind::Rename => &[
            EACCES,
            EBUSY,
            EEXIST,
            EINVAL,
            EISDIR,
            ELOOP,
            EMLINK,
            ENAMETOOLONG,
            ENOENT,
            ENOTDIR,
            ENOTEMPTY,
            EPERM,
            ETXTBSY,
            EXDEV,
        ],
        OpKind::Link => {
            &[EACCES, EEXIST, ELOOP, EMLINK, ENAMETOOLONG, ENOENT, ENOTDIR, EPERM, EXDEV]
        }
        OpKind::Symlink => &[EACCES, EEXIST, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR],
        OpKind::Readlink => &[EACCES, EINVAL, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR],
        // ENOENT: the directory was removed while it was being read.
        OpKind::Readdir => &[EACCES, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, EOVERFLOW],
        OpKind::Read | OpKind::Pread => &[EINTR, EOVERFLOW],
        OpKind::Write | OpKind::Pwrite => &[EFBIG, EINTR],
        OpKind::Ftruncate => &[EFBIG, EINTR],
        OpKind::Lseek => &[EINVAL, ENXIO, EOVERFLOW],
        OpKind::Flock => &[EAGAIN, EINTR],
        OpKind::Lock => &[EAGAIN, EACCES, EDEADLK, EINTR, EOVERFLOW],
        OpKind::Close | OpKind::Fsync | OpKind::Fdatasync => &[EINTR],
        OpKind::Fstat => &[EOVERFLOW],
        OpKind::Dup | OpKind::Sleep | OpKind::Yield | OpKind::Spin => &[],
    });
    let creates = step.op == OpKind::Creat || flag(OpenFlag::Creat);
    if step.op == OpKind::Open && (creates && flag(OpenFlag::Excl)) {
        set.insert(EEXIST);
    }
    if creates && placed.path.as_ref().is_some_and(|path| facts.parent_is_stable(path)) {
        // The directory is there and stays there: creating cannot miss it.
        set.remove(ENOENT);
        set.remove(ENOTDIR);
    }
    if flag(OpenFlag::Tmpfile) {
        // Not in POSIX at all. Seen on ext4 when the directory is being removed.
        set.insert(EPERM);
    }
    if !facts.has_symlinks() && !flag(OpenFlag::Nofollow) {
        set.remove(ELOOP);
    }
    // Files are made without the right to execute them, and not even root has it then.
    let executes = step.access == Some(AccessMode::Execute);
    if !facts.may_deny() && !executes && step.op != OpKind::Lock {
        set.remove(EACCES);
    }
    let reads = matches!(step.op, OpKind::Read | OpKind::Pread | OpKind::Readdir | OpKind::Lock);
    // Where flock is made of byte-range locks (NFS), it needs the right that the lock mode needs.
    if through.unreadable && (reads || step.op == OpKind::Flock) {
        set.insert(EBADF);
    }
    if through.unwritable {
        match step.op {
            OpKind::Write | OpKind::Pwrite | OpKind::Lock | OpKind::Flock | OpKind::Fdatasync => {
                set.insert(EBADF);
            }
            OpKind::Ftruncate => {
                set.insert(EBADF);
                set.insert(EINVAL);
            }
            _ => {}
        }
    }
    if through.directory {
        match step.op {
            OpKind::Read | OpKind::Pread => {
                set.insert(EISDIR);
                // Linux looks at the offset first, and a scan that has come to its end leaves one
                // to which nothing can be added (ext4, btrfs).
                set.insert(EINVAL);
            }
            OpKind::Write | OpKind::Pwrite | OpKind::Ftruncate | OpKind::Lock => {
                set.insert(EBADF);
                set.insert(EINVAL);
                set.insert(EISDIR);
            }
            OpKind::Fsync | OpKind::Fdatasync => set.insert(EINVAL),
            _ => {}
        }
    }
    set
}

/// Errnos with which a system says that it does not have the operation at all.
pub(super) fn unsupported(placed: &Placed<'_>) -> ErrnoSet {
    let step = placed.step;
    ErrnoSet::of(match step.op {
        OpKind::Open if step.flags.contains(&OpenFlag::Tmpfile) => &[EOPNOTSUPP, EISDIR, ENOENT],
        OpKind::Rename => match step.rename {
            Some(RenameFlag::Noreplace | RenameFlag::Exchange) => &[EINVAL, ENOSYS, ENOTSUP],
            None => &[],
        },
        OpKind::Link | OpKind::Symlink => &[EPERM, ENOSYS, ENOTSUP],
        OpKind::Flock | OpKind::Lock => &[EINVAL, ENOSYS, ENOTSUP, EOPNOTSUPP],
        OpKind::Fsync | OpKind::Fdatasync => &[ENOSYS],
        OpKind::Chmod | OpKind::Fchmod => &[EPERM, ENOSYS, ENOTSUP],
        _ => &[],
    })
}

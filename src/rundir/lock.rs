//! One process at a time: `flock` on a file that stays. The kernel drops the lock when its holder
//! dies, however it dies, so that no lock is ever stale.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::RunDirError;
use super::files::LOCK;

/// Held as long as it lives.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a run directory without waiting. Filesystems that have no such locks are
    /// used without one: not to run at all would help nobody.
    pub fn take(run: &Path) -> Result<Self, RunDirError> {
        let path = run.join(LOCK);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(RunDirError::io(&path))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {
                // Only for the message below, so that a full disk is no reason to stop.
                let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
                Ok(Self { _file: file })
            }
            Err(Errno::WOULDBLOCK) => {
                let mut pid = String::new();
                let _ = file.rewind().and_then(|()| file.read_to_string(&mut pid));
                let pid = pid.trim().parse().ok();
                Err(RunDirError::InUse { path: run.to_owned(), pid })
            }
            Err(Errno::NOTSUP | Errno::NOLCK | Errno::NOSYS | Errno::INVAL) => {
                Ok(Self { _file: file })
            }
            Err(errno) => Err(RunDirError::Io { path, source: errno.into() }),
        }
    }
}

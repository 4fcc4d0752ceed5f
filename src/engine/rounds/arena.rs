//! Where rounds take place that race several clients: each in a directory of its own.
//!
//! Other clients may remember what they were shown in an earlier round, for as long as their caches
//! please. So nothing is reset: the leader makes a new directory through the target for every round,
//! which nobody has looked up before, with the fixture in it.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::tree::Tree;
use crate::engine::controls::Status;

/// Permission bits of the directories, as those of a sandbox.
const MODE: Mode = Mode::RWXU;
/// How long a client may take to show the directory of a round.
const SHOWS_WITHIN: Duration = Duration::from_secs(10);
/// Between two looks.
const PAUSE: Duration = Duration::from_micros(200);

/// The directory that holds those of the rounds, as one client shows it.
#[derive(Debug)]
pub struct Arena {
    base: OwnedFd,
}

/// Name of the directory of round `round`, counted from 1.
pub fn name(round: u64) -> String {
    round.to_string()
}

impl Arena {
    /// In the directory `base`.
    pub fn new(base: OwnedFd) -> Self {
        Self { base }
    }

    /// Makes the directory of a round, which is empty. The umask must be empty, too.
    ///
    /// # Errors
    /// The errno of making or opening it.
    pub fn make(&self, round: u64) -> io::Result<OwnedFd> {
        rustix::fs::mkdirat(&self.base, &*c_name(round), MODE)?;
        Ok(self.open(round)?)
    }

    /// Opens the directory of a round.
    ///
    /// # Errors
    /// The errno of open.
    pub fn open(&self, round: u64) -> rustix::io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        rustix::fs::openat(&self.base, &*c_name(round), flags, Mode::empty())
    }

    /// Opens the directory of a round as soon as the client shows it, and makes it the current one.
    ///
    /// # Errors
    /// The errno of the last try; that it is not shown, after ten seconds.
    pub fn enter(&self, round: u64, status: &Status<'_>) -> io::Result<OwnedFd> {
        let since = Instant::now();
        let root = loop {
            match self.open(round) {
                Ok(root) => break root,
                Err(Errno::NOENT | Errno::STALE) if since.elapsed() < SHOWS_WITHIN => {
                    status.beat();
                    std::thread::sleep(PAUSE);
                }
                Err(errno) => return Err(errno.into()),
            }
        };
        // All actors of a process work in one client directory, and in one round.
        rustix::process::fchdir(&root)?;
        Ok(root)
    }

    /// Removes the directory of a round, in which `tree` is left, as far as that works: what stays
    /// goes with the sandbox.
    pub fn leave(&self, round: u64, tree: &Tree, root: BorrowedFd<'_>, status: &Status<'_>) {
        // Backwards, what is in a directory comes before the directory.
        for entry in tree.entries().iter().rev() {
            let flags = if entry.is_directory() { AtFlags::REMOVEDIR } else { AtFlags::empty() };
            let _ = rustix::fs::unlinkat(root, tree.c_path(entry), flags);
            status.beat();
        }
        let _ = rustix::fs::unlinkat(self.base.as_fd(), &*c_name(round), AtFlags::REMOVEDIR);
    }
}

fn c_name(round: u64) -> CString {
    // Digits have no NUL among them.
    CString::new(name(round)).unwrap_or_default()
}

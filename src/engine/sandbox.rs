//! The directories that a run makes, and their removal whatever happens.
//!
//! One directory per target holds all that a run creates there. The supervisor removes it at the
//! end. Should the supervisor be killed, the janitor does: a child that does nothing but wait until
//! the supervisor and all workers are gone, which it learns from a pipe that all of them hold open.
//!
//! The janitor is told through that pipe, before a directory is made, where it will be and by which
//! mark it can be known. Nothing without that mark is ever emptied, whatever it is called.

use std::ffi::OsString;
use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::client::{self, ClientError};
use super::removal::{is_hidden, patiently, remove_sandbox, remove_tree, through_any};
use super::rooms::Rooms;
use crate::sys::errno;
use crate::sys::fsinfo::fs_info;
use crate::sys::umask::Umask;

pub use super::janitor::{Janitor, clean_up_after_others};
pub use super::removal::empty_directory;

/// Names that the run makes in a target begin with this.
pub const PREFIX: &str = "fsrace-";
/// Begins the name of the file that marks a sandbox; the rest only its run knows.
pub(super) const MARK: &str = ".sandbox-of-";
/// Bytes that must be free before a run starts.
const ENOUGH_BYTES: u64 = 8 << 20;
/// Files that must be free before a run starts.
const ENOUGH_FILES: u64 = 256;

/// Why a target cannot be used.
#[derive(Debug, Error)]
pub enum TargetError {
    /// Making, opening or examining it failed.
    #[error("target {path}: cannot {what}: {why}; {advice}", path = path.display(), why = errno::describe(error))]
    Unusable {
        /// The directory.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// The errno.
        error: io::Error,
        /// What to do next.
        advice: &'static str,
    },
    /// It is something else than a directory.
    #[error("target {path}: ENOTDIR (not a directory); give a directory on the filesystem to test", path = path.display())]
    NotADirectory {
        /// The path.
        path: PathBuf,
    },
    /// It has too little room.
    #[error("target {path}: ENOSPC (only {free} {what} free, {needed} needed); free some space or give another target", path = path.display())]
    Full {
        /// The directory.
        path: PathBuf,
        /// What is free.
        free: u64,
        /// Bytes or files.
        what: &'static str,
        /// What is needed.
        needed: u64,
    },
}

/// The directory that a run makes in one target.
#[derive(Debug)]
pub struct Sandbox {
    /// Where it is, and behind that where each further client of the target shows it.
    paths: Vec<PathBuf>,
    mark: OsString,
    removed: bool,
}

impl Sandbox {
    /// Makes the run's directory in `target`, after seeing that it has room.
    ///
    /// # Errors
    /// [`TargetError`], with nothing left behind.
    pub fn create(target: &Path, janitor: &mut Janitor) -> Result<Self, TargetError> {
        let unusable = |what, advice| {
            let path = target.to_owned();
            move |error| TargetError::Unusable { path, what, error, advice }
        };
        let find = || unusable("find it", "give an existing directory, or make this one");
        let metadata = fs::metadata(target).map_err(find())?;
        if !metadata.is_dir() {
            return Err(TargetError::NotADirectory { path: target.to_owned() });
        }
        check_room(target)?;
        // The janitor lives elsewhere, and the target may be moved to by another name.
        let target = fs::canonicalize(target).map_err(find())?;
        Self::make(&target, janitor).map_err(unusable(
            "make a directory in it",
            "give a directory that you may write to, on a filesystem that is mounted read-write",
        ))
    }

    fn make(target: &Path, janitor: &mut Janitor) -> io::Result<Self> {
        loop {
            let path = target.join(format!("{PREFIX}{:016x}", random()));
            let mark = OsString::from(format!("{MARK}{:016x}{:016x}", random(), random()));
            janitor.watch_over(&path, &mark);
            let made = make_directory(&path, 0o700);
            let sandbox = Self { paths: vec![path], mark, removed: false };
            match made {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    sandbox.forget();
                    continue;
                }
                Err(error) => {
                    sandbox.forget();
                    return Err(error);
                }
                Ok(()) => {}
            }
            // From here on, dropping it removes it.
            let mark = sandbox.path().join(&sandbox.mark);
            File::options().write(true).create_new(true).mode(0o600).open(mark)?;
            return Ok(sandbox);
        }
    }

    fn forget(mut self) {
        self.removed = true;
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.paths[0]
    }

    /// Where it is through each client of the target.
    pub fn rooms(&self) -> Rooms<'_> {
        Rooms::new(&self.paths[0], &self.paths[1..])
    }

    /// Takes these directories for further clients of the target, after seeing that each is another
    /// way to what was made there.
    ///
    /// # Errors
    /// [`ClientError`] for the first one that is not.
    pub fn see_through(
        &mut self,
        clients: &[PathBuf],
        janitor: &mut Janitor,
    ) -> Result<(), ClientError> {
        for client in clients {
            let shown = client::find(client, &self.paths, &self.mark)?;
            janitor.watch_over(&shown, &self.mark);
            self.paths.push(shown);
        }
        Ok(())
    }

    /// Makes an empty directory in it for one scenario.
    ///
    /// # Errors
    /// The errno of mkdir, or of finding it through a further client.
    pub fn room(&self, name: &str) -> io::Result<Room> {
        let paths: Vec<PathBuf> = self.paths.iter().map(|path| path.join(name)).collect();
        make_directory(&paths[0], 0o700)?;
        let room = Room { paths };
        room.paths[1..].iter().try_for_each(|path| client::wait_for(path))?;
        Ok(room)
    }

    /// Leaves the removal to the janitor: for a filesystem that does not answer any more.
    pub fn abandon(&mut self) {
        self.removed = true;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if !self.removed {
            // The janitor tries again, so a failure here is not the end of it.
            let _ = patiently(&self.paths, |path| remove_sandbox(path, &self.mark));
        }
    }
}

/// The directory of one scenario.
#[derive(Debug)]
pub struct Room {
    paths: Vec<PathBuf>,
}

impl Room {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.paths[0]
    }

    /// Where it is through each client of the target.
    pub fn rooms(&self) -> Rooms<'_> {
        Rooms::new(&self.paths[0], &self.paths[1..])
    }

    /// Removes it with all that is in it.
    ///
    /// # Errors
    /// The errno of the removal that failed.
    pub fn remove(self) -> io::Result<()> {
        match through_any(self.paths.iter(), remove_tree) {
            // What a cache hides from us goes with the sandbox, when it has forgotten.
            Err(error) if self.paths.len() > 1 && is_hidden(&error) => Ok(()),
            other => other,
        }
    }
}

/// Makes a directory with exactly this mode.
///
/// # Errors
/// The errno of mkdir.
pub(super) fn make_directory(path: &Path, mode: u32) -> io::Result<()> {
    let _umask = Umask::clear();
    fs::DirBuilder::new().mode(mode).create(path)
}

/// A number that nobody can guess: the keys of the standard library's hash tables come from the
/// system's source of randomness.
fn random() -> u64 {
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

/// Refuses a target that is nearly full before anything is made in it.
fn check_room(target: &Path) -> Result<(), TargetError> {
    let Ok(info) = fs_info(target) else { return Ok(()) };
    let full =
        |free, what, needed| TargetError::Full { path: target.to_owned(), free, what, needed };
    match (info.free_bytes, info.free_inodes) {
        (Some(free), _) if free < ENOUGH_BYTES => Err(full(free, "bytes", ENOUGH_BYTES)),
        (_, Some(free)) if free < ENOUGH_FILES => Err(full(free, "files", ENOUGH_FILES)),
        _ => Ok(()),
    }
}

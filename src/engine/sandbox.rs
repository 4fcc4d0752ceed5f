//! The directories that a run makes, and their removal whatever happens.
//!
//! One directory per target holds all that a run creates there. The supervisor removes it at the
//! end. Should the supervisor be killed, the janitor does: a child that does nothing but wait until
//! the supervisor and all workers are gone, which it learns from a pipe that all of them hold open.

use std::fs;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use thiserror::Error;

use crate::sys::errno;
use crate::sys::fsinfo::fs_info;
use crate::sys::process::Inheritable;

/// Names that the run makes in a target begin with this.
pub const PREFIX: &str = "fsrace-";
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
    path: PathBuf,
    removed: bool,
}

impl Sandbox {
    /// Makes the run's directory in `target`, after seeing that it has room.
    ///
    /// # Errors
    /// [`TargetError`], with nothing left behind.
    pub fn create(target: &Path) -> Result<Self, TargetError> {
        let unusable = |what, advice| {
            let path = target.to_owned();
            move |error| TargetError::Unusable { path, what, error, advice }
        };
        let metadata = fs::metadata(target)
            .map_err(unusable("find it", "give an existing directory, or make this one"))?;
        if !metadata.is_dir() {
            return Err(TargetError::NotADirectory { path: target.to_owned() });
        }
        check_room(target)?;
        let made = make_with_random_name(target).map_err(unusable(
            "make a directory in it",
            "give a directory that you may write to, on a filesystem that is mounted read-write",
        ))?;
        let path = fs::canonicalize(&made).unwrap_or(made);
        Ok(Self { path, removed: false })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes an empty directory in it for one scenario.
    ///
    /// # Errors
    /// The errno of mkdir.
    pub fn room(&self, name: &str) -> io::Result<Room> {
        let path = self.path.join(name);
        fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Room { path })
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
            let _ = remove_tree(&self.path);
        }
    }
}

/// The directory of one scenario.
#[derive(Debug)]
pub struct Room {
    path: PathBuf,
}

impl Room {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes it with all that is in it.
    ///
    /// # Errors
    /// The errno of the removal that failed.
    pub fn remove(self) -> io::Result<()> {
        remove_tree(&self.path)
    }
}

fn make_with_random_name(target: &Path) -> io::Result<PathBuf> {
    let private = fs::Permissions::from_mode(0o700);
    let made = tempfile::Builder::new().prefix(PREFIX).permissions(private).tempdir_in(target)?;
    Ok(made.keep())
}

/// Refuses a target that is nearly full before anything is made in it.
fn check_room(target: &Path) -> Result<(), TargetError> {
    let Ok(info) = fs_info(target) else { return Ok(()) };
    let full =
        |free, what, needed| TargetError::Full { path: target.to_owned(), free, what, needed };
    if info.free_bytes < ENOUGH_BYTES {
        return Err(full(info.free_bytes, "bytes", ENOUGH_BYTES));
    }
    match info.free_inodes {
        Some(free) if free < ENOUGH_FILES => Err(full(free, "files", ENOUGH_FILES)),
        _ => Ok(()),
    }
}

/// Removes a directory and everything in it, opening up directories that a scenario has locked.
pub fn remove_tree(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            unlock(path);
            fs::remove_dir_all(path)
        }
        other => other,
    }
}

fn unlock(path: &Path) {
    let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o700));
    let Ok(entries) = fs::read_dir(path) else { return };
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            unlock(&entry.path());
        }
    }
}

/// The child that cleans up after a supervisor that was killed.
#[derive(Debug)]
pub struct Janitor {
    child: Child,
    lifeline: Option<Inheritable>,
}

impl Janitor {
    /// Starts one for these sandboxes. Children started while it lives inherit the lifeline.
    ///
    /// # Errors
    /// The errno of making the pipe or starting the process.
    pub fn start(program: &Path, sandboxes: &[&Path]) -> io::Result<Self> {
        let (listen, hold) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
        let child = Command::new(program)
            .arg("janitor")
            .args(sandboxes)
            .stdin(Stdio::from(listen))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir("/")
            // Ctrl-C is for the supervisor; the janitor must outlive it.
            .process_group(0)
            .spawn()?;
        Ok(Self { child, lifeline: Some(hold_open(hold)?) })
    }

    /// Lets the janitor go when everything has been removed.
    pub fn finish(mut self) {
        self.lifeline = None;
        let _ = self.child.wait();
    }

    /// Leaves it to wait for what this process cannot wait for.
    pub fn leave(self) {}
}

fn hold_open(hold: OwnedFd) -> io::Result<Inheritable> {
    use std::os::fd::AsFd;
    Inheritable::new(hold.as_fd())
}

/// What the janitor process does: waits until everybody who holds the lifeline is gone, then
/// removes the sandboxes that are still there.
pub fn clean_up_after_others(sandboxes: &[PathBuf]) {
    let mut rest = Vec::new();
    let _ = io::stdin().lock().read_to_end(&mut rest);
    for sandbox in sandboxes {
        // Only ever what a run has made.
        let ours = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(PREFIX);
        if sandbox.file_name().is_some_and(ours) {
            let _ = remove_tree(sandbox);
        }
    }
}

//! Where a new run directory is made.

use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::RunDirError;
use super::files::LOCK;
use crate::report::timestamp;

/// Name of the link to the run that began last.
const LATEST: &str = "latest";

/// Runs that may begin in one second with one seed.
const MAX_SAME_NAME: u32 = 1000;

/// Where a new run directory goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// This directory, which must be empty or not exist.
    Given(PathBuf),
    /// A new directory named after time and seed below this one, with a link `latest` beside it.
    Below(PathBuf),
}

impl Default for Location {
    fn default() -> Self {
        Self::Below("fsrace-runs".into())
    }
}

impl Location {
    /// Looks ahead, without making anything, whether the directory may hold a run.
    ///
    /// # Errors
    ///
    /// It holds something, or it is one of the targets, which a run must be able to spoil.
    pub fn check(&self, targets: &[PathBuf]) -> Result<(), RunDirError> {
        let Self::Given(path) = self else { return Ok(()) };
        let Ok(real) = path.canonicalize() else { return Ok(()) };
        if targets.contains(&real) {
            return Err(RunDirError::IsTarget(path.clone()));
        }
        check_empty(path)
    }

    /// Makes the directory for a run that keeps other things in it than a [`super::RunDir`].
    ///
    /// # Errors
    ///
    /// It holds something, or cannot be made.
    pub fn make(&self, started: SystemTime, seed: u64) -> Result<PathBuf, RunDirError> {
        let made = self.create(started, seed)?;
        let path = made.path.clone();
        made.keep();
        self.link_latest(&path);
        Ok(path)
    }

    /// Makes the directory.
    pub(super) fn create(&self, started: SystemTime, seed: u64) -> Result<Made, RunDirError> {
        let mut made = Made::default();
        match self {
            Self::Given(path) => {
                made.all(path)?;
                check_empty(path)?;
                made.path = path.clone();
            }
            Self::Below(parent) => {
                made.all(parent)?;
                made.path = named(parent, &format!("{}-{seed}", timestamp::compact(started)))?;
                made.new.push(made.path.clone());
            }
        }
        Ok(made)
    }

    /// Lets `latest` point to a run that has just been made. It is a convenience: what stands in
    /// its way, or a filesystem without symbolic links, is no reason not to run.
    pub(super) fn link_latest(&self, run: &Path) {
        if let (Self::Below(parent), Some(name)) = (self, run.file_name()) {
            let link = parent.join(LATEST);
            let in_the_way = link.symlink_metadata().is_ok_and(|m| !m.is_symlink());
            if !in_the_way {
                let temporary = parent.join(format!(".{LATEST}.{}", std::process::id()));
                let _ = std::fs::remove_file(&temporary);
                if symlink(name, &temporary).is_ok() && std::fs::rename(&temporary, &link).is_err()
                {
                    let _ = std::fs::remove_file(&temporary);
                }
            }
        }
    }
}

/// A directory for a run, and what had to be made for it. Dropped before the run has begun, it
/// leaves nothing behind.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// The directory.
    pub path: PathBuf,
    /// It and those above it, as far as they are new, the deepest last.
    new: Vec<PathBuf>,
    /// What is in the directory is this run's.
    mine: bool,
}

impl Made {
    /// Makes a directory and those above it.
    fn all(&mut self, path: &Path) -> Result<(), RunDirError> {
        let missing = path.ancestors().take_while(|path| {
            !path.as_os_str().is_empty()
                && path
                    .symlink_metadata()
                    .is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
        });
        let missing: Vec<&Path> = missing.collect();
        for path in missing.into_iter().rev() {
            match std::fs::create_dir(path) {
                Ok(()) => self.new.push(path.to_owned()),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(RunDirError::io(path)(error)),
            }
        }
        // What is there may be something else than a directory.
        std::fs::create_dir_all(path).map_err(RunDirError::io(path))
    }

    /// This process holds the lock of the directory, and found it empty.
    pub fn own(&mut self) {
        self.mine = true;
    }

    /// The run has begun: all of it stays.
    pub fn keep(mut self) {
        self.new.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for path in self.new.iter().rev() {
            // One that somebody else has begun to use meanwhile stays.
            if std::fs::remove_dir(path).is_err() && self.mine && *path == self.path {
                let _ = std::fs::remove_dir_all(path);
            }
        }
    }
}

/// Refuses a directory with anything in it but a lock file, which is what a run leaves that died
/// before it began.
pub(super) fn check_empty(path: &Path) -> Result<(), RunDirError> {
    let entries = std::fs::read_dir(path).map_err(RunDirError::io(path))?;
    for entry in entries {
        if entry.map_err(RunDirError::io(path))?.file_name() != LOCK {
            return Err(if path.join(super::files::MANIFEST).exists() {
                RunDirError::HoldsARun(path.to_owned())
            } else {
                RunDirError::NotEmpty(path.to_owned())
            });
        }
    }
    Ok(())
}

/// Makes `parent/name`, or `parent/name-2` and so on where that is taken.
fn named(parent: &Path, name: &str) -> Result<PathBuf, RunDirError> {
    for attempt in 1..=MAX_SAME_NAME {
        let path = match attempt {
            1 => parent.join(name),
            n => parent.join(format!("{name}-{n}")),
        };
        match std::fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(RunDirError::Io { path, source }),
        }
    }
    Err(RunDirError::NoFreeName(parent.join(name)))
}

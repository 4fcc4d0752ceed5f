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
    /// Makes the directory.
    pub(super) fn create(&self, started: SystemTime, seed: u64) -> Result<PathBuf, RunDirError> {
        match self {
            Self::Given(path) => {
                std::fs::create_dir_all(path).map_err(RunDirError::io(path))?;
                check_empty(path)?;
                Ok(path.clone())
            }
            Self::Below(parent) => {
                std::fs::create_dir_all(parent).map_err(RunDirError::io(parent))?;
                named(parent, &format!("{}-{seed}", timestamp::compact(started)))
            }
        }
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

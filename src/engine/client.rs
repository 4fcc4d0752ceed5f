//! Further clients of a target: other mounts of its storage, known by what they show.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::sys::errno;
use crate::sys::fsinfo;

/// How long a client may take to show what was made through another.
pub const SHOWS_WITHIN: Duration = Duration::from_secs(5);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Why a directory cannot be a further client.
#[derive(Debug, Error)]
pub enum ClientError {
    /// Finding or examining it failed.
    #[error("client {path}: cannot find it: {why}; give an existing directory, another mount of the storage of {target}", path = path.display(), why = errno::describe(error), target = target.display())]
    Unusable {
        /// The directory.
        path: PathBuf,
        /// The target.
        target: PathBuf,
        /// The errno.
        error: io::Error,
    },
    /// It is something else than a directory.
    #[error("client {path}: ENOTDIR (not a directory); give another mount of the storage of {target}", path = path.display(), target = target.display())]
    NotADirectory {
        /// The path.
        path: PathBuf,
        /// The target.
        target: PathBuf,
    },
    /// It is the target, or another client, and no other way to it.
    #[error("client {path} is {other} itself, by the same mount: give another mount of the same storage", path = path.display(), other = other.display())]
    TheSame {
        /// The directory.
        path: PathBuf,
        /// What it is.
        other: PathBuf,
    },
    /// What was made in the target is not to be seen there.
    #[error("client {path} does not show what is made in {target} ({why} after {} s): give another mount of the same storage", SHOWS_WITHIN.as_secs(), why = errno::describe(error), path = path.display(), target = target.display())]
    Foreign {
        /// The directory.
        path: PathBuf,
        /// The target.
        target: PathBuf,
        /// The errno of the last look.
        error: io::Error,
    },
}

/// Where the client directory `client` shows the sandbox that is known by the first of `known` and
/// by its `mark`; `known` are the ways to it so far, the target's own first.
///
/// # Errors
/// [`ClientError`]; after [`SHOWS_WITHIN`], if it does not show it.
pub(super) fn find(client: &Path, known: &[PathBuf], mark: &OsStr) -> Result<PathBuf, ClientError> {
    let above = |path: &Path| path.parent().unwrap_or(path).to_owned();
    let (path, target) = (client.to_owned(), above(&known[0]));
    let metadata = match fs::metadata(client) {
        Ok(metadata) => metadata,
        Err(error) => return Err(ClientError::Unusable { path, target, error }),
    };
    if !metadata.is_dir() {
        return Err(ClientError::NotADirectory { path, target });
    }
    // The janitor lives elsewhere, so that it needs the whole path.
    let client = match fs::canonicalize(client) {
        Ok(client) => client,
        Err(error) => return Err(ClientError::Unusable { path, target, error }),
    };
    let view = fsinfo::view(&client).ok();
    let same = |other: &&PathBuf| view.is_some() && fsinfo::view(&above(other)).ok() == view;
    if let Some(other) = known.iter().find(same) {
        return Err(ClientError::TheSame { path, other: above(other) });
    }
    let shown = client.join(known[0].file_name().unwrap_or_default());
    match wait_for(&shown.join(mark)) {
        Ok(()) => Ok(shown),
        Err(error) => Err(ClientError::Foreign { path, target, error }),
    }
}

/// Waits until a client shows something that was made through another.
///
/// # Errors
/// The errno of the last look, after [`SHOWS_WITHIN`].
pub(super) fn wait_for(path: &Path) -> io::Result<()> {
    let since = Instant::now();
    loop {
        match fs::symlink_metadata(path) {
            Ok(_) => return Ok(()),
            Err(error) if since.elapsed() > SHOWS_WITHIN => return Err(error),
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
}

//! Removes what a run has made, whatever a scenario has done to it.
//!
//! Where a directory is seen through several clients, one of them may remember a name that another
//! has changed since, and then not find what it lists: so each is asked in turn.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long it is tried again where several clients are asked: caches forget.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// Removes something through the first of these paths through which that works: all of them lead to
/// it.
///
/// # Errors
/// The errno of the last one.
pub fn through_any<'a>(
    paths: impl Iterator<Item = &'a PathBuf>,
    remove: impl Fn(&Path) -> io::Result<()>,
) -> io::Result<()> {
    let mut last = Ok(());
    for path in paths {
        last = remove(path);
        if last.is_ok() {
            break;
        }
    }
    last
}

/// As [`through_any`], again and again for as long as caches may remember things.
///
/// # Errors
/// The errno of the last try.
pub fn patiently(paths: &[PathBuf], remove: impl Fn(&Path) -> io::Result<()>) -> io::Result<()> {
    let since = Instant::now();
    loop {
        let tried = through_any(paths.iter(), &remove);
        if tried.is_ok() || paths.len() < 2 || since.elapsed() > PATIENCE {
            return tried;
        }
        std::thread::sleep(PAUSE);
    }
}

/// Whether something could not be removed because not all that is there was shown.
pub fn is_hidden(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty)
}

/// Removes a sandbox, the mark last, so that what cannot be removed now can be removed later.
/// A directory without the mark goes only if it is empty: the run ended before it was marked.
///
/// # Errors
/// The errno of the removal that failed.
pub fn remove_sandbox(path: &Path, mark: &OsStr) -> io::Result<()> {
    let marked = fs::symlink_metadata(path.join(mark)).is_ok_and(|found| found.is_file());
    if marked {
        remove_all_but(path, Some(mark))?;
        fs::remove_file(path.join(mark))?;
    }
    match fs::remove_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
            if !marked {
                // Somebody else's: there is nothing to wait for.
                return Ok(());
            }
            // Not all that is there was shown: without its mark it would not be known the next time.
            let _ = fs::File::create_new(path.join(mark));
            Err(error)
        }
        other => other,
    }
}

/// Removes everything in a directory, opening up directories that a scenario has locked.
///
/// # Errors
/// The errno of the removal that failed.
pub fn empty_directory(path: &Path) -> io::Result<()> {
    remove_all_but(path, None)
}

fn remove_all_but(path: &Path, kept: Option<&OsStr>) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if Some(&*entry.file_name()) == kept {
            continue;
        }
        if entry.file_type()?.is_dir() {
            remove_tree(&entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Removes a directory and everything in it, opening up directories that a scenario has locked.
///
/// # Errors
/// The errno of the removal that failed.
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

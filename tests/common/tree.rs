//! The tree beneath a directory, in the words of an outcome.

use std::fs::{self, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use fsrace::content::Runs;
use fsrace::ops::observation::Observation;
use fsrace::outcome::{Kind, Left, stat as decode_stat};
use fsrace::plan::Plan;

/// Inode numbers of the fixture's entries.
pub fn inodes(plan: &Plan, room: &Path) -> Vec<u64> {
    let number = |path: &str| fs::symlink_metadata(room.join(path)).map_or(0, |found| found.ino());
    plan.fixture.iter().map(|entry| number(&entry.path)).collect()
}

/// Everything beneath `room`, sorted by path.
///
/// # Errors
/// The first errno.
pub fn left(room: &Path, fixture: &[u64]) -> io::Result<Vec<Left>> {
    let mut names: Vec<(String, Metadata)> = Vec::new();
    let mut pending = vec![(String::new(), fs::symlink_metadata(room)?)];
    while let Some((directory, found)) = pending.pop() {
        let full = room.join(&directory);
        for (name, found) in with_rights(&full, &found, || list(&full))? {
            let path = if directory.is_empty() { name } else { format!("{directory}/{name}") };
            if found.is_dir() {
                pending.push((path.clone(), found.clone()));
            }
            names.push((path, found));
        }
    }
    names.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    let mut files: Vec<u64> = Vec::new();
    let mut left = Vec::new();
    for (path, found) in names {
        let full = room.join(&path);
        let known = files.iter().position(|&ino| ino == found.ino());
        let file = known.unwrap_or_else(|| {
            files.push(found.ino());
            files.len() - 1
        });
        let seen = Observation::stat(found.ino(), found.size(), found.mode() as u16, found.nlink());
        let stat = decode_stat(&seen, fixture);
        let read = || with_rights(&full, &found, || fs::read(&full));
        let content = (stat.kind == Kind::File).then(read).transpose()?;
        let text = (stat.kind == Kind::Symlink).then(|| fs::read_link(&full)).transpose()?;
        left.push(Left {
            path,
            file: file as u16,
            stat,
            content: content.map(|bytes| Runs::of(&bytes)),
            text: text.map(|text| text.to_string_lossy().into_owned()),
        });
    }
    Ok(left)
}

/// The names in a directory, with their stats.
fn list(directory: &Path) -> io::Result<Vec<(String, Metadata)>> {
    let named = |entry: fs::DirEntry| {
        Ok((entry.file_name().to_string_lossy().into_owned(), entry.metadata()?))
    };
    fs::read_dir(directory)?.map(|entry| named(entry?)).collect()
}

/// Looks at something that its owner may have no right to look at. Its stat is already known, so
/// that it may be given the right.
fn with_rights<T>(
    path: &Path,
    found: &Metadata,
    look: impl Fn() -> io::Result<T>,
) -> io::Result<T> {
    match look() {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            fs::set_permissions(path, Permissions::from_mode(found.mode() | 0o700))?;
            look()
        }
        seen => seen,
    }
}

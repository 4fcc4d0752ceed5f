//! The tree beneath a directory, in the words of an outcome.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
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
    let mut paths = Vec::new();
    let mut pending = vec![String::new()];
    while let Some(directory) = pending.pop() {
        let full = room.join(&directory);
        for entry in fs::read_dir(full)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if directory.is_empty() { name } else { format!("{directory}/{name}") };
            if entry.file_type()?.is_dir() {
                pending.push(path.clone());
            }
            paths.push(path);
        }
    }
    paths.sort_unstable();
    let mut files: Vec<u64> = Vec::new();
    let mut left = Vec::new();
    for path in paths {
        let full = room.join(&path);
        let found = fs::symlink_metadata(&full)?;
        let known = files.iter().position(|&ino| ino == found.ino());
        let file = known.unwrap_or_else(|| {
            files.push(found.ino());
            files.len() - 1
        });
        let seen = Observation::stat(found.ino(), found.size(), found.mode() as u16, found.nlink());
        let stat = decode_stat(&seen, fixture);
        let content = (stat.kind == Kind::File).then(|| fs::read(&full)).transpose()?;
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

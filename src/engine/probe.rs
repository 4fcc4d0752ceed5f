//! What the model has to be told of a system and a filesystem, found out by looking.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::model::{DirectoryLinks, Platform, Rules};

/// The rules that hold in `room`, an empty directory; it is empty again afterwards.
///
/// # Errors
/// The errno of a directory that could not be made, looked at or removed.
pub fn rules(room: &Path) -> io::Result<Rules> {
    let (outer, inner) = (room.join("probe"), room.join("probe/inner"));
    fs::create_dir(&outer)?;
    let alone = fs::metadata(&outer)?.nlink();
    fs::create_dir(&inner)?;
    let with_one = fs::metadata(&outer)?.nlink();
    fs::remove_dir(&inner)?;
    fs::remove_dir(&outer)?;
    Ok(Rules {
        platform: Platform::here(),
        privileged: rustix::process::geteuid().is_root(),
        directory_links: match (alone, with_one) {
            (2, 3) => DirectoryLinks::Counted,
            (1, 1) => DirectoryLinks::One,
            _ => DirectoryLinks::Unknown,
        },
    })
}

//! What the model has to be told of a system and a filesystem, found out by looking.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::client::wait_for;
use super::rooms::Rooms;
use crate::model::{DirectoryLinks, Platform, Rules};

/// The rules that hold in `room`, an empty directory, through all clients that show it; it is empty
/// again afterwards.
///
/// # Errors
/// The errno of a directory that could not be made, looked at or removed.
pub fn rules<'r>(room: impl Into<Rooms<'r>>) -> io::Result<Rules> {
    let rooms: Rooms<'_> = room.into();
    let room = rooms.own();
    let (outer, inner) = (room.join("probe"), room.join("probe/inner"));
    fs::create_dir(&outer)?;
    let alone = fs::metadata(&outer)?.nlink();
    fs::create_dir(&inner)?;
    let with_one = fs::metadata(&outer)?.nlink();
    let (mut identities, mut directories_agree) = (true, true);
    for other in rooms.others() {
        wait_for(&other.join("probe"))?;
        let seen = fs::metadata(other.join("probe"))?;
        directories_agree &= seen.nlink() == with_one;
        identities &= seen.ino() == fs::metadata(&outer)?.ino() && same_file(room, other)?;
    }
    fs::remove_dir(&inner)?;
    fs::remove_dir(&outer)?;
    Ok(Rules {
        platform: Platform::here(),
        privileged: rustix::process::geteuid().is_root(),
        directory_links: match (alone, with_one) {
            _ if !directories_agree => DirectoryLinks::Unknown,
            (2, 3) => DirectoryLinks::Counted,
            (1, 1) => DirectoryLinks::One,
            _ => DirectoryLinks::Unknown,
        },
        identities,
    })
}

/// Whether a file has the same inode number in `room` and where another client shows that.
fn same_file(room: &Path, other: &Path) -> io::Result<bool> {
    let name = "probe/file";
    fs::write(room.join(name), "")?;
    wait_for(&other.join(name))?;
    let (here, there) = (fs::metadata(room.join(name)), fs::metadata(other.join(name)));
    fs::remove_file(room.join(name))?;
    Ok(here?.ino() == there?.ino())
}

//! macOS: `statfs` tells everything.

use std::ffi::{OsString, c_char};
use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use super::Mount;

pub(super) fn of(path: &Path) -> io::Result<Mount> {
    let found = rustix::fs::statfs(path)?;
    let point = PathBuf::from(OsString::from_vec(bytes(&found.f_mntonname)));
    Ok(Mount {
        fs_type: String::from_utf8_lossy(&bytes(&found.f_fstypename)).into_owned(),
        options: options(found.f_flags),
        point: Some(point),
    })
}

/// The flags by the names that mount(8) uses.
fn options(flags: u32) -> String {
    let set = |flag: libc::c_int| flags & flag as u32 != 0;
    let mut names = vec![if set(libc::MNT_RDONLY) { "ro" } else { "rw" }];
    for (flag, name) in [
        (libc::MNT_LOCAL, "local"),
        (libc::MNT_JOURNALED, "journaled"),
        (libc::MNT_SYNCHRONOUS, "synchronous"),
        (libc::MNT_ASYNC, "asynchronous"),
        (libc::MNT_NOATIME, "noatime"),
        (libc::MNT_NOEXEC, "noexec"),
        (libc::MNT_NOSUID, "nosuid"),
        (libc::MNT_NODEV, "nodev"),
        (libc::MNT_UNION, "union"),
    ] {
        if set(flag) {
            names.push(name);
        }
    }
    names.join(",")
}

fn bytes(text: &[c_char]) -> Vec<u8> {
    text.iter().take_while(|c| **c != 0).map(|c| *c as u8).collect()
}

/// Not told here.
pub(super) fn id(_path: &Path) -> Option<u64> {
    None
}

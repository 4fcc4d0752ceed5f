//! Linux: the mount table of this process, and the filesystem's magic number without it.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, StatxFlags, major, minor, statx};

use super::{Mount, mountinfo};

pub(super) fn of(path: &Path) -> io::Result<Mount> {
    let canonical = path.canonicalize()?;
    let device = canonical.metadata()?.dev();
    let table = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    let entries = mountinfo::parse(&table);
    let device = (major(device), minor(device));
    match mountinfo::find(&entries, id(&canonical), device, &canonical) {
        Some(entry) => Ok(Mount {
            fs_type: entry.fs_type.clone(),
            options: entry.options.clone(),
            point: Some(entry.point.clone()),
        }),
        None => {
            let magic = rustix::fs::statfs(&canonical)?.f_type;
            Ok(Mount { fs_type: by_magic(magic as u64), options: String::new(), point: None })
        }
    }
}

/// Number of the mount that a path was reached through: Linux 5.8 and later tell it.
pub(super) fn id(path: &Path) -> Option<u64> {
    let found = statx(CWD, path, AtFlags::empty(), StatxFlags::MNT_ID).ok()?;
    (found.stx_mask & StatxFlags::MNT_ID.bits() != 0).then_some(found.stx_mnt_id)
}

/// The filesystems that one is likely to test, by the numbers of statfs(2).
fn by_magic(magic: u64) -> String {
    let name = match magic & 0xffff_ffff {
        0xef53 => "ext4",
        0x5846_5342 => "xfs",
        0x9123_683e => "btrfs",
        0x0102_1994 => "tmpfs",
        0x794c_7630 => "overlay",
        0x6969 => "nfs",
        0x6573_5546 => "fuse",
        0xff53_4d42 | 0xfe53_4d42 => "cifs",
        0x0102_1997 => "9p",
        0xf2f5_2010 => "f2fs",
        0x2fc1_2fc1 => "zfs",
        _ => return "unknown".to_owned(),
    };
    name.to_owned()
}

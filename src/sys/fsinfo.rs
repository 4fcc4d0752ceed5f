//! The filesystem below a path: what it is, how it is mounted, and what room it has.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::StatVfsMountFlags;

use crate::report::Target;

#[cfg_attr(target_os = "linux", path = "fsinfo/linux.rs")]
#[cfg_attr(target_vendor = "apple", path = "fsinfo/apple.rs")]
#[cfg_attr(not(any(target_os = "linux", target_vendor = "apple")), path = "fsinfo/other.rs")]
mod mount;

// The parser is pure text: it is tested wherever the tests run.
#[cfg(any(target_os = "linux", test))]
mod mountinfo;

/// What is known of the filesystem that holds a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FsInfo {
    /// Type as the system names it, with the subtype (`fuse.sshfs`); `unknown` where it tells none.
    pub fs_type: String,
    /// Options of the mount and of the filesystem, comma separated; empty when unknown.
    pub mount_options: String,
    /// Where it is mounted, when known.
    pub mount_point: Option<PathBuf>,
    /// Whether it is mounted read-only.
    pub read_only: bool,
    /// Bytes that an unprivileged process can still allocate. `None` where the filesystem does not
    /// count them (some FUSE and most virtual filesystems).
    pub free_bytes: Option<u64>,
    /// Inodes that an unprivileged process can still make. `None` where the filesystem has no
    /// fixed number of them (btrfs, and many FUSE and network filesystems).
    pub free_inodes: Option<u64>,
}

impl FsInfo {
    /// The part that a report keeps, for a target given as `path`.
    #[must_use]
    pub fn target(&self, path: &Path) -> Target {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Target {
            path: path.to_string_lossy().into_owned(),
            fs_type: self.fs_type.clone(),
            mount_options: self.mount_options.clone(),
            clients: Vec::new(),
        }
    }
}

/// Which directory a path leads to, and by which mount: two paths with the same view are the same
/// way to it. A bind mount is another way to what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    device: u64,
    inode: u64,
    /// Number of the mount, where the system tells it.
    mount: Option<u64>,
}

/// The view that a path gives, which must exist; symbolic links are followed.
///
/// # Errors
///
/// Whatever the system says about the path (ENOENT, EACCES, ...).
pub fn view(path: &Path) -> io::Result<View> {
    let found = path.metadata()?;
    Ok(View { device: found.dev(), inode: found.ino(), mount: mount::id(path) })
}

/// How a path is mounted.
struct Mount {
    fs_type: String,
    options: String,
    point: Option<PathBuf>,
}

/// Looks at the filesystem that holds `path`, which must exist; symbolic links are followed.
///
/// # Errors
///
/// Whatever the system says about the path (ENOENT, EACCES, ...). That the mount table cannot be
/// read is not an error: then only the type and the room are known.
pub fn fs_info(path: &Path) -> io::Result<FsInfo> {
    let room = rustix::fs::statvfs(path)?;
    let mount = mount::of(path)?;
    Ok(FsInfo {
        fs_type: mount.fs_type,
        mount_options: mount.options,
        mount_point: mount.point,
        read_only: room.f_flag.contains(StatVfsMountFlags::RDONLY),
        free_bytes: (room.f_blocks > 0).then(|| room.f_bavail.saturating_mul(room.f_frsize)),
        free_inodes: (room.f_files > 0).then_some(room.f_favail),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_directory_is_on_some_writable_filesystem() {
        let dir = tempfile::tempdir().unwrap();
        let info = fs_info(dir.path()).unwrap();
        assert!(!info.fs_type.is_empty());
        assert!(!info.read_only);
        assert!(info.free_bytes.unwrap() > 0);
        if let Some(point) = &info.mount_point {
            assert!(dir.path().canonicalize().unwrap().starts_with(point), "{}", point.display());
        }
        assert_eq!(info.target(dir.path()).path, dir.path().to_string_lossy());
    }

    #[test]
    fn a_missing_path_is_the_systems_error() {
        let dir = tempfile::tempdir().unwrap();
        let error = fs_info(&dir.path().join("absent")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn proc_is_found_by_its_mount() {
        let info = fs_info(Path::new("/proc/self")).unwrap();
        assert_eq!(info.fs_type, "proc");
        assert_eq!(info.mount_point.as_deref(), Some(Path::new("/proc")));
    }
}

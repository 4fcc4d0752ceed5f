//! Mounts in private directories, which go away whatever happens.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::processes::{signal, soon};
use super::{is_root, skip};

/// Something mounted on a directory of its own. Dropped, it is unmounted and removed.
pub struct Mount {
    at: PathBuf,
    dir: Option<tempfile::TempDir>,
    server: Option<Child>,
    /// What it is mounted over, which must go away after it.
    below: Option<Box<Mount>>,
}

impl Mount {
    pub fn path(&self) -> &Path {
        &self.at
    }

    /// A tmpfs of some KiB; `None` where that cannot be had.
    pub fn tmpfs(options: &str) -> Option<Self> {
        Self::plain(&["-t", "tmpfs", "-o", options, "fsrace-test"])
    }

    /// An ext4 of some MiB on a loop device.
    pub fn ext4(mib: u32) -> Option<Self> {
        Self::image(mib, &["mkfs.ext4", "-qF"])
    }

    /// A filesystem of some MiB on a loop device, made by this command and its image.
    pub fn image(mib: u32, make: &[&str]) -> Option<Self> {
        if !is_root() {
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let image = dir.path().join("image");
        fs::File::create(&image).unwrap().set_len(u64::from(mib) << 20).unwrap();
        if !quiet(Command::new(make[0]).args(&make[1..]).arg(&image)) {
            skip(&format!("{} does not work here", make[0]));
            return None;
        }
        let at = dir.path().join("mount");
        fs::create_dir(&at).unwrap();
        if !quiet(Command::new("mount").args(["-o", "loop"]).arg(&image).arg(&at)) {
            skip("there are no loop mounts here");
            return None;
        }
        Some(Self { at, dir: Some(dir), server: None, below: None })
    }

    /// An overlay, all of it on one tmpfs.
    pub fn overlay() -> Option<Self> {
        let below = Self::tmpfs("size=256m")?;
        let layer = |name: &str| {
            let path = below.path().join(name);
            fs::create_dir(&path).unwrap();
            format!("{name}dir={}", path.display())
        };
        let layers = [layer("lower"), layer("upper"), layer("work")].join(",");
        let mut over = Self::plain(&["-t", "overlay", "-o", &layers, "fsrace-test"])?;
        over.below = Some(Box::new(below));
        Some(over)
    }

    /// A bindfs over a tmpfs: it loses names that rename replaces.
    pub fn bindfs() -> Option<Self> {
        let below = Self::tmpfs("size=64m")?;
        let mut over = Self::bindfs_over(below.path(), &[])?;
        over.below = Some(Box::new(below));
        Some(over)
    }

    /// A bindfs with these options over a directory that is there.
    pub fn bindfs_over(directory: &Path, options: &[&str]) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path().join("mount");
        fs::create_dir(&at).unwrap();
        if !quiet(Command::new("bindfs").args(options).arg(directory).arg(&at)) {
            skip("there is no bindfs here");
            return None;
        }
        Some(Self { at, dir: Some(dir), server: None, below: None })
    }

    /// A directory that is there, mounted once more.
    pub fn bind(directory: &Path) -> Option<Self> {
        Self::plain(&["--bind", directory.to_str().unwrap()])
    }

    /// The built-in FUSE filesystem, healthy, in a process of its own.
    pub fn fuse() -> Option<Self> {
        Self::faulty("healthy")
    }

    /// The built-in FUSE filesystem with this fault, in a process of its own.
    #[cfg(not(target_os = "linux"))]
    pub fn faulty(_fault: &str) -> Option<Self> {
        skip("the faulty filesystem is for Linux");
        None
    }

    /// The built-in FUSE filesystem with this fault, in a process of its own.
    #[cfg(target_os = "linux")]
    pub fn faulty(fault: &str) -> Option<Self> {
        if let Err(reason) = fsrace::faulty::available() {
            skip(&reason);
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path().join("mount");
        fs::create_dir(&at).unwrap();
        let server = Command::new(super::program())
            .args(["faulty", fault])
            .arg(&at)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mount = Self { at, dir: Some(dir), server: Some(server), below: None };
        assert!(soon(Duration::from_secs(10), || is_mounted(mount.path())), "it never mounted");
        Some(mount)
    }

    fn plain(args: &[&str]) -> Option<Self> {
        if !is_root() {
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path().join("mount");
        fs::create_dir(&at).unwrap();
        if !quiet(Command::new("mount").args(args).arg(&at)) {
            skip("nothing can be mounted here");
            return None;
        }
        Some(Self { at, dir: Some(dir), server: None, below: None })
    }

    /// Lets everybody reach it.
    pub fn let_others_in(&self) {
        if let Some(dir) = &self.dir {
            fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o711)).unwrap();
        }
    }

    pub fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        assert!(quiet(Command::new("mount").args(["-o", &options]).arg(&self.at)));
    }

    /// The number of the process that serves it.
    pub fn server(&self) -> i32 {
        self.server.as_ref().unwrap().id() as i32
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            // One that is stopped could not answer.
            signal(server.id() as i32, rustix::process::Signal::CONT);
        }
        if !quiet(Command::new("umount").arg(&self.at)) {
            quiet(Command::new("umount").arg("-l").arg(&self.at));
        }
        if let Some(server) = &mut self.server {
            let ended = soon(Duration::from_secs(2), || matches!(server.try_wait(), Ok(Some(_))));
            if !ended {
                let _ = server.kill();
            }
            let _ = server.wait();
        }
        if is_mounted(&self.at) {
            // Never remove through a mount: better to leave a directory behind.
            let _ = self.dir.take().map(tempfile::TempDir::keep);
        }
    }
}

pub fn is_mounted(path: &Path) -> bool {
    let table = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let path = path.to_string_lossy();
    table.lines().any(|line| line.split(' ').nth(4) == Some(&*path))
}

fn quiet(command: &mut Command) -> bool {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

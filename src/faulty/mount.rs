//! Mounting and unmounting, and what to say when that is not possible.

use super::fault::{Behaviour, Client, Fault, Healthy, Options};
use super::protocol::Protocol;
use super::request::Who;
use super::server::Server;
use super::tree::Tree;
use super::waiting::Waiting;
use fuser::{Config, MountOption, Session, SessionUnmounter};
use rustix::process::{getegid, geteuid};
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The name of the filesystem without a fault.
pub const HEALTHY: &str = "healthy";

const DEVICE: &str = "/dev/fuse";
/// Enough for requests to overlap on two cores and for one to wait without holding up the others.
const SERVER_THREADS: usize = 4;
/// How often and how long to wait for the last descriptors to close.
const UNMOUNT_TRIES: u32 = 20;
const UNMOUNT_PAUSE: Duration = Duration::from_millis(50);
/// How long a server may take to end once it is unmounted.
const LONGEST_END: Duration = Duration::from_secs(2);

/// Why the faulty filesystem could not be mounted, served or unmounted.
#[derive(Debug, thiserror::Error)]
pub enum MountError {
    /// The FUSE device is missing or closed to this user.
    #[error("cannot open {DEVICE}: {}; {}", named(.0), device_advice(.0))]
    Device(#[source] io::Error),
    /// The mount point is no directory that can be used.
    #[error("cannot mount on {}: {}; name an existing directory of yours", .path.display(), named(.source))]
    Target {
        /// The mount point.
        path: PathBuf,
        /// What was wrong with it.
        source: io::Error,
    },
    /// The kernel or fusermount3 refused the mount.
    #[error("cannot mount on {}: {}; run as root, or install fusermount3 (package fuse3)", .path.display(), named(.source))]
    Refused {
        /// The mount point.
        path: PathBuf,
        /// What was answered.
        source: io::Error,
    },
    /// The server stopped with an error.
    #[error("the filesystem on {} stopped: {}", .path.display(), named(.source))]
    Stopped {
        /// The mount point.
        path: PathBuf,
        /// Why it stopped.
        source: io::Error,
    },
    /// Something still uses the filesystem; it was detached from the tree and ends with its last user.
    #[error("{} is still in use: {}; it was detached, close what is open below it", .path.display(), named(.source))]
    Busy {
        /// The mount point.
        path: PathBuf,
        /// What the unmount answered.
        source: io::Error,
    },
}

/// A mounted filesystem; dropping it unmounts.
#[derive(Debug)]
pub struct Mounted {
    unmounter: Unmounter,
    server: Option<JoinHandle<io::Result<()>>>,
}

/// Unmounts from another thread, for example one that waits for signals.
#[derive(Clone, Debug)]
pub struct Unmounter {
    path: PathBuf,
    session: Arc<Mutex<SessionUnmounter>>,
    waiting: Arc<Waiting>,
}

/// A filesystem that can be mounted more than once: each mount is a client of its own to the kernel,
/// which knows nothing of the others and holds none of its locks for them.
pub struct Filesystem {
    server: Arc<Server>,
    waiting: Arc<Waiting>,
    client: Client,
    name: &'static str,
}

impl Filesystem {
    /// A filesystem with that fault, or the healthy one.
    #[must_use]
    pub fn new(fault: Option<&'static Fault>, options: &Options) -> Self {
        let (behaviour, client): (Box<dyn Behaviour>, Client) = match fault {
            Some(fault) => (fault.planted(options), fault.client(options)),
            None => (Box::new(Healthy), Client::HONEST),
        };
        let owner = Who { tid: 0, uid: geteuid().as_raw(), gid: getegid().as_raw() };
        let server = Arc::new(Server::new(Tree::new(owner, options.capacity), behaviour));
        Self {
            server,
            waiting: Arc::default(),
            client,
            name: fault.map_or(HEALTHY, |fault| fault.name),
        }
    }

    /// Mounts it on an existing directory.
    ///
    /// # Errors
    /// [`MountError`], with nothing left mounted there.
    pub fn mount(&self, dir: &Path) -> Result<Mounted, MountError> {
        let target = |source| MountError::Target { path: dir.to_owned(), source };
        // An absolute path, because the unmount may come from another working directory.
        let path = dir.canonicalize().map_err(target)?;
        if !path.is_dir() {
            return Err(target(io::Error::from_raw_os_error(libc::ENOTDIR)));
        }
        OpenOptions::new().read(true).write(true).open(DEVICE).map_err(MountError::Device)?;
        let refused = |source| MountError::Refused { path: path.clone(), source };
        let (server, waiting) = (Arc::clone(&self.server), Arc::clone(&self.waiting));
        let protocol = Protocol { server, client: self.client, waiting: Arc::clone(&waiting) };
        let mut session = Session::new(protocol, &path, &config(self.name)).map_err(refused)?;
        let session_unmounter = Arc::new(Mutex::new(session.unmount_callable()));
        let server = thread::Builder::new()
            .name("faulty".into())
            .spawn(move || session.run())
            .map_err(refused)?;
        let unmounter = Unmounter { path, session: session_unmounter, waiting };
        Ok(Mounted { unmounter, server: Some(server) })
    }
}

/// Mounts a filesystem with that fault, or the healthy one, on an existing directory.
///
/// # Errors
/// [`MountError`], with nothing left mounted.
pub fn mount(
    fault: Option<&'static Fault>,
    dir: &Path,
    options: &Options,
) -> Result<Mounted, MountError> {
    Filesystem::new(fault, options).mount(dir)
}

/// Mounts one filesystem on each of the directories, hands `started` the means to unmount them, and
/// returns when all are unmounted, by that or by anyone else. If one had to be detached, that is
/// when its last user lets go of it.
///
/// # Errors
/// [`MountError`], with nothing left mounted.
pub fn serve(
    fault: Option<&'static Fault>,
    dirs: &[PathBuf],
    options: &Options,
    started: impl FnOnce(Vec<Unmounter>),
) -> Result<(), MountError> {
    let filesystem = Filesystem::new(fault, options);
    let mut mounts = dirs.iter().map(|dir| filesystem.mount(dir)).collect::<Result<Vec<_>, _>>()?;
    started(mounts.iter().map(Mounted::unmounter).collect());
    mounts.iter_mut().try_for_each(Mounted::wait)
}

/// Whether a filesystem can be mounted here; if not, the reason.
pub fn available() -> Result<(), String> {
    let dir = tempfile::tempdir().map_err(|error| format!("no temporary directory: {error}"))?;
    let options = Options { capacity: 1 << 20, ..Options::default() };
    let mounted = mount(None, dir.path(), &options).map_err(|error| error.to_string())?;
    mounted.unmount().map_err(|error| error.to_string())
}

impl Mounted {
    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        &self.unmounter.path
    }

    /// A handle that can unmount it from elsewhere.
    pub fn unmounter(&self) -> Unmounter {
        self.unmounter.clone()
    }

    /// Unmounts and waits for the server to end.
    pub fn unmount(mut self) -> Result<(), MountError> {
        let unmounted = self.unmounter.unmount();
        match unmounted {
            Ok(()) => self.wait_at_most(LONGEST_END),
            Err(_) => {
                // Detached: the server ends with the last user, which may be this very thread.
                self.server = None;
                unmounted
            }
        }
    }

    /// Waits for the server, unless something keeps it: a mount namespace that somebody made in the
    /// meantime has a copy of the mount, which ends with that namespace or with this process.
    fn wait_at_most(&mut self, time: Duration) -> Result<(), MountError> {
        let since = Instant::now();
        while self.server.as_ref().is_some_and(|server| !server.is_finished()) {
            if since.elapsed() > time {
                self.server = None;
                return Ok(());
            }
            thread::sleep(Duration::from_millis(1));
        }
        self.wait()
    }

    fn wait(&mut self) -> Result<(), MountError> {
        let Some(server) = self.server.take() else { return Ok(()) };
        let ended =
            server.join().unwrap_or_else(|_| Err(io::Error::other("a server thread panicked")));
        ended.map_err(|source| MountError::Stopped { path: self.path().to_owned(), source })
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        if self.server.is_some() && self.unmounter.unmount().is_ok() {
            // A drop has nobody to tell.
            let _ = self.wait_at_most(LONGEST_END);
        }
    }
}

impl Unmounter {
    /// Unmounts; if something keeps the filesystem busy for a second, detaches it and says so.
    pub fn unmount(&self) -> Result<(), MountError> {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let Err(source) = session.unmount() else { return Ok(()) };
        // Who waits for a lock keeps the filesystem busy.
        self.waiting.close();
        // The session gives up its mount at the first try, so the rest is left to the commands.
        for _ in 0..UNMOUNT_TRIES {
            thread::sleep(UNMOUNT_PAUSE);
            if self.command(false) {
                return Ok(());
            }
        }
        self.command(true);
        Err(MountError::Busy { path: self.path.clone(), source })
    }

    fn command(&self, detach: bool) -> bool {
        let mut command = if geteuid().is_root() {
            let mut umount = Command::new("umount");
            umount.args(detach.then_some("-l"));
            umount
        } else {
            let mut fusermount = Command::new("fusermount3");
            fusermount.arg("-u").args(detach.then_some("-z"));
            fusermount
        };
        command.arg("--").arg(&self.path).stdin(Stdio::null());
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    }
}

fn config(name: &str) -> Config {
    let mut config = Config::default();
    config.mount_options = vec![
        MountOption::FSName(name.to_owned()),
        // Not `MountOption::Subtype`: fuser drops that when it mounts as root without fusermount3.
        MountOption::CUSTOM("subtype=fsrace".to_owned()),
        MountOption::NoAtime,
    ];
    config.n_threads = Some(SERVER_THREADS);
    config.clone_fd = true;
    config
}

/// An error with the name of its errno, which is what people search for.
fn named(error: &io::Error) -> String {
    let name = match error.raw_os_error() {
        Some(libc::EPERM) => "EPERM",
        Some(libc::ENOENT) => "ENOENT",
        Some(libc::ENXIO) => "ENXIO",
        Some(libc::EACCES) => "EACCES",
        Some(libc::EBUSY) => "EBUSY",
        Some(libc::ENODEV) => "ENODEV",
        Some(libc::ENOTDIR) => "ENOTDIR",
        Some(libc::EINVAL) => "EINVAL",
        Some(libc::ENOTCONN) => "ENOTCONN",
        _ => return error.to_string(),
    };
    format!("{name} ({error})")
}

fn device_advice(error: &io::Error) -> &'static str {
    match error.raw_os_error() {
        Some(libc::EACCES | libc::EPERM) => {
            "run as root, or let this user read and write the device"
        }
        _ => "load the module (modprobe fuse), or give the container the device",
    }
}

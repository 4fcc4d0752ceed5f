//! The directories that a run makes, and their removal whatever happens.
//!
//! One directory per target holds all that a run creates there. The supervisor removes it at the
//! end. Should the supervisor be killed, the janitor does: a child that does nothing but wait until
//! the supervisor and all workers are gone, which it learns from a pipe that all of them hold open.
//!
//! The janitor is told through that pipe, before a directory is made, where it will be and by which
//! mark it can be known. Nothing without that mark is ever emptied, whatever it is called.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::sys::errno;
use crate::sys::fsinfo::fs_info;
use crate::sys::process::{Inheritable, again};
use crate::sys::umask::Umask;

/// Names that the run makes in a target begin with this.
pub const PREFIX: &str = "fsrace-";
/// Begins the name of the file that marks a sandbox; the rest only its run knows.
const MARK: &str = ".sandbox-of-";
/// Bytes that must be free before a run starts.
const ENOUGH_BYTES: u64 = 8 << 20;
/// How long the janitor is waited for at the end of a run.
const WAIT_FOR_JANITOR: Duration = Duration::from_secs(10);
/// How long a filesystem may go on not showing names that are there (sshfs: 20 s).
const LONGEST_CACHE: Duration = Duration::from_secs(60);
/// How often the janitor looks whether it shows them.
const LOOK_AGAIN_EVERY: Duration = Duration::from_secs(1);
/// Files that must be free before a run starts.
const ENOUGH_FILES: u64 = 256;

/// Why a target cannot be used.
#[derive(Debug, Error)]
pub enum TargetError {
    /// Making, opening or examining it failed.
    #[error("target {path}: cannot {what}: {why}; {advice}", path = path.display(), why = errno::describe(error))]
    Unusable {
        /// The directory.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// The errno.
        error: io::Error,
        /// What to do next.
        advice: &'static str,
    },
    /// It is something else than a directory.
    #[error("target {path}: ENOTDIR (not a directory); give a directory on the filesystem to test", path = path.display())]
    NotADirectory {
        /// The path.
        path: PathBuf,
    },
    /// It has too little room.
    #[error("target {path}: ENOSPC (only {free} {what} free, {needed} needed); free some space or give another target", path = path.display())]
    Full {
        /// The directory.
        path: PathBuf,
        /// What is free.
        free: u64,
        /// Bytes or files.
        what: &'static str,
        /// What is needed.
        needed: u64,
    },
}

/// The directory that a run makes in one target.
#[derive(Debug)]
pub struct Sandbox {
    path: PathBuf,
    mark: OsString,
    removed: bool,
}

impl Sandbox {
    /// Makes the run's directory in `target`, after seeing that it has room.
    ///
    /// # Errors
    /// [`TargetError`], with nothing left behind.
    pub fn create(target: &Path, janitor: &mut Janitor) -> Result<Self, TargetError> {
        let unusable = |what, advice| {
            let path = target.to_owned();
            move |error| TargetError::Unusable { path, what, error, advice }
        };
        let find = || unusable("find it", "give an existing directory, or make this one");
        let metadata = fs::metadata(target).map_err(find())?;
        if !metadata.is_dir() {
            return Err(TargetError::NotADirectory { path: target.to_owned() });
        }
        check_room(target)?;
        // The janitor lives elsewhere, and the target may be moved to by another name.
        let target = fs::canonicalize(target).map_err(find())?;
        Self::make(&target, janitor).map_err(unusable(
            "make a directory in it",
            "give a directory that you may write to, on a filesystem that is mounted read-write",
        ))
    }

    fn make(target: &Path, janitor: &mut Janitor) -> io::Result<Self> {
        loop {
            let path = target.join(format!("{PREFIX}{:016x}", random()));
            let mark = OsString::from(format!("{MARK}{:016x}{:016x}", random(), random()));
            let sandbox = Self { path, mark, removed: false };
            janitor.watch_over(&sandbox);
            match make_directory(&sandbox.path, 0o700) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    sandbox.forget();
                    continue;
                }
                Err(error) => {
                    sandbox.forget();
                    return Err(error);
                }
                Ok(()) => {}
            }
            // From here on, dropping it removes it.
            let mark = sandbox.path.join(&sandbox.mark);
            File::options().write(true).create_new(true).mode(0o600).open(mark)?;
            return Ok(sandbox);
        }
    }

    fn forget(mut self) {
        self.removed = true;
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes an empty directory in it for one scenario.
    ///
    /// # Errors
    /// The errno of mkdir.
    pub fn room(&self, name: &str) -> io::Result<Room> {
        let path = self.path.join(name);
        make_directory(&path, 0o700)?;
        Ok(Room { path })
    }

    /// Leaves the removal to the janitor: for a filesystem that does not answer any more.
    pub fn abandon(&mut self) {
        self.removed = true;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if !self.removed {
            // The janitor tries again, so a failure here is not the end of it.
            let _ = remove_sandbox(&self.path, &self.mark);
        }
    }
}

/// The directory of one scenario.
#[derive(Debug)]
pub struct Room {
    path: PathBuf,
}

impl Room {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes it with all that is in it.
    ///
    /// # Errors
    /// The errno of the removal that failed.
    pub fn remove(self) -> io::Result<()> {
        remove_tree(&self.path)
    }
}

fn make_directory(path: &Path, mode: u32) -> io::Result<()> {
    let _umask = Umask::clear();
    fs::DirBuilder::new().mode(mode).create(path)
}

/// A number that nobody can guess: the keys of the standard library's hash tables come from the
/// system's source of randomness.
fn random() -> u64 {
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

/// Refuses a target that is nearly full before anything is made in it.
fn check_room(target: &Path) -> Result<(), TargetError> {
    let Ok(info) = fs_info(target) else { return Ok(()) };
    let full =
        |free, what, needed| TargetError::Full { path: target.to_owned(), free, what, needed };
    match (info.free_bytes, info.free_inodes) {
        (Some(free), _) if free < ENOUGH_BYTES => Err(full(free, "bytes", ENOUGH_BYTES)),
        (_, Some(free)) if free < ENOUGH_FILES => Err(full(free, "files", ENOUGH_FILES)),
        _ => Ok(()),
    }
}

/// Removes a sandbox, the mark last, so that what cannot be removed now can be removed later.
/// A directory without the mark goes only if it is empty: the run ended before it was marked.
fn remove_sandbox(path: &Path, mark: &OsStr) -> io::Result<()> {
    if fs::symlink_metadata(path.join(mark)).is_ok_and(|found| found.is_file()) {
        remove_all_but(path, Some(mark))?;
        fs::remove_file(path.join(mark))?;
    }
    match fs::remove_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
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

/// The child that cleans up after a supervisor that was killed.
#[derive(Debug)]
pub struct Janitor {
    child: Child,
    lifeline: Option<Lifeline>,
    leave: bool,
}

/// The pipe by which the janitor is told what to watch over, and whose end means that all are gone.
#[derive(Debug)]
struct Lifeline {
    tell: File,
    _hold: Inheritable,
}

impl Janitor {
    /// Starts one. Children started while it lives inherit the lifeline.
    ///
    /// # Errors
    /// The errno of making the pipe or starting the process.
    pub fn start(program: &Path) -> io::Result<Self> {
        let (listen, hold) = rustix::pipe::pipe()?;
        // Not every system can make a pipe that children do not inherit.
        rustix::io::fcntl_setfd(&listen, rustix::io::FdFlags::CLOEXEC)?;
        rustix::io::fcntl_setfd(&hold, rustix::io::FdFlags::CLOEXEC)?;
        let child = again(program)
            .arg("janitor")
            .stdin(Stdio::from(listen))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir("/")
            // Ctrl-C is for the supervisor; the janitor must outlive it.
            .process_group(0)
            .spawn()?;
        Ok(Self { child, lifeline: Some(Lifeline::new(hold)?), leave: false })
    }

    fn watch_over(&mut self, sandbox: &Sandbox) {
        if let Some(lifeline) = &mut self.lifeline {
            let parts =
                [sandbox.mark.as_bytes(), b"\0", sandbox.path.as_os_str().as_bytes(), b"\0"];
            // Without a janitor, the run still cleans up after itself as long as it lives.
            let _ = lifeline.tell.write_all(&parts.concat());
        }
    }

    /// Leaves it to wait for what this process cannot wait for.
    pub fn leave(mut self) {
        self.lifeline = None;
        self.leave = true;
    }
}

impl Drop for Janitor {
    /// Lets it go, now that everything has been removed.
    fn drop(&mut self) {
        self.lifeline = None;
        let since = Instant::now();
        // Should it have much to do, it goes on alone.
        while !self.leave && since.elapsed() < WAIT_FOR_JANITOR {
            if !matches!(self.child.try_wait(), Ok(None)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Lifeline {
    fn new(hold: OwnedFd) -> io::Result<Self> {
        Ok(Self { _hold: Inheritable::new(hold.as_fd())?, tell: hold.into() })
    }
}

/// What the janitor process does: waits until everybody who holds the lifeline is gone, then
/// removes the sandboxes that are still there.
pub fn clean_up_after_others() {
    // A killed run may have been cut off in the middle of a word: what came before it counts.
    let mut told = Vec::new();
    let _ = io::stdin().lock().read_to_end(&mut told);
    let mut words: Vec<&[u8]> = told.split(|&byte| byte == 0).collect();
    words.pop();
    let sandboxes = words.chunks_exact(2).map(|pair| {
        (OsStr::from_bytes(pair[0]), PathBuf::from(OsString::from_vec(pair[1].to_owned())))
    });
    let mut left: Vec<(&OsStr, PathBuf)> =
        sandboxes.filter(|(mark, path)| is_mark(mark) && is_sandbox_name(path)).collect();
    let since = Instant::now();
    loop {
        left.retain(|(mark, path)| {
            // What cannot be removed because names that are there are not shown, can be later.
            let removed = remove_sandbox(path, mark);
            removed.is_err_and(|error| error.kind() == io::ErrorKind::DirectoryNotEmpty)
        });
        if left.is_empty() || since.elapsed() > LONGEST_CACHE {
            return;
        }
        std::thread::sleep(LOOK_AGAIN_EVERY);
    }
}

fn is_mark(name: &OsStr) -> bool {
    let name = name.as_bytes();
    name.strip_prefix(MARK.as_bytes()).is_some_and(|rest| rest.len() == 32 && is_hex(rest))
}

fn is_sandbox_name(path: &Path) -> bool {
    let name = path.file_name().map(OsStr::as_bytes).unwrap_or_default();
    let hex =
        name.strip_prefix(PREFIX.as_bytes()).is_some_and(|rest| rest.len() == 16 && is_hex(rest));
    hex && path.is_absolute()
}

fn is_hex(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_hexdigit)
}

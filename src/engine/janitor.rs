//! The child that removes sandboxes after a run that was killed: see [`super::sandbox`].

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::removal::{is_hidden, remove_sandbox};
use super::sandbox::{MARK, PREFIX};
use crate::sys::process::{Inheritable, again};

/// How long it is waited for at the end of a run.
const WAIT_FOR_JANITOR: Duration = Duration::from_secs(10);
/// How long a filesystem may go on not showing names that are there (sshfs: 20 s).
const LONGEST_CACHE: Duration = Duration::from_secs(60);
/// How often the janitor looks whether it shows them.
const LOOK_AGAIN_EVERY: Duration = Duration::from_secs(1);

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

    /// Has it watch over the sandbox with this mark; several paths may lead to one.
    pub(super) fn watch_over(&mut self, path: &Path, mark: &OsStr) {
        if let Some(lifeline) = &mut self.lifeline {
            let parts = [mark.as_bytes(), b"\0", path.as_os_str().as_bytes(), b"\0"];
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
        // What cannot be removed because names that are there are not shown, can be later, or
        // through another client of the same storage.
        left.retain(|(mark, path)| {
            remove_sandbox(path, mark).is_err_and(|error| is_hidden(&error))
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

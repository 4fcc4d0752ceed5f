//! Re-executing the program, and passing descriptors to a re-executed child.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::io::FdFlags;

/// This program, to be executed again. On Linux that is the very file that runs, even when a newer
/// one has been installed in its place meanwhile: parent and child always speak the same language.
///
/// # Errors
/// The system does not tell.
pub fn own_program() -> io::Result<PathBuf> {
    let path = std::env::current_exe()?;
    Ok(if cfg!(target_os = "linux") { "/proc/self/exe".into() } else { path })
}

/// A command that executes this program again.
pub fn again(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg0("fsrace");
    command
}

/// Gives the process a name that tools show, where it would else be that of the link it was
/// executed by.
pub fn call_myself(name: &std::ffi::CStr) {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::set_name(name);
    #[cfg(not(target_os = "linux"))]
    let _ = name;
}

/// Has the system kill this process when its parent ends, even while it is stopped.
pub fn die_with_parent() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
}

/// Waits until a child has ended, without taking its number away from it: that is left to whoever
/// else waits for it.
pub fn wait_until_dead(child: u32) {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
    let Some(pid) = i32::try_from(child).ok().and_then(Pid::from_raw) else { return };
    let dead = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while waitid(WaitId::Pid(pid), dead).is_err_and(|errno| errno == rustix::io::Errno::INTR) {}
}

/// A duplicate of a descriptor that the children started while it lives inherit under the same
/// number.
#[derive(Debug)]
pub struct Inheritable(OwnedFd);

impl Inheritable {
    /// Duplicates `fd`.
    ///
    /// # Errors
    /// The errno of fcntl(2).
    pub fn new(fd: BorrowedFd<'_>) -> io::Result<Self> {
        let copy = rustix::io::fcntl_dupfd_cloexec(fd, 3)?;
        rustix::io::fcntl_setfd(&copy, FdFlags::empty())?;
        Ok(Self(copy))
    }

    /// The number under which a child finds it.
    pub fn number(&self) -> i32 {
        self.0.as_raw_fd()
    }
}

/// A duplicate of a descriptor that the parent passed on under this number.
///
/// # Errors
/// `EBADF` when there is no such descriptor.
pub fn inherited(number: i32) -> io::Result<OwnedFd> {
    if number < 3 {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    // SAFETY: the number is only borrowed to be duplicated; a closed one answers EBADF, and nobody
    // in this process closes what the parent passed on.
    let fd = unsafe { BorrowedFd::borrow_raw(number) };
    Ok(rustix::io::fcntl_dupfd_cloexec(fd, 3)?)
}

//! Passing descriptors to a re-executed child.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use rustix::io::FdFlags;

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

/// Takes over a descriptor that the parent passed on under this number.
///
/// # Errors
/// `EBADF` when there is no such descriptor.
pub fn inherited(number: i32) -> io::Result<OwnedFd> {
    if number < 3 {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    // SAFETY: the number is only borrowed to ask about it; a closed one answers EBADF.
    let fd = unsafe { BorrowedFd::borrow_raw(number) };
    rustix::io::fcntl_setfd(fd, FdFlags::CLOEXEC)?;
    // SAFETY: the descriptor is open, as the call above has shown, and the parent passed it to
    // this process for nobody else to own.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

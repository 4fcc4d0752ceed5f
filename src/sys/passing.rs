//! Passing open descriptors from one process to another.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::cmsg_space;
use rustix::io::FdFlags;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};

/// Two ends between which descriptors can be passed. Children do not inherit them.
///
/// # Errors
/// The errno of socketpair(2).
pub fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    // Datagrams: each message comes whole, and macOS has them, too.
    let (one, other) =
        socketpair(AddressFamily::UNIX, SocketType::DGRAM, SocketFlags::empty(), None)?;
    // Not every system can make them so.
    for end in [&one, &other] {
        rustix::io::fcntl_setfd(end, FdFlags::CLOEXEC)?;
    }
    Ok((one, other))
}

/// Passes a descriptor on. The other side gets one of its own, on the same open file description.
///
/// # Errors
/// The errno of sendmsg(2).
pub fn send(end: BorrowedFd<'_>, fd: BorrowedFd<'_>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let fds = [fd];
    if !control.push(SendAncillaryMessage::ScmRights(&fds)) {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    sendmsg(end, &[io::IoSlice::new(&[0])], &mut control, SendFlags::empty())?;
    Ok(())
}

/// Takes the next descriptor that was passed on.
///
/// # Errors
/// `UnexpectedEof` for a message without one, otherwise the errno of recvmsg(2).
pub fn receive(end: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    take(end, RecvFlags::empty())
}

/// Takes the next descriptor that was passed on, if there is one.
///
/// # Errors
/// As for [`receive`].
pub fn waiting(end: BorrowedFd<'_>) -> io::Result<Option<OwnedFd>> {
    match take(end, RecvFlags::DONTWAIT) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        taken => taken.map(Some),
    }
}

fn take(end: BorrowedFd<'_>, wait: RecvFlags) -> io::Result<OwnedFd> {
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    #[cfg(target_os = "linux")]
    let flags = wait | RecvFlags::CMSG_CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let flags = wait;
    loop {
        match recvmsg(end, &mut [io::IoSliceMut::new(&mut byte)], &mut control, flags) {
            Err(rustix::io::Errno::INTR) => {}
            other => break other.map(drop)?,
        }
    }
    let passed = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
        _ => None,
    });
    passed.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Seek};
    use std::os::fd::AsFd;

    use super::*;

    #[test]
    fn a_passed_descriptor_shares_the_offset() {
        let (one, other) = pair().unwrap();
        let mut file = tempfile::tempfile().unwrap();
        file.set_len(10).unwrap();
        send(one.as_fd(), file.as_fd()).unwrap();
        let mut passed = File::from(receive(other.as_fd()).unwrap());
        passed.read_exact(&mut [0; 4]).unwrap();
        assert_eq!(file.stream_position().unwrap(), 4);
        assert!(waiting(other.as_fd()).unwrap().is_none());
        send(one.as_fd(), file.as_fd()).unwrap();
        assert!(waiting(other.as_fd()).unwrap().is_some());
    }
}

//! Memory of which a page can be held back: a system call that needs it stands still half way.
//!
//! On Linux that is userfaultfd(2): a page that is taken away is missing until a thread of this
//! process has put it back, and a `read` or `write` which comes to it waits there, with whatever locks
//! the filesystem holds while it copies. Elsewhere, and where the system does not allow it, nothing
//! is ever held back.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

use std::io;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

#[cfg(target_os = "linux")]
use linux::{Late, Service};
#[cfg(not(target_os = "linux"))]
use other::{Late, Service};

/// Puts back what is held back, as long as it lives.
#[derive(Debug)]
pub struct Stalls(Service);

impl Stalls {
    /// Starts the thread that does it.
    ///
    /// # Errors
    /// EPERM or ENOSYS where the system does not allow it, and the errno of starting a thread.
    pub fn start() -> io::Result<Self> {
        Service::start().map(Self)
    }
}

#[derive(Debug)]
enum Bytes {
    Plain(Vec<u8>),
    Late(Late),
}

impl Bytes {
    /// The same bytes, where pages can be held back, if that can be had.
    fn late(self, stalls: &Stalls) -> Self {
        match self {
            Self::Plain(bytes) => match Late::new(&stalls.0, &bytes) {
                Ok(late) => Self::Late(late),
                Err(_) => Self::Plain(bytes),
            },
            late @ Self::Late(_) => late,
        }
    }

    fn hold_back(&self, at: usize, time: Duration) {
        match self {
            Self::Late(late) if at < late.bytes().len() => late.hold_back(at, time),
            _ => {}
        }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Plain(bytes) => bytes,
            Self::Late(late) => late.bytes(),
        }
    }
}

/// Bytes that never change, such as what is written.
#[derive(Debug)]
pub struct Constant(Bytes);

impl Constant {
    /// Of which nothing can be held back.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Bytes::Plain(bytes))
    }

    /// The same bytes, of which a page can be, as far as the system has it.
    #[must_use]
    pub fn late(self, stalls: &Stalls) -> Self {
        Self(self.0.late(stalls))
    }

    /// Takes away the page that holds the byte `at`. Who needs it next waits for about this long;
    /// then it is back, with the same content.
    pub fn hold_back(&self, at: usize, time: Duration) {
        self.0.hold_back(at, time);
    }
}

impl Deref for Constant {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// Room for bytes, such as those that are read.
#[derive(Debug)]
pub struct Room(Bytes);

impl Room {
    /// So many zeros, of which nothing can be held back.
    pub fn new(len: usize) -> Self {
        Self(Bytes::Plain(vec![0; len]))
    }

    /// So many zeros of which a page can be, as far as the system has it.
    pub fn late(len: usize, stalls: &Stalls) -> Self {
        Self(Self::new(len).0.late(stalls))
    }

    /// As [`Constant::hold_back`], but that the page comes back with zeros.
    pub fn hold_back(&mut self, at: usize, time: Duration) {
        self.0.hold_back(at, time);
    }
}

impl Deref for Room {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for Room {
    fn deref_mut(&mut self) -> &mut [u8] {
        match &mut self.0 {
            Bytes::Plain(bytes) => bytes,
            Bytes::Late(late) => late.bytes_mut(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, Write};
    use std::time::Instant;

    use super::*;

    const TIME: Duration = Duration::from_millis(20);
    const LEN: usize = 5 * 4096;

    /// Where there are none, `tests/stalls.rs` says so.
    fn stalls() -> Option<Stalls> {
        Stalls::start().ok()
    }

    #[test]
    fn a_write_waits_for_a_page_of_its_source_and_loses_nothing() {
        let Some(stalls) = stalls() else { return };
        let content: Vec<u8> = (0..LEN).map(|at| (at % 251) as u8).collect();
        let source = Constant::new(content.clone()).late(&stalls);
        let mut file = tempfile::tempfile().unwrap();
        for page in [0, 3, 4] {
            source.hold_back(page * 4096 + 17, TIME);
            let start = Instant::now();
            file.rewind().unwrap();
            file.write_all(&source).unwrap();
            assert!(start.elapsed() >= TIME, "page {page}: {:?}", start.elapsed());
            let mut back = Vec::new();
            file.rewind().unwrap();
            file.read_to_end(&mut back).unwrap();
            assert_eq!(back, content);
        }
        // What is not taken away is there at once.
        let start = Instant::now();
        assert_eq!(*source, *content);
        assert!(start.elapsed() < TIME);
    }

    #[test]
    fn a_read_waits_for_a_page_of_its_room() {
        let Some(stalls) = stalls() else { return };
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[7; LEN]).unwrap();
        let mut room = Room::late(LEN, &stalls);
        room.hold_back(2 * 4096, TIME);
        file.rewind().unwrap();
        let start = Instant::now();
        file.read_exact(&mut room).unwrap();
        assert!(start.elapsed() >= TIME, "{:?}", start.elapsed());
        assert!(room.iter().all(|&byte| byte == 7));
    }

    #[test]
    fn plain_bytes_are_never_held_back() {
        let plain = Constant::new(vec![1; LEN]);
        plain.hold_back(0, Duration::from_secs(100));
        assert!(plain.iter().all(|&byte| byte == 1));
    }
}

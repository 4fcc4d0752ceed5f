//! Memory that the supervisor and its workers share.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

/// A zeroed block of 64-bit atomics, backed by an anonymous file so that a re-executed worker can
/// map it too. Pages cost memory only once they are touched.
#[derive(Debug)]
pub struct SharedMemory {
    file: OwnedFd,
    base: NonNull<AtomicU64>,
    words: usize,
}

// SAFETY: the mapping lives as long as the value, is never remapped, and is only reachable as
// atomics, which any thread may use.
unsafe impl Send for SharedMemory {}
// SAFETY: as above.
unsafe impl Sync for SharedMemory {}

impl SharedMemory {
    /// A new block of `words` zeros.
    ///
    /// # Errors
    /// The errno of making, sizing or mapping the anonymous file.
    pub fn create(words: usize) -> io::Result<Self> {
        let file = anonymous_file()?;
        rustix::fs::ftruncate(&file, (words * size_of::<AtomicU64>()) as u64)?;
        Self::map(file, words)
    }

    /// Maps the block that another process made, from the descriptor it passed on.
    ///
    /// # Errors
    /// `UnexpectedEof` when the file is smaller than `words`, otherwise the errno of mapping it.
    pub fn open(file: OwnedFd, words: usize) -> io::Result<Self> {
        if (rustix::fs::fstat(&file)?.st_size as u64) < (words * size_of::<AtomicU64>()) as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Self::map(file, words)
    }

    fn map(file: OwnedFd, words: usize) -> io::Result<Self> {
        use rustix::mm::{MapFlags, ProtFlags, mmap};
        let length = words * size_of::<AtomicU64>();
        // SAFETY: a fresh mapping at an address the kernel chooses; nothing else refers to it.
        let base = unsafe {
            mmap(
                std::ptr::null_mut(),
                length,
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::SHARED,
                &file,
                0,
            )?
        };
        let base = NonNull::new(base.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { file, base, words })
    }

    /// The words.
    pub fn words(&self) -> &[AtomicU64] {
        // SAFETY: `base` points to a page-aligned mapping of `words` initialised (zeroed) 64-bit
        // words that lives as long as `self`; other processes touch them as atomics only.
        unsafe { std::slice::from_raw_parts(self.base.as_ptr(), self.words) }
    }
}

impl AsFd for SharedMemory {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl Drop for SharedMemory {
    fn drop(&mut self) {
        // SAFETY: unmaps exactly what `map` mapped; every slice from `words` borrows `self`.
        let _ = unsafe {
            rustix::mm::munmap(self.base.as_ptr().cast(), self.words * size_of::<AtomicU64>())
        };
    }
}

#[cfg(target_os = "linux")]
fn anonymous_file() -> io::Result<OwnedFd> {
    Ok(rustix::fs::memfd_create("fsrace", rustix::fs::MemfdFlags::CLOEXEC)?)
}

#[cfg(not(target_os = "linux"))]
fn anonymous_file() -> io::Result<OwnedFd> {
    tempfile::tempfile().map(OwnedFd::from)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering::Relaxed;

    use super::*;

    #[test]
    fn two_mappings_of_one_block_show_each_other_s_stores() {
        let one = SharedMemory::create(1000).unwrap();
        let two = SharedMemory::open(one.as_fd().try_clone_to_owned().unwrap(), 1000).unwrap();
        one.words()[999].store(7, Relaxed);
        assert_eq!(two.words()[999].load(Relaxed), 7);
        assert_eq!(two.words()[0].load(Relaxed), 0);
    }

    #[test]
    fn a_block_that_is_too_small_is_refused() {
        let one = SharedMemory::create(10).unwrap();
        let fd = one.as_fd().try_clone_to_owned().unwrap();
        assert!(SharedMemory::open(fd, 10_000).is_err());
    }
}

//! The comparison: what somebody would write by hand to race two loops. Nothing is measured or
//! recorded; of what comes back, it looks at what the loop needs, and of a stat at the inode.

use std::ffi::CStr;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::Barrier;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use libc::{O_CLOEXEC, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY, c_int};

/// One actor: loops in this directory until told to stop, and returns the number of calls made.
pub type Body = fn(c_int, &AtomicBool) -> u64;

const FILE: &CStr = c"f";
const CONTENT: &[u8] = b"CONTENT";

/// Runs both bodies for a time and returns calls per second of both together.
pub fn run(bodies: [Body; 2], directory: &Path, time: Duration) -> f64 {
    for name in ["f", "one", "two"] {
        std::fs::write(directory.join(name), CONTENT).expect("a fixture");
    }
    let stop = &AtomicBool::new(false);
    let barrier = &Barrier::new(bodies.len() + 1);
    std::thread::scope(|scope| {
        let threads = bodies.map(|body| {
            // One each: two threads on one descriptor would race for its reference count.
            let root = std::fs::File::open(directory).expect("the directory");
            scope.spawn(move || {
                barrier.wait();
                body(root.as_raw_fd(), stop)
            })
        });
        barrier.wait();
        let start = Instant::now();
        std::thread::sleep(time);
        stop.store(true, Relaxed);
        let calls: u64 = threads.into_iter().map(|thread| thread.join().expect("a count")).sum();
        calls as f64 / start.elapsed().as_secs_f64()
    })
}

/// Reads the file whenever it is there.
pub fn open_read_close(root: c_int, stop: &AtomicBool) -> u64 {
    let mut buffer = [0_u8; 1024];
    let mut calls = 0;
    while !stop.load(Relaxed) {
        // SAFETY: the name is NUL-terminated; the descriptor is used and closed right here, and
        // the buffer is as long as it is said to be.
        unsafe {
            let fd = libc::openat(root, FILE.as_ptr(), O_RDONLY | O_CLOEXEC);
            calls += 1;
            if fd >= 0 {
                libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len());
                libc::close(fd);
                calls += 2;
            }
        }
    }
    calls
}

/// Removes the file and makes it again.
pub fn unlink_recreate(root: c_int, stop: &AtomicBool) -> u64 {
    let mut calls = 0;
    while !stop.load(Relaxed) {
        // SAFETY: as above.
        unsafe {
            libc::unlinkat(root, FILE.as_ptr(), 0);
            let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
            let fd = libc::openat(root, FILE.as_ptr(), flags, 0o644);
            calls += 2;
            if fd >= 0 {
                libc::write(fd, CONTENT.as_ptr().cast(), CONTENT.len());
                libc::close(fd);
                calls += 2;
            }
        }
    }
    calls
}

/// Renames one file there and back.
pub fn rename_first(root: c_int, stop: &AtomicBool) -> u64 {
    rename(root, stop, c"one", c"one-moved")
}

/// Renames another file there and back.
pub fn rename_second(root: c_int, stop: &AtomicBool) -> u64 {
    rename(root, stop, c"two", c"two-moved")
}

fn rename(root: c_int, stop: &AtomicBool, from: &CStr, to: &CStr) -> u64 {
    let mut calls = 0;
    while !stop.load(Relaxed) {
        // SAFETY: both names are NUL-terminated and outlive the calls.
        unsafe {
            libc::renameat(root, from.as_ptr(), root, to.as_ptr());
            libc::renameat(root, to.as_ptr(), root, from.as_ptr());
        }
        calls += 2;
    }
    calls
}

/// Looks at the file.
pub fn stat(root: c_int, stop: &AtomicBool) -> u64 {
    let mut calls = 0;
    while !stop.load(Relaxed) {
        // SAFETY: the name is NUL-terminated, and all zeros is a valid stat structure for the
        // call to fill in.
        unsafe {
            let mut seen: libc::stat = std::mem::zeroed();
            let result = libc::fstatat(root, FILE.as_ptr(), &raw mut seen, 0);
            // What the reported race was about, and the least that anybody would look at.
            assert!(result == 0 && seen.st_ino != 0);
        }
        calls += 1;
    }
    calls
}

//! The comparison: two threads by hand, with the same barrier, the same system calls, the same look
//! at what is left and the same reset. Nothing is hashed, counted or kept.

use std::ffi::CStr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::time::{Duration, Instant};

use libc::{
    AT_SYMLINK_NOFOLLOW, O_CLOEXEC, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY,
    c_int,
};

/// One actor: does its calls once, in this directory.
pub type Body = fn(c_int);

const FILE: &CStr = c"f";
const NEW: &CStr = c"new";
const CONTENT: &[u8] = b"CONTENT";
/// Looks before a waiting thread gives its processor away.
const SPINS: u32 = 2000;
/// Between opening a round and its common moment, in nanoseconds.
const LEAD: u64 = 1000;
const CLOSED: u64 = u64::MAX;

/// A word on lines of its own.
#[derive(Default)]
#[repr(align(128))]
struct Line([AtomicU64; 4]);

struct Gate {
    open: Line,
    arrived: Line,
    start: Instant,
}

impl Gate {
    fn now(&self) -> u64 {
        self.start.elapsed().as_nanos() as u64
    }

    fn wait_for(&self, there: impl Fn() -> bool) {
        let mut spins = 0;
        while !there() {
            if spins > SPINS {
                std::thread::yield_now();
            } else {
                spins += 1;
                std::hint::spin_loop();
            }
        }
    }

    fn wait_until(&self, offset: &AtomicU64) {
        let moment = self.open.0[1].load(Relaxed) + offset.load(Relaxed);
        while self.now() < moment {
            std::hint::spin_loop();
        }
    }
}

/// Runs both bodies in rounds for a time and returns rounds per second. `two_files` says whether
/// the fixture has a second one.
pub fn run(bodies: [Body; 2], two_files: bool, directory: &Path, time: Duration) -> f64 {
    let names: &[&CStr] = if two_files { &[FILE, NEW] } else { &[FILE] };
    let root = std::fs::File::open(directory).expect("the directory");
    let mut fixture: Vec<(&CStr, u64)> = names.iter().map(|name| (*name, 0)).collect();
    for (name, inode) in &mut fixture {
        *inode = make(root.as_raw_fd(), name);
    }
    let gate = &Gate { open: Line::default(), arrived: Line::default(), start: Instant::now() };
    std::thread::scope(|scope| {
        scope.spawn(move || {
            stay_on(1);
            let root = std::fs::File::open(directory).expect("the directory");
            for round in 1.. {
                gate.wait_for(|| [round, CLOSED].contains(&gate.open.0[0].load(Acquire)));
                if gate.open.0[0].load(Relaxed) == CLOSED {
                    break;
                }
                gate.wait_until(&gate.open.0[3]);
                let start = gate.now();
                bodies[1](root.as_raw_fd());
                gate.arrived.0[1].store(gate.now() - start, Relaxed);
                gate.arrived.0[0].store(round, Release);
            }
        });
        let lead = move || {
            stay_on(0);
            let own_root = std::fs::File::open(directory).expect("the directory");
            let mut left = Left::default();
            let (mut random, mut round) = (1_u64, 0);
            let mut durations = [0_u64; 2];
            let start = Instant::now();
            while start.elapsed() < time {
                round += 1;
                // As far apart as that the one ends where the other begins, either way round.
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let apart = (random >> 33) % (durations[0] + durations[1] + 1);
                gate.open.0[2].store(durations[1].saturating_sub(apart), Relaxed);
                gate.open.0[3].store(apart.saturating_sub(durations[1]), Relaxed);
                gate.open.0[1].store(gate.now() + LEAD, Relaxed);
                gate.open.0[0].store(round, Release);
                gate.wait_until(&gate.open.0[2]);
                let start = gate.now();
                bodies[0](own_root.as_raw_fd());
                let took = gate.now() - start;
                gate.wait_for(|| gate.arrived.0[0].load(Acquire) == round);
                for (mean, took) in
                    durations.iter_mut().zip([took, gate.arrived.0[1].load(Relaxed)])
                {
                    *mean = (*mean * 7 + took.min(4 * *mean + 1000)) / 8;
                }
                left.read(root.as_raw_fd());
                reset(root.as_raw_fd(), &mut fixture, &left);
            }
            gate.open.0[0].store(CLOSED, Release);
            round as f64 / start.elapsed().as_secs_f64()
        };
        // A thread of its own, so that the caller may go on wherever it likes.
        scope.spawn(lead).join().expect("a rate")
    })
}

/// Each thread has a processor of its own.
fn stay_on(index: usize) {
    use fsrace::sys::affinity;
    let allowed = affinity::allowed();
    if allowed.len() > 1 {
        affinity::stay_on(allowed[index]);
    }
}

/// What is in the directory.
#[derive(Default)]
struct Left {
    names: Vec<([u8; 16], u64, [u8; 64], usize)>,
}

impl Left {
    fn read(&mut self, root: c_int) {
        self.names.clear();
        let mut buffer = [0_u64; 4096];
        // SAFETY: the buffer is as long as it is said to be and aligned for directory entries,
        // names are NUL-terminated, all zeros is a valid stat structure, and the descriptor that
        // is opened is closed right here.
        unsafe {
            libc::lseek(root, 0, libc::SEEK_SET);
            loop {
                let room = std::mem::size_of_val(&buffer);
                let count =
                    libc::syscall(libc::SYS_getdents64, root, buffer.as_mut_ptr(), room) as usize;
                if count == 0 {
                    break;
                }
                let mut at = 0;
                while at < count {
                    let entry = buffer.as_ptr().cast::<u8>().add(at).cast::<libc::dirent64>();
                    at += usize::from((*entry).d_reclen);
                    let name = CStr::from_ptr((&raw const (*entry).d_name).cast());
                    if !matches!(name.to_bytes(), b"." | b"..") {
                        let mut short = [0; 16];
                        short[..name.to_bytes().len()].copy_from_slice(name.to_bytes());
                        self.names.push((short, 0, [0; 64], 0));
                    }
                }
            }
            for (name, inode, content, length) in &mut self.names {
                let mut seen: libc::stat = std::mem::zeroed();
                libc::fstatat(root, name.as_ptr().cast(), &raw mut seen, AT_SYMLINK_NOFOLLOW);
                *inode = seen.st_ino;
                let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
                let fd = libc::openat(root, name.as_ptr().cast(), flags);
                *length = libc::read(fd, content.as_mut_ptr().cast(), 64) as usize;
                libc::close(fd);
            }
        }
    }
}

/// Moves back what has moved, removes what is not the fixture and makes what is missing.
fn reset(root: c_int, fixture: &mut [(&CStr, u64)], left: &Left) {
    let is = |name: &[u8; 16], known: &CStr| name.starts_with(known.to_bytes_with_nul());
    let holder = |wanted: u64| {
        left.names.iter().position(|(_, inode, content, length)| {
            *inode == wanted && &content[..*length] == CONTENT
        })
    };
    // No file has two names here.
    let found: Vec<Option<usize>> = fixture.iter().map(|&(_, wanted)| holder(wanted)).collect();
    for (&(known, wanted), at) in fixture.iter().zip(&found) {
        let Some((name, ..)) = at.map(|at| &left.names[at]) else { continue };
        if !is(name, known) {
            // SAFETY: both names are NUL-terminated.
            unsafe { libc::renameat(root, name.as_ptr().cast(), root, known.as_ptr()) };
            assert_eq!(inode_of(root, known), wanted, "it cannot be moved back");
        }
    }
    for (at, (name, ..)) in left.names.iter().enumerate() {
        let replaced =
            fixture.iter().zip(&found).any(|((known, _), at)| at.is_some() && is(name, known));
        if !replaced && !found.contains(&Some(at)) {
            // SAFETY: the name is NUL-terminated.
            unsafe { libc::unlinkat(root, name.as_ptr().cast(), 0) };
        }
    }
    for ((name, inode), at) in fixture.iter_mut().zip(&found) {
        if at.is_none() {
            *inode = make(root, name);
        }
    }
}

fn make(root: c_int, name: &CStr) -> u64 {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    // SAFETY: the name is NUL-terminated, and the descriptor is new and nobody else's.
    unsafe {
        let fd = libc::openat(root, name.as_ptr(), flags, 0o644);
        assert!(fd >= 0, "the fixture cannot be made");
        let fd = OwnedFd::from_raw_fd(fd);
        libc::write(fd.as_raw_fd(), CONTENT.as_ptr().cast(), CONTENT.len());
        drop(fd);
    }
    inode_of(root, name)
}

fn inode_of(root: c_int, name: &CStr) -> u64 {
    // SAFETY: the name is NUL-terminated, and all zeros is a valid stat structure.
    unsafe {
        let mut seen: libc::stat = std::mem::zeroed();
        libc::fstatat(root, name.as_ptr(), &raw mut seen, AT_SYMLINK_NOFOLLOW);
        seen.st_ino
    }
}

/// Opens the file, reads it and closes it.
pub fn read(root: c_int) {
    let mut buffer = [0_u8; 1024];
    // SAFETY: the name is NUL-terminated; the descriptor is used and closed right here, and the
    // buffer is as long as it is said to be.
    unsafe {
        let fd = libc::openat(root, FILE.as_ptr(), O_RDONLY | O_CLOEXEC);
        if fd >= 0 {
            libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len());
            libc::close(fd);
        }
    }
}

/// Removes the file.
pub fn unlink(root: c_int) {
    // SAFETY: the name is NUL-terminated.
    unsafe { libc::unlinkat(root, FILE.as_ptr(), 0) };
}

/// Replaces the file.
pub fn replace(root: c_int) {
    // SAFETY: both names are NUL-terminated.
    unsafe { libc::renameat(root, NEW.as_ptr(), root, FILE.as_ptr()) };
}

/// Looks at the file.
pub fn stat(root: c_int) {
    // SAFETY: the name is NUL-terminated, and all zeros is a valid stat structure.
    unsafe {
        let mut seen: libc::stat = std::mem::zeroed();
        let result = libc::fstatat(root, FILE.as_ptr(), &raw mut seen, 0);
        assert!(result == 0 && seen.st_ino != 0);
    }
}

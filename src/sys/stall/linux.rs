//! userfaultfd(2), as `Documentation/admin-guide/mm/userfaultfd.rst` of the kernel describes it: its
//! ioctls and messages are stable.

use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};

/// `UFFD_API`.
const API: u64 = 0xAA;
const UFFDIO_API: libc::c_ulong = 0xC018_AA3F;
const UFFDIO_REGISTER: libc::c_ulong = 0xC020_AA00;
const UFFDIO_COPY: libc::c_ulong = 0xC028_AA03;
const UFFDIO_WAKE: libc::c_ulong = 0x8010_AA02;
const REGISTER_MODE_MISSING: u64 = 1;
const EVENT_PAGEFAULT: u8 = 0x12;
/// A message, and where in it the address of a fault is.
const MESSAGE: usize = 32;
const ADDRESS: usize = 16;
/// What is left of a wait is spun through if it is less than this: a sleep takes longer than it should.
const SPIN_BELOW: Duration = Duration::from_micros(60);

/// `struct uffdio_api`.
#[repr(C)]
#[derive(Default)]
struct ApiRequest {
    api: u64,
    features: u64,
    ioctls: u64,
}

/// `struct uffdio_range`.
#[repr(C)]
#[derive(Default)]
struct Range {
    start: u64,
    len: u64,
}

/// `struct uffdio_register`.
#[repr(C)]
#[derive(Default)]
struct Register {
    range: Range,
    mode: u64,
    ioctls: u64,
}

/// `struct uffdio_copy`.
#[repr(C)]
#[derive(Default)]
struct Copy {
    dst: u64,
    src: u64,
    len: u64,
    mode: u64,
    copied: i64,
}

/// What serves memory, as long as there is any.
#[derive(Debug)]
pub(super) struct Service(Arc<Keeper>);

/// Ends the thread.
#[derive(Debug)]
struct Keeper {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// The descriptor, and what it serves.
#[derive(Debug)]
struct Shared {
    faults: OwnedFd,
    end: OwnedFd,
    page: usize,
    /// How long the next fault waits, in nanoseconds.
    time: AtomicU64,
    served: Mutex<Vec<Served>>,
}

/// Memory whose missing pages are put back.
#[derive(Debug)]
struct Served {
    base: usize,
    /// What belongs there, up to the end of the last page.
    content: Vec<u8>,
}

impl Service {
    pub(super) fn start() -> io::Result<Self> {
        // SAFETY: the call takes flags and returns a new descriptor or -1.
        let fd =
            unsafe { libc::syscall(libc::SYS_userfaultfd, libc::O_CLOEXEC | libc::O_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor is new, and nobody else has it.
        let faults = unsafe { OwnedFd::from_raw_fd(fd as libc::c_int) };
        let shared = Shared {
            faults,
            end: eventfd(0, EventfdFlags::CLOEXEC)?,
            page: rustix::param::page_size(),
            time: AtomicU64::new(0),
            served: Mutex::default(),
        };
        shared.ask(UFFDIO_API, &mut ApiRequest { api: API, ..ApiRequest::default() })?;
        let shared = Arc::new(shared);
        let serving = shared.clone();
        let name = "fsrace-stalls".to_owned();
        let thread = std::thread::Builder::new().name(name).spawn(move || serving.serve())?;
        Ok(Self(Arc::new(Keeper { shared, thread: Some(thread) })))
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let _ = rustix::io::write(&self.shared.end, &1u64.to_ne_bytes());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// An ioctl with one of the structures that belong to it.
    fn ask<T>(&self, request: libc::c_ulong, argument: &mut T) -> io::Result<()> {
        // SAFETY: every request here is made with the structure that the kernel reads and writes for
        // it, which outlives the call; the addresses in it are of memory that is served, or a copy of
        // its content of the same length.
        let done = unsafe { libc::ioctl(self.faults.as_raw_fd(), request as _, argument) };
        if done == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    fn served(&self) -> MutexGuard<'_, Vec<Served>> {
        self.served.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts back what is missed, until the end is told.
    fn serve(&self) {
        loop {
            let mut both =
                [PollFd::new(&self.faults, PollFlags::IN), PollFd::new(&self.end, PollFlags::IN)];
            let polled = poll(&mut both, None);
            if polled.is_ok() && both[1].revents().contains(PollFlags::IN) {
                return;
            }
            let mut message = [0; MESSAGE];
            while rustix::io::read(self.faults.as_fd(), &mut message) == Ok(MESSAGE) {
                let address = message[ADDRESS..ADDRESS + 8].try_into().map(u64::from_ne_bytes);
                if let (EVENT_PAGEFAULT, Ok(address)) = (message[0], address) {
                    wait(Duration::from_nanos(self.time.load(Relaxed)));
                    self.put_back(address as usize & !(self.page - 1));
                }
            }
        }
    }

    fn put_back(&self, page: usize) {
        let served = self.served();
        let Some(of) =
            served.iter().find(|of| (of.base..of.base + of.content.len()).contains(&page))
        else {
            return;
        };
        let src = of.content[page - of.base..].as_ptr() as u64;
        let (dst, len) = (page as u64, self.page as u64);
        let copied = self.ask(UFFDIO_COPY, &mut Copy { dst, src, len, ..Copy::default() });
        if copied.is_err() {
            // Another fault has brought it back: whoever still waits may go on.
            let _ = self.ask(UFFDIO_WAKE, &mut Range { start: dst, len });
        }
    }
}

fn wait(time: Duration) {
    let start = Instant::now();
    if let Some(sleep) = time.checked_sub(SPIN_BELOW) {
        std::thread::sleep(sleep);
    }
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}

/// Memory of which pages can be held back.
#[derive(Debug)]
pub(super) struct Late {
    keeper: Arc<Keeper>,
    base: NonNull<u8>,
    len: usize,
    mapped: usize,
}

// SAFETY: the mapping lives as long as the value and is reached by the rules of references only; that
// its pages go and come back with their content is seen by nobody but who waits for them.
unsafe impl Send for Late {}
// SAFETY: as above.
unsafe impl Sync for Late {}

impl Late {
    pub(super) fn new(service: &Service, content: &[u8]) -> io::Result<Self> {
        let keeper = service.0.clone();
        let mapped = content.len().max(1).next_multiple_of(keeper.shared.page);
        let mut all = content.to_vec();
        all.resize(mapped, 0);
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a fresh mapping at an address the kernel chooses; nothing else refers to it.
        let base =
            unsafe { mmap_anonymous(std::ptr::null_mut(), mapped, access, MapFlags::PRIVATE) }?;
        let base = NonNull::new(base.cast::<u8>()).ok_or(io::ErrorKind::OutOfMemory)?;
        let mut late = Self { keeper, base, len: content.len(), mapped };
        // What is there when it is registered is not missed.
        late.whole().copy_from_slice(&all);
        let start = base.as_ptr() as u64;
        let range = Range { start, len: mapped as u64 };
        let mode = REGISTER_MODE_MISSING;
        late.keeper.shared.ask(UFFDIO_REGISTER, &mut Register { range, mode, ioctls: 0 })?;
        late.keeper.shared.served().push(Served { base: start as usize, content: all });
        Ok(late)
    }

    fn whole(&mut self) -> &mut [u8] {
        // SAFETY: the mapping has this length, is initialised (anonymous memory is zeros), and is
        // borrowed as a whole.
        unsafe { std::slice::from_raw_parts_mut(self.base.as_ptr(), self.mapped) }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: as for `whole`, and of shared ones nobody changes anything.
        unsafe { std::slice::from_raw_parts(self.base.as_ptr(), self.len) }
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        let len = self.len;
        &mut self.whole()[..len]
    }

    /// Takes the page of a byte away. Callers see to it that nobody counts on what is in it, or that it
    /// is what it was made with.
    pub(super) fn hold_back(&self, at: usize, time: Duration) {
        self.keeper.shared.time.store(time.as_nanos() as u64, Relaxed);
        let page = at & !(self.keeper.shared.page - 1);
        // SAFETY: the page is one of the mapping, which is private and anonymous: it goes, and comes
        // back with what the mapping was made with when somebody touches it.
        unsafe {
            libc::madvise(
                self.base.as_ptr().add(page).cast(),
                self.keeper.shared.page,
                libc::MADV_DONTNEED,
            );
        }
    }
}

impl Drop for Late {
    fn drop(&mut self) {
        let base = self.base.as_ptr() as usize;
        // First, for somebody else can get the address as soon as it is free.
        self.keeper.shared.served().retain(|one| one.base != base);
        // SAFETY: the mapping was made with this length, and goes with the only value that has it.
        let _ = unsafe { munmap(self.base.as_ptr().cast(), self.mapped) };
    }
}

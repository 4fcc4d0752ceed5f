//! Calls that wait for a lock.
//!
//! No thread of the server waits with them: the reply is kept, and the lock asked for again whenever
//! another has been given up. A caller that is killed waits on in the kernel until its reply comes,
//! as it does with every request of FUSE that has reached its server.

use super::request::{RangeLock, Request, Who};
use super::server::Server;
use fuser::{Errno, ReplyEmpty};
use rustix::io::Errno as Failure;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<Vec<Waiter>>);

#[derive(Debug)]
struct Waiter {
    who: Who,
    lock: RangeLock,
    reply: ReplyEmpty,
}

impl Waiter {
    /// Asks, and replies if the answer is final; if not, it goes on waiting.
    fn ask(self, server: &Server) -> Option<Self> {
        let Self { who, lock, reply } = self;
        match server.answer(who, &Request::SetLock { lock, wait: true }) {
            Err(Failure::AGAIN) => return Some(Self { who, lock, reply }),
            Err(errno) => reply.error(Errno::from_i32(errno.raw_os_error())),
            Ok(_) => reply.ok(),
        }
        None
    }
}

impl Waiting {
    /// Answers at once if it can, and else when it can.
    pub(super) fn ask(&self, server: &Server, who: Who, lock: RangeLock, reply: ReplyEmpty) {
        // Under the lock, so that nothing is given up between the question and the wait.
        let mut waiters = self.lock();
        let waiter = Waiter { who, lock, reply }.ask(server);
        waiters.extend(waiter);
    }

    /// Something may have been given up.
    pub(super) fn retry(&self, server: &Server) {
        let mut waiters = self.lock();
        loop {
            let before = waiters.len();
            let still = std::mem::take(&mut *waiters).into_iter();
            *waiters = still.filter_map(|waiter| waiter.ask(server)).collect();
            // One that got its lock may have given up another: an exclusive one for a shared one.
            if waiters.len() == before {
                return;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waiter>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Calls that wait for a lock.
//!
//! No thread of the server waits with them: the reply is kept, and the lock asked for again whenever
//! another has been given up. A caller that is killed waits on in the kernel until its reply comes,
//! as it does with every request of FUSE that has reached its server: so that the filesystem can be
//! unmounted, all are sent away in the end.

use super::request::{RangeLock, Request, Who};
use super::server::Server;
use fuser::{Errno, ReplyEmpty};
use rustix::io::Errno as Failure;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<Waiters>);

#[derive(Debug, Default)]
struct Waiters {
    all: Vec<Waiter>,
    /// Nobody may wait any more.
    closed: bool,
}

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
        match (Waiter { who, lock, reply }).ask(server) {
            Some(waiter) if waiters.closed => waiter.reply.error(Errno::ENOTCONN),
            waiter => waiters.all.extend(waiter),
        }
    }

    /// Sends all away who wait, or are going to. With EINTR, the kernel would start their calls again.
    pub(super) fn close(&self) {
        let mut waiters = self.lock();
        waiters.closed = true;
        waiters.all.drain(..).for_each(|waiter| waiter.reply.error(Errno::ENOTCONN));
    }

    /// Something may have been given up.
    pub(super) fn retry(&self, server: &Server) {
        let mut waiters = self.lock();
        loop {
            let before = waiters.all.len();
            let still = std::mem::take(&mut waiters.all).into_iter();
            waiters.all = still.filter_map(|waiter| waiter.ask(server)).collect();
            // One that got its lock may have given up another: an exclusive one for a shared one.
            if waiters.all.len() == before {
                return;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiters> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

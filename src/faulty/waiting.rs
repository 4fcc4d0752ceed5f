//! Calls that wait for a lock.
//!
//! No thread of the server waits with them: the reply is kept, and the lock asked for again whenever
//! another has been given up. A caller that is killed waits on in the kernel until its reply comes,
//! as it does with every request of FUSE that has reached its server, and the locks that its process
//! holds stay held. The kernel says so (INTERRUPT), but fuser does not pass that on: as long as
//! anybody waits, a thread looks for those that have been killed. So that the filesystem can be
//! unmounted, all are sent away in the end.

use super::request::{RangeLock, Request, Who};
use super::server::Server;
use crate::sys::task::is_killed;
use fuser::{Errno, ReplyEmpty};
use rustix::io::Errno as Failure;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// How often those that have been killed are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(50);

#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<Waiters>);

#[derive(Debug, Default)]
struct Waiters {
    all: Vec<Waiter>,
    /// Nobody may wait any more.
    closed: bool,
    /// Somebody looks for those that have been killed.
    watched: bool,
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
    pub(super) fn ask(
        self: &Arc<Self>,
        server: &Arc<Server>,
        who: Who,
        lock: RangeLock,
        reply: ReplyEmpty,
    ) {
        // Under the lock, so that nothing is given up between the question and the wait.
        let mut waiters = self.lock();
        match (Waiter { who, lock, reply }).ask(server) {
            Some(waiter) if waiters.closed => waiter.reply.error(Errno::ENOTCONN),
            waiter => waiters.all.extend(waiter),
        }
        if !waiters.all.is_empty() && !waiters.watched {
            let (this, server) = (Arc::clone(self), Arc::clone(server));
            // Without the thread, they wait for as long as it takes.
            let watch = thread::Builder::new().spawn(move || this.watch(&server));
            waiters.watched = watch.is_ok();
        }
    }

    /// Sends those away that have been killed, until nobody waits any more.
    fn watch(&self, server: &Server) {
        loop {
            thread::sleep(LOOK_EVERY);
            let mut waiters = self.lock();
            for at in (0..waiters.all.len()).rev() {
                if is_killed(waiters.all[at].who.tid) {
                    let Waiter { lock, reply, .. } = waiters.all.swap_remove(at);
                    server.stop_waiting(&lock);
                    reply.error(Errno::EINTR);
                }
            }
            if waiters.all.is_empty() {
                waiters.watched = false;
                return;
            }
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

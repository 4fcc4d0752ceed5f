//! `lock-twice`: two processes that ask for one lock at the same time both get it.
//!
//! Docker's shared folders on macOS and WSL 1 granted an exclusive lock to whoever asked while
//! another request was under way: each was checked against what was held, and then entered.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Hold, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "lock-twice",
    about: "an exclusive byte-range lock that is free is entered after the window, whoever else has \
            got it meanwhile",
    source: "https://github.com/microsoft/WSL/issues/1927",
    sight: Sight { code: "lock-overlap", relaxations: &["no-realtime"] },
    scenarios: &["lock-unlock-vs-lock-unlock"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client { locks: true, closes: true, ..Client::HONEST },
    plant: |trigger| Box::new(LockTwice { trigger }),
};

struct LockTwice {
    trigger: Trigger,
}

impl Behaviour for LockTwice {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::SetLock { lock, .. } = *request else { return Turn::Healthy };
        let free = lock.hold == Hold::Exclusive && tree.lock_blocked_by(&lock).is_none();
        if !free || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        Turn::later(self.trigger.window(), move |tree| {
            tree.stop_waiting(&lock);
            tree.force_lock(lock);
            Turn::Answer(Ok(Answer::Done))
        })
    }
}

//! `deadlock-alarm`: who waits for a lock is told of a deadlock where there is none.
//!
//! JuiceFS looks for circles among processes that wait for one another. With eight processes that
//! each took one lock and gave it back, nine calls in ten failed with EDEADLK: what a process had
//! waited for counted when it had long had it.
//!
//! Here that is remembered for the window.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Hold, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::{Recent, Trigger};
use rustix::io::Errno;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "deadlock-alarm",
    about: "who must wait for a byte-range lock of one who has waited for it within the window gets \
            EDEADLK",
    source: "https://github.com/juicedata/juicefs/issues/6770",
    sight: Sight { code: "unexpected-errno", relaxations: &[] },
    scenarios: &["fcntl-lock"],
    window: Duration::from_millis(5),
    one_in: 1,
    client: Client { locks: true, closes: true, ..Client::HONEST },
    plant: |trigger| Box::new(DeadlockAlarm { waited: Recent::new(&trigger), trigger }),
};

struct DeadlockAlarm {
    trigger: Trigger,
    /// Who has waited for whom.
    waited: Recent<(u64, u64)>,
}

impl Behaviour for DeadlockAlarm {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::SetLock { lock, wait: true } = *request else { return Turn::Healthy };
        let blocker = tree.lock_blocked_by(&lock).filter(|_| lock.hold != Hold::Nothing);
        let Some(blocker) = blocker else { return Turn::Healthy };
        let circle = self.waited.just_now(&(blocker, lock.owner)).is_some();
        self.waited.happens((lock.owner, blocker), ());
        if circle && self.trigger.strikes() {
            tree.stop_waiting(&lock);
            return Turn::Answer(Err(Errno::DEADLK));
        }
        Turn::Healthy
    }
}

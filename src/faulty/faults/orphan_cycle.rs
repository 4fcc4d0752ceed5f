//! `orphan-cycle`: two directories are moved into each other, and nobody finds them any more.
//!
//! JuiceFS let both moves succeed. How is our guess: whether a directory would come to lie below itself
//! is found out from where directories were a moment ago.
//!
//! The kernel knows where its own directories are, and would refuse the second move by itself. So each
//! thread has inodes of its own, as each client of a network filesystem has.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::{Recent, Trigger};
use fuser::INodeNo;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "orphan-cycle",
    about: "a rename may move a directory below itself if what it is moved to came there within the \
            window",
    source: "https://github.com/juicedata/juicefs/issues/5711",
    sight: Sight { code: "forbidden-outcome", relaxations: &[] },
    scenarios: &["rename-a-into-b-vs-rename-b-into-a"],
    window: Duration::from_millis(5),
    one_in: 1,
    client: Client { apart: true, ..Client::HONEST },
    plant: |trigger| {
        let moved = Recent::new(&trigger);
        Box::new(OrphanCycle { trigger, moved })
    },
};

struct OrphanCycle {
    trigger: Trigger,
    /// Directories that were moved, and by whom.
    moved: Recent<INodeNo, u32>,
}

impl Behaviour for OrphanCycle {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::Rename { from, to, flags } = *request else { return Turn::Healthy };
        let by_another = self.moved.just_now(&to.parent).is_some_and(|by| *by != who.tid);
        if !flags.is_empty() || tree.find(to.parent, to.name).is_some() || !by_another {
            return Turn::Healthy;
        }
        match tree.find(from.parent, from.name) {
            Some(ino) if tree.is_below(to.parent, ino) && self.trigger.strikes() => {
                tree.tie(from, to, ino);
                Turn::Answer(Ok(Answer::Done))
            }
            _ => Turn::Healthy,
        }
    }

    fn after(&mut self, who: Who, request: &Request<'_>, tree: &mut Tree, outcome: &mut Outcome) {
        if let (Request::Rename { to, .. }, Ok(_)) = (request, outcome) {
            if let Some(ino) = tree.find(to.parent, to.name) {
                self.moved.happens(ino, who.tid);
            }
        }
    }
}

//! `rename-gap`: the name that a rename replaces is absent for a moment.
//!
//! A server that knows only to remove and to add a name does both, one after the other: mergerfs and
//! others on the high-level interface of libfuse were seen to answer ENOENT to who looked in between.
//!
//! The kernel's lock of the directory would hide most of it. So each thread has inodes of its own, as
//! each client of a network filesystem has.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "rename-gap",
    about: "a name that is replaced by rename is absent for the window before",
    source: "https://github.com/libfuse/libfuse/issues/637",
    sight: Sight { code: "unexpected-errno", relaxations: &["rename-gap"] },
    scenarios: &["rename-replace-vs-stat-stat"],
    window: Duration::from_millis(1),
    one_in: 1,
    client: Client { apart: true, ..Client::HONEST },
    plant: |trigger| Box::new(RenameGap { trigger }),
};

struct RenameGap {
    trigger: Trigger,
}

impl Behaviour for RenameGap {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::Rename { from, to, flags } = *request else { return Turn::Healthy };
        let source = tree.find(from.parent, from.name);
        let replaced = tree.find(to.parent, to.name);
        let replaces = flags.is_empty() && source.is_some() && source != replaced;
        if !(replaces && self.trigger.strikes()) {
            return Turn::Healthy;
        }
        let Some(hidden) = tree.hide(to.parent, to.name) else { return Turn::Healthy };
        Turn::later(self.trigger.window(), move |tree| {
            tree.show(to.parent, to.name, hidden);
            Turn::Healthy
        })
    }
}

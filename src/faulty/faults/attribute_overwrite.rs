//! `attribute-overwrite`: a change of one attribute undoes a change of another.
//!
//! In the client of SLASH2, a change of attributes raced with a write, and the size was an old one
//! afterwards. Here it is the usual way to that: fetch all attributes, change those that are asked
//! for, and store them all; what another call had set in between is gone. Each of the two calls has
//! succeeded, so no order of them explains what is left.
//!
//! The kernel's lock of an inode would hide it. So each thread has inodes of its own, as each client
//! of a network filesystem has.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Change, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "attribute-overwrite",
    about: "chmod and truncate read mode and size, wait, and write both back with what they change",
    source: "https://github.com/pscedu/slash2/issues/317",
    sight: Sight { code: "forbidden-outcome", relaxations: &[] },
    scenarios: &["chmod-vs-truncate"],
    window: Duration::from_micros(500),
    one_in: 1,
    client: Client { apart: true, ..Client::HONEST },
    plant: |trigger| Box::new(AttributeOverwrite { trigger }),
};

struct AttributeOverwrite {
    trigger: Trigger,
}

impl Behaviour for AttributeOverwrite {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::SetAttr { ino, change } = *request else { return Turn::Healthy };
        let Some(old) = tree.attributes(ino) else { return Turn::Healthy };
        if old.kind != fuser::FileType::RegularFile || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        let all = Change {
            mode: change.mode.or(Some(u32::from(old.perm))),
            size: change.size.or(Some(old.size)),
            ..change
        };
        Turn::later(self.trigger.window(), move |tree| {
            Turn::Answer(tree.apply(who, &Request::SetAttr { ino, change: all }))
        })
    }
}

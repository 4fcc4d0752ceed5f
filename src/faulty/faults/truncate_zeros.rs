//! `truncate-zeros`: a file that is being cut shows zeros before it is shorter.
//!
//! A read on Linux that has taken the old size before a truncate, and copies a page after it, finds
//! zeros where the page was cut off. ext2, ext4 and tmpfs show it often; the same race in `splice`
//! was fixed, and described, by the commit that is the source here.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "truncate-zeros",
    about: "a truncate fills what it cuts off with zeros, waits, and makes the file shorter",
    source: "https://git.kernel.org/linus/620a324b744a",
    sight: Sight { code: "torn-read", relaxations: &["truncate-zeros"] },
    scenarios: &["truncate-vs-open-read"],
    window: Duration::from_micros(500),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(TruncateZeros { trigger }),
};

struct TruncateZeros {
    trigger: Trigger,
}

impl Behaviour for TruncateZeros {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::SetAttr { ino, change } = *request else { return Turn::Healthy };
        let (Some(new), Some(attr)) = (change.size, tree.attributes(ino)) else {
            return Turn::Healthy;
        };
        if new >= attr.size || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        tree.clear(ino, new);
        Turn::later(self.trigger.window(), |_| Turn::Healthy)
    }
}

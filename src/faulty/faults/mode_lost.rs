//! `mode-lost`: a chmod is undone by a close that began before it.
//!
//! drive9 keeps the permission bits of an open file and sends them with what has been written when
//! a descriptor is closed. A chmod that came while they were being sent was overwritten by the older
//! ones.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "mode-lost",
    about: "close takes the window, and then sets the permission bits that the file had when it \
            began",
    source: "https://github.com/mem9-ai/drive9/pull/460",
    sight: Sight { code: "forbidden-outcome", relaxations: &[] },
    scenarios: &["chmod-vs-open-write-close"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client { closes: true, ..Client::HONEST },
    plant: |trigger| Box::new(ModeLost { trigger }),
};

struct ModeLost {
    trigger: Trigger,
}

impl Behaviour for ModeLost {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::Flush { ino, .. } = *request else { return Turn::Healthy };
        let Some(begun) = tree.attributes(ino) else { return Turn::Healthy };
        if !self.trigger.strikes() {
            return Turn::Healthy;
        }
        Turn::later(self.trigger.window(), move |tree| {
            tree.set_permissions(ino, begun.perm);
            Turn::Healthy
        })
    }
}

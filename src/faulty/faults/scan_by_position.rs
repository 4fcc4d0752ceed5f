//! `scan-by-position`: readdir goes on by counting entries of the directory as it is now.
//!
//! The offset of an entry in an answer to READDIR is for the server to find its place again. Servers
//! that count entries take the n-th for the n-th although others have gone before it meanwhile, and
//! leave out names that nobody touched. The library fuse3 left its users no other way.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "scan-by-position",
    about: "1 continued scan in 4 takes its offset for a position in the directory as it is now",
    source: "https://github.com/Sherlock-Holo/fuse3/issues/12",
    sight: Sight { code: "missing-name", relaxations: &[] },
    scenarios: &["many-names"],
    window: Duration::ZERO,
    one_in: 4,
    client: Client::HONEST,
    plant: |trigger| Box::new(ByPosition { trigger }),
};

struct ByPosition {
    trigger: Trigger,
}

impl Behaviour for ByPosition {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        if let Request::ReadDir { ino, handle, offset: 1.. } = *request {
            if self.trigger.strikes() {
                let now = tree.listing(ino);
                tree.set_scan(handle, now);
            }
        }
        Turn::Healthy
    }
}

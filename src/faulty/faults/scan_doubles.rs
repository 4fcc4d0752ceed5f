//! `scan-doubles`: two scans of one directory share what they show, and the second begins it anew.
//!
//! On macOS, opendirs of one directory became one for a FUSE server, even those of two processes. The
//! scan that began later filled the list afresh, and the other went on in the new list at its old
//! offset: entries that had come to stand before it were read twice, others never.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::sync::Arc;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "scan-doubles",
    about: "1 scan in 4 that begins puts its list under the other scans of the directory that are \
            under way",
    source: "https://github.com/macfuse/macfuse/issues/464",
    sight: Sight { code: "duplicate-name", relaxations: &[] },
    scenarios: &["many-names"],
    window: Duration::ZERO,
    one_in: 4,
    client: Client::HONEST,
    plant: |trigger| Box::new(Doubles { trigger }),
};

struct Doubles {
    trigger: Trigger,
}

impl Behaviour for Doubles {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        if let Request::ReadDir { ino, offset: 0, .. } = *request {
            if self.trigger.strikes() {
                let now = tree.listing(ino);
                for handle in tree.scans(ino) {
                    tree.set_scan(handle, Arc::clone(&now));
                }
            }
        }
        Turn::Healthy
    }
}

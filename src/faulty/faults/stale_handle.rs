//! `stale-handle`: a descriptor of a file that is replaced while it is opened gives ESTALE.
//!
//! Shares between a host and its guests know a file by a handle. virtiofs as virtme-ng uses it: whoever
//! still had a handle of a file that the other side replaced got "Stale file handle" from then on. Here the
//! replacement has to fall into the open.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::INodeNo;
use rustix::io::Errno;
use std::collections::HashSet;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "stale-handle",
    about: "a descriptor whose file is replaced while it is being opened fails with ESTALE in \
            every read and fstat",
    source: "https://github.com/arighi/virtme-ng/issues/187",
    sight: Sight { code: "dead-descriptor", relaxations: &["gone-when-unlinked"] },
    scenarios: &["rename-replace-vs-open-read"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(StaleHandle { trigger, stale: HashSet::new() }),
};

struct StaleHandle {
    trigger: Trigger,
    stale: HashSet<INodeNo>,
}

impl Behaviour for StaleHandle {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, _tree: &mut Tree) -> Turn<'r> {
        match request {
            Request::Open { .. } if self.trigger.strikes() => {
                Turn::later(self.trigger.window(), |_| Turn::Healthy)
            }
            Request::Read { ino, .. } | Request::GetAttr { ino } if self.stale.contains(ino) => {
                Turn::Answer(Err(Errno::STALE))
            }
            _ => Turn::Healthy,
        }
    }

    fn after(&mut self, _who: Who, request: &Request<'_>, tree: &mut Tree, outcome: &mut Outcome) {
        let (Request::Open { ino, .. }, Ok(_)) = (request, outcome) else { return };
        let replaced = tree.attributes(*ino).is_some_and(|attr| attr.nlink == 0);
        // Requests do not say through which descriptor they come: one that was opened in time keeps
        // the file whole.
        if replaced && tree.open_handles(*ino) == 1 && self.trigger.strikes() {
            self.stale.retain(|ino| tree.attributes(*ino).is_some());
            self.stale.insert(*ino);
        }
    }
}

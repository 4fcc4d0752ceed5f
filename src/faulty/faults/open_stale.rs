//! `open-stale`: a call that has found a file fails because the file is replaced before it is used.
//!
//! libfuse's high-level interface keeps a path for every node. When the kernel has looked a name up and
//! comes to open or stat the node, the name may have been given to another file; the node then has no
//! path any more, and the answer was ENOENT. mergerfs and bindfs inherited that. ESTALE would have made
//! the kernel look again.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::INodeNo;
use rustix::io::Errno;
use std::collections::HashMap;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "open-stale",
    about: "an open or stat by path that has found a file fails with ENOENT if the file is \
            replaced before the second request of the call is served",
    source: "https://github.com/libfuse/libfuse/issues/637",
    sight: Sight { code: "unexpected-errno", relaxations: &["open-stale"] },
    scenarios: &["rename-replace-vs-open-read", "rename-replace-vs-stat-stat"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(OpenStale { trigger, found: HashMap::new() }),
};

struct OpenStale {
    trigger: Trigger,
    /// What each thread has found by the last request of the call that it is in.
    found: HashMap<u32, INodeNo>,
}

impl Behaviour for OpenStale {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, _tree: &mut Tree) -> Turn<'r> {
        let (Request::Open { ino, .. } | Request::GetAttr { ino }) = *request else {
            return Turn::Healthy;
        };
        if self.found.get(&who.tid) != Some(&ino) || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        Turn::later(self.trigger.window(), move |tree| {
            let pathless = tree.attributes(ino).is_some_and(|attr| attr.nlink == 0);
            // A file that is open has a hidden name, and with it a path.
            match pathless && tree.open_handles(ino) == 0 {
                true => Turn::Answer(Err(Errno::NOENT)),
                false => Turn::Healthy,
            }
        })
    }

    fn after(&mut self, who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        match (request, outcome) {
            (Request::Lookup { .. }, Ok(Answer::Entry(attr))) => {
                self.found.insert(who.tid, attr.ino);
            }
            (Request::Forget { .. } | Request::Release { .. }, _) => {}
            _ => drop(self.found.remove(&who.tid)),
        }
    }
}

//! `rename-fails-but-done`: a rename returns an error although it has been made.
//!
//! NFS in front of Azure Blob storage, as HPCC Systems met it: under load, `rename` returned -1, and a
//! look right after it showed that the old name was gone and the new one there. The usual way to this is
//! a request that is sent again because its answer came late: the second time, there is nothing to move.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::INodeNo;
use std::collections::HashMap;
use std::ffi::OsString;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "rename-fails-but-done",
    about: "a rename whose names somebody looks up while it is answered is made twice, and \
            reports how the second time ended: ENOENT",
    source: "https://github.com/hpcc-systems/HPCC-Platform/pull/18352",
    sight: Sight { code: "unexpected-errno", relaxations: &[] },
    scenarios: &[
        "rename-replace-vs-open-read",
        "rename-replace-vs-stat-stat",
        "rename-replace-vs-readdir",
    ],
    window: Duration::from_micros(200),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(RenameFailsButDone { trigger, waiting: HashMap::new() }),
};

struct RenameFailsButDone {
    trigger: Trigger,
    /// New names of renames whose answer is on its way, and whether anybody has looked at them.
    waiting: HashMap<(INodeNo, OsString), bool>,
}

impl Behaviour for RenameFailsButDone {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::Rename { to, .. } if self.trigger.strikes() => {
                self.waiting.insert((to.parent, to.name.to_owned()), false);
                let outcome = tree.apply(who, request);
                return Turn::later(self.trigger.window(), |_| Turn::Answer(outcome));
            }
            Request::Lookup { parent, name } => {
                if let Some(contended) = self.waiting.get_mut(&(parent, name.to_owned())) {
                    *contended = true;
                }
            }
            _ => {}
        }
        Turn::Healthy
    }

    fn after(&mut self, who: Who, request: &Request<'_>, tree: &mut Tree, outcome: &mut Outcome) {
        if let Request::Rename { to, .. } = request {
            let contended = self.waiting.remove(&(to.parent, to.name.to_owned()));
            if contended == Some(true) && outcome.is_ok() {
                *outcome = tree.apply(who, request);
            }
        }
    }
}

//! `path-walk`: a path of several components is not resolved at one moment.
//!
//! No bug, but what POSIX leaves open and every system does: the walk has come to a directory, the
//! directory is moved or removed, and the call goes on in it. Here the walk rests before its last step,
//! long enough to be seen. OCaml's multicoretests met it with a mkdir below a directory that is removed.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::INodeNo;
use std::collections::HashMap;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "path-walk",
    about: "the lookup of a name below a directory to which the walk has just come takes the window longer",
    source: "https://github.com/ocaml-multicore/multicoretests/pull/294",
    sight: Sight { code: "forbidden-outcome", relaxations: &["path-walk"] },
    scenarios: &["rename-dir-vs-open-new-open-old", "rename-dir-vs-open-below"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(PathWalk { trigger, at: HashMap::new() }),
};

struct PathWalk {
    trigger: Trigger,
    /// The directory to which the walk of each thread has come.
    at: HashMap<u32, INodeNo>,
}

impl Behaviour for PathWalk {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, _tree: &mut Tree) -> Turn<'r> {
        match request {
            Request::Lookup { parent, .. }
                if self.at.get(&who.tid) == Some(parent) && self.trigger.strikes() =>
            {
                Turn::later(self.trigger.window(), |_| Turn::Healthy)
            }
            _ => Turn::Healthy,
        }
    }

    fn after(&mut self, who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        match (request, outcome) {
            (Request::Lookup { .. }, Ok(Answer::Entry(attr))) => {
                self.at.insert(who.tid, attr.ino);
            }
            (Request::Forget { .. } | Request::Release { .. }, _) => {}
            _ => drop(self.at.remove(&who.tid)),
        }
    }
}

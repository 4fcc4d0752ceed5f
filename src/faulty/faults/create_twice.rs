//! `create-twice`: two exclusive creates of one name both succeed.
//!
//! SeaweedFS granted an exclusive create to two mounts. How is our guess: each asks whether the name is
//! free, and enters it without asking again. Both get the same file, each as if it had made it.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use crate::faulty::walks::Walks;
use rustix::io::Errno;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "create-twice",
    about: "an open with O_CREAT and O_EXCL whose walk came to the directory before another made \
            the file gets that file as its own",
    source: "https://github.com/seaweedfs/seaweedfs/pull/11079",
    sight: Sight { code: "exclusive-twice", relaxations: &["excl-split"] },
    scenarios: &["create-below-vs-create-below"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(CreateTwice { trigger, walks: Walks::default() }),
};

struct CreateTwice {
    trigger: Trigger,
    walks: Walks,
}

impl Behaviour for CreateTwice {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        self.walks.begins(who, request, tree);
        let (Request::Lookup { parent, name } | Request::Create { parent, name, .. }) = *request
        else {
            return Turn::Healthy;
        };
        let new = self.walks.appeared(who, (parent, name), tree);
        match (request, new.is_some()) {
            (Request::Lookup { .. }, true) if self.trigger.strikes() => {
                Turn::Answer(Err(Errno::NOENT))
            }
            (&Request::Create { mode, flags, .. }, true) if self.trigger.strikes() => {
                let flags = flags & !libc::O_EXCL;
                let open = Request::Create { parent, name, mode, flags };
                Turn::Answer(tree.apply(who, &open))
            }
            (Request::Create { .. }, false) if self.trigger.strikes() => {
                Turn::later(self.trigger.window(), |_| Turn::Healthy)
            }
            _ => Turn::Healthy,
        }
    }

    fn after(&mut self, who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        self.walks.ends(who, request, outcome);
    }
}

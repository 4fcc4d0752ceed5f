//! `mkdir-twice`: two calls make one directory, and both succeed.
//!
//! PLFS told several callers that they had made one directory. How is our guess: it keeps the names of a
//! directory in several backends, and "it exists" from one of them is taken for success.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use crate::faulty::walks::Walks;
use fuser::FileType;
use rustix::io::Errno;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "mkdir-twice",
    about: "a mkdir whose walk came to the parent before another made the directory succeeds as \
            well",
    source: "https://github.com/plfs/plfs-core/issues/249",
    sight: Sight { code: "exclusive-twice", relaxations: &["excl-split"] },
    scenarios: &["mkdir-below-vs-mkdir-below"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(MkdirTwice { trigger, walks: Walks::default() }),
};

struct MkdirTwice {
    trigger: Trigger,
    walks: Walks,
}

impl Behaviour for MkdirTwice {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        self.walks.begins(who, request, tree);
        let (Request::Lookup { parent, name } | Request::MkDir { parent, name, .. }) = *request
        else {
            return Turn::Healthy;
        };
        let new = self.walks.appeared(who, (parent, name), tree);
        let new = new.filter(|attr| attr.kind == FileType::Directory);
        match (request, new) {
            (Request::Lookup { .. }, Some(_)) if self.trigger.strikes() => {
                Turn::Answer(Err(Errno::NOENT))
            }
            (Request::MkDir { .. }, Some(attr)) if self.trigger.strikes() => {
                Turn::Answer(Ok(Answer::Entry(attr)))
            }
            (Request::MkDir { .. }, None) if self.trigger.strikes() => {
                Turn::later(self.trigger.window(), |_| Turn::Healthy)
            }
            _ => Turn::Healthy,
        }
    }

    fn after(&mut self, who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        self.walks.ends(who, request, outcome);
    }
}

//! `unlink-twice`: two calls remove one name, and both succeed.
//!
//! Chimera, the namespace of dCache: to remove a file, two threads each deleted the directory entry,
//! which took effect once, and went on without a look at how many entries that had been.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use crate::faulty::walks::Walks;
use fuser::FileType;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "unlink-twice",
    about: "an unlink whose walk came to the directory before another unlink of the same name \
            was done succeeds as well",
    source: "https://github.com/dCache/dcache/pull/1294",
    sight: Sight { code: "exclusive-twice", relaxations: &["unlink-split"] },
    scenarios: &["unlink-below-vs-unlink-below"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(UnlinkTwice { trigger, walks: Walks::default() }),
};

struct UnlinkTwice {
    trigger: Trigger,
    walks: Walks,
}

impl Behaviour for UnlinkTwice {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        self.walks.begins(who, request, tree);
        let (Request::Lookup { parent, name } | Request::Unlink { parent, name }) = *request else {
            return Turn::Healthy;
        };
        let gone = self.walks.gone(who, (parent, name), tree);
        let gone = gone.filter(|attr| attr.kind != FileType::Directory);
        match (request, gone) {
            (Request::Lookup { .. }, Some(attr)) if self.trigger.strikes() => {
                Turn::Answer(Ok(Answer::Entry(attr)))
            }
            (Request::Unlink { .. }, Some(_)) if self.trigger.strikes() => {
                Turn::Answer(Ok(Answer::Done))
            }
            (Request::Unlink { .. }, None) if self.trigger.strikes() => {
                Turn::later(self.trigger.window(), |_| Turn::Healthy)
            }
            _ => Turn::Healthy,
        }
    }

    fn after(&mut self, who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        self.walks.ends(who, request, outcome);
    }
}

//! `rmdir-twice`: two calls remove one directory, and both succeed.
//!
//! OCaml's multicoretests found it on macOS, and on Windows: of two threads that remove a directory, both
//! are told that they did. How is our guess: each has found it before the other removed it, and nobody
//! looks again.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use crate::faulty::walks::Walks;
use fuser::FileType;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "rmdir-twice",
    about: "an rmdir whose walk came to the parent before another rmdir of the same directory \
            was done succeeds as well",
    source: "https://github.com/ocaml-multicore/multicoretests/pull/129",
    sight: Sight { code: "exclusive-twice", relaxations: &["unlink-split"] },
    scenarios: &["rmdir-below-vs-rmdir-below"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(RmdirTwice { trigger, walks: Walks::default() }),
};

struct RmdirTwice {
    trigger: Trigger,
    walks: Walks,
}

impl Behaviour for RmdirTwice {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        self.walks.begins(who, request, tree);
        let (Request::Lookup { parent, name } | Request::RmDir { parent, name }) = *request else {
            return Turn::Healthy;
        };
        let gone = self.walks.gone(who, (parent, name), tree);
        let gone = gone.filter(|attr| attr.kind == FileType::Directory);
        match (request, gone) {
            (Request::Lookup { .. }, Some(attr)) if self.trigger.strikes() => {
                Turn::Answer(Ok(Answer::Entry(attr)))
            }
            (Request::RmDir { .. }, Some(_)) if self.trigger.strikes() => {
                Turn::Answer(Ok(Answer::Done))
            }
            (Request::RmDir { .. }, None) if self.trigger.strikes() => {
                Turn::later(self.trigger.window(), |_| Turn::Healthy)
            }
            _ => Turn::Healthy,
        }
    }

    fn after(&mut self, who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        self.walks.ends(who, request, outcome);
    }
}

//! `exist-without-excl`: an open with O_CREAT, but without O_EXCL, fails because the file exists.
//!
//! Seen on LeilFS. How is our guess: the name is looked up and free, another client is faster, and the
//! open passes on what it is told when it then asks for the file to be made.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use crate::faulty::walks::Walks;
use rustix::io::Errno;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "exist-without-excl",
    about: "an open with O_CREAT and without O_EXCL whose walk came to the directory before \
            another made the file fails with EEXIST",
    source: "https://github.com/leil-io/leilfs/pull/921",
    sight: Sight { code: "unexpected-errno", relaxations: &["spurious-errno"] },
    scenarios: &["open-creat-below-vs-open-creat-below"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(ExistWithoutExcl { trigger, walks: Walks::default() }),
};

struct ExistWithoutExcl {
    trigger: Trigger,
    walks: Walks,
}

impl Behaviour for ExistWithoutExcl {
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
            (Request::Create { .. }, true) if self.trigger.strikes() => {
                Turn::Answer(Err(Errno::EXIST))
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

//! `path-walk`: a path of several components is not resolved at one moment.
//!
//! No bug, but what POSIX leaves open and every system does: the walk has come to a directory, the
//! directory is moved or removed, and the call goes on in it. Here the walk rests in the directory, long
//! enough to be seen. OCaml's multicoretests met it with a mkdir below a directory that is removed.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::FileType;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "path-walk",
    about: "the answer to a lookup of a directory takes the window to arrive",
    source: "https://github.com/ocaml-multicore/multicoretests/pull/294",
    sight: Sight { code: "unexpected-errno", relaxations: &["path-walk"] },
    scenarios: &["rename-dir-replace-vs-create-below", "rmdir-vs-mkdir-below-stat-below"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(PathWalk { trigger }),
};

struct PathWalk {
    trigger: Trigger,
}

impl Behaviour for PathWalk {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::Lookup { parent, name } = *request else { return Turn::Healthy };
        let found = tree.find(parent, name).and_then(|ino| tree.attributes(ino));
        let directory = found.is_some_and(|attr| attr.kind == FileType::Directory);
        if !directory || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        let outcome = tree.apply(who, request);
        Turn::later(self.trigger.window(), |_| Turn::Answer(outcome))
    }
}

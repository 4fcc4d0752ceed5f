//! `gone-when-unlinked`: a descriptor that is used while its file loses its last name is dead.
//!
//! QEMU's 9p server went by the path in calls that come through a descriptor, and a path leads
//! nowhere once another has unlinked it: fstat and ftruncate failed with ENOENT, which broke
//! whatever keeps its data in an unlinked file.
//!
//! There it was so in any order of the calls. Here it takes a call that arrives while the removal is
//! under way, so that what is caught is a race; from then on the descriptors of the file are as dead
//! as they were there.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::{Recent, Trigger};
use fuser::INodeNo;
use rustix::io::Errno;
use std::collections::HashSet;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "gone-when-unlinked",
    about: "a descriptor that is used while the last name of its file is being unlinked gives \
            ENOENT, then and ever after",
    source: "https://github.com/kata-containers/kata-containers/issues/9700",
    sight: Sight { code: "dead-descriptor", relaxations: &["gone-when-unlinked"] },
    scenarios: &["unlink-vs-ftruncate-fstat", "unlink-vs-fstat-fstat"],
    window: Duration::from_micros(500),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| {
        Box::new(Gone { removed: Recent::new(&trigger), trigger, dead: HashSet::new() })
    },
};

struct Gone {
    trigger: Trigger,
    /// Files whose last name is being unlinked.
    removed: Recent<INodeNo>,
    dead: HashSet<INodeNo>,
}

impl Behaviour for Gone {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::Unlink { parent, name } => {
                let Some(ino) = tree.find(parent, name) else { return Turn::Healthy };
                let last = tree.attributes(ino).is_some_and(|attr| attr.nlink == 1);
                if !last || tree.open_handles(ino) == 0 || !self.trigger.strikes() {
                    return Turn::Healthy;
                }
                let outcome = tree.apply(who, request);
                self.removed.happens(ino, ());
                Turn::later(self.trigger.window(), |_| Turn::Answer(outcome))
            }
            Request::GetAttr { ino }
            | Request::SetAttr { ino, .. }
            | Request::Read { ino, .. }
            | Request::Write { ino, .. } => {
                if self.removed.just_now(&ino).is_some() {
                    self.dead.retain(|ino| tree.attributes(*ino).is_some());
                    self.dead.insert(ino);
                }
                match self.dead.contains(&ino) {
                    true => Turn::Answer(Err(Errno::NOENT)),
                    false => Turn::Healthy,
                }
            }
            _ => Turn::Healthy,
        }
    }
}

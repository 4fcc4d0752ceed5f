//! `einval-write`: the first write to a file that was created where one was just unlinked fails.
//!
//! As often as a descriptor to nothing, the macOS programs saw their open fail, created the file
//! again as they should, and got EINVAL from the write to the descriptor that this gave them.
//!
//! Here the content arrives all the same. The file would otherwise stay empty, and every read of it
//! would count as a second kind of anomaly, when it is the errno that is the bug.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::{Recent, Trigger};
use fuser::INodeNo;
use rustix::io::Errno;
use std::collections::HashSet;
use std::ffi::OsString;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "einval-write",
    about: "1 file in 4 that is created within the window after an unlink of its name fails its \
            first write with EINVAL",
    source: "https://github.com/python/cpython/issues/85463",
    sight: Sight { code: "einval-write", relaxations: &[] },
    scenarios: &["create-truncate-write-processes"],
    // It must cover a recreating reader: its open fails, it sleeps 1 us (which takes 60 us), it
    // creates; each step is a round trip to this server on a machine that is busy.
    window: Duration::from_millis(10),
    one_in: 4,
    client: Client::HONEST,
    plant: |trigger| {
        Box::new(EinvalWrite { unlinked: Recent::new(&trigger), trigger, broken: HashSet::new() })
    },
};

struct EinvalWrite {
    trigger: Trigger,
    unlinked: Recent<(INodeNo, OsString)>,
    broken: HashSet<INodeNo>,
}

impl Behaviour for EinvalWrite {
    fn after(&mut self, _who: Who, request: &Request<'_>, tree: &mut Tree, outcome: &mut Outcome) {
        match (request, outcome) {
            (Request::Unlink { parent, name }, Ok(_)) => {
                self.unlinked.happens((*parent, (*name).to_owned()), ());
            }
            (Request::Create { parent, name, .. }, Ok(Answer::Created { attr, .. })) => {
                let name = (*parent, (*name).to_owned());
                let just_now = self.unlinked.just_now(&name).is_some();
                self.unlinked.forget(&name);
                if just_now && self.trigger.strikes() {
                    self.broken.retain(|ino| tree.attributes(*ino).is_some());
                    self.broken.insert(attr.ino);
                }
            }
            (Request::Write { ino, .. }, outcome) if self.broken.remove(ino) => {
                *outcome = Err(Errno::INVAL);
            }
            _ => {}
        }
    }
}

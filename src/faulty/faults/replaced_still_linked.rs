//! `replaced-still-linked`: a file whose name a rename has replaced still shows the link.
//!
//! xfstests generic/035 asks for the link count of an open file after another was renamed onto its
//! name. Filesystems that take the count from a cache go on showing the old one.
//!
//! An attribute cache goes wrong in a race when an answer that is older than a change is put into
//! it after the change. So it is here: the answer to a GETATTR takes its time, and if the file loses
//! a name meanwhile, the answer is what is shown for as long again.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::{Recent, Trigger};
use fuser::{FileAttr, INodeNo};
use std::collections::HashSet;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "replaced-still-linked",
    about: "attributes that were asked for before a rename replaced a name of an open file are \
            cached after it, with the link that it had",
    source: "https://git.kernel.org/pub/scm/fs/xfs/xfstests-dev.git/tree/tests/generic/035",
    sight: Sight { code: "nlink-wrong", relaxations: &["nlink-stale"] },
    scenarios: &["rename-replace-link-vs-fstat-fstat"],
    window: Duration::from_micros(500),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| {
        Box::new(StillLinked {
            replaced: Recent::new(&trigger),
            cached: Recent::new(&trigger),
            trigger,
            asking: HashSet::new(),
        })
    },
};

struct StillLinked {
    trigger: Trigger,
    replaced: Recent<INodeNo>,
    cached: Recent<INodeNo, FileAttr>,
    /// Threads whose answer is on its way.
    asking: HashSet<u32>,
}

impl Behaviour for StillLinked {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::Rename { to, .. } => {
                if let Some(ino) = tree.find(to.parent, to.name) {
                    self.replaced.happens(ino, ());
                }
                Turn::Healthy
            }
            Request::GetAttr { ino } => {
                if let Some(attr) = self.cached.just_now(&ino) {
                    return Turn::Answer(Ok(Answer::Attributes(*attr)));
                }
                let Some(attr) = tree.attributes(ino) else { return Turn::Healthy };
                let open = attr.nlink > 0 && tree.open_handles(ino) > 0;
                if !open || !self.trigger.strikes() {
                    return Turn::Healthy;
                }
                self.asking.insert(who.tid);
                Turn::later(self.trigger.window(), move |_| {
                    Turn::Answer(Ok(Answer::Attributes(attr)))
                })
            }
            _ => Turn::Healthy,
        }
    }

    fn after(&mut self, who: Who, request: &Request<'_>, tree: &mut Tree, outcome: &mut Outcome) {
        let (Request::GetAttr { ino }, Ok(Answer::Attributes(attr))) = (request, outcome) else {
            return;
        };
        let replaced = self.asking.remove(&who.tid) && self.replaced.forget(ino).is_some();
        if replaced && tree.attributes(*ino).is_some_and(|now| now.nlink < attr.nlink) {
            self.cached.happens(*ino, *attr);
        }
    }
}

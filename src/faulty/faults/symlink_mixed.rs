//! `symlink-mixed`: the text of a replaced symbolic link is that of the new one, cut to the old length.
//!
//! CernVM-FS with cached symbolic links: the length came from attributes that were still believed and the
//! text from the page that had been fetched anew, so that a link which was replaced by a longer one led to
//! nowhere, and stayed so.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::INodeNo;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "symlink-mixed",
    about: "readlink of a link that is replaced after it was found gives the text of the new \
            link, cut to the length of the old one",
    source: "https://github.com/cvmfs/cvmfs/issues/3626",
    sight: Sight { code: "forbidden-outcome", relaxations: &[] },
    scenarios: &["rename-longer-symlink-vs-readlink"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(SymlinkMixed { trigger, found: HashMap::new() }),
};

struct SymlinkMixed {
    trigger: Trigger,
    /// Where each thread has found the link that it is going to read.
    found: HashMap<u32, (INodeNo, OsString)>,
}

impl Behaviour for SymlinkMixed {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, _tree: &mut Tree) -> Turn<'r> {
        match request {
            Request::ReadLink { .. } if self.trigger.strikes() => {
                Turn::later(self.trigger.window(), |_| Turn::Healthy)
            }
            &Request::Lookup { parent, name } => {
                self.found.insert(who.tid, (parent, name.to_owned()));
                Turn::Healthy
            }
            _ => Turn::Healthy,
        }
    }

    fn after(&mut self, who: Who, request: &Request<'_>, tree: &mut Tree, outcome: &mut Outcome) {
        let (Request::ReadLink { ino }, Ok(Answer::Target(target))) = (request, outcome) else {
            return;
        };
        let place = self.found.get(&who.tid);
        let now = place.and_then(|(parent, name)| tree.find(*parent, name));
        let Some(now) = now.filter(|now| now != ino) else { return };
        let Ok(Answer::Target(new)) = tree.apply(who, &Request::ReadLink { ino: now }) else {
            return;
        };
        if self.trigger.strikes() {
            let length = new.len().min(target.len());
            *target = OsStr::from_bytes(&new.as_bytes()[..length]).to_owned();
        }
    }
}

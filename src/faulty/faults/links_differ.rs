//! `links-differ`: two names of one file look like two files with one link each.
//!
//! sshfs and whatever else goes by paths through libfuse's high-level interface gives every path an
//! inode number of its own, and the protocol of sshfs has no link counts: `ls -i` shows two files
//! where there is one. It is so in any order of the calls, and no race.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::INodeNo;
use std::collections::HashMap;
use std::ffi::OsString;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "links-differ",
    about: "a stat of a file with several links shows one link, and under each name another inode \
            number",
    source: "https://github.com/libfuse/sshfs/issues/109",
    sight: Sight { code: "semantic-difference", relaxations: &[] },
    scenarios: &["link-vs-stat-new-stat-old"],
    window: Duration::ZERO,
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| {
        Box::new(LinksDiffer { trigger, by_path: HashMap::new(), looked_up: HashMap::new() })
    },
};

/// Numbers of paths begin here.
const PATHS: u64 = 1 << 40;

struct LinksDiffer {
    trigger: Trigger,
    by_path: HashMap<(INodeNo, OsString), u64>,
    /// What each thread has looked up last, and by which path.
    looked_up: HashMap<u32, (INodeNo, u64)>,
}

impl Behaviour for LinksDiffer {
    fn after(&mut self, who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        match (request, outcome) {
            (Request::Lookup { parent, name }, Ok(Answer::Entry(attr))) => {
                let next = PATHS + self.by_path.len() as u64;
                let path = (*parent, (*name).to_owned());
                let number = *self.by_path.entry(path).or_insert(next);
                self.looked_up.insert(who.tid, (attr.ino, number));
            }
            (Request::GetAttr { ino }, Ok(Answer::Attributes(attr))) => {
                let path = self.looked_up.remove(&who.tid).filter(|(found, _)| found == ino);
                if attr.nlink > 1 && attr.kind != fuser::FileType::Directory {
                    if let Some((_, number)) = path.filter(|_| self.trigger.strikes()) {
                        attr.ino = INodeNo(number);
                        attr.nlink = 1;
                    }
                }
            }
            _ => {}
        }
    }
}

//! `scan-fails`: a scan fails because a name of the directory was unlinked under it.
//!
//! mountpoint-s3 made the list of a scan when the directory was opened, and looked the entries up
//! when they were read. An entry that another had removed in between failed the whole scan.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::{FileHandle, INodeNo};
use rustix::io::Errno;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "scan-fails",
    about: "opendir takes the window, and readdir fails with ENOENT if a name of the directory has \
            been unlinked since opendir began",
    source: "https://github.com/awslabs/mountpoint-s3/pull/1648",
    sight: Sight { code: "unexpected-errno", relaxations: &["spurious-errno"] },
    scenarios: &["unlink-vs-readdir", "unlink-stat-vs-readdir"],
    window: Duration::from_micros(300),
    one_in: 2,
    client: Client::HONEST,
    plant: |trigger| {
        Box::new(ScanFails { trigger, listed: HashMap::new(), broken: HashSet::new() })
    },
};

struct ScanFails {
    trigger: Trigger,
    /// Handles whose list was made when they were opened.
    listed: HashMap<FileHandle, INodeNo>,
    broken: HashSet<FileHandle>,
}

impl Behaviour for ScanFails {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::OpenDir { ino } if self.trigger.strikes() => {
                let outcome = tree.apply(who, request);
                if let Ok(Answer::Opened(handle)) = outcome {
                    self.listed.insert(handle, ino);
                }
                Turn::later(self.trigger.window(), |_| Turn::Answer(outcome))
            }
            Request::ReadDir { handle, .. } if self.broken.contains(&handle) => {
                Turn::Answer(Err(Errno::NOENT))
            }
            _ => Turn::Healthy,
        }
    }

    fn after(&mut self, _who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        match (request, outcome) {
            (Request::Unlink { parent, .. }, Ok(_)) => {
                let scans = self.listed.iter().filter(|(_, ino)| *ino == parent);
                self.broken.extend(scans.map(|(handle, _)| *handle));
            }
            (Request::Release { handle }, _) => {
                self.listed.remove(handle);
                self.broken.remove(handle);
            }
            _ => {}
        }
    }
}

//! `not-empty`: a directory whose last name has been removed is said not to be empty.
//!
//! CTE, the filesystem of clio-core: `rm -r` during a stress test removed every entry of a directory, each
//! with success, and then could not remove the directory. What it lists and what it thinks is in a
//! directory are kept apart, and an unlink had not come to both.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::{Recent, Trigger};
use fuser::{FileHandle, INodeNo};
use rustix::io::Errno;
use std::collections::HashMap;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "not-empty",
    about: "rmdir within the window after an unlink that fell into a scan of the directory fails \
            with ENOTEMPTY",
    source: "https://github.com/iowarp/clio-core/issues/1029",
    sight: Sight { code: "unexpected-errno", relaxations: &["spurious-errno"] },
    scenarios: &["unlink-rmdir-vs-readdir"],
    window: Duration::from_micros(4000),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| {
        Box::new(NotEmpty { behind: Recent::new(&trigger), trigger, scans: HashMap::new() })
    },
};

struct NotEmpty {
    trigger: Trigger,
    /// Directories that are being scanned, and by whom.
    scans: HashMap<FileHandle, (u32, INodeNo)>,
    /// Directories that lost a name during a scan, which their count has not.
    behind: Recent<INodeNo>,
}

impl Behaviour for NotEmpty {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::ReadDir { ino, handle, offset: 0 } if self.trigger.strikes() => {
                self.scans.insert(handle, (who.tid, ino));
                let outcome = tree.apply(who, request);
                return Turn::later(self.trigger.window() / 4, |_| Turn::Answer(outcome));
            }
            // A scan from the start counts anew.
            Request::OpenDir { ino } => drop(self.behind.forget(&ino)),
            Request::Release { handle } => drop(self.scans.remove(&handle)),
            Request::RmDir { parent, name } => {
                let directory = tree.find(parent, name);
                let behind = directory.filter(|ino| self.behind.just_now(ino).is_some());
                if let Some(directory) = behind.filter(|ino| tree.names(*ino).is_empty()) {
                    self.behind.forget(&directory);
                    return Turn::Answer(Err(Errno::NOTEMPTY));
                }
            }
            _ => {}
        }
        Turn::Healthy
    }

    fn after(&mut self, who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        if let (Request::Unlink { parent, .. }, Ok(_)) = (request, outcome) {
            if self.scans.values().any(|(tid, scanned)| *tid != who.tid && scanned == parent) {
                self.behind.happens(*parent, ());
            }
        }
    }
}

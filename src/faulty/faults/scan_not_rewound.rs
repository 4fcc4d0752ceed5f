//! `scan-not-rewound`: a descriptor that is rewound shows the directory as it was before.
//!
//! btrfs before e60aa5da14d0 noted at opendir up to which entry a scan goes, lest it never ends, and
//! did not note it anew at rewinddir: what was created since then was not found again.
//!
//! There it was so in any order of the calls. Here a descriptor keeps its first list only if
//! something is created between two requests of one scan through it, so that it takes a race.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::{FileHandle, INodeNo};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "scan-not-rewound",
    about: "the first request of a scan takes the window, and a descriptor under whose scan a name \
            is created shows the same list for ever",
    source: "https://git.kernel.org/linus/e60aa5da14d0",
    sight: Sight { code: "missing-name", relaxations: &[] },
    scenarios: &["create-vs-readdir-stat-readdir"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| {
        Box::new(NotRewound { trigger, scanning: HashMap::new(), kept: HashSet::new() })
    },
};

struct NotRewound {
    trigger: Trigger,
    /// Scans that have begun and not ended.
    scanning: HashMap<FileHandle, INodeNo>,
    /// Handles that keep their list.
    kept: HashSet<FileHandle>,
}

impl Behaviour for NotRewound {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::ReadDir { ino, handle, offset: 0 } = *request else { return Turn::Healthy };
        if self.kept.contains(&handle) {
            if let Some(list) = tree.scan_of(handle) {
                return Turn::Answer(Ok(Answer::Names(list)));
            }
        }
        if !self.trigger.strikes() {
            return Turn::Healthy;
        }
        // Whoever wants to create something waits meanwhile, because the kernel locks the directory
        // for each request, and comes before the next one.
        self.scanning.insert(handle, ino);
        Turn::later(self.trigger.window(), |_| Turn::Healthy)
    }

    fn after(&mut self, _who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        match (request, outcome) {
            (
                Request::Create { parent, .. }
                | Request::MkNod { parent, .. }
                | Request::MkDir { parent, .. }
                | Request::Symlink { parent, .. }
                | Request::Link { parent, .. },
                Ok(_),
            ) => {
                let scans = self.scanning.iter().filter(|(_, ino)| *ino == parent);
                self.kept.extend(scans.map(|(handle, _)| *handle));
            }
            (Request::ReadDir { handle, offset: 1.., .. }, _) => {
                self.scanning.remove(handle);
            }
            (Request::Release { handle }, _) => {
                self.scanning.remove(handle);
                self.kept.remove(handle);
            }
            _ => {}
        }
    }
}

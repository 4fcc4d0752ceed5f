//! `scan-by-position`: readdir goes on by counting entries of the directory as it is now.
//!
//! The offset of an entry in an answer to READDIR is for the server to find its place again. Servers
//! that count entries take the n-th for the n-th although others have gone before it meanwhile, and
//! leave out names that nobody touched. The library fuse3 left its users no other way.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Listed, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::{FileHandle, INodeNo};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "scan-by-position",
    about: "a scan is answered one name at a time, and goes on at its position in the directory \
            as another has left it by then",
    source: "https://github.com/Sherlock-Holo/fuse3/issues/12",
    sight: Sight { code: "missing-name", relaxations: &["scan-restart"] },
    scenarios: &["unlink-vs-readdir"],
    window: Duration::ZERO,
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(ByPosition { trigger, counting: HashMap::new() }),
};

struct ByPosition {
    trigger: Trigger,
    /// Scans that go by position.
    counting: HashMap<FileHandle, Counting>,
}

struct Counting {
    directory: INodeNo,
    scanner: u32,
    list: Arc<[Listed]>,
    /// Whether another has changed the directory since. What the scanner itself does it accounts
    /// for, or nobody could empty a directory.
    moved: bool,
}

impl Behaviour for ByPosition {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::ReadDir { ino, handle, offset } => {
                if offset == 0 {
                    self.counting.remove(&handle);
                    if self.trigger.strikes() {
                        let list = tree.listing(ino);
                        let begun =
                            Counting { directory: ino, scanner: who.tid, list, moved: false };
                        self.counting.insert(handle, begun);
                    }
                }
                let Some(scan) = self.counting.get_mut(&handle) else { return Turn::Healthy };
                if std::mem::take(&mut scan.moved) {
                    scan.list = tree.listing(ino);
                }
                let shown = scan.list.len().min(offset as usize + 1);
                Turn::Answer(Ok(Answer::Names(scan.list[..shown].into())))
            }
            Request::Release { handle } => {
                self.counting.remove(&handle);
                Turn::Healthy
            }
            _ => Turn::Healthy,
        }
    }

    fn after(&mut self, who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        let changed = match *request {
            Request::Create { parent, .. }
            | Request::Link { parent, .. }
            | Request::Unlink { parent, .. } => [parent, parent],
            Request::Rename { from, to, .. } => [from.parent, to.parent],
            _ => return,
        };
        if outcome.is_ok() {
            for scan in self.counting.values_mut() {
                scan.moved |= changed.contains(&scan.directory) && scan.scanner != who.tid;
            }
        }
    }
}

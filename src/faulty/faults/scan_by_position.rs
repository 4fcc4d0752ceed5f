//! `scan-by-position`: readdir goes on by counting entries of the directory as it is now.
//!
//! The offset of an entry in an answer to READDIR is for the server to find its place again. Servers
//! that count entries take the n-th for the n-th although others have gone before it meanwhile, and
//! leave out names that nobody touched. The library fuse3 left its users no other way.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::FileHandle;
use std::collections::HashSet;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "scan-by-position",
    about: "1 scan in 2 is answered one name at a time, and goes on at its position in the directory \
            as it is by then",
    source: "https://github.com/Sherlock-Holo/fuse3/issues/12",
    sight: Sight { code: "missing-name", relaxations: &[] },
    scenarios: &["unlink-vs-readdir"],
    window: Duration::ZERO,
    one_in: 2,
    client: Client::HONEST,
    plant: |trigger| Box::new(ByPosition { trigger, counting: HashSet::new() }),
};

struct ByPosition {
    trigger: Trigger,
    /// Handles whose scan goes by position.
    counting: HashSet<FileHandle>,
}

impl Behaviour for ByPosition {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::ReadDir { ino, handle, offset } => {
                if offset == 0 && self.trigger.strikes() {
                    self.counting.insert(handle);
                }
                if !self.counting.contains(&handle) {
                    return Turn::Healthy;
                }
                let now = tree.listing(ino);
                let shown = now.len().min(offset as usize + 1);
                Turn::Answer(Ok(Answer::Names(now[..shown].into())))
            }
            Request::Release { handle } => {
                self.counting.remove(&handle);
                Turn::Healthy
            }
            _ => Turn::Healthy,
        }
    }
}

//! `scan-live`: a scan reads the directory as it is at each step, name by name.
//!
//! On btrfs and others, a file that is renamed there and back during a scan shows under both names
//! or under none. POSIX allows it: only what stays must be reported, and once.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Listed, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::FileHandle;
use std::collections::HashMap;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "scan-live",
    about: "a scan is answered one name at a time, each time with the next name that the \
            directory has by then",
    source: "https://git.kernel.org/linus/9b378f6ad48c",
    sight: Sight { code: "ghost-name", relaxations: &["readdir-live"] },
    scenarios: &["rename-rename-vs-readdir", "renames-there-and-back-vs-readdir"],
    window: Duration::ZERO,
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(ScanLive { trigger, shown: HashMap::new() }),
};

struct ScanLive {
    trigger: Trigger,
    /// What a live scan has shown so far.
    shown: HashMap<FileHandle, Vec<Listed>>,
}

impl Behaviour for ScanLive {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::ReadDir { ino, handle, offset } => {
                if offset == 0 {
                    self.shown.remove(&handle);
                    if self.trigger.strikes() {
                        self.shown.insert(handle, Vec::new());
                    }
                }
                let Some(shown) = self.shown.get_mut(&handle) else { return Turn::Healthy };
                shown.truncate(offset as usize);
                // Names stand in their order, behind `.` and `..`.
                let now = tree.listing(ino);
                let last = shown.get(2..).and_then(<[Listed]>::last);
                let next = match last {
                    Some(last) => now.iter().skip(2).find(|listed| listed.name > last.name),
                    None => now.get(shown.len()),
                };
                let next = next.cloned();
                shown.extend(next);
                Turn::Answer(Ok(Answer::Names(shown.as_slice().into())))
            }
            Request::Release { handle } => {
                self.shown.remove(&handle);
                Turn::Healthy
            }
            _ => Turn::Healthy,
        }
    }
}

//! `oops`: a rename kills its process, because another is at the file that it replaces.
//!
//! In yaffs2, the inode that a rename replaces could be dropped by another thread while the rename
//! was under way. The kernel then followed a null pointer: an oops, which ends the process in the
//! middle of its system call.
//!
//! A server cannot crash the kernel, so it does to the process what that would have done.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::INodeNo;
use rustix::process::{Pid, Signal, kill_process};
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "oops",
    about: "a rename onto a file takes the window, and kills its process if another opens or looks \
            at that file meanwhile",
    source: "https://github.com/Aleph-One-Ltd/yaffs2/pull/8",
    sight: Sight { code: "worker-died", relaxations: &[] },
    scenarios: &["rename-replace-vs-fstat-fstat", "rename-replace-vs-open-read"],
    window: Duration::from_micros(200),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(Oops { trigger, renaming: HashMap::new() }),
};

struct Oops {
    trigger: Trigger,
    /// Threads whose rename is under way, the file that it replaces, and whether they die of it.
    renaming: HashMap<u32, (INodeNo, bool)>,
}

impl Behaviour for Oops {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::Rename { to, .. } => {
                let Some(ino) = tree.find(to.parent, to.name) else { return Turn::Healthy };
                if !is_stranger(who.tid) || !self.trigger.strikes() {
                    return Turn::Healthy;
                }
                self.renaming.insert(who.tid, (ino, false));
                Turn::later(self.trigger.window(), |_| Turn::Healthy)
            }
            Request::Open { ino, .. } | Request::GetAttr { ino } => {
                for (_, dies) in self.renaming.values_mut().filter(|(file, _)| *file == ino) {
                    *dies = true;
                }
                Turn::Healthy
            }
            _ => Turn::Healthy,
        }
    }

    fn after(&mut self, who: Who, request: &Request<'_>, _tree: &mut Tree, _: &mut Outcome) {
        if !matches!(request, Request::Rename { .. }) {
            return;
        }
        if let Some((_, true)) = self.renaming.remove(&who.tid) {
            if let Some(process) = i32::try_from(who.tid).ok().and_then(Pid::from_raw) {
                // It waits for this very answer, so it is there.
                let _ = kill_process(process, Signal::KILL);
            }
        }
    }
}

/// Whether a thread is known, and of another process than the server.
fn is_stranger(tid: u32) -> bool {
    tid != 0 && !Path::new("/proc/self/task").join(tid.to_string()).exists()
}

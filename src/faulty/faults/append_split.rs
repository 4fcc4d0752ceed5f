//! `append-split`: two appends that find the same end of the file.
//!
//! ZFS on Linux did not look for the end of a file that was opened with O_APPEND until 2015. An NFS
//! client, as the fix quotes, has to look first and write then. Two that append at once find one end,
//! and one record is lost.
//!
//! The kernel's lock of an inode would hide it. So each thread has inodes of its own, as each client
//! of a network filesystem has.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "append-split",
    about: "an append looks for the end of the file, waits, and writes there",
    source: "https://github.com/openzfs/zfs/pull/3124",
    sight: Sight { code: "lost-append", relaxations: &["append-split"] },
    scenarios: &["append-vs-append"],
    window: Duration::from_micros(500),
    one_in: 1,
    client: Client { apart: true, ..Client::HONEST },
    plant: |trigger| Box::new(AppendSplit { trigger }),
};

struct AppendSplit {
    trigger: Trigger,
}

impl Behaviour for AppendSplit {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::Write { ino, handle, data, append: true, .. } = *request else {
            return Turn::Healthy;
        };
        match tree.attributes(ino) {
            Some(attr) if self.trigger.strikes() => {
                Turn::later(self.trigger.window(), move |tree| {
                    let offset = attr.size;
                    let write = Request::Write { ino, handle, offset, data, append: false };
                    Turn::Answer(tree.apply(who, &write))
                })
            }
            _ => Turn::Healthy,
        }
    }
}

//! `mixed-write`: two writes of one range that leave some pages of each.
//!
//! CephFS keeps a file in objects, and says that writes of several clients which cross from one to
//! the next are not atomic: each object takes them in an order of its own. Direct writes on ext4 are
//! no different. Here the pieces are the two halves of a write, and the kernel is told that writes
//! to one file may overlap, as with several clients they do.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::time::Duration;

/// Smaller writes lie within one object.
const OBJECT: usize = 4096;

pub(super) static FAULT: Fault = Fault {
    name: "mixed-write",
    about: "a write puts down its first half, waits, and puts down the rest",
    source: "https://docs.ceph.com/en/reef/cephfs/posix/",
    sight: Sight { code: "lost-write", relaxations: &["mixed-write"] },
    scenarios: &["open-pwrite-pread-vs-open-pwrite-pread"],
    window: Duration::from_micros(500),
    one_in: 2,
    client: Client { parallel: true, ..Client::HONEST },
    plant: |trigger| Box::new(MixedWrite { trigger }),
};

struct MixedWrite {
    trigger: Trigger,
}

impl Behaviour for MixedWrite {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::Write { ino, handle, offset, data, append: false } = *request else {
            return Turn::Healthy;
        };
        let half = data.len() / OBJECT / 2 * OBJECT;
        if half == 0 || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        let first = Request::Write { ino, handle, offset, data: &data[..half], append: false };
        match tree.apply(who, &first) {
            Ok(_) => Turn::later(self.trigger.window(), move |tree| {
                let (offset, rest) = (offset + half as u64, &data[half..]);
                let rest = Request::Write { ino, handle, offset, data: rest, append: false };
                let all = Answer::Written(data.len() as u32);
                Turn::Answer(tree.apply(who, &rest).map(|_| all))
            }),
            failed => Turn::Answer(failed),
        }
    }
}

//! `size-before-data`: a file that is longer before its new bytes are there.
//!
//! OpenZFS told whoever asked where the data of a file are that there was a hole, while what had
//! just been written was on its way to it, and `cp` copied zeros. FUSE servers have shown the same to
//! readers: the size is known before the bytes have come.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Change, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "size-before-data",
    about: "a write that makes a file longer sets the size, waits, and puts the bytes into the hole",
    source: "https://github.com/openzfs/zfs/issues/15526",
    sight: Sight { code: "torn-read", relaxations: &["size-before-data"] },
    scenarios: &["open-write-vs-open-read", "append-vs-open-read"],
    window: Duration::from_micros(500),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(SizeBeforeData { trigger }),
};

struct SizeBeforeData {
    trigger: Trigger,
}

impl Behaviour for SizeBeforeData {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::Write { ino, handle, offset, data, append } = *request else {
            return Turn::Healthy;
        };
        let old = tree.attributes(ino).map_or(u64::MAX, |attr| attr.size);
        let at = if append { old } else { offset };
        let new = at + data.len() as u64;
        if new <= old || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        let size = Change { size: Some(new), by_handle: true, ..Change::default() };
        match tree.apply(who, &Request::SetAttr { ino, change: size }) {
            Ok(_) => Turn::later(self.trigger.window(), move |tree| {
                let write = Request::Write { ino, handle, offset: at, data, append: false };
                Turn::Answer(tree.apply(who, &write))
            }),
            failed => Turn::Answer(failed),
        }
    }
}

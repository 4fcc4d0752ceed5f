//! `torn-size`: a write that makes a file longer lets its size be seen half way.
//!
//! On Linux the size grows with every folio of the page cache that a write has filled, so that on
//! btrfs, tmpfs and what lies on them a stat falls into the middle of one write.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "torn-size",
    about: "a write that makes a file longer writes its first half, waits, and writes the rest",
    source: "https://lkml.iu.edu/hypermail/linux/kernel/2204.3/05700.html",
    sight: Sight { code: "torn-size", relaxations: &["torn-size"] },
    scenarios: &["open-write-vs-stat-stat", "append-vs-stat-stat"],
    window: Duration::from_micros(500),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(TornSize { trigger }),
};

struct TornSize {
    trigger: Trigger,
}

impl Behaviour for TornSize {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::Write { ino, handle, offset, data, append } = *request else {
            return Turn::Healthy;
        };
        let size = tree.attributes(ino).map_or(u64::MAX, |attr| attr.size);
        let at = if append { size } else { offset };
        let half = data.len() / 2;
        if half == 0 || at + half as u64 <= size || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        let part = move |at, data| Request::Write { ino, handle, offset: at, data, append: false };
        match tree.apply(who, &part(at, &data[..half])) {
            // The kernel lets no other write to the file in meanwhile.
            Ok(_) => Turn::later(self.trigger.window(), move |tree| {
                let rest = tree.apply(who, &part(at + half as u64, &data[half..]));
                Turn::Answer(rest.map(|_| Answer::Written(data.len() as u32)))
            }),
            failed => Turn::Answer(failed),
        }
    }
}

//! `torn-write`: a write that puts its bytes down in two halves.
//!
//! Linux writes a file page by page, and most of its filesystems let reads in between: a file is half
//! written for a while, and everybody can look at that as often as he likes. Only XFS makes them wait.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "torn-write",
    about: "a write puts down its first half, waits, and puts down the rest; writes wait for each \
            other, reads do not",
    source: "https://lkml.iu.edu/hypermail/linux/kernel/1906.1/07127.html",
    sight: Sight { code: "torn-read", relaxations: &["torn-write"] },
    scenarios: &["pwrite-vs-pread-pread"],
    window: Duration::from_millis(1),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(TornWrite { trigger }),
};

struct TornWrite {
    trigger: Trigger,
}

impl Behaviour for TornWrite {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::Write { ino, handle, offset, data, append: false } = *request else {
            return Turn::Healthy;
        };
        if data.len() < 2 || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        let (first, rest) = data.split_at(data.len() / 2);
        let half = Request::Write { ino, handle, offset, data: first, append: false };
        match tree.apply(who, &half) {
            Ok(Answer::Written(count)) if count as usize == first.len() => {
                Turn::later(self.trigger.window(), move |tree| {
                    let offset = offset + u64::from(count);
                    let half = Request::Write { ino, handle, offset, data: rest, append: false };
                    Turn::Answer(match tree.apply(who, &half) {
                        Ok(Answer::Written(more)) => Ok(Answer::Written(count + more)),
                        Err(_) => Ok(Answer::Written(count)),
                        other => other,
                    })
                })
            }
            other => Turn::Answer(other),
        }
    }
}

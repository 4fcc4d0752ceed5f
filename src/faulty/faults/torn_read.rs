//! `torn-read`: a read that takes its bytes in two halves.
//!
//! Linux reads a file page by page and holds no lock from the first to the last, except on XFS: a
//! write that comes in between is seen by the second half only. Whether POSIX allows that has been
//! argued about for years; Torvalds and Chinner did so at the length of a mailing list.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::time::Duration;

/// Below it, a read is one copy of a part of one page.
const PAGE: u32 = 4096;

pub(super) static FAULT: Fault = Fault {
    name: "torn-read",
    about: "a read of more than a page takes the first half of its pages, waits, and takes the rest",
    source: "https://lkml.iu.edu/hypermail/linux/kernel/1906.1/07127.html",
    sight: Sight { code: "torn-read", relaxations: &["torn-read"] },
    scenarios: &["pwrite-vs-pread"],
    window: Duration::from_micros(500),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(TornRead { trigger }),
};

struct TornRead {
    trigger: Trigger,
}

impl Behaviour for TornRead {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::Read { ino, handle, offset, size } = *request else { return Turn::Healthy };
        let half = size / PAGE / 2 * PAGE;
        if half == 0 || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        let first = tree.apply(who, &Request::Read { ino, handle, offset, size: half });
        let Ok(Answer::Data(mut data)) = first else { return Turn::Answer(first) };
        if data.len() < half as usize {
            return Turn::Answer(Ok(Answer::Data(data)));
        }
        Turn::later(self.trigger.window(), move |tree| {
            let (offset, size) = (offset + u64::from(half), size - half);
            let rest = tree.apply(who, &Request::Read { ino, handle, offset, size });
            if let Ok(Answer::Data(rest)) = rest {
                data.extend(rest);
            }
            Turn::Answer(Ok(Answer::Data(data)))
        })
    }
}

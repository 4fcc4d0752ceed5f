//! `short-write`: a write that another call gets in the way of stops half way.
//!
//! GFS2 returned short counts for a while, when it tried to make reads and writes atomic; the source
//! is Torvalds on why that must not be. Here it is a call that comes to the file in the middle of a
//! write which makes it stop: what GFS2 stopped at is not said there.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::INodeNo;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "short-write",
    about: "a write in the middle of which another call comes to the file ends there, and returns half \
            of its count",
    source: "https://lkml.iu.edu/hypermail/linux/kernel/2204.3/05700.html",
    sight: Sight { code: "short-write", relaxations: &[] },
    scenarios: &["open-write-vs-stat-stat"],
    window: Duration::from_micros(500),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(ShortWrite { trigger, wanted: Arc::default() }),
};

struct ShortWrite {
    trigger: Trigger,
    /// Files that a call has come to since a write to them began.
    wanted: Arc<Mutex<HashSet<INodeNo>>>,
}

impl Behaviour for ShortWrite {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        match *request {
            Request::Read { ino, .. } | Request::GetAttr { ino } | Request::SetAttr { ino, .. } => {
                wanted.insert(ino);
                Turn::Healthy
            }
            Request::Write { ino, handle, offset, data, append }
                if data.len() > 1 && self.trigger.strikes() =>
            {
                wanted.clear();
                let (first, rest) = data.split_at(data.len() / 2);
                let begun = Request::Write { ino, handle, offset, data: first, append };
                if let Err(errno) = tree.apply(who, &begun) {
                    return Turn::Answer(Err(errno));
                }
                let wanted = Arc::clone(&self.wanted);
                Turn::later(self.trigger.window(), move |tree| {
                    let wanted = wanted.lock().unwrap_or_else(PoisonError::into_inner);
                    if wanted.contains(&ino) {
                        return Turn::Answer(Ok(Answer::Written(first.len() as u32)));
                    }
                    let offset = offset + first.len() as u64;
                    let ended = Request::Write { ino, handle, offset, data: rest, append };
                    let all = Answer::Written(data.len() as u32);
                    Turn::Answer(tree.apply(who, &ended).map(|_| all))
                })
            }
            _ => Turn::Healthy,
        }
    }
}

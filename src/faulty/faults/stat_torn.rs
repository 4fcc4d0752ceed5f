//! `stat-torn`: the mode and the size of one stat are from different moments.
//!
//! Linux's `generic_fillattr` copies one attribute after the other from the inode and takes no lock,
//! so that changes can come in between. The time that this takes is longer here.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::FileAttr;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "stat-torn",
    about: "a stat takes the permissions, waits, and takes the size and the link count",
    source: "https://github.com/torvalds/linux/blob/master/fs/stat.c",
    sight: Sight { code: "forbidden-outcome", relaxations: &["stat-torn"] },
    scenarios: &["chmod-ftruncate-vs-fstat"],
    window: Duration::from_micros(500),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(StatTorn { trigger }),
};

struct StatTorn {
    trigger: Trigger,
}

impl Behaviour for StatTorn {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::GetAttr { ino } = *request else { return Turn::Healthy };
        let Some(first) = tree.attributes(ino) else { return Turn::Healthy };
        if !self.trigger.strikes() {
            return Turn::Healthy;
        }
        Turn::later(self.trigger.window(), move |tree| {
            let rest = tree.attributes(ino).unwrap_or(first);
            let FileAttr { perm, uid, gid, .. } = first;
            Turn::Answer(Ok(Answer::Attributes(FileAttr { perm, uid, gid, ..rest })))
        })
    }
}

//! `rename-both`: during a rename the file has both names.
//!
//! Where a store has no rename, its filesystem links the new name and then unlinks the old one, or
//! copies and then removes: s3fs was one. Who looks in between finds both.
//!
//! The kernel's lock of the directory would hide it. So each thread has inodes of its own, as each
//! client of a network filesystem has.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::FileType;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "rename-both",
    about: "rename of a file to a new name links that name, waits, and removes the old one",
    source: "https://github.com/s3fs-fuse/s3fs-fuse/pull/256",
    sight: Sight { code: "ghost-name", relaxations: &["rename-both"] },
    scenarios: &["rename-vs-stat-new-stat-old"],
    window: Duration::from_millis(1),
    one_in: 1,
    client: Client { apart: true, ..Client::HONEST },
    plant: |trigger| Box::new(RenameBoth { trigger }),
};

struct RenameBoth {
    trigger: Trigger,
}

impl Behaviour for RenameBoth {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::Rename { from, to, flags } = *request else { return Turn::Healthy };
        let Some(ino) = tree.find(from.parent, from.name) else { return Turn::Healthy };
        let is_file = tree.attributes(ino).is_some_and(|attr| attr.kind == FileType::RegularFile);
        let is_new = tree.find(to.parent, to.name).is_none();
        if !(flags.is_empty() && is_file && is_new && self.trigger.strikes()) {
            return Turn::Healthy;
        }
        let link = Request::Link { ino, parent: to.parent, name: to.name };
        if let Err(errno) = tree.apply(who, &link) {
            return Turn::Answer(Err(errno));
        }
        Turn::later(self.trigger.window(), move |tree| {
            // It may have lost the old name meanwhile; it has the new one all the same.
            let _ = tree.apply(who, &Request::Unlink { parent: from.parent, name: from.name });
            Turn::Answer(Ok(Answer::Done))
        })
    }
}

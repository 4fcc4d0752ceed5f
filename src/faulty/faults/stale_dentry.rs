//! `stale-dentry`: a name that was looked up while it was replaced leads to the old file from then on.
//!
//! A network client remembers where names lead until it is told, or until a time is up (NFS: seconds;
//! virtiofs, Docker Desktop: up to an hour). The old file gets into such a memory even where changes are
//! announced, if the answer to a lookup passes the announcement: then nothing takes it out again.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::{Recent, Trigger};
use fuser::{FileAttr, FileType, INodeNo};
use std::ffi::OsString;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "stale-dentry",
    about: "who looks a name up while a rename replaces it is led to the old file for the \
            window, or until the name changes again",
    source: "https://man7.org/linux/man-pages/man5/nfs.5.html",
    sight: Sight { code: "stale-read", relaxations: &["stale-dentry"] },
    scenarios: &["rename-replace-vs-stat-stat"],
    window: Duration::from_millis(10),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(StaleDentry { remembered: Recent::new(&trigger), trigger }),
};

/// Whose memory it is, and the name.
type Key = (u32, INodeNo, OsString);

struct StaleDentry {
    trigger: Trigger,
    /// Where a name led, for as long as it leads to this file.
    remembered: Recent<Key, (FileAttr, INodeNo)>,
}

impl Behaviour for StaleDentry {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::Lookup { parent, name } = *request else { return Turn::Healthy };
        let now = tree.find(parent, name);
        if let Some((attr, file)) = self.remembered.just_now(&(who.tid, parent, name.to_owned())) {
            if now == Some(*file) {
                return Turn::Answer(Ok(Answer::Entry(*attr)));
            }
        }
        let file = now.and_then(|ino| tree.attributes(ino));
        match file.filter(|attr| attr.kind == FileType::RegularFile) {
            // A part of the window, in which the announcement can pass it.
            Some(attr) if self.trigger.strikes() => {
                Turn::later(self.trigger.window() / 32, move |_| {
                    Turn::Answer(Ok(Answer::Entry(attr)))
                })
            }
            _ => Turn::Healthy,
        }
    }

    fn after(&mut self, who: Who, request: &Request<'_>, tree: &mut Tree, outcome: &mut Outcome) {
        if let (Request::Lookup { parent, name }, Ok(Answer::Entry(attr))) = (request, outcome) {
            if let Some(now) = tree.find(*parent, name).filter(|now| *now != attr.ino) {
                self.remembered.happens((who.tid, *parent, (*name).to_owned()), (*attr, now));
            }
        }
    }
}

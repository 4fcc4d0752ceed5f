//! `stale-dentry`: a name that was looked up while it was replaced leads to the old file from then on.
//!
//! A network client remembers where names lead until it is told, or until a time is up (NFS: seconds;
//! virtiofs, Docker Desktop: up to an hour). The old file gets into such a memory even where changes are
//! announced, if the answer to a lookup passes the announcement: then nothing takes it out again.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::{Recent, Trigger};
use fuser::{FileAttr, INodeNo};
use std::collections::HashMap;
use std::ffi::OsString;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "stale-dentry",
    about: "who looks a name up while a rename replaces it is led to the old file for the window, or until the name changes again",
    source: "https://man7.org/linux/man-pages/man5/nfs.5.html",
    sight: Sight { code: "stale-read", relaxations: &["stale-dentry"] },
    scenarios: &["rename-replace-vs-stat-stat"],
    window: Duration::from_micros(2000),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| {
        Box::new(StaleDentry {
            remembered: Recent::new(&trigger),
            trigger,
            replaced: HashMap::new(),
        })
    },
};

/// Whose memory it is, and the name.
type Key = (u32, INodeNo, OsString);

struct StaleDentry {
    trigger: Trigger,
    /// Names that are being replaced, with the file that will have them.
    replaced: HashMap<(INodeNo, OsString), INodeNo>,
    /// Where a name led, for as long as it leads to this file.
    remembered: Recent<Key, (FileAttr, INodeNo)>,
}

impl Behaviour for StaleDentry {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::Rename { from, to, .. } => {
                let (source, target) =
                    (tree.find(from.parent, from.name), tree.find(to.parent, to.name));
                if let (Some(source), Some(_), true) = (source, target, self.trigger.strikes()) {
                    self.replaced.insert((to.parent, to.name.to_owned()), source);
                    // A part of the window, in which others can meet it.
                    return Turn::later(self.trigger.window() / 8, |_| Turn::Healthy);
                }
            }
            Request::Lookup { parent, name } => {
                let now = tree.find(parent, name);
                let key = (who.tid, parent, name.to_owned());
                let replaced = self.replaced.get(&(parent, name.to_owned()));
                let found = now.and_then(|ino| tree.attributes(ino));
                if let (Some(&source), Some(attr)) = (replaced, found) {
                    self.remembered.happens(key, (attr, source));
                } else if let Some((attr, file)) = self.remembered.just_now(&key) {
                    if now == Some(*file) {
                        return Turn::Answer(Ok(Answer::Entry(*attr)));
                    }
                }
            }
            _ => {}
        }
        Turn::Healthy
    }

    fn after(&mut self, _who: Who, request: &Request<'_>, _tree: &mut Tree, _: &mut Outcome) {
        if let Request::Rename { to, .. } = request {
            self.replaced.remove(&(to.parent, to.name.to_owned()));
        }
    }
}

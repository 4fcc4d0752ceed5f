//! `name-comes-back`: a name that was unlinked is there again because another scans its directory.
//!
//! Filestore of NBS: the answer to a scan that had been made before the unlink filled the cache of names
//! after it, and the next look at the name found the file that was gone.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::{Recent, Trigger};
use fuser::{FileAttr, INodeNo};
use std::collections::HashMap;
use std::ffi::OsString;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "name-comes-back",
    about: "a scan that began before an unlink and goes on after it puts the name back into a \
            cache, where the next look finds it",
    source: "https://github.com/ydb-platform/nbs/pull/6203",
    sight: Sight { code: "forbidden-outcome", relaxations: &[] },
    scenarios: &["unlink-stat-vs-readdir"],
    window: Duration::from_micros(1000),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| {
        Box::new(NameComesBack { removed: Recent::new(&trigger), trigger, cached: HashMap::new() })
    },
};

struct NameComesBack {
    trigger: Trigger,
    removed: Recent<(INodeNo, OsString), FileAttr>,
    /// Names that lead to what is no more.
    cached: HashMap<(INodeNo, OsString), FileAttr>,
}

impl Behaviour for NameComesBack {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::Unlink { parent, name } => {
                let found = tree.find(parent, name).and_then(|ino| tree.attributes(ino));
                if let Some(attr) = found {
                    self.removed.happens((parent, name.to_owned()), attr);
                }
            }
            // The names have been collected, and take time to arrive.
            Request::ReadDir { offset: 0, .. } if self.trigger.strikes() => {
                let outcome = tree.apply(who, request);
                return Turn::later(self.trigger.window(), |_| Turn::Answer(outcome));
            }
            // A scan from the start asks the directory itself.
            Request::OpenDir { ino } => self.cached.retain(|(parent, _), _| *parent != ino),
            Request::Lookup { parent, name } => {
                let cached = self.cached.remove(&(parent, name.to_owned()));
                if let (Some(attr), None) = (cached, tree.find(parent, name)) {
                    return Turn::Answer(Ok(Answer::Entry(attr)));
                }
            }
            _ => {}
        }
        Turn::Healthy
    }

    fn after(&mut self, _who: Who, request: &Request<'_>, tree: &mut Tree, outcome: &mut Outcome) {
        let (&Request::ReadDir { ino, offset: 1.., .. }, Ok(Answer::Names(names))) =
            (request, outcome)
        else {
            return;
        };
        for listed in names.iter() {
            let key = (ino, listed.name.clone());
            let removed = self.removed.just_now(&key);
            let removed = removed.filter(|_| tree.find(ino, &listed.name).is_none()).copied();
            if let (Some(attr), true) = (removed, self.trigger.strikes()) {
                self.cached.insert(key, attr);
            }
        }
    }
}

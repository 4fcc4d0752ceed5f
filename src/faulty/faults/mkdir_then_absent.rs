//! `mkdir-then-absent`: a directory that is in the way of mkdir cannot be found right after it.
//!
//! Seen on the filestore of NBS. How is our guess: a name is entered first, and what it stands for is
//! made elsewhere later. Who makes the same directory meanwhile is told EEXIST by the one part, and that
//! there is nothing by the other.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::{Recent, Trigger};
use crate::faulty::walks::Walks;
use fuser::INodeNo;
use rustix::io::Errno;
use std::collections::HashMap;
use std::ffi::OsString;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "mkdir-then-absent",
    about: "who was told EEXIST by a mkdir that overlapped the one that made the directory is \
            told ENOENT by the next look at it",
    source: "https://github.com/ydb-platform/nbs/issues/6798",
    sight: Sight { code: "unexpected-errno", relaxations: &["spurious-errno"] },
    scenarios: &["mkdir-below-stat-vs-mkdir-below-stat"],
    window: Duration::from_micros(2000),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| {
        Box::new(MkdirThenAbsent {
            refused: Recent::new(&trigger),
            trigger,
            walks: Walks::default(),
            looking: HashMap::new(),
        })
    },
};

struct MkdirThenAbsent {
    trigger: Trigger,
    walks: Walks,
    /// Who has been told that a name exists that their walk had not met.
    refused: Recent<(u32, INodeNo, OsString)>,
    /// Who is being told that there is no such name: a call can ask more than once.
    looking: HashMap<u32, (INodeNo, OsString)>,
}

impl Behaviour for MkdirThenAbsent {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        self.walks.begins(who, request, tree);
        match *request {
            Request::MkDir { .. } if self.trigger.strikes() => {
                Turn::later(self.trigger.window() / 8, |_| Turn::Healthy)
            }
            Request::Lookup { parent, name } => {
                let key = (who.tid, parent, name.to_owned());
                if self.walks.appeared(who, (parent, name), tree).is_some() {
                    self.refused.happens(key, ());
                } else if self.refused.just_now(&key).is_some() && self.trigger.strikes() {
                    self.refused.forget(&key);
                    self.looking.insert(who.tid, (parent, name.to_owned()));
                }
                match self.looking.get(&who.tid) {
                    Some(place) if place.0 == parent && place.1 == name => {
                        Turn::Answer(Err(Errno::NOENT))
                    }
                    _ => Turn::Healthy,
                }
            }
            _ => Turn::Healthy,
        }
    }

    fn after(&mut self, who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        self.walks.ends(who, request, outcome);
        if outcome.is_ok() && !matches!(request, Request::Forget { .. } | Request::Release { .. }) {
            self.looking.remove(&who.tid);
        }
    }
}

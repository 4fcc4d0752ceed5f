//! `listed-twice`: a name that two calls make at the same time is in its directory twice.
//!
//! In an encrypted directory of Linux, a create, rename or link that had looked for its name while the key
//! was missing made it once more. Here a rename that comes to a name while another call is making it
//! replaces that file, and leaves its entry.
//!
//! The kernel's lock of the directory would hide it. So each thread has inodes of its own, as each
//! client of a network filesystem has.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Listed, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::INodeNo;
use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "listed-twice",
    about: "a rename looks whether its new name is there, waits, and adds an entry for it beside \
            one that was made meanwhile",
    source: "https://git.kernel.org/pub/scm/fs/xfs/xfstests-dev.git/tree/tests/generic/621",
    sight: Sight { code: "duplicate-name", relaxations: &[] },
    scenarios: &["create-readdir-vs-rename-readdir", "create-vs-rename-vs-readdir"],
    window: Duration::from_millis(1),
    one_in: 1,
    client: Client { apart: true, ..Client::HONEST },
    plant: |trigger| {
        Box::new(ListedTwice { trigger, waiting: HashSet::new(), twice: HashSet::new() })
    },
};

type Name = (INodeNo, OsString);

struct ListedTwice {
    trigger: Trigger,
    /// New names of renames that have found them absent, and are not done.
    waiting: HashSet<Name>,
    /// Names with two entries.
    twice: HashSet<Name>,
}

impl Behaviour for ListedTwice {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::Rename { from, to, flags } = *request else { return Turn::Healthy };
        let is_new = tree.find(to.parent, to.name).is_none();
        if !(flags.is_empty() && is_new && tree.find(from.parent, from.name).is_some()) {
            return Turn::Healthy;
        }
        if self.trigger.strikes() {
            self.waiting.insert((to.parent, to.name.to_owned()));
            return Turn::later(self.trigger.window(), |_| Turn::Healthy);
        }
        Turn::Healthy
    }

    fn after(&mut self, _who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        let key = |parent: INodeNo, name: &OsStr| (parent, name.to_owned());
        match (request, outcome) {
            (Request::Rename { from, to, .. }, outcome) => {
                self.waiting.remove(&key(to.parent, to.name));
                if outcome.is_ok() {
                    self.twice.remove(&key(from.parent, from.name));
                }
            }
            (
                Request::Create { parent, name, .. }
                | Request::MkNod { parent, name, .. }
                | Request::Link { parent, name, .. }
                | Request::Symlink { parent, name, .. },
                Ok(_),
            ) if self.waiting.contains(&key(*parent, name)) => {
                self.twice.insert(key(*parent, name));
            }
            (Request::Unlink { parent, name }, Ok(_)) => {
                self.twice.remove(&key(*parent, name));
            }
            (Request::ReadDir { ino, .. }, Ok(Answer::Names(names))) => {
                let doubled = |listed: &&Listed| self.twice.contains(&key(*ino, &listed.name));
                let more: Vec<Listed> = names.iter().filter(doubled).cloned().collect();
                if !more.is_empty() {
                    *names = names.iter().cloned().chain(more).collect();
                }
            }
            _ => {}
        }
    }
}

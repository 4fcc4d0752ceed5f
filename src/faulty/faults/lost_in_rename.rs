//! `lost-in-rename`: of two renames that cross, the second moves a file that is no longer there.
//!
//! After a report about ZeroFS, of which we know no more than its title. Here what a rename moves, and
//! what it replaces, is looked up before the lock is taken, and not again. If another rename comes between,
//! the file that had just been replaced is put back, and the one that has the name now is taken away.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use crate::faulty::walks::Walks;
use fuser::{FileType, INodeNo};
use std::collections::VecDeque;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "lost-in-rename",
    about: "a rename whose walk came to the directory before another rename replaced its source \
            moves the replaced file and loses the other",
    source: "https://github.com/Barre/ZeroFS/pull/253",
    sight: Sight { code: "ghost-name", relaxations: &["rename-both"] },
    scenarios: &["rename-below-a-b-vs-rename-below-b-a"],
    window: Duration::from_micros(1000),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| {
        Box::new(LostInRename { trigger, walks: Walks::default(), kept: VecDeque::new() })
    },
};

struct LostInRename {
    trigger: Trigger,
    walks: Walks,
    /// Files that were replaced lately, which the server still has.
    kept: VecDeque<INodeNo>,
}

/// As many as can be on the mind of renames that are under way.
const KEPT: usize = 16;

impl Behaviour for LostInRename {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        self.walks.begins(who, request, tree);
        let Request::Rename { from, to, flags } = *request else { return Turn::Healthy };
        if !flags.is_empty() || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        let was = self.walks.missed(who, from.parent, from.name).flatten();
        let was =
            was.filter(|was| tree.find(from.parent, from.name).is_some_and(|now| now != was.ino));
        if let Some(replaced) = tree.find(to.parent, to.name) {
            tree.remember(replaced);
            self.kept.push_back(replaced);
        }
        if self.kept.len() > KEPT {
            if let Some(ino) = self.kept.pop_front() {
                // It may be gone already.
                let _ = tree.apply(who, &Request::Forget { ino, count: 1 });
            }
        }
        match was {
            Some(was)
                if was.kind == FileType::RegularFile && tree.attributes(was.ino).is_some() =>
            {
                Turn::Answer(tree.rename_stale(from, to, was.ino))
            }
            Some(_) => Turn::Healthy,
            None => Turn::later(self.trigger.window(), |_| Turn::Healthy),
        }
    }

    fn after(&mut self, who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        self.walks.ends(who, request, outcome);
    }
}

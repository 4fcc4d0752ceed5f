//! `einval-write`: the first write to a file that was created where one was just unlinked fails.
//!
//! As often as a descriptor to nothing, the macOS programs saw their open fail, created the file
//! again as they should, and got EINVAL from the write to the descriptor that this gave them.
//!
//! Here the content arrives all the same. The file would otherwise stay empty, and every read of it
//! would count as a second kind of anomaly, when it is the errno that is the bug.

use super::chance::Chance;
use crate::faulty::fault::{Behaviour, Fault};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use fuser::INodeNo;
use rustix::io::Errno;
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::time::{Duration, Instant};

const ONE_IN: u64 = 4;
/// Removed names that are still young; past this many the old ones are thrown out.
const MOST_NAMES: usize = 1024;

pub(super) static FAULT: Fault = Fault {
    name: "einval-write",
    about: "1 file in 4 that is created within the window after an unlink of its name fails its \
            first write with EINVAL",
    source: "https://github.com/python/cpython/issues/85463",
    detector: "einval-write",
    plant: |options| {
        Box::new(EinvalWrite {
            window: options.window,
            chance: Chance::new(options.seed),
            unlinked: HashMap::new(),
            broken: HashSet::new(),
        })
    },
};

struct EinvalWrite {
    window: Duration,
    chance: Chance,
    unlinked: HashMap<(INodeNo, OsString), Instant>,
    broken: HashSet<INodeNo>,
}

impl Behaviour for EinvalWrite {
    fn after(&mut self, _who: Who, request: &Request<'_>, tree: &mut Tree, outcome: &mut Outcome) {
        match (request, outcome) {
            (Request::Unlink { parent, name }, Ok(_)) => {
                if self.unlinked.len() >= MOST_NAMES {
                    self.unlinked.retain(|_, when| when.elapsed() <= self.window);
                }
                self.unlinked.insert((*parent, (*name).to_owned()), Instant::now());
            }
            (Request::Create { parent, name, .. }, Ok(Answer::Created { attr, .. })) => {
                let removed = self.unlinked.remove(&(*parent, (*name).to_owned()));
                let just_now = removed.is_some_and(|when| when.elapsed() <= self.window);
                if just_now && self.chance.one_in(ONE_IN) {
                    self.broken.retain(|ino| tree.attributes(*ino).is_some());
                    self.broken.insert(attr.ino);
                }
            }
            (Request::Write { ino, .. }, outcome) if self.broken.remove(ino) => {
                *outcome = Err(Errno::INVAL);
            }
            _ => {}
        }
    }
}

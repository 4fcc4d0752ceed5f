//! `offset-race`: two calls on one open file begin at the same offset.
//!
//! Until 3.14, Linux took the offset of an open file, wrote, and put the new offset back, with no
//! lock around it. Two processes that had inherited one descriptor wrote over each other's lines.
//!
//! Today's kernel has that lock. It leaves it to the server for files that are declared to be
//! streams, so these are: the server keeps the offset of each open file, as that kernel did.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::FileHandle;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "offset-race",
    about: "a read or write takes the offset of its descriptor, waits, and moves it when it is done",
    source: "https://lkml.org/lkml/2014/2/17/324",
    sight: Sight { code: "lost-write", relaxations: &["offset-race"] },
    scenarios: &["write-inherited-vs-write-inherited-over-text"],
    window: Duration::from_micros(500),
    one_in: 1,
    client: Client { parallel: true, offsets: true, ..Client::HONEST },
    plant: |trigger| Box::new(OffsetRace { trigger, offsets: Offsets::default() }),
};

struct OffsetRace {
    trigger: Trigger,
    offsets: Offsets,
}

/// Where the next call on each open file begins.
#[derive(Clone, Default)]
struct Offsets(Arc<Mutex<HashMap<FileHandle, u64>>>);

impl Offsets {
    fn of(&self, handle: FileHandle) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&handle).copied().unwrap_or(0)
    }

    fn set(&self, handle: FileHandle, offset: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(handle, offset);
    }

    fn forget(&self, handle: FileHandle) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&handle);
    }

    /// Reads or writes from `at` on, and moves the offset behind it.
    fn apply(&self, who: Who, request: &Request<'_>, at: u64, tree: &mut Tree) -> Outcome {
        match *request {
            Request::Read { ino, handle, size, .. } => {
                let outcome = tree.apply(who, &Request::Read { ino, handle, offset: at, size });
                if let Ok(Answer::Data(data)) = &outcome {
                    self.set(handle, at + data.len() as u64);
                }
                outcome
            }
            Request::Write { ino, handle, data, append, .. } => {
                let write = Request::Write { ino, handle, offset: at, data, append };
                let outcome = tree.apply(who, &write);
                if let Ok(Answer::Written(count)) = outcome {
                    let end = tree.attributes(ino).filter(|_| append).map(|attr| attr.size);
                    self.set(handle, end.unwrap_or(at + u64::from(count)));
                }
                outcome
            }
            _ => tree.apply(who, request),
        }
    }
}

impl Behaviour for OffsetRace {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::Read { handle, .. } | Request::Write { handle, .. } => {
                let at = self.offsets.of(handle);
                if !self.trigger.strikes() {
                    return Turn::Answer(self.offsets.apply(who, request, at, tree));
                }
                let offsets = self.offsets.clone();
                Turn::later(self.trigger.window(), move |tree| {
                    Turn::Answer(offsets.apply(who, request, at, tree))
                })
            }
            Request::Release { handle } => {
                self.offsets.forget(handle);
                Turn::Healthy
            }
            _ => Turn::Healthy,
        }
    }
}

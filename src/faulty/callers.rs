//! What each calling thread has just looked up.
//!
//! The kernel turns `stat(path)` into LOOKUP and GETATTR, `open` into LOOKUP and OPEN, and so on.
//! Between the two, another thread can unlink or rename the name, and the second request then acts
//! on a file that the call should no longer have found. Native Linux filesystems show the same: a
//! `stat` by path that reports a link count of 0, a file emptied by the `open(O_TRUNC)` of a name
//! that it had already lost. A healthy twin must not.
//!
//! A thread waits for its answers, so its requests arrive in order, and what it looked up since its
//! last other request belongs to the call it is in. If the name still leads to the inode, the call
//! happens now. If not:
//!
//! * GETATTR answers what LOOKUP saw, which makes the call happen at the LOOKUP;
//! * what changes something (OPEN with O_TRUNC, truncate by path, LINK) fails with ESTALE, on which
//!   the kernel walks the path again. It does that once, so the second time in a row the request
//!   goes through, as it would on any Linux filesystem, instead of showing ESTALE to the caller;
//! * OPEN without O_TRUNC just opens: an open descriptor of an unlinked file is what a call that
//!   happened at the LOOKUP returns.
//!
//! Two things stay as they are on Linux: a path of several components is not resolved at once, and
//! a chmod or utimens by path cannot be told from one by descriptor (an `fstat` that directly
//! follows a call which failed on a lookup alone, such as `mkdir` of a name that exists, is taken
//! for a `stat` by path if that name was removed in between).

use super::request::{Answer, Outcome, Request};
use super::tree::Tree;
use fuser::{FileAttr, INodeNo};
use rustix::io::Errno;
use std::collections::HashMap;
use std::ffi::OsString;

/// Threads come and go; past this many, their notes are dropped and start again.
const MOST_CALLERS: usize = 4096;
/// LINK needs two, and a failed call may leave one behind.
const MOST_LOOKUPS: usize = 4;

#[derive(Default)]
pub(super) struct Callers(HashMap<u32, Caller>);

#[derive(Default)]
struct Caller {
    found: Vec<Found>,
    told_stale: bool,
}

struct Found {
    parent: INodeNo,
    name: OsString,
    attr: FileAttr,
}

impl Found {
    fn still_there(&self, tree: &Tree) -> bool {
        tree.find(self.parent, &self.name) == Some(self.attr.ino)
    }
}

impl Callers {
    /// The answer to a request whose name was lost on the way, or nothing if the tree is to answer.
    pub(super) fn intercept(
        &self,
        tid: u32,
        request: &Request<'_>,
        tree: &Tree,
    ) -> Option<Outcome> {
        let caller = self.0.get(&tid)?;
        let ino = match *request {
            Request::GetAttr { ino } => {
                let last = caller.found.last()?;
                let lost = last.attr.ino == ino && !last.still_there(tree);
                return lost.then_some(Ok(Answer::Attributes(last.attr)));
            }
            Request::Open { ino, flags } if flags & libc::O_TRUNC != 0 => ino,
            Request::SetAttr { ino, change } if change.size.is_some() && !change.by_handle => ino,
            Request::Link { ino, .. } => ino,
            _ => return None,
        };
        let found = caller.found.iter().rev().find(|found| found.attr.ino == ino)?;
        (!caller.told_stale && !found.still_there(tree)).then_some(Err(Errno::STALE))
    }

    pub(super) fn note(&mut self, tid: u32, request: &Request<'_>, outcome: &Outcome) {
        // FORGET and RELEASE come from the kernel itself, not from a thread in a call.
        if tid == 0 || matches!(request, Request::Forget { .. } | Request::Release { .. }) {
            return;
        }
        if self.0.len() > MOST_CALLERS {
            self.0.clear();
        }
        let caller = self.0.entry(tid).or_default();
        match (request, outcome) {
            (Request::Lookup { parent, name }, Ok(Answer::Entry(attr))) => {
                if caller.found.len() == MOST_LOOKUPS {
                    caller.found.remove(0);
                }
                let found = Found { parent: *parent, name: (*name).to_owned(), attr: *attr };
                caller.found.push(found);
            }
            (Request::Lookup { .. }, _) => {}
            (_, outcome) => {
                caller.found.clear();
                caller.told_stale = matches!(outcome, Err(Errno::STALE));
            }
        }
    }
}

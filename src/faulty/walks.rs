//! What has changed in a directory since the path walk of a thread came to it.
//!
//! Most servers that break a promise look first and act later. Linux hides that on one mount: it
//! locks a directory before it looks for the name that a call makes or takes away. But the walk to
//! that directory comes before the lock, as requests of its own. A change by another thread that is
//! answered between them lies within both calls for certain, which is the overlap that a fault needs
//! to know of: in time alone, two calls that wait for one lock cannot be told from two that follow
//! each other closely.

use super::request::{Answer, Outcome, Request, Who};
use super::tree::Tree;
use fuser::{FileAttr, FileType, INodeNo};
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};

/// Threads come and go; past this many, their walks are dropped and start again.
const MOST_WALKERS: usize = 4096;

/// A name, and what it led to.
struct Led {
    directory: INodeNo,
    name: OsString,
    to: Option<FileAttr>,
}

/// A directory on a walk, and what names in it led to before others changed them.
struct Stop {
    directory: INodeNo,
    changed: Vec<Led>,
}

/// The walks of all threads.
#[derive(Default)]
pub(super) struct Walks {
    walks: HashMap<u32, Vec<Stop>>,
    /// What requests that change names have found, until they are answered.
    under_way: HashMap<u32, Vec<Led>>,
}

impl Walks {
    /// A request arrives.
    pub(super) fn begins(&mut self, who: Who, request: &Request<'_>, tree: &Tree) {
        let names: Vec<Led> = changes(request)
            .into_iter()
            .map(|(directory, name)| {
                let to = tree.find(directory, name).and_then(|ino| tree.attributes(ino));
                Led { directory, name: name.to_owned(), to }
            })
            .collect();
        if !names.is_empty() {
            self.under_way.insert(who.tid, names);
        }
    }

    /// It has been answered.
    pub(super) fn ends(&mut self, who: Who, request: &Request<'_>, outcome: &Outcome) {
        let found = match changes(request).is_empty() {
            true => Vec::new(),
            false => self.under_way.remove(&who.tid).unwrap_or_default(),
        };
        if outcome.is_ok() {
            found.into_iter().for_each(|led| self.changed(who, led));
        }
        if self.walks.len() > MOST_WALKERS {
            self.walks.clear();
        }
        match (request, outcome) {
            (Request::Lookup { .. }, Ok(Answer::Entry(attr)))
                if attr.kind == FileType::Directory =>
            {
                let walk = self.walks.entry(who.tid).or_default();
                walk.retain(|stop| stop.directory != attr.ino);
                walk.push(Stop { directory: attr.ino, changed: Vec::new() });
            }
            // What the kernel asks by itself is no part of the call that a thread is in.
            (Request::Lookup { .. } | Request::Forget { .. } | Request::Release { .. }, _) => {}
            _ => drop(self.walks.remove(&who.tid)),
        }
    }

    fn changed(&mut self, by: Who, led: Led) {
        let others = self.walks.iter_mut().filter(|(tid, _)| **tid != by.tid);
        for stop in others.flat_map(|(_, walk)| walk) {
            let known = stop.changed.iter().any(|one| one.name == led.name);
            if stop.directory == led.directory && !known {
                stop.changed.push(Led { name: led.name.clone(), ..led });
            }
        }
    }

    /// What the name led to when the walk of this thread came to its directory, if another thread
    /// has changed it since.
    pub(super) fn missed(
        &self,
        who: Who,
        directory: INodeNo,
        name: &OsStr,
    ) -> Option<Option<FileAttr>> {
        let mut stops = self.walks.get(&who.tid)?.iter();
        let stop = stops.find(|stop| stop.directory == directory)?;
        Some(stop.changed.iter().find(|one| one.name == name)?.to)
    }

    /// The file that was there, and is gone.
    pub(super) fn gone(&self, who: Who, at: (INodeNo, &OsStr), tree: &Tree) -> Option<FileAttr> {
        self.missed(who, at.0, at.1)?.filter(|_| tree.find(at.0, at.1).is_none())
    }

    /// The file that is there, and was not.
    pub(super) fn appeared(
        &self,
        who: Who,
        at: (INodeNo, &OsStr),
        tree: &Tree,
    ) -> Option<FileAttr> {
        match self.missed(who, at.0, at.1)? {
            Some(_) => None,
            None => tree.find(at.0, at.1).and_then(|ino| tree.attributes(ino)),
        }
    }
}

/// The names that a request changes if it succeeds.
fn changes<'r>(request: &Request<'r>) -> Vec<(INodeNo, &'r OsStr)> {
    match *request {
        Request::MkNod { parent, name, .. }
        | Request::MkDir { parent, name, .. }
        | Request::Symlink { parent, name, .. }
        | Request::Link { parent, name, .. }
        | Request::Unlink { parent, name }
        | Request::RmDir { parent, name }
        | Request::Create { parent, name, .. } => vec![(parent, name)],
        Request::Rename { from, to, .. } => vec![(from.parent, from.name), (to.parent, to.name)],
        _ => Vec::new(),
    }
}

//! `stale-dentry`: a name still leads where it led when the process last looked it up.
//!
//! Only the last component of a path: a directory on the way that is remembered wrongly is
//! `path-walk`, as long as the call lasts, and not explained by this.

use libc::{EEXIST, ESTALE};

use super::{Attempt, Move, Relaxation, ends};
use crate::model::{Found, Id, Name, Node, State};
use crate::ops::call::{ActsOn, Call, Lookup};
use crate::outcome::{Returned, Stat};
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "stale-dentry",
    summary: "A name still leads where it led, or nowhere, as when the process last looked it up.",
    page: include_str!("pages/stale-dentry.md"),
    class: Class::Documented,
    accepted: false,
    touches: |step| !step.call.lookups().is_empty(),
    begin,
    go_on: ends,
};

/// Where names led when processes last looked them up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Entries(Vec<Entry>);

/// A name that a process has looked up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Entry {
    process: usize,
    directory: Id,
    name: Name,
    /// What it led to, and what that looked like; `None`: it was not there.
    led_to: Option<(Id, Stat)>,
}

/// The step with one of its names leading where it led before.
fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    let mut moves = Vec::new();
    for lookup in attempt.step.call.lookups() {
        let Some((directory, name, now)) = last(attempt, attempt.state, &lookup) else { continue };
        let entries = attempt.memory.entries.0.iter();
        let mut mine = entries.filter(|one| one.process == attempt.who.process());
        let Some(entry) = mine.find(|one| (one.directory, one.name) == (directory, name)) else {
            continue;
        };
        let led_to = entry.led_to.as_ref();
        if led_to.map(|(inode, _)| *inode) == now {
            continue;
        }
        let gone = led_to.filter(|(inode, _)| !is_there(attempt.state, *inode));
        match gone {
            Some((_, stat)) if remembered(attempt, &lookup, stat) => {
                moves.push(Move::returns(None))
            }
            Some(_) => {}
            None => {
                let inode = led_to.map(|(inode, _)| *inode);
                moves.extend(through(attempt, &lookup, directory, name, inode));
            }
        }
    }
    moves
}

/// Where a path of the call leads: to a name in a directory, and what that stands for.
fn last(attempt: &Attempt<'_>, state: &State, lookup: &Lookup) -> Option<(Id, Name, Option<Id>)> {
    let base = state.base(&attempt.who, lookup.place.at)?;
    let path = attempt.who.path(lookup.place.name);
    match state.walk(&attempt.who, base, path, lookup.follow) {
        Ok(Found::Entry { parent, name, inode }) => Some((parent, name, inode)),
        _ => None,
    }
}

fn is_there(state: &State, inode: Id) -> bool {
    state.inodes.binary_search_by_key(&inode, |one| one.id).is_ok()
}

/// Whether the step shows a file that is gone: as it was, as being in the way, or by ESTALE.
fn remembered(attempt: &Attempt<'_>, lookup: &Lookup, stat: &Stat) -> bool {
    match (&attempt.step.call, attempt.seen) {
        (Call::Stat(_), Returned::Stat(seen)) => seen == stat,
        (Call::Access(_), Returned::Done) => true,
        (_, Returned::Failed(errno)) => {
            let errno = i32::from(*errno);
            errno == ESTALE || errno == EEXIST && lookup.acts_on == ActsOn::Entry
        }
        _ => false,
    }
}

/// The step with the name leading to another file that is there, or to none.
fn through(
    attempt: &Attempt<'_>,
    lookup: &Lookup,
    directory: Id,
    name: Name,
    inode: Option<Id>,
) -> Vec<Move> {
    // What makes or removes a name asks the server; so does an open that would make the file.
    let fails = matches!(attempt.seen, Returned::Failed(_));
    if !fails && lookup.acts_on != ActsOn::Inode {
        return Vec::new();
    }
    let now = attempt.state.entry(directory, name);
    let then = with_entry(attempt.state, directory, name, inode);
    let after = attempt.as_in(&then, attempt.who).into_iter();
    let moves = after.map(|after| {
        let after = after.filter(|_| !fails);
        Move::returns(after.map(|after| with_entry(&after, directory, name, now)))
    });
    moves.collect()
}

/// The state with a name standing for something else; link counts stay.
fn with_entry(state: &State, directory: Id, name: Name, inode: Option<Id>) -> State {
    let mut state = state.clone();
    if let Node::Directory { entries, .. } = &mut state.inode_mut(directory).node {
        let place = entries.binary_search_by_key(&name, |entry| entry.0);
        match (place, inode) {
            (Ok(place), Some(inode)) => entries[place].1 = inode,
            (Ok(place), None) => drop(entries.remove(place)),
            (Err(place), Some(inode)) => entries.insert(place, (name, inode)),
            (Err(_), None) => {}
        }
    }
    state
}

impl Entries {
    /// Takes in where the names of a step led, as far as their process looks them up `again`.
    pub(super) fn take_in(
        &mut self,
        attempt: &Attempt<'_>,
        after: &State,
        again: &[(usize, Name)],
    ) {
        let process = attempt.who.process();
        for lookup in attempt.step.call.lookups() {
            let Some((directory, name, inode)) = last(attempt, after, &lookup) else { continue };
            if !again.contains(&(process, name)) {
                continue;
            }
            let stat = |inode: Id| {
                let mut stat = attempt.who.program.stat(after, inode);
                attempt.terms.stat(&mut stat);
                stat
            };
            let led_to = inode.map(|inode| (inode, stat(inode)));
            let entry = Entry { process, directory, name, led_to };
            let key = |one: &Entry| (one.process, one.directory, one.name);
            match self.0.binary_search_by_key(&key(&entry), key) {
                Ok(place) => self.0[place] = entry,
                Err(place) => self.0.insert(place, entry),
            }
        }
    }
}

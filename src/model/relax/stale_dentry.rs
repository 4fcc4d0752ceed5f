//! `stale-dentry`: a name still leads where it led when the process last looked it up.
//!
//! Only the last component of a path: a directory on the way that is remembered wrongly is
//! `path-walk`, as long as the call lasts, and not explained by this.
//!
//! Where actors work in several client directories, it is these that remember.

use libc::{EEXIST, ENOENT, ESTALE};

use super::close_to_open::MAKER;
use super::{Attempt, Move, Relaxation, ends};
use crate::model::{Found, Id, Name, Node, Program, State, Terms};
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
    looks_up: true,
    touches: |step| !step.call.lookups().is_empty(),
    begin,
    go_on: ends,
};

/// Where names led when they were last looked up through a cache.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Entries(Vec<Entry>);

/// A name that was looked up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Entry {
    cache: usize,
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
        let mut mine = entries.filter(|one| one.cache == attempt.who.cache());
        let Some(entry) = mine.find(|one| (one.directory, one.name) == (directory, name)) else {
            continue;
        };
        let led_to = entry.led_to.as_ref();
        if led_to.map(|(inode, _)| *inode) == now {
            continue;
        }
        let gone = led_to.filter(|(inode, _)| !is_there(attempt.state, *inode));
        match gone {
            Some((_, stat)) if remembered(attempt, &lookup, stat, now) => {
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
fn remembered(attempt: &Attempt<'_>, lookup: &Lookup, stat: &Stat, now: Option<Id>) -> bool {
    match (&attempt.step.call, attempt.seen) {
        (Call::Stat(_), Returned::Stat(seen)) => seen == stat,
        (Call::Access(_), Returned::Done) => true,
        (_, Returned::Failed(errno)) => {
            let errno = i32::from(*errno);
            // An open that is told by the server that the file is gone, as the name is, leaves the
            // name remembered.
            errno == ESTALE
                || errno == ENOENT && now.is_none() && matches!(attempt.step.call, Call::Open(_))
                || errno == EEXIST && lookup.acts_on == ActsOn::Entry
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
    /// What is remembered before the first step: the fixture, by the client that it was made
    /// through, as far as its names are looked up `again`.
    pub(super) fn of_fixture(program: &Program, terms: &Terms, again: &[(usize, Name)]) -> Self {
        let mut entries = Self::default();
        let initial = &program.initial;
        let directories = initial.inodes.iter().filter(|inode| inode.is_directory());
        for directory in directories.filter(|_| program.spread) {
            for &(name, inode) in initial.entries(directory.id) {
                if again.contains(&(MAKER, name)) {
                    let mut stat = program.stat(initial, inode);
                    terms.stat(&mut stat);
                    let (directory, led_to) = (directory.id, Some((inode, stat)));
                    entries.put(Entry { cache: MAKER, directory, name, led_to });
                }
            }
        }
        entries
    }

    /// Takes in where the names of a step led, as far as its cache looks them up `again`.
    pub(super) fn take_in(
        &mut self,
        attempt: &Attempt<'_>,
        after: &State,
        again: &[(usize, Name)],
    ) {
        let cache = attempt.who.cache();
        for lookup in attempt.step.call.lookups() {
            let Some((directory, name, inode)) = last(attempt, after, &lookup) else { continue };
            if !again.contains(&(cache, name)) {
                continue;
            }
            let stat = |inode: Id| match (&attempt.step.call, attempt.seen) {
                // What a cache keeps is what it was told, right or not.
                (Call::Stat(_), Returned::Stat(told)) => told.clone(),
                _ => {
                    let mut stat = attempt.who.program.stat(after, inode);
                    attempt.terms.stat(&mut stat);
                    stat
                }
            };
            let led_to = inode.map(|inode| (inode, stat(inode)));
            self.put(Entry { cache, directory, name, led_to });
        }
    }

    fn put(&mut self, entry: Entry) {
        let key = |one: &Entry| (one.cache, one.directory, one.name);
        match self.0.binary_search_by_key(&key(&entry), key) {
            Ok(place) => self.0[place] = entry,
            Err(place) => self.0.insert(place, entry),
        }
    }
}

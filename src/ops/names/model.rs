//! Names in the model: unlink, mkdir, rename, link and their kin.

use libc::{EACCES, EBUSY, EEXIST, EINVAL, EISDIR, ENOENT, ENOTDIR, ENOTEMPTY, EPERM};

use super::{Link, Mkdir, Readlink, Rename, Symlink, Unlink};
use crate::model::{Found, Id, Name, Nexts, Node, Platform, State, Who};
use crate::ops::call::Place;
use crate::outcome::Returned;
use crate::scenario::RenameFlag;

/// Permission bits to change the entries of a directory.
const CHANGE: u16 = 0o300;
/// Permission bit of the owner: write.
const WRITE: u16 = 0o200;
/// Mode of symbolic links.
const SYMLINK_MODE: u16 = 0o777;

/// A name that a call is about.
#[derive(Clone, Copy)]
struct Entry {
    parent: Id,
    name: Name,
    inode: Option<Id>,
}

/// Where a call's path leads, without following a link at its end.
enum Target {
    /// Its directory descriptor is not open: nothing is called.
    Skipped,
    /// It leads nowhere.
    Failed(i32),
    /// To a directory by no name (an empty path).
    Base,
    Entry(Entry),
}

fn target(who: &Who<'_>, state: &State, which: usize, place: Place) -> Target {
    let Some(base) = state.base(who, place.at) else { return Target::Skipped };
    match state.resolve(who, which, base, who.path(place.name), false) {
        Err(errno) => Target::Failed(errno),
        Ok(Found::Base(_)) => Target::Base,
        Ok(Found::Entry { parent, name, inode }) => Target::Entry(Entry { parent, name, inode }),
    }
}

/// The entry that a call is about, or what becomes of the call.
fn entry(who: &Who<'_>, state: &State, place: Place, nexts: &mut Nexts) -> Option<Entry> {
    match target(who, state, 0, place) {
        Target::Skipped => nexts.stay(Returned::Skipped),
        Target::Failed(errno) => nexts.fail(&[errno]),
        Target::Base => nexts.fail(&[EBUSY, EINVAL, EEXIST, EISDIR]),
        Target::Entry(entry) => return Some(entry),
    }
    None
}

/// Whether an entry may be made in this directory.
fn may_make(who: &Who<'_>, state: &State, parent: Id) -> Result<(), i32> {
    if state.is_removed(parent) {
        return Err(ENOENT);
    }
    if who.may(state.inode(parent).mode, CHANGE) { Ok(()) } else { Err(EACCES) }
}

fn is_empty(state: &State, id: Id) -> bool {
    state.entries(id).is_empty()
}

impl Unlink {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let Some(entry) = entry(who, state, self.place, nexts) else { return };
        let Some(inode) = entry.inode else { return nexts.fail(&[ENOENT]) };
        if let Err(errno) = may_make(who, state, entry.parent) {
            return nexts.fail(&[errno]);
        }
        let is_directory = state.inode(inode).is_directory();
        match (self.directory, is_directory) {
            (true, false) => return nexts.fail(&[ENOTDIR]),
            (true, true) if !is_empty(state, inode) => return nexts.fail(&[ENOTEMPTY, EEXIST]),
            (false, true) if who.program.rules.platform == Platform::Linux => {
                // What Linux says, and what POSIX has (CATALOGUE 40).
                return nexts.fail(&[EISDIR, EPERM]);
            }
            (false, true) => return nexts.fail(&[EPERM]),
            _ => {}
        }
        let mut after = state.clone();
        after.remove(entry.parent, entry.name);
        nexts.go(after, Returned::Done);
    }
}

impl Mkdir {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let Some(entry) = entry(who, state, self.place, nexts) else { return };
        let node = Node::Directory { parent: entry.parent, entries: Vec::new(), removed: false };
        make(who, state, entry, node, self.mode as u16 & 0o777, nexts);
    }
}

impl Symlink {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let Some(entry) = entry(who, state, self.place, nexts) else { return };
        make(who, state, entry, Node::Symlink(who.link(self.target)), SYMLINK_MODE, nexts);
    }
}

fn make(who: &Who<'_>, state: &State, entry: Entry, node: Node, mode: u16, nexts: &mut Nexts) {
    if entry.inode.is_some() {
        return nexts.fail(&[EEXIST]);
    }
    if let Err(errno) = may_make(who, state, entry.parent) {
        return nexts.fail(&[errno]);
    }
    let mut after = state.clone();
    let made = after.make(who.site(), node, mode);
    after.enter(entry.parent, entry.name, made);
    nexts.go(after, Returned::Done);
}

impl Readlink {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let Some(entry) = entry(who, state, self.place, nexts) else { return };
        match entry.inode.map(|id| &state.inode(id).node) {
            None => nexts.fail(&[ENOENT]),
            Some(Node::Symlink(text)) => {
                nexts.stay(Returned::Text(who.program.text(*text).to_owned()));
            }
            Some(_) => nexts.fail(&[EINVAL]),
        }
    }
}

/// Both paths of a call; if either leads nowhere, any of their errnos may be returned. Each comes
/// with whether it must name something that is there.
fn both(
    who: &Who<'_>,
    state: &State,
    paths: [(Place, bool); 2],
    nexts: &mut Nexts,
) -> Option<(Entry, Entry)> {
    let mut errnos = Vec::new();
    let mut entries = Vec::new();
    let mut misses = false;
    for (which, (place, needed)) in paths.into_iter().enumerate() {
        match target(who, state, which, place) {
            Target::Skipped => {
                nexts.stay(Returned::Skipped);
                return None;
            }
            Target::Failed(errno) => errnos.push(errno),
            Target::Base => errnos.extend([EBUSY, EINVAL, EEXIST]),
            Target::Entry(entry) => {
                misses |= needed && entry.inode.is_none();
                entries.push(entry);
            }
        }
    }
    match entries.as_slice() {
        &[from, to] => Some((from, to)),
        _ => {
            // The other path may fail too, by its last component.
            errnos.extend(misses.then_some(ENOENT));
            nexts.fail(&errnos);
            None
        }
    }
}

impl Link {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let paths = [(self.from, true), (self.to, false)];
        let Some((from, to)) = both(who, state, paths, nexts) else { return };
        let mut errnos = Vec::new();
        match from.inode {
            None => errnos.push(ENOENT),
            Some(id) if state.inode(id).is_directory() => errnos.push(EPERM),
            // Looked up before its last name went: nothing is left to link.
            Some(id) if state.inode(id).names == 0 => errnos.push(ENOENT),
            Some(_) => {}
        }
        if to.inode.is_some() {
            errnos.push(EEXIST);
        } else if let Err(errno) = may_make(who, state, to.parent) {
            errnos.push(errno);
        }
        match from.inode {
            Some(inode) if errnos.is_empty() => {
                let mut after = state.clone();
                after.enter(to.parent, to.name, inode);
                nexts.go(after, Returned::Done);
            }
            _ => nexts.fail(&errnos),
        }
    }
}

impl Rename {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let paths = [(self.from, true), (self.to, self.exchanges())];
        let Some((from, to)) = both(who, state, paths, nexts) else { return };
        let errnos = self.errnos(who, state, from, to);
        let linux = who.program.rules.platform == Platform::Linux;
        // Its `..` changes: POSIX lets a system ask for the right to write it, Linux does
        // (rename(2), EACCES).
        let bound = self.new_parents(from, to).into_iter().any(|id| !may_move(who, state, id));
        if bound {
            nexts.fail(&[EACCES]);
        }
        let source = match from.inode {
            Some(source) if errnos.is_empty() => source,
            _ => return nexts.fail(&errnos),
        };
        if bound && linux {
            return;
        }
        if to.inode == Some(source) {
            // Two names of one file: POSIX has rename do nothing at all.
            return nexts.stay(Returned::Done);
        }
        let mut after = state.clone();
        if self.exchanges() {
            after.leave(from.parent, from.name);
            let other = after.leave(to.parent, to.name);
            after.enter(to.parent, to.name, source);
            other.into_iter().for_each(|other| after.enter(from.parent, from.name, other));
        } else {
            after.remove(to.parent, to.name);
            after.leave(from.parent, from.name);
            after.enter(to.parent, to.name, source);
        }
        nexts.go(after, Returned::Done);
    }

    fn exchanges(&self) -> bool {
        self.flag == Some(RenameFlag::Exchange)
    }

    /// What comes into another directory.
    fn new_parents(&self, from: Entry, to: Entry) -> Vec<Id> {
        if from.parent == to.parent || from.inode == to.inode {
            return Vec::new();
        }
        let back = to.inode.filter(|_| self.exchanges());
        from.inode.into_iter().chain(back).collect()
    }

    fn errnos(&self, who: &Who<'_>, state: &State, from: Entry, to: Entry) -> Vec<i32> {
        let exchange = self.exchanges();
        let mut errnos = Vec::new();
        let Some(source) = from.inode else {
            errnos.push(ENOENT);
            if self.flag == Some(RenameFlag::Noreplace) && to.inode.is_some() {
                errnos.push(EEXIST);
            }
            return errnos;
        };
        match (self.flag, to.inode) {
            (Some(RenameFlag::Noreplace), Some(_)) => errnos.push(EEXIST),
            (Some(RenameFlag::Exchange), None) => errnos.push(ENOENT),
            _ => {}
        }
        let source_is_directory = state.inode(source).is_directory();
        if source_is_directory && state.is_beneath(to.parent, source) {
            errnos.push(EINVAL);
        }
        if let Some(target) = to.inode.filter(|&target| target != source) {
            let target_is_directory = state.inode(target).is_directory();
            // The target holds the source: it cannot be empty, nor move into itself.
            let holds_source = target_is_directory && state.is_beneath(from.parent, target);
            if exchange {
                errnos.extend(holds_source.then_some(EINVAL));
            } else {
                match (source_is_directory, target_is_directory) {
                    (true, false) => errnos.push(ENOTDIR),
                    (false, true) => errnos.push(EISDIR),
                    _ => {}
                }
                if target_is_directory && !is_empty(state, target) {
                    // Which of the errnos that apply comes first is left open.
                    errnos.extend([ENOTEMPTY, EEXIST]);
                }
            }
        }
        // Linux looks whether both are one file before it asks for any right (rename(2), and
        // `vfs_rename`); POSIX has both the success and the error.
        let asks = to.inode != Some(source) || who.program.rules.platform != Platform::Linux;
        for parent in [from.parent, to.parent] {
            errnos.extend(may_make(who, state, parent).err().filter(|&it| asks || it != EACCES));
        }
        errnos
    }
}

/// Whether something may come into another directory.
fn may_move(who: &Who<'_>, state: &State, id: Id) -> bool {
    let inode = state.inode(id);
    !inode.is_directory() || who.may(inode.mode, WRITE)
}

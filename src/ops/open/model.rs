//! open, creat, close and dup in the model.

use libc::{
    EACCES, EEXIST, EINVAL, EISDIR, ELOOP, ENOENT, ENOTDIR, EPERM, O_ACCMODE, O_CREAT, O_DIRECTORY,
    O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY, c_int,
};

use super::{Dup, Open};
use crate::content::Runs;
use crate::model::{Found, Id, Nexts, Node, Program, Slot, State, Who};
use crate::ops::call::{ActsOn, Lookup, SlotId};
use crate::outcome::Returned;
use crate::plan::SharedPlan;

/// Permission bit of the owner: read.
const READ: u16 = 0o400;
/// Permission bit of the owner: write.
const WRITE: u16 = 0o200;
/// Permission bits to make an entry in a directory.
const MAKE: u16 = 0o300;

/// What opening a path comes to.
enum Opened {
    /// This file.
    File(Id),
    /// A file that is to be made here.
    New(Id, crate::model::Name),
    /// A file without a name, in this directory.
    Nameless,
}

impl Open {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let Some(base) = state.base(who, self.place.at) else {
            return nexts.stay(Returned::Skipped);
        };
        match self.find(who, state, base) {
            Err(errnos) => nexts.fail(&errnos),
            Ok(opened) => {
                let mut state = state.clone();
                let inode = self.make(who, &mut state, opened);
                let flags = self.flags as c_int;
                let description = state.open(who.site(), inode);
                let access = flags & O_ACCMODE;
                description.readable = access == O_RDONLY || access == O_RDWR;
                description.writable = access == O_WRONLY || access == O_RDWR;
                description.append = self.append;
                let slot =
                    Slot { description: description.id, tracked: !self.append, shared: false };
                put(who, &mut state, self.slot, slot);
                nexts.go(state, Returned::Done);
            }
        }
    }

    pub(in crate::ops) fn lookup(&self) -> Lookup {
        let exclusive = self.has(O_CREAT) && self.has(O_EXCL);
        Lookup {
            place: self.place,
            follow: self.is_nameless() || !self.has(O_NOFOLLOW) && !exclusive,
            acts_on: match (exclusive, self.has(O_CREAT)) {
                (true, _) => ActsOn::Entry,
                (false, true) => ActsOn::Either,
                (false, false) => ActsOn::Inode,
            },
        }
    }

    /// Whether the file must not be there.
    pub fn is_exclusive(&self) -> bool {
        self.has(O_CREAT) && self.has(O_EXCL)
    }

    fn has(&self, flag: c_int) -> bool {
        self.flags as c_int & flag == flag
    }

    fn writes(&self) -> bool {
        self.flags as c_int & O_ACCMODE != O_RDONLY
    }

    #[cfg(target_os = "linux")]
    fn is_nameless(&self) -> bool {
        self.has(libc::O_TMPFILE)
    }

    #[cfg(not(target_os = "linux"))]
    fn is_nameless(&self) -> bool {
        false
    }

    fn find(&self, who: &Who<'_>, state: &State, base: Id) -> Result<Opened, Vec<i32>> {
        let path = who.path(self.place.name);
        let fail = |errno: i32| vec![errno];
        if self.is_nameless() {
            let directory =
                state.resolve(who, 0, base, path, true).and_then(Found::inode).map_err(fail)?;
            if !state.inode(directory).is_directory() {
                return Err(vec![ENOTDIR]);
            }
            if state.is_removed(directory) {
                // Not in POSIX; ext4 says EPERM when the directory is being removed.
                return Err(vec![ENOENT, EPERM]);
            }
            if !who.may(state.inode(directory).mode, MAKE) {
                // Linux asks as if the file got a name there (`vfs_tmpfile`).
                return Err(vec![EACCES]);
            }
            return Ok(Opened::Nameless);
        }
        let creates = self.has(O_CREAT);
        let exclusive = creates && self.has(O_EXCL);
        if creates && self.has(O_DIRECTORY) {
            // Linux refuses it since 6.4, and made a plain file before.
            return Err(vec![EINVAL]);
        }
        let follow = !self.has(O_NOFOLLOW) && !exclusive;
        let found = state.resolve(who, 0, base, path, follow).map_err(fail)?;
        let (parent, name, inode) = match found {
            Found::Base(directory) => return self.existing(who, state, directory),
            Found::Entry { parent, name, inode } => (parent, name, inode),
        };
        match inode {
            Some(_) if exclusive => Err(vec![EEXIST]),
            Some(inode) => self.existing(who, state, inode),
            None if !creates => Err(vec![ENOENT]),
            None if state.is_removed(parent) => Err(vec![ENOENT]),
            None if !who.may(state.inode(parent).mode, MAKE) => Err(vec![EACCES]),
            None => Ok(Opened::New(parent, name)),
        }
    }

    fn existing(&self, who: &Who<'_>, state: &State, id: Id) -> Result<Opened, Vec<i32>> {
        let inode = state.inode(id);
        match inode.node {
            // Only reached where links are not followed.
            Node::Symlink(_) if self.has(O_DIRECTORY) => return Err(vec![ELOOP, ENOTDIR]),
            Node::Symlink(_) => return Err(vec![ELOOP]),
            Node::Directory { .. } if self.writes() || self.has(O_CREAT) || self.has(O_TRUNC) => {
                return Err(vec![EISDIR]);
            }
            Node::File(_) if self.has(O_DIRECTORY) => return Err(vec![ENOTDIR]),
            _ => {}
        }
        let reads = self.flags as c_int & O_ACCMODE != O_WRONLY;
        let writes = self.writes() || self.has(O_TRUNC);
        let wanted = if reads { READ } else { 0 } | if writes { WRITE } else { 0 };
        if who.may(inode.mode, wanted) { Ok(Opened::File(id)) } else { Err(vec![EACCES]) }
    }

    fn make(&self, who: &Who<'_>, state: &mut State, opened: Opened) -> Id {
        match opened {
            Opened::File(inode) => {
                if self.has(O_TRUNC) {
                    if let Node::File(content) = &mut state.inode_mut(inode).node {
                        *content = Runs::default();
                    }
                }
                inode
            }
            Opened::New(directory, name) => {
                let inode = self.new_file(who, state);
                state.enter(directory, name, inode);
                inode
            }
            Opened::Nameless => self.new_file(who, state),
        }
    }

    fn new_file(&self, who: &Who<'_>, state: &mut State) -> Id {
        let mode = self.mode as u16 & 0o777;
        state.make(who.site(), Node::File(Runs::default()), mode)
    }
}

/// Opens a shared descriptor in the initial state of a program; `None` if that cannot be done.
pub(crate) fn open_shared(program: &mut Program, shared: &SharedPlan, site: u16) -> Option<Id> {
    let path = program.names.path(&shared.path)?;
    let (&name, before) = path.0.split_last()?;
    let state = &mut program.initial;
    let mut directory = Id::ROOT;
    for &part in before {
        directory = state.entry(directory, part)?;
    }
    let flags = shared.flags as c_int;
    let inode = match state.entry(directory, name) {
        Some(inode) => inode,
        None if flags & O_CREAT != 0 => {
            let inode = state.make(site, Node::File(Runs::default()), 0o644);
            state.enter(directory, name, inode);
            inode
        }
        None => return None,
    };
    let node = &mut state.inode_mut(inode).node;
    match node {
        Node::File(content) if flags & O_TRUNC != 0 => *content = Runs::default(),
        Node::Symlink(_) => return None,
        _ => {}
    }
    let description = state.open(site, inode);
    description.readable = flags & O_ACCMODE != O_WRONLY;
    description.writable = flags & O_ACCMODE != O_RDONLY;
    description.append = flags & libc::O_APPEND != 0;
    Some(description.id)
}

/// Puts a descriptor into a slot, closing what was in it.
fn put(who: &Who<'_>, state: &mut State, slot: SlotId, new: Slot) {
    state.close(who.actor, slot.0, who.process());
    state.slots[who.actor][usize::from(slot.0)] = Some(new);
}

pub(in crate::ops) fn close(slot: SlotId, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
    if state.slot(who.actor, slot.0).is_none() {
        return nexts.stay(Returned::Skipped);
    }
    let mut state = state.clone();
    state.close(who.actor, slot.0, who.process());
    nexts.go(state, Returned::Done);
}

impl Dup {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let Some(from) = state.slot(who.actor, self.from.0) else {
            return nexts.stay(Returned::Skipped);
        };
        let mut state = state.clone();
        if let Some(slot) = &mut state.slots[who.actor][usize::from(self.from.0)] {
            slot.tracked = false;
        }
        let duplicate = Slot { description: from.description, tracked: false, shared: false };
        if self.from == self.to {
            // The old descriptor is closed only after the new one is there.
            state.slots[who.actor][usize::from(self.to.0)] = Some(duplicate);
        } else {
            put(who, &mut state, self.to, duplicate);
        }
        nexts.go(state, Returned::Done);
    }
}

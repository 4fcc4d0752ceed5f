//! Reads, writes, offsets and sizes in the model.

use libc::{EACCES, EBADF, EINVAL, EISDIR};

use super::{Fsync, Ftruncate, Lseek, Read, Truncate, Write};
use crate::content::Runs;
use crate::model::{Found, Id, Nexts, Node, Platform, State, Who};
use crate::outcome::Returned;
use crate::scenario::Whence;

/// Permission bit of the owner: write.
const WRITE: u16 = 0o200;

impl Read {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let Some(open) = state.opened(who.actor, self.slot.0) else {
            return nexts.stay(Returned::Skipped);
        };
        if !open.readable {
            return nexts.fail(&[EBADF]);
        }
        let Node::File(content) = &state.inode(open.inode).node else {
            // Linux looks at the offset first, and a scan that has come to its end leaves one to
            // which nothing can be added (ext4, btrfs).
            return nexts.fail(&[EISDIR, EINVAL]);
        };
        let from = self.offset.unwrap_or(open.offset);
        let read = content.slice(from, from.saturating_add(u64::from(self.len)));
        if self.offset.is_some() || read.is_empty() {
            return nexts.stay(Returned::Read(read));
        }
        let mut after = state.clone();
        after.description_mut(open.id).offset += read.len();
        nexts.go(after, Returned::Read(read));
    }
}

impl Write {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let Some(slot) = state.slot(who.actor, self.slot.0) else {
            return nexts.stay(Returned::Skipped);
        };
        let open = state.description(slot.description);
        if !open.writable {
            return nexts.fail(&[EBADF]);
        }
        // What the actor takes the offset to be decides which bytes it writes.
        let tagged_at = self.offset.unwrap_or(if slot.tracked { open.offset } else { 0 });
        let bytes = who.content(self.item, tagged_at);
        let Node::File(content) = &state.inode(open.inode).node else {
            return nexts.fail(&[EBADF, EINVAL, EISDIR]);
        };
        // Linux appends even what is written at a position, and documents it (pwrite(2), BUGS).
        let appends =
            open.append && (self.offset.is_none() || who.program.rules.platform == Platform::Linux);
        let at = if appends { content.len() } else { self.offset.unwrap_or(open.offset) };
        let written = content.overwritten(at, &bytes);
        let (inode, count) = (open.inode, bytes.len());
        let mut after = state.clone();
        if self.offset.is_none() && count > 0 {
            after.description_mut(slot.description).offset = at + count;
        }
        after.inode_mut(inode).node = Node::File(written);
        nexts.go(after, Returned::Wrote(count));
    }
}

impl Lseek {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let Some(open) = state.opened(who.actor, self.slot.0) else {
            return nexts.stay(Returned::Skipped);
        };
        let Node::File(content) = &state.inode(open.inode).node else {
            // Offsets of directories mean what the filesystem likes: `Program::new` refuses them
            // where it can tell, and nothing is known where it cannot.
            return nexts.stay(Returned::TooMuch);
        };
        let base = match self.whence {
            Whence::Set => 0,
            Whence::Cur => open.offset,
            Whence::End => content.len(),
        };
        let Some(to) = base.checked_add_signed(self.offset).filter(|&to| to <= i64::MAX as u64)
        else {
            return nexts.fail(&[EINVAL]);
        };
        if to == open.offset {
            return nexts.stay(Returned::Offset(to));
        }
        let mut after = state.clone();
        after.description_mut(open.id).offset = to;
        nexts.go(after, Returned::Offset(to));
    }
}

impl Truncate {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let path = who.path(self.name);
        match state.resolve(who, 0, Id::ROOT, path, true).and_then(Found::inode) {
            Err(errno) => nexts.fail(&[errno]),
            Ok(inode) => resize(who, state, inode, self.size, nexts),
        }
    }
}

fn resize(who: &Who<'_>, state: &State, id: Id, size: u64, nexts: &mut Nexts) {
    let inode = state.inode(id);
    let Node::File(content) = &inode.node else {
        return nexts.fail(&[EISDIR]);
    };
    if !who.may(inode.mode, WRITE) {
        return nexts.fail(&[EACCES]);
    }
    set_content(state, id, content.resized(size), nexts);
}

fn set_content(state: &State, id: Id, content: Runs, nexts: &mut Nexts) {
    let mut after = state.clone();
    after.inode_mut(id).node = Node::File(content);
    nexts.go(after, Returned::Done);
}

impl Ftruncate {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let Some(open) = state.opened(who.actor, self.slot.0) else {
            return nexts.stay(Returned::Skipped);
        };
        match &state.inode(open.inode).node {
            Node::File(content) if open.writable => {
                set_content(state, open.inode, content.resized(self.size), nexts);
            }
            // POSIX allows both.
            _ => nexts.fail(&[EBADF, EINVAL]),
        }
    }
}

impl Fsync {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let Some(open) = state.opened(who.actor, self.slot.0) else {
            return nexts.stay(Returned::Skipped);
        };
        nexts.stay(Returned::Done);
        if self.data && !open.writable {
            // POSIX asks fdatasync for a descriptor open for writing; few systems do.
            nexts.fail(&[EBADF]);
        }
        if state.inode(open.inode).is_directory() {
            nexts.fail(&[EINVAL]);
        }
    }
}

//! stat and its kin, access, modes and times in the model.

use libc::EACCES;

use super::{Access, Chmod, Fchmod, Stat, Utimens};
use crate::model::{Found, Id, Nexts, State, Who};
use crate::ops::call::{Place, SlotId};
use crate::outcome::Returned;
use crate::scenario::AccessMode;

/// What a path leads to, or what becomes of the call.
fn inode(
    who: &Who<'_>,
    state: &State,
    place: Place,
    follow: bool,
    nexts: &mut Nexts,
) -> Option<Id> {
    let Some(base) = state.base(who, place.at) else {
        nexts.stay(Returned::Skipped);
        return None;
    };
    match state.resolve(who, 0, base, who.path(place.name), follow).and_then(Found::inode) {
        Ok(id) => Some(id),
        Err(errno) => {
            nexts.fail(&[errno]);
            None
        }
    }
}

impl Stat {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        if let Some(id) = inode(who, state, self.place, self.follow, nexts) {
            nexts.stay(Returned::Stat(who.program.stat(state, id)));
        }
    }
}

pub(in crate::ops) fn fstat(slot: SlotId, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
    match state.opened(who.actor, slot.0) {
        None => nexts.stay(Returned::Skipped),
        Some(open) => nexts.stay(Returned::Stat(who.program.stat(state, open.inode))),
    }
}

impl Access {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let Some(id) = inode(who, state, self.place, true, nexts) else { return };
        let inode = state.inode(id);
        let allowed = match self.access {
            AccessMode::Exists => true,
            AccessMode::Read => who.may(inode.mode, 0o400),
            AccessMode::Write => who.may(inode.mode, 0o200),
            // Not even root may execute what nobody may; a directory it may always search.
            AccessMode::Execute if who.program.rules.privileged => {
                inode.is_directory() || inode.mode & 0o111 != 0
            }
            AccessMode::Execute => who.may(inode.mode, 0o100),
        };
        if allowed { nexts.stay(Returned::Done) } else { nexts.fail(&[EACCES]) }
    }
}

impl Chmod {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        if let Some(id) = inode(who, state, self.place, true, nexts) {
            set_mode(state, id, self.mode, nexts);
        }
    }
}

impl Fchmod {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        match state.opened(who.actor, self.slot.0) {
            None => nexts.stay(Returned::Skipped),
            Some(open) => set_mode(state, open.inode, self.mode, nexts),
        }
    }
}

fn set_mode(state: &State, id: Id, mode: u32, nexts: &mut Nexts) {
    let mut after = state.clone();
    after.inode_mut(id).mode = mode as u16 & 0o777;
    nexts.go(after, Returned::Done);
}

impl Utimens {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        // The caller owns the file, so that permission bits do not matter.
        if inode(who, state, self.place, true, nexts).is_some() {
            nexts.stay(Returned::Done);
        }
    }
}

pub(in crate::ops) fn futimens(slot: SlotId, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
    let open = state.opened(who.actor, slot.0).is_some();
    nexts.stay(if open { Returned::Done } else { Returned::Skipped });
}

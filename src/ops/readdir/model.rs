//! A whole scan of a directory in the model: at one moment.

use libc::{EACCES, EBADF, EINVAL, ENOENT, ENOTDIR};

use super::{Readdir, ScanOf};
use crate::model::{Found, Id, Nexts, State, Who};
use crate::outcome::Returned;

impl Readdir {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        match self.from {
            ScanOf::Place(place) => {
                let Some(base) = state.base(who, place.at) else {
                    return nexts.stay(Returned::Skipped);
                };
                let path = who.path(place.name);
                let found = state.resolve(who, 0, base, path, true).and_then(Found::inode);
                let directory = match found {
                    Ok(id) if !state.inode(id).is_directory() => return nexts.fail(&[ENOTDIR]),
                    Ok(id) => id,
                    Err(errno) => return nexts.fail(&[errno]),
                };
                if !who.may(state.inode(directory).mode, 0o400) {
                    return nexts.fail(&[EACCES]);
                }
                scan(who, state, directory, nexts);
            }
            ScanOf::Slot(slot) => {
                let Some(open) = state.opened(who.actor, slot.0) else {
                    return nexts.stay(Returned::Skipped);
                };
                if !open.readable {
                    return nexts.fail(&[EBADF, ENOTDIR]);
                }
                if !state.inode(open.inode).is_directory() {
                    return nexts.fail(&[ENOTDIR, EINVAL]);
                }
                scan(who, state, open.inode, nexts);
            }
        }
    }
}

fn scan(who: &Who<'_>, state: &State, directory: Id, nexts: &mut Nexts) {
    let names = state.entries(directory).iter().map(|(name, _)| who.program.names.text(*name));
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort_unstable();
    nexts.stay(Returned::Names(names));
    if state.is_removed(directory) {
        // Linux does not scan a directory that has been removed.
        nexts.fail(&[ENOENT]);
    }
}

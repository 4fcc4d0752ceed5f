//! Which files a step looks at, and what a step changes about which files.

use super::possible::Changes;
use crate::model::{Id, Inode, Node, State, Walking, Who};
use crate::ops::call::Call;

/// The file that a step reports on, at this moment.
pub(super) fn looks_at(
    call: &Call,
    who: &Who<'_>,
    state: &State,
    walking: Option<&Walking>,
) -> Option<Id> {
    match call {
        Call::Read(call) => state.opened(who.actor, call.slot.0).map(|open| open.inode),
        Call::Fstat(slot) => state.opened(who.actor, slot.0).map(|open| open.inode),
        Call::Stat(call) => match walking {
            Some(walking) => {
                let found = walking.leads_to(&Call::Stat(*call), who, state)?;
                found.first()?.ok()?.inode().ok()
            }
            None => {
                let base = state.base(who, call.place.at)?;
                let path = who.path(call.place.name);
                state.walk(who, base, path, call.follow).ok()?.inode().ok()
            }
        },
        _ => None,
    }
}

/// What differs between two states about each file.
pub(super) fn changes(before: &State, after: &State) -> Vec<(Id, Changes)> {
    let mut changed: Vec<(Id, Changes)> = Vec::new();
    let mut note = |id: Id, what: Changes| match changed.iter_mut().find(|(one, _)| *one == id) {
        Some((_, known)) => known.add(what),
        None => changed.push((id, what)),
    };
    let names = Changes { names: true, ..Changes::default() };
    for inode in &before.inodes {
        let Some(then) = find(after, inode.id) else {
            note(inode.id, names);
            continue;
        };
        if inode.mode != then.mode {
            note(inode.id, Changes { mode: true, ..Changes::default() });
        }
        match (&inode.node, &then.node) {
            (Node::File(before), Node::File(after)) if before != after => {
                note(inode.id, Changes { content: true, ..Changes::default() });
            }
            (Node::Directory { entries: before, .. }, Node::Directory { entries: after, .. })
                if before != after =>
            {
                note(inode.id, names);
                let moved = before.iter().filter(|entry| !after.contains(entry));
                let come = after.iter().filter(|entry| !before.contains(entry));
                moved.chain(come).for_each(|(_, id)| note(*id, names));
            }
            _ => {}
        }
    }
    changed
}

fn find(state: &State, id: Id) -> Option<&Inode> {
    let place = state.inodes.binary_search_by_key(&id, |inode| inode.id).ok()?;
    Some(&state.inodes[place])
}

//! States that differ only in what their files are called in the model, as one.
//!
//! A file is known by the step that made it, which is what outcomes of rounds are compared by. What
//! a single step can show does not depend on it.

use std::collections::HashMap;

use crate::model::{Id, Node, State, Walking};

/// New ids, in the order in which they are met.
#[derive(Default)]
struct Renamed {
    ids: HashMap<Id, Id>,
}

impl Renamed {
    /// Gives an id a new one; returns whether it had none.
    fn meet(&mut self, id: Id) -> bool {
        let next = Id { site: self.ids.len() as u16, copy: 0 };
        let before = self.ids.len();
        self.ids.entry(id).or_insert(next);
        self.ids.len() > before
    }

    fn or_itself(&self, id: Id) -> Id {
        self.ids.get(&id).copied().unwrap_or(id)
    }

    fn of(&self, id: Id) -> Id {
        // The parent of a removed directory may be gone, and then it does not matter.
        self.ids.get(&id).copied().unwrap_or(Id::ROOT)
    }
}

/// The state with its files and descriptions numbered in the order of their names and descriptors,
/// and the calls that are under way with the new numbers of what they have found.
pub(super) fn canonical(state: &State, walks: &[&Walking]) -> (State, Vec<Walking>) {
    let (mut files, mut opens) = (Renamed::default(), Renamed::default());
    let mut pending = vec![Id::ROOT];
    files.meet(Id::ROOT);
    while let Some(directory) = pending.pop() {
        for &(_, child) in state.entries(directory) {
            if files.meet(child) && state.inode(child).is_directory() {
                pending.push(child);
            }
        }
    }
    for slot in state.slots.iter().flatten().flatten() {
        if opens.meet(slot.description) {
            files.meet(state.description(slot.description).inode);
        }
    }
    // What calls under way hold: by the call, which is told by the site, and keeps it.
    for open in &state.descriptions {
        files.meet(open.inode);
    }
    state.inodes.iter().for_each(|inode| {
        files.meet(inode.id);
    });
    let walks = walks.iter().map(|walk| walk.renamed(|id| files.of(id)));
    (rename(state, &files, &opens), walks.collect())
}

fn rename(state: &State, files: &Renamed, opens: &Renamed) -> State {
    let mut after = state.clone();
    for inode in &mut after.inodes {
        inode.id = files.of(inode.id);
        if let Node::Directory { parent, entries, .. } = &mut inode.node {
            *parent = files.of(*parent);
            entries.iter_mut().for_each(|(_, child)| *child = files.of(*child));
        }
    }
    after.inodes.sort_unstable_by_key(|inode| inode.id);
    for open in &mut after.descriptions {
        open.id = opens.or_itself(open.id);
        open.inode = files.of(open.inode);
    }
    after.descriptions.sort_unstable_by_key(|open| open.id);
    for slot in after.slots.iter_mut().flatten().flatten() {
        slot.description = opens.of(slot.description);
    }
    for lock in &mut after.locks {
        lock.inode = files.of(lock.inode);
        lock.owner = lock.owner.renamed(|id| opens.of(id));
    }
    after.locks.sort_unstable();
    after
}

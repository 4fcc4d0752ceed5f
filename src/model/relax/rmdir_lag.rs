//! `rmdir-lag`: a directory is dead before its name is gone.

use super::{Attempt, Move, Pending, Relaxation};
use crate::model::{Id, Node, State};
use crate::ops::call::Call;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "rmdir-lag",
    summary: "A directory that is being removed is dead shortly before its name is gone.",
    page: include_str!("pages/rmdir-lag.md"),
    class: Class::Unspecified,
    accepted: false,
    looks_up: false,
    touches: |step| match &step.call {
        Call::Unlink(call) => call.directory,
        Call::Rename(_) => true,
        _ => false,
    },
    begin,
    go_on,
};

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    let mut moves = Vec::new();
    for after in attempt.at_once().into_iter().flatten() {
        for directory in dying(attempt.state, &after) {
            let mut state = attempt.state.clone();
            mark(&mut state, directory, true);
            moves.push(Move::goes_on(Some(state), Pending::Dead(directory)));
        }
    }
    moves
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let Pending::Dead(directory) = *pending else { return Vec::new() };
    let mut alive = attempt.state.clone();
    // The name is there as long: who wants to take it away waits. If it is not, this was not the call.
    if !alive.inodes.iter().any(|inode| inode.id == directory) {
        return Vec::new();
    }
    mark(&mut alive, directory, false);
    let all = attempt.as_in(&alive, attempt.who).into_iter().flatten();
    let removed = all.filter(|after| dying(&alive, after).contains(&directory));
    removed.map(|after| Move::returns(Some(after))).collect()
}

/// The directories that a call removes.
fn dying(before: &State, after: &State) -> Vec<Id> {
    let lives = |state: &State, id: Id| {
        let inode = state.inodes.iter().find(|inode| inode.id == id);
        inode.is_some_and(|inode| matches!(inode.node, Node::Directory { removed: false, .. }))
    };
    let all = before.inodes.iter().map(|inode| inode.id);
    all.filter(|&id| lives(before, id) && !lives(after, id)).collect()
}

fn mark(state: &mut State, directory: Id, dead: bool) {
    if let Node::Directory { removed, .. } = &mut state.inode_mut(directory).node {
        *removed = dead;
    }
}

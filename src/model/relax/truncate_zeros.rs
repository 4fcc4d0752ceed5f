//! `truncate-zeros`: a file that is being cut is seen with zeros before it is seen shorter.

use super::{Attempt, Move, Pending, Relaxation};
use crate::content::Runs;
use crate::model::{Id, Node};
use crate::ops::call::Call;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "truncate-zeros",
    summary: "A file that is being cut is seen with zeros before it is seen shorter.",
    page: include_str!("pages/truncate-zeros.md"),
    class: Class::Unspecified,
    accepted: false,
    looks_up: false,
    touches: |step| matches!(step.call, Call::Truncate(_) | Call::Ftruncate(_) | Call::Open(_)),
    begin,
    go_on,
};

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    let mut moves = Vec::new();
    for after in attempt.at_once().into_iter().flatten() {
        for (inode, kept) in cut(attempt, &after) {
            let Node::File(content) = &attempt.state.inode(inode).node else { continue };
            let zeros = Runs::zeros(content.len() - kept);
            let mut state = attempt.state.clone();
            state.inode_mut(inode).node = Node::File(content.overwritten(kept, &zeros));
            moves.push(Move::goes_on(Some(state), Pending::Looked));
        }
    }
    moves
}

/// The files that a step makes shorter, and how long they are then.
fn cut(attempt: &Attempt<'_>, after: &crate::model::State) -> Vec<(Id, u64)> {
    let shorter = attempt.state.inodes.iter().filter_map(|inode| {
        let new = after.inodes.iter().find(|one| one.id == inode.id)?;
        match (&inode.node, &new.node) {
            (Node::File(old), Node::File(new)) if new.len() < old.len() => {
                Some((inode.id, new.len()))
            }
            _ => None,
        }
    });
    shorter.collect()
}

fn go_on(attempt: &Attempt<'_>, _: &Pending) -> Vec<Move> {
    attempt.at_once().into_iter().map(Move::returns).collect()
}

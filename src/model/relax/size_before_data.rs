//! `size-before-data`: a file that a write makes longer is seen longer before the bytes are there.

use super::{Attempt, Move, Pending, Relaxation};
use crate::content::Runs;
use crate::model::Node;
use crate::ops::call::Call;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "size-before-data",
    summary: "A file that a write makes longer is seen with zeros where the bytes will be.",
    page: include_str!("pages/size-before-data.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: false,
    touches: |step| matches!(step.call, Call::Write(_)),
    begin,
    go_on,
};

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    let Call::Write(call) = &attempt.step.call else { return Vec::new() };
    let Some(open) = attempt.state.opened(attempt.who.actor, call.slot.0) else {
        return Vec::new();
    };
    let inode = open.inode;
    let mut moves = Vec::new();
    for after in attempt.at_once().into_iter().flatten() {
        let (Node::File(old), Node::File(new)) =
            (&attempt.state.inode(inode).node, &after.inode(inode).node)
        else {
            continue;
        };
        if new.len() > old.len() {
            let pending = Pending::Write { inode, at: 0, bytes: new.clone(), done: 0 };
            let mut state = after.clone();
            state.inode_mut(inode).node = Node::File(old.resized(new.len()));
            moves.push(Move::goes_on(Some(state), pending));
        }
    }
    moves
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let Pending::Write { inode, bytes, .. } = pending else { return Vec::new() };
    let mut state = attempt.state.clone();
    if let Node::File(content) = &mut state.inode_mut(*inode).node {
        // What others have put there meanwhile is not told from what is missing: the write comes
        // last.
        let end = content.len().max(bytes.len());
        let written: Runs = content.overwritten(0, bytes);
        *content = written.resized(end);
    }
    vec![Move::returns(Some(state))]
}

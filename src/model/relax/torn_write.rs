//! `torn-write`: others look at a file in the middle of one write, which no other write disturbs.

use super::mixed_write::{Piecemeal, begun};
use super::{Attempt, Move, Pending, Relaxation};
use crate::model::{Id, Node, State};
use crate::ops::call::Call;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "torn-write",
    summary: "A file is seen in the middle of one write, by more than a single read.",
    page: include_str!("pages/torn-write.md"),
    class: Class::Unspecified,
    accepted: false,
    looks_up: false,
    touches: |step| matches!(step.call, Call::Write(_)),
    begin,
    go_on,
};

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    begun(attempt, false).into_iter().map(|(state, write)| goes_on(state, write, 0)).collect()
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let Pending::WriteAlone { inode, at, bytes, done, left } = pending else { return Vec::new() };
    // What is not as this write left it, another has changed: but one waits for the other.
    if content(attempt.state, *inode) != Some(left) {
        return Vec::new();
    }
    let write = Piecemeal { inode: *inode, at: *at, bytes: bytes.clone() };
    let moves = write.further(attempt, *done).into_iter().map(|(state, done)| {
        if done == bytes.len() {
            Move::returns(Some(state))
        } else {
            goes_on(state, write.clone(), done)
        }
    });
    moves.collect()
}

fn goes_on(state: State, write: Piecemeal, done: u64) -> Move {
    let left = content(&state, write.inode).cloned().unwrap_or_default();
    let Piecemeal { inode, at, bytes } = write;
    Move::goes_on(Some(state), Pending::WriteAlone { inode, at, bytes, done, left })
}

fn content(state: &State, inode: Id) -> Option<&crate::content::Runs> {
    match &state.inode(inode).node {
        Node::File(content) => Some(content),
        _ => None,
    }
}

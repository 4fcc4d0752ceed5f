//! `mixed-write`: the bytes of one write get to the file at different moments.

use super::{Attempt, Move, Pending, Relaxation};
use crate::content::Runs;
use crate::model::{Id, Node, State};
use crate::ops::call::Call;
use crate::outcome::Returned;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "mixed-write",
    summary: "The bytes of one write get to the file at different moments: writes are mixed.",
    page: include_str!("pages/mixed-write.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: false,
    touches: |step| matches!(step.call, Call::Write(_)),
    begin,
    go_on,
};

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    // The place of an append is taken at once: losing it is another relaxation.
    let begun = begun(attempt, true).into_iter();
    let pending = |(state, Piecemeal { inode, at, bytes })| {
        Move::goes_on(Some(state), Pending::Write { inode, at, bytes, done: 0 })
    };
    begun.map(pending).collect()
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let Pending::Write { inode, at, bytes, done } = pending else { return Vec::new() };
    let write = Piecemeal { inode: *inode, at: *at, bytes: bytes.clone() };
    let further = write.further(attempt, *done).into_iter();
    let moves = further.map(|(state, done)| {
        if done == bytes.len() {
            return Move::returns(Some(state));
        }
        let Piecemeal { inode, at, bytes } = write.clone();
        Move::goes_on(Some(state), Pending::Write { inode, at, bytes, done })
    });
    moves.collect()
}

/// A write whose bytes are put down piece by piece, from the first to the last.
#[derive(Clone)]
pub(super) struct Piecemeal {
    pub(super) inode: Id,
    /// Where its first byte goes.
    pub(super) at: u64,
    pub(super) bytes: Runs,
}

/// The states in which a write has begun, and no byte is there yet. `grown`: of an append, the file is
/// as long already as it will be.
pub(super) fn begun(attempt: &Attempt<'_>, grown: bool) -> Vec<(State, Piecemeal)> {
    let Call::Write(call) = &attempt.step.call else { return Vec::new() };
    let Some(open) = attempt.state.opened(attempt.who.actor, call.slot.0) else {
        return Vec::new();
    };
    let inode = open.inode;
    let Node::File(before) = &attempt.state.inode(inode).node else { return Vec::new() };
    let at = match call.offset {
        Some(offset) if !open.append => offset,
        None if !open.append => open.offset,
        _ => before.len(),
    };
    let mut begun = Vec::new();
    for after in attempt.at_once().into_iter().flatten() {
        let Node::File(whole) = &after.inode(inode).node else { continue };
        let Returned::Wrote(count) = attempt.seen else { continue };
        let bytes: Runs = whole.slice(at, at + count);
        let now = if open.append && grown { before.resized(whole.len()) } else { before.clone() };
        let mut state = after.clone();
        state.inode_mut(inode).node = Node::File(now);
        begun.push((state, Piecemeal { inode, at, bytes }));
    }
    begun
}

impl Piecemeal {
    /// The states in which more than `done` bytes are there, and how many: up to any place at which
    /// something that was seen breaks off, or all.
    pub(super) fn further(&self, attempt: &Attempt<'_>, done: u64) -> Vec<(State, u64)> {
        let Self { inode, at, bytes } = self;
        let len = bytes.len();
        let ends = attempt.cuts.iter().flat_map(|&cut| [Some(cut), cut.checked_sub(*at)]).flatten();
        let mut ends: Vec<u64> = ends.filter(|end| done < *end && *end < len).collect();
        ends.push(len);
        ends.sort_unstable();
        ends.dedup();
        let with = |end: u64| {
            let mut state = attempt.state.clone();
            let piece = bytes.slice(done, end);
            if let Node::File(content) = &mut state.inode_mut(*inode).node {
                *content = content.overwritten(at + done, &piece);
            }
            (state, end)
        };
        ends.into_iter().map(with).collect()
    }
}

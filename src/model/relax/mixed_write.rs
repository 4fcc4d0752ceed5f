//! `mixed-write`: the bytes of one write get to the file at different moments.

use super::{Attempt, Move, Pending, Relaxation};
use crate::content::Runs;
use crate::model::Node;
use crate::ops::call::Call;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "mixed-write",
    summary: "The bytes of one write get to the file at different moments: writes are mixed.",
    page: include_str!("pages/mixed-write.md"),
    class: Class::Forbidden,
    accepted: false,
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
    let Node::File(before) = &attempt.state.inode(inode).node else { return Vec::new() };
    let at = match call.offset {
        Some(offset) if !open.append => offset,
        None if !open.append => open.offset,
        _ => before.len(),
    };
    let mut moves = Vec::new();
    for after in attempt.at_once().into_iter().flatten() {
        let Node::File(whole) = &after.inode(inode).node else { continue };
        let crate::outcome::Returned::Wrote(count) = attempt.seen else { continue };
        let bytes: Runs = whole.slice(at, at + count);
        // The place of an append is taken at once: losing it is another relaxation.
        let now = if open.append { before.resized(whole.len()) } else { before.clone() };
        let mut state = after.clone();
        state.inode_mut(inode).node = Node::File(now);
        moves.push(Move::goes_on(Some(state), Pending::Write { inode, at, bytes, done: 0 }));
    }
    moves
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let Pending::Write { inode, at, bytes, done } = pending else { return Vec::new() };
    let len = bytes.len();
    // Up to any place at which something that was seen breaks off, or to the end.
    let ends = attempt.cuts.iter().flat_map(|&cut| [Some(cut), cut.checked_sub(*at)]).flatten();
    let mut ends: Vec<u64> = ends.filter(|end| done < end && *end < len).collect();
    ends.push(len);
    ends.sort_unstable();
    ends.dedup();
    let mut moves = Vec::new();
    for end in ends {
        let mut state = attempt.state.clone();
        let piece = bytes.slice(*done, end);
        if let Node::File(content) = &mut state.inode_mut(*inode).node {
            *content = content.overwritten(at + done, &piece);
        }
        moves.push(if end == len {
            Move::returns(Some(state))
        } else {
            let pending =
                Pending::Write { inode: *inode, at: *at, bytes: bytes.clone(), done: end };
            Move::goes_on(Some(state), pending)
        });
    }
    moves
}

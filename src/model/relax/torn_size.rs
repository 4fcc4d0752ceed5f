//! `torn-size`: the size of a file is seen while one write changes it.

use super::{Attempt, Move, Pending, Relaxation};
use crate::model::{Id, Node};
use crate::ops::call::Call;
use crate::outcome::Returned;
use crate::report::Class;
use crate::scenario::Whence;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "torn-size",
    summary: "A size is seen that a file has only in the middle of one write.",
    page: include_str!("../../detect/pages/torn-size.md"),
    class: Class::Unspecified,
    accepted: false,
    looks_up: false,
    touches: |step| {
        matches!(
            step.call,
            Call::Write(_) | Call::Stat(_) | Call::Fstat(_) | Call::Read(_) | Call::Lseek(_)
        )
    },
    begin,
    go_on,
};

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    match &attempt.step.call {
        Call::Write(call) => {
            let Some(open) = attempt.state.opened(attempt.who.actor, call.slot.0) else {
                return Vec::new();
            };
            let low = length(attempt, open.inode);
            let after = attempt.at_once().into_iter().flatten().next();
            let high = after.map(|state| match &state.inode(open.inode).node {
                Node::File(content) => content.len(),
                _ => 0,
            });
            match (low, high) {
                (Some(low), Some(high)) if low < high => {
                    vec![Move::goes_on(None, Pending::Resize { inode: open.inode, low, high })]
                }
                _ => Vec::new(),
            }
        }
        Call::Stat(call) => {
            let inode = attempt.inode(call.place, call.follow);
            inode.map(|inode| in_between(attempt, inode)).unwrap_or_default()
        }
        Call::Fstat(slot) => {
            let open = attempt.state.opened(attempt.who.actor, slot.0);
            open.map(|open| in_between(attempt, open.inode)).unwrap_or_default()
        }
        // A seek from where the file ends for the moment.
        Call::Lseek(call) if call.whence == Whence::End => {
            let Some(open) = attempt.state.opened(attempt.who.actor, call.slot.0) else {
                return Vec::new();
            };
            let Returned::Offset(to) = *attempt.seen else { return Vec::new() };
            let Some((low, high)) = sizes(attempt.pending, open.inode) else { return Vec::new() };
            let end = to.checked_add_signed(call.offset.wrapping_neg());
            if !end.is_some_and(|end| low < end && end < high) {
                return Vec::new();
            }
            let mut state = attempt.state.clone();
            state.description_mut(open.id).offset = to;
            vec![Move::returns(Some(state))]
        }
        // A read that stops where the file ends for the moment.
        Call::Read(call) => {
            let Some(open) = attempt.state.opened(attempt.who.actor, call.slot.0) else {
                return Vec::new();
            };
            let Returned::Read(seen) = attempt.seen else { return Vec::new() };
            let from = call.offset.unwrap_or(open.offset);
            let written = attempt.pending.iter().flatten().find_map(|pending| match pending {
                Pending::Resize { inode, low, high } if *inode == open.inode => Some((*low, *high)),
                _ => None,
            });
            let ends = from + seen.len();
            let fits = written.is_some_and(|(low, high)| low < ends && ends < high);
            let Node::File(content) = &attempt.state.inode(open.inode).node else {
                return Vec::new();
            };
            let old = content.slice(from, ends);
            if !open.readable || !fits || seen.slice(0, old.len()) != old {
                return Vec::new();
            }
            // The new part is what the write puts there; the write itself is checked on its own.
            let mut state = attempt.state.clone();
            if call.offset.is_none() {
                state.description_mut(open.id).offset = ends;
            }
            vec![Move::returns(Some(state))]
        }
        _ => Vec::new(),
    }
}

fn go_on(attempt: &Attempt<'_>, _: &Pending) -> Vec<Move> {
    attempt.at_once().into_iter().map(Move::returns).collect()
}

/// A stat that is right but for a size between those before and after a write under way.
fn in_between(attempt: &Attempt<'_>, inode: Id) -> Vec<Move> {
    let Returned::Stat(seen) = attempt.seen else { return Vec::new() };
    let Some((low, high)) = sizes(attempt.pending, inode) else { return Vec::new() };
    let mut model = attempt.stat(inode);
    model.identity = seen.identity;
    model.size = seen.size;
    let between = seen.size.is_some_and(|size| low < size && size < high);
    if between && model == *seen { vec![Move::returns(None)] } else { Vec::new() }
}

/// Sizes between which a write under way may show the size of a file.
pub(super) fn sizes(pending: &[Option<Pending>], file: Id) -> Option<(u64, u64)> {
    pending.iter().flatten().find_map(|pending| match pending {
        Pending::Resize { inode, low, high } if *inode == file => Some((*low, *high)),
        _ => None,
    })
}

fn length(attempt: &Attempt<'_>, inode: Id) -> Option<u64> {
    match &attempt.state.inode(inode).node {
        Node::File(content) => Some(content.len()),
        _ => None,
    }
}

//! `append-split`: an append finds the end of the file at one moment and writes at a later one.

use super::{Attempt, Move, Pending, Relaxation};
use crate::model::{Description, Node, State};
use crate::ops::call::Call;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "append-split",
    summary: "Two appends find the same end of the file: one is written over the other.",
    page: include_str!("pages/append-split.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: false,
    touches: |step| matches!(step.call, Call::Write(_)),
    begin,
    go_on,
};

fn appending<'a>(attempt: &'a Attempt<'_>) -> Option<&'a Description> {
    let Call::Write(call) = &attempt.step.call else { return None };
    let open = attempt.state.opened(attempt.who.actor, call.slot.0)?;
    (open.append && open.writable).then_some(open)
}

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    let Some(open) = appending(attempt) else { return Vec::new() };
    match &attempt.state.inode(open.inode).node {
        Node::File(content) => vec![Move::goes_on(None, Pending::At(content.len()))],
        _ => Vec::new(),
    }
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let (Some(open), Pending::At(end)) = (appending(attempt), pending) else { return Vec::new() };
    let (id, inode) = (open.id, open.inode);
    let mut at_end: State = attempt.state.clone();
    let description = at_end.description_mut(id);
    // The same write to a file that is not for appending, at the end that was found.
    (description.append, description.offset) = (false, *end);
    let slot = at_end.slots[attempt.who.actor].iter_mut().flatten();
    slot.filter(|slot| slot.description == id).for_each(|slot| slot.tracked = false);
    let mut moves = attempt.finish_in(&at_end);
    for one in &mut moves {
        if let Some(state) = &mut one.state {
            state.description_mut(id).append = true;
            debug_assert!(matches!(state.inode(inode).node, Node::File(_)));
        }
    }
    moves
}

//! `nlink-lag`: a link count and the names change at different moments of one call.

use super::{Attempt, Move, Pending, Relaxation};
use crate::model::{Id, Program, State};
use crate::ops::call::Call;
use crate::outcome::Returned;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "nlink-lag",
    summary: "A link count changes shortly before or after the name that it counts.",
    page: include_str!("pages/nlink-lag.md"),
    class: Class::Unspecified,
    accepted: false,
    looks_up: false,
    touches: |step| {
        matches!(
            step.call,
            Call::Stat(_)
                | Call::Fstat(_)
                | Call::Link(_)
                | Call::Unlink(_)
                | Call::Rename(_)
                | Call::Mkdir(_)
        )
    },
    begin,
    go_on,
};

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    if let Returned::Stat(_) = attempt.seen {
        return stat(attempt);
    }
    let mut moves = Vec::new();
    for after in attempt.at_once().into_iter().flatten() {
        // What still has a name, or is open, can be looked at while its count is off.
        for change in changes(attempt.who.program, attempt.state, &after) {
            moves.push(Move::goes_on(
                None,
                Pending::Count { inode: change.0, ahead: change.1, done: false },
            ));
            if after.inodes.iter().any(|inode| inode.id == change.0) {
                let pending = Pending::Count { inode: change.0, ahead: -change.1, done: true };
                moves.push(Move::goes_on(Some(after.clone()), pending));
            }
        }
    }
    moves
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    match pending {
        Pending::Count { done: true, .. } => vec![Move::returns(None)],
        _ => attempt.at_once().into_iter().map(Move::returns).collect(),
    }
}

/// By how much a step changes the link counts of files and directories.
fn changes(program: &Program, before: &State, after: &State) -> Vec<(Id, i32)> {
    let count = |state: &State, id: Id| {
        let there = state.inodes.iter().any(|inode| inode.id == id);
        if there { program.stat(state, id).nlink as i32 } else { 0 }
    };
    let inodes = before.inodes.iter().map(|inode| inode.id);
    let changed = inodes.map(|id| (id, count(after, id) - count(before, id)));
    changed.filter(|(_, change)| *change != 0).collect()
}

/// A stat that is right but for calls under way that have changed the count or not yet.
fn stat(attempt: &Attempt<'_>) -> Vec<Move> {
    let Returned::Stat(seen) = attempt.seen else { return Vec::new() };
    let inode = match &attempt.step.call {
        Call::Stat(call) => attempt.inode(call.place, call.follow),
        Call::Fstat(slot) => attempt.state.opened(attempt.who.actor, slot.0).map(|open| open.inode),
        _ => None,
    };
    let Some(file) = inode else { return Vec::new() };
    let mut model = attempt.stat(file);
    let mut counts = vec![i64::from(model.nlink)];
    for pending in attempt.pending.iter().flatten() {
        if let Pending::Count { inode, ahead, .. } = pending {
            if *inode == file {
                // A directory loses its two links one after the other.
                let parts = (1..=ahead.abs()).map(|part| i64::from(part * ahead.signum()));
                let more = parts.flat_map(|part| counts.iter().map(move |one| one + part));
                let more: Vec<i64> = more.collect();
                counts.extend(more);
            }
        }
    }
    model.nlink = seen.nlink;
    if model == *seen && counts[1..].contains(&i64::from(seen.nlink)) {
        vec![Move::returns(None)]
    } else {
        Vec::new()
    }
}

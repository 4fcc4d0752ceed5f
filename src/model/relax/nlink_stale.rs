//! `nlink-stale`: a link count is not the present one.

use super::{Attempt, Move, Relaxation, ends};
use crate::ops::call::Call;
use crate::outcome::{Kind, Left, Returned};
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "nlink-stale",
    summary: "A stat, or the look at what is left, shows a link count that is not the present one.",
    page: include_str!("pages/nlink-stale.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: false,
    touches: |step| match step.call {
        Call::Stat(_) | Call::Fstat(_) => true,
        // They change a count that can be stale in the tree that is left.
        Call::Link(_) | Call::Unlink(_) | Call::Rename(_) => true,
        _ => false,
    },
    begin,
    go_on: ends,
};

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    let Returned::Stat(seen) = attempt.seen else { return Vec::new() };
    let inode = match &attempt.step.call {
        Call::Stat(call) => attempt.inode(call.place, call.follow),
        Call::Fstat(slot) => attempt.state.opened(attempt.who.actor, slot.0).map(|open| open.inode),
        _ => None,
    };
    let Some(inode) = inode else { return Vec::new() };
    let mut model = attempt.stat(inode);
    model.nlink = seen.nlink;
    // Which of the fixture's files it is, the terms may leave out.
    model.identity = seen.identity;
    if model == *seen { vec![Move::returns(None)] } else { Vec::new() }
}

/// Whether two trees are the same but for the link counts of files.
pub(super) fn is_same(model: &[Left], seen: &[Left]) -> bool {
    let same = |(model, seen): (&Left, &Left)| {
        let mut model = model.clone();
        if model.stat.kind != Kind::Directory {
            model.stat.nlink = seen.stat.nlink;
        }
        model == *seen
    };
    model.len() == seen.len() && model.iter().zip(seen).all(same)
}

//! `nlink-stale`: a link count is not the present one.

use super::{Attempt, Move, Relaxation, ends};
use crate::ops::call::Call;
use crate::outcome::Returned;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "nlink-stale",
    summary: "A stat shows a link count that is not the present one.",
    page: include_str!("pages/nlink-stale.md"),
    class: Class::Forbidden,
    accepted: false,
    touches: |step| matches!(step.call, Call::Stat(_) | Call::Fstat(_)),
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

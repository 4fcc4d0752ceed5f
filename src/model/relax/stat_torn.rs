//! `stat-torn`: the fields of one stat are from different moments.

use super::{Attempt, Move, Pending, Relaxation};
use crate::model::Id;
use crate::ops::call::Call;
use crate::outcome::Returned;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "stat-torn",
    summary: "The fields of one stat are from different moments.",
    page: include_str!("pages/stat-torn.md"),
    class: Class::Unspecified,
    accepted: false,
    looks_up: false,
    touches: |step| matches!(step.call, Call::Stat(_) | Call::Fstat(_)),
    begin,
    go_on,
};

/// All fields: mode, link count, size.
const ALL: u8 = 0b111;

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    let inode = match &attempt.step.call {
        Call::Stat(call) => attempt.inode(call.place, call.follow),
        Call::Fstat(slot) => attempt.state.opened(attempt.who.actor, slot.0).map(|open| open.inode),
        _ => None,
    };
    let Some(inode) = inode else { return Vec::new() };
    let mut state = attempt.state.clone();
    state.hold(attempt.site(), inode);
    let matched = matching(attempt, inode);
    vec![Move::goes_on(Some(state), Pending::Stat { inode, matched })]
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let Pending::Stat { inode, matched } = *pending else { return Vec::new() };
    let matched = matched | matching(attempt, inode);
    if matched != ALL {
        return vec![Move::goes_on(None, Pending::Stat { inode, matched })];
    }
    let mut state = attempt.state.clone();
    state.release(attempt.site());
    vec![Move::returns(Some(state))]
}

fn matching(attempt: &Attempt<'_>, inode: Id) -> u8 {
    let Returned::Stat(seen) = attempt.seen else { return 0 };
    let model = attempt.stat(inode);
    if model.kind != seen.kind {
        return 0;
    }
    u8::from(model.mode == seen.mode)
        | u8::from(model.nlink == seen.nlink) << 1
        | u8::from(model.size == seen.size) << 2
}

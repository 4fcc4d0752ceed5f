//! `rename-both`: for a moment, both names of a rename are there.

use super::{Attempt, Move, Pending, Relaxation};
use crate::model::{Found, Id, Name, State};
use crate::ops::call::{Call, Place};
use crate::outcome::Returned;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "rename-both",
    summary: "For a moment, both names of a rename are there.",
    page: include_str!("pages/rename-both.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: true,
    touches: |step| matches!(&step.call, Call::Rename(call) if call.flag.is_none()),
    begin,
    go_on,
};

fn entry(attempt: &Attempt<'_>, place: Place) -> Option<(Id, Name, Option<Id>)> {
    let base = attempt.state.base(&attempt.who, place.at)?;
    match attempt.state.walk(&attempt.who, base, attempt.who.path(place.name), false) {
        Ok(Found::Entry { parent, name, inode }) => Some((parent, name, inode)),
        _ => None,
    }
}

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    let Call::Rename(call) = &attempt.step.call else { return Vec::new() };
    let moves =
        *attempt.seen == Returned::Done && attempt.at_once().into_iter().flatten().next().is_some();
    let (Some(from), Some(to), true) = (entry(attempt, call.from), entry(attempt, call.to), moves)
    else {
        return Vec::new();
    };
    let Some(source) = from.2.filter(|&id| !attempt.state.inode(id).is_directory()) else {
        return Vec::new();
    };
    let mut state: State = attempt.state.clone();
    state.remove(to.0, to.1);
    state.enter(to.0, to.1, source);
    vec![Move::goes_on(Some(state), Pending::Opening(source))]
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let (Call::Rename(call), Pending::Opening(source)) = (&attempt.step.call, pending) else {
        return Vec::new();
    };
    let mut state = attempt.state.clone();
    // Somebody else may have taken the old name away, or put something else there.
    if let Some((parent, name, Some(inode))) = entry(attempt, call.from) {
        if inode == *source {
            state.remove(parent, name);
        }
    }
    vec![Move::returns(Some(state))]
}

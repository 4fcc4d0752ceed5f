//! `rename-gap`: the name that rename replaces is absent for a moment.

use super::{Attempt, Move, Pending, Relaxation};
use crate::model::Found;
use crate::ops::call::Call;
use crate::outcome::Returned;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "rename-gap",
    summary: "The name that rename replaces is absent for a moment.",
    page: include_str!("pages/rename-gap.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: true,
    touches: |step| matches!(&step.call, Call::Rename(_)),
    begin,
    go_on,
};

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    let Call::Rename(call) = &attempt.step.call else { return Vec::new() };
    if *attempt.seen != Returned::Done || attempt.at_once().into_iter().flatten().next().is_none() {
        return Vec::new();
    }
    let Some(base) = attempt.state.base(&attempt.who, call.to.at) else { return Vec::new() };
    let path = attempt.who.path(call.to.name);
    match attempt.state.walk(&attempt.who, base, path, false) {
        Ok(Found::Entry { parent, name, inode: Some(_) }) => {
            let mut state = attempt.state.clone();
            state.remove(parent, name);
            vec![Move::goes_on(Some(state), Pending::Rename)]
        }
        _ => Vec::new(),
    }
}

fn go_on(attempt: &Attempt<'_>, _: &Pending) -> Vec<Move> {
    attempt.at_once().into_iter().map(Move::returns).collect()
}

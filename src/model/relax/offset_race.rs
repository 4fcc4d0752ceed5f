//! `offset-race`: calls on one open file description begin at the same offset.

use super::{Attempt, Move, Pending, Relaxation};
use crate::model::Id;
use crate::ops::call::Call;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "offset-race",
    summary: "Two calls on one open file description begin at the same offset.",
    page: include_str!("pages/offset-race.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: false,
    touches: |step| match &step.call {
        Call::Read(call) => call.offset.is_none(),
        Call::Write(call) => call.offset.is_none(),
        _ => false,
    },
    begin,
    go_on,
};

fn description(attempt: &Attempt<'_>) -> Option<Id> {
    let slot = match &attempt.step.call {
        Call::Read(call) => call.slot,
        Call::Write(call) => call.slot,
        _ => return None,
    };
    attempt.state.opened(attempt.who.actor, slot.0).map(|open| open.id)
}

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    let Some(id) = description(attempt) else { return Vec::new() };
    vec![Move::goes_on(None, Pending::At(attempt.state.description(id).offset))]
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let (Some(id), Pending::At(offset)) = (description(attempt), pending) else {
        return Vec::new();
    };
    let mut state = attempt.state.clone();
    state.description_mut(id).offset = *offset;
    attempt.finish_in(&state)
}

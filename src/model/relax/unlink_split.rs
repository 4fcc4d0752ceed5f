//! `unlink-split`: looking whether a name is there and taking it away are not one moment.

use super::{Attempt, Move, Pending, Relaxation};
use crate::ops::call::Call;
use crate::outcome::Returned;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "unlink-split",
    summary: "Two calls that take the same name away both succeed.",
    page: include_str!("pages/unlink-split.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: false,
    touches: |step| matches!(step.call, Call::Unlink(_)),
    begin,
    go_on,
};

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    let possible = *attempt.seen == Returned::Done && !attempt.at_once().is_empty();
    if possible { vec![Move::goes_on(None, Pending::Looked)] } else { Vec::new() }
}

fn go_on(attempt: &Attempt<'_>, _: &Pending) -> Vec<Move> {
    let mut moves: Vec<Move> = attempt.at_once().into_iter().map(Move::returns).collect();
    if moves.is_empty() {
        // Gone meanwhile, and nobody is told.
        moves.push(Move::returns(None));
    }
    moves
}

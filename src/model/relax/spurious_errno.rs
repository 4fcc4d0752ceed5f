//! `spurious-errno`: a call fails for no reason that POSIX knows, and changes nothing.

use super::{Attempt, Move, Relaxation, ends};
use crate::outcome::Returned;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "spurious-errno",
    summary: "A call fails for no reason that POSIX knows, and changes nothing.",
    page: include_str!("pages/spurious-errno.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: false,
    touches: |step| !step.call.is_pause(),
    begin,
    go_on: ends,
};

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    match attempt.seen {
        Returned::Failed(_) => vec![Move::returns(None)],
        _ => Vec::new(),
    }
}

//! `scan-restart`: a scan whose place has gone starts over, or elsewhere.

use super::{Attempt, Move, Pending, Relaxation, readdir_live};
use crate::ops::call::Call;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "scan-restart",
    summary: "A scan starts over, or elsewhere, when the entry at which it would go on has gone.",
    page: include_str!("pages/scan-restart.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: false,
    touches: |step| matches!(step.call, Call::Readdir(_)),
    begin,
    go_on,
};

/// A scan that is not one moment, and for which entries count that go.
fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    let mut moves = readdir_live::begin(attempt);
    for one in &mut moves {
        if let Some(Pending::Scan { gone, .. }) = &mut one.pending {
            *gone = Some(0);
        }
    }
    moves
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let Pending::Scan { gone: Some(gone), .. } = pending else { return Vec::new() };
    readdir_live::ends(attempt, pending, usize::from(*gone))
}

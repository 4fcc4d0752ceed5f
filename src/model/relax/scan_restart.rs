//! `scan-restart`: a scan whose place has gone starts over.

use super::{Attempt, Move, Pending, Relaxation, readdir_live};
use crate::ops::call::Call;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "scan-restart",
    summary: "A scan starts over when the entry at which it would go on has gone.",
    page: include_str!("pages/scan-restart.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: false,
    touches: |step| matches!(step.call, Call::Readdir(_)),
    begin: readdir_live::begin,
    go_on,
};

/// As in a scan that is not one moment, but what was shown can come once more for each entry that has gone.
fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let Pending::Scan { gone, .. } = pending else { return Vec::new() };
    readdir_live::ends(attempt, pending, usize::from(*gone))
}

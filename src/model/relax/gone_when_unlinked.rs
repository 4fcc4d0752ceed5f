//! `gone-when-unlinked`: an open descriptor stops working when the last name of its file goes.

use super::{Attempt, Move, Relaxation, ends};
use crate::content::Runs;
use crate::model::State;
use crate::outcome::Returned;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "gone-when-unlinked",
    summary: "An open descriptor stops working when the last name of its file goes.",
    page: include_str!("pages/gone-when-unlinked.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: false,
    touches: |step| step.call.uses_descriptor(),
    begin,
    go_on: ends,
};

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    if !unlinked(attempt.state, attempt.who.actor) {
        return Vec::new();
    }
    let broken = match attempt.seen {
        Returned::Failed(_) => true,
        Returned::Read(read) => *read == Runs::default(),
        Returned::Stat(stat) => stat.size == Some(0) || stat.nlink != 0,
        _ => false,
    };
    if broken { vec![Move::returns(None)] } else { Vec::new() }
}

/// Whether the actor has a descriptor of a file without names.
fn unlinked(state: &State, actor: usize) -> bool {
    let open = state.slots[actor].iter().flatten();
    let mut files = open.map(|slot| state.description(slot.description).inode);
    files.any(|inode| state.inode(inode).names == 0)
}

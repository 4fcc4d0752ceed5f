//! `link-refused`: a file cannot be linked while another of its names is being removed.

use libc::ENOENT;

use super::{Attempt, Move, Pending, Relaxation};
use crate::model::{Id, State};
use crate::ops::call::Call;
use crate::outcome::Returned;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "link-refused",
    summary: "A file cannot be linked while another of its names is being removed.",
    page: include_str!("pages/link-refused.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: false,
    touches: |step| matches!(step.call, Call::Link(_) | Call::Unlink(_) | Call::Rename(_)),
    begin,
    go_on,
};

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    if let Call::Link(_) = attempt.step.call {
        return link(attempt);
    }
    // The name has gone, and the call has not returned: for so long, the file may pass for one without a name.
    let after = attempt.at_once().into_iter().flatten();
    let counted = after.flat_map(|after| {
        let files = names(attempt.state, &after, |old, new| new > 0 && new < old);
        files.into_iter().map(move |file| (after.clone(), file))
    });
    counted.map(|(after, file)| Move::goes_on(Some(after), Pending::Counted(file))).collect()
}

fn go_on(_: &Attempt<'_>, _: &Pending) -> Vec<Move> {
    vec![Move::returns(None)]
}

/// A link that would be made but for the count of its file.
fn link(attempt: &Attempt<'_>) -> Vec<Move> {
    if *attempt.seen != Returned::Failed(ENOENT as u16) {
        return Vec::new();
    }
    let made = Attempt { seen: &Returned::Done, ..*attempt };
    let is_counted = |file: &Id| {
        let mut pending = attempt.pending.iter().flatten();
        pending.any(|one| matches!(one, Pending::Counted(counted) if counted == file))
    };
    let refused = made.at_once().into_iter().flatten().any(|after| {
        // The count is too small by one at most.
        let linked = names(attempt.state, &after, |old, new| old == 1 && new > old);
        linked.iter().any(is_counted)
    });
    if refused { vec![Move::returns(None)] } else { Vec::new() }
}

/// The inodes whose number of names changes like this.
fn names(before: &State, after: &State, changes: impl Fn(u32, u32) -> bool) -> Vec<Id> {
    let both = before.inodes.iter().filter_map(|old| {
        let new = after.inodes.iter().find(|one| one.id == old.id)?;
        Some((old, new))
    });
    both.filter(|(old, new)| changes(old.names, new.names)).map(|(old, _)| old.id).collect()
}

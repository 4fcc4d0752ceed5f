//! `open-stale`: a call fails with ENOENT on a name that was replaced and never absent.

use libc::{ENOENT, ESTALE};

use super::{Attempt, Move, Pending, Relaxation};
use crate::ops::call::ActsOn;
use crate::outcome::Returned;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "open-stale",
    summary: "A call by path finds a file and fails because its name is replaced meanwhile.",
    page: include_str!("pages/open-stale.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: true,
    touches: |step| step.call.lookups().iter().any(|one| one.acts_on != ActsOn::Entry),
    begin,
    go_on,
};

fn failed(seen: &Returned) -> bool {
    [ENOENT, ESTALE].contains(&i32::from(seen.errno()))
}

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    if !failed(attempt.seen) {
        return Vec::new();
    }
    let lookups = attempt.step.call.lookups();
    let Some(lookup) = lookups.iter().find(|one| one.acts_on != ActsOn::Entry) else {
        return Vec::new();
    };
    let Some(inode) = attempt.inode(lookup.place, lookup.follow) else { return Vec::new() };
    let mut state = attempt.state.clone();
    state.hold(attempt.site(), inode);
    vec![Move::goes_on(Some(state), Pending::Opening(inode))]
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let Pending::Opening(inode) = *pending else { return Vec::new() };
    let lookups = attempt.step.call.lookups();
    let place = lookups.iter().find(|one| one.acts_on != ActsOn::Entry);
    let now = place.and_then(|one| attempt.inode(one.place, one.follow));
    // The name leads elsewhere by now.
    if now == Some(inode) || !failed(attempt.seen) {
        return Vec::new();
    }
    let mut state = attempt.state.clone();
    state.release(attempt.site());
    vec![Move::returns(Some(state))]
}

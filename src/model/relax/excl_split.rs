//! `excl-split`: looking whether a name is free and taking it are not one moment.

use super::{Attempt, Move, Pending, Relaxation};
use crate::model::{Found, Id, Name};
use crate::ops::call::{ActsOn, Call};
use crate::outcome::Returned;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "excl-split",
    summary: "Two calls that may make a name only once both succeed.",
    page: include_str!("pages/excl-split.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: true,
    touches: |step| match &step.call {
        Call::Mkdir(_) | Call::Link(_) | Call::Symlink(_) => true,
        Call::Rename(call) => call.flag == Some(crate::scenario::RenameFlag::Noreplace),
        Call::Open(_) => step.call.lookups().iter().any(|one| one.acts_on == ActsOn::Entry),
        _ => false,
    },
    begin,
    go_on,
};

/// The name that the call makes.
fn made(attempt: &Attempt<'_>) -> Option<(Id, Name, Option<Id>)> {
    let lookup = *attempt.step.call.lookups().last()?;
    let base = attempt.state.base(&attempt.who, lookup.place.at)?;
    match attempt.state.walk(&attempt.who, base, attempt.who.path(lookup.place.name), false) {
        Ok(Found::Entry { parent, name, inode }) => Some((parent, name, inode)),
        _ => None,
    }
}

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    let free = made(attempt).is_some_and(|(_, _, inode)| inode.is_none());
    if free && *attempt.seen == Returned::Done {
        vec![Move::goes_on(None, Pending::Looked)]
    } else {
        Vec::new()
    }
}

fn go_on(attempt: &Attempt<'_>, _: &Pending) -> Vec<Move> {
    let Some((parent, name, inode)) = made(attempt) else { return Vec::new() };
    if inode.is_none() {
        return attempt.at_once().into_iter().map(Move::returns).collect();
    }
    // Taken meanwhile: either what is there is replaced, or it is used as if this call had made it.
    let mut without = attempt.state.clone();
    without.remove(parent, name);
    let mut moves = attempt.finish_in(&without);
    if !matches!(attempt.step.call, Call::Open(_)) {
        moves.push(Move::returns(None));
    } else if let Some(inode) = inode {
        // The descriptor is on the file of the other one: what the open of a new file leads to,
        // with that file in its place.
        for after in attempt.as_in(&without, attempt.who).into_iter().flatten() {
            let mut state = attempt.state.clone();
            let site = attempt.who.site();
            let Some(new) = after.descriptions.iter().find(|one| {
                one.id.site == site && state.descriptions.iter().all(|old| old.id != one.id)
            }) else {
                continue;
            };
            let opened = state.open(site, inode);
            (opened.readable, opened.writable, opened.append) =
                (new.readable, new.writable, new.append);
            state.slots[attempt.who.actor] = after.slots[attempt.who.actor].clone();
            moves.push(Move::returns(Some(state)));
        }
    }
    moves
}

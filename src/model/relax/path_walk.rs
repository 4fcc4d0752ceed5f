//! `path-walk`: a path is not resolved, and what it leads to not acted on, at one moment.

use super::{Attempt, Move, Pending, Relaxation};
use crate::model::{Found, Id, Resolved, State, Who};
use crate::ops::call::{ActsOn, Lookup};
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "path-walk",
    summary: "Resolving a path and acting on what it leads to are not one moment.",
    page: include_str!("pages/path-walk.md"),
    class: Class::Unspecified,
    accepted: true,
    touches: |step| !step.call.lookups().is_empty(),
    begin,
    go_on,
};

/// Resolves the paths up to the directories that hold their last components.
fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    let mut found = Vec::new();
    for lookup in attempt.step.call.lookups() {
        let Some(base) = attempt.state.base(&attempt.who, lookup.place.at) else {
            return Vec::new();
        };
        let path = attempt.who.path(lookup.place.name);
        match attempt.state.walk(&attempt.who, base, path, lookup.follow) {
            Ok(one) => found.push(one),
            Err(_) => return Vec::new(),
        }
    }
    let mut state = attempt.state.clone();
    for one in &found {
        hold(attempt, &mut state, *one);
    }
    vec![Move::goes_on(Some(state), Pending::Walk { found, looked_up: false })]
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let Pending::Walk { found, looked_up } = pending else { return Vec::new() };
    let lookups = attempt.step.call.lookups();
    let mut moves = Vec::new();
    let now: Vec<Found> = found.iter().map(|&one| again(attempt.state, one)).collect();
    if !looked_up {
        moves.extend(act(attempt, &lookups, &now));
        if lookups.iter().any(|lookup| lookup.acts_on != ActsOn::Entry) {
            let mut state = attempt.state.clone();
            for one in &now {
                hold(attempt, &mut state, *one);
            }
            moves.push(Move::goes_on(Some(state), Pending::Walk { found: now, looked_up: true }));
        }
        return moves;
    }
    // What was looked up stays; names that are made or removed are looked up once more.
    let keeps = |acts_on, there: bool| match acts_on {
        ActsOn::Inode => true,
        ActsOn::Entry => false,
        ActsOn::Either => there,
    };
    let chosen = lookups.iter().zip(found).zip(now).map(|((lookup, &then), now)| {
        let there = !matches!(then, Found::Entry { inode: None, .. });
        if keeps(lookup.acts_on, there) { then } else { now }
    });
    moves.extend(act(attempt, &lookups, &chosen.collect::<Vec<_>>()));
    moves
}

/// Makes the call with its paths leading there.
fn act(attempt: &Attempt<'_>, lookups: &[Lookup], found: &[Found]) -> Vec<Move> {
    let mut resolved = Vec::new();
    for (lookup, &found) in lookups.iter().zip(found) {
        let Some(base) = attempt.state.base(&attempt.who, lookup.place.at) else {
            return Vec::new();
        };
        resolved.push(Resolved { base, path: attempt.who.path(lookup.place.name), found });
    }
    let who = Who { resolved: &resolved, ..attempt.who };
    let after = attempt.as_in(attempt.state, who);
    let released = after.into_iter().map(|after| {
        let mut state = after.unwrap_or_else(|| attempt.state.clone());
        state.release(attempt.site());
        Move::returns(Some(state))
    });
    released.collect()
}

/// Where a last component leads at this moment.
fn again(state: &State, found: Found) -> Found {
    match found {
        Found::Base(_) => found,
        Found::Entry { parent, name, .. } => {
            Found::Entry { parent, name, inode: state.entry(parent, name) }
        }
    }
}

/// Keeps what a path leads to while the call is under way.
fn hold(attempt: &Attempt<'_>, state: &mut State, found: Found) {
    let held: Vec<Id> = match found {
        Found::Base(directory) => vec![directory],
        Found::Entry { parent, inode, .. } => std::iter::once(parent).chain(inode).collect(),
    };
    for inode in held {
        state.hold(attempt.site(), inode);
    }
}

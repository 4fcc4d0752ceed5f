//! `path-walk`: a path is not resolved, and what it leads to not acted on, at one moment.

use super::{Attempt, Move, Pending, Relaxation};
use crate::model::{State, Walking, Who};
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "path-walk",
    summary: "Resolving a path and acting on what it leads to are not one moment.",
    page: include_str!("pages/path-walk.md"),
    class: Class::Unspecified,
    accepted: true,
    looks_up: true,
    touches: |step| !step.call.lookups().is_empty(),
    begin,
    go_on,
};

/// Resolves the first component.
fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    further(attempt, &Walking::default()).into_iter().collect()
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let Pending::Walk(walking) = pending else { return Vec::new() };
    let mut moves = act(attempt, walking);
    moves.extend(further(attempt, walking));
    moves
}

/// Resolves one more component, and what that is stays.
fn further(attempt: &Attempt<'_>, walking: &Walking) -> Option<Move> {
    let walking = walking.step(&attempt.step.call, &attempt.who, attempt.state)?;
    let mut state = attempt.state.clone();
    state.hold_only(attempt.site(), walking.held());
    Some(Move::goes_on(Some(state), Pending::Walk(walking)))
}

/// Makes the call, with what is left of its paths resolved at this moment.
fn act(attempt: &Attempt<'_>, walking: &Walking) -> Vec<Move> {
    let known = walking.leads_to(&attempt.step.call, &attempt.who, attempt.state);
    let Some(resolved) = known else { return Vec::new() };
    let who = Who { resolved: &resolved, ..attempt.who };
    let after = attempt.as_in(attempt.state, who);
    let released = after.into_iter().map(|after| {
        let mut state: State = after.unwrap_or_else(|| attempt.state.clone());
        state.release(attempt.site());
        Move::returns(Some(state))
    });
    released.collect()
}

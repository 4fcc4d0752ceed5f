//! `path-walk`: a path is not resolved, and what it leads to not acted on, at one moment.

use super::{Attempt, Move, Pending, Relaxation};
use crate::model::{Found, State, Walking, Who, resolved};
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
    let walking = Walking::begin(&attempt.step.call, &attempt.who, attempt.state);
    walking.into_iter().map(|walking| goes_on(attempt, walking)).collect()
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let Pending::Walk(walking) = pending else { return Vec::new() };
    let call = &attempt.step.call;
    let mut moves = act(attempt, &walking.leads_to(call, attempt.state));
    let settled = walking.look_up(call, attempt.state);
    moves.extend(settled.map(|walking| goes_on(attempt, walking)));
    moves
}

/// The call goes on, and what its paths lead to stays.
fn goes_on(attempt: &Attempt<'_>, walking: Walking) -> Move {
    let mut state = attempt.state.clone();
    for inode in walking.held() {
        state.hold(attempt.site(), inode);
    }
    Move::goes_on(Some(state), Pending::Walk(walking))
}

/// Makes the call with its paths leading there.
fn act(attempt: &Attempt<'_>, found: &[Found]) -> Vec<Move> {
    let known = resolved(&attempt.step.call, &attempt.who, attempt.state, found);
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

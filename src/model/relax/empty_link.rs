//! `empty-link`: a symbolic link is empty before it is gone.

use super::{Attempt, Move, Pending, Relaxation};
use crate::model::{Id, Node, Program, State};
use crate::ops::call::Call;
use crate::outcome::Returned;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "empty-link",
    summary: "A symbolic link that is being removed leads to the directory in which it is.",
    page: include_str!("pages/empty-link.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: false,
    touches: |step| matches!(step.call, Call::Unlink(_) | Call::Rename(_)),
    begin,
    go_on,
};

/// Takes the text away from the link that the call is going to remove.
fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    if *attempt.seen != Returned::Done {
        return Vec::new();
    }
    let after = attempt.at_once().into_iter().flatten();
    let removed: Vec<Id> = after.filter_map(|after| removed(attempt.state, &after)).collect();
    let emptied = removed.into_iter().map(|link| {
        let mut state = attempt.state.clone();
        state.inode_mut(link).node = Node::Symlink(Program::EMPTY_LINK);
        Move::goes_on(Some(state), Pending::Emptied(link))
    });
    emptied.collect()
}

/// Removes that link.
fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let Pending::Emptied(link) = *pending else { return Vec::new() };
    let after = attempt.at_once().into_iter().flatten();
    let gone = after.filter(|after| removed(attempt.state, after) == Some(link));
    gone.map(|after| Move::returns(Some(after))).collect()
}

/// The symbolic link that has lost its last name.
fn removed(before: &State, after: &State) -> Option<Id> {
    let links = before.inodes.iter().filter(|one| matches!(one.node, Node::Symlink(_)));
    let mut named = links.filter(|one| one.names > 0).map(|one| one.id);
    named.find(|id| !after.inodes.iter().any(|one| one.id == *id && one.names > 0))
}

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
    looks_up: true,
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
    let emptied = after.filter_map(|after| {
        let link = removed(attempt.state, &after)?;
        let mut state = attempt.state.clone();
        let empty = Node::Symlink(Program::EMPTY_LINK);
        match std::mem::replace(&mut state.inode_mut(link).node, empty) {
            Node::Symlink(text) => Some(Move::goes_on(Some(state), Pending::Emptied(link, text))),
            _ => None,
        }
    });
    emptied.collect()
}

/// Removes that link, and finds its way as if nothing had happened.
fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let Pending::Emptied(link, text) = *pending else { return Vec::new() };
    let mut state = attempt.state.clone();
    let Some(inode) = state.inodes.iter_mut().find(|one| one.id == link) else {
        return Vec::new();
    };
    inode.node = Node::Symlink(text);
    let mut moves = attempt.finish_in(&state);
    moves.retain(|made| made.state.as_ref().and_then(|after| removed(&state, after)) == Some(link));
    moves
}

/// The symbolic link that has lost its last name.
fn removed(before: &State, after: &State) -> Option<Id> {
    let links = before.inodes.iter().filter(|one| matches!(one.node, Node::Symlink(_)));
    let mut named = links.filter(|one| one.names > 0).map(|one| one.id);
    named.find(|id| !after.inodes.iter().any(|one| one.id == *id && one.names > 0))
}

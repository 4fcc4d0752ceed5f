//! One request after another: the single critical section that makes each of them atomic.

use super::callers::Callers;
use super::drops::Drops;
use super::fault::Behaviour;
use super::request::{Answer, Outcome, Request, Who};
use super::tree::Tree;
use std::sync::{Mutex, PoisonError};

pub(super) struct Server {
    state: Mutex<State>,
}

struct State {
    tree: Tree,
    callers: Callers,
    drops: Drops,
    behaviour: Box<dyn Behaviour>,
}

impl Server {
    pub(super) fn new(tree: Tree, behaviour: Box<dyn Behaviour>) -> Self {
        let (callers, drops) = (Callers::default(), Drops::default());
        Self { state: Mutex::new(State { tree, callers, drops, behaviour }) }
    }

    pub(super) fn answer(&self, who: Who, request: &Request<'_>) -> Outcome {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { tree, callers, drops, behaviour } = &mut *state;
        let dropped = Drops::foresee(request, tree);
        let mut outcome = match behaviour.before(request, tree) {
            Some(outcome) => outcome,
            None => match callers.intercept(who.tid, request, tree) {
                Some(outcome) => outcome,
                None => tree.apply(who, request),
            },
        };
        behaviour.after(request, tree, &mut outcome);
        // The kernel holds a reference to the inode of every entry that reaches it, so references
        // are counted on the answer as it leaves, after a fault may have changed it.
        if let Ok(Answer::Entry(attr) | Answer::Created { attr, .. }) = &outcome {
            tree.remember(attr.ino);
        }
        callers.note(who.tid, request, &outcome);
        drops.note(who, dropped.filter(|_| outcome.is_ok()));
        if let Ok(Answer::Entry(attr)) = &mut outcome {
            attr.nlink += drops.pending(attr.ino);
        }
        outcome
    }
}

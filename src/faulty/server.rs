//! One request after another: the single critical section that makes each of them atomic, and
//! which only a fault that is said to come in two halves leaves between them.

use super::callers::Callers;
use super::fault::{Behaviour, Turn};
use super::request::{Answer, Outcome, RangeLock, Request, Who};
use super::tree::Tree;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

pub(super) struct Server {
    state: Mutex<State>,
}

struct State {
    tree: Tree,
    callers: Callers,
    behaviour: Box<dyn Behaviour>,
}

impl Server {
    pub(super) fn new(tree: Tree, behaviour: Box<dyn Behaviour>) -> Self {
        Self { state: Mutex::new(State { tree, callers: Callers::default(), behaviour }) }
    }

    pub(super) fn answer(&self, who: Who, request: &Request<'_>) -> Outcome {
        let mut state = self.lock();
        let State { tree, behaviour, .. } = &mut *state;
        let mut turn = behaviour.before(who, request, tree);
        while let Turn::Later(wait, rest) = turn {
            drop(state);
            thread::sleep(wait);
            state = self.lock();
            turn = rest(&mut state.tree);
        }
        let State { tree, callers, behaviour } = &mut *state;
        let mut outcome = match turn {
            Turn::Answer(outcome) => outcome,
            _ => match callers.intercept(who, request, tree) {
                Some(outcome) => outcome,
                None => tree.apply(who, request),
            },
        };
        behaviour.after(who, request, tree, &mut outcome);
        // The kernel holds a reference to the inode of every entry that reaches it, so references
        // are counted on the answer as it leaves, after a fault may have changed it.
        if let Ok(Answer::Entry(attr) | Answer::Created { attr, .. }) = &outcome {
            tree.remember(attr.ino);
        }
        callers.note(who.tid, request, &outcome);
        outcome
    }

    /// Nobody waits for this lock any more.
    pub(super) fn stop_waiting(&self, lock: &RangeLock) {
        self.lock().tree.stop_waiting(lock);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

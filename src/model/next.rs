//! Where a step can lead.

use super::state::State;
use crate::outcome::Returned;

/// One thing that a step can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// The state after it; `None` if the step changes nothing.
    pub state: Option<State>,
    /// What it returns.
    pub returned: Returned,
}

/// Everything that a step can do. Nothing at all: it waits.
#[derive(Debug, Default)]
pub struct Nexts(pub Vec<Next>);

impl Nexts {
    /// It can fail, with any of these errnos.
    pub fn fail(&mut self, errnos: &[i32]) {
        for &errno in errnos {
            self.stay(Returned::Failed(errno as u16));
        }
    }

    /// It can return this, and changes nothing.
    pub fn stay(&mut self, returned: Returned) {
        let next = Next { state: None, returned };
        if !self.0.contains(&next) {
            self.0.push(next);
        }
    }

    /// It can return this, with this state after it.
    pub fn go(&mut self, state: State, returned: Returned) {
        self.0.push(Next { state: Some(state), returned });
    }
}

//! A program under way: where each actor stands, and the state of the filesystem.

use super::next::Nexts;
use super::program::{Program, Who};
use super::state::State;
use crate::outcome::Returned;
use crate::plan::{AGAIN, StepId};

/// Where an actor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    /// The step that comes next; [`AGAIN`] when it is done.
    pub step: StepId,
    /// How often it has made that step already.
    pub repeated: u32,
}

impl Position {
    /// Done with the round.
    pub const DONE: Self = Self { step: AGAIN, repeated: 0 };
}

/// A program under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// One per actor; never at a pause.
    pub positions: Vec<Position>,
    /// The filesystem.
    pub state: State,
}

impl World {
    /// Whether all actors are done.
    pub fn is_done(&self) -> bool {
        self.positions.iter().all(|position| *position == Position::DONE)
    }
}

impl Program {
    /// The start of a round.
    pub fn start(&self) -> World {
        let first = |actor| self.settle(actor, Position { step: 0, repeated: 0 });
        World { positions: (0..self.actors()).map(first).collect(), state: self.initial.clone() }
    }

    /// Everything that the next step of an actor can do now. Nothing: it is done, or waits for a
    /// lock.
    pub fn nexts(&self, world: &World, actor: usize, nexts: &mut Nexts) {
        let position = world.positions[actor];
        if position != Position::DONE {
            let who = Who::new(self, actor, position.step);
            self.step(actor, position.step).call.apply(&who, &world.state, nexts);
        }
    }

    /// Where an actor stands after its step has returned this.
    pub fn advance(&self, position: Position, actor: usize, returned: &Returned) -> Position {
        let step = self.step(actor, position.step);
        let again = Position { step: position.step, repeated: position.repeated + 1 };
        let to = match returned {
            // As in the engine: nothing was called, so nothing is repeated or branched on.
            Returned::Skipped => Some(step.next),
            _ => step.on.jump(returned.errno()),
        };
        match to {
            Some(to) => self.settle(actor, Position { step: to, repeated: 0 }),
            None if again.repeated < step.repeat => again,
            None => self.settle(actor, Position { step: step.next, repeated: 0 }),
        }
    }

    /// The world after an actor's step has done this.
    pub fn after(&self, world: &World, actor: usize, next: &super::Next) -> World {
        let mut positions = world.positions.clone();
        positions[actor] = self.advance(positions[actor], actor, &next.returned);
        let state = next.state.as_ref().unwrap_or(&world.state).clone();
        World { positions, state }
    }

    /// Skips pauses, and makes every end of a round the same.
    pub(super) fn settle(&self, actor: usize, mut position: Position) -> Position {
        while position.step != AGAIN && self.step(actor, position.step).call.is_pause() {
            position.step = self.step(actor, position.step).next;
        }
        if position.step == AGAIN { Position::DONE } else { position }
    }
}

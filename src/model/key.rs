//! Keys of outcomes: 128 bits that do not depend on the order in which the actors' steps are met.
//!
//! The key is the sum over all steps of a hash of the actor, the step, how often it was made before
//! and what it returned, and of a hash of the tree that is left. No step is made twice in a round
//! but for its repetitions, and the order of an actor's steps follows from its program; so
//! outcomes of one program have equal keys exactly if they are equal, up to a chance of about
//! 2⁻¹²⁸ for each pair. Keys mean nothing outside the process that made them.

use std::hash::{BuildHasher, Hash};

use foldhash::quality::FixedState;

use super::program::Program;
use super::world::Position;
use crate::outcome::{Left, Outcome, Returned};
use crate::plan::StepId;

/// The key of an outcome, or of a part of it.
pub type Key = u128;

/// A hash of 128 bits.
pub(in crate::model) fn hash(value: &impl Hash) -> Key {
    let half = |seed: u64| u128::from(FixedState::with_seed(seed).hash_one(value));
    half(1) << 64 | half(2)
}

/// The share of a step that is made for the first time.
pub(super) fn first_share(actor: usize, step: StepId, returned: &Returned) -> Key {
    hash(&(actor as u16, step, returned))
}

/// The share of the same step made again, with this result, after it was `repeated`.
pub(super) fn share(first: Key, repeated: u32) -> Key {
    // Odd factors keep every bit.
    first.wrapping_mul(2 * u128::from(repeated) + 1)
}

/// The share of the tree that is left.
pub(super) fn left_share(left: &[Left]) -> Key {
    hash(&left)
}

/// Where an actor's history departs from its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Astray {
    /// Index of the actor.
    pub actor: usize,
    /// Index of the step in its history; one more than there are if it ends early.
    pub index: usize,
}

/// Per actor, where it stands before each of its steps, and at the end.
///
/// # Errors
/// [`Astray`], if what an actor made are not the steps that its program leads to.
pub(super) fn all_positions(
    program: &Program,
    outcome: &Outcome,
) -> Result<Vec<Vec<Position>>, Astray> {
    if outcome.actors.len() != program.actors() {
        return Err(Astray { actor: outcome.actors.len().min(program.actors()), index: 0 });
    }
    let starts = program.start().positions;
    let mut all = Vec::with_capacity(starts.len());
    for (actor, mut position) in starts.into_iter().enumerate() {
        let history = &outcome.actors[actor];
        let mut positions = Vec::with_capacity(history.len() + 1);
        for (index, done) in history.iter().enumerate() {
            if position == Position::DONE || position.step != done.step {
                return Err(Astray { actor, index });
            }
            positions.push(position);
            position = program.advance(position, actor, &done.returned);
        }
        if position != Position::DONE {
            return Err(Astray { actor, index: history.len() });
        }
        positions.push(position);
        all.push(positions);
    }
    Ok(all)
}

/// The key of an outcome that is in the terms of the model.
///
/// # Errors
/// [`Astray`], if an actor did not follow its program.
pub(super) fn key(program: &Program, outcome: &Outcome) -> Result<Key, Astray> {
    let all = all_positions(program, outcome)?;
    let mut key = left_share(&outcome.left);
    for (actor, (history, positions)) in outcome.actors.iter().zip(all).enumerate() {
        for (done, position) in history.iter().zip(positions) {
            let first = first_share(actor, done.step, &done.returned);
            key = key.wrapping_add(share(first, position.repeated));
        }
    }
    Ok(key)
}

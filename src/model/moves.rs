//! What each step can do in each state, worked out once.
//!
//! Interleavings meet the same states over and over, at different positions of the other actors.
//! So states are numbered, and what a step does in a state is looked up.

use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet, HashTable};

use super::next::Nexts;
use super::program::{Program, Who};
use super::state::State;
use super::terms::Terms;
use crate::outcome::Returned;
use crate::plan::StepId;

/// Number of a state, in the order in which they were met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateId(u32);

/// One thing that a step can do in a state.
#[derive(Clone, Debug)]
pub struct Move {
    /// What it returns.
    pub returned: Returned,
    /// The state after it.
    pub to: StateId,
}

/// The states that were met, and what steps do in them.
#[derive(Debug)]
pub struct Moves {
    states: Vec<State>,
    numbers: HashTable<u32>,
    all: Vec<Move>,
    known: HashMap<(StateId, u16, StepId), (u32, u32), FixedState>,
    terms: Option<Terms>,
    nexts: Nexts,
    hasher: FixedState,
}

impl Moves {
    /// Nothing but the initial state, [`Moves::INITIAL`].
    pub fn new(program: &Program) -> Self {
        let mut moves = Self {
            states: Vec::new(),
            numbers: HashTable::new(),
            all: Vec::new(),
            known: HashMap::default(),
            terms: None,
            nexts: Nexts::default(),
            hasher: FixedState::default(),
        };
        moves.number(program.initial.clone());
        moves
    }

    /// The initial state of the program.
    pub const INITIAL: StateId = StateId(0);

    /// A state by its number.
    pub fn state(&self, id: StateId) -> &State {
        &self.states[id.0 as usize]
    }

    /// All states that were met.
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// Puts what is returned into these terms: what is known already, and what comes.
    pub fn put_into(&mut self, terms: Terms) {
        self.all.iter_mut().for_each(|one| terms.returned(&mut one.returned));
        self.terms = Some(terms);
    }

    /// One of them.
    pub fn get(&self, index: usize) -> &Move {
        &self.all[index]
    }

    /// All of them, by index.
    pub fn all(&self) -> &[Move] {
        &self.all
    }

    /// What a step can do in a state, as indices for [`Moves::get`]. None: it waits.
    pub fn of(
        &mut self,
        program: &Program,
        state: StateId,
        actor: usize,
        step: StepId,
    ) -> Range<usize> {
        let place = (state, actor as u16, step);
        if let Some(&(from, to)) = self.known.get(&place) {
            return from as usize..to as usize;
        }
        let from = self.all.len();
        let mut nexts = std::mem::take(&mut self.nexts);
        let who = Who::new(program, actor, step);
        program.step(actor, step).call.apply(&who, self.state(state), &mut nexts);
        for next in nexts.0.drain(..) {
            let to = next.state.map_or(state, |state| self.number(state));
            let mut returned = next.returned;
            if let Some(terms) = &self.terms {
                terms.returned(&mut returned);
            }
            self.all.push(Move { returned, to });
        }
        self.nexts = nexts;
        self.known.insert(place, (from as u32, self.all.len() as u32));
        from..self.all.len()
    }

    /// How many steps succeed in some state that was met.
    pub fn succeeding(&self) -> usize {
        let succeeds = |&(from, to): &(u32, u32)| {
            let made = &self.all[from as usize..to as usize];
            made.iter().any(|one| !matches!(one.returned, Returned::Failed(_) | Returned::Skipped))
        };
        let steps = self.known.iter().filter(|(_, made)| succeeds(made));
        let steps: HashSet<(u16, StepId), FixedState> =
            steps.map(|(&(_, actor, step), _)| (actor, step)).collect();
        steps.len()
    }

    fn number(&mut self, state: State) -> StateId {
        let hash = self.hasher.hash_one(&state);
        let known = self.numbers.find(hash, |&id| self.states[id as usize] == state);
        if let Some(&id) = known {
            return StateId(id);
        }
        let id = self.states.len() as u32;
        self.states.push(state);
        let (hasher, states) = (&self.hasher, &self.states);
        let rehash = |&id: &u32| hasher.hash_one(&states[id as usize]);
        self.numbers.insert_unique(hash, id, rehash);
        StateId(id)
    }
}

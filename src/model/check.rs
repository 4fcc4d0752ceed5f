//! Whether an interleaving explains an outcome that was observed.
//!
//! A search in depth: only steps that return what was observed are taken, and what has led
//! nowhere once (how far each actor is, and the state) is not tried again. With times, a step may
//! only be taken when no step that came before it in real time is left: linearizability, after
//! Wing and Gong (1993), with the memory that Lowe (2017) added, as in Porcupine.
//!
//! A step that changes nothing is taken as soon as it can return what was observed, and nothing
//! else is tried then: an interleaving in which it comes later stays one if it comes now.

use foldhash::fast::FixedState;
use hashbrown::HashSet;

use super::key::{self, Astray, Key};
use super::moves::{Moves, StateId};
use super::program::Program;
use super::terms::Terms;
use super::world::Position;
use crate::outcome::{Interval, Outcome, Returned, precedes};

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// This order explains everything: the actor of each step, and the index in its history.
    Allowed(Vec<(usize, usize)>),
    /// No order does.
    Forbidden(Stuck),
    /// The search took more worlds than it may.
    GaveUp,
}

/// How far an outcome can be explained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stuck {
    /// An order of as many steps as can be explained: actor, and index in its history.
    pub explained: Vec<(usize, usize)>,
    /// The steps that could come next, none of which can return what was observed. None: the
    /// steps are explained, but not the tree that is left.
    pub unexplained: Vec<(usize, usize)>,
}

/// When the steps of an outcome were made.
#[derive(Clone, Copy, Debug)]
pub struct Times<'a> {
    /// Per actor, in the order of its history.
    pub steps: &'a [Vec<Interval>],
    /// What the clocks can be wrong by, in ticks.
    pub error: u64,
}

/// Looks for an order that explains an outcome, which is in `terms`, as `moves` are. With `times`,
/// the order must agree with them. Looks at no more than `limit` worlds.
pub fn check(
    program: &Program,
    moves: &mut Moves,
    terms: &Terms,
    outcome: &Outcome,
    times: Option<Times<'_>>,
    limit: usize,
) -> Checked {
    match Search::new(program, outcome, times) {
        Ok(mut search) => search.run(moves, terms, limit),
        Err(Astray { actor, index }) => {
            Checked::Forbidden(Stuck { explained: Vec::new(), unexplained: vec![(actor, index)] })
        }
    }
}

/// Steps that can be taken next, not yet tried.
type Choices = Vec<(usize, StateId)>;

struct Search<'a> {
    program: &'a Program,
    outcome: &'a Outcome,
    times: Option<Times<'a>>,
    /// Per actor, where it stands before each step, and at the end.
    positions: Vec<Vec<Position>>,
    /// Per actor, how many of its steps are taken.
    taken: Vec<usize>,
    order: Vec<(usize, usize)>,
    /// Worlds that were looked at.
    visited: HashSet<(Key, StateId), FixedState>,
    best: Option<Stuck>,
}

impl<'a> Search<'a> {
    fn new(
        program: &'a Program,
        outcome: &'a Outcome,
        times: Option<Times<'a>>,
    ) -> Result<Self, Astray> {
        Ok(Self {
            program,
            outcome,
            times,
            positions: key::all_positions(program, outcome)?,
            taken: vec![0; program.actors()],
            order: Vec::new(),
            visited: HashSet::default(),
            best: None,
        })
    }

    fn run(&mut self, moves: &mut Moves, terms: &Terms, limit: usize) -> Checked {
        // A number for how far all actors are: each step adds the weight of its actor.
        let weights: Vec<Key> = (0..self.taken.len()).map(|actor| key::hash(&actor)).collect();
        let mut far: Key = 0;
        let mut path: Vec<Choices> = Vec::new();
        let mut state = Moves::INITIAL;
        loop {
            if self.visited.insert((far, state)) {
                if self.visited.len() > limit {
                    return Checked::GaveUp;
                }
                if self.is_explained() && self.left_matches(moves, terms, state) {
                    return Checked::Allowed(std::mem::take(&mut self.order));
                }
                let choices = self.choices(moves, state);
                if choices.is_empty() {
                    self.note_stuck();
                }
                path.push(choices);
            } else {
                self.back(&weights, &mut far);
            }
            let next = loop {
                match path.last_mut().map(Vec::pop) {
                    Some(Some(next)) => break next,
                    Some(None) => {
                        path.pop();
                        self.back(&weights, &mut far);
                    }
                    None => return Checked::Forbidden(self.best.take().unwrap_or_default()),
                }
            };
            let (actor, to) = next;
            self.order.push((actor, self.taken[actor]));
            self.taken[actor] += 1;
            far = far.wrapping_add(weights[actor]);
            state = to;
        }
    }

    /// Takes the last step back.
    fn back(&mut self, weights: &[Key], far: &mut Key) {
        if let Some((actor, _)) = self.order.pop() {
            self.taken[actor] -= 1;
            *far = far.wrapping_sub(weights[actor]);
        }
    }

    fn is_explained(&self) -> bool {
        self.open().next().is_none()
    }

    /// The next step of each actor that is not done: actor, and index in its history.
    fn open(&self) -> impl Iterator<Item = (usize, usize)> {
        let next = self.taken.iter().copied().enumerate();
        next.filter(|&(actor, index)| index < self.outcome.actors[actor].len())
    }

    /// Those of them that no other one precedes in time.
    fn eligible(&self) -> impl Iterator<Item = (usize, usize)> {
        self.open().filter(|&(actor, index)| {
            let Some(Times { steps, error }) = self.times else { return true };
            let this = steps[actor][index];
            // Of each actor, its next step is the first to end.
            self.open()
                .all(|(other, at)| other == actor || !precedes(steps[other][at], this, error))
        })
    }

    /// What can be taken now, the best last.
    fn choices(&self, moves: &mut Moves, state: StateId) -> Choices {
        let mut choices = Vec::new();
        for (actor, index) in self.eligible() {
            let observed = &self.outcome.actors[actor][index].returned;
            let position = self.positions[actor][index];
            let call = &self.program.step(actor, position.step).call;
            let changes_nothing = call.only_looks()
                || *observed == Returned::Skipped
                || observed.errno() != 0 && !call.failure_changes();
            for made in moves.of(self.program, state, actor, position.step) {
                let made = moves.get(made);
                if !explains(&made.returned, observed) {
                    continue;
                }
                if changes_nothing {
                    return vec![(actor, made.to)];
                }
                if !choices.contains(&(actor, made.to)) {
                    choices.push((actor, made.to));
                }
            }
        }
        if let Some(Times { steps, .. }) = self.times {
            // What was called first most often came first.
            choices.sort_by_key(|&(actor, _)| {
                std::cmp::Reverse(steps[actor][self.taken[actor]].start)
            });
        }
        choices
    }

    fn left_matches(&self, moves: &Moves, terms: &Terms, state: StateId) -> bool {
        let mut left = self.program.left(moves.state(state));
        terms.left(&mut left);
        left == self.outcome.left
    }

    fn note_stuck(&mut self) {
        if self.best.as_ref().is_none_or(|best| best.explained.len() < self.order.len()) {
            let unexplained = self.eligible().collect();
            self.best = Some(Stuck { explained: self.order.clone(), unexplained });
        }
    }
}

/// Whether a step that the model lets return this can have been observed so.
pub(super) fn explains(returned: &Returned, observed: &Returned) -> bool {
    match (returned, observed) {
        // The model does not know.
        (Returned::TooMuch, _) => *observed != Returned::Skipped,
        (_, Returned::TooMuch) => returned.errno() == 0 && *returned != Returned::Skipped,
        _ => returned == observed,
    }
}

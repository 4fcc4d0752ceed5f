//! Every outcome that a small program is allowed, and how many interleavings lead to it.
//!
//! A world is where each actor stands and the state of the filesystem. Worlds are found first,
//! each once ([`Graph`]); then, from the last to the first, what can still follow from each
//! ([`Endings`]). What follows from the start are the outcomes.

mod endings;
mod graph;

use thiserror::Error;

use super::key::{self, Astray, Key};
use super::moves::Moves;
use super::program::Program;
use super::terms::Terms;
use super::world::Position;
use crate::outcome::{Done, Outcome};

use endings::Endings;
use graph::Graph;

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Worlds.
    pub worlds: usize,
    /// Outcomes, of the whole program and of what can follow from each of its worlds.
    pub outcomes: usize,
}

/// Inodes in all states together: some hundred MiB.
const INODES: usize = 4_000_000;

impl Limits {
    /// The limits for a program: where each state is large, fewer are looked at.
    #[must_use]
    pub fn of(self, program: &Program) -> Self {
        Self { worlds: at_most(self.worlds, program), ..self }
    }
}

/// Worlds that are looked at, where each state of a program is as large as its first.
pub fn at_most(worlds: usize, program: &Program) -> usize {
    worlds.min(INODES / program.initial.inodes.len().max(1))
}

impl Default for Limits {
    /// A fraction of a second, and about 100 MiB.
    fn default() -> Self {
        Self { worlds: 200_000, outcomes: 2_000_000 }
    }
}

/// A program has more worlds or outcomes than are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TooLarge {
    /// Worlds.
    #[error("more than {0} combinations of where the actors stand and what the files are")]
    Worlds(usize),
    /// Outcomes.
    #[error("more than {0} outcomes, counting what can follow from each point on the way")]
    Outcomes(usize),
}

/// A point at which nobody can go on, although not all actors are done: they wait for locks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Where each actor stands.
    pub positions: Vec<Position>,
}

/// All outcomes of a program.
#[derive(Debug)]
pub struct Explored {
    /// The terms that the outcomes are in.
    pub terms: Terms,
    /// What each step can do in each state.
    pub moves: Moves,
    graph: Graph,
    endings: Endings,
}

/// Explores a program.
///
/// # Errors
/// [`TooLarge`], if it has more worlds or outcomes than that.
pub fn explore(program: &Program, limits: Limits) -> Result<Explored, TooLarge> {
    let limits = limits.of(program);
    let mut moves = Moves::new(program);
    let graph = Graph::new(program, &mut moves, limits.worlds)?;
    let worlds =
        (0..graph.len()).map(|world| (graph.positions(world), moves.state(graph.state(world))));
    let terms = Terms::exact(program, moves.states(), worlds);
    moves.put_into(terms.clone());
    let endings = Endings::new(program, &graph, &moves, &terms, limits.outcomes)?;
    Ok(Explored { terms, moves, graph, endings })
}

impl Explored {
    /// The keys of all allowed outcomes, each with the number of interleavings that lead to it.
    /// Where POSIX leaves open which of several errnos is returned, each choice counts by itself.
    pub fn outcomes(&self) -> impl ExactSizeIterator<Item = (Key, u128)> {
        self.endings.of(Graph::START).iter().map(|ending| (ending.key, ending.count))
    }

    /// With how many interleavings an outcome is reached; 0 if it is not allowed. Takes time in
    /// proportion to the number of outcomes.
    pub fn count(&self, key: Key) -> u128 {
        let mut outcomes = self.outcomes();
        outcomes.find(|(known, _)| *known == key).map_or(0, |(_, count)| count)
    }

    /// Number of worlds.
    pub fn worlds(&self) -> usize {
        self.graph.len()
    }

    /// Where nobody can go on although not all are done.
    pub fn stopped(&self) -> Vec<Stopped> {
        let mut all: Vec<Stopped> = Vec::new();
        for world in 0..self.graph.len() {
            if self.graph.edges(world).is_empty() && !self.graph.is_done(world) {
                let stopped = Stopped { positions: self.graph.positions(world).to_vec() };
                if !all.contains(&stopped) {
                    all.push(stopped);
                }
            }
        }
        all
    }

    /// The key of an outcome that is in [`Explored::terms`].
    ///
    /// # Errors
    /// [`Astray`], if an actor did not follow its program: that no outcome does.
    pub fn key(&self, program: &Program, outcome: &Outcome) -> Result<Key, Astray> {
        key::key(program, outcome)
    }

    /// The outcome of a key; `None` if it is not allowed.
    pub fn witness(&self, program: &Program, key: Key) -> Option<Outcome> {
        let mut world = Graph::START;
        let mut rest = key;
        if !self.endings.contains(world, rest) {
            return None;
        }
        let mut outcome = Outcome { actors: vec![Vec::new(); program.actors()], left: Vec::new() };
        while !self.graph.is_done(world) {
            // What can follow is there, so an edge leads to it.
            let edge = self.graph.edges(world).iter().find(|edge| {
                let rest = rest.wrapping_sub(self.endings.share(edge));
                self.endings.contains(edge.to(), rest)
            })?;
            let actor = edge.actor();
            let returned = self.moves.get(edge.made()).returned.clone();
            let step = self.graph.positions(world)[actor].step;
            outcome.actors[actor].push(Done { step, returned });
            rest = rest.wrapping_sub(self.endings.share(edge));
            world = edge.to();
        }
        outcome.left = program.left(self.moves.state(self.graph.state(world)));
        self.terms.left(&mut outcome.left);
        Some(outcome)
    }
}

//! All worlds of a program, each once, and what leads from one to another.

use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::TooLarge;
use crate::model::moves::{Moves, StateId};
use crate::model::program::Program;
use crate::model::world::Position;

/// A step that an actor can make in a world.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    made: u32,
    to: u32,
    repeated: u32,
    actor: u16,
}

impl Edge {
    /// What it does: for [`Moves::get`].
    pub fn made(&self) -> usize {
        self.made as usize
    }

    /// The world that it leads to.
    pub fn to(&self) -> usize {
        self.to as usize
    }

    /// Who makes it.
    pub fn actor(&self) -> usize {
        usize::from(self.actor)
    }

    /// How often the actor has made the step before.
    pub fn repeated(&self) -> u32 {
        self.repeated
    }
}

/// The worlds, by the order in which they were met, and the steps between them.
#[derive(Debug, Default)]
pub struct Graph {
    actors: usize,
    /// `actors` for each world.
    positions: Vec<Position>,
    states: Vec<StateId>,
    /// For each world where its edges begin, and where the last ones end.
    first: Vec<u32>,
    edges: Vec<Edge>,
}

impl Graph {
    /// Where a round begins.
    pub const START: usize = 0;

    /// All worlds of a program, at most `limit`.
    pub fn new(program: &Program, moves: &mut Moves, limit: usize) -> Result<Self, TooLarge> {
        let mut graph = Self { actors: program.actors(), ..Self::default() };
        let mut numbers = Numbers::default();
        let mut positions = program.start().positions;
        numbers.number(&mut graph, &positions, Moves::INITIAL);
        let mut world = 0;
        while world < graph.len() {
            if graph.len() > limit {
                return Err(TooLarge::Worlds(limit));
            }
            graph.first.push(graph.edges.len() as u32);
            positions.copy_from_slice(graph.positions(world));
            for actor in 0..graph.actors {
                let position = positions[actor];
                if position == Position::DONE {
                    continue;
                }
                for made in moves.of(program, graph.states[world], actor, position.step) {
                    let next = moves.get(made);
                    positions[actor] = program.advance(position, actor, &next.returned);
                    let to = numbers.number(&mut graph, &positions, next.to);
                    let (made, repeated) = (made as u32, position.repeated);
                    graph.edges.push(Edge { made, to, repeated, actor: actor as u16 });
                }
                positions[actor] = position;
            }
            world += 1;
        }
        graph.first.push(graph.edges.len() as u32);
        Ok(graph)
    }

    /// Number of worlds.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Where the actors stand in a world.
    pub fn positions(&self, world: usize) -> &[Position] {
        &self.positions[world * self.actors..(world + 1) * self.actors]
    }

    /// The filesystem in a world.
    pub fn state(&self, world: usize) -> StateId {
        self.states[world]
    }

    /// What can happen in a world.
    pub fn edges(&self, world: usize) -> &[Edge] {
        &self.edges[self.first[world] as usize..self.first[world + 1] as usize]
    }

    /// Whether all actors are done in a world.
    pub fn is_done(&self, world: usize) -> bool {
        self.positions(world).iter().all(|position| *position == Position::DONE)
    }

    /// All worlds, each after those that follow from it.
    pub fn backwards(&self, program: &Program) -> Vec<u32> {
        let longest: Vec<Vec<u64>> =
            (0..self.actors).map(|actor| longest_ways(program, actor)).collect();
        let to_go = |world: usize| -> u64 {
            let positions = self.positions(world).iter().zip(&longest);
            let left = |(position, longest): (&Position, &Vec<u64>)| match *position {
                Position::DONE => 0,
                Position { step, repeated } => longest[usize::from(step)] - u64::from(repeated),
            };
            positions.map(left).sum()
        };
        let mut worlds: Vec<(u64, u32)> =
            (0..self.len()).map(|world| (to_go(world), world as u32)).collect();
        worlds.sort_unstable();
        worlds.into_iter().map(|(_, world)| world).collect()
    }
}

/// For each step of an actor, the most steps that it can still make from there.
fn longest_ways(program: &Program, actor: usize) -> Vec<u64> {
    let steps = program.steps(actor);
    let mut longest = vec![None; steps.len()];
    // Steps lead back nowhere, so that this ends.
    fn from(step: u16, steps: &[crate::plan::StepPlan], longest: &mut Vec<Option<u64>>) -> u64 {
        let Some(plan) = steps.get(usize::from(step)) else { return 0 };
        if let Some(known) = longest[usize::from(step)] {
            return known;
        }
        let on = &plan.on;
        let jumps = on.errno.iter().map(|&(_, to)| to).chain(on.ok).chain(on.error);
        let next = jumps.chain([plan.next]).map(|to| from(to, steps, longest)).max();
        let way = u64::from(plan.repeat.max(1)) + next.unwrap_or_default();
        longest[usize::from(step)] = Some(way);
        way
    }
    (0..steps.len()).map(|step| from(step as u16, steps, &mut longest)).collect()
}

/// Finds the number of a world that is known.
#[derive(Default)]
struct Numbers {
    table: HashTable<u32>,
    hasher: FixedState,
}

impl Numbers {
    /// The number of a world; a new one is added to the graph.
    fn number(&mut self, graph: &mut Graph, positions: &[Position], state: StateId) -> u32 {
        let hasher = &self.hasher;
        let hash = |positions: &[Position], state: StateId| {
            let mut hasher = hasher.build_hasher();
            state.hash(&mut hasher);
            for position in positions {
                let packed = u64::from(position.step) << 32 | u64::from(position.repeated);
                hasher.write_u64(packed);
            }
            hasher.finish()
        };
        let this = hash(positions, state);
        let known = self.table.find(this, |&world| {
            let world = world as usize;
            graph.states[world] == state && graph.positions(world) == positions
        });
        if let Some(&world) = known {
            return world;
        }
        let world = graph.states.len() as u32;
        graph.states.push(state);
        graph.positions.extend_from_slice(positions);
        let graph = &*graph;
        let rehash =
            |&world: &u32| hash(graph.positions(world as usize), graph.states[world as usize]);
        self.table.insert_unique(this, world, rehash);
        world
    }
}

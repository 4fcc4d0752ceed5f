//! What can still follow from each world, as sums of the shares of its steps (see
//! [`crate::model::key`]).
//!
//! Worlds from which the same steps lead to the same follow-ups are taken for one: they differ in
//! something that nobody looks at any more.

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashTable};

use super::TooLarge;
use super::graph::{Edge, Graph};
use crate::model::key::{self, Key};
use crate::model::moves::{Moves, StateId};
use crate::model::program::Program;
use crate::model::terms::Terms;

/// One way in which a world can go on, as far as it is seen.
#[derive(Clone, Copy, Debug)]
pub struct Ending {
    /// Sum of the shares of its steps and of the tree that is left.
    pub key: Key,
    /// How many interleavings lead to it from here.
    pub count: u128,
}

/// Part of the list of all endings.
type Span = (u32, u32);

/// What can follow from each world.
#[derive(Debug)]
pub struct Endings {
    /// Share of each of the [`Moves`].
    shares: Vec<Key>,
    all: Vec<Ending>,
    /// Per world.
    spans: Vec<Span>,
}

/// Up to this many, endings are sorted to find equal ones; more of them go through a table.
const SORTED: usize = 48;

impl Endings {
    /// Works them out. Keeps at most `limit`.
    pub fn new(
        program: &Program,
        graph: &Graph,
        moves: &Moves,
        terms: &Terms,
        limit: usize,
    ) -> Result<Self, TooLarge> {
        let mut endings = Self {
            shares: shares(graph, moves),
            all: Vec::new(),
            spans: vec![(0, 0); graph.len()],
        };
        let mut kinds: Vec<Key> = vec![0; graph.len()];
        let mut known: HashMap<Key, Span, FixedState> = HashMap::default();
        let mut left: HashMap<StateId, Key, FixedState> = HashMap::default();
        let mut table = HashTable::new();
        for world in graph.backwards(program) {
            let world = world as usize;
            let edges = graph.edges(world);
            let kind = if graph.is_done(world) {
                let state = graph.state(world);
                *left.entry(state).or_insert_with(|| {
                    let mut left = program.left(moves.state(state));
                    terms.left(&mut left);
                    key::left_share(&left)
                })
            } else {
                edges.iter().fold(0, |sum: Key, edge| {
                    sum.wrapping_add(mixed(kinds[edge.to()], endings.share(edge)))
                })
            };
            kinds[world] = kind;
            if let Some(&span) = known.get(&kind) {
                endings.spans[world] = span;
                continue;
            }
            let from = endings.all.len();
            if graph.is_done(world) {
                endings.all.push(Ending { key: kind, count: 1 });
            } else {
                endings.collect(edges, &mut table);
            }
            if endings.all.len() > limit {
                return Err(TooLarge::Outcomes(limit));
            }
            let span = (from as u32, endings.all.len() as u32);
            endings.spans[world] = span;
            known.insert(kind, span);
        }
        Ok(endings)
    }

    /// What can follow from a world.
    pub fn of(&self, world: usize) -> &[Ending] {
        let (from, to) = self.spans[world];
        &self.all[from as usize..to as usize]
    }

    /// Whether this can follow from a world.
    pub fn contains(&self, world: usize, key: Key) -> bool {
        self.of(world).iter().any(|ending| ending.key == key)
    }

    /// The share of a step.
    pub fn share(&self, edge: &Edge) -> Key {
        key::share(self.shares[edge.made()], edge.repeated())
    }

    /// Puts together what follows after each of these steps.
    fn collect(&mut self, edges: &[Edge], table: &mut HashTable<u32>) {
        let from = self.all.len();
        let total: usize = edges.iter().map(|edge| self.of(edge.to()).len()).sum();
        table.clear();
        for edge in edges {
            let share = self.share(edge);
            let (first, last) = self.spans[edge.to()];
            for index in first..last {
                let Ending { key, count } = self.all[index as usize];
                let ending = Ending { key: key.wrapping_add(share), count };
                if edges.len() == 1 || total <= SORTED {
                    self.all.push(ending);
                } else {
                    self.add(ending, table);
                }
            }
        }
        if edges.len() > 1 && total <= SORTED {
            self.all[from..].sort_unstable_by_key(|ending| ending.key);
            let mut kept = from;
            for index in from + 1..self.all.len() {
                let Ending { key, count } = self.all[index];
                if self.all[kept].key == key {
                    self.all[kept].count = self.all[kept].count.saturating_add(count);
                } else {
                    kept += 1;
                    self.all[kept] = self.all[index];
                }
            }
            self.all.truncate(self.all.len().min(kept + 1));
        }
    }

    fn add(&mut self, ending: Ending, table: &mut HashTable<u32>) {
        // Keys are sums of hashes: any part of one is as good as a hash.
        let hash = |key: Key| (key >> 64) as u64;
        let all = &mut self.all;
        match table.find(hash(ending.key), |&index| all[index as usize].key == ending.key) {
            Some(&index) => {
                let count = &mut all[index as usize].count;
                *count = count.saturating_add(ending.count);
            }
            None => {
                let index = all.len() as u32;
                all.push(ending);
                let rehash = |&index: &u32| hash(all[index as usize].key);
                table.insert_unique(hash(ending.key), index, rehash);
            }
        }
    }
}

/// The share of each of the moves, made by whom and where the graph says.
fn shares(graph: &Graph, moves: &Moves) -> Vec<Key> {
    let mut shares = vec![0; moves.all().len()];
    for world in 0..graph.len() {
        for edge in graph.edges(world) {
            let share = &mut shares[edge.made()];
            if *share == 0 {
                let actor = edge.actor();
                let step = graph.positions(world)[actor].step;
                *share = key::first_share(actor, step, &moves.get(edge.made()).returned);
            }
        }
    }
    shares
}

/// One number of what a step shows and what follows after it: sums of such numbers are equal only
/// where the steps and what follows are.
fn mixed(kind: Key, share: Key) -> Key {
    let low = (kind ^ share.rotate_left(41)) | 1;
    let high = kind.rotate_left(64).wrapping_add(share) | 1;
    low.wrapping_mul(high)
}

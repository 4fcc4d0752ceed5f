//! What an actor writes down of its steps: every event in the ring, every result counted, with an
//! example of the first of each kind.
//!
//! This is the part of the hot path that comes after each system call. The next result of a step
//! is nearly always the same as its last one, so that case costs a comparison and an addition.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Relaxed, Release};

use super::board::{ActorBoard, Board, RESULTS};
use super::event::{Event, Stamp};
use super::latency::LatenciesByOp;
use super::pace::Times;
use crate::ops::observation::Observation;
use crate::plan::{Plan, StepPlan, size_class};
use crate::sys::clock::Clock;

/// Results of a step from which on keys are folded, so that the table always has room.
const FOLD_FROM: usize = RESULTS * 3 / 4;

/// The notes of one actor.
#[derive(Debug)]
pub struct Tally<'a> {
    own: ActorBoard<'a>,
    head: u64,
    steps: Vec<StepTally<'a>>,
    latencies: LatenciesByOp,
    board: Board<'a>,
    actor: usize,
    sizes: &'a [u64],
    clock: Clock,
}

/// The notes of one step.
#[derive(Debug)]
struct StepTally<'a> {
    /// The result seen last.
    last: Observation,
    /// Its count in the step's table; `None` before the first result, and for pauses.
    count: Option<&'a AtomicU64>,
    /// Index into the latencies; `None` for pauses.
    latency: Option<usize>,
    /// Different results seen.
    results: usize,
}

impl<'a> Tally<'a> {
    /// Empty notes of actor `actor` of the plan.
    pub fn new(actor: usize, plan: &'a Plan, board: Board<'a>, clock: Clock) -> Self {
        let mut latencies = LatenciesByOp::default();
        let tally = |step: &StepPlan| StepTally {
            last: Observation::default(),
            count: None,
            latency: latencies.index_of(step),
            results: 0,
        };
        let steps = plan.actors[actor].steps.iter().map(tally).collect();
        let own = board.actor(actor);
        Self { own, head: 0, steps, latencies, board, actor, sizes: &plan.sizes, clock }
    }

    /// Latencies in ticks, per operation.
    pub fn into_latencies(self) -> LatenciesByOp {
        self.latencies
    }

    /// Writes down what a step returned.
    #[inline]
    pub fn note(&mut self, position: u16, iteration: u64, times: Times, seen: &Observation) {
        let Times { start, end, alone } = times;
        let stamp = Stamp { start, end, step: position, iteration };
        self.own.push(self.head, stamp, seen);
        self.head += 1;
        let step = &mut self.steps[usize::from(position)];
        match step.count {
            // Only this actor writes here, so that the addition needs no locked instruction.
            Some(count) if seen.has_key_of(&step.last) => {
                count.store(count.load(Relaxed) + 1, Relaxed);
            }
            _ => self.note_other(&stamp.event(*seen)),
        }
        if alone {
            self.time(position, end.wrapping_sub(start));
        }
    }

    #[inline]
    fn time(&mut self, position: u16, ticks: u64) {
        if let Some(latency) = self.steps[usize::from(position)].latency {
            self.latencies.record(latency, ticks);
        }
    }

    /// Counts a result that is not the one the step showed last.
    #[cold]
    fn note_other(&mut self, event: &Event) {
        let (position, seen) = (event.step, &event.observation);
        if self.steps[usize::from(position)].latency.is_none() {
            return;
        }
        let mut key = seen.key(size_class(self.sizes, seen.size));
        let mut place = self.find(position, key);
        if place.is_none() && self.steps[usize::from(position)].results >= FOLD_FROM {
            key = seen.folded_key();
            place = self.find(position, key);
        }
        let place = place.unwrap_or_else(|| self.add(position, key, event));
        let count = self.own.result(position, place).1;
        count.store(count.load(Relaxed) + 1, Relaxed);
        let step = &mut self.steps[usize::from(position)];
        (step.last, step.count) = (*seen, Some(count));
    }

    /// The place of a key in the step's table.
    fn find(&self, position: u16, key: u64) -> Option<usize> {
        for probe in 0..RESULTS {
            let place = (home(key) + probe) % RESULTS;
            let found = self.own.result(position, place).0.load(Relaxed);
            if found == key {
                return Some(place);
            }
            if found == 0 {
                return None;
            }
        }
        None
    }

    /// Enters a new key, with its first event and an example.
    fn add(&mut self, position: u16, key: u64, event: &Event) -> usize {
        let free = (0..RESULTS)
            .map(|probe| (home(key) + probe) % RESULTS)
            .find(|&place| self.own.result(position, place).0.load(Relaxed) == 0);
        // Folding leaves fewer than 2^20 keys in theory and a handful in practice. If even they
        // do not fit, the home place counts for both.
        let place = free.unwrap_or_else(|| home(key));
        let now = self.clock.now();
        let example = self.board.keep_example(self.actor, now);
        self.own.set_first(position, place, &event.ended_by(now), example);
        self.own.result(position, place).0.store(key, Release);
        self.steps[usize::from(position)].results += 1;
        place
    }
}

/// Where the search for a key begins: its high bits after a multiplication by 2^64 / phi.
fn home(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58) as usize % RESULTS
}

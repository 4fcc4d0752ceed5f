//! The hot path: one actor looping over its steps.
//!
//! Between two system calls stand one reading of the clock, one cache line written to the ring,
//! one latency cell and one table cell. Nothing allocates, formats or locks, apart from the
//! first time that a result is seen, when an example is kept.

use std::io;
use std::os::fd::BorrowedFd;
use std::sync::atomic::Ordering::{Acquire, Relaxed};

use crossbeam::utils::Backoff;

use super::board::{ActorBoard, Board, RESULTS, Signal};
use super::event::{Event, Stamp};
use super::latency::Latencies;
use crate::content::ContentTable;
use crate::ops::OpKind;
use crate::ops::caller::Caller;
use crate::ops::observation::Observation;
use crate::plan::{AGAIN, ActorPlan, Plan, StepPlan};
use crate::sys::clock::Clock;

/// Results of a step from which on keys are folded, so that the table always has room.
const FOLD_FROM: usize = RESULTS * 3 / 4;

/// One actor, ready to run.
#[derive(Debug)]
pub struct Actor<'a> {
    index: usize,
    plan: &'a ActorPlan,
    iterations: u64,
    sizes: &'a [u64],
    board: Board<'a>,
    own: ActorBoard<'a>,
    caller: Caller<'a>,
    clock: Clock,
    head: u64,
    steps: Vec<StepState>,
    latencies: Vec<(OpKind, Latencies)>,
}

/// What the actor remembers of a step.
#[derive(Debug)]
struct StepState {
    /// The result seen last, and its place in the table: the next one is usually the same.
    last: (u64, usize),
    /// Different results seen.
    results: usize,
    /// Index into the latencies; `None` for pauses.
    latency: Option<usize>,
}

impl<'a> Actor<'a> {
    /// Prepares actor `index` of the plan.
    ///
    /// # Errors
    /// A shared descriptor that cannot be duplicated.
    pub fn new(
        index: usize,
        plan: &'a Plan,
        board: Board<'a>,
        root: BorrowedFd<'a>,
        shared: &[BorrowedFd<'_>],
        contents: &'a ContentTable,
        clock: Clock,
    ) -> io::Result<Self> {
        let actor = &plan.actors[index];
        let mut latencies: Vec<(OpKind, Latencies)> = Vec::new();
        let mut state = |step: &StepPlan| StepState {
            last: (0, 0),
            results: 0,
            latency: (!step.call.is_pause()).then(|| latency_of(step.op, &mut latencies)),
        };
        let steps = actor.steps.iter().map(&mut state).collect();
        // Every actor draws its own numbers, all of them fixed by the one seed.
        let seed = plan.seed.wrapping_add(index as u64);
        Ok(Self {
            index,
            plan: actor,
            iterations: plan.iterations.unwrap_or(u64::MAX),
            sizes: &plan.sizes,
            board,
            own: board.actor(index),
            caller: Caller::new(actor, root, shared, contents, seed)?,
            clock,
            head: 0,
            steps,
            latencies,
        })
    }

    /// Waits for the start, then iterates until told to stop. Returns the latencies in ticks.
    pub fn run(mut self) -> Vec<(OpKind, Latencies)> {
        self.own.set_thread(crate::sys::task::current_thread());
        self.board.ready();
        let backoff = Backoff::new();
        while self.board.told() == Signal::Wait {
            if backoff.is_completed() {
                std::thread::yield_now();
            } else {
                backoff.snooze();
            }
        }
        let mut last = self.clock.now();
        let mut iteration = 0;
        while iteration < self.iterations {
            self.caller.begin_iteration(iteration);
            let stopped = self.iterate(&mut last);
            if self.caller.end_iteration() {
                last = self.clock.now();
            }
            if stopped {
                break;
            }
            iteration += 1;
        }
        self.own.finish(iteration, self.clock.now());
        self.latencies
    }

    /// Does one iteration; returns whether the actor was told to stop.
    #[inline]
    fn iterate(&mut self, last: &mut u64) -> bool {
        let signal = self.board.signal_word();
        let mut position = 0;
        loop {
            let step = &self.plan.steps[usize::from(position)];
            self.own.set_current(position);
            let mut to = step.next;
            for _ in 0..step.repeat {
                // Stop is the largest signal, and Wait is over.
                if signal.load(Relaxed) > 1 {
                    signal.load(Acquire);
                    return true;
                }
                // Looked at where it is: every copy would cost the hot path.
                let returned = step.call.execute(&mut self.caller);
                let Some(observation) = &returned else { break };
                let now = self.clock.now();
                self.note(position, *last, now, observation);
                *last = now;
                if let Some(jump) = step.on.jump(observation.errno()) {
                    to = jump;
                    break;
                }
            }
            if to == AGAIN {
                return false;
            }
            position = to;
        }
    }

    #[inline]
    fn note(&mut self, position: u16, start: u64, end: u64, seen: &Observation) {
        let stamp = Stamp { start, end, step: position, iteration: self.caller.iteration };
        self.own.push(self.head, stamp, seen);
        self.head += 1;
        let state = &mut self.steps[usize::from(position)];
        let Some(latency) = state.latency else { return };
        self.latencies[latency].1.record(end.wrapping_sub(start));
        let key = seen.key(crate::plan::size_class(self.sizes, seen.size));
        if state.last.0 == key {
            count_one(&self.own, position, state.last.1);
        } else {
            self.count_other(position, key, &stamp.event(*seen));
        }
    }

    /// Counts a result that is not the one the step showed last.
    #[cold]
    fn count_other(&mut self, position: u16, key: u64, event: &Event) {
        let mut key = key;
        let mut place = self.find(position, key);
        if place.is_none() && self.steps[usize::from(position)].results >= FOLD_FROM {
            key = event.observation.folded_key();
            place = self.find(position, key);
        }
        let place = place.unwrap_or_else(|| self.add(position, key, event));
        self.steps[usize::from(position)].last = (key, place);
        count_one(&self.own, position, place);
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
        let example = self.board.keep_example(self.index);
        self.own.set_first(position, place, event, example);
        self.own.result(position, place).0.store(key, std::sync::atomic::Ordering::Release);
        self.steps[usize::from(position)].results += 1;
        place
    }
}

#[inline]
fn count_one(own: &ActorBoard<'_>, position: u16, place: usize) {
    let count = own.result(position, place).1;
    // Only this actor writes here, so that the addition needs no locked instruction.
    count.store(count.load(Relaxed) + 1, Relaxed);
}

/// Where the search for a key begins: its high bits after a multiplication by 2^64 / phi.
fn home(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58) as usize % RESULTS
}

fn latency_of(op: OpKind, latencies: &mut Vec<(OpKind, Latencies)>) -> usize {
    let known = latencies.iter().position(|(known, _)| *known == op);
    known.unwrap_or_else(|| {
        latencies.push((op, Latencies::default()));
        latencies.len() - 1
    })
}

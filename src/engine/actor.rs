//! The hot path: one actor looping over its steps.
//!
//! Between two system calls stand at most one reading of the clock, one cache line written to the
//! ring, one latency cell and one table cell. Nothing allocates, formats or locks, apart from the
//! first time that a result is seen, when an example is kept.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::atomic::Ordering::{Acquire, Relaxed};

use super::board::{ActorBoard, Board};
use super::controls::STOP;
use super::latency::LatenciesByOp;
use super::pace::Pace;
use super::start;
use super::tally::Tally;
use crate::content::ContentTable;
use crate::ops::caller::Caller;
use crate::plan::{ActorPlan, Plan};
use crate::sys::clock::Clock;

/// One actor, ready to run.
#[derive(Debug)]
pub struct Actor<'a> {
    plan: &'a ActorPlan,
    iterations: u64,
    board: Board<'a>,
    own: ActorBoard<'a>,
    caller: Caller<'a>,
    tally: Tally<'a>,
    clock: Clock,
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
        root: OwnedFd,
        shared: &[BorrowedFd<'_>],
        contents: &'a ContentTable,
        clock: Clock,
    ) -> io::Result<Self> {
        let actor = &plan.actors[index];
        // Every actor draws its own numbers, all of them fixed by the one seed.
        let seed = plan.seed.wrapping_add(index as u64);
        Ok(Self {
            plan: actor,
            iterations: plan.iterations.unwrap_or(u64::MAX),
            board,
            own: board.actor(index),
            caller: Caller::new(actor, root, shared, contents, seed)?,
            tally: Tally::new(index, plan, board, clock),
            clock,
        })
    }

    /// Waits for the start, then iterates until told to stop. Returns the latencies in ticks.
    pub fn run(mut self) -> LatenciesByOp {
        start::wait(&self.board.controls(), &self.own.status);
        let mut pace = Pace::new(self.clock);
        let mut iteration = 0;
        while iteration < self.iterations {
            self.caller.begin_iteration(iteration);
            let stopped = self.iterate(iteration, &mut pace);
            if self.caller.end_iteration() {
                pace.restart();
            }
            if stopped {
                break;
            }
            iteration += 1;
        }
        self.own.finish(iteration, self.clock.now());
        self.tally.into_latencies()
    }

    /// Does one iteration; returns whether the actor was told to stop.
    #[inline]
    fn iterate(&mut self, iteration: u64, pace: &mut Pace) -> bool {
        let signal = self.board.controls().signal_word();
        let mut position = 0;
        // There is no step with the number AGAIN.
        while let Some(step) = self.plan.steps.get(usize::from(position)) {
            self.own.status.set_current(position);
            let mut to = step.next;
            for _ in 0..step.repeat {
                if signal.load(Relaxed) >= STOP {
                    signal.load(Acquire);
                    return true;
                }
                // Looked at where it is: every copy would cost the hot path.
                let returned = step.call.execute(&mut self.caller);
                let Some(observation) = &returned else { break };
                self.tally.note(position, iteration, pace.after_step(), observation);
                if let Some(jump) = step.on.jump(observation.errno()) {
                    to = jump;
                    break;
                }
            }
            position = to;
        }
        false
    }
}

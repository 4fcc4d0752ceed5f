//! One actor of a round: waits at the gate, does its steps once, notes them, closes what it left
//! open and arrives. In a serial round it asks for its turn before every step.

use std::io;
use std::os::fd::OwnedFd;

use super::arena::Arena;
use super::baton::{Manners, Turns};
use super::board::{Board, detail_bytes};
use super::gate::{Gate, Patience};
use super::notes::Notes;
use super::pace::{AtOnce, Pace};
use super::seat::Seat;
use super::shared::Taker;
use super::stalling::Stalling;
use crate::content::ContentTable;
use crate::engine::controls::{HOUSEKEEPING, Status};
use crate::engine::latency::LatenciesByOp;
use crate::engine::start;
use crate::ops::call::Call;
use crate::ops::caller::Caller;
use crate::ops::detail::Detail;
use crate::outcome::Interval;
use crate::plan::{ActorPlan, Plan};
use crate::sys::clock::Clock;
use crate::sys::stall::Stalls;

/// One actor, ready for its rounds.
#[derive(Debug)]
pub struct Actor<'a> {
    index: usize,
    plan: &'a ActorPlan,
    board: Board<'a>,
    gate: Gate<'a>,
    notes: Notes<'a>,
    status: Status<'a>,
    seat: Seat,
    caller: Caller<'a>,
    patience: Patience,
    manners: Manners,
    clock: Clock,
    latencies: LatenciesByOp,
    /// Index into the latencies, per step of the plan; `None` for pauses.
    latency_of: Vec<Option<usize>>,
    /// Steps done so far.
    done: u64,
    /// Where each round has a directory of its own.
    arena: Option<Arena>,
    /// Which of its transfers stand still half way, where some do.
    stalling: Option<Stalling>,
    /// Whether locks are about, which end with the descriptors that they are taken through.
    keeps: bool,
}

impl<'a> Actor<'a> {
    /// Prepares actor `index` of the plan; with the clock comes its error in ticks.
    ///
    /// # Errors
    /// A shared descriptor that cannot be duplicated.
    pub fn new(
        index: usize,
        plan: &'a Plan,
        board: Board<'a>,
        root: OwnedFd,
        contents: &'a ContentTable,
        (clock, clock_error): (Clock, u64),
    ) -> io::Result<Self> {
        let actor = &plan.actors[index];
        // Every actor draws its own numbers, all of them fixed by the one seed.
        let seed = plan.seed.wrapping_add(index as u64);
        let mut caller = Caller::new(actor, root, &[], contents, seed)?;
        let room = actor.steps.iter().map(detail_bytes).max().unwrap_or_default();
        caller.detail = Some(Detail::with_room(room));
        caller.begin_iteration(0);
        let mut latencies = LatenciesByOp::default();
        let latency_of = actor.steps.iter().map(|step| latencies.index_of(step)).collect();
        let patience = Patience::new(clock, plan.actors.len(), !plan.shared.is_empty());
        Ok(Self {
            index,
            plan: actor,
            board,
            gate: board.gate(),
            notes: board.notes(index),
            status: board.controls().status(index),
            seat: Seat::new(index, plan),
            caller,
            patience,
            manners: Manners::new(patience, clock, clock_error, plan.hang_after),
            clock,
            latencies,
            latency_of,
            done: 0,
            arena: None,
            stalling: None,
            keeps: locks(plan),
        })
    }

    /// Has each round take place in a directory of its own, in this arena.
    #[must_use]
    pub fn on(mut self, arena: Arena) -> Self {
        self.arena = Some(arena);
        self
    }

    /// Has some of its transfers stand still half way.
    #[must_use]
    pub fn stalled(mut self, plan: &Plan, stalls: &Stalls) -> Self {
        let seed = plan.seed.wrapping_add(self.index as u64);
        self.stalling = Stalling::of(self.plan, &plan.contents, seed);
        if self.stalling.is_some() {
            self.caller.stall_by(stalls);
        }
        self
    }

    /// Waits for the start, then does every round that the leader opens. Returns the latencies in
    /// ticks.
    ///
    /// # Errors
    /// The errno of taking a shared descriptor.
    pub fn follow(mut self, shared: &Taker) -> io::Result<LatenciesByOp> {
        self.wait_for_start();
        let mut round = 1;
        while self.gate.wait(round, self.index, &self.patience) {
            if self.enter(round) && !self.gate.wait_for_start(round, &self.patience) {
                break;
            }
            shared.take(&mut self.caller)?;
            self.do_round(round);
            round += 1;
        }
        // The leader may have prepared for one more.
        shared.drain()?;
        Ok(self.finish())
    }

    /// If the actors have been called to a round, goes to its directory, where it has one, and says that the actor is
    /// ready, or why it is not; returns whether they have.
    pub fn enter(&mut self, round: u64) -> bool {
        if !self.gate.is_called() {
            return false;
        }
        let errno = match &self.arena {
            None => 0,
            Some(arena) => {
                self.status.set_current(HOUSEKEEPING);
                let entered = arena.enter(round, &self.status);
                self.status.set_idle();
                match entered {
                    Ok(root) => {
                        self.caller.move_to(root);
                        0
                    }
                    Err(error) => error.raw_os_error().unwrap_or(libc::EIO),
                }
            }
        };
        self.gate.enter(round, self.index, errno);
        true
    }

    /// Says that the calling thread is this actor, and waits for the start.
    pub fn wait_for_start(&mut self) {
        self.seat.take(1);
        start::wait(&self.board.controls(), &self.status);
    }

    /// Does the round that is open, from its common moment to the arrival.
    pub fn do_round(&mut self, round: u64) {
        let serial = Turns::of(self.board.baton(), self.index, self.manners);
        let raced = serial.is_none();
        let (start, count, end);
        match serial {
            None => {
                if let Some(stalling) = &mut self.stalling {
                    stalling.prepare(&mut self.caller);
                }
                start = self.gate.pass(self.index, &self.patience);
                count = self.perform(&mut AtOnce);
                end = self.clock.now();
            }
            Some(mut turns) => {
                start = self.clock.now();
                count = self.perform(&mut turns);
                end = self.clock.now();
                self.status.set_idle();
                turns.leave();
            }
        }
        if self.keeps {
            self.status.set_idle();
            self.gate.linger(round, self.index, &self.patience);
        }
        // Closing is watched as a part of the last step.
        self.caller.end_iteration();
        self.caller.unshare();
        self.status.set_idle();
        self.gate.arrive(round, self.index, count, end - start);
        // From here on the others go on, so this is not in their way.
        if raced {
            self.time(count);
        }
        // Numbers and names of the next round.
        self.caller.begin_iteration(0);
        self.seat.take(round + 1);
    }

    /// Does the steps; returns how many were noted.
    #[inline]
    fn perform(&mut self, pace: &mut impl Pace) -> usize {
        let mut count = 0;
        let mut position = 0;
        // There is no step with the number AGAIN.
        while let Some(step) = self.plan.steps.get(usize::from(position)) {
            let mut to = step.next;
            if pace.skips(&step.call) {
                position = to;
                continue;
            }
            self.status.set_current(position);
            for time in 0..step.repeat {
                if let Some(detail) = &mut self.caller.detail {
                    detail.clear();
                }
                pace.before(&self.status, position);
                let start = self.clock.now();
                let returned = step.call.execute(&mut self.caller);
                let end = self.clock.now();
                self.done += 1;
                self.status.set_done(self.done);
                if !step.call.is_pause() {
                    let interval = Interval { start, end };
                    let detail = self.caller.detail.as_ref();
                    self.notes.put(count, (position, time), interval, returned.as_ref(), detail);
                    count += 1;
                }
                let Some(observation) = &returned else { break };
                if let Some(jump) = step.on.jump(observation.errno()) {
                    to = jump;
                    break;
                }
            }
            position = to;
        }
        count
    }

    /// Counts the latencies of the round.
    fn time(&mut self, count: usize) {
        for index in 0..count {
            let note = self.notes.get(index);
            let latency = self.latency_of[usize::from(note.step)];
            if let (Some(latency), Some(_)) = (latency, note.observation) {
                self.latencies.record(latency, note.interval.end - note.interval.start);
            }
        }
    }

    /// Says that there are no more rounds.
    pub fn finish(self) -> LatenciesByOp {
        self.status.finish(self.clock.now());
        self.latencies
    }

    /// Where the actor stands.
    pub fn status(&self) -> Status<'a> {
        self.status
    }

    /// What the actor carries from step to step.
    pub fn caller(&mut self) -> &mut Caller<'a> {
        &mut self.caller
    }

    /// Its clock.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// How the actor waits.
    pub fn patience(&self) -> Patience {
        self.patience
    }
}

fn locks(plan: &Plan) -> bool {
    let mut steps = plan.actors.iter().flat_map(|actor| &actor.steps);
    steps.any(|step| matches!(step.call, Call::Flock(_) | Call::Lock(_)))
}

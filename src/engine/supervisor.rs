//! Starts the workers of a run and watches over them until they are done, in either mode.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::controls::{Controls, Signal};
use super::error::EngineError;
use super::record::Hang;
use super::watchdog::Watchdog;
use super::workers::{DIE_WITHIN, Equipment, Workers};
use crate::plan::{ActorPlan, Plan};
use crate::scenario::Mode;
use crate::sys::clock::Clock;
use crate::sys::task;

/// How often the supervisor looks at the board.
const TICK: Duration = Duration::from_millis(25);
/// How often, until two actors have been seen to run at the same time. On a busy machine, waking
/// up displaces an actor, so that the first looks may find nothing.
const FIRST_TICKS: Duration = Duration::from_millis(3);
/// How often it looks while serial rounds run, which are over in a few milliseconds.
const SERIAL_TICK: Duration = Duration::from_micros(300);
/// How often it looks whether all actors are ready.
const READY_TICK: Duration = Duration::from_micros(100);
/// How long workers may take to get ready.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// Where a run stands, for progress.
#[derive(Clone, Copy, Debug)]
pub struct Tick {
    /// Since the common start.
    pub elapsed: Duration,
    /// Steps done by all actors.
    pub ops: u64,
    /// Rounds done; 0 in free mode.
    pub rounds: u64,
    /// Smallest share of any pair of actors, once it is known.
    pub overlap: Option<f64>,
}

/// What every run of this process has in common.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(super) program: PathBuf,
    pub(super) clock: Clock,
}

impl Engine {
    /// An engine whose workers are re-executions of `program`, an `fsrace`.
    pub fn new(program: PathBuf) -> Self {
        Self { program, clock: Clock::calibrate() }
    }

    /// The program that workers and janitors execute.
    pub fn program(&self) -> &Path {
        &self.program
    }
}

/// What a mode can tell while a run goes on.
pub trait Gauge {
    /// Takes a sample; `now` is in ticks.
    fn sample(&mut self, now: u64);
    /// Whether two actors have been seen to run at the same time, or there are no two.
    fn any_overlap(&self) -> bool;
    /// Smallest share of any pair of actors, once it is known.
    fn overlap(&self) -> Option<f64>;
    /// Rounds done.
    fn rounds(&self) -> u64;
}

/// One run, from its workers' start to their end.
#[derive(Debug)]
pub struct Supervision<'a> {
    plan: &'a Plan,
    controls: Controls<'a>,
    clock: Clock,
    watchdog: Watchdog,
    /// The workers.
    pub workers: &'a mut Workers,
    /// How it went.
    pub ending: Ending,
}

/// How a run went, apart from what its actors observed.
#[derive(Debug, Default)]
pub struct Ending {
    /// Between the common start and the end of the last actor.
    pub elapsed: Duration,
    /// Calls that did not return.
    pub hangs: Vec<Hang>,
    /// Actors that were still waiting for a lock when the run was to end.
    pub lock_waits: Vec<(usize, u16)>,
    /// Actors of workers that somebody had stopped when the run was to end.
    pub stopped: Vec<(usize, u16)>,
    /// The run was cut short by a signal to the supervisor.
    pub interrupted: bool,
}

impl<'a> Supervision<'a> {
    /// Gives the workers their jobs and waits until all actors are ready.
    ///
    /// # Errors
    /// [`EngineError`], with no worker left.
    pub fn start(
        plan: &'a Plan,
        controls: Controls<'a>,
        workers: &'a mut Workers,
        equipment: &Equipment<'_>,
        tick: &mut dyn FnMut(Tick) -> bool,
    ) -> Result<Self, EngineError> {
        let clock = equipment.clock;
        let (watchdog, ending) = (Watchdog::new(plan), Ending::default());
        let mut run = Self { plan, controls, clock, watchdog, workers, ending };
        let started =
            run.workers.start(plan, equipment).map_err(EngineError::system("start a worker"));
        match started.and_then(|()| run.wait_ready(tick)) {
            Ok(()) => Ok(run),
            Err(error) => {
                run.workers.kill();
                Err(error)
            }
        }
    }

    fn wait_ready(&mut self, tick: &mut dyn FnMut(Tick) -> bool) -> Result<(), EngineError> {
        let since = Instant::now();
        while self.controls.ready_count() < self.plan.actors.len() {
            if let Some(news) = self.workers.wait(READY_TICK) {
                return Err(EngineError::NotReady(self.workers.end_early(&news)));
            }
            if !tick(Tick { elapsed: Duration::ZERO, ops: 0, rounds: 0, overlap: None }) {
                // They are told to stop as soon as they are ready.
                self.ending.interrupted = true;
                return Ok(());
            }
            if since.elapsed() > READY_WITHIN {
                let waited = format!("nothing happened for {} s", READY_WITHIN.as_secs());
                return Err(EngineError::NotReady(waited));
            }
        }
        Ok(())
    }

    /// Has the serial rounds done, and waits until they are. Returns whether the run may go on; if
    /// not, [`Supervision::stop`] comes next.
    pub fn supervise_serial(
        &mut self,
        is_done: &dyn Fn() -> bool,
        gauge: &mut dyn Gauge,
        tick: &mut dyn FnMut(Tick) -> bool,
    ) -> bool {
        let start = Instant::now();
        self.watchdog = Watchdog::new(self.plan);
        self.controls.signal(Signal::Serial);
        while !is_done() {
            // A worker that somebody has stopped would be waited for until it is let go on.
            let stopped = || self.watchdog.stopped(self.plan, &self.controls, &self.workers.ids());
            let is_stopped = start.elapsed() > self.plan.hang_after && !stopped().is_empty();
            if is_stopped || self.look(start, SERIAL_TICK, gauge, tick) {
                return false;
            }
        }
        true
    }

    /// From the common start until all workers are done, or are left behind.
    pub fn supervise(&mut self, gauge: &mut dyn Gauge, tick: &mut dyn FnMut(Tick) -> bool) {
        let start = Instant::now();
        let start_ticks = self.clock.now();
        self.watchdog = Watchdog::new(self.plan);
        self.controls.signal(Signal::Go);
        loop {
            let left = self.plan.duration.map(|duration| duration.saturating_sub(start.elapsed()));
            let tick_time = if gauge.any_overlap() { TICK } else { FIRST_TICKS };
            let wait = left.map_or(tick_time, |left| left.min(tick_time));
            let ends = self.look(start, wait, gauge, tick);
            let over = self.plan.duration.is_some_and(|duration| start.elapsed() >= duration);
            if over || ends {
                break;
            }
        }
        self.stop(gauge, tick);
        let last = self.controls.statuses().map(|status| status.finished_at()).max();
        let end = last.filter(|&end| end > start_ticks).unwrap_or_else(|| self.clock.now());
        self.ending.elapsed = Duration::from_nanos(self.clock.ns(end - start_ticks));
    }

    /// Waits for this long, unless a worker ends before, and looks at everything once. Returns
    /// whether there is a reason to end the run, which began at `start`.
    fn look(
        &mut self,
        start: Instant,
        wait: Duration,
        gauge: &mut dyn Gauge,
        tick: &mut dyn FnMut(Tick) -> bool,
    ) -> bool {
        let news = self.workers.wait(wait);
        let died = news.is_some_and(|news| self.workers.take_in(&news, self.plan, &self.controls));
        gauge.sample(self.clock.now());
        let (ops, rounds) = (self.ops(), gauge.rounds());
        let elapsed = start.elapsed();
        let go_on = tick(Tick { elapsed, ops, rounds, overlap: gauge.overlap() });
        self.ending.interrupted |= !go_on;
        self.ending.hangs = self.watchdog.look(self.plan, &self.controls, &self.workers.ids());
        if self.plan.mode == Mode::Rounds {
            // A round of which all wait for a lock never ends, and nor does a run without a
            // duration.
            self.ending.lock_waits = self.watchdog.deadlock(self.plan, &self.controls);
        }
        self.workers.all_done() || died || !go_on || self.is_stuck()
    }

    fn is_stuck(&self) -> bool {
        !self.ending.hangs.is_empty() || !self.ending.lock_waits.is_empty()
    }

    /// Tells the workers to stop, and waits until they are done or left behind.
    pub fn stop(&mut self, gauge: &dyn Gauge, tick: &mut dyn FnMut(Tick) -> bool) {
        self.controls.signal(Signal::Stop);
        self.wait_stopped(gauge, tick);
    }

    /// Waits for the workers to come to an end by themselves, as long as their calls return.
    fn wait_stopped(&mut self, gauge: &dyn Gauge, tick: &mut dyn FnMut(Tick) -> bool) {
        let since = Instant::now();
        let stuck = self.is_stuck();
        while !stuck && !self.workers.all_done() {
            if let Some(news) = self.workers.wait(TICK) {
                self.workers.take_in(&news, self.plan, &self.controls);
                continue;
            }
            self.ending.hangs = self.watchdog.look(self.plan, &self.controls, &self.workers.ids());
            if !self.ending.hangs.is_empty() {
                break;
            }
            let waits = self.watchdog.lock_waits(self.plan, &self.controls);
            // Whoever is left waits for a lock that nobody will give up any more.
            if !waits.is_empty() && since.elapsed() > DIE_WITHIN {
                self.ending.lock_waits = waits;
                break;
            }
            if !self.workers.deaths.is_empty() && since.elapsed() > self.grace() {
                break;
            }
            let stopped = self.watchdog.stopped(self.plan, &self.controls, &self.workers.ids());
            if !stopped.is_empty() && since.elapsed() > self.plan.hang_after {
                self.ending.stopped = stopped;
                break;
            }
            if since.elapsed() > self.plan.hang_after.saturating_add(READY_WITHIN)
                && self.controls.statuses().all(|status| status.is_finished())
            {
                // They have observed all they should, and yet do not report.
                break;
            }
            self.ending.interrupted |= !tick(Tick {
                elapsed: self.ending.elapsed,
                ops: self.ops(),
                rounds: gauge.rounds(),
                overlap: None,
            });
            if self.ending.interrupted && since.elapsed() > DIE_WITHIN {
                break;
            }
        }
        if self.workers.all_done() && !self.workers.any_ended() {
            return;
        }
        self.workers.kill();
        if self.ending.hangs.is_empty() && !self.workers.all_ended() {
            self.ending.hangs = self.immortal(since);
        }
    }

    /// How long the survivors of a dead worker may take to finish: in a round they would wait for
    /// it for ever.
    fn grace(&self) -> Duration {
        match self.plan.mode {
            Mode::Free => self.plan.hang_after,
            Mode::Rounds => Duration::ZERO,
        }
    }

    /// The calls that keep killed workers from dying.
    fn immortal(&self, since: Instant) -> Vec<Hang> {
        let ids = self.workers.ids();
        let actors = self.plan.actors.iter().enumerate();
        let left = actors.filter(|(_, actor)| !self.workers.has_ended(actor.process));
        let hang = |(index, actor): (usize, &ActorPlan)| {
            let own = self.controls.status(index);
            let step = own.current().filter(|_| !own.is_finished())?;
            let stack = task::kernel_stack(ids[actor.process], own.thread());
            Some(Hang { actor: index, step, waited: since.elapsed(), stack })
        };
        left.filter_map(hang).collect()
    }

    fn ops(&self) -> u64 {
        self.controls.statuses().map(|status| status.done()).sum()
    }
}

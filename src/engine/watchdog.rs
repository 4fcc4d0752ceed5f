//! Notices calls that do not return.

use std::time::{Duration, Instant};

use super::controls::{Controls, HOUSEKEEPING, Status};
use super::record::Hang;
use crate::ops::call::Call;
use crate::ops::pause::Pause;
use crate::plan::{Plan, StepPlan};
use crate::sys::task;

/// A gap between two looks that is longer than this means that the whole machine stood still.
const STANDSTILL: Duration = Duration::from_secs(1);
/// A call that no signal ends may take so many times longer: it may wait for a slow device, or for a lock
/// of somebody who does, which the kernel does not count as waiting for one.
const SLOW_DEVICE: u32 = 6;
/// Whoever looks like hanging is looked at once more after this long: a device that has just answered, or a
/// signal that has just let a worker go on, takes a moment to show.
const SECOND_LOOK: Duration = Duration::from_millis(250);

/// Remembers when each actor last did something.
#[derive(Debug)]
pub struct Watchdog {
    last: Vec<Seen>,
    looked: Instant,
}

/// The last thing that an actor was seen to do.
#[derive(Clone, Copy, Debug)]
struct Seen {
    activity: u64,
    since: Instant,
    /// Since when it has looked like hanging.
    suspected: Option<Instant>,
}

impl Watchdog {
    /// Begins to watch.
    pub fn new(plan: &Plan) -> Self {
        let now = Instant::now();
        let nothing = Seen { activity: 0, since: now, suspected: None };
        Self { last: vec![nothing; plan.actors.len()], looked: now }
    }

    /// The actors whose present call has taken longer than the plan's `hang_after`.
    pub fn look(&mut self, plan: &Plan, controls: &Controls<'_>, processes: &[u32]) -> Vec<Hang> {
        let now = Instant::now();
        if now - self.looked > STANDSTILL {
            // A paused machine is nobody's hang: every actor gets its full time again.
            self.last.iter_mut().for_each(|seen| (seen.since, seen.suspected) = (now, None));
        }
        self.looked = now;
        let mut hangs = Vec::new();
        for (index, actor) in plan.actors.iter().enumerate() {
            let own = controls.status(index);
            let activity = own.activity();
            let seen = &mut self.last[index];
            let Some(step) = own.current().filter(|_| !own.is_finished()) else {
                // It waits for the others, which is no call.
                (seen.since, seen.suspected) = (now, None);
                continue;
            };
            if seen.activity != activity {
                *seen = Seen { activity, since: now, suspected: None };
                continue;
            }
            let waited = now - seen.since;
            let patience = match step {
                HOUSEKEEPING => Some(Duration::ZERO),
                _ => actor.steps.get(usize::from(step)).and_then(patience),
            };
            if patience.is_none_or(|extra| waited < plan.hang_after.saturating_add(extra)) {
                continue;
            }
            let process = processes.get(actor.process).copied().unwrap_or_default();
            let long = waited >= plan.hang_after.saturating_mul(SLOW_DEVICE);
            if !long && task::is_uninterruptible(process, own.thread()) {
                seen.suspected = None;
                continue;
            }
            if task::is_stopped(process, own.thread()) {
                (seen.since, seen.suspected) = (now, None);
                continue;
            }
            if now - *seen.suspected.get_or_insert(now) < SECOND_LOOK {
                continue;
            }
            let stack = task::kernel_stack(process, own.thread());
            hangs.push(Hang { actor: index, step, waited, stack });
        }
        hangs
    }

    /// The actors whose worker has been stopped by a signal.
    pub fn stopped(
        &self,
        plan: &Plan,
        controls: &Controls<'_>,
        processes: &[u32],
    ) -> Vec<(usize, u16)> {
        let stopped = |(index, actor): (usize, &crate::plan::ActorPlan)| {
            let own = controls.status(index);
            let process = processes.get(actor.process).copied()?;
            let stopped = !own.is_finished() && task::is_stopped(process, own.thread());
            // One that was stopped right at the start has no step yet.
            stopped.then(|| (index, own.current().unwrap_or_default()))
        };
        plan.actors.iter().enumerate().filter_map(stopped).collect()
    }

    /// The actors that wait for a lock.
    pub fn lock_waits(&self, plan: &Plan, controls: &Controls<'_>) -> Vec<(usize, u16)> {
        let wait = |(index, actor): (usize, &crate::plan::ActorPlan)| {
            let own = controls.status(index);
            let step = own.current().filter(|_| !own.is_finished())?;
            let waits = actor.steps.get(usize::from(step)).is_some_and(|step| step.call.may_wait());
            waits.then_some((index, step))
        };
        plan.actors.iter().enumerate().filter_map(wait).collect()
    }

    /// The actors that have waited for a lock for `hang_after`, if nobody else is in a step that
    /// could lead to its release.
    pub fn deadlock(&self, plan: &Plan, controls: &Controls<'_>) -> Vec<(usize, u16)> {
        let waits = self.lock_waits(plan, controls);
        let in_step = |status: &Status<'_>| status.current().is_some() && !status.is_finished();
        let others = controls.statuses().filter(in_step).count().saturating_sub(waits.len());
        let long = |&(actor, _): &(usize, u16)| self.last[actor].since.elapsed() >= plan.hang_after;
        if others == 0 && waits.iter().all(long) { waits } else { Vec::new() }
    }
}

/// How much longer than `hang_after` the step may rightly take; `None` for one that may take as
/// long as another actor likes.
fn patience(step: &StepPlan) -> Option<Duration> {
    match &step.call {
        Call::Pause(Pause::Sleep(time) | Pause::Spin(time)) => Some(*time),
        call if call.may_wait() => None,
        _ => Some(Duration::ZERO),
    }
}

//! Notices calls that do not return.

use std::time::{Duration, Instant};

use super::controls::{Controls, HOUSEKEEPING, Status};
use super::record::Hang;
use crate::ops::call::Call;
use crate::ops::pause::Pause;
use crate::plan::{Plan, StepPlan};
use crate::sys::{pressure, task};

/// A gap between two looks that is longer than this means that the whole machine stood still.
const STANDSTILL: Duration = Duration::from_secs(1);
/// A call that no signal ends may take so many times longer while somebody waits for a device: it is
/// the device that is slow, or looks like it.
const SLOW_DEVICE: u32 = 6;
/// Somebody does for at least one part in so many of the time.
const WAITS_PART: u32 = 4;

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
    /// For how long somebody had waited for a device by then (see [`pressure::io`]).
    io: Option<Duration>,
}

impl Watchdog {
    /// Begins to watch.
    pub fn new(plan: &Plan) -> Self {
        let now = Instant::now();
        let nothing = Seen { activity: 0, since: now, io: pressure::io() };
        Self { last: vec![nothing; plan.actors.len()], looked: now }
    }

    /// The actors whose present call has taken longer than the plan's `hang_after`.
    pub fn look(&mut self, plan: &Plan, controls: &Controls<'_>, processes: &[u32]) -> Vec<Hang> {
        let (now, io) = (Instant::now(), pressure::io());
        if now - self.looked > STANDSTILL {
            // A paused machine is nobody's hang: every actor gets its full time again.
            self.last.iter_mut().for_each(|seen| (seen.since, seen.io) = (now, io));
        }
        self.looked = now;
        let mut hangs = Vec::new();
        for (index, actor) in plan.actors.iter().enumerate() {
            let own = controls.status(index);
            let activity = own.activity();
            let seen = &mut self.last[index];
            let anew = Seen { since: now, io, ..*seen };
            let Some(step) = own.current().filter(|_| !own.is_finished()) else {
                // It waits for the others, which is no call.
                *seen = anew;
                continue;
            };
            if seen.activity != activity {
                *seen = Seen { activity, ..anew };
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
            let slow = !long && is_slow(waited, seen.io.zip(io));
            if slow && task::is_uninterruptible(process, own.thread()) {
                continue;
            }
            if task::is_stopped(process, own.thread()) {
                *seen = anew;
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

/// Whether a device is to blame for so long a wait: how long somebody had waited for one when it began, and
/// by now.
fn is_slow(waited: Duration, io: Option<(Duration, Duration)>) -> bool {
    io.is_some_and(|(then, now)| now.saturating_sub(then) * WAITS_PART >= waited)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_slow_when_somebody_waited_for_it_meanwhile() {
        let s = Duration::from_secs;
        assert!(is_slow(s(5), Some((s(100), s(105)))));
        assert!(is_slow(s(8), Some((s(100), s(102)))));
        // Nobody waits for a device while all wait for a lock.
        assert!(!is_slow(s(8), Some((s(100), s(101)))));
        assert!(!is_slow(s(8), Some((s(100), s(100)))));
        assert!(!is_slow(s(8), None));
    }
}

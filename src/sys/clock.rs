//! The clock of the hot path: one read before and after every call, so it must be cheap, and
//! comparable between processors, so it must be one the kernel itself trusts.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// A monotonic clock that counts in ticks of its own.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    source: Source,
    ns_per_tick: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Source {
    /// The time-stamp counter, where the kernel itself keeps time by it (so it runs at one rate
    /// on every processor).
    Tsc,
    /// `CLOCK_MONOTONIC`, in nanoseconds.
    Monotonic,
}

impl Clock {
    /// Picks the best source and measures its rate; takes 20 ms where a rate must be measured.
    pub fn calibrate() -> Self {
        if !kernel_trusts_tsc() {
            return Self { source: Source::Monotonic, ns_per_tick: 1.0 };
        }
        let mut clock = Self { source: Source::Tsc, ns_per_tick: 1.0 };
        let (wall, first) = (Instant::now(), clock.now());
        std::thread::sleep(Duration::from_millis(20));
        let (ticks, passed) = (clock.now() - first, wall.elapsed());
        clock.ns_per_tick = passed.as_nanos() as f64 / ticks.max(1) as f64;
        clock
    }

    /// The present moment in ticks.
    #[inline(always)]
    pub fn now(&self) -> u64 {
        match self.source {
            Source::Tsc => tsc(),
            Source::Monotonic => monotonic_ns(),
        }
    }

    /// Ticks to nanoseconds.
    pub fn ns(&self, ticks: u64) -> u64 {
        (ticks as f64 * self.ns_per_tick) as u64
    }

    /// Nanoseconds from one moment to another; negative when `to` is earlier.
    pub fn ns_between(&self, from: u64, to: u64) -> i64 {
        (to.wrapping_sub(from) as i64 as f64 * self.ns_per_tick) as i64
    }

    /// Whether it reads a counter of the processor, of which each has its own.
    pub fn is_counter(&self) -> bool {
        self.source == Source::Tsc
    }

    /// Length of a tick in nanoseconds.
    pub fn ns_per_tick(&self) -> f64 {
        self.ns_per_tick
    }

    /// A time span in ticks.
    pub fn ticks(&self, span: Duration) -> u64 {
        (span.as_nanos() as f64 / self.ns_per_tick) as u64
    }
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn tsc() -> u64 {
    // SAFETY: every x86_64 processor has RDTSC, and user space may use it wherever the kernel's
    // own clock source is the TSC, which `kernel_trusts_tsc` has checked.
    unsafe { core::arch::x86_64::_rdtsc() }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn tsc() -> u64 {
    monotonic_ns()
}

#[inline(always)]
fn monotonic_ns() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

fn kernel_trusts_tsc() -> bool {
    cfg!(all(target_arch = "x86_64", target_os = "linux"))
        && std::fs::read_to_string(
            "/sys/devices/system/clocksource/clocksource0/current_clocksource",
        )
        .is_ok_and(|source| source.trim() == "tsc")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slept_time_is_measured_to_within_its_jitter() {
        let clock = Clock::calibrate();
        let before = clock.now();
        std::thread::sleep(Duration::from_millis(30));
        let ns = clock.ns(clock.now() - before);
        assert!((29_000_000..3_000_000_000).contains(&ns), "{ns}");
        assert_eq!(clock.ns_between(before, before), 0);
        assert!(clock.ns_between(before + 1_000_000, before) < 0);
    }
}

//! After which steps the clock is read.
//!
//! On the fastest system calls, reading the clock is the largest part of what a step adds. So a
//! step that has been seen to take less than a microsecond is followed by a few that share their readings: in
//! the ring they stand with the time at which the first of them began and no end, and a reader
//! gives all of them the end of the last one. Their intervals are too wide, never too narrow.
//! Only a step with a reading right before and right after it counts as a latency.

use std::time::Duration;

use crate::sys::clock::Clock;

/// Steps that take less than this are not all timed.
const FAST: Duration = Duration::from_micros(1);
/// How many steps go without a reading: at least this many,
const FEWEST: u64 = 8;
/// and up to this many more. The number varies, so that no loop of steps falls in step with it.
const SPREAD: u64 = 8;

/// The readings of one actor.
#[derive(Debug)]
pub struct Pace {
    clock: Clock,
    fast: u64,
    last: u64,
    /// Steps still to go without a reading.
    unread: u64,
    /// Whether the last reading was right before the present step.
    fresh: bool,
    /// State of a linear congruential generator (Knuth's MMIX constants).
    random: u64,
}

/// What is known of the time of one step.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// The last reading before the step, in ticks.
    pub start: u64,
    /// The reading after the step; 0 when there was none.
    pub end: u64,
    /// Whether both readings belong to this step alone.
    pub alone: bool,
}

impl Pace {
    /// Starts with a reading.
    pub fn new(clock: Clock) -> Self {
        let last = clock.now();
        Self { clock, fast: clock.ticks(FAST), last, unread: 0, fresh: true, random: last }
    }

    /// Reads the clock between two steps, where something else took time.
    #[inline]
    pub fn restart(&mut self) {
        if self.unread == 0 {
            self.last = self.clock.now();
            self.fresh = true;
        }
    }

    /// To be called right after every step.
    #[inline]
    pub fn after_step(&mut self) -> Times {
        let start = self.last;
        if self.unread > 0 {
            self.unread -= 1;
            return Times { start, end: 0, alone: false };
        }
        let end = self.clock.now();
        let alone = self.fresh;
        self.last = end;
        self.fresh = true;
        if alone && end.wrapping_sub(start) < self.fast {
            self.fresh = false;
            self.unread = self.draw();
        }
        Times { start, end, alone }
    }

    #[inline]
    fn draw(&mut self) -> u64 {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        FEWEST + (self.random >> 33) % SPREAD
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_steps_share_readings_and_some_are_timed_alone() {
        let mut pace = Pace::new(Clock::calibrate());
        let times: Vec<Times> = (0..1000).map(|_| pace.after_step()).collect();
        let read = times.iter().filter(|times| times.end != 0).count();
        let alone = times.iter().filter(|times| times.alone).count();
        assert!((50..500).contains(&read) && alone >= 25, "{read} {alone}");
        assert!(times.windows(2).all(|pair| pair[0].start <= pair[1].start));
    }

    #[test]
    fn slow_steps_are_all_timed() {
        let mut pace = Pace::new(Clock::calibrate());
        for _ in 0..20 {
            std::thread::sleep(Duration::from_micros(5));
            assert!(pace.after_step().alone);
        }
    }
}

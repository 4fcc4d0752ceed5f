//! Sharing out a time among scenarios, whatever it takes to start and to judge each of them.

use std::time::Duration;

/// No scenario gets less: it would hardly start.
const LEAST: Duration = Duration::from_millis(100);
/// No scenario gets more.
const MOST: Duration = Duration::from_millis(500);

/// What is left of a time for all scenarios of a target.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shares {
    left: Duration,
    scenarios: u32,
    /// What the scenarios so far took beside the time that they were given.
    beside: Duration,
    done: u32,
}

impl Shares {
    /// All of `total` for so many scenarios.
    pub(super) fn new(total: Duration, scenarios: usize) -> Self {
        let scenarios = u32::try_from(scenarios).unwrap_or(u32::MAX);
        Self { left: total, scenarios, beside: Duration::ZERO, done: 0 }
    }

    /// How long the next scenario should run.
    pub(super) fn next(&self) -> Duration {
        let share = self.left / self.scenarios.max(1);
        let beside = self.beside / self.done.max(1);
        share.saturating_sub(beside).clamp(LEAST, MOST)
    }

    /// A scenario that was given `given` took `took` in all.
    pub(super) fn took(&mut self, given: Duration, took: Duration) {
        self.left = self.left.saturating_sub(took);
        self.scenarios = self.scenarios.saturating_sub(1);
        self.beside += took.saturating_sub(given);
        self.done += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn what_scenarios_take_beside_is_taken_off_the_next_ones() {
        let mut shares = Shares::new(ms(4_000), 10);
        assert_eq!(shares.next(), ms(400));
        shares.took(ms(400), ms(600));
        // 3,400 ms for 9, of which each takes 200 ms beside.
        assert_eq!(shares.next(), ms(3_400) / 9 - ms(200));
    }

    #[test]
    fn no_share_is_too_short_or_too_long() {
        assert_eq!(Shares::new(ms(60_000), 10).next(), MOST);
        let mut shares = Shares::new(ms(1_000), 2);
        shares.took(ms(500), ms(5_000));
        assert_eq!(shares.next(), LEAST);
        shares.took(LEAST, LEAST);
        assert_eq!(shares.next(), LEAST);
    }
}

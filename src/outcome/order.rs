//! Which of two steps came first, as far as the clock can tell.

use super::Interval;

/// Whether step `a` had returned before step `b` was called, for certain: their clocks may be off
/// by up to `error` ticks, so that intervals that nearly touch are not ordered. The check of real
/// time can only get weaker by that, never wrong.
#[inline]
pub fn precedes(a: Interval, b: Interval, error: u64) -> bool {
    a.end.saturating_add(error) < b.start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_gap_that_is_wider_than_the_error_orders_two_steps() {
        let interval = |start, end| Interval { start, end };
        assert!(precedes(interval(0, 10), interval(21, 30), 10));
        assert!(!precedes(interval(0, 10), interval(20, 30), 10));
        assert!(!precedes(interval(20, 30), interval(0, 10), 10));
        assert!(!precedes(interval(0, u64::MAX), interval(5, 6), 10));
    }
}

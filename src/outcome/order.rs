//! Which of two steps came first in real time.

use super::Interval;

/// Whether `a` had returned before `b` was called, whatever the clocks are wrong by (`error`, in
/// ticks). Intervals are closed: ends that touch say nothing.
pub fn precedes(a: Interval, b: Interval, error: u64) -> bool {
    a.end.saturating_add(error) < b.start
}

//! How far apart two readings of one moment on two processors may be.
//!
//! Two threads, each on a processor of its own, hand a number to and fro. The other side read its
//! clock after the message was sent and before its answer arrived, so its clock cannot be ahead
//! by more than that reading less the sending time, nor behind by more than the arrival less the
//! reading. The quickest of many exchanges gives the tightest bounds: about the time that a cache
//! line takes from one processor to the other.
//!
//! On top comes a margin: the time-stamp counter may be read a little before what stands before it
//! is finished, or after what stands behind it has begun, by as much as the processor holds in
//! flight at once. A few hundred instructions take well below 100 ns.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::time::Duration;

use crossbeam::utils::CachePadded;

use super::affinity;
use super::clock::Clock;

/// For reordering around a reading.
const MARGIN: Duration = Duration::from_nanos(100);
/// Taken for the offset between processors where it cannot be measured.
const UNMEASURED: Duration = Duration::from_micros(1);
/// Exchanges with each processor.
const EXCHANGES: u64 = 2000;
/// No longer than this with one processor where the machine is busy and the bound is good already.
const LONG: Duration = Duration::from_millis(20);
/// No longer than this however busy the machine is: the two threads may have to wait for a moment at
/// which both have their processors.
const LONGEST: Duration = Duration::from_millis(200);
/// A bound that the scheduler had no part in.
const GOOD: Duration = Duration::from_micros(10);
/// Sent instead of a number when there is no more to come.
const END: u64 = u64::MAX;

/// The error in ticks: of two moments, the one read earlier came first for certain only if the
/// readings are further apart than this.
pub fn measure(clock: &Clock) -> u64 {
    let margin = clock.ticks(MARGIN).max(1);
    // The system's own clock is comparable between processors: the kernel sees to it.
    if !clock.is_counter() {
        return margin;
    }
    let cpus = affinity::allowed();
    let Some((&reference, others)) = cpus.split_first() else {
        return clock.ticks(UNMEASURED) + margin;
    };
    let mut bounds: Vec<u64> = others
        .iter()
        .map(|&cpu| bound(clock, reference, cpu).unwrap_or_else(|| clock.ticks(UNMEASURED)))
        .collect();
    bounds.sort_unstable();
    // Two others can each be off by their bound, in opposite directions.
    bounds.iter().rev().take(2).sum::<u64>() + margin
}

/// The line between two threads.
#[derive(Debug, Default)]
struct Line {
    ping: CachePadded<AtomicU64>,
    pong: CachePadded<[AtomicU64; 2]>,
}

/// How far the clocks of two processors may differ at most; `None` if that could not be measured.
fn bound(clock: &Clock, one: usize, other: usize) -> Option<u64> {
    let line = &Line::default();
    std::thread::scope(|scope| {
        let answering = scope.spawn(move || answer(clock, other, line));
        // A thread of its own, so that the caller may go on wherever it likes.
        let asking = scope.spawn(move || {
            let asked = affinity::stay_on(one).then(|| ask(clock, line));
            line.ping.store(END, Release);
            asked.flatten()
        });
        let asked = asking.join().ok().flatten();
        asked.filter(|_| answering.join().unwrap_or(false))
    })
}

fn ask(clock: &Clock, line: &Line) -> Option<u64> {
    let (mut behind, mut ahead) = (i64::MAX, i64::MAX);
    let (begin, good) = (clock.now(), clock.ticks(GOOD) as i64);
    let (long, longest) = (clock.ticks(LONG), clock.ticks(LONGEST));
    for number in 1..=EXCHANGES {
        let sent = clock.now();
        line.ping.store(number, Release);
        let arrived = loop {
            let arrived = line.pong[0].load(Acquire) == number;
            let now = clock.now();
            if arrived {
                break now;
            }
            let waited = now.wrapping_sub(begin);
            if waited > longest || waited > long && ahead.max(behind) <= good {
                return (number > 1).then(|| ahead.max(behind).max(0) as u64);
            }
            std::hint::spin_loop();
        };
        let read = line.pong[1].load(Relaxed);
        ahead = ahead.min(read.wrapping_sub(sent) as i64);
        behind = behind.min(arrived.wrapping_sub(read) as i64);
    }
    Some(ahead.max(behind).max(0) as u64)
}

/// Answers until the end; returns whether it ran where it should.
fn answer(clock: &Clock, cpu: usize, line: &Line) -> bool {
    let pinned = affinity::stay_on(cpu);
    let mut last = 0;
    let mut spins = 0_u32;
    loop {
        let number = line.ping.load(Acquire);
        if number == END || !pinned {
            return pinned;
        }
        if number == last {
            spins += 1;
            // The other thread may have no processor to itself.
            if spins % 10_000 == 0 {
                std::thread::yield_now();
            }
            std::hint::spin_loop();
            continue;
        }
        line.pong[1].store(clock.now(), Relaxed);
        line.pong[0].store(number, Release);
        last = number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_small_and_never_zero() {
        let clock = Clock::calibrate();
        let error = measure(&clock);
        // On a machine with more to do it is larger, and the check of times weaker.
        assert!(error > 0 && clock.ns(error) < 5_000_000, "{} ns", clock.ns(error));
    }
}

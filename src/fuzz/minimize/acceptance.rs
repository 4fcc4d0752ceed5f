//! Whether a smaller program still shows an anomaly that shows only now and then.
//!
//! Seen once is proof that it does. That it does not cannot be proven; but had its rate not fallen
//! below a part of what it was, it would have been seen by now with 95 %. This is the sequential
//! probability ratio test (A. Wald, "Sequential Tests of Statistical Hypotheses", Annals of
//! Mathematical Statistics 16, 1945) of "the rate is at least r/f" against "it is 0", where a
//! single sight decides at once: without one, the likelihood of the first hypothesis after n
//! rounds is at most exp(-n r/f), and it is given up when that is 0.05. For f = 1 this is the rule of
//! three, n = 3/r (J. A. Hanley, A. Lippman-Hand, JAMA 249, 1983).
//!
//! The rate is not known either, but measured: what is used is the lower end of its interval.

use crate::fuzz::trial::Tally;

/// A reduction is rejected when its rate is below this part of the rate before, with 95 %.
const FALL: f64 = 3.0;
/// -ln 0.05.
const CONFIDENCE: f64 = 2.995_732_273_553_991;

/// How much a program must be run without a sight until it is given up, if a program with this
/// tally is the one that it was made from: rounds, or seconds.
pub fn enough(tally: &Tally) -> f64 {
    CONFIDENCE * FALL / tally.least_rate()
}

/// The same for a first try, which proves nothing: what is given up wrongly is tried again. Smaller
/// programs run faster and show more, so that it is worth to come to them soon.
pub fn enough_at_first(tally: &Tally) -> f64 {
    CONFIDENCE / tally.rate()
}

/// Whether a program shows it so much more rarely than the one that it was made from that even with the upper
/// end of the interval a sight takes more than three times as long (`FALL`).
pub fn is_rarer(tally: &Tally, before: &Tally) -> bool {
    tally.most_per_second() * FALL < before.per_second()
}

/// How much to run next, when so much has been run without a sight and `enough` is the end: a few
/// times what a sight should take at first, then as much again as there was.
pub fn next(tally: &Tally, run: f64, enough: f64) -> f64 {
    let usual = 2.0 / tally.rate();
    usual.max(run).min(enough - run)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(seen: u64, in_all: f64) -> Tally {
        Tally { seen, in_all, seconds: 1.0 }
    }

    #[test]
    fn the_end_comes_after_three_times_the_fall_over_the_least_rate() {
        let seen = tally(10_000, 100_000.0);
        assert!((enough(&seen) - 91.0).abs() < 2.0, "{}", enough(&seen));
        // The same rate, seen once: it may be much smaller.
        assert!(enough(&tally(1, 10.0)) > 4.0 * enough(&tally(100, 1000.0)));
        assert_eq!(enough(&tally(0, 10.0)), f64::INFINITY);
    }

    /// The claim itself: a program whose rate is just the part of the rate before that is still
    /// taken is missed in no more than 5 % of the tries, whatever the rate.
    #[test]
    fn a_rate_that_has_fallen_by_less_is_missed_in_one_try_of_twenty_at_most() {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(7);
        for rate in [0.9_f64, 0.2, 0.01] {
            let mut missed = 0;
            for _ in 0..2000 {
                // Measured as a run does: until it has been seen eight times.
                let (mut rounds, mut seen) = (0.0, 0);
                while seen < 8 {
                    rounds += 1.0;
                    seen += u64::from(rng.random_bool(rate));
                }
                let end = enough(&tally(seen, rounds)).ceil() as u64;
                missed += u32::from(!(0..end).any(|_| rng.random_bool(rate / FALL)));
            }
            assert!(missed <= 100, "missed {missed} of 2000 at {rate}");
        }
    }

    #[test]
    fn what_is_run_next_never_goes_past_the_end() {
        let seen = tally(8, 100.0);
        let end = enough(&seen);
        let (mut run, mut chunks) = (0.0, 0);
        while run < end {
            let more = next(&seen, run, end);
            assert!(more > 0.0);
            run += more;
            chunks += 1;
        }
        assert!(run <= end * 1.000_001 && (2..8).contains(&chunks), "{run} of {end}, {chunks}");
    }
}

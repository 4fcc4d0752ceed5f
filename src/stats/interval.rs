//! The 95 % interval of a rate seen as `k` in `n`.
//!
//! A race has a rate; what a run measures of it is uncertain, most of all when it was seen never
//! or once. For `k > 0` the Wilson score interval (E. B. Wilson, "Probable Inference, the Law of
//! Succession, and Statistical Inference", JASA 22, 1927) is used: it stays inside 0 to 1 and
//! keeps its coverage near the ends, where the textbook interval collapses (L. D. Brown,
//! T. T. Cai, A. DasGupta, "Interval Estimation for a Binomial Proportion", Statistical Science
//! 16, 2001). For `k = 0` the upper bound is 3/n, the rule of three (J. A. Hanley,
//! A. Lippman-Hand, "If Nothing Goes Wrong, Is Everything All Right?", JAMA 249, 1983).

/// The 97.5 % quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// A rate and its 95 % interval, each from 0 to 1 and never NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// `k / n`, or 0 without trials.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// The rate behind `k` events in `n` trials. More events than trials count as one per trial, and
/// without trials nothing is known: the interval is all of 0 to 1.
#[must_use]
pub fn rate(k: u64, n: u64) -> Rate {
    if n == 0 {
        return Rate { value: 0.0, low: 0.0, high: 1.0 };
    }
    let k = k.min(n);
    #[expect(clippy::cast_precision_loss, reason = "53 bits of a count are more than enough")]
    let (events, trials) = (k as f64, n as f64);
    if k == 0 {
        return Rate { value: 0.0, low: 0.0, high: (3.0 / trials).min(1.0) };
    }
    let (low, high) = wilson(events, trials);
    // Rounding must not move the ends past what was seen, and k = n reaches exactly 1.
    let value = events / trials;
    Rate {
        value,
        low: low.clamp(0.0, value),
        high: if k == n { 1.0 } else { high.clamp(value, 1.0) },
    }
}

fn wilson(events: f64, trials: f64) -> (f64, f64) {
    let p = events / trials;
    let z2 = Z * Z;
    let scale = 1.0 + z2 / trials;
    let centre = (p + z2 / (2.0 * trials)) / scale;
    let half = Z * (p * (1.0 - p) / trials + z2 / (4.0 * trials * trials)).sqrt() / scale;
    (centre - half, centre + half)
}

#[cfg(test)]
mod tests {
    use super::{Rate, rate};

    fn close(got: f64, want: f64) {
        assert!((got - want).abs() < 5e-5, "got {got}, want {want}");
    }

    /// Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in
    /// Medicine 17, 1998, table I, method 3.
    #[test]
    fn published_wilson_intervals_are_reproduced() {
        for (k, n, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (1, 29, 0.0061, 0.1718)]
        {
            let r = rate(k, n);
            close(r.low, low);
            close(r.high, high);
        }
    }

    #[test]
    fn nothing_seen_is_bounded_by_the_rule_of_three() {
        let r = rate(0, 2_100_000);
        assert_eq!((r.value, r.low), (0.0, 0.0));
        close(r.high * 1e6, 1.428_57);
        assert_eq!(rate(0, 2).high, 1.0);
    }

    #[test]
    fn without_trials_nothing_is_known() {
        assert_eq!(rate(0, 0), Rate { value: 0.0, low: 0.0, high: 1.0 });
        assert_eq!(rate(5, 0), Rate { value: 0.0, low: 0.0, high: 1.0 });
    }

    #[test]
    fn seen_every_time_reaches_one_and_mirrors_its_complement() {
        let r = rate(10, 10);
        assert_eq!((r.value, r.high), (1.0, 1.0));
        close(r.low, 0.722_47);
        assert_eq!(rate(11, 10), r);
        let (few, many) = (rate(3, 40), rate(37, 40));
        close(few.low, 1.0 - many.high);
        close(few.high, 1.0 - many.low);
    }

    #[test]
    fn the_interval_always_holds_the_rate_and_stays_in_range() {
        for n in [1, 2, 3, 10, 1_000, 1 << 40, u64::MAX] {
            for k in [0, 1, 2, n / 3, n - 1, n] {
                let r = rate(k, n);
                assert!(0.0 <= r.low && r.low <= r.value, "{k} in {n}: {r:?}");
                assert!(r.value <= r.high && r.high <= 1.0, "{k} in {n}: {r:?}");
            }
        }
    }
}

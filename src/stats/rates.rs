//! Two rates, each seen as some events in some trials: has the rate changed?
//!
//! Given how many events there were in all, those of one side are binomial, with a probability that
//! depends on the ratio of the rates alone: J. Przyborowski, H. Wilenski, "Homogeneity of Results in
//! Testing Samples from Poisson Series", Biometrika 31, 1940; R's `poisson.test` does the same. So
//! the test needs no normal approximation, and no knowledge of the rate itself. The two-sided value
//! is twice the smaller tail, and the interval of the ratio is that of Clopper and Pearson
//! ("The Use of Confidence or Fiducial Limits Illustrated in the Case of the Binomial", Biometrika
//! 26, 1934), so that test and interval always agree (M. P. Fay, "Two-sided Exact Tests and Matching
//! Confidence Intervals for Discrete Data", The R Journal 2/1, 2010; the package `rateratio.test`).
//!
//! Events are taken as Poisson. Where a rate is not small, a binomial count varies less than that:
//! the test is then cautious, never bold.
//!
//! Counts need not be whole: where repeated runs vary more than Poisson, they are divided by how
//! much more (J. N. K. Rao, A. J. Scott, "A Simple Method for the Analysis of Clustered Binary
//! Data", Biometrics 48, 1992), see [`mod@super::dispersion`].

use super::beta::regularised;

/// More events than this are scaled down before they are looked at. It can only hide a change of
/// some ten millionths, and bounds the work.
const MOST_EVENTS: f64 = 1e10;

/// Events and the trials in which they were seen, neither negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Events {
    /// How often it was seen.
    pub seen: f64,
    /// How often it could have been seen.
    pub trials: f64,
}

/// A ratio of two rates, and what is known of it. Not negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The new rate over the old one; `None` if nothing was seen before.
    pub value: Option<f64>,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval; `None` if there is none.
    pub high: Option<f64>,
}

impl Events {
    /// Of counts.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "53 bits of a count are more than enough")]
    pub fn new(seen: u64, trials: u64) -> Self {
        Self { seen: seen as f64, trials: trials as f64 }
    }

    /// As many as they are worth if they vary by this factor, at least 1, more than Poisson.
    #[must_use]
    pub fn worth(self, dispersion: f64) -> Self {
        let factor = dispersion.max(1.0);
        Self { seen: self.seen / factor, trials: self.trials / factor }
    }
}

/// How probable it is to see at least as many of the events in `new` if its rate is `factor` times
/// that of `old`: small if it is more. 1 where nothing was seen, or one side has no trials.
#[must_use]
pub fn at_least(old: Events, new: Events, factor: f64) -> f64 {
    let Some((old, new)) = usable(old, new) else { return 1.0 };
    if new.seen <= 0.0 {
        return 1.0;
    }
    let (mine, yours) = chances(old.trials, new.trials * factor);
    // P(X >= k) of the binomial distribution is I_p(k, n - k + 1).
    regularised(new.seen, old.seen + 1.0, mine, yours)
}

/// How probable it is to see at most as many of the events in `new` if its rate is `factor` times
/// that of `old`: small if it is less.
#[must_use]
pub fn at_most(old: Events, new: Events, factor: f64) -> f64 {
    at_least(new, old, 1.0 / factor)
}

/// How probable a difference like this is, in either direction, if the rates differ by no more than
/// `margin`, at least 1: the p-value of the hypothesis that the new rate is between 1 / `margin` and
/// `margin` times the old one. With a margin of 1 it is the test of equal rates.
#[must_use]
pub fn changed(old: Events, new: Events, margin: f64) -> f64 {
    let margin = margin.max(1.0);
    let one_sided = at_least(old, new, margin).min(at_most(old, new, 1.0 / margin));
    (2.0 * one_sided).min(1.0)
}

/// The ratio of the new rate to the old one, with the interval that holds it with a probability of
/// at least `confidence`, from 0 to 1.
#[must_use]
pub fn ratio(old: Events, new: Events, confidence: f64) -> Ratio {
    let unknown = Ratio { value: None, low: 0.0, high: None };
    let Some((old, new)) = usable(old, new) else { return unknown };
    let value = (new.seen / new.trials) / (old.seen / old.trials);
    let tail = (1.0 - confidence) / 2.0;
    let low = if new.seen > 0.0 { bound(old, new, tail) } else { 0.0 };
    let high = (old.seen > 0.0).then(|| 1.0 / bound(new, old, tail));
    Ratio { value: (old.seen > 0.0).then_some(value), low, high }
}

/// How many trials without it, all in all, would make [`changed`] say at this level that something
/// seen in `old` has become rarer by more than `margin`; infinity if it was never seen.
#[must_use]
pub fn trials_to_tell(old: Events, margin: f64, level: f64) -> f64 {
    if old.seen <= 0.0 || old.trials <= 0.0 {
        return f64::INFINITY;
    }
    // All events fall to the old side with probability (t / (t + n / margin)) ^ seen = level / 2.
    old.trials * margin.max(1.0) * ((level / 2.0).powf(-1.0 / old.seen) - 1.0)
}

/// The ratio at which [`at_least`] is `tail`; it grows with the ratio.
fn bound(old: Events, new: Events, tail: f64) -> f64 {
    let exceeded = |log: f64| at_least(old, new, log.exp()) > tail;
    let start = ((new.seen / new.trials) / (old.seen.max(0.5) / old.trials)).ln();
    // The bound is below what was seen; how far depends on the smaller count.
    let mut step = 4.0 / (old.seen.min(new.seen).max(0.25)).sqrt();
    let mut high = start;
    while !exceeded(high) && high < 800.0 {
        high += step;
        step *= 2.0;
    }
    let mut low = high - step;
    while exceeded(low) && low > -800.0 {
        step *= 2.0;
        low = high - step;
    }
    while high - low > 1e-12 * low.abs().max(1.0) {
        let middle = low + (high - low) / 2.0;
        if exceeded(middle) { high = middle } else { low = middle }
    }
    low.exp()
}

/// Both sides, scaled down where there is too much; `None` where they tell nothing.
fn usable(old: Events, new: Events) -> Option<(Events, Events)> {
    let all = old.seen + new.seen;
    if all <= 0.0 || old.trials <= 0.0 || new.trials <= 0.0 {
        return None;
    }
    let factor = (all / MOST_EVENTS).max(1.0);
    Some((old.worth(factor), new.worth(factor)))
}

/// The shares of the second and of the first in their sum.
fn chances(first: f64, second: f64) -> (f64, f64) {
    // Divided first, so that no sum overflows.
    let ratio = second / first;
    if ratio.is_infinite() { (1.0, 0.0) } else { (ratio / (1.0 + ratio), 1.0 / (1.0 + ratio)) }
}

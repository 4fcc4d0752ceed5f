//! The statistics of `compare` against what others compute: published values, SciPy and mpmath
//! (`reference.csv`, written by `reference.py`), and a second implementation in whole numbers.

use fsrace::stats::rates::{Events, at_least, at_most, changed, ratio, trials_to_tell};
use proptest::prelude::*;

#[track_caller]
fn close(got: f64, want: f64, relative: f64, what: &str) {
    let near = (got - want).abs() <= relative * want.abs() || (got - want).abs() < 1e-300;
    assert!(near || got == want, "{what}: got {got:e}, want {want:e}");
}

#[track_caller]
fn rounded(got: f64, want: &str) {
    let decimals = want.split('.').nth(1).map_or(0, str::len);
    assert_eq!(format!("{got:.decimals$}"), want);
}

/// R 4.x, `example(poisson.test)`: "Comparison of Poisson rates", Fredericia against three cities.
#[test]
fn the_interval_is_that_of_the_manual_of_r() {
    let (fredericia, others) = (Events::new(11, 800), Events::new(21, 1083 + 1050 + 878));
    let r = ratio(others, fredericia, 0.95);
    rounded(r.value.unwrap(), "1.971488");
    rounded(r.low, "0.8584264");
    rounded(r.high.unwrap(), "4.2772659");
}

/// `rateratio.test(c(2, 9), c(17877, 16660))`, the example of M. P. Fay's vignette and of his paper
/// in The R Journal 2/1, 2010: "barely non-significant", where the other two-sided value is 0.04213.
#[test]
fn the_test_and_its_interval_agree_where_others_do_not() {
    let (first, second) = (Events::new(2, 17_877), Events::new(9, 16_660));
    let p = changed(first, second, 1.0);
    rounded(p, "0.0501");
    let r = ratio(second, first, 0.95);
    assert!(p > 0.05 && r.low < 1.0 && r.high.unwrap() > 1.0, "{p} {r:?}");
}

/// W. J. Conover, "Practical Nonparametric Statistics", as `example(binom.test)` of R has it:
/// 682 of 925 plants, where three in four are expected; 95 % interval 0.7076683 to 0.7654066.
#[test]
fn the_interval_is_that_of_clopper_and_pearson() {
    // The share of all events that are new ones is that of a binomial count: the ratio is its odds.
    let r = ratio(Events::new(243, 1), Events::new(682, 1), 0.95);
    let share = |odds: f64| odds / (1.0 + odds);
    rounded(share(r.low), "0.7076683");
    rounded(share(r.high.unwrap()), "0.7654066");
}

#[test]
fn values_of_scipy_and_mpmath_are_reproduced() {
    let table = include_str!("reference.csv");
    let mut rows = 0;
    for line in table.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let whole = |i: usize| fields[i].parse::<u64>().unwrap();
        let number = |i: usize| fields[i].parse::<f64>().unwrap();
        let (old, new) = (Events::new(whole(0), whole(1)), Events::new(whole(2), whole(3)));
        let factor = number(4);
        close(at_least(old, new, factor), number(5), 1e-9, line);
        close(at_most(old, new, 1.0 / factor), number(6), 1e-9, line);
        let r = ratio(old, new, 0.95);
        close(r.low, number(7), 1e-8, line);
        close(r.high.unwrap_or(f64::INFINITY), number(8), 1e-8, line);
        rows += 1;
    }
    assert_eq!(rows, 46);
}

/// P(X >= k) of the conditional binomial in whole numbers, exact until the last division.
fn by_counting(old: (u64, u64), new: (u64, u64)) -> f64 {
    let n = old.0 + new.0;
    let (mine, yours) = (u128::from(new.1), u128::from(old.1));
    let mut ways: u128 = 1; // n over j
    let mut hits: u128 = 0;
    for j in 0..=n {
        if j >= new.0 {
            hits += ways * mine.pow(j as u32) * yours.pow((n - j) as u32);
        }
        ways = ways * u128::from(n - j) / u128::from(j + 1);
    }
    hits as f64 / (mine + yours).pow(n as u32) as f64
}

/// The same by adding up terms in logarithms, from the largest index down.
fn by_adding(old: (u64, u64), new: (u64, u64)) -> f64 {
    let n = old.0 + new.0;
    let p = (new.1 as f64 / (new.1 + old.1) as f64, old.1 as f64 / (new.1 + old.1) as f64);
    // The term of j = n is p^n; each further one follows from the one above it.
    let mut log = n as f64 * p.0.ln();
    let mut sum = 0.0;
    for j in (new.0..=n).rev() {
        sum += log.exp();
        log += (j as f64 / (n - j + 1) as f64 * (p.1 / p.0)).ln();
    }
    sum
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whole_numbers_agree(a in 0u64..12, s in 1u64..9, b in 0u64..12, t in 1u64..9) {
        let want = by_counting((a, s), (b, t));
        let got = at_least(Events::new(a, s), Events::new(b, t), 1.0);
        prop_assert!((got - want).abs() <= 1e-12 * want, "{got:e} {want:e}");
    }

    #[test]
    fn sums_of_terms_agree(a in 0u64..2000, s in 1u64..5000, b in 1u64..2000, t in 1u64..5000) {
        let want = by_adding((a, s), (b, t));
        let got = at_least(Events::new(a, s), Events::new(b, t), 1.0);
        prop_assert!((got - want).abs() <= 1e-8 * want + 1e-280, "{got:e} {want:e}");
    }

    #[test]
    fn both_tails_make_one(a in 0u64..3000, s in 1u64..1 << 40, b in 1u64..3000, t in 1u64..1 << 40,
                           factor in 0.1f64..10.0) {
        let (old, new) = (Events::new(a, s), Events::new(b, t));
        let fewer = Events::new(b - 1, t);
        // At least b, or at most b - 1, given as many in all.
        let rest = Events { seen: old.seen + 1.0, ..old };
        let sum = at_least(old, new, factor) + at_most(rest, fewer, factor);
        prop_assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    }

    #[test]
    fn sides_can_be_swapped(a in 0u64..3000, s in 1u64..1 << 30, b in 0u64..3000, t in 1u64..1 << 30,
                            margin in 1.0f64..5.0) {
        let (old, new) = (Events::new(a, s), Events::new(b, t));
        let (p, q) = (changed(old, new, margin), changed(new, old, margin));
        prop_assert!((p - q).abs() <= 1e-9 * p, "{p} {q}");
        let (there, back) = (ratio(old, new, 0.95), ratio(new, old, 0.95));
        let high = there.high.unwrap_or(f64::INFINITY);
        prop_assert!((back.low * high - 1.0).abs() < 1e-9 || back.low == 0.0);
    }

    #[test]
    fn the_interval_holds_the_ratio_and_what_the_test_does_not_reject(
        a in 1u64..500, s in 1u64..100_000, b in 1u64..500, t in 1u64..100_000
    ) {
        let (old, new) = (Events::new(a, s), Events::new(b, t));
        let r = ratio(old, new, 0.95);
        let (value, high) = (r.value.unwrap(), r.high.unwrap());
        prop_assert!(r.low < value && value < high);
        prop_assert_eq!(changed(old, new, 1.0) > 0.05, r.low < 1.0 && 1.0 < high);
        let wider = ratio(old.worth(3.0), new.worth(3.0), 0.95);
        prop_assert!(wider.low <= r.low && wider.high.unwrap() >= high);
    }

    #[test]
    fn a_margin_only_makes_it_more_cautious(
        a in 0u64..500, s in 1u64..100_000, b in 0u64..500, t in 1u64..100_000, m in 1.0f64..4.0
    ) {
        let (old, new) = (Events::new(a, s), Events::new(b, t));
        let p = [changed(old, new, 1.0), changed(old, new, m), changed(old, new, m + 1.0)];
        prop_assert!(p[0] <= p[1] + 1e-12 && p[1] <= p[2] + 1e-12, "{p:?}");
        prop_assert!((0.0..=1.0).contains(&p[2]));
    }

    #[test]
    fn as_many_trials_as_it_asks_for_are_enough(a in 1u64..1000, s in 1u64..1_000_000) {
        let old = Events::new(a, s);
        let enough = trials_to_tell(old, 2.0, 0.05);
        let p = |trials: f64| changed(old, Events { seen: 0.0, trials }, 2.0);
        prop_assert!(p(enough * 1.0001) <= 0.05 && p(enough * 0.9999) > 0.05);
    }
}

#[test]
fn huge_counts_come_to_an_end() {
    let start = std::time::Instant::now();
    for (a, s, b, t) in [
        (u64::MAX, u64::MAX, u64::MAX, u64::MAX),
        (u64::MAX, u64::MAX, 1, u64::MAX),
        (1 << 40, 1 << 50, (1 << 40) + (1 << 30), 1 << 50),
        (1_000_000_000, 1_000_000_000, 999_900_000, 1_000_000_000),
        (0, u64::MAX, u64::MAX, 1),
    ] {
        let (old, new) = (Events::new(a, s), Events::new(b, t));
        let (p, r) = (changed(old, new, 1.0), ratio(old, new, 0.95));
        assert!((0.0..=1.0).contains(&p) && r.low.is_finite(), "{a} {s} {b} {t}: {p} {r:?}");
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn what_tells_nothing_is_certain_of_nothing() {
    for (old, new) in [((0, 10), (0, 10)), ((3, 10), (0, 0)), ((0, 0), (3, 10)), ((0, 0), (0, 0))] {
        let (old, new) = (Events::new(old.0, old.1), Events::new(new.0, new.1));
        assert_eq!(changed(old, new, 1.0), 1.0);
        let r = ratio(old, new, 0.95);
        assert_eq!((r.value, r.low, r.high), (None, 0.0, None));
    }
    assert_eq!(trials_to_tell(Events::new(0, 10), 2.0, 0.05), f64::INFINITY);
}

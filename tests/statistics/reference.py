#!/usr/bin/env python3
"""Writes reference.csv: two rates compared by two other implementations.

    python3 -m venv /tmp/v && /tmp/v/bin/pip install scipy mpmath
    /tmp/v/bin/python tests/statistics/reference.py > tests/statistics/reference.csv

Tails of up to 1000 events come from mpmath with 60 digits (the incomplete beta function by its
hypergeometric series), and are checked against scipy.stats.binom here; those of more events come
from SciPy alone. Intervals come from scipy.stats.binomtest
(Clopper-Pearson of the conditional binomial, turned into a ratio of rates).
"""
import sys
import mpmath
import scipy
from scipy import stats

mpmath.mp.dps = 60
CASES = [
    # old seen, old trials, new seen, new trials
    (1, 1000, 0, 1000), (0, 1000, 1, 1000), (0, 50, 3, 100_000), (5, 1000, 20, 1000),
    (20, 1000, 5, 1000), (2, 17877, 9, 16660), (11, 800, 21, 3011), (21, 3011, 11, 800),
    (12, 21_000, 507, 2352), (507, 2352, 0, 2352), (3, 2_100_000, 3, 2_100_000),
    (9991, 27_846, 17_221, 61_878), (90_000, 120_000, 91_000, 120_000),
    (1000, 1_000_000_000, 1100, 1_000_000_000), (1, 1_000_000_000, 25, 1_000_000_000),
    (500_000, 1_000_000_000, 502_000, 1_000_000_000), (40, 1_000_000_000, 0, 300_000_000),
    (250_000_000, 1_000_000_000, 250_050_000, 1_000_000_000), (7, 7, 7, 7), (1, 1, 1, 1_000_000),
    (300, 1000, 100, 1_000_000), (100, 1_000_000, 300, 1000), (6, 10, 6, 10_000_000),
]

def tail_at_least(k, n, p):
    """P(X >= k), X binomial."""
    if k == 0:
        return mpmath.mpf(1)
    if n > 1000:
        return None  # the series of mpmath takes for ever there: SciPy (Boost) alone
    return mpmath.betainc(k, n - k + 1, 0, p, regularized=True)

print("old_seen,old_trials,new_seen,new_trials,factor,at_least,at_most,ratio_low,ratio_high")
for a, s, b, t in CASES:
    for factor in (1, 2):
        p = mpmath.mpf(t * factor) / (t * factor + s)
        q = mpmath.mpf(t) / (t + s * factor)  # the rate is 1/factor of the old one
        n = a + b
        upper, lower = tail_at_least(b, n, p), tail_at_least(a, n, 1 - q)
        for mine, other in ((upper, stats.binom.sf(b - 1, n, float(p))),
                            (lower, stats.binom.cdf(b, n, float(q)))):
            if mine is not None and mine > 1e-200:
                assert abs(float(mine) - other) <= 1e-6 * float(mine), (a, s, b, t, mine, other)
        upper = stats.binom.sf(b - 1, n, float(p)) if upper is None else upper
        lower = stats.binom.cdf(b, n, float(q)) if lower is None else lower
        interval = stats.binomtest(b, n, 0.5).proportion_ci(0.95, "exact")
        odds = lambda share: share / (1 - share) * s / t if share < 1 else float("inf")
        fields = [a, s, b, t, factor, mpmath.nstr(mpmath.mpf(upper), 12),
                  mpmath.nstr(mpmath.mpf(lower), 12),
                  f"{odds(interval.low):.10g}", f"{odds(interval.high):.10g}"]
        print(",".join(map(str, fields)))
print(f"scipy {scipy.__version__}, mpmath {mpmath.__version__}", file=sys.stderr)

#!/usr/bin/env python3
"""How often two systems with the same rate are told apart, when the rate varies from run to run.

    python3 -m venv /tmp/v && /tmp/v/bin/pip install scipy
    /tmp/v/bin/python tests/statistics/simulation.py

Rates are log-normal with a standard deviation of the logarithm `sigma`; each side has so many runs of
20,000 trials at a rate of about 5 %. Printed is the share of comparisons that call it changed at 5 %
without, and with, Student's quantile in place of the normal one, and for single runs. The method is
that of src/stats, written again.
"""
import numpy
from scipy import stats

random = numpy.random.default_rng(1)
RATE, TRIALS, REPEATS = 0.05, 20_000, 400

def at_least(old, new, factor):
    if new[0] <= 0:
        return 1.0
    p = new[1] * factor / (new[1] * factor + old[1])
    return stats.beta.cdf(p, new[0], old[0] + 1)

def changed(old, new, margin):
    return min(1.0, 2 * min(at_least(old, new, margin), at_least(new, old, margin)))

def dispersion(groups):
    statistic, freedom = 0.0, 0
    for group in groups:
        events, trials = sum(k for k, _ in group), sum(n for _, n in group)
        if events and len(group) > 1:
            freedom += len(group) - 1
            statistic += sum((k - n * events / trials) ** 2 / (n * events / trials) for k, n in group)
    return statistic, freedom

def share(sigma, runs, margin, student):
    wrong = 0
    for _ in range(REPEATS):
        rates = RATE * numpy.exp(random.normal(0, sigma, (2, runs)))
        groups = [[(random.poisson(rate * TRIALS), TRIALS) for rate in side] for side in rates]
        statistic, freedom = dispersion(groups)
        factor = 1.0
        if freedom:
            widen = (stats.t.ppf(0.975, freedom) / stats.norm.ppf(0.975)) ** 2 if student else 1
            factor = max(1.0, statistic / freedom * widen)
        sides = [(sum(k for k, _ in g) / factor, sum(n for _, n in g) / factor) for g in groups]
        wrong += changed(*sides, margin) <= 0.05
    return wrong / REPEATS

for sigma in (0, 0.3, 0.6, 1, 1.3):
    alone = ", ".join(f"margin {m}: {share(sigma, 1, m, False):.1%}" for m in (2, 4, 10))
    print(f"sigma {sigma}, single runs: {alone}")
    for runs in (2, 3, 5, 10):
        told = [f"margin {m}: {share(sigma, runs, m, False):.1%}, with Student "
                f"{share(sigma, runs, m, True):.1%}" for m in (1, 2)]
        print(f"sigma {sigma}, {runs} runs each: {'; '.join(told)}", flush=True)

#!/usr/bin/env python3
"""How often `profinst check` judges wrongly: gate.py [CHECKS]

Writes the figures of docs/GATE.md, from times drawn with a fixed seed and judged by the rules that stand there,
written down here once more: of CHECKS comparisons (400) of a program with itself, and a quarter as many with 20 %
planted in the function that has 10 % of the time. Takes some minutes. tests/analyzer/test_check_chance.py holds the
command against the same rules.

Needs Debian's python3-scipy.
"""

import sys

import numpy
from scipy import stats

FUNCTIONS = 30
SHARES = numpy.array([0.10] + [0.90 / (FUNCTIONS - 1)] * (FUNCTIONS - 1))
LOAD = 0.5  # what a loaded run takes longer, on average
WARN = 0.10
NOISES = {"1 %, 1 %": (0.01, 0.01, 0), "3 %, 3 %": (0.03, 0.03, 0), "3 %, 3 %, a third loaded": (0.03, 0.03, 0.33),
          "8 %, 5 %": (0.08, 0.05, 0), "5 %, 5 %, half loaded": (0.05, 0.05, 0.5)}

draw = numpy.random.default_rng(7)


def series(runs, of_runs, of_functions, loaded, planted=1.0):
    """Times of the functions in each run, and of all together."""
    times = SHARES * numpy.array([planted] + [1.0] * (FUNCTIONS - 1))
    times = times * numpy.exp(draw.normal(0, of_runs, (runs, 1)))
    times = times * (1 + (draw.random((runs, 1)) < loaded) * draw.exponential(LOAD, (runs, 1)))
    times = times * numpy.exp(draw.normal(0, of_functions, (runs, FUNCTIONS)))
    return numpy.hstack([times, times.sum(1, keepdims=True)])


def beside(times, usual):
    """Each function's times, divided by what the middle one of the others differs by from its mean before."""
    result, away = times.copy(), numpy.log(times[:, :FUNCTIONS]) - usual
    for function in range(FUNCTIONS):
        others = numpy.arange(FUNCTIONS) != function
        result[:, function] /= numpy.exp(numpy.median(away[:, others], axis=1))
    return result


def holm(p):
    order = numpy.argsort(p)
    result = numpy.empty(len(p))
    result[order] = numpy.maximum.accumulate(numpy.minimum(1, p[order] * (len(p) - numpy.arange(len(p)))))
    return result


def compare(before, after, is_beside):
    """What there is to know of each time: ratio, its interval's lower end, p, Cliff's delta, ratio of the fastest."""
    fastest = after.min(0) / before.min(0)
    if is_beside:
        usual = numpy.log(before[:, :FUNCTIONS]).mean(0)
        before, after = beside(before, usual), beside(after, usual)
    first, second = numpy.log(before), numpy.log(after)
    growth = second.mean(0) - first.mean(0)
    a, b = first.var(0, ddof=1) / len(first), second.var(0, ddof=1) / len(second)
    freedom = (a + b) ** 2 / (a ** 2 / (len(first) - 1) + b ** 2 / (len(second) - 1))
    error = numpy.sqrt(a + b)
    p = holm(2 * stats.t.sf(abs(growth) / error, freedom))
    delta = numpy.sign(after[:, None, :] - before[None, :, :]).mean((0, 1))
    low = numpy.exp(growth - stats.t.ppf(0.975, freedom) * error)
    return numpy.exp(growth), low, p, delta, fastest


def past(before, after, limit, is_beside=True):
    """Which times have grown by more than that, for certain."""
    ratio, low, p, delta, fastest = compare(before, after, is_beside)
    half = 1 + limit / 2
    return (ratio > 1 + limit) & (p < 0.01) & (delta >= 0.5) & (low > half) & (fastest > half)


def count(checks, make_before, make_after, which, limit=WARN, is_beside=True):
    """In how many checks something of `which` is past the limit."""
    return sum(past(make_before(), make_after(), limit, is_beside)[which].any() for _ in range(checks))


def main():
    checks = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    everything, first = slice(None), slice(0, 1)
    print("noise | runs | warnings, failures of nothing | 20 % found | the same by times as they are")
    for name, noise in NOISES.items():
        for runs in 5, 10, 20:
            same, slower = (lambda: series(runs, *noise)), (lambda: series(runs, *noise, planted=1.2))
            print(name, runs,
                  f"{count(checks, same, same, everything)}, {count(checks, same, same, everything, 0.2)} of {checks}",
                  f"{count(checks // 4, same, slower, first)} of {checks // 4}",
                  count(checks // 4, same, slower, first, is_beside=False), sep=" | ", flush=True)
    for runs in 10, 20:
        before, after = (lambda: series(runs, 0.03, 0.03, 0.05)), (lambda: series(runs, 0.03, 0.03, 0.6))
        print("loaded: 5 % before, 60 % after", runs,
              f"{count(checks, before, after, everything)}, {count(checks, before, after, everything, 0.2)} of {checks}",
              sep=" | ", flush=True)


if __name__ == "__main__":
    main()

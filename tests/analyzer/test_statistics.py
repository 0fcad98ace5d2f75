"""The statistics against SciPy's, on samples as measurements are, and on those that are at an edge."""

import math
import os
import pathlib
import random
import subprocess
import unittest

try:
    import numpy
    from scipy import stats
except ImportError as error:
    raise SystemExit(f"{error}: install the Debian package python3-scipy (scripts/setup.sh does)")

STATISTICS = pathlib.Path(os.environ["PROFINST_BUILD"]) / "tests" / "analyzer" / "statistics"


def ask(request, *samples):
    """What the C functions say of the samples."""
    line = " ".join([request, " | ".join(" ".join(map(repr, sample)) for sample in samples)])
    result = subprocess.run([STATISTICS], input=line + "\n", capture_output=True, text=True, check=True)
    return [float(number) for number in result.stdout.split()]


def samples():
    """Runs of a program: as many as people do, steady and noisy, small and large numbers."""
    draw = random.Random(1)
    for count in (2, 3, 5, 10, 30, 200):
        for scale, noise in ((1e5, 0.02), (1e6, 0.05), (1e9, 0.3), (4e13, 1.0)):
            yield [round(scale * math.exp(draw.gauss(0, noise))) + 1.0 for _ in range(count)]


class Statistics(unittest.TestCase):
    def near(self, found, expected):
        self.assertEqual(len(found), len(expected))
        for one, other in zip(found, expected):
            if math.isnan(other):
                self.assertTrue(math.isnan(one), (found, expected))
            else:
                self.assertLessEqual(abs(one - other), 1e-9 * abs(other) + 1e-300, (found, expected))

    def test_of_one_sample(self):
        for sample in samples():
            low, high = stats.t.interval(0.95, len(sample) - 1, numpy.mean(sample), stats.sem(sample))
            self.near(ask("describe", sample), [
                numpy.mean(sample), numpy.median(sample), numpy.std(sample, ddof=1), min(sample),
                max(sample), low, high])

    def test_of_one_value_and_of_none(self):
        nan = math.nan
        self.near(ask("describe", [7.0]), [7, 7, nan, 7, 7, nan, nan])
        self.near(ask("describe", []), [nan] * 7)

    def test_of_values_that_do_not_vary(self):
        self.near(ask("describe", [5.0, 5.0, 5.0]), [5, 5, 0, 5, 5, 5, 5])

    def test_outliers(self):
        for sample in [*samples(), [1.0, 2.0, 3.0, 4.0, 100.0], [-50.0, 1.0, 1.0, 1.0, 2.0, 9.0]]:
            first, third = numpy.quantile(sample, [0.25, 0.75])  # of type 7, as R's default is
            fence = 1.5 * (third - first)
            marks = [float(x < first - fence or x > third + fence) for x in sample]
            self.assertEqual(ask("outliers", sample), [sum(marks), *marks])
        self.assertEqual(ask("outliers", [1.0, 2.0, 3.0, 4.0, 100.0]), [1, 0, 0, 0, 0, 1])
        self.assertEqual(ask("outliers", []), [0])

    def test_two_samples(self):
        all_samples = list(samples())
        for first, second in zip(all_samples, all_samples[4:] + all_samples[:4]):
            self.contrast(first, second)
            self.contrast(first, [1.07 * value for value in first])
            self.contrast(second, first)

    def contrast(self, first, second):
        logs = [numpy.log(first), numpy.log(second)]
        expected = stats.ttest_ind(logs[1], logs[0], equal_var=False)
        parts = [numpy.var(log, ddof=1) / len(log) for log in logs]
        freedom = sum(parts) ** 2 / sum(part ** 2 / (len(log) - 1) for part, log in zip(parts, logs))
        difference = numpy.mean(logs[1]) - numpy.mean(logs[0])
        half = stats.t.ppf(0.975, freedom) * math.sqrt(sum(parts))
        # Of two samples U counts the pairs of which the first is larger, and half of equal ones.
        larger = stats.mannwhitneyu(second, first).statistic / (len(first) * len(second))
        found = ask("contrast", first, second)
        for one, other in zip(found, [math.exp(difference), math.exp(difference - half),
                                      math.exp(difference + half), expected.pvalue, 2 * larger - 1]):
            self.assertLessEqual(abs(one - other), 1e-7 * abs(other) + 1e-12, (first, second, found))

    def test_tiny_probabilities(self):
        first = [100.0 + i for i in range(100)]
        second = [10 * value for value in first]
        expected = stats.ttest_ind(numpy.log(second), numpy.log(first), equal_var=False).pvalue
        self.assertLess(expected, 1e-50)
        found = ask("contrast", first, second)[3]
        self.assertLess(abs(math.log(found / expected)), 1e-6)

    def test_two_samples_at_an_edge(self):
        nan = math.nan
        self.near(ask("contrast", [2.0], [3.0]), [1.5, nan, nan, nan, 1])
        self.near(ask("contrast", [2.0, 2.5], [3.0])[3:], [nan, 1])
        self.near(ask("contrast", [], [3.0]), [nan] * 5)
        self.near(ask("contrast", [4.0, 4.0], [4.0, 4.0]), [1, 1, 1, 1, 0])
        self.near(ask("contrast", [4.0, 4.0], [8.0, 8.0]), [2, 2, 2, 0, 1])

    def test_zeros_count_as_a_half(self):
        self.near(ask("contrast", [0.0], [30.0])[:1], [60])
        self.near(ask("contrast", [0.6], [0.0])[:1], [0.5 / 0.6])
        found = ask("contrast", [0.0, 0.1, 20.0], [30.0, 0.0, 40.0])[:4]
        self.near(found, ask("contrast", [0.5, 0.5, 20.0], [30.0, 0.5, 40.0])[:4])
        logs = numpy.log([0.5, 0.5, 20.0]), numpy.log([30.0, 0.5, 40.0])
        self.assertAlmostEqual(found[3], stats.ttest_ind(logs[1], logs[0], equal_var=False).pvalue, 9)
        self.near(ask("contrast", [0.0, 0.0], [0.0, 0.0]), [1, 1, 1, 1, 0])

    def test_pairs(self):
        draw = random.Random(3)
        for count in (1, 2, 5, 6, 9, 10, 20, 50):
            for change in (0.5, 0.98, 1, 1.02, 1.2):
                first = [1e6 * math.exp(draw.gauss(0, 0.5)) for _ in range(count)]
                second = [change * value * math.exp(draw.gauss(0, 0.1)) for value in first]
                logs = sorted(numpy.log(second) - numpy.log(first))
                outside = int(stats.binom.ppf(0.025, count, 0.5))
                outside -= stats.binom.cdf(outside, count, 0.5) > 0.025
                interval = [logs[outside], logs[count - 1 - outside]] if outside >= 0 else [math.nan] * 2
                expected = stats.wilcoxon(logs, alternative="greater", mode="exact").pvalue
                found = ask("pairs", first, second)
                self.near(found[:3], list(numpy.exp([numpy.median(logs), *interval])))
                self.assertAlmostEqual(found[3], expected, 12)

    def test_pairs_at_an_edge(self):
        nan = math.nan
        self.near(ask("pairs", [], []), [nan] * 4)
        self.near(ask("pairs", [3.0], [6.0]), [2, nan, nan, 0.5])
        self.near(ask("pairs", [3.0] * 6, [3.0] * 6), [1, 1, 1, 1])
        self.near(ask("pairs", [2.0] * 6, [4.0] * 6), [2, 2, 2, 1 / 64])
        self.near(ask("pairs", [0.0, 2.0], [0.5, 4.0]), [math.sqrt(2), nan, nan, 0.5])

    def test_pairs_that_share_ranks(self):
        """Against all ways in which the signs can fall."""
        first, second = [8.0] * 7, [16.0, 4.0, 16.0, 32.0, 32.0, 16.0, 8.0]
        logs = numpy.log(second) - numpy.log(first)
        logs = logs[logs != 0]
        ranks = stats.rankdata(abs(logs))
        sums = [sum(rank for bit, rank in enumerate(ranks) if signs >> bit & 1) for signs in range(2 ** len(ranks))]
        reached = sum(rank for rank, log in zip(ranks, logs) if log > 0)
        self.near(ask("pairs", first, second)[3:], [sum(one >= reached for one in sums) / len(sums)])

    def test_holm(self):
        # Worked out by hand: times 4, 3, 2 and 1, and never less than the one before.
        self.near(ask("holm", [0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
        self.near(ask("holm", [0.5, math.nan, 0.9, math.nan]), [1, math.nan, 1, math.nan])
        self.near(ask("holm", []), [])
        draw = random.Random(2)
        for count in (1, 2, 17, 300):
            p = [draw.random() ** 4 for _ in range(count)]
            ranks = sorted(range(count), key=lambda i: p[i])
            scaled = numpy.maximum.accumulate([(count - k) * p[i] for k, i in enumerate(ranks)])
            expected = [0.0] * count
            for i, value in zip(ranks, scaled):
                expected[i] = min(1.0, value)
            self.near(ask("holm", p), expected)


if __name__ == "__main__":
    unittest.main()

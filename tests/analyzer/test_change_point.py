"""The search for steps against one that is written from the papers, in exact arithmetic where that is
possible, and against what is known of histories with a step and without."""

import math
import os
import pathlib
import random
import statistics
import subprocess
import unittest

PROGRAM = pathlib.Path(os.environ["PROFINST_BUILD"]) / "tests" / "analyzer" / "change_point"
ALPHA = 0.05


def ask(histories, kind="times"):
    """What the C functions find: for each history p, exact, index of the strongest step, steps."""
    lines = [" ".join([kind, " | ".join(" ".join(map(repr, point)) for point in history)])
             for history in histories]
    result = subprocess.run([PROGRAM], input="\n".join(lines) + "\n", capture_output=True, text=True,
                            check=True)
    answers = []
    for line in result.stdout.splitlines():
        p, exact, strongest, *rest = line.split()
        steps = [(int(rest[i]), *map(float, rest[i + 1:i + 4])) for i in range(0, len(rest), 4)]
        answers.append((float(p), exact == "1", int(strongest), steps))
    return answers


def upper_tail(t, freedom):
    """Of Student's t with a whole number of degrees of freedom: the finite sums of Abramowitz and Stegun,
    26.7.3 and 26.7.4."""
    if math.isinf(t):
        return 0.0
    angle = math.atan(t / math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    if freedom % 2:
        term, total = cosine, 0.0
        for k in range(1, freedom - 1, 2):
            total += term
            term *= cosine ** 2 * (k + 1) / (k + 2)
        inside = 2 / math.pi * (angle + sine * total)
    else:
        term, total = 1.0, 0.0
        for k in range(0, freedom - 1, 2):
            total += term
            term *= cosine ** 2 * (k + 1) / (k + 2)
        inside = sine * total
    return (1 - inside) / 2


def t_of(first, second):
    """The two-sample t with one variance, as textbooks have it."""
    within = sum((x - statistics.fmean(part)) ** 2 for part in (first, second) for x in part)
    freedom = len(first) + len(second) - 2
    difference = abs(statistics.fmean(second) - statistics.fmean(first))
    error = math.sqrt(within / freedom * (1 / len(first) + 1 / len(second)))
    return difference / error


def divide(levels, runs, begin, end, found):
    """Tries all ways to divide, then divides the parts."""
    ways = [at for at in range(begin + 1, end)
            if sum(runs[begin:at]) >= 3 and sum(runs[at:end]) >= 3]
    if end - begin < 3 or not ways:
        return math.nan
    best = max(ways, key=lambda at: t_of(levels[begin:at], levels[at:end]))
    p = min(1, 2 * len(ways) * upper_tail(t_of(levels[begin:best], levels[best:end]), end - begin - 2))
    if p < ALPHA:
        found.append((best, p))
        divide(levels, runs, begin, best, found)
        divide(levels, runs, best, end, found)
    return p


def expected(history):
    places = [i for i, point in enumerate(history) if point]
    points = [history[i] for i in places]
    levels = [math.log(statistics.median(point)) for point in points]
    found = []
    p = divide(levels, [len(point) for point in points], 0, len(points), found)
    found.sort()
    means = [statistics.fmean(point) for point in points]
    bounds = [0] + [at for at, _ in found] + [len(points)]
    steps = [(places[at], step_p, statistics.fmean(means[bounds[i]:at]),
              statistics.fmean(means[at:bounds[i + 2]])) for i, (at, step_p) in enumerate(found)]
    return p, steps


def random_histories(count):
    draw = random.Random(7)
    for _ in range(count):
        points = draw.choice((1, 2, 3, 4, 5, 8, 13, 30, 80))
        noise, mood = draw.choice((0.005, 0.02, 0.1)), draw.choice((0, 0.01, 0.05))
        runs, level = draw.choice((1, 2, 3, 7)), 10 ** draw.uniform(3, 10)
        history = []
        for _ in range(points):
            level *= draw.choice((1, 1, 1, 1, 1, 1, 1.1, 0.8))
            here = level * math.exp(draw.gauss(0, mood))
            history.append([round(here * math.exp(draw.gauss(0, noise))) + 0.0
                            for _ in range(draw.choice((runs, runs, runs, 0, 1)))])
        yield history


class ChangePoint(unittest.TestCase):
    def test_against_all_ways_to_divide(self):
        histories = list(random_histories(400))
        several = 0
        for history, (p, exact, strongest, steps) in zip(histories, ask(histories)):
            other_p, other_steps = expected(history)
            self.assertFalse(exact)
            self.assertEqual(math.isnan(p), math.isnan(other_p), history)
            if not math.isnan(p):
                # A tail of 1e-12 is what is left of 1 in the sums here.
                self.assertAlmostEqual(p, other_p, delta=1e-6 * other_p + 1e-11)
            self.assertEqual([step[0] for step in steps], [step[0] for step in other_steps], history)
            for (_, *one), (_, *other) in zip(steps, other_steps):
                for a, b in zip(one, other):
                    self.assertAlmostEqual(a, b, delta=1e-6 * b + 1e-11)
            if steps:
                self.assertEqual(steps[strongest][1], min(step[1] for step in steps))
            several += len(steps) > 1
        self.assertGreater(several, 20)

    def test_levels_without_noise(self):
        histories = [[[10.0] * 3] * 4 + [[12.0] * 3] * 5 + [[9.0] * 3] * 4]
        (p, exact, _, steps), = ask(histories)
        self.assertLess(p, 0.05)
        self.assertFalse(exact)
        self.assertEqual([(at, before, after) for at, _, before, after in steps],
                         [(4, 10, 12), (9, 12, 9)])

    def test_nothing_moves(self):
        for value in (0.0, 1.0, 123456789.0, 1e300):
            (p, exact, _, steps), = ask([[[value] * 3] * 10])
            self.assertEqual((p, exact, steps), (1, False, []))

    def test_too_few(self):
        nothing = [[[]], [[1.0] * 5, [2.0] * 5], [[1.0], [1.0], [2.0], [2.0]]]
        for p, _, _, steps in ask(nothing):
            self.assertTrue(math.isnan(p))
            self.assertEqual(steps, [])

    def test_one_disturbed_run_is_no_step(self):
        quiet = [[100.0 + i % 3] for i in range(20)]
        (_, _, _, steps), = ask([quiet + [[1000.0]]])
        self.assertEqual(steps, [])
        runs = [[100.0, 101.0, 102.0] for _ in range(10)]
        runs[4] = [100.0, 900.0, 102.0]
        (_, _, _, steps), = ask([runs])
        self.assertEqual(steps, [])

    def test_from_nothing(self):
        """There are no logarithms then."""
        (_, _, _, steps), = ask([[[0.0] * 3] * 4 + [[5.0] * 3, [5.5] * 3, [5.25] * 3]])
        self.assertEqual([(at, before, after) for at, _, before, after in steps], [(4, 0, 5.25)])

    def test_corrected_for_other_histories(self):
        draw = random.Random(3)
        history = [[math.exp(draw.gauss(level, 0.01))] * 3 for level in (0.0, 0.1) for _ in range(6)]
        (p, _, _, (step,)), = ask([history])
        factor = 0.04 / p
        self.assertGreater(factor, 1)
        (corrected, _, _, (same,)), = ask([[[0.04, 99.0], *history]], "corrected")
        self.assertEqual((corrected, same[0], same[2:]), (0.04, step[0], step[2:]))
        self.assertAlmostEqual(same[1], factor * step[1], delta=1e-12)
        (corrected, _, _, steps), = ask([[[0.05, 99.0], *history]], "corrected")
        self.assertEqual((corrected, steps), (0.05, []))

    def test_corrected_where_a_step_is_certain(self):
        """So large a step that its p is less than any number: a small one beside it is corrected all the same."""
        draw = random.Random(4)
        levels = [0.0] * 200 + [50.0] * 200 + [50.005] * 200
        history = [[math.exp(draw.gauss(level, 0.01))] * 3 for level in levels]
        (p, _, _, steps), = ask([history])
        (large, large_p, *_), (_, small, *_) = steps
        self.assertEqual((p, large, large_p), (0, 200, 0))
        self.assertTrue(0 < small < ALPHA / 2, small)
        (_, _, _, (_, corrected)), = ask([[[0.0, 2.0], *history]], "corrected")
        self.assertEqual(corrected[1], 2 * small)
        (_, _, _, steps), = ask([[[0.0, math.ceil(ALPHA / small) + 0.0], *history]], "corrected")
        self.assertEqual([(at, step_p) for at, step_p, *_ in steps], [(200, 0)])

    def test_counts_are_exact(self):
        def steps_of(history):
            (_, exact, strongest, steps), = ask([history], "counts")
            return exact, strongest, [(at, p, before, after) for at, p, before, after in steps]

        self.assertEqual(steps_of([[7.0, 7.0], [8.0, 8.0]]), (True, 0, [(1, 0, 7, 8)]))
        self.assertEqual(steps_of([[7.0], [8.0]]), (True, 0, [(1, 0, 7, 8)]))
        self.assertEqual(steps_of([[7.0], [], [7.0], [9.0], [9.0], [4.0], [4.0]]),
                         (True, 1, [(3, 0, 7, 9), (5, 0, 9, 4)]))
        self.assertEqual(steps_of([[7.0, 7.0]] * 5), (True, 0, []))

    def test_counts_that_vary_are_not(self):
        draw = random.Random(5)
        varying = [[float(draw.randint(990, 1010)) for _ in range(3)] for _ in range(12)]
        self.assertEqual(ask([varying], "counts")[0][1:], (False, 0, []))
        single = [[float(draw.randint(990, 1010))] for _ in range(12)]
        self.assertEqual(ask([single], "counts")[0][1:], (False, 0, []))


if __name__ == "__main__":
    unittest.main()

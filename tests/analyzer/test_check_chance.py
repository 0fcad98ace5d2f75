"""Times judged against chance, by the command and by its rules as bench/gate.py has them once more: both find the
same, with the same figures."""

import importlib.util
import unittest

try:
    import numpy
except ImportError as error:
    raise SystemExit(f"{error}: install the Debian package python3-scipy (scripts/setup.sh does)")

from gate_case import CALLS, MS, GateCase
from support import HERE

spec = importlib.util.spec_from_file_location("gate", HERE.parent.parent / "bench" / "gate.py")
gate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(gate)

NAMES = [f"f{at}" for at in range(gate.FUNCTIONS)]


class Chance(GateCase):
    def series_of(self, times, name, baseline=None):
        """One run for each row, in nanoseconds; behind the functions' times is that of all."""
        calls = dict.fromkeys(CALLS) | {("main", function): 10 for function in NAMES}
        self.series([self.profile(calls=calls, times={"main": 0} | {function: ns / MS for function, ns in zip(NAMES, run)})
                     for run in times], name, baseline=baseline)

    def draw(self, seed, runs, noise, planted):
        """Times before and after, as whole nanoseconds."""
        gate.draw = numpy.random.default_rng(seed)
        both = []
        for factor in 1.0, planted:
            times = (gate.series(runs, *noise, planted=factor)[:, :gate.FUNCTIONS] * 1e9).round()
            both.append(numpy.hstack([times, times.sum(1, keepdims=True)]))
        return both

    def judge(self, before, after):
        """Severity, ratio and p of what is past a limit, by name: as the command says, and by the rules."""
        ratio, low, p, _, _ = gate.compare(before, after, True)
        failed, warned = gate.past(before, after, 0.2), gate.past(before, after, 0.1)
        expected = {name: ("fail" if failed[at] else "warn", ratio[at], low[at], p[at])
                    for at, name in enumerate([*NAMES, "the program"]) if warned[at]}
        self.series_of(before, "old", baseline="main")
        self.series_of(after, "new")
        verdict = self.check(code=1 if failed.any() else 0)
        self.assertEqual(verdict["times_judged"], 31)
        found = {row["name"]: (row["severity"], row["ratio"], row["ratio_low"], row["p"])
                 for row in verdict["findings"] if row["severity"] != "note"}
        return found, expected

    def compare(self, runs, noise, planted):
        """Returns how many severities there were."""
        severities = []
        for seed, factor in enumerate(planted):
            with self.subTest(planted=factor):
                (self.folder / "profinst.db").unlink(missing_ok=True)
                found, expected = self.judge(*self.draw(seed, runs, gate.NOISES[noise], factor))
                self.assertEqual({name: row[0] for name, row in found.items()},
                                 {name: row[0] for name, row in expected.items()})
                for name, (_, *figures) in found.items():
                    for one, other in zip(figures, expected[name][1:]):
                        self.assertAlmostEqual(one / other, 1, 6)
                severities += [row[0] for row in found.values()]
        return severities.count("fail"), severities.count("warn")

    def test_quiet(self):
        self.assertEqual(self.compare(5, "1 %, 1 %", [1, 1.05, 1.12, 1.15, 1.3]), (1, 2))

    def test_noisy(self):
        self.assertEqual(self.compare(10, "8 %, 5 %", [1, 1.12, 1.2, 1.35]), (1, 1))

    def test_loaded(self):
        self.assertEqual(self.compare(10, "3 %, 3 %, a third loaded", [1, 1.12, 1.2, 1.25, 1.4]), (2, 1))


if __name__ == "__main__":
    unittest.main()

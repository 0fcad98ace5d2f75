"""Recursion and chains of calls as long as programs have them: the hooks take a little of the stack, the
tree stays as small as the code."""

import support
from support import CLANGS, each, program
from test_switches import small_stack

LEVELS = "-O0", "-O2"
STEPS = 10000000


class Depth(support.Case):
    def test_a_million_frames(self):
        """A hooked call takes up to four words of the stack more than one that is not: the caller's
        context, when it began and what that is counted for, and a register to keep one of these in or what
        alignment makes of them. Without optimization it takes two more, for copies."""
        ways = {"self": {"self": 1000001}, "pair": {"first": 500001, "second": 500000}}
        for version in CLANGS:
            for level in LEVELS:
                with each(self, version=version, level=level):
                    words = [level, "-pthread", program("deep.c")]
                    self.compile("plain", *words, version=version, plugin=None)
                    self.compile("app", *words, version=version)
                    for way, calls in ways.items():
                        plain, taken = self.execute("plain", way, 1000000).stdout.splitlines()
                        report = self.profile("app", way, 1000000)
                        output, taken_hooked = report.output.splitlines()
                        self.assertEqual(output, plain)
                        self.assertEqual(report.calls, {"main": 1, "body": 1, **calls})
                        self.assertLessEqual(int(taken_hooked),
                                             int(taken) + (48 if level == "-O0" else 32))

    def test_ring_of_forty_eight(self):
        """Entered from each of its functions: 48 trees of 48 functions and the call that closes the ring,
        below main and the root, however deep."""
        for version in CLANGS:
            with each(self, version=version):
                self.compile("app", "-O2", program("ring.c"), version=version)
                for steps in 47, 48, 20000:
                    report = self.profile("app", steps)
                    self.assertEqual(report.output, f"{48 * (steps + 1)}\n")
                    self.assertEqual(report.calls, {
                        "main": 1, **{f"member_{n}": steps + 1 for n in range(10, 58)}})
                    _, lines = self.dump(*self.profiles())
                    contexts = [line for line in lines if line.startswith("context ")]
                    self.assertEqual(len(contexts), 2 + 48 * (48 + (steps >= 48)))


class Tails(support.Case):
    """On a stack of 256 KiB, which holds some thousand frames."""

    timings = support.TIMINGS

    def check(self, level, way, calls):
        for version in CLANGS:
            with each(self, version=version):
                self.compile("app", level, program("tails.cpp"), version=version)
                report = self.profile("app", way, preexec_fn=small_stack)
                self.assertEqual(report.calls, {"main": 1, **calls})

    def test_that_must_be(self):
        for level in LEVELS:
            self.check(level, "must", {"_ZL7state_all": STEPS // 2 + 1, "_ZL7state_bll": STEPS // 2})

    def test_to_itself(self):
        """The optimizer makes a loop of it, of which each round is a call."""
        self.check("-O2", "self", {"_ZL4selfll": STEPS + 1})

    def test_to_each_other(self):
        self.check("-O2", "other", {"_ZL4evenl": STEPS // 2 + 1, "_ZL3oddl": STEPS // 2})


if __name__ == "__main__":
    support.main()

"""What the machine may refuse: memory, contexts, room on the disk, a file that stays as it was. The
program runs on to its own end, one line says what is missing, and what is shown is true."""

import os
import resource
import subprocess

import support
from support import program

LINE = r"\Aprofinst: [^\n]+\n\Z"


class Contexts(support.Case):
    def setUp(self):
        super().setUp()
        self.compile("app", "-O0", program("tangle.c"))

    def limited(self, limit, **options):
        return self.profile("app", environment={"PROFINST_MAX_CONTEXTS": str(limit)}, **options)

    def test_folded_contexts_lose_no_call(self):
        whole = self.profile("app")
        self.assertGreater(len(whole.contexts), 20000)
        self.assertEqual(whole.processes[0]["folded_calls"], 0)
        for limit in 5000, 100, 0:
            with self.subTest(limit=limit):
                report = self.limited(limit)
                self.assertEqual(report.output, whole.output)
                self.assertEqual(report.calls, whole.calls)
                self.assertEqual(report.edges, whole.edges)
                self.assertEqual(report.lost_calls, 0)
                self.assertGreater(report.processes[0]["folded_calls"], 0)
                self.assertLessEqual(len(report.contexts), limit + len(whole.functions))
                self.assertLess(self.profiles()[0].stat().st_size, 200000 + 64 * limit)

    def test_folded_time(self):
        """The time in folded contexts is all there is but for what is outside them."""
        report = self.limited(0)
        process, = report.processes
        self.assertEqual(process["folded_calls"], sum(report.calls.values()))
        self.assertEqual(process["folded_ns"], report.data["total_ns"] - report.data["outside_ns"])
        self.assertEqual({path[0] for path in report.contexts}, {"(folded)"})

    def test_report_says_so(self):
        self.limited(100)
        table = self.command(support.PROFINST, "report", self.profiles()[0]).stdout
        self.assertRegex(table, "calls came past the limit of contexts")

    def test_child_of_a_folded_process(self):
        source = program("forks.c")
        self.compile("app", "-O2", source, "-pthread")
        self.execute("app", environment={"PROFINST_MAX_CONTEXTS": "0"})
        report = self.report(*self.profiles())
        self.assertEqual(len(report.processes), 3)
        self.assertEqual(report.calls, {"main": 1, "family": 1, "work": 3, "leaf": 63, "finish": 3})

    def test_threads_share_the_limit(self):
        self.compile("app", "-O2", program("threads.c"), "-pthread")
        report = self.profile("app", 50, 2, environment={"PROFINST_MAX_CONTEXTS": "20"})
        self.assertEqual(report.calls, {"main": 1, "body": 100, "branch": 1000, "leaf": 100000})

    def test_no_number(self):
        for value in "many", "-1", "10k", "99999999999999999999":
            with self.subTest(value=value):
                report = self.limited(value, stderr=None)
                self.assertGreater(len(report.contexts), 20000)
        result = self.execute("app", stderr=None, environment={"PROFINST_MAX_CONTEXTS": "many"})
        self.assertEqual(result.stderr, "profinst: PROFINST_MAX_CONTEXTS is no number of contexts "
                                        "many; there may be 1000000\n")


if __name__ == "__main__":
    support.main()

"""Threads and signal handlers: exact counts, bounded files, and a sum of self times that is the lifetime
of the thread."""

import re

import support
from support import CLANGS, each, program



@support.in_each_timing
class Threads(support.Case):
    def threads(self, alive, rounds):
        self.compile("app", "-O2", program("threads.c"), "-pthread")
        report = self.profile("app", alive, rounds)
        self.assertEqual(report.lost_calls, 0)
        count = alive * rounds
        self.assertEqual(report.calls, {
            "main": 1, "body": count, "branch": 10 * count, "leaf": 1000 * count})
        self.assertEqual(dict(report.edges), {
            ("body", "branch"): 10 * count, ("branch", "leaf"): 1000 * count})
        return self.check_lifetimes()

    def check_lifetimes(self):
        """Expects of every thread that has ended that the ticks of its contexts, and those in which they were made, add up to its
        life, to the tick, if time was taken. Returns the rows of the threads."""
        _, lines = self.dump(self.profiles()[0])
        timed = self.timings != ("counts",)
        rows, sums, number = {}, {}, None
        for line in lines:
            words = line.split()
            if words[0] == "thread":
                rows[words[1]] = dict(zip(words[2::2], words[3::2]))
            elif words[0] == "chunk":
                number = re.search(r"\(contexts\) thread (\d+)|$", line).group(1)
            elif words[0] == "context":
                sums[number] = sums.get(number, 0) + int(words[words.index("self") + 1])
        for number, row in rows.items():
            if row["running"] == "0":
                self.assertEqual(sums[number] + int(row["making"]), int(row["lifetime"]) if timed else 0, number)
                self.assertEqual(int(row["making"]) > 0, timed)
        return rows

    def test_eight_at_once(self):
        rows = self.threads(8, 1)
        self.assertEqual(len(rows), 9)

    def test_two_hundred_and_fifty_six_at_once(self):
        rows = self.threads(256, 1)
        self.assertEqual(len(rows), 257)

    def test_two_thousand_one_after_another(self):
        rows = self.threads(1, 2000)
        self.assertEqual(len(rows), 64)
        self.assertEqual(sum(int(row["threads"]) for row in rows.values()), 2001)
        self.assertLess(self.profiles()[0].stat().st_size, 2 * 1024 * 1024)

    def test_hundred_at_once_and_again(self):
        """A row is used again only when its thread has ended."""
        rows = self.threads(100, 5)
        self.assertEqual(len(rows), 101)
        self.assertEqual(sum(int(row["threads"]) for row in rows.values()), 501)

    def test_destructors(self):
        for version in CLANGS:
            with each(self, version=version):
                self.compile("app", "-O2", program("thread_ends.cpp"), "-pthread", version=version)
                report = self.profile("app")
                self.assertEqual(report.calls, {
                    "_ZL9from_bodyv": 100, "_ZL11from_objectv": 100, "_ZL8from_keyv": 200})
                self.assertEqual(report.lost_calls, 0)
                self.check_lifetimes()

    def test_fibre_in_several_threads(self):
        for version in CLANGS:
            with each(self, version=version):
                self.compile("app", "-O2", program("wandering.c"), "-pthread", version=version)
                report = self.profile("app")
                self.assertEqual(report.calls,
                                 {"main": 1, "fiber": 1, "inner": 4, "leaf": 12, "thread": 3})

    def test_alive_at_exit(self):
        self.compile("app", "-O2", program("alive_at_exit.c"), "-pthread")
        self.check_paths(self.profile("app"), program("alive_at_exit.c"))

    def test_ended_within_calls(self):
        self.compile("app", "-O2", program("cancelled.c"), "-pthread")
        report = self.profile("app")
        self.assertEqual(report.calls, {"main": 1, "body": 100, "exits": 50, "waits": 50, "leaf": 100})
        self.check_lifetimes()

    def test_ended_at_any_moment(self):
        """Cancelled in the middle of a hook, too."""
        self.interrupts_events = True
        self.compile("app", "-O2", program("cancelled.c"), "-pthread")
        report = self.profile("app", "any moment")
        spun = report.edges["spins", "leaf"]
        self.assertGreater(spun, 0)
        self.assertEqual(report.calls, {"main": 1, "body": 400, "exits": 50, "waits": 50, "spins": 300,
                                        "leaf": 100 + spun})


@support.in_each_timing
class Signals(support.Case):
    def test_handler_in_the_midst_of_hooks(self):
        source = program("signals.c")
        for version in CLANGS:
            with each(self, version=version):
                self.compile("app", "-O2", source, version=version)
                report = self.profile("app")
                counted = dict(line.split() for line in report.output.splitlines())
                self.assertEqual(report.calls, {
                    "main": 1, "in_handler": 4 * int(counted["handle"]),
                    **{name: int(calls) for name, calls in counted.items()}})
                self.assertEqual(report.recursive_edges["in_handler", "in_handler"],
                                 3 * int(counted["handle"]))
                self.assertEqual(report.edges["main", "branch"], int(counted["branch"]))
                self.assertEqual(report.edges["branch", "leaf"], int(counted["leaf"]))
                self.check_sum()

    def check_sum(self):
        """The ticks of all contexts, and those in which they were made, add up to the time from the start of the thread to its latest event, to
        the tick; so nothing was counted twice, or not at all."""
        _, lines = self.dump(self.profiles()[0])
        thread, = [line.split() for line in lines if line.startswith("thread ")]
        started, last, making = (int(thread[thread.index(word) + 1]) for word in ("started", "last", "making"))
        contexts = [line.split() for line in lines if line.startswith("context ")]
        total = sum(int(words[words.index("self") + 1]) for words in contexts)
        self.assertEqual(total + making, last - started if self.timings != ("counts",) else 0)


if __name__ == "__main__":
    support.main()

"""What the numbers mean: recursion, threads, processes, settling, rounding."""

import itertools
import mmap
import threading
import unittest

from profile_writer import CHUNK, CNTVCT, CONTEXT, PAGE, TSC, UNIT, Profile, chunk
from support import Case, example


def by_name(rows):
    return {row["function"]: row for row in rows}


class Semantics(Case):
    def test_folded(self):
        profile = Profile()
        main, work, leaf = (profile.function(name) for name in ("main", "work", "leaf"))
        thread = profile.thread(outside=5)
        in_main = thread.context(thread.root, main, calls=1, ticks=100)
        thread.context(in_main, work, calls=2, ticks=200)
        folded = thread.fold()
        folded_work = thread.context(folded, work, calls=0, ticks=30)
        folded_leaf = thread.context(folded, leaf, calls=7, ticks=4)
        thread.cross(folded_work, folded_leaf, calls=1000)
        thread.cross(folded_leaf, folded_work, calls=3)
        thread.cross(folded_work, folded_work, calls=40)
        data = self.report("--edges", "--contexts", self.write(profile))
        rows = {row["function"]: (row["calls"], row["recursive_calls"], row["self_ns"],
                                  row["cumulative_ns"]) for row in data["functions"]}
        self.assertEqual(rows, {"main": (1, 0, 100, 300), "work": (45, 0, 230, 230),
                                "leaf": (1007, 0, 4, 4)})
        edges = {(row["caller"], row["callee"]): (row["calls"], row["recursive_calls"])
                 for row in data["edges"]}
        self.assertEqual(edges, {("main", "work"): (2, 0), ("work", "leaf"): (1000, 0),
                                 ("leaf", "work"): (3, 0), ("work", "work"): (40, 0)})
        contexts = {tuple(row["path"]): (row["calls"], row["self_ns"]) for row in data["contexts"]}
        self.assertEqual(contexts, {("main",): (1, 100), ("main", "work"): (2, 200),
                                    ("(folded)", "work"): (43, 30), ("(folded)", "leaf"): (1007, 4)})
        process, = data["processes"]
        self.assertEqual((process["calls"], process["folded_calls"], process["folded_ns"]),
                         (1053, 1050, 34))
        self.assertEqual((data["total_ns"], data["outside_ns"], data["unattributed_ns"]), (339, 5, 0))

    def test_recursion(self):
        report = self.report("--edges", self.write(example()))
        rows = by_name(report["functions"])
        visit, parse = rows["visit"], rows["store::parse(store::Input const&, int)"]
        self.assertEqual((visit["calls"], visit["recursive_calls"]), (1_235_567, 1_234_567))
        self.assertEqual((parse["calls"], parse["recursive_calls"]), (262, 12))
        self.assertEqual((visit["self_ns"], visit["cumulative_ns"]), (300_000_123, 300_600_123))
        self.assertEqual(parse["cumulative_ns"], 340_850_123)
        edges = {(edge["caller"], edge["callee"]): edge for edge in report["edges"]}
        loop = edges["visit", "visit"]
        self.assertEqual((loop["calls"], loop["recursive_calls"], loop["cumulative_ns"]),
                         (1_234_567, 1_234_567, 0))
        back = edges["visit", parse["function"]]
        self.assertEqual((back["calls"], back["cumulative_ns"]), (12, 0))
        self.assertEqual(edges[parse["function"], "visit"]["cumulative_ns"], 300_600_123)

    def test_contexts(self):
        contexts = self.report("--contexts", self.write(example()))["contexts"]
        rows = {tuple(context["path"]): context for context in contexts}
        parse = "store::parse(store::Input const&, int)"
        self.assertEqual(set(rows), {
            ("main",), ("main", parse), ("main", parse, "visit"),
            ("main", parse, "visit", "compress"), ("main", "compress"), ("compress",)})
        self.assertEqual(rows["main", parse]["calls"], 262)
        self.assertEqual(rows["main", parse, "visit"]["cumulative_ns"], 300_600_123)

    def test_invariants(self):
        report = self.report("--edges", "--contexts", self.write(example()))
        functions = report["functions"]
        self.assertEqual(sum(row["self_ns"] for row in functions) + report["outside_ns"],
                         report["total_ns"])
        for row in functions:
            self.assertLessEqual(row["self_ns"], row["cumulative_ns"])
            contexts = [c for c in report["contexts"] if c["path"][-1] == row["function"]]
            for column in ("calls", "self_ns", "cumulative_ns"):
                self.assertEqual(sum(c[column] for c in contexts), row[column])
            # What led into a function, by calls or from the start of a thread, is all of it.
            starts = sum(c["cumulative_ns"] for c in contexts if len(c["path"]) == 1)
            edges = [e for e in report["edges"] if e["callee"] == row["function"]]
            self.assertEqual(starts + sum(e["cumulative_ns"] for e in edges), row["cumulative_ns"])

    def test_cumulative_is_the_sum_of_the_subtree(self):
        self.output("load", self.write(example()))
        wrong = self.database().execute(
            "SELECT count(*) FROM context WHERE cumulative_ns != self_ns + ifnull("
            "(SELECT sum(cumulative_ns) FROM context AS child WHERE child.parent_id = context.id), 0)")
        self.assertEqual(wrong.fetchone(), (0,))

    def test_ticks_become_nanoseconds_without_losing_any(self):
        profile = Profile()
        profile.clock, profile.start, profile.latest = TSC, (500, 77), (3_500_500, 1_000_077)
        thread = profile.thread(outside=1)
        for i in range(1000):  # each a third of the way between two nanoseconds
            thread.context(thread.root, profile.function(f"f{i}"), 1, 10 + i)
        ticks = 1 + sum(10 + i for i in range(1000))
        thread.lifetime = ticks + 5000
        report = self.report(self.write(profile))
        inside = sum(row["self_ns"] for row in report["functions"])
        self.assertEqual(report["total_ns"], thread.lifetime * 1_000_000 // 3_500_000)
        self.assertEqual(inside + report["outside_ns"], ticks * 1_000_000 // 3_500_000)
        self.assertEqual(inside + report["outside_ns"] + report["unattributed_ns"],
                         report["total_ns"])
        for row in report["functions"]:
            exact = (10 + int(row["function"][1:])) * 2 / 7
            self.assertLess(abs(row["self_ns"] - exact), 1)

    def test_large_ticks_do_not_overflow(self):
        profile = Profile()
        year = 365 * 86400 * 10**9
        profile.clock, profile.start, profile.latest = CNTVCT, (0, 0), (3 * year, year)
        thread = profile.thread(started=0, outside=year)
        thread.context(thread.root, profile.function("f"), 1, 2 * year)
        report = self.report(self.write(profile))
        self.assertEqual(report["total_ns"], year)
        self.assertEqual(report["functions"][0]["self_ns"], year - year // 3)

    def test_threads_share_functions(self):
        self.output("load", self.write(example()))
        database = self.database()
        self.assertEqual(
            database.execute("SELECT number, name, threads, lifetime_ns, outside_ns, calls"
                             " FROM threads ORDER BY number").fetchall(),
            [(1, "app", 1, 345_350_123, 1_500_000, 1 + 250 + 1_000 + 1_234_567 + 12 + 70 + 3),
             (2, "worker", 2, 200_000_000, 50_000_000, 20)])
        self.assertEqual(database.execute("SELECT calls FROM functions WHERE name = 'compress'")
                         .fetchone(), (93,))

    def test_processes_of_a_run(self):
        parent, child = example(), Profile(key=2, run=1)
        child.process_id, child.parent_process_id = 4712, 4711
        thread = child.thread(outside=5)
        thread.context(thread.root, child.function("main", "src/app.c", 10), 1, 95)
        other = Profile(key=3, run=2)
        thread = other.thread()
        thread.context(thread.root, other.function("main", "src/app.c", 10), 4, 1_000)
        files = [self.write(parent), self.write(child, "child.profinst"),
                 self.write(other, "other.profinst")]
        self.output("load", *files)
        database = self.database()
        self.assertEqual(database.execute("SELECT id, processes, threads FROM runs").fetchall(),
                         [(1, 2, 4), (2, 1, 1)])
        self.assertEqual(database.execute("SELECT run, calls, self_ns FROM run_functions"
                                          " WHERE name = 'main' ORDER BY run").fetchall(),
                         [(1, 2, 2_000_095), (2, 4, 1_000)])
        self.assertEqual(database.execute("SELECT calls FROM functions WHERE name = 'main'")
                         .fetchall(), [(6,)])
        self.assertEqual(self.report("--db", "profinst.db"), self.report(*files))
        only = self.report("--db", "profinst.db", "--run=2")
        self.assertEqual([row["calls"] for row in only["functions"]], [4])
        self.assertEqual(only["total_ns"], 1_000)

    def test_a_forked_child_shows_what_was_running_and_not_what_was_not(self):
        """main was running at the fork and calls nothing but itself; idle was called before it."""
        profile = Profile()
        main, idle, gone = (profile.function(name) for name in ("main", "idle", "gone"))
        thread = profile.thread(outside=10)
        running = thread.context(thread.root, main, calls=0, ticks=500)
        thread.context(running, idle, calls=0, ticks=0)
        stopped = thread.context(thread.root, gone, calls=0, ticks=0)
        thread.cross(stopped, stopped, calls=3)
        thread.cross(running, running, calls=7)
        report = self.report("--edges", "--contexts", self.write(profile))
        self.assertEqual({row["function"]: (row["calls"], row["self_ns"], row["average_ns"])
                          for row in report["functions"]},
                         {"main": (7, 500, 71), "gone": (3, 0, 0)})
        self.assertEqual({(edge["caller"], edge["callee"]): edge["calls"]
                          for edge in report["edges"]}, {("main", "main"): 7, ("gone", "gone"): 3})
        self.assertEqual({tuple(context["path"]): context["calls"]
                          for context in report["contexts"]}, {("main",): 7, ("gone",): 3})

    def test_static_functions_of_one_name_stay_apart(self):
        profile = Profile()
        thread = profile.thread()
        for place in (("a.c", 1), ("b.c", 1), ("b.c", 9), (None, 0)):
            thread.context(thread.root, profile.function("helper", *place), 1, 5)
        name = self.write(profile)
        self.output("load", name)
        self.output("load", self.write(self.renamed(profile), "again.profinst"))
        self.assertEqual([row["calls"] for row in self.report("--db", "profinst.db")["functions"]],
                         [2, 2, 2, 2])

    @staticmethod
    def renamed(profile):
        profile.profile_id = b"another profile!"
        return profile

    def killed(self, lost=0):
        """Killed 400 ns after its start: one thread was in f since 350 ns, another called until then."""
        profile = Profile()
        profile.ended = 0
        thread = profile.thread(outside=100 - lost, running=1, last=1_000_350, lifetime=0)
        thread.current = thread.context(thread.root, profile.function("f"), 1, 10)
        thread.context(thread.current, profile.function("g"), 2, 240)
        profile.thread(outside=400, running=1, last=1_000_400, lifetime=0)
        return profile

    def test_current_context_of_a_killed_process_has_the_time_until_the_last_event(self):
        report = self.report(self.write(self.killed()))
        self.assertEqual(by_name(report["functions"])["f"]["self_ns"], 60)
        self.assertEqual((report["total_ns"], report["outside_ns"]), (800, 500))
        self.assertEqual(report["unattributed_ns"], 0)
        self.assertFalse(report["processes"][0]["ended"])

    def test_current_context_is_found_in_any_chunk(self):
        profile = self.killed()
        profile.chunk_records = 1
        report = self.report(self.write(profile))
        self.assertEqual(by_name(report["functions"])["f"]["self_ns"], 60)

    def test_current_context_of_a_process_that_ended_has_the_time_until_its_end(self):
        profile = self.killed()
        profile.ended, profile.latest = 1, (1_001_000, 1_001_000)
        report = self.report(self.write(profile))
        self.assertEqual(by_name(report["functions"])["f"]["self_ns"], 660)
        self.assertEqual((report["total_ns"], report["outside_ns"]), (2_000, 1_100))

    def test_time_lost_in_interrupted_events_is_unattributed(self):
        name = self.write(self.killed(lost=30))
        report = self.report(name)
        self.assertEqual((report["total_ns"], report["outside_ns"], report["unattributed_ns"]),
                         (800, 470, 30))
        self.assertEqual(report["processes"][0]["unattributed_ns"], 30)
        self.assertIn("\nUnattributed  30 ns (3.8 %) lost in interrupted events\n",
                      self.output("report", name))
        self.output("load", name)
        sql = self.database()
        for view, expected in (("threads", [(30,), (0,)]), ("processes", [(30,)]), ("runs", [(30,)])):
            self.assertEqual(sql.execute(f"SELECT unattributed_ns FROM {view}").fetchall(), expected)

    def test_a_profile_is_read_while_its_process_writes(self):
        """A thread goes through more and more contexts and writes each step in the runtime's order."""
        profile = Profile()
        profile.ended = 0
        thread = profile.thread("busy", running=1, last=1_000_000, lifetime=0)
        for i in range(3_000):
            thread.context(thread.root, profile.function(f"f{i % 100}", line=i // 100), 1, 0)
        make, gap = profile.chunks, chunk(77, bytes(1 << 24))  # so that to copy the file takes time

        def chunks(begin):
            names, contexts, rows = make(begin + PAGE + len(gap))
            return [rows, gap, names, contexts]

        profile.chunks = chunks
        name = self.write(profile)
        with open(self.folder / name, "r+b") as file:
            content = mmap.mmap(file.fileno(), 0)
        words = memoryview(content).cast("Q")
        begin = thread.root.reference * UNIT
        row = content.find(thread.name) - 64
        last, current, used = (row + 32) // 8, (row + 40) // 8, (begin - CHUNK.size + 16) // 8
        words[used] = CONTEXT.size
        stop = threading.Event()

        def write():
            here = 0
            for step in itertools.count(1):
                if stop.is_set():
                    break
                newest = min(step // 200, len(thread.contexts) - 1)
                there = newest if step % 2 else step * 7919 % (newest + 1)
                words[used] = (newest + 1) * CONTEXT.size
                words[last] += 100
                words[(begin + here * CONTEXT.size + 24) // 8] += 100
                words[current] = thread.contexts[there].address
                here = there

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(20):
                report = self.report(name)
                self.assertEqual(report["outside_ns"] + report["unattributed_ns"] +
                                 sum(row["self_ns"] for row in report["functions"]),
                                 report["total_ns"])
                self.assertEqual(report["total_ns"], report["processes"][0]["duration_ns"])
        finally:
            stop.set()
            writer.join()
        self.assertEqual(self.report(name)["unattributed_ns"], 0)

    def test_times_are_unknown_if_the_clock_was_not_measured(self):
        profile = Profile()
        profile.clock, profile.latest = TSC, profile.start
        thread = profile.thread(outside=10)
        thread.context(thread.root, profile.function("f"), 3, 5)
        name = self.write(profile)
        result = self.profinst("report", name)
        self.assertEqual(result.stderr, "profinst: warning: times are unknown: app.profinst: the "
                         "process ended before its clock was measured; only the counts are of use\n")
        self.assertIn("there are counts but no times", result.stdout.decode())
        self.profinst("load", name)
        self.assertEqual(self.database().execute(
            "SELECT calls, self_ns, ticks_per_second FROM functions, process").fetchall(),
            [(3, 0, None)])

    def test_a_monotonic_clock_needs_no_measuring(self):
        profile = Profile()
        profile.latest = profile.start
        thread = profile.thread(outside=10)
        thread.context(thread.root, profile.function("f"), 3, 5)
        self.assertEqual(self.report(self.write(profile))["total_ns"], 15)


if __name__ == "__main__":
    unittest.main()

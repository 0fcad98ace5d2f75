"""profinst history: functions over the runs of a database."""

import csv
import io
import unittest

from history_case import HOUR, START, HistoryCase, noisy
from page_support import data_of

MS = 1_000_000


class History(HistoryCase):
    def step(self, function):
        """Where, and how certain."""
        step, = function["steps"]
        return step["point"], step["exact"]

    def test_figures_of_points(self):
        self.point([{"work": (10, 9 * MS)}, {"work": (10, 11 * MS)}, {"work": (10, 13 * MS)}], "nightly",
                   {"git.commit": "ab" * 20, "git.branch": "main", "git.dirty": "false"})
        self.single({"work": (12, 22 * MS)})
        self.load()
        history = self.history("work")
        self.assertEqual({key: history[key] for key in ("version", "program", "what", "unit", "notes")},
                         {"version": 1, "program": "app", "what": "self", "unit": "ns", "notes": []})
        self.assertEqual(history["points"], [
            {"started": "2027-01-15 08:00:00 UTC", "started_unix_ns": START, "series": 1,
             "name": "nightly", "commit": "ab" * 20, "dirty": False, "branch": "main", "runs": [1, 2, 3]},
            {"started": "2027-01-15 09:00:00 UTC", "started_unix_ns": START + HOUR, "series": None,
             "name": None, "commit": None, "dirty": None, "branch": None, "runs": [4]}])
        work, = history["functions"]
        first, second = work.pop("levels")
        self.assertEqual(work, {"name": "work", "linkage_name": "work", "module": "app",
                                "file": "app.c", "line": 10, "steps": [], "p": None})
        # Student's t of two degrees of freedom is 4.302653 at 97.5 %, the deviation is 2 ms.
        self.assertAlmostEqual(first.pop("error"), 4.302652730 * 2 * MS / 3 ** 0.5, delta=1)
        self.assertEqual(first, {"measured_runs": 3, "mean": 11 * MS, "median": 11 * MS, "min": 9 * MS,
                                 "max": 13 * MS, "calls": 10})
        self.assertEqual(second, {"measured_runs": 1, "mean": 22 * MS, "median": 22 * MS,
                                  "min": 22 * MS, "max": 22 * MS, "error": None, "calls": 12})

    def test_table(self):
        self.point([{"work": (10, 9 * MS)}, {"work": (10, 11 * MS)}], "nightly",
                   {"git.commit": "0123456789abcdef", "git.dirty": "true"})
        self.point([{"work": (10, 10 * MS)}, {"work": (11, 10 * MS)}], None, {"git.commit": "v1.0"})
        self.point([{"work": (4, 5 * MS)}])
        self.load()
        self.assertEqual(self.output("history", "work"), """\
Function  work
Where     app.c:10
Program   app
Trend     ██▁
Step      too few points and runs to tell

when                     commit              series   runs  self time        ±  difference     in %  step  calls
2027-01-15 08:00:00 UTC  0123456789ab-dirty  nightly     2    10.0 ms  12.7 ms           -        -     -     10
2027-01-15 09:00:00 UTC  v1.0                -           2    10.0 ms     0 ns        0 ns   +0.0 %     -  10–11
2027-01-15 10:00:00 UTC  -                   -           1    5.00 ms        -    -5.00 ms  -50.0 %     -      4
""")

    def test_planted_step(self):
        for number, runs in enumerate(noisy(1, 20, 5, lambda p: 10 * MS if p < 13 else 11 * MS)):
            self.point(runs, "nightly", {"git.commit": f"{number:040x}"})
        self.load()
        work, = self.history("work")["functions"]
        self.assertEqual(self.step(work), (13, False))
        step, = work["steps"]
        self.assertGreater(step["confidence"], 0.9999)
        self.assertEqual(step["p"], work["p"])
        means = [level["mean"] for level in work["levels"]]
        self.assertAlmostEqual(step["before"], sum(means[:13]) / 13, delta=1)
        self.assertAlmostEqual(step["after"], sum(means[13:]) / 7, delta=1)
        self.assertAlmostEqual(step["ratio"], step["after"] / step["before"], delta=1e-9)
        text = self.output("history", "work")
        self.assertRegex(text, r"\nStep      .* ms → .* ms \(\+\d+\.\d %\), confidence > 99.99 %, "
                               r"at commit 000000000000, 2027-01-15 21:00:00 UTC\n")
        self.assertEqual([line.split()[-2:] for line in text.splitlines()[-7:]],
                         [["%", "100"]] + 6 * [["-", "100"]])
        self.assertEqual(len(self.history("work", "--last=7")["points"]), 7)
        self.assertEqual(self.history("work", "--last=7")["functions"][0]["steps"], [])

    def test_no_step_in_noise(self):
        for runs in noisy(1, 30, 5, 10 * MS, 0.05):
            self.point(runs)
        self.load()
        work, = self.history("work")["functions"]
        self.assertEqual(work["steps"], [])
        self.assertGreater(work["p"], 0.05)
        self.assertIn("\nStep      none that is more than noise\n", self.output("history", "work"))

    def test_steps_of_calls_are_exact(self):
        for calls in (7, 7, 9, 9, 9, 6):
            self.point([{"work": (calls, MS)}] * 2, None, {"git.commit": f"{calls}a"})
        self.load()
        work, = self.history("work", "--what=calls")["functions"]
        self.assertEqual([(s["point"], s["before"], s["after"], s["exact"], s["confidence"])
                          for s in work["steps"]], [(2, 7, 9, True, 1), (5, 9, 6, True, 1)])
        lines = self.output("history", "work", "--what=calls").splitlines()
        self.assertEqual(lines[3:6], [
            "Trend     ▃▃███▁",
            "Step      7 → 9 (+28.6 %), exact, at commit 9a, 2027-01-15 10:00:00 UTC",
            "Step      9 → 6 (-33.3 %), exact, at commit 6a, 2027-01-15 13:00:00 UTC"])
        self.assertEqual(lines[9], "2027-01-15 09:00:00 UTC  7a      -          2      7  0        "
                                   "   0   +0.0 %      -")

    def test_order_is_that_of_time(self):
        for calls in range(1, 6):
            self.single({"work": (calls, calls * MS)})
        self.load(order=[3, 0, 4, 2, 1])
        history = self.history("work", "--what=calls")
        self.assertEqual([p["started_unix_ns"] for p in history["points"]],
                         [START + i * HOUR for i in range(5)])
        self.assertEqual([p["runs"] for p in history["points"]], [[2], [5], [4], [1], [3]])
        self.assertEqual([l["mean"] for l in history["functions"][0]["levels"]], [1, 2, 3, 4, 5])

    def test_what(self):
        def edit(profile):
            thread = profile.thread_list[0]
            work = profile.function("work", "app.c", 10)
            thread.durations(work, [1000] * 96 + [2 * MS] * 4)

        self.point([{"work": (100, 8 * MS)}, {"work": (100, 8 * MS)}], wall=[20 * MS, 22 * MS], edit=edit)
        self.load()
        found = {}
        for what in ("self", "cumulative", "calls", "average", "p95"):
            level, = self.history("work", f"--what={what}")["functions"][0]["levels"]
            found[what] = level["mean"]
        p95, = {row[0] for row in self.database().execute(
            "SELECT p95_ns FROM run_functions WHERE name = 'work'")}
        self.assertEqual(found, {"self": 8 * MS, "cumulative": 8 * MS, "calls": 100, "average": 80_000,
                                 "p95": p95})
        main, = self.history("main", "--what=cumulative")["functions"]
        self.assertEqual(main["levels"][0]["mean"], 8 * MS + 50_000)
        whole, = self.history("--what=wall")["functions"]
        self.assertEqual((whole["name"], whole["levels"][0]["mean"], whole["levels"][0]["calls"]),
                         (None, 21 * MS, None))

    def test_wall_time_is_of_one_kind(self):
        """That of a series is its own; with a run that nobody waited for, all are of profiles."""
        self.point([{"work": (1, MS)}] * 2, wall=[20 * MS, 22 * MS])
        self.single({"work": (1, 2 * MS)})
        self.load()
        levels = self.history("--what=wall")["functions"][0]["levels"]
        durations = [row[0] for row in self.database().execute("SELECT duration_ns FROM runs ORDER BY id")]
        self.assertEqual([level["mean"] for level in levels], [durations[0], durations[2]])
        self.assertEqual(levels[0]["mean"], MS + 51_000)

    def test_not_called_is_nothing_and_unknown_is_a_gap(self):
        self.point([{"other": (1, MS)}])
        self.point([{"work": (10, MS)}])
        self.point([{"other": (1, MS)}])
        self.load()
        work, = self.history("work")["functions"]
        self.assertEqual([(l["mean"], l["calls"]) for l in work["levels"]], [(0, 0), (MS, 10), (0, 0)])
        work, = self.history("work", "--what=average")["functions"]
        self.assertEqual([(l["mean"], l["measured_runs"]) for l in work["levels"]],
                         [(None, 0), (MS // 10, 1), (None, 0)])
        self.assertIn("\nTrend     ·█·\n", self.output("history", "work", "--what=average"))
        self.assertIn("\nTrend     ▁█▁\n", self.output("history", "work"))

    def test_runs_without_times(self):
        def count(profile):
            profile.timing = 3
            for context in profile.thread_list[0].contexts:
                context.self_ticks = 0

        self.point([{"work": (10, MS)}])
        self.point([{"work": (12, 0)}], edit=count)
        self.load()
        history = self.history("work")
        self.assertEqual([(l["mean"], l["calls"]) for l in history["functions"][0]["levels"]],
                         [(MS, 10), (None, 12)])
        self.assertEqual(history["notes"], ["Some runs have no times: they only counted calls."])
        self.assertEqual([l["mean"] for l in self.history("work", "--what=calls")["functions"][0]["levels"]],
                         [10, 12])

    def test_inlined_calls_have_no_time_of_their_own(self):
        def inline(profile):
            thread = profile.thread_list[0]
            code = profile.code(profile.function("main", "app.c", 3),
                                [(profile.function("work", "app.c", 10), 0)])
            thread.context(thread.root, code, 1, MS, [30])

        self.single({"work": (10, MS)})
        self.single({}, edit=inline)
        self.load()
        for what, values in (("self", [MS, None]), ("cumulative", [MS, None]), ("calls", [10, 30])):
            work, = self.history("work", f"--what={what}")["functions"]
            self.assertEqual([level["mean"] for level in work["levels"]], values, what)

    def test_arguments_begin_behind_the_program(self):
        def elsewhere(profile):
            profile.arguments = [b"../app", *profile.arguments[1:]]

        self.single({"work": (1, MS)})
        self.single({"work": (1, MS)}, edit=elsewhere)
        self.load()
        self.assertEqual(self.history("work")["notes"], [])

    def test_lines_move_and_files_tell_functions_apart(self):
        self.single({("work", "a.c", 10): (1, MS), ("work", "b.c", 10): (5, 2 * MS)})
        self.single({("work", "a.c", 12): (2, MS), ("work", "b.c", 10): (6, 2 * MS)})
        self.load()
        found = [(f["file"], f["line"], [l["mean"] for l in f["levels"]])
                 for f in self.history("work", "--what=calls")["functions"]]
        self.assertEqual(found, [("b.c", 10, [5, 6]), ("a.c", 12, [1, 2])])

    def test_top(self):
        for number in range(6):
            runs = [{"fast": (3, MS), "grown": (7, (5 if number < 4 else 50) * MS), "f<int>(char)": (1, 1000)}
                    for _ in range(3)]
            self.point(runs, None, {"git.commit": f"c{number}"})
        self.load()
        self.assertEqual(self.output("history", "--top=2"), """\
Program   app
Points    6, 18 runs, from 2027-01-15 08:00:00 UTC to 2027-01-15 13:00:00 UTC

self time    first     last    change  function      step  confidence  at
▁▁▁▁██     5.00 ms  50.0 ms  +900.0 %  grown     +900.0 %   > 99.99 %  commit c4, 2027-01-15 12:00:00 UTC
██████     1.00 ms  1.00 ms    +0.0 %  fast             -           -  -

2 more functions; --top=0 shows all
""")
        self.assertEqual([f["name"] for f in self.history("--top=0")["functions"]],
                         ["grown", "fast", "main", "f<int>(char)"])
        self.assertEqual([f["name"] for f in self.history("--top=2", "--what=calls")["functions"]],
                         ["grown", "fast"])
        self.assertEqual([f["name"] for f in self.history("f*", "--top=0")["functions"]],
                         ["fast", "f<int>(char)"])

    def test_top_is_judged_as_a_whole(self):
        """What is a step for who asks for one function is none among many."""
        source = noisy(17, 8, 4, 10 * MS)
        for number, runs in enumerate(source):
            for run in runs:
                calls, ns = run["work"]
                run["work"] = (calls, round(ns * (1.03 if number >= 4 else 1)))
                run |= {f"f{i}": (1, round(MS * (1 + ((ns + i * 7919) % 1000) / 1000))) for i in range(60)}
            self.point(runs)
        self.load()
        alone, = self.history("work")["functions"]
        self.assertEqual(self.step(alone), (4, False))
        self.assertGreater(alone["p"], 0.05 / 60)
        among = self.history("--top=0")["functions"]
        work, = (f for f in among if f["name"] == "work")
        self.assertEqual(work["steps"], [])
        self.assertGreater(work["p"], 0.05)

    def test_programs_are_not_mixed(self):
        self.single({"work": (1, MS)})
        self.single({"work": (2, 2 * MS)}, program="/elsewhere/app")
        self.single({"work": (3, 3 * MS)}, program="/opt/other")
        self.single({"work": (4, 4 * MS)})
        self.load()
        history = self.history("work", "--what=calls")
        self.assertEqual([l["mean"] for f in history["functions"] for l in f["levels"]], [1, 2, 4])
        self.assertEqual(history["notes"][0], "There are runs of other, too; --program chooses.")
        history = self.history("work", "--what=calls", "--program=other")
        self.assertEqual((history["program"], history["functions"][0]["levels"][0]["mean"]), ("other", 3))
        history = self.history("work", "--what=calls", "--program=/elsewhere/app")
        self.assertEqual([l["mean"] for l in history["functions"][0]["levels"]], [2])

    def test_a_run_that_was_ended_says_nothing_of_the_program(self):
        self.single({"work": (1, MS)})
        self.point([{"work": (3, 3 * MS)}], "crash", program="/opt/other", ends=[(None, 11)])
        self.load()
        history = self.history("work", "--what=calls")
        self.assertEqual((history["program"], [l["mean"] for f in history["functions"] for l in f["levels"]]),
                         ("app", [1]))
        self.assertEqual(history["notes"], ["There are runs of other, too; --program chooses."])
        self.fails(3, "history: profinst.db: every run was ended by a signal; there is nothing to compare",
                   "history", "work", "--program=other")

    def test_notes(self):
        def other_arguments(profile):
            profile.arguments = [b"app", b"other"]

        self.point([{"work": (1, MS)}], "a", {"machine.cpu": "one"})
        self.point([{"work": (1, MS)}], "b", {"machine.cpu": "two"}, edit=other_arguments)
        self.point([{"work": (9, 9 * MS)}, {"work": (1, MS)}], "b", {"machine.cpu": "two"},
                   ends=[(None, 11), (0, None)], edit=other_arguments)
        self.load()
        history = self.history("work")
        self.assertEqual([note.split(":")[0].split(";")[0] for note in history["notes"]], [
            "1 run was ended by a signal, and is left out.", "The points are of several machines",
            "The program was not started with the same arguments every time"])
        self.assertIn("; --series chooses", history["notes"][2])
        self.output("html", "--db", "profinst.db", "-o", "page.html")
        self.assertEqual(data_of((self.folder / "page.html").read_bytes())["history"]["notes"],
                         history["notes"][:2] + ["The program was not started with the same arguments every time."])
        self.assertEqual([l["mean"] for l in history["functions"][0]["levels"]], [MS] * 3)
        self.assertEqual(self.history("work", "--series=a")["notes"], [])
        self.assertEqual(len(self.history("work", "--series=b")["points"]), 2)

    def test_run_in_two_series_counts_once(self):
        self.point([{"work": (1, MS)}], "first")
        connection = self.load()
        connection.execute("INSERT INTO series VALUES (2, 'ff', 'kept', 'app', '[]', ?, 0)", (START,))
        connection.execute("INSERT INTO series_run (series_id, number, run_id, started_unix_ns, wall_ns)"
                           " VALUES (2, 1, 1, ?, 0)", (START,))
        connection.commit()
        self.assertEqual([p["name"] for p in self.history("work")["points"]], ["first"])

    def test_csv(self):
        for number, calls in enumerate((7, 7, 9)):
            self.point([{"work": (calls, MS)}] * 2, "=1+1", {"git.commit": "c", "git.dirty": "false"})
        self.load()
        rows = list(csv.DictReader(io.StringIO(self.output("history", "work", "--what=calls",
                                                           "--format=csv"))))
        self.assertEqual(len(rows), 3)
        self.assertEqual(rows[2], {
            "name": "work", "linkage_name": "work", "module": "app", "file": "app.c", "line": "10",
            "started": "2027-01-15 10:00:00 UTC", "started_unix_ns": str(START + 2 * HOUR), "series": "3",
            "series_name": "'=1+1", "commit": "c", "dirty": "0", "branch": "", "runs": "2",
            "what": "calls", "measured_runs": "2", "mean": "9", "error": "0", "median": "9", "min": "9",
            "max": "9", "calls": "9", "step_confidence": "1", "step_before": "7", "step_after": "9"})
        self.assertEqual([row["step_confidence"] for row in rows], ["", "", "1"])

    def test_markdown(self):
        self.point([{"a|b": (7, MS)}], "n|ightly", {"git.commit": "c"})
        self.load()
        text = self.output("history", "a|b", "--format=markdown")
        self.assertTrue(text.startswith("- Function: a\\|b\n- Where: app.c:10\n- Program: app\n- Trend: █\n"
                                        "- Step: there is one point only\n\n| when | commit | series |"), text)
        self.assertIn("| n\\|ightly |", text)

    def test_hostile_names(self):
        bad = b"a\x1b[31m</script>\xff" + b"x" * 3000
        for _ in range(3):
            self.point([{("plain", "app.c", 1): (1, MS)}], "\x1b]0;title\x07", {
                "git.commit": "\x1b[2J" * 10, "git.branch": "\u202e"})
            self.profiles[-1] = self.profile({(bad, "app.c", 10): (1, 2 * MS)}, START)
            self.profiles[-1].run_id = self.profiles[-1].profile_id
            self.series[-1][2][0] = (1, self.profiles[-1].run_id.hex(), START, {})
        self.load()
        for arguments in (["--top=5"], ["a*"], ["a*", "--format=markdown"], ["a*", "--format=csv"],
                          ["a*", "--format=json"]):
            text = self.output("history", *arguments)
            self.assertFalse([c for c in text if ord(c) < 32 and c not in "\r\n" or c == "\u202e"], arguments)
            self.assertIn("\\xFF" if "--format=json" not in arguments else "\\\\xFF", text)
        self.terminal(60, "history", "--top=5", "--no-pager")

    def test_huge_numbers_do_not_wrap(self):
        self.point([{"work": (1, MS)}] * 2)
        connection = self.load()
        connection.execute("UPDATE function_total SET calls = 9223372036854775807,"
                           " self_ns = 9223372036854775807, cumulative_ns = 9223372036854775807"
                           " WHERE process_id = 1")
        connection.execute("UPDATE function_total SET calls = 0, self_ns = 0, cumulative_ns = 0"
                           " WHERE process_id = 2")
        connection.commit()
        for what in ("self", "cumulative", "calls", "average"):
            self.output("history", "work", f"--what={what}")
            self.output("history", "--top=0", f"--what={what}")
        self.assertIn("0–9,223,372,036,854,775,807", self.output("history", "work"))

    def test_terminal(self):
        for runs in noisy(4, 40, 3, lambda p: 10 * MS if p < 20 else 15 * MS):
            self.point(runs, "a series with quite a long name", {"git.commit": "0" * 40})
        self.load()
        for width in (80, 120):
            text = self.terminal(width, "history", "work", "--no-pager", NO_COLOR="1")
            self.assertEqual([line for line in text.splitlines() if len(line) > width], [])
            text = self.terminal(width, "history", "--top=3", "--no-pager", NO_COLOR="1")
            self.assertEqual([line for line in text.splitlines() if len(line) > width], [])

    def test_page(self):
        """It holds what --top shows, and nothing of it where there is one point."""
        for number, runs in enumerate(noisy(1, 8, 3, lambda p: 10 * MS if p < 4 else 15 * MS)):
            self.point(runs, "a\x1b", {"git.commit": f"{number}" * 40, "git.dirty": "true"})
        self.load()
        self.output("html", "--db", "profinst.db", "-o", "page.html")
        data = data_of((self.folder / "page.html").read_bytes())
        history, found = data["history"], self.history("--top=40")
        self.assertEqual((history["what"], history["program"], history["notes"]), ("self time", "app", []))
        self.assertEqual(history["points"][2], {"started": "2027-01-15 10:00:00 UTC", "name": "a\\x1B",
                                                "commit": "222222222222-dirty", "runs": 3})
        self.assertEqual([f["name"] for f in history["functions"]], ["work", "main"])
        for shown, wanted in zip(history["functions"], found["functions"]):
            self.assertEqual(data["functions"]["name"][shown["index"]], wanted["name"])
            for key, column in (("mean", "mean"), ("error", "error"), ("calls", "calls")):
                self.assertEqual(shown[key], [level[column] for level in wanted["levels"]])
            self.assertEqual([step["point"] for step in shown["steps"]],
                             [step["point"] for step in wanted["steps"]])
        step, = history["functions"][0]["steps"]
        self.assertEqual((step["point"], step["confidence"], history["functions"][0]["strongest"]),
                         (4, "> 99.99 %", 0))
        self.output("html", "--db", "profinst.db", "--run=1", "-o", "one.html")
        self.assertNotIn("history", data_of((self.folder / "one.html").read_bytes()))

    def test_errors(self):
        self.fails(2, "history: no function given; name one, or give --top=10 to see those that cost most",
                   "history")
        self.fails(2, "history: --what=wall is of whole runs; leave FUNCTION and --top out",
                   "history", "work", "--what=wall")
        self.fails(2, "history: unknown quantity 'slef'; did you mean 'self'?", "history", "work",
                   "--what=slef")
        self.fails(2, "history: --top=x is no whole number from 0 up; give one", "history", "--top=x")
        self.fails(2, "history: --last=-1 is no whole number from 0 up; give one", "history", "work",
                   "--last=-1")
        self.profinst("history", "work", code=3)
        self.assertEqual(self.files(), [])
        self.single({"work": (1, MS)})
        self.single({"other": (1, MS)})
        self.load()
        self.fails(2, "history: wrk: no such function; did you mean 'work'?", "history", "wrk")
        self.fails(2, "history: work was not called in these runs of app; choose others with --program, "
                      "--series or --last", "history", "work", "--last=1")
        self.fails(2, "history: profinst.db: no run is of a series named 'x'; leave --series out to see all",
                   "history", "work", "--series=x")
        self.fails(2, "history: --program=x: there is none; there are: /opt/app/bin/app", "history", "work",
                   "--program=x")
        self.fails(2, "history: profinst.db: it is read from, and would be overwritten; give another name "
                      "with -o", "history", "work", "-o", "profinst.db")
        self.output("history", "work", "-o", "out.txt")
        self.assertEqual((self.folder / "out.txt").read_text(), self.output("history", "work"))

    def test_empty_database(self):
        self.single({"work": (1, MS)})
        connection = self.load()
        connection.executescript("PRAGMA foreign_keys = OFF; DELETE FROM process; DELETE FROM run;")
        self.fails(3, "history: profinst.db: there is no run in it; load profiles with 'profinst load --db'",
                   "history", "--top=3")


if __name__ == "__main__":
    unittest.main()

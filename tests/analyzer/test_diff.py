"""Comparisons: which function is which, what their figures are, which differences are more than chance,
where sides come from, and that all formats say the same."""

import csv
import io
import json
import re
import shutil

try:
    from scipy import stats
    import numpy
except ImportError as error:
    raise SystemExit(f"{error}: install the Debian package python3-scipy (scripts/setup.sh does)")

import unittest

from gate_case import GateCase, MS
from profile_writer import COUNTS, Profile
from support import inlined_example


class DiffCase(GateCase):
    def diff(self, *arguments):
        return json.loads(self.output("diff", "--format=json", *arguments))

    def rows(self, *arguments):
        return {row["name"]: row for row in self.diff(*arguments)["functions"]}

    def simple(self, functions, program="/opt/app/bin/app", **more):
        """A run in which main called each of these, (name, file, line, calls, self ns)."""
        self.runs += 1
        profile = Profile(program, key=self.runs, run=self.runs, **more)
        thread = profile.thread(outside=MS)
        main = thread.context(thread.root, profile.function("main", "src/main.c", 1), 1, 1000)
        for name, file, line, calls, ticks in functions:
            thread.context(main, profile.function(name, file, line), calls, ticks)
        return profile

    def pair(self, before, after, **more):
        return (self.write(self.simple(before), "before.profinst"),
                self.write(self.simple(after, **more), "after.profinst"))

    def give_code(self, fingerprints, db="profinst.db"):
        """Of the functions' lines, as the plugin would say: {(run, line): fingerprint}."""
        sql = self.database(db)
        for (run, line), fingerprint in fingerprints.items():
            sql.execute("INSERT INTO function_code SELECT function_total.process_id, function_id, ? FROM function_total"
                        " JOIN process ON process.id = function_total.process_id JOIN function ON function.id = function_id"
                        " WHERE run_id = ? AND line = ?", (fingerprint, run, line))
        sql.commit()


class Figures(DiffCase):
    def test_exact_figures_of_single_profiles(self):
        found = self.diff(*self.pair([("f", "a.c", 3, 10, 5000), ("g", "a.c", 9, 4, 2000)],
                                     [("f", "a.c", 4, 12, 9000), ("g", "a.c", 10, 4, 2000)]), "--edges")
        rows = {row["name"]: row for row in found["functions"]}
        self.assertEqual(list(rows), ["f", "g", "main"])
        f = rows["f"]
        self.assertEqual((f["calls"]["before"]["values"], f["calls"]["after"]["values"]), ([10], [12]))
        self.assertEqual((f["calls"]["difference"], f["calls"]["verdict"]), (2, "different"))
        self.assertEqual((f["self_ns"]["before"]["mean"], f["self_ns"]["after"]["mean"]), (5000, 9000))
        self.assertEqual((f["self_ns"]["ratio"], f["self_ns"]["difference"]), (1.8, 4000))
        self.assertEqual((f["self_ns"]["p"], f["self_ns"]["adjusted_p"], f["self_ns"]["verdict"]),
                         (None, None, "unknown"))
        self.assertEqual((f["average_ns"]["before"], f["average_ns"]["after"]), (500, 750))
        self.assertEqual((f["reason"], f["caller"], f["presence"], f["line"]), ("more calls", "main", "both", 4))
        self.assertEqual((rows["g"]["reason"], rows["g"]["changed"], rows["g"]["self_ns"]["verdict"]),
                         (None, False, "same"))
        self.assertEqual(rows["main"]["cumulative_ns"]["after"]["mean"], 12_000)
        self.assertEqual(found["calls"]["difference"], 2)
        self.assertEqual(found["self_ns"]["difference"], 4000)
        self.assertEqual([(edge["caller"], edge["callee"], edge["calls"]["difference"], edge["changed"])
                          for edge in found["edges"]], [("main", "f", 2, True), ("main", "g", 0, False)])
        self.assertEqual(found["warnings"], [])

    def test_significance_is_welch_and_holm(self):
        before = [[100, 103, 98, 101, 99], [50, 51, 49, 50, 52]]
        after = [[131, 128, 133, 130, 127], [51, 49, 50, 52, 50]]
        for name, sample in (("old", before), ("new", after)):
            self.series([self.profile(times={"main": 0, "parse": parse, "render": render, "peek": 0})
                         for parse, render in zip(*sample)], name)
        rows = self.rows("old", "new")
        p = {}
        for at, name in enumerate(("parse", "render")):
            logs = numpy.log(numpy.multiply(before[at], MS)), numpy.log(numpy.multiply(after[at], MS))
            p[name] = stats.ttest_ind(logs[1], logs[0], equal_var=False).pvalue
            self.assertAlmostEqual(rows[name]["self_ns"]["p"] / p[name], 1, 6)
            self.assertAlmostEqual(rows[name]["self_ns"]["ratio"], numpy.exp(logs[1].mean() - logs[0].mean()), 9)
        # Two are tested: main and peek have no time of their own.
        self.assertAlmostEqual(rows["parse"]["self_ns"]["adjusted_p"] / (2 * p["parse"]), 1, 6)
        self.assertEqual(rows["render"]["self_ns"]["adjusted_p"], rows["render"]["self_ns"]["p"])
        self.assertEqual([rows[name]["self_ns"]["verdict"] for name in ("parse", "render", "main")],
                         ["different", "noise", "same"])
        self.assertEqual((rows["parse"]["reason"], rows["render"]["reason"]), ("slower", None))
        self.assertEqual((rows["parse"]["self_ns"]["effect"], rows["parse"]["self_ns"]["before"]["mean"]),
                         (1, 100.2 * MS))
        table = self.output("diff", "old", "new")
        self.assertRegex(table, r"1 +100 ms +130 ms +\+29\.6 ms +\+30 % ±\d\.\d .* slower +parse ")
        self.assertNotIn("render", table)
        self.assertIn("3 functions unchanged", table)

    def test_what_has_no_noticeable_share_is_not_tested(self):
        for name, least in (("old", 0.001), ("new", 0.002)):
            self.series([self.profile(times={"peek": least * (1 + at / 100)}) for at in range(4)], name)
        peek = self.rows("old", "new")["peek"]["self_ns"]
        self.assertLess(peek["p"], 1e-6)
        self.assertEqual((peek["adjusted_p"], peek["verdict"]), (None, "noise"))

    def test_counts_that_vary_are_samples(self):
        for name, base in (("old", 1000), ("new", 1003)):
            self.series([self.profile({("parse", "peek"): base + at % 3}) for at in range(4)], name)
        found = self.rows("old", "new")["peek"]["calls"]
        self.assertEqual(found["before"]["values"], [3000, 3001, 3002, 3000])
        self.assertEqual(found["verdict"], "different")
        self.assertLess(found["adjusted_p"], 0.05)
        self.assertRegex(self.output("diff", "old", "new"), r"≈ 3,001 +≈ 3,004 +\+3 ")
        self.series([self.profile({("parse", "peek"): 1000 + at % 4}) for at in range(4)], "again")
        self.assertEqual(self.rows("old", "again")["peek"]["calls"]["verdict"], "noise")

    def test_one_run_is_never_significant(self):
        self.series([self.profile()], "one")
        self.series(self.noisy(5, {"parse": 3}), "many")
        found = self.diff("one", "many")
        self.assertEqual({row["self_ns"]["verdict"] for row in found["functions"]}, {"unknown"})
        self.assertEqual({row["reason"] for row in found["functions"]}, {None})
        self.assertRegex(self.output("diff", "one", "many"), r"400 ms +1\.2\d s +\+8\d\d ms +\+20\d % \?")

    def test_estimates_show_their_errors(self):
        files = []
        for at, ticks in enumerate((4000, 6000)):
            files.append(self.write(self.simple([("f", "a.c", 3, 10, ticks)]), f"{at}.profinst"))
        self.output("load", *files)
        sql = self.database()
        sql.execute("UPDATE function_total SET self_error_ns = 400"
                    " WHERE function_id = (SELECT id FROM function WHERE name = 'f')")
        sql.commit()
        f = self.rows("run:1", "run:2")["f"]["self_ns"]
        self.assertEqual((f["before"]["error"], f["after"]["error"]), (400, 400))
        half = 100 * 1.5 * ((400 / 4000) ** 2 + (400 / 6000) ** 2) ** 0.5
        self.assertIn(f"+50 % ±{half:.0f} ?", self.output("diff", "run:1", "run:2"))

    def test_percentiles_and_counts_only(self):
        self.series([self.profile(durations={"parse": [100] * 50 + [7000] * 50})], "old")
        self.series([self.profile(durations={"parse": [200] * 50 + [9000] * 50})], "new")
        parse = self.rows("old", "new")["parse"]
        self.assertLess(parse["p50_ns"]["before"], parse["p50_ns"]["after"])
        self.assertGreater(parse["p99_ns"]["after"], 8000)
        self.series([self.profile(timing=COUNTS)], "counted")
        found = self.diff("old", "counted")
        self.assertFalse(found["has_times"])
        self.assertEqual({row["self_ns"] for row in found["functions"]}, {None})
        self.assertEqual((found["wall_ns"], found["calls"]["verdict"]), (None, "same"))
        self.assertIn("Times were taken in different ways", " ".join(found["warnings"]))
        self.assertNotIn("self before", self.output("diff", "old", "counted", "--all"))


class Matching(DiffCase):
    def test_new_and_gone(self):
        rows = self.rows(*self.pair([("f", "a.c", 3, 1, 500), ("old", "a.c", 9, 4, 300)],
                                    [("f", "a.c", 3, 1, 500), ("fresh", "b.c", 7, 2, 100)]))
        self.assertEqual({name: (row["presence"], row["reason"]) for name, row in rows.items()},
                         {"main": ("both", None), "f": ("both", None), "old": ("before", "gone"),
                          "fresh": ("after", "new")})
        self.assertEqual(rows["old"]["calls"]["after"]["values"], [0])

    def test_static_functions_of_one_name_in_a_file_keep_their_order(self):
        rows = self.diff(*self.pair([("f", "a.c", 10, 1, 100), ("f", "a.c", 20, 2, 200)],
                                    [("f", "a.c", 20, 1, 100), ("f", "a.c", 30, 2, 200)]))["functions"]
        self.assertEqual([(row["name"], row["line"], row["changed"]) for row in rows],
                         [("main", 1, False), ("f", 30, False), ("f", 20, False)])

    def test_static_functions_of_several_files(self):
        rows = self.diff(*self.pair([("f", "/old/x/a.c", 10, 1, 100), ("f", "/old/x/b.c", 10, 2, 200)],
                                    [("f", "/new/x/b.c", 10, 2, 200), ("f", "/new/x/a.c", 10, 1, 100)]))["functions"]
        self.assertEqual({(row["file"], row["presence"], row["changed"], row["former_file"]) for row in rows},
                         {("src/main.c", "both", False, None), ("/new/x/a.c", "both", False, None),
                          ("/new/x/b.c", "both", False, None)})

    def test_moved_into_another_file(self):
        before, after = self.pair([("f", "a.c", 10, 1, 100)], [("f", "b.c", 10, 1, 100)])
        row = self.rows(before, after)["f"]
        self.assertEqual((row["reason"], row["presence"], row["former_name"], row["former_file"]),
                         ("moved", "both", "f", "a.c"))
        self.assertIn("was in a.c", self.output("diff", before, after))

    def test_the_program_may_be_called_otherwise(self):
        found = self.diff(*self.pair([("f", "a.c", 10, 1, 100)], [("f", "a.c", 10, 1, 100)],
                                     program="/build/app-new"))
        self.assertEqual([row["changed"] for row in found["functions"]], [False, False])
        self.assertEqual(found["warnings"], ["The programs have other names: app before, app-new after."])

    def coded(self, before, after, fingerprints):
        self.output("load", *self.pair(before, after))
        self.give_code(fingerprints)
        return {row["name"]: row for row in self.diff("run:1", "run:2")["functions"]}

    def test_renamed_functions_are_known_by_their_code(self):
        rows = self.coded([("old", "a.c", 10, 1, 100), ("twin", "a.c", 20, 1, 1)],
                          [("fresh", "b.c", 11, 1, 100), ("other", "a.c", 21, 1, 1), ("third", "a.c", 31, 1, 1)],
                          {(1, 10): 7, (2, 11): 7, (1, 20): 8, (2, 21): 8, (2, 31): 8})
        self.assertEqual((rows["fresh"]["reason"], rows["fresh"]["former_name"], rows["fresh"]["code"]),
                         ("moved", "old", "same"))
        self.assertEqual({rows[name]["presence"] for name in ("other", "third")}, {"after"})  # which is twin?
        self.assertEqual(rows["twin"]["presence"], "before")
        self.assertIn("was old in a.c", self.output("diff", "run:1", "run:2"))

    def test_code_tells_what_changed(self):
        rows = self.coded([("f", "a.c", 10, 1, 100), ("g", "a.c", 20, 1, 1), ("h", "a.c", 30, 1, 1)],
                          [("f", "a.c", 11, 1, 100), ("g", "a.c", 21, 2, 1), ("h", "a.c", 31, 3, 1)],
                          {(1, 10): 1, (2, 11): 2, (1, 20): 3, (2, 21): 3, (1, 30): 4, (2, 31): 5})
        self.assertEqual({name: (row["code"], row["reason"]) for name, row in rows.items()},
                         {"main": (None, None), "f": ("changed", "code changed"), "g": ("same", "more calls"),
                          "h": ("changed", "code changed")})
        table = self.output("diff", "run:1", "run:2")
        self.assertIn("same code, called more by main", table)
        self.assertIn("code changed, called more by main", table)

    def test_of_several_of_a_name_the_same_code_decides(self):
        rows = self.coded([("f", "a.c", 10, 1, 100), ("f", "a.c", 20, 2, 200)],
                          [("f", "a.c", 11, 9, 1), ("f", "a.c", 21, 1, 100), ("f", "a.c", 31, 2, 200)],
                          {(1, 10): 1, (1, 20): 2, (2, 11): 3, (2, 21): 1, (2, 31): 2})
        self.assertEqual((rows["f"]["code"], rows["main"]["changed"]), ("same", False))
        found = self.diff("run:1", "run:2")["functions"]
        self.assertEqual([(row["line"], row["presence"]) for row in found if row["changed"]], [(11, "after")])


class Contexts(DiffCase):
    def test_chains_are_one_whatever_thread_they_are_in(self):
        def profile(key, calls, names=("main", "parse", "peek")):
            profile = Profile(key=key, run=key)
            main, parse, peek = (profile.function(name, "a.c", 10 * at) for at, name in enumerate(names, 1))
            for _ in range(2):
                thread = profile.thread(outside=100)
                top = thread.context(thread.root, main, 1, 10)
                deep = thread.context(thread.context(top, parse, 2, 20), peek, calls, 30)
                thread.cross(deep, deep, 5)
            return self.write(profile, f"{key}.profinst")

        found = self.diff(profile(1, 7), profile(2, 9), "--contexts")["contexts"]
        self.assertEqual([(row["path"], row["calls"]["before"]["mean"], row["calls"]["after"]["mean"], row["changed"])
                          for row in found],
                         [("main > parse > peek", 24, 28, True), ("main > parse", 4, 4, False), ("main", 2, 2, False)])
        self.assertEqual(found[0]["self_ns"]["before"]["values"], [60])

    def test_folded_and_inlined_contexts(self):
        profile = Profile(key=1, run=1)
        main, f = profile.function("main", "a.c", 1), profile.function("f", "a.c", 2)
        thread = profile.thread(outside=100)
        thread.context(thread.root, main, 1, 10)
        thread.context(thread.fold(), f, 3, 40)
        before = self.write(profile, "folded.profinst")
        profile = Profile(key=2, run=2)
        main, f = profile.function("main", "a.c", 1), profile.function("f", "a.c", 2)
        thread = profile.thread(outside=100)
        thread.context(thread.root, profile.code(main, [(f, 0)]), 1, 50, [3])
        after = self.write(profile, "inlined.profinst")
        found = self.diff(before, after, "--contexts")
        self.assertEqual({(row["path"], row["presence"], row["calls"]["difference"]) for row in found["contexts"]},
                         {("main", "both", 0), ("(folded) > f", "before", -3), ("main > f", "after", 3)})
        self.assertIn("There were more contexts than PROFINST_MAX_CONTEXTS (before)", found["warnings"][0])

    def test_a_baseline_without_contexts(self):
        self.series([self.profile()], "old", baseline="main")
        self.output("baseline", "export", "main", "--without-contexts", "-o", "main.baseline")
        found = self.diff("main.baseline", "old", "--contexts")
        self.assertIsNone(found["contexts"])
        self.assertEqual(found["warnings"], ["Contexts are not compared: a baseline was exported without them."])


class Sides(DiffCase):
    def setUp(self):
        super().setUp()
        self.series(self.noisy(3), "old", baseline="main")
        self.series(self.noisy(3, {"parse": 2}, seed=2), "new")

    def names(self, *arguments):
        found = self.diff(*arguments)
        return [(found[side]["name"], found[side]["runs"]) for side in ("before", "after")]

    def test_names_in_a_database(self):
        self.assertEqual(self.names("main", "new"), [("baseline main", 3), ("series new", 3)])
        self.assertEqual(self.names("run:1", "series:2"), [("run 1", 1), ("series 2 (new)", 3)])
        self.database().execute("VACUUM INTO 'other.db'".replace("other", str(self.folder / "other")))
        self.assertEqual(self.names("--db=other.db", "old", "run:6"), [("series old", 3), ("run 6", 1)])

    def test_files(self):
        (self.folder / "runs").mkdir()
        for at in range(3):
            shutil.copy(self.folder / f"old.{at}.profinst", self.folder / "runs")
        self.output("baseline", "export", "main", "-o", "main.baseline")
        self.assertEqual(self.names("runs", "new.0.profinst"), [("runs", 3), ("new.0.profinst", 1)])
        self.assertEqual(self.names("main.baseline", "profinst.db"),
                         [("baseline main (main.baseline)", 3), ("profinst.db", 3)])
        self.assertEqual(self.names("runs", "new"), [("runs", 3), ("series new", 3)])

    def test_figures_are_the_same_wherever_sides_come_from(self):
        (self.folder / "runs").mkdir()
        for at in range(3):
            shutil.copy(self.folder / f"old.{at}.profinst", self.folder / "runs")
        self.output("baseline", "export", "main", "-o", "main.baseline")
        first = self.diff("main", "new", "--edges", "--contexts")
        for before in ("runs", "main.baseline", "old"):
            other = self.diff(before, "new", "--edges", "--contexts")
            for key in ("functions", "edges", "contexts", "calls", "self_ns", "wall_ns"):
                self.assertEqual(other[key], first[key], before)

    def test_runs_that_were_ended_by_a_signal_are_left_out(self):
        self.series([self.profile() for _ in range(3)], "crashed", signals={2: 11})
        found = self.diff("old", "crashed")
        self.assertEqual((found["after"]["runs"], found["after"]["runs_left_out"]), (2, 1))
        self.assertIn("Runs that left no profile, or were ended by a signal, are left out (after): 1.",
                      found["warnings"])

    def test_processes_of_one_run_cannot_be_two_sides(self):
        child = self.profile()
        child.run_id = bytes([1]) * 16
        self.write(child, "child.profinst")
        self.fails(3, "diff: child.profinst: it is of the same run as old.0.profinst, which cannot be compared "
                      "with itself; give profiles of two runs", "diff", "old.0.profinst", "child.profinst")
        self.assertEqual(self.diff("old.0.profinst", "old.0.profinst")["calls"]["verdict"], "same")

    def test_what_is_not_there(self):
        self.fails(2, "diff: nwe: no such file, and no such baseline, series or run in profinst.db; did you mean "
                      "'new'?", "diff", "old", "nwe")
        self.fails(2, "diff: something: no such file, and no such baseline, series or run in profinst.db; there are "
                      "main, new, old, series:2, series:1, run:6, run:5, run:4, ...", "diff", "something", "old")
        (self.folder / "empty").mkdir()
        self.fails(3, "diff: empty: there is no profile in this folder (*.profinst); name another",
                   "diff", "old", "empty")
        (self.folder / "profinst.db").unlink()
        self.fails(2, "diff: old: no such file, and no profinst.db here to look it up in; name a database with --db",
                   "diff", "old", "new.0.profinst")

    def test_wrong_use(self):
        self.fails(2, "diff: one side given; name two: what was before, and what is after", "diff", "old")
        self.fails(2, "diff: more than two sides given; name two: what was before, and what is after",
                   "diff", "old", "new", "main")
        self.fails(2, "diff: unknown sort key 'cals'; did you mean 'calls'?", "diff", "old", "new", "--sort=cals")
        self.fails(2, "diff: csv holds one kind of rows; give one of --edges and --contexts", "diff", "old", "new",
                   "--format=csv", "--edges", "--contexts")
        self.fails(2, "diff: profinst.db: it is read from, and would be overwritten; give another name with -o",
                   "diff", "profinst.db", "old", "-o", "profinst.db")

    def test_ground(self):
        facts = {"machine.id": "a", "clang.version": "clang 16", "clang.flags": "clang -O2 -I/x a.c", "input.x": "1"}
        self.series(self.noisy(2), "here", facts=facts)
        self.series(self.noisy(2), "there", facts=facts | {"machine.id": "b", "input.x": "2"})
        self.series(self.noisy(2), "flags", facts=facts | {"clang.flags": "clang -O3 -I/y b.c"})
        self.series(self.noisy(2), "paths", facts=facts | {"clang.flags": "clang -O2 -I/y b.c"})
        found = self.diff("here", "there")
        self.assertEqual((found["same_ground"], found["has_times"], found["warnings"]),
                         (False, True, ["They had different input (input.x): 1 before, 2 after.",
                                        "They ran on different machines (machine.id): a before, b after."]))
        self.assertEqual(self.diff("here", "flags")["warnings"],
                         ["They were compiled with different options (clang.flags): -O2 before, -O3 after."])
        found = self.diff("here", "paths")
        self.assertEqual((found["same_ground"], found["warnings"]), (True, []))


class Formats(DiffCase):
    def setUp(self):
        super().setUp()
        self.series(self.noisy(4), "old")
        self.series(self.noisy(4, {"parse": 1.5}, seed=2, calls={("parse", "peek"): 50_000, ("main", "log"): 3}), "new")

    def table(self, *arguments):
        """Rows of a Markdown table, by what is in the column of the function."""
        lines = [line for line in self.output("diff", "old", "new", "--format=markdown", *arguments).splitlines()
                 if line.startswith("| ")]
        cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
        return {row["function"]: row for row in (dict(zip(cells[0], row)) for row in cells[2:])}

    def test_csv_and_json_say_the_same(self):
        for option, key in ((), "functions"), (("--edges",), "edges"), (("--contexts",), "contexts"):
            rows = self.diff("old", "new", *option)[key]
            text = self.output("diff", "old", "new", "--format=csv", *option)
            lines = list(csv.DictReader(io.StringIO(text, newline="")))
            self.assertEqual(len(lines), len(rows))
            for line, row in zip(lines, rows):
                self.assertEqual(line["presence"], row["presence"])
                self.assertEqual(line["changed"], str(int(row["changed"])))
                for name in {"calls", "self_ns", "cumulative_ns"} & set(row):
                    for side in ("before", "after"):
                        self.assertEqual(float(line[f"{name}_{side}"]), row[name][side]["mean"])
                    for field in ("difference", "ratio", "ratio_low", "ratio_high", "p", "adjusted_p", "effect"):
                        number = line[f"{name}_{field}"]
                        self.assertEqual(float(number) if number else None, row[name][field])
                    self.assertEqual(line[f"{name}_verdict"], row[name]["verdict"])

    def test_the_table_says_the_same(self):
        rows, table = self.rows("old", "new"), self.table("--all")
        self.assertEqual(list(table), list(rows))
        for name, row in rows.items():
            self.assertEqual(table[name]["calls after"], f"{row['calls']['after']['mean']:,}")
            difference = row["calls"]["difference"]
            self.assertEqual(table[name]["calls ±"], f"{difference:+,}" if difference else "=")
            verdict, ratio = row["self_ns"]["verdict"], row["self_ns"]["ratio"]
            if verdict == "noise":
                self.assertEqual(table[name]["change"], r"\~")
            elif verdict == "same":
                self.assertEqual((name, table[name]["change"]), ("log", "="))
            else:
                self.assertEqual((name, verdict), ("parse", "different"))
                half = 50 * (row["self_ns"]["ratio_high"] - row["self_ns"]["ratio_low"])
                self.assertEqual(table[name]["change"].replace("\\", ""), f"{100 * (ratio - 1):+.0f} % ±{half:.1f}")
        self.assertEqual([row for row in table if table[row]["why"]], ["parse", "peek", "log"])
        self.assertEqual((table["log"]["why"], table["peek"]["why"]), ("new", "called more by parse"))

    def test_limits_and_order(self):
        everything = list(self.rows("old", "new"))
        self.assertEqual(everything[:3], ["parse", "peek", "log"])
        self.assertEqual(list(self.table("--limit=1")), ["parse"])
        self.assertIn("2 functions more; --limit=0 shows all. 2 functions unchanged; --all shows all",
                      self.output("diff", "old", "new", "--limit=1"))
        self.assertEqual(list(self.table("--sort=calls")), ["peek", "log", "parse"])
        self.assertEqual(list(self.table("--min-share=30")), ["parse"])
        self.assertIn("2 functions below --min-share", self.output("diff", "old", "new", "--min-share=30"))
        self.assertEqual(len(self.diff("old", "new", "--limit=2")["functions"]), 2)

    def test_nothing_has_changed(self):
        table = self.output("diff", "old", "old")
        self.assertIn("No function has changed beyond chance.", table)
        self.assertIn("4 functions unchanged; --all shows all", table)

    def test_terminals(self):
        for columns in (80, 120, 200):
            text = self.terminal(columns, "diff", "old", "new", "--edges", "--contexts", "--no-pager")
            plain = re.sub(r"\x1B\[[0-9;]*m", "", text)
            self.assertLessEqual(max(map(len, plain.splitlines())), columns)
            self.assertRegex(text, r"\x1B\[31m\+\d+ %")  # slower is red
            self.assertIn("parse", plain)
        text = self.terminal(120, "diff", "new", "old", "--no-pager")
        self.assertRegex(text, r"\x1B\[32m-\d+ %")

    def test_output_goes_to_a_file(self):
        self.assertEqual(self.output("diff", "old", "new", "-o", "out.txt"), "")
        self.assertEqual((self.folder / "out.txt").read_text(), self.output("diff", "old", "new"))


class Hostile(DiffCase):
    def test_names_hold_anything(self):
        evil = "a|b\x1b[31m</script>`\n,\"" + "x" * 5000
        files = self.pair([(evil, "a|\x07.c", 1, 1, 100), (b"\xff", "b.c", 2, 1, 1)],
                          [(evil, "b|\x07.c", 1, 2, 100), (b"\xff", "b.c", 2, 1, 1)])
        for format in ("table", "json", "csv", "markdown"):
            text = self.output("diff", *files, "--all", f"--format={format}")
            self.assertNotRegex(text.replace("\r\n", "\n"), "[\x00-\x09\x0b-\x1f]")
        self.assertIn("\\xFF", self.rows(*files))

    def test_inlined_functions(self):
        first, second = inlined_example(), inlined_example()
        second.profile_id = second.run_id = bytes([2]) * 16
        files = self.write(first, "1.profinst"), self.write(second, "2.profinst")
        found = self.diff(*files, "--edges", "--contexts")
        for kind in ("functions", "edges", "contexts"):
            self.assertTrue(found[kind])
            self.assertEqual({row["changed"] for row in found[kind]}, {False})

    def test_numbers_beyond_bounds(self):
        self.output("load", *self.pair([("f", "a.c", 1, 1, 100)], [("f", "a.c", 1, 2, 100)]))
        sql = self.database()
        sql.execute("UPDATE function_total SET calls = 9223372036854775807, self_ns = -9223372036854775808,"
                    " self_error_ns = 9223372036854775807")
        sql.execute("UPDATE edge_total SET calls = 9223372036854775807, callee_id = 777")
        sql.execute("UPDATE context SET self_ns = 9223372036854775807, parent_id = id + 1 WHERE parent_id IS NOT NULL")
        sql.commit()
        for format in ("table", "json", "csv", "markdown"):
            self.output("diff", "run:1", "run:2", "--edges", "--contexts" if format != "csv" else "--all",
                        f"--format={format}")


if __name__ == "__main__":
    unittest.main()

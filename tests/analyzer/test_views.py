"""What a report shows in place of its functions, and which rows it shows."""

import csv
import io
import json
import unittest

from profile_writer import AUTO, Profile
from support import Case, example, inlined_example
from test_sites import ELSEWHERE, POINTER, Program


class Views(Case):
    def view(self, *arguments, profile=None):
        """Rows of a view, without what is null, and without errors where nothing is estimated."""
        name = self.write(profile or example())
        found = json.loads(self.output("report", "--format=json", *arguments, name))
        return [{key: value for key, value in row.items()
                 if value is not None and not (key.endswith("_error_ns") and value == 0)}
                for row in found["rows"]]

    def test_callers(self):
        self.assertEqual(self.view("--callers=compress"), [
            {"cumulative_ns": 150_000_000, "calls": 20, "caller": "(outside)", "callee": "compress"},
            {"cumulative_ns": 1_000_000, "calls": 3, "average_ns": 333_333, "caller": "main",
             "callee": "compress", "place": "src/app.c:10"},
            {"cumulative_ns": 600_000, "calls": 70, "average_ns": 8_571, "caller": "visit",
             "callee": "compress", "place": "src/tree.c:7"}])

    def test_callees_and_recursion(self):
        self.assertEqual(self.view("--callees=visit"), [
            {"cumulative_ns": 600_000, "calls": 70, "average_ns": 8_571, "caller": "visit",
             "callee": "compress"},
            {"calls": 1_234_567, "caller": "visit", "callee": "visit",
             "place": "src/tree.c:7"},
            {"calls": 12, "caller": "visit",
             "callee": "store::parse(store::Input const&, int)", "place": "src/store.cc:42"}])

    def test_edges_and_outside_add_up(self):
        name = self.write(inlined_example())
        for row in self.report(name)["functions"]:
            rows = json.loads(self.output("report", "--format=json",
                                          f"--callers={row['linkage_name']}", name))["rows"]
            self.assertEqual(sum(caller["calls"] for caller in rows), row["calls"])
            self.assertEqual(sum(caller["cumulative_ns"] or 0 for caller in rows),
                             row["cumulative_ns"])

    def test_names_of_functions(self):
        whole = "store::parse(store::Input const&, int)"
        for name in (whole, "store::parse", "parse", "_ZN5store5parseERKNS_5InputEi", "*::parse",
                     "re:^store", "p?rse"):
            rows = self.view(f"--callers={name}")
            self.assertEqual([(row["caller"], row["callee"]) for row in rows],
                             [("main", whole), ("visit", whole)], name)

    def test_hot_paths(self):
        rows = self.view("--hot-paths", "--limit=2")
        self.assertEqual(rows, [
            {"self_ns": 300_000_123, "cumulative_ns": 300_600_123, "calls": 1_235_567,
             "path": "main > store::parse(store::Input const&, int) > visit"},
            {"self_ns": 150_000_000, "cumulative_ns": 150_000_000, "calls": 20, "path": "compress"}])

    def test_the_tree(self):
        rows = self.view("--tree")
        self.assertEqual([(row["drawing"], row["cumulative_ns"], row["self_ns"], row["calls"],
                           row["depth"]) for row in rows], [
            ("main", 343_850_123, 2_000_000, 1, 1),
            ("├ store::parse(store::Input const&, int)", 340_850_123, 40_250_000, 262, 2),
            ("│ └ visit", 300_600_123, 300_000_123, 1_235_567, 3),
            ("│   └ compress", 600_000, 600_000, 70, 4),
            ("└ compress", 1_000_000, 1_000_000, 3, 2),
            ("compress", 150_000_000, 150_000_000, 20, 1)])
        self.assertEqual([row["drawing"] for row in self.view("--tree", "--limit=3")],
                         ["main", "└ store::parse(store::Input const&, int)", "  └ visit"])

    def test_threads_are_merged_in_the_tree(self):
        profile = Profile()
        main, work = profile.function("main"), profile.function("work")
        for ticks in (100, 30):
            thread = profile.thread(outside=5)
            thread.context(thread.context(thread.root, main, 1, 10), work, 2, ticks)
        rows = self.view("--tree", profile=profile)
        self.assertEqual([(row["name"], row["calls"], row["self_ns"]) for row in rows],
                         [("main", 2, 20), ("work", 4, 130)])

    def test_inlined_calls_are_in_the_tree(self):
        rows = self.view("--tree", "--limit=0", profile=inlined_example())
        skip, = [row for row in rows if row["name"] == "store::Input::skip(int)"]
        self.assertEqual((skip["calls"], skip["inlined_calls"], skip["self_ns"]), (40_100, 40_100, 0))

    def test_groups(self):
        self.assertEqual(self.view("--by=file"), [
            {"self_ns": 300_000_123, "calls": 1_235_567, "functions": 1, "name": "src/tree.c"},
            {"self_ns": 151_600_000, "calls": 93, "functions": 1, "name": "unknown"},
            {"self_ns": 40_250_000, "calls": 262, "functions": 1, "name": "src/store.cc"},
            {"self_ns": 2_000_000, "calls": 1, "functions": 1, "name": "src/app.c"}])
        self.assertEqual(self.view("--by=module"), [
            {"self_ns": 342_250_123, "calls": 1_235_830, "functions": 3, "name": "/opt/app/bin/app"},
            {"self_ns": 151_600_000, "calls": 93, "functions": 1,
             "name": "/usr/lib/libsqueeze.so.2"}])
        self.assertEqual(self.view("--by=thread"), [
            {"time_ns": 345_350_123, "outside_ns": 1_500_000, "profiler_ns": 0, "calls": 1_235_903,
             "pid": 4711, "thread": 1, "name": "app"},
            {"time_ns": 200_000_000, "outside_ns": 50_000_000, "profiler_ns": 0, "calls": 20,
             "pid": 4711, "thread": 2, "name": "worker"}])

    def test_lines(self):
        program = Program(("main", "once", 7), ("main", "twice", 5), ("main", "hidden", 3))
        program.unit([("main", "once", 11), ("main", "twice", 12), ("main", "twice", 13),
                      ("main", "", 14, POINTER), (None, "hidden", 0, ELSEWHERE)])
        name = self.write(program.profile)
        self.assertEqual(self.output("report", "--lines", name), """\
Lines that make calls

cum. %  cumulative  calls  line      how                      caller  callee
25.0 %       10 ns      7  app.c:11                           main    once
25.0 %       10 ns      5  app.c:12  here or in another line  main    twice
25.0 %       10 ns      5  app.c:13  here or in another line  main    twice
25.0 %       10 ns      3  app.c:14  through a pointer        main    hidden
""")
        rows = self.view("--lines", "--function=once", profile=program.profile)
        self.assertEqual(rows, [])

    def test_other_formats(self):
        name = self.write(example())
        rows = list(csv.reader(io.StringIO(self.output("report", "--by=module", "--format=csv", name))))
        self.assertEqual(rows, [["self_ns", "self_error_ns", "calls", "inlined_calls", "functions", "name"],
                                ["342250123", "0", "1235830", "", "3", "/opt/app/bin/app"],
                                ["151600000", "0", "93", "", "1", "/usr/lib/libsqueeze.so.2"]])
        self.assertEqual(self.output("report", "--callers=visit", name), """\
Callers of visit

cum. %  cumulative      calls  average  caller                                  where
55.1 %      301 ms      1,000   301 µs  store::parse(store::Input const&, int)  src/store.cc:42
     -           -  1,234,567        -  visit                                   src/tree.c:7
""")
        self.assertEqual(self.output("report", "--by=module", "--limit=1", "--format=markdown", name), """
### Modules

| self % | self | calls | functions | where |
| ---: | ---: | ---: | ---: | --- |
| 62.8 % | 342 ms | 1,235,830 | 3 | /opt/app/bin/app |

1 more row; --limit=0 shows all
""")

    def test_counts_alone_have_no_times(self):
        profile = example()
        profile.timing = 3
        for context in (context for thread in profile.thread_list for context in thread.contexts):
            context.self_ticks = 0
        rows = self.view("--tree", "--limit=2", profile=profile)
        self.assertEqual(rows, [{"calls": 1, "depth": 1, "name": "main", "drawing": "main"},
                                {"calls": 262, "depth": 2, "drawing":
                                 "└ store::parse(store::Input const&, int)",
                                 "name": "store::parse(store::Input const&, int)"},
                                {"calls": 1_235_567, "depth": 3, "drawing": "  └ visit",
                                 "name": "visit"}])

    def test_estimates_carry_their_errors(self):
        profile = Profile()
        profile.timing, profile.sample_ns = AUTO, 1_000_000
        thread = profile.thread()
        thread.sampled, thread.sampled_ns = 400, 400_000_000
        main = thread.context(thread.root, profile.function("main", "app.c", 1), 1, 400_000_000)
        main.estimated(100)
        thread.context(main, profile.function("leaf", "leaf.c", 1), 1_000_000).estimated(300, 0, 10)
        name = self.write(profile)
        contexts = {context["path"][-1]: context
                    for context in self.report("--contexts", name)["contexts"]}
        self.assertGreater(contexts["leaf"]["self_error_ns"], 0)
        for row in self.view("--tree", profile=profile) + self.view("--hot-paths", profile=profile):
            context = contexts[row.get("name") or row["path"].split(" > ")[-1]]
            for key in ("self_ns", "self_error_ns", "cumulative_ns", "cumulative_error_ns"):
                self.assertEqual(row.get(key, 0), context[key])
        functions = {function["file"]: function for function in self.report(name)["functions"]}
        for row in self.view("--by=file", profile=profile):
            self.assertEqual(row["self_error_ns"], functions[row["name"]]["self_error_ns"])
        share = 100 * contexts["leaf"]["self_error_ns"] / 400_000_000
        self.assertIn(f" ±{share:.1f} %", self.output("report", "--hot-paths", name))

    def test_wrong_use(self):
        name = self.write(example())
        for message, *arguments in (
                ("report: give one of --callers, --callees, --hot-paths, --tree, --by and --lines", "--tree",
                 "--hot-paths"),
                ("report: --edges, --contexts, --sort, --advice and --no-advice go with the table of "
                 "functions; leave them out", "--tree", "--edges"),
                ("report: --edges, --contexts, --sort, --advice and --no-advice go with the table of "
                 "functions; leave them out", "--by=file", "--sort=calls"),
                ("report: --function, --file, --module and --min-calls choose rows of functions and edges; "
                 "leave them out with --tree, --hot-paths and --by=thread", "--tree", "--function=main"),
                ("report: --callers=vist: no such function; did you mean 'visit'?", "--callers=vist"),
                ("report: --callees=nothing: no such function was called; 'profinst report --limit=0' "
                 "shows all", "--callees=nothing"),
                ("report: --function=[ is no pattern: its [ is not closed (the character itself is "
                 "\\[); mend it", "--function=["),
                ("report: --file=tree.cc: no such file; did you mean 'tree.c'?", "--file=tree.cc"),
                ("report: --min-calls=x is no whole number from 0 up; give one", "--min-calls=x")):
            with self.subTest(arguments):
                self.fails(2, message, "report", *arguments, name)


class Filters(Case):
    def shown(self, *arguments):
        report = self.report(*arguments, self.write(example()))
        return [row["function"] for row in report["functions"]]

    def test_functions(self):
        self.assertEqual(self.shown("--function=v*"), ["visit"])
        self.assertEqual(self.shown("--file=tree.c"), ["visit"])
        self.assertEqual(self.shown("--file=src/*"), ["visit", "store::parse(store::Input const&, int)",
                                                      "main"])
        self.assertEqual(self.shown("--module=libsqueeze.so.2"), ["compress"])
        self.assertEqual(self.shown("--module=app", "--min-calls=200"),
                         ["visit", "store::parse(store::Input const&, int)"])
        self.assertEqual(self.shown("--module=app", "--function=compress"), [])

    def test_totals_and_shares_are_of_all(self):
        name = self.write(example())
        whole, part = self.report(name), self.report("--function=visit", name)
        self.assertEqual(part["total_ns"], whole["total_ns"])
        self.assertEqual(part["functions"], [row for row in whole["functions"]
                                             if row["function"] == "visit"])

    def test_edges_and_contexts(self):
        name = self.write(example())
        report = self.report("--edges", "--contexts", "--function=main", name)
        self.assertEqual([(edge["caller"], edge["callee"]) for edge in report["edges"]],
                         [("main", "store::parse(store::Input const&, int)"), ("main", "compress")])
        self.assertEqual([context["path"] for context in report["contexts"]], [["main"]])

    def test_what_the_limit_leaves_out_is_of_what_is_shown(self):
        name = self.write(example())
        self.assertIn("\n1 more function (7.4 % of self time); --limit=0 shows all\n",
                      self.output("report", "--file=src/*", "--min-calls=2", "--top=1", name))


class Programs(Case):
    def setUp(self):
        super().setUp()
        self.all = []
        for key, program in enumerate(("/bin/first", "/bin/second"), 1):
            profile = Profile(program, key=key, run=key)
            profile.start_unix_ns += key
            thread = profile.thread()
            thread.context(thread.root, profile.function(f"in_{key}"), key, key * 1_000_000)
            thread.context(thread.root, profile.function("both"), 1, 500_000)
            self.all.append(self.write(profile, f"{key}.p"))

    def test_each_has_its_report(self):
        first, second = json.loads(self.output("report", "--format=json", *self.all))
        self.assertEqual([row["function"] for row in first["functions"]], ["in_1", "both"])
        self.assertEqual([row["function"] for row in second["functions"]], ["in_2", "both"])
        self.assertEqual((first["total_ns"], second["total_ns"]), (1_500_000, 2_500_000))
        tables = [self.output("report", name) for name in self.all]
        self.assertEqual(self.output("report", *self.all), "\n".join(tables))

    def test_views_too(self):
        trees = json.loads(self.output("report", "--tree", "--format=json", *self.all))
        self.assertEqual([[row["name"] for row in tree["rows"]] for tree in trees],
                         [["in_1", "both"], ["in_2", "both"]])

    def test_those_without_rows_are_left_out(self):
        report, = json.loads(self.output("report", "--function=in_2", "--format=json", *self.all))
        self.assertEqual([row["function"] for row in report["functions"]], ["in_2"])

    def test_callers_are_looked_for_in_all(self):
        view, = json.loads(self.output("report", "--callers=in_2", "--format=json", *self.all))
        self.assertEqual([row["caller"] for row in view["rows"]], ["(outside)"])
        self.assertEqual(len(json.loads(self.output("report", "--callers=both", "--format=json",
                                                    *self.all))), 2)

    def test_calls_are_those_in_the_program(self):
        report, = json.loads(self.output("report", "--min-calls=2", "--format=json", *self.all))
        self.assertEqual([row["function"] for row in report["functions"]], ["in_2"])
        reports = json.loads(self.output("report", "--min-calls=9", "--format=json", *self.all))
        self.assertEqual([report["functions"] for report in reports], [[], []])

    def test_csv(self):
        self.fails(2, "report: csv holds one kind of rows, and these profiles are of 2 programs; choose "
                   "one with --program=first", "report", "--format=csv", *self.all)
        self.assertEqual(self.output("report", "--format=csv", "--program=second", *self.all),
                         self.output("report", "--format=csv", self.all[1]))


if __name__ == "__main__":
    unittest.main()

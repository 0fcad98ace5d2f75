"""Reports in every format against golden files. To write those anew, and then look at the difference:

    PROFINST_BUILD=build python3 tests/analyzer/test_report.py --regenerate
"""

import csv
import io
import sys
import unittest

from profile_writer import OFF, Profile
from support import HERE, Case, example, inlined_example

GOLDEN = HERE / "golden"
REGENERATE = "--regenerate" in sys.argv


class Golden(Case):
    def check(self, name, actual):
        path = GOLDEN / name
        if REGENERATE:
            path.write_bytes(actual)
        self.assertEqual(actual.decode(), path.read_bytes().decode())

    def test_formats(self):
        profile = self.write(example())
        for name, *arguments in (
                ("report.txt",),
                ("report_all.txt", "--edges", "--contexts"),
                ("report_limited.txt", "--limit=2", "--sort=calls", "--edges", "--contexts"),
                ("report.json", "--format=json", "--edges", "--contexts"),
                ("report.csv", "--format=csv"),
                ("report_edges.csv", "--format=csv", "--edges"),
                ("report_contexts.csv", "--format=csv", "--contexts"),
                ("report.md", "--format=markdown", "--edges", "--contexts", "--limit=3")):
            with self.subTest(name):
                self.check(name, self.profinst("report", *arguments, profile).stdout)

    def test_inlined(self):
        profile = self.write(inlined_example())
        for name, *arguments in (
                ("inlined.txt", "--edges", "--contexts"),
                ("inlined.md", "--format=markdown", "--edges", "--contexts", "--limit=8"),
                ("inlined.json", "--format=json", "--edges", "--contexts"),
                ("inlined.csv", "--format=csv"),
                ("inlined_edges.csv", "--format=csv", "--edges"),
                ("inlined_contexts.csv", "--format=csv", "--contexts")):
            with self.subTest(name):
                self.check(name, self.profinst("report", *arguments, profile).stdout)
        self.output("graph", "--min-share=0", "-o", "graph.dot", profile)
        self.check("inlined.dot", (self.folder / "graph.dot").read_bytes())

    def test_graph(self):
        name = self.write(example())
        for golden, *arguments in (
                ("graph.dot",),
                ("graph_focus.dot", "--focus=store::parse", "--depth=1", "--color=file", "--cluster=file",
                 "--link=vscode://file/%f:%l", "--title=What parse() does")):
            with self.subTest(golden):
                self.check(golden, self.profinst("graph", "--format=dot", *arguments, name).stdout)

    def test_dump(self):
        self.check("dump.txt", self.profinst("dump", self.write(example())).stdout)
        profile = inlined_example()
        profile.event_cost = 31_000
        profile.filter("+*;-old_*")
        profile.function("old_parse", "src/old.c", 1, flags=OFF)
        profile.selection(profile.unit("src/app.c", 0xABCD), b"packed", 99)
        self.check("dump_inlined.txt", self.profinst("dump", self.write(profile)).stdout)

    def test_notes(self):
        profile = example()
        profile.ended, profile.lost_calls = 0, 1_234_567
        profile.thread_list[0].lifetime = 350_000_000
        child = Profile(key=2)
        child.thread()
        self.check("report_notes.txt", self.profinst(
            "report", self.write(profile), self.write(child, "child.profinst")).stdout)

    def test_empty(self):
        nothing = Profile()
        self.check("report_empty.txt", self.profinst("report", self.write(nothing)).stdout)
        root_only = Profile()
        root_only.thread(outside=1000)
        name = self.write(root_only)
        self.check("report_root_only.txt", self.profinst("report", name).stdout)
        self.check("report_empty.md", self.profinst("report", "--format=markdown", name).stdout)
        self.assertEqual(self.report("--edges", "--contexts", name)["functions"], [])
        for ending in ("dot", "svg", "png", "pdf"):
            self.output("graph", "-o", f"empty.{ending}", name)
        self.assertIn("no calls to show", (self.folder / "empty.dot").read_text())


class Report(Case):
    def test_sorting_and_ties(self):
        profile = Profile()
        thread = profile.thread()
        for name, calls, ticks in (("b", 4, 10), ("a", 4, 10), ("many", 9, 1), ("slow", 1, 8)):
            thread.context(thread.root, profile.function(name), calls, ticks)
        name = self.write(profile)
        for key, order in (("self", "a b slow many"), ("cumulative", "a b slow many"),
                           ("calls", "many a b slow"), ("average", "slow a b many")):
            rows = self.report(f"--sort={key}", name)["functions"]
            self.assertEqual(" ".join(row["function"] for row in rows), order)
        self.assertEqual(len(self.report("--limit=2", name)["functions"]), 2)

    def test_default_limits(self):
        profile = Profile()
        thread = profile.thread()
        for i in range(50):
            thread.context(thread.root, profile.function(f"f{i}"), 1, 100 + i)
        name = self.write(profile)
        for report_format in ("table", "markdown"):
            text = self.output("report", f"--format={report_format}", name)
            self.assertIn("30 more functions (55.2 % of self time); --limit=0 shows all", text)
            self.assertNotIn("more", self.output("report", f"--format={report_format}",
                                                 "--limit=0", name))
        self.assertEqual(len(self.report(name)["functions"]), 50)
        rows = list(csv.reader(io.StringIO(self.output("report", "--format=csv", name), newline="")))
        self.assertEqual(len(rows), 51)

    def test_names_are_shortened_on_a_terminal_only(self):
        profile = Profile()
        thread = profile.thread(outside=1)
        name = "_ZN5outer5inner6lookupISt6vectorIiSaIiEEEEbRKT_i"
        whole = "bool outer::inner::lookup<std::vector<int, std::allocator<int> > >"
        for i, symbol in enumerate((name, "plain", "日本語" * 30, "x" * 200)):
            thread.context(thread.root, profile.function(symbol, "src/deep/file.cc", 5), 1, 9 - i)
        path = self.write(profile)
        for width, seen in ((220, whole + "(std::vector"), (180, whole + "()  "),
                            (140, "bool outer::inner::lookup<>()"), (30, "…::lookup<>()")):
            lines = self.terminal(width, "report", "--color=never", path).splitlines()
            self.assertTrue(any(seen in line for line in lines), lines)
            wide = sum(ord(c) > 0x2FFF for c in "".join(lines))
            self.assertGreater(wide, 5)
            for line in lines[7:]:
                self.assertLessEqual(len(line) + sum(ord(c) > 0x2FFF for c in line), width)
        self.assertIn(whole, self.output("report", path))
        self.assertIn("x" * 200, self.output("report", path))


if __name__ == "__main__":
    if REGENERATE:
        sys.argv.remove("--regenerate")
    unittest.main()

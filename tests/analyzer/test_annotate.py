"""profinst annotate: the source, with what was measured of its lines."""

import csv
import io
import json
import os
import unittest

from profile_writer import Profile
from support import Case, select
from test_sites import ELSEWHERE, LIBRARY, POINTER

SOURCE = """\
#include "app.h"

static int leaf(int n)
{
\treturn n + 1;
}

int both(int n) { return n; } int sides(int n) { return -n; }

int work(int n)
{
    int sum = leaf(n);
    for (int i = 0; i < n; i++)
        sum += leaf(i) + both(i);
    qsort(0, 0, 0, compare);
    return sum + function(n);
}

int compare(const void *a, const void *b)
{
    return a < b;
}

int main(void)
{
    return work(9);
}
"""

MS = 1_000_000
LINES = {"leaf": 3, "both": 8, "sides": 8, "work": 10, "compare": 19, "main": 24}
SITES = [("main", "work", 26), ("work", "leaf", 12), ("work", "leaf", 14), ("work", "both", 14),
         ("work", "qsort", 15), ("work", "", 16, POINTER), (None, "compare", 0, ELSEWHERE), (None, "sides", 0, ELSEWHERE)]


def profile(sites=SITES, path="src/app.c", key=1):
    """One run of it: 100 ms in all."""
    result = Profile(key=key, run=key)
    function = {name: result.function(name, path, line) for name, line in LINES.items()}
    thread = result.thread(outside=10 * MS)
    main = thread.context(thread.root, function["main"], 1, 5 * MS)
    work = thread.context(main, result.code(function["work"], [(function["leaf"], 0)]), 2, 40 * MS, [4])
    thread.context(work, function["leaf"], 16, 30 * MS)
    thread.context(work, function["both"], 9, 3 * MS)
    thread.context(work, function["sides"], 2, 1 * MS)
    thread.context(work, function["compare"], 1_234, 11 * MS)
    rows = [(list(LINES).index(caller or "main"), callee, path if line else "", line, flags[0] if flags else 0)
            for caller, callee, line, *flags in sites or ()]
    select(result, path, [("default", "", 0, 6)], [(name, path, line, 0, 1, 5) for name, line in LINES.items()],
           sites=None if sites is None else rows)
    return result


WORK = """\
work, src/app.c:10

self %     self  cum. %  cumulative  calls  line  source
40.0 %  40.0 ms  85.0 %     85.0 ms      2    10  int work(int n)
                                              11  {
                                              12      int sum = leaf(n);
                                                      → leaf ×20, 4 inlined (30.0 ms), one of 2 lines
                                              13      for (int i = 0; i < n; i++)
                                              14          sum += leaf(i) + both(i);
                                                          → leaf ×20, 4 inlined (30.0 ms), one of 2 lines
                                                          → both ×9 (3.00 ms)
                                              15      qsort(0, 0, 0, compare);
                                                      → (qsort) compare ×1,234 (11.0 ms), one of 2 lines
                                                      → (qsort) sides ×2 (1.00 ms), one of 2 lines
                                              16      return sum + function(n);
                                                      → (pointer) compare ×1,234 (11.0 ms), one of 2 lines
                                                      → (pointer) sides ×2 (1.00 ms), one of 2 lines
                                              17  }
                                              18
"""


class Annotate(Case):
    def setUp(self):
        super().setUp()
        (self.folder / "src").mkdir()
        self.source = self.folder / "src" / "app.c"
        self.source.write_text(SOURCE)

    def annotate(self, *arguments, **options):
        return self.output("annotate", *arguments, self.write(profile(**options)))

    def lines(self, *arguments, **options):
        """Those of the listing, from the numbers of lines on."""
        text = self.annotate(*arguments, **options).split("\n\n", 1)[1]
        start = text.index("line  source")
        return [line[start:].rstrip() for line in text.splitlines()[1:]]

    # ---- what is shown ------------------------------------------------------------------------

    def test_function(self):
        self.assertEqual(self.annotate("work"), WORK)

    def test_file(self):
        self.assertEqual(self.annotate("app.c"), """\
src/app.c

self %     self  cum. %  cumulative  calls  line  source
                                               1  #include "app.h"
                                               2
30.0 %  30.0 ms  30.0 %     30.0 ms     20     3  static int leaf(int n)
                                               4  {
                                               5          return n + 1;
                                               6  }
                                               7
                                               8  int both(int n) { return n; } int sides(int n) { return -n; }
 3.0 %  3.00 ms   3.0 %     3.00 ms      9        = both
 1.0 %  1.00 ms   1.0 %     1.00 ms      2        = sides
                                               9
""" + WORK.split("source\n", 1)[1] + """\
11.0 %  11.0 ms  11.0 %     11.0 ms  1,234    19  int compare(const void *a, const void *b)
                                              20  {
                                              21      return a < b;
                                              22  }
                                              23
 5.0 %  5.00 ms  90.0 %     90.0 ms      1    24  int main(void)
                                              25  {
                                              26      return work(9);
                                                      → work ×2 (85.0 ms)
                                              27  }
""".replace("     1,234", "  1,234"))

    def test_context(self):
        self.assertEqual(self.lines("app.c", "--context=0"), [
            "      ⋮", "   3  static int leaf(int n)", "      ⋮",
            "   8  int both(int n) { return n; } int sides(int n) { return -n; }", "      = both", "      = sides", "      ⋮",
            "  10  int work(int n)", "      ⋮", "  12      int sum = leaf(n);",
            "          → leaf ×20, 4 inlined (30.0 ms), one of 2 lines", "      ⋮",
            "  14          sum += leaf(i) + both(i);", "              → leaf ×20, 4 inlined (30.0 ms), one of 2 lines",
            "              → both ×9 (3.00 ms)", "  15      qsort(0, 0, 0, compare);",
            "          → (qsort) compare ×1,234 (11.0 ms), one of 2 lines",
            "          → (qsort) sides ×2 (1.00 ms), one of 2 lines", "  16      return sum + function(n);",
            "          → (pointer) compare ×1,234 (11.0 ms), one of 2 lines",
            "          → (pointer) sides ×2 (1.00 ms), one of 2 lines", "      ⋮",
            "  19  int compare(const void *a, const void *b)", "      ⋮", "  24  int main(void)", "      ⋮",
            "  26      return work(9);", "          → work ×2 (85.0 ms)"])
        self.assertEqual(self.lines("app.c", "--context=1")[:5], ["      ⋮", "   2", "   3  static int leaf(int n)", "   4  {", "      ⋮"])
        self.assertEqual(self.annotate("app.c", "--context=all"), self.annotate("app.c", "--context=99"))

    def test_limit(self):
        self.assertEqual(self.lines("work", "--limit=2"),
                         ["  10  int work(int n)", "  11  {", "      7 more lines; --limit=0 shows all"])
        self.assertEqual(self.annotate("work", "--limit=9"), WORK)
        self.assertEqual(self.annotate("work", "--limit=0"), WORK)

    def test_many_lines_of_a_function(self):
        """The last one goes on to the end of the file."""
        self.source.write_text(SOURCE + "/* */\n" * 300)
        self.assertEqual(self.lines("main")[-1], "      204 more lines; --limit=0 shows all")
        self.assertEqual(len(self.lines("main", "--limit=0")), 305)

    def test_functions_within_others(self):
        """A lambda does not end the function that it stands in."""
        result = Profile()
        outer, inner = (result.function(name, "src/app.c", line) for name, line in (("outer", 10), ("inner", 12)))
        thread = result.thread()
        thread.context(thread.context(thread.root, outer, 1, 5), inner, 2, 5)
        select(result, "src/app.c", [("default", "", 0, 2)], [("outer", "src/app.c", 10, 0, 1, 5)],
               sites=[(0, "inner", "src/app.c", 16, 0)])
        lines = self.output("annotate", "outer", self.write(result)).splitlines()
        self.assertIn("16      return sum + function(n);", lines[-13])
        self.assertTrue(lines[-1].endswith("27  }"))

    def test_kinds_of_calls(self):
        def told(sites, caller="work"):
            return [line.strip() for line in self.lines(caller, sites=sites) if "→" in line]

        self.assertEqual(told([("work", "both", 14), ("work", "", 16, POINTER), (None, "both", 0, ELSEWHERE),
                               (None, "leaf", 0, ELSEWHERE)]), [
            "→ both at most ×9 (3.00 ms)", "→ (pointer) leaf ×20, 4 inlined (30.0 ms)",
            "→ (pointer) compare at most ×1,234 (11.0 ms)", "→ (pointer) sides at most ×2 (1.00 ms)"])
        self.assertEqual(told([("work", "a::b<int>(int)", 16)])[:1], ["→ (a::b<int>) leaf at most ×20, 4 inlined (30.0 ms)"])
        self.assertEqual(told([("work", "compare", 16, LIBRARY)])[1:], ["→ compare at most ×1,234 (11.0 ms)"])

    def test_lines_that_are_not_known(self):
        """Those of too many lines are not told at each of them."""
        sites = [("work", "both", 14), *(("work", "", line, POINTER) for line in (11, 12, 13, 15))]
        lines = self.lines("work", sites=sites)
        self.assertEqual(lines[1], "      → from lines that are not known: leaf ×20, 4 inlined (30.0 ms), compare ×1,234 "
                                   "(11.0 ms), sides ×2 (1.00 ms)")
        self.assertEqual([line.strip() for line in lines if "→" in line][1:], ["→ both ×9 (3.00 ms)"])

    def test_without_debug_information(self):
        text = self.annotate("work", sites=None)
        self.assertNotIn("→", text)
        self.assertTrue(text.endswith("\n\nNo line is known that made calls: compile with -g, and with "
                                      "-fplugin=libprofinst.so.\n"))
        self.assertIn("40.0 %  40.0 ms  85.0 %     85.0 ms      2    10  int work(int n)\n", text)

    def test_counts(self):
        """Without times there are no columns of them."""
        counted = profile()
        counted.timing = 3
        for record in counted.thread_list[0].contexts:
            record.self_ticks = 0
        text = self.output("annotate", "main", self.write(counted))
        self.assertEqual(text, "main, src/app.c:24\n\ncalls  line  source\n    1    24  int main(void)\n"
                               "         25  {\n         26      return work(9);\n                 → work ×2\n"
                               "         27  }\n")

    def test_estimates(self):
        estimated = profile()
        estimated.timing, estimated.sample_ns = 2, 1_000
        work = estimated.thread_list[0].contexts[2]
        work.estimated(100, 0, 2, 10 * MS)
        row = [line for line in self.output("annotate", "work", self.write(estimated)).splitlines() if "int work" in line]
        self.assertRegex(row[0], r"^\d+\.\d ±\d+\.\d %  .* int work\(int n\)$")

    def test_scope(self):
        first, second = self.write(profile(), "1.profinst"), self.write(profile(key=2), "2.profinst")
        self.output("load", first, second)
        self.assertEqual(self.output("annotate", "work", "--db", "profinst.db", "--run=2"), WORK)
        self.assertIn("    4    10  int work", self.output("annotate", "work", "--db", "profinst.db"))
        self.assertIn("    4    10  int work", self.output("annotate", "work", first, second))

    def test_newest_profile(self):
        self.write(profile())
        self.assertEqual(self.output("annotate", "work"), WORK)

    def test_several_functions_and_files(self):
        both = profile()
        other = both.function("work", "src/other/app.c", 2)
        both.thread_list[0].context(both.thread_list[0].root, other, 3, 1)
        (self.folder / "src" / "other").mkdir()
        (self.folder / "src" / "other" / "app.c").write_text("\nvoid work(void);\n")
        name = self.write(both)
        text = self.output("annotate", "work", name)
        self.assertEqual([line for line in text.splitlines() if ":" in line and "src/" in line],
                         ["work, src/app.c:10", "work, src/other/app.c:2"])
        text = self.output("annotate", "app.c", name)
        self.assertEqual([line for line in text.splitlines() if line.startswith("src/")], ["src/app.c", "src/other/app.c"])
        self.assertNotIn("src/app.c", self.output("annotate", "other/app.c", name))
        # Instances of a template stand in one line, which is shown once.
        self.assertEqual(self.output("annotate", "[bs]*", name).count("int both"), 1)

    # ---- where it is found --------------------------------------------------------------------

    def test_source_folders(self):
        name = self.write(profile(path="/build/agent/src/app.c"))
        self.fails(3, "cannot find source: /build/agent/src/app.c: it is not at /build/agent/src/app.c; name the folder "
                      "that has it with --source-dir, or go to where the program was compiled", "annotate", "work", name)
        for folder in ".", "src", self.folder, self.folder / "src":
            text = self.output("annotate", "work", f"--source-dir={folder}", name)
            found = "src/app.c" if str(folder).endswith("src") is False else "app.c"
            self.assertTrue(text.startswith(f"work, /build/agent/src/app.c:10 ({folder}/{found})\n"), text[:100])
            self.assertEqual(text.split("\n", 1)[1], WORK.split("\n", 1)[1])
        self.fails(3, "cannot find source: /build/agent/src/app.c: it is not at none/build/agent/src/app.c, "
                      "none/agent/src/app.c, none/src/app.c, none/app.c and 1 more places; name the folder that has it with "
                      "--source-dir, or go to where the program was compiled", "annotate", "work", "--source-dir=none", name)

    def test_folders_come_first(self):
        (self.folder / "new").mkdir()
        (self.folder / "new" / "app.c").write_text(SOURCE.replace("sum", "total"))
        name = self.write(profile())
        text = self.output("annotate", "work", "--source-dir=none", "--source-dir=new", name)
        self.assertIn("int total = leaf(n);", text)

    def test_paths_that_lead_up(self):
        name = self.write(profile(path="../../src/./app.c"))
        text = self.output("annotate", "work", "--source-dir", self.folder, name)
        self.assertIn(f"({self.folder}/src/./app.c)", text)

    def test_source_that_changed(self):
        os.utime(self.source, ns=(0, 1_800_000_000_000_000_001))
        result = self.profinst("annotate", "work", self.write(profile()))
        self.assertEqual(result.stderr, "profinst: warning: source has changed: src/app.c: since the program ran; what is said "
                                        "of its lines may be of others\n")
        self.assertEqual(result.stdout.decode(), WORK)

    def test_source_that_is_shorter(self):
        self.source.write_text("".join(SOURCE.splitlines(keepends=True)[:13]))
        self.assertEqual(self.lines("work")[-9:], [
            "  14  (the file ends before this line)", "      → leaf ×20, 4 inlined (30.0 ms), one of 2 lines", "      → both ×9 (3.00 ms)",
            "  15  (the file ends before this line)", "      → (qsort) compare ×1,234 (11.0 ms), one of 2 lines",
            "      → (qsort) sides ×2 (1.00 ms), one of 2 lines", "  16  (the file ends before this line)",
            "      → (pointer) compare ×1,234 (11.0 ms), one of 2 lines",
            "      → (pointer) sides ×2 (1.00 ms), one of 2 lines"])

    def test_source_that_is_no_text(self):
        why = "profinst: cannot read source: src/app.c: it is no text; name another one with --source-dir\n"
        name = self.write(profile())
        for content in b"\0" * 100, SOURCE.encode("utf-16"), SOURCE.encode() + b"\0":
            self.source.write_bytes(content)
            self.assertEqual(self.profinst("annotate", "work", name, code=3).stderr, why)
        with open(self.source, "wb") as file:
            file.truncate(65 << 20)
        self.fails(3, "cannot read source: src/app.c: it is larger than 64 MiB; name another one with --source-dir", "annotate",
                   "work", name)

    def test_source_that_is_no_file(self):
        self.source.unlink()
        os.mkfifo(self.source)
        name = self.write(profile())
        why = ("cannot find source: src/app.c: it is not at src/app.c; name the folder that has it with --source-dir, or go to "
               "where the program was compiled")
        self.fails(3, why, "annotate", "work", name)
        self.source.unlink()
        self.source.mkdir()
        self.fails(3, why, "annotate", "work", name)
        self.fails(3, why.replace("src/app.c", "/dev/zero"), "annotate", "work", self.write(profile(path="/dev/zero")))

    def test_hostile_source(self):
        """What a line holds is shown, and does nothing; long ones are cut."""
        hostile = b"\x1b[31mint work(int n)\xff\r\n\t{\xe2\x80\xae " + b"x" * 100_000 + b"\n"
        self.source.write_bytes(SOURCE.split("int work")[0].encode() + hostile * 9)
        lines = self.lines("work", sites=[])
        self.assertEqual(lines[0], r"  10  \x1B[31mint work(int n)\xFF")
        self.assertEqual(lines[1], "  11          " + r"{\xE2\x80\xAE ".replace("  ", " ") + "x" * 477 + "…")
        self.assertEqual(len(lines[1]), 6 + 500)

    def test_hostile_names(self):
        result = Profile()
        name = b"evil\x1b[2J\xff" + "‮".encode()
        path = b"src/app\x1b.c"
        (self.folder / "src" / "app\x1b.c").write_text(SOURCE)
        thread = result.thread()
        main = thread.context(thread.root, result.function(name, path, 24), 1, 10)
        thread.context(main, result.function(b"callee" + name, path, 10), 3, 5)
        select(result, path, [("default", "", 0, 2)], [(name, path, 24, 0, 1, 5)], sites=[(0, b"callee" + name, path, 26, 0)])
        for form in "table", "json", "csv", "markdown":
            text = self.profinst("annotate", "*evil*", f"--format={form}", self.write(result)).stdout
            self.assertNotIn(b"\x1b", text)
            self.assertNotIn("‮".encode(), text)
        self.assertIn(r"→ calleeevil\x1B[2J\xFF", self.output("annotate", r"callee*", self.write(result)) +
                      self.output("annotate", "evil*", self.write(result)))

    def test_hostile_database(self):
        """Lines and numbers that no profile has."""
        self.output("load", self.write(profile()))
        for change in ("function SET line = -line", "function SET line = 9223372036854775807", "function SET line = 5000",
                       "call_site SET line = -line", "call_site SET line = 9223372036854775806",
                       "call_site SET line = 0, sites = -1", "call_site SET kind = char(27) || ',', exact = 7",
                       "edge_total SET calls = 9223372036854775807, cumulative_ns = -9223372036854775808",
                       "function_total SET self_ns = -5, self_error_ns = 9223372036854775807, calls = 0"):
            database = self.database()
            database.execute("PRAGMA ignore_check_constraints = ON")
            with database:
                database.execute(f"UPDATE OR IGNORE {change}")
            for what in "work", "app.c":
                for form in "table", "json", "csv", "markdown":
                    result = self.profinst("annotate", what, f"--format={form}", "--db", "profinst.db", code=(0, 2, 3))
                    self.assertNotIn(b"\x1b", result.stdout)

    # ---- other formats ------------------------------------------------------------------------

    def test_json(self):
        data = json.loads(self.annotate("work", "--format=json"))
        self.assertEqual(data["total_ns"], 100 * MS)
        file, = data["files"]
        self.assertEqual((file["file"], file["source"]), ("src/app.c", "src/app.c"))
        work, = file["functions"]
        self.assertEqual(work, {
            "line": 10, "function": "work", "linkage_name": "work", "module": "app", "calls": 2, "inlined_calls": 0,
            "recursive_calls": 0, "self_ns": 40 * MS, "self_error_ns": 0, "cumulative_ns": 85 * MS, "cumulative_error_ns": 0,
            "below_noise": False, "source": "int work(int n)"})
        self.assertEqual([(call["line"], call["kind"], call["through"], call["callee"], call["calls"], call["sites"],
                           call["exact"]) for call in file["calls"]], [
            (12, "direct", None, "leaf", 20, 2, False), (14, "direct", None, "leaf", 20, 2, False),
            (14, "direct", None, "both", 9, 1, True), (15, "through", "qsort", "compare", 1_234, 2, False),
            (15, "through", "qsort", "sides", 2, 2, False), (16, "pointer", None, "compare", 1_234, 2, False),
            (16, "pointer", None, "sides", 2, 2, False)])
        self.assertEqual(file["calls"][2], {
            "line": 14, "caller": "work", "callee": "both", "kind": "direct", "through": None, "calls": 9, "inlined_calls": 0,
            "cumulative_ns": 3 * MS, "sites": 1, "exact": True, "external": False, "source": "        sum += leaf(i) + both(i);"})
        data = json.loads(self.annotate("work", "--format=json", sites=[]))
        self.assertEqual([(call["line"], call["kind"], call["callee"]) for call in data["files"][0]["calls"]],
                         [(None, None, callee) for callee in ("leaf", "compare", "both", "sides")])

    def test_csv(self):
        rows = list(csv.DictReader(io.StringIO(self.annotate("app.c", "--format=csv"), newline="")))
        self.assertEqual([(row["line"], row["kind"], row["function"], row["callee"], row["calls"]) for row in rows], [
            ("3", "function", "leaf", "", "20"), ("8", "function", "both", "", "9"), ("8", "function", "sides", "", "2"),
            ("10", "function", "work", "", "2"), ("19", "function", "compare", "", "1234"), ("24", "function", "main", "", "1"),
            ("12", "direct", "work", "leaf", "20"), ("14", "direct", "work", "leaf", "20"), ("14", "direct", "work", "both", "9"),
            ("15", "through", "work", "compare", "1234"), ("15", "through", "work", "sides", "2"),
            ("16", "pointer", "work", "compare", "1234"), ("16", "pointer", "work", "sides", "2"),
            ("26", "direct", "main", "work", "2")])
        self.assertEqual(rows[0], {
            "file": "src/app.c", "line": "3", "kind": "function", "function": "leaf", "callee": "", "through": "", "calls": "20",
            "inlined_calls": "4", "self_ns": "30000000", "self_error_ns": "0", "cumulative_ns": "30000000",
            "cumulative_error_ns": "0", "sites": "", "exact": "", "source": "static int leaf(int n)"})
        self.assertEqual(rows[-1]["source"], "    return work(9);")

    def test_markdown(self):
        self.source.write_text(SOURCE.replace("qsort(", "/* ``` */ qsort("))
        text = self.annotate("work", "--format=markdown")
        lines = text.splitlines()
        self.assertEqual(lines[0], "## work, src/app.c:10")
        self.assertEqual((lines[2], lines[-1]), ("````", "````"))
        self.assertEqual("\n".join(lines[3:-1]) + "\n", WORK.split("\n\n")[1].replace("qsort(0", "/* ``` */ qsort(0"))

    def test_into_a_file(self):
        self.assertEqual(self.annotate("work", "-o", "work.txt"), "")
        self.assertEqual((self.folder / "work.txt").read_text(), WORK)

    def test_colors(self):
        text = self.annotate("work", "--color=always")
        self.assertIn("\x1b[", text)

    # ---- wrong use ----------------------------------------------------------------------------

    def test_wrong_use(self):
        name = self.write(profile())
        self.fails(2, "annotate: nothing to annotate; name a file or a function, before the profiles", "annotate")
        self.fails(2, "annotate: app.h: no function was called in such a file; did you mean 'app.c'?", "annotate", "app.h", name)
        self.fails(2, "annotate: lib/parse.cc: no function was called in such a file; 'profinst report --by=file' shows in which "
                      "there were", "annotate", "lib/parse.cc", name)
        self.fails(2, "annotate: wrok: no such function; did you mean 'work'?", "annotate", "wrok", name)
        self.fails(2, "annotate: --context=x is no whole number from 0 up; give one", "annotate", "work", "--context=x", name)
        self.fails(2, "annotate: --limit=-1 is no whole number from 0 up; give one", "annotate", "work", "--limit=-1", name)
        self.fails(2, "annotate: unknown format 'xml'; use table, json, csv or markdown", "annotate", "--format=xml", "work", name)
        self.fails(2, f"annotate: {name}: it is read from, and would be overwritten; give another name with -o", "annotate",
                   "work", "-o", name, name)

    def test_source_that_is_not_known(self):
        result = profile()
        thread = result.thread_list[0]
        thread.context(thread.root, result.external("read"), 3, 5)
        thread.context(thread.root, result.function("nameless"), 3, 5)
        name = self.write(result)
        for function in "read", "nameless":
            self.fails(3, f"annotate: {function}: its source is not known: it is not part of the build, or was compiled from "
                          "something else than C or C++ without -g", "annotate", function, name)


if __name__ == "__main__":
    unittest.main()

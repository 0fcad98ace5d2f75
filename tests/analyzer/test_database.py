"""The schema as a product: columns in the promised order, comments that `.schema` shows, exact shares."""

import re
import unittest

from support import Case, example

VIEWS = {
    "functions": "name linkage_name module file line calls inlined_calls self_ns cumulative_ns "
                 "recursive_calls called_ns external",
    "edges": "caller callee calls inlined_calls cumulative_ns recursive_calls caller_id callee_id "
             "caller_linkage_name callee_linkage_name called_ns external",
    "call_sites": "caller callee file line kind sites calls cumulative_ns exact",
    "run_call_sites": "run caller callee file line kind sites calls cumulative_ns exact",
    "contexts": "id run process thread name path depth calls inlined_calls self_ns cumulative_ns",
    "bottlenecks": "rank name module file line calls inlined_calls self_ns self_share cumulative_ns "
                   "cumulative_share average_ns external",
    "run_functions": "run name linkage_name module file line calls inlined_calls self_ns cumulative_ns "
                     "recursive_calls called_ns external",
    "run_edges": "run caller callee calls inlined_calls cumulative_ns recursive_calls caller_id callee_id "
                 "caller_linkage_name callee_linkage_name called_ns external",
    "run_contexts": "run path depth calls inlined_calls self_ns cumulative_ns",
    "run_bottlenecks": "run rank name module file line calls inlined_calls self_ns self_share "
                       "cumulative_ns cumulative_share average_ns external",
    "runs": "id program started duration_ns processes threads calls",
    "processes": "id run program process_id",
    "durations": "run process thread name from_ns to_ns calls",
    "threads": "id run process number name threads lifetime_ns outside_ns unattributed_ns calls",
}


class Schema(Case):
    def setUp(self):
        super().setUp()
        self.output("load", self.write(example()))
        self.sql = self.database()

    def test_views(self):
        found = {row[0] for row in self.sql.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'view'")}
        self.assertEqual(found, set(VIEWS))
        for view, columns in VIEWS.items():
            names = [column[0] for column in
                     self.sql.execute(f"SELECT * FROM {view} LIMIT 0").description]
            self.assertEqual(names[:len(columns.split())], columns.split(), view)

    def test_views_of_a_run_agree_with_those_of_all(self):
        for view in ("functions", "edges", "bottlenecks"):
            columns = VIEWS[view].replace(" ", ", ")
            everything = self.sql.execute(f"SELECT {columns} FROM {view} ORDER BY 1, 2").fetchall()
            self.assertTrue(everything)
            self.assertEqual(self.sql.execute(
                f"SELECT {columns} FROM run_{view} WHERE run = 1 ORDER BY 1, 2").fetchall(),
                everything)

    def test_shares(self):
        row = self.sql.execute("SELECT name, self_share, cumulative_share, average_ns"
                               " FROM bottlenecks WHERE rank = 1").fetchone()
        total = 545_350_123
        self.assertEqual(row, ("visit", 300_000_123 / total, 300_600_123 / total,
                               300_600_123 // 1_235_567))
        inside, = self.sql.execute("SELECT sum(self_share) FROM bottlenecks").fetchone()
        outside, = self.sql.execute("SELECT sum(outside_ns) FROM threads").fetchone()
        self.assertAlmostEqual(inside + outside / total, 1)

    def test_paths(self):
        paths = [row[0] for row in self.sql.execute("SELECT path FROM contexts ORDER BY path")]
        parse = "main > store::parse(store::Input const&, int)"
        self.assertEqual(paths, ["compress", "main", "main > compress", parse, parse + " > visit",
                                 parse + " > visit > compress"])

    def test_process(self):
        row = self.sql.execute("SELECT program, arguments, started, ended, threads, calls,"
                               " ticks_per_second FROM processes").fetchone()
        self.assertEqual(row, ("/opt/app/bin/app", '["/opt/app/bin/app","--fast","input file"]',
                               "2027-01-15 08:00:00", 1, 3, 1_235_923, 1e9))

    def test_comments_tell_the_units(self):
        """Every column of time in a table has a comment behind it, in the text that .schema shows."""
        lines = [line for (text,) in self.sql.execute(
                     "SELECT sql FROM sqlite_schema WHERE type = 'table'")
                 for line in text.splitlines() if re.match(r"\s+\w+_(ns|ticks) \w+", line)]
        self.assertEqual(len(lines), 46)
        for line in lines:
            self.assertIn("--", line)

    def test_integrity(self):
        self.assertEqual(self.sql.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        self.assertEqual(self.sql.execute("PRAGMA foreign_key_check").fetchall(), [])
        self.assertEqual(self.sql.execute("PRAGMA application_id").fetchone(), (0x50464E53,))
        self.assertEqual(self.sql.execute("PRAGMA user_version").fetchone(), (5,))


if __name__ == "__main__":
    unittest.main()

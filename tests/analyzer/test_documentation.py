"""Every query of docs/DATABASE.md runs and finds something, and the names it speaks of exist."""

import re
import unittest

from support import HERE, Case, example, inlined_example, select

TEXT = (HERE.parent.parent / "docs" / "DATABASE.md").read_text()


class Documentation(Case):
    def setUp(self):
        super().setUp()
        first, other = example(), example()
        worker = first.thread_list[1]
        worker.durations(first.function("compress", module="/usr/lib/libsqueeze.so.2"), range(90, 9_000))
        select(first, "src/app.c", [("default", "", 0, 1)], [("main", "src/app.c", 10, 0, 1, 9)],
               sites=[(0, "compress", "src/app.c", 14, 0)])
        other.profile_id, other.run_id = b"another profile!", b"another run....!"
        other.thread_list[0].contexts[1].calls += 1
        optimized = inlined_example()
        optimized.profile_id = optimized.run_id = b"optimized......!"
        self.output("load", self.write(first), self.write(other, "other.profinst"),
                    self.write(optimized, "optimized.profinst"))
        self.sql = self.database()

    def test_queries(self):
        queries = re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)
        self.assertEqual(len(queries), 13)
        for query in queries:
            with self.subTest(query):
                self.assertTrue(self.sql.execute(query).fetchall())

    def test_query_in_the_shell_example(self):
        query = re.search(r'sqlite3 -box profinst.db "(.*?)"', TEXT).group(1)
        self.assertEqual(len(self.sql.execute(query).fetchall()), 10)

    def test_every_view_and_table_is_mentioned(self):
        for kind, name in self.sql.execute(
                "SELECT type, name FROM sqlite_schema WHERE type IN ('view', 'table')"):
            self.assertIn(f"`{name}`" if kind == "view" else name, TEXT)


if __name__ == "__main__":
    unittest.main()

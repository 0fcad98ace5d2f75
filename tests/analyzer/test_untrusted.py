"""Databases that profinst did not make, or that somebody has changed: they are refused, or read as the
data that they are; nothing in them acts."""

import random
import sqlite3
import unittest

from support import Case, example

USE = "cannot use database: profinst.db: "
NEW = "load the profiles into a new one"
COMMANDS = (["report", "--edges", "--contexts", "--db", "profinst.db"],
            ["report", "--edges", "--contexts", "--format=json", "--db", "profinst.db"],
            ["graph", "-o", "out.dot", "--db", "profinst.db"],
            ["query", "SELECT * FROM functions LEFT JOIN contexts USING (function_id)", "--db", "profinst.db"])


class Untrusted(Case):
    def setUp(self):
        super().setUp()
        self.name = self.write(example())
        self.output("load", self.name)
        self.path = self.folder / "profinst.db"

    def change(self, script, schema=False):
        """Runs SQL on the database, past all constraints; `schema`: also past SQLite's own."""
        connection = sqlite3.connect(self.path)
        connection.execute("PRAGMA ignore_check_constraints = ON")
        if schema:
            connection.execute("PRAGMA writable_schema = ON")
        connection.executescript(script)
        connection.close()

    def refused(self, why):
        for command in COMMANDS:
            self.fails(3, USE + why, *command)
        self.fails(3, USE + why, "load", self.name)

    def test_garbage(self):
        for content in (b"garbage" * 1000, b"SQLite format 3\0" + b"\xff" * 5000):
            self.path.write_bytes(content)
            for command in COMMANDS + (["load", self.name],):
                message = self.profinst(*command, code=3).stderr
                self.assertTrue(message.startswith("profinst: " + USE + "file is not a database, in: "))
                self.assertTrue(message.endswith("; give another file with --db\n"))

    def test_cut_short(self):
        content = self.path.read_bytes()
        for length in range(512, len(content), 4096):
            self.path.write_bytes(content[:length])
            self.profinst(*COMMANDS[0], code=3)

    def test_flipped_bytes(self):
        content = self.path.read_bytes()
        generator = random.Random(1)
        places = [at for at in range(len(content)) if content[at]]
        for _ in range(100):
            changed = bytearray(content)
            for _ in range(generator.choice((1, 2, 8))):
                changed[generator.choice(places)] = generator.randrange(256)
            self.path.write_bytes(changed)
            for command in COMMANDS:
                self.profinst(*command, code=(0, 3))

    def test_views_without_end(self):
        self.change("DROP VIEW processes; CREATE VIEW processes AS WITH RECURSIVE n(i) AS"
                    " (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS program FROM n;")
        self.refused("its 'processes' is not as profinst made it; " + NEW)

    def test_view_in_place_of_a_table(self):
        self.change("ALTER TABLE context RENAME TO hidden;"
                    "CREATE VIEW context AS SELECT * FROM hidden UNION ALL SELECT * FROM hidden;")
        self.refused("its 'context' is not as profinst made it; " + NEW)

    def test_missing_index(self):
        self.change("DROP INDEX process_of_run")
        self.refused("its 'process_of_run' is not as profinst made it; " + NEW)

    def test_triggers(self):
        self.change("CREATE TRIGGER trap AFTER INSERT ON run BEGIN DELETE FROM function; END;")
        self.refused("its trigger 'trap' is not profinst's; drop it, or " + NEW)

    def test_what_users_add_is_no_harm(self):
        before = self.output(*COMMANDS[0])
        self.change("CREATE TABLE notes (text); CREATE VIEW mine AS SELECT name FROM functions;"
                    "CREATE INDEX by_name ON function (name)")
        self.assertEqual(self.output(*COMMANDS[0]), before)

    def test_chains_in_a_circle(self):
        self.change("UPDATE context SET parent_id = id WHERE parent_id IS NOT NULL")
        for command in COMMANDS:
            self.output(*command)

    def test_numbers_beyond_everything(self):
        self.change(f"UPDATE context SET calls = {2**63 - 1};"
                    f"UPDATE function_total SET calls = {2**63 - 1};"
                    f"UPDATE edge_total SET calls = {2**63 - 1}")
        result = self.profinst(*COMMANDS[0], code=3)
        self.assertIn("integer overflow", result.stderr)
        self.change(f"UPDATE context SET calls = 1, self_ns = {-2**63}, cumulative_ns = 1 WHERE id = 2;"
                    f"UPDATE context SET self_ns = 0, cumulative_ns = 0, calls = 1 WHERE id <> 2;"
                    f"UPDATE function_total SET calls = 1, self_ns = iif(function_id = 1, {-2**63}, 0),"
                    f" cumulative_ns = function_id = 1;"
                    f"UPDATE edge_total SET calls = 1, cumulative_ns = {-2**63}, called_ns = {2**63 - 1};"
                    f"UPDATE thread_total SET calls = 1, outside_ns = iif(thread_id = 1, {-2**63}, 0);"
                    f"UPDATE thread SET lifetime_ns = 0;"
                    f"UPDATE process SET started_unix_ns = {-2**63}, duration_ns = {2**63 - 1},"
                    f" lost_calls = {2**63 - 1}")
        for command in COMMANDS:
            self.output(*command)

    def test_text_that_is_none(self):
        self.change("UPDATE function SET name = CAST(x'ff1b5b324a' AS TEXT);"
                    "UPDATE process SET arguments = '[', program = CAST(x'c29b' AS TEXT)")
        report = self.report("--db", "profinst.db")
        self.assertEqual({row["function"] for row in report["functions"]}, {"\\xFF\x1b[2J"})
        self.assertEqual(report["processes"][0]["arguments"], None)
        for command in COMMANDS:
            self.assertNotIn("\x1b", self.output(*command))

    def test_null_where_none_may_be(self):
        sql = "SELECT sql FROM sqlite_schema WHERE name = '{0}'"
        for table, columns in (("function", ("name", "linkage_name")), ("module", ("name",)),
                               ("process", ("program", "arguments"))):
            connection = sqlite3.connect(self.path)
            original, = connection.execute(sql.format(table)).fetchone()
            connection.close()
            loose = original.replace(" NOT NULL", "").replace("'", "''")
            self.change(f"UPDATE sqlite_schema SET sql = '{loose}' WHERE name = '{table}'", True)
            self.change("".join(f"UPDATE {table} SET {column} = NULL;" for column in columns))
            strict = original.replace("'", "''")
            self.change(f"UPDATE sqlite_schema SET sql = '{strict}' WHERE name = '{table}'", True)
        for command in COMMANDS:
            self.output(*command)

    def test_rows_of_megabytes(self):
        self.change("UPDATE function SET name = CAST(zeroblob(200000) AS TEXT)")
        result = self.profinst(*COMMANDS[0], code=3)
        self.assertIn("string or blob too big", result.stderr)


if __name__ == "__main__":
    unittest.main()

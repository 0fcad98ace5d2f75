"""Databases of older schemas are read as they are, and brought to this one when they are written. schemas/ has
of each schema a database, as text, as its own profinst made it."""

import contextlib
import json
import os
import sqlite3
import subprocess
import unittest

from support import ENVIRONMENT, HERE, PROFINST, Case, example

OLDER = (4,)
REPORT = ("report", "--db", "profinst.db", "--edges", "--contexts", "--format=json")
# What views say of the runs 1 and 2, all there are in schemas/.
VIEWS = ("run_functions", "run_edges", "run_call_sites", "run_contexts", "run_bottlenecks", "processes",
         "threads", "durations")


def text(row):
    """Shares as far as both sides write them out."""
    return repr([round(value, 12) if isinstance(value, float) else value for value in row])


class Migration(Case):
    def restore(self, version, journal="DELETE"):
        with contextlib.closing(sqlite3.connect(self.folder / "profinst.db")) as connection:
            connection.executescript((HERE / "schemas" / f"{version}.sql").read_text())
            connection.execute(f"PRAGMA journal_mode = {journal}")

    def schema(self, name):
        with contextlib.closing(sqlite3.connect(self.folder / name)) as connection:
            return (connection.execute("PRAGMA user_version").fetchone(),
                    set(connection.execute("SELECT type, name, sql FROM sqlite_schema")))

    def before(self):
        """What the views of the older schema itself say, as Python's SQLite has it: columns and rows."""
        told = {}
        with contextlib.closing(sqlite3.connect(self.folder / "profinst.db")) as connection:
            for view in VIEWS:
                rows = connection.execute(f"SELECT * FROM {view}")
                told[view] = [column[0] for column in rows.description], sorted(map(text, rows))
                self.assertTrue(told[view][1], view)
        return told

    def after(self, before):
        """What profinst reads in the same columns."""
        told = {}
        for view, (columns, _) in before.items():
            sql = f"SELECT {', '.join(columns)} FROM {view} WHERE run <= 2"
            result = json.loads(self.output("query", sql, "--format=json", "--db", "profinst.db"))
            told[view] = columns, sorted(text(row[column] for column in columns) for row in result)
        return told

    def test_reading_leaves_the_file_as_it_is(self):
        for version in OLDER:
            for journal in ("DELETE", "WAL"):
                with self.subTest((version, journal)):
                    self.restore(version, journal)
                    before, content = self.before(), (self.folder / "profinst.db").read_bytes()
                    self.assertEqual(self.after(before), before)
                    self.assertEqual(self.files(), ["profinst.db"])
                    self.assertEqual((self.folder / "profinst.db").read_bytes(), content)
                    (self.folder / "profinst.db").unlink()

    def test_writing_brings_it_to_this_schema(self):
        new = example()
        new.profile_id, new.run_id = b"another profile!", b"another run....!"
        name = self.write(new)
        for version in OLDER:
            with self.subTest(version):
                self.output("load", "--db", "fresh.db", name)
                self.restore(version)
                before = self.before()
                self.assertIn(": loaded: ", self.output("load", name))
                self.assertEqual(self.schema("profinst.db"), self.schema("fresh.db"))
                self.assertEqual(self.after(before), before)
                (self.folder / "profinst.db").unlink()

    def test_all_or_nothing(self):
        """A step that fails, here because its table is there already, leaves the file as it was."""
        self.restore(4)
        with contextlib.closing(sqlite3.connect(self.folder / "profinst.db")) as connection:
            connection.execute("CREATE TABLE baseline (x)")
        before = (self.folder / "profinst.db").read_bytes()
        why = ("cannot use database: profinst.db: table baseline already exists, in: CREATE TABLE baseline ")
        for command in (("load", self.write(example())), REPORT):
            message = self.profinst(*command, code=3).stderr
            self.assertTrue(message.startswith("profinst: " + why), message)
            self.assertTrue(message.endswith("; load the profiles into a new one\n"))
        self.assertEqual((self.folder / "profinst.db").read_bytes(), before)

    def test_changed_by_somebody(self):
        self.restore(4)
        with contextlib.closing(sqlite3.connect(self.folder / "profinst.db")) as connection:
            connection.executescript("DROP VIEW runs; CREATE VIEW runs AS SELECT 1 AS id")
        self.fails(3, "cannot use database: profinst.db: its 'runs' is not as profinst made it; load the profiles "
                      "into a new one", *REPORT)

    def test_where_nothing_can_be_written(self):
        """As another user, if this one may do everything."""
        for version in (None, *OLDER):
            with self.subTest(version):
                if version:
                    self.restore(version)
                else:
                    self.output("load", self.write(example()))
                expected = self.output(*REPORT)
                files = self.files()
                self.folder.chmod(0o555)
                nobody = {"user": 65534} if os.getuid() == 0 else {}
                result = subprocess.run([PROFINST, *REPORT], cwd=self.folder, env=ENVIRONMENT, text=True,
                                        capture_output=True, **nobody)
                self.folder.chmod(0o755)
                self.assertEqual((result.stderr, result.stdout, result.returncode), ("", expected, 0))
                self.assertEqual(self.files(), files)
                (self.folder / "profinst.db").unlink()


if __name__ == "__main__":
    unittest.main()

"""profinst load: once, again, newer, and not at all."""

import contextlib
import resource
import signal
import sqlite3
import subprocess
import unittest

from profile_writer import Profile
from support import PROFINST, Case, example

DB = "cannot use database: "


def running(key, calls, last):
    """A process that is in f since its start, `last` ticks after 1,000,000."""
    profile = Profile(key=key)
    profile.ended = 0
    thread = profile.thread(running=1, last=1_000_000 + last, lifetime=0)
    thread.current = thread.context(thread.root, profile.function("f"), calls, last)
    return profile


class Load(Case):
    def content(self, name="profinst.db"):
        with contextlib.closing(sqlite3.connect(self.folder / name)) as connection:
            return list(connection.iterdump())

    def test_says_what_it_loaded(self):
        self.assertEqual(
            self.output("load", self.write(example())),
            "app.profinst: loaded: functions 4, contexts 6, calls 1,235,923\n")

    def test_twice(self):
        name = self.write(example())
        self.output("load", "--db", "x.db", name)
        before = self.content("x.db")
        self.assertEqual(self.output("load", "--db", "x.db", name, name),
                         "app.profinst: already loaded\n" * 2)
        self.assertEqual(self.content("x.db"), before)

    def test_newer_state_replaces(self):
        self.output("load", self.write(running(1, 5, 100)), self.write(running(2, 1, 9), "b"))
        self.assertEqual(self.output("load", self.write(running(1, 8, 300))),
                         "app.profinst: replaced an earlier state: functions 1, contexts 1, calls 8\n")
        rows = self.database().execute("SELECT calls, duration_ns FROM processes ORDER BY calls")
        self.assertEqual(rows.fetchall(), [(1, 9), (8, 300)])
        self.assertEqual(self.output("load", self.write(running(1, 5, 100))),
                         "app.profinst: already loaded\n")
        for table, count in (("process", 2), ("thread", 2), ("context", 4), ("function", 1)):
            found = self.database().execute(f"SELECT count(*) FROM {table}").fetchone()
            self.assertEqual(found, (count,), table)
        self.assertEqual(self.database().execute("PRAGMA foreign_key_check").fetchall(), [])

    def test_one_bad_file_and_nothing_changes(self):
        good = self.write(example())
        other = self.write(running(2, 1, 9), "other.profinst")
        (self.folder / "bad.profinst").write_bytes(b"PROFINSTgarbage")
        truncated = ("cannot read profile: bad.profinst: truncated: 15 bytes, at least 3328 expected; "
                     "copy the file again, or record the program again\n")
        nothing = ("profinst: load: profinst.db: nothing was loaded, as one of 2 profiles failed; "
                   "leave it out to load the others")
        files = self.files()
        self.fails(3, truncated + nothing, "load", good, "bad.profinst")
        self.assertEqual(self.files(), files)
        self.output("load", good)
        before = self.content()
        self.fails(3, truncated + nothing, "load", other, "bad.profinst")
        self.assertEqual(self.content(), before)
        self.assertEqual(self.files(), sorted(files + ["profinst.db"]))

    def test_not_a_database(self):
        name = self.write(example())
        (self.folder / "x.db").write_bytes(b"not a database " * 100)
        message = DB + ("x.db: file is not a database, in: BEGIN IMMEDIATE; give another file with "
                        "--db")
        self.fails(3, message, "load", "--db", "x.db", name)
        self.fails(3, message.replace("BEGIN IMMEDIATE", "PRAGMA application_id"), "report", "--db",
                   "x.db")
        self.assertEqual((self.folder / "x.db").read_bytes(), b"not a database " * 100)

    def test_somebody_elses_database(self):
        name = self.write(example())
        database = self.database("x.db")
        database.execute("CREATE TABLE t (x)")
        database.commit()
        before = self.content("x.db")
        message = DB + "x.db: it belongs to another program; give another file with --db"
        self.fails(3, message, "load", "--db", "x.db", name)
        self.fails(3, message, "report", "--db", "x.db")
        self.assertEqual(self.content("x.db"), before)

    def test_other_schema(self):
        name = self.write(example())
        self.output("load", name)
        for version, message in (
                (6, "newer profinst (schema 6, this one uses 5); update profinst"),
                (3, "older profinst (schema 3, this one uses 5); load the profiles again, into another "
                    "file with --db")):
            self.database().execute(f"PRAGMA user_version = {version}")
            message = DB + "profinst.db: from a" + "n" * (version == 3) + " " + message
            self.fails(3, message, "load", name)
            self.fails(3, message, "graph", "-o", "x.svg", "--db", "profinst.db")

    def test_no_database(self):
        self.fails(3, DB + "x.db: No such file or directory; make one with 'profinst load --db'",
                   "report", "--db", "x.db")
        (self.folder / "x.db").touch()
        self.fails(3, DB + "x.db: it is empty; fill it with 'profinst load --db'", "report", "--db",
                   "x.db")
        self.output("load", "--db", "x.db", self.write(example()))

    def test_place_that_cannot_be(self):
        self.fails(4, DB + "no/x.db: unable to open database file; check the path and its "
                           "permissions", "load", "--db", "no/x.db", self.write(example()))

    def test_full_disk(self):
        """Played by a limit on file sizes; it hits once for a new database, once for one with content."""
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

        def load(name):
            return subprocess.run([PROFINST, "load", name], cwd=self.folder, preexec_fn=limit,
                                  stderr=subprocess.PIPE, stdout=subprocess.PIPE)

        small, large = self.write(running(2, 1, 9), "small.profinst"), Profile()
        thread = large.thread()
        for i in range(10_000):
            thread.context(thread.root, large.function(f"f{i}"), 1, 1)
        large = self.write(large)
        files = self.files()
        for before in (files, sorted(files + ["profinst.db"])):
            result = load(large)
            self.assertEqual((result.returncode, result.stdout), (4, b""))
            self.assertRegex(result.stderr.decode(), "^profinst: cannot use database: profinst.db: ")
            self.assertEqual(self.files(), before)
            self.assertEqual(load(small).returncode, 0)
        self.assertEqual(self.database().execute("SELECT count(*) FROM process").fetchone(), (1,))

    def test_killed_while_it_writes(self):
        """By a limit on file sizes, which kills whoever does not ignore its signal."""
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

        large = Profile()
        thread = large.thread()
        for i in range(10_000):
            thread.context(thread.root, large.function(f"f{i}"), 1, 1)
        large = self.write(large)
        self.output("load", self.write(running(2, 1, 9), "small.profinst"))
        before = self.content()
        result = subprocess.run([PROFINST, "load", large], cwd=self.folder, preexec_fn=limit,
                                stdout=subprocess.DEVNULL)
        self.assertEqual(result.returncode, -signal.SIGXFSZ)
        self.assertIn("profinst.db-wal", self.files())
        self.assertEqual(self.content(), before)
        self.assertIn("loaded: functions 10,000, contexts 10,000,", self.output("load", large))

    def test_two_loads_at_once(self):
        names = [self.write(running(key, key, 9), f"{key}.profinst") for key in range(1, 9)]
        loads = [subprocess.Popen([PROFINST, "load", name], cwd=self.folder,
                                  stdout=subprocess.DEVNULL) for name in names]
        self.assertEqual([load.wait() for load in loads], [0] * len(names))
        calls = self.database().execute("SELECT calls FROM processes ORDER BY calls").fetchall()
        self.assertEqual(calls, [(key,) for key in range(1, 9)])

    def test_unknown_run(self):
        self.output("load", self.write(example()))
        for run in ("7", "x", "01"):
            self.fails(2, f"report: --run={run}: there is none; there are: 1", "report", "--db", "profinst.db",
                       f"--run={run}")

    def test_many_contexts(self):
        profile = Profile()
        thread = profile.thread()
        functions = [profile.function(f"f{i}") for i in range(1000)]
        for i in range(200):
            parent = thread.context(thread.root, functions[i], 1, 1)
            for function in functions[200:]:
                thread.context(parent, function, 2, 3)
            for function in functions[200:399]:
                thread.context(parent, function, 1, 1)
        name = self.write(profile)
        self.assertEqual(self.output("load", name),
                         "app.profinst: loaded: functions 1,000, contexts 200,000, calls 360,000\n")
        functions = self.report("--db", "profinst.db")["functions"]
        self.assertEqual(len(functions), 1000)
        self.assertEqual(sum(row["calls"] for row in functions), 360_000)

    def test_deep_chain(self):
        profile = Profile()
        thread = profile.thread()
        parent = thread.root
        for i in range(50_000):
            parent = thread.context(parent, profile.function(f"f{i}"), 1, 1)
        rows = self.report(self.write(profile))["functions"]
        self.assertEqual({row["function"]: row["cumulative_ns"] for row in rows},
                         {f"f{i}": 50_000 - i for i in range(50_000)})

    def test_profiles_share_names(self):
        """Two profiles of one program share its modules, files and functions."""
        self.output("load", self.write(example()))
        again = example()
        again.profile_id = b"another profile!"
        self.output("load", self.write(again))
        counts = [self.database().execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                  for table in ("run", "process", "module", "source_file", "function")]
        self.assertEqual(counts, [1, 2, 2, 3, 4])


if __name__ == "__main__":
    unittest.main()

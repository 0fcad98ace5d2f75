"""Several profinst at once, and some that are killed: nothing is lost, nothing is there by half, and who reads
need not wait."""

import contextlib
import fcntl
import os
import signal
import sqlite3
import subprocess
import unittest

from profile_writer import Profile
from support import ENVIRONMENT, PROFINST, Case

PROCESSES = 8


def profile_of(key, functions=50, run=None):
    """f0 is called `key` times, and calls the others."""
    profile = Profile(key=key, run=run or key)
    thread = profile.thread(outside=1)
    top = thread.context(thread.root, profile.function("f0"), key, 1)
    for i in range(1, functions):
        thread.context(top, profile.function(f"f{i}"), 1, 1)
    return profile


class Concurrent(Case):
    def start(self, *arguments, prepare=None, **environment):
        return subprocess.Popen([PROFINST, *map(str, arguments)], cwd=self.folder, env=ENVIRONMENT | environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                preexec_fn=prepare)

    def rows(self, sql, name="profinst.db"):
        with contextlib.closing(sqlite3.connect(self.folder / name)) as connection:
            self.assertEqual(connection.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(connection.execute("PRAGMA foreign_key_check").fetchall(), [])
            return connection.execute(sql).fetchall()

    def test_loads_into_a_new_database(self):
        """Again and again, as it is the first moments that matter."""
        names = [self.write(profile_of(key), f"{key}.profinst") for key in range(1, PROCESSES + 1)]
        for attempt in range(10):
            loads = [self.start("load", "--db", f"{attempt}.db", name) for name in names]
            self.assertEqual([load.wait() for load in loads], [0] * PROCESSES)
            self.assertEqual(self.rows("SELECT calls FROM run_functions WHERE name = 'f0' ORDER BY 1", f"{attempt}.db"),
                             [(key,) for key in range(1, PROCESSES + 1)])
            self.assertEqual(self.rows("SELECT count(*) FROM function_total", f"{attempt}.db"), [(50 * PROCESSES,)])

    def test_a_load_that_fails_takes_nobody_along(self):
        """Who makes the database and then fails removes it; others, that wait for it, make it anew."""
        (self.folder / "bad.profinst").write_bytes(b"PROFINSTgarbage")
        names = [self.write(profile_of(key), f"{key}.profinst") for key in range(1, 5)]
        for attempt in range(20):
            bad = [self.start("load", "--db", f"{attempt}.db", names[0], "bad.profinst") for _ in range(4)]
            good = [self.start("load", "--db", f"{attempt}.db", name) for name in names]
            self.assertEqual([load.wait() for load in bad], [3] * 4)
            self.assertEqual([load.wait() for load in good], [0] * 4)
            self.assertEqual(self.rows("SELECT calls FROM run_functions WHERE name = 'f0' ORDER BY 1", f"{attempt}.db"),
                             [(1,), (2,), (3,), (4,)])

    def test_series(self):
        """Each with five runs, which come between those of the others."""
        (self.folder / "app").write_text(
            "#!/bin/sh\ncount=$(cat count.$1 2> /dev/null | wc -c); printf x >> count.$1\n"
            "path=${PROFINST_OUTPUT%%%p*}; cp $1.$count.profinst ${path}$$.app.profinst\n")
        (self.folder / "app").chmod(0o755)
        for app in range(PROCESSES):
            for number in range(5):
                self.write(profile_of(1 + 5 * app + number), f"{app}.{number}.profinst")
        runs = [self.start("run", "-n5", "--name", app, "-o", f"{app}.txt", "./app", app) for app in range(PROCESSES)]
        self.assertEqual([run.wait() for run in runs], [0] * PROCESSES)
        calls = self.rows("SELECT name, number, calls FROM series JOIN series_run ON series_id = series.id"
                          " JOIN (SELECT run, calls FROM run_functions WHERE name = 'f0') ON run = run_id ORDER BY 1, 2")
        self.assertEqual(calls, [(str(app), 1 + number, 1 + 5 * app + number)
                                 for app in range(PROCESSES) for number in range(5)])

    def test_lock_of_the_folder(self):
        """Whoever runs profinst may hold it; profinst has one of its own."""
        name = self.write(profile_of(1))
        folder = os.open(self.folder, os.O_RDONLY)
        self.addCleanup(os.close, folder)
        fcntl.flock(folder, fcntl.LOCK_EX)
        self.assertEqual(self.start("load", name).wait(timeout=20), 0)
        self.assertEqual(self.files(), [name, "profinst.db"])

    def test_migration(self):
        """All want to bring an old database to this schema."""
        from test_migration import Migration
        Migration.restore(self, 4)
        names = [self.write(profile_of(100 + key), f"{key}.profinst") for key in range(PROCESSES)]
        loads = [self.start("load", name) for name in names]
        self.assertEqual([load.wait() for load in loads], [0] * PROCESSES)
        self.assertEqual(self.rows("PRAGMA user_version"), [(5,)])
        self.assertEqual(self.rows("SELECT calls FROM run_functions WHERE name = 'f0' ORDER BY 1"),
                         [(100 + key,) for key in range(PROCESSES)])

    def test_readers_during_a_load(self):
        """The load stands still in the middle of writing."""
        self.output("load", self.write(profile_of(1)))
        expected = self.output("report", "--db", "profinst.db")
        large = self.write(profile_of(2, 20_000), "large.profinst")
        load = self.start("load", large)
        while not self.is_writing():
            self.assertIsNone(load.poll())
        load.send_signal(signal.SIGSTOP)
        try:
            self.assertEqual(self.output("report", "--db", "profinst.db"), expected)
        finally:
            load.send_signal(signal.SIGCONT)
        self.assertEqual(load.wait(), 0)
        self.assertEqual(self.rows("SELECT count(*) FROM run"), [(2,)])
        self.assertEqual(self.files(), ["app.profinst", "large.profinst", "profinst.db"])

    def is_writing(self):
        try:
            return (self.folder / "profinst.db-wal").stat().st_size > 100_000
        except FileNotFoundError:
            return False

    def test_killed_at_any_point(self):
        """By the kernel, at the first write past a limit to the size of files: each limit is another point."""
        first, large = self.write(profile_of(1), "1.profinst"), self.write(profile_of(2, 3_000), "2.profinst")

        def limited(size):
            import resource
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        killed = {False: 0, True: 0}
        for existing in (False, True):  # the rollback journal, and the log
            for size in range(4096, 2_000_000, 200_000):
                name = f"{existing}{size}.db"
                if existing:
                    self.output("load", "--db", name, first)
                code = self.start("load", "--db", name, large, prepare=lambda: limited(size)).wait()
                self.assertIn(code, (0, -signal.SIGXFSZ))
                killed[existing] += code != 0
                # Readers come first, and find all or nothing of it.
                if existing or code == 0 or (self.folder / name).exists():
                    told = self.output("query", "SELECT name, calls FROM run_functions", "--format=csv", "--db", name)
                    rows = told.split()[1:]
                    self.assertEqual(len(rows), 50 * existing + 3_000 * ("f0,2" in rows))
                    self.assertEqual(len(self.rows("SELECT * FROM function_total", name)), len(rows))
                    self.assertTrue(code != 0 or "f0,2" in rows)
                self.output("load", "--db", name, large)
                self.assertEqual(self.rows("SELECT count(*) FROM function_total", name), [(50 * existing + 3_000,)])
        self.assertGreaterEqual(min(killed.values()), 3)
        self.assertEqual([name for name in self.files() if name.startswith(".")], [])


if __name__ == "__main__":
    unittest.main()

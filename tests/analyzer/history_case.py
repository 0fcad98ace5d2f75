"""A database with series of runs, for the tests of histories."""

import json
import random

from profile_writer import Profile
from support import Case

SECOND = 1_000_000_000
START = 1_800_000_000 * SECOND  # 2027-01-15 08:00:00 UTC
HOUR = 3600 * SECOND


class HistoryCase(Case):
    """Points are added one by one; each run is a dict of what functions took: {name: (calls, ns)}, or
    {(name, file, line): (calls, ns)}."""

    def setUp(self):
        super().setUp()
        self.profiles, self.series = [], []
        self.runs = self.points = 0

    def profile(self, functions, started, program="/opt/app/bin/app"):
        self.runs += 1
        profile = Profile(program, key=self.runs, run=self.runs)
        # Keys are single bytes elsewhere; here there may be more than 255.
        profile.profile_id = profile.run_id = self.runs.to_bytes(16, "little")
        profile.start_unix_ns = started
        main = profile.function("main", "app.c", 3)
        thread = profile.thread("app", outside=1000)
        in_main = thread.context(thread.root, main, 1, 50_000)
        for key, (calls, ticks) in functions.items():
            name, file, line = key if isinstance(key, tuple) else (key, "app.c", 10)
            thread.context(in_main, profile.function(name, file, line), calls, ticks)
        return profile

    def point(self, runs, name=None, facts=(), program="/opt/app/bin/app", edit=None, **fields):
        """A series, an hour after the one before."""
        started = START + self.points * HOUR
        self.points += 1
        rows = []
        for number, functions in enumerate(runs, 1):
            profile = self.profile(functions, started + number * SECOND, program)
            if edit:
                edit(profile)
            self.profiles.append(profile)
            rows.append((number, profile.run_id.hex(), started + number * SECOND, fields))
        self.series.append((name, started, rows, dict(facts)))

    def single(self, functions, program="/opt/app/bin/app", edit=None):
        """A run in no series."""
        started = START + self.points * HOUR
        self.points += 1
        self.profiles.append(self.profile(functions, started, program))
        if edit:
            edit(self.profiles[-1])

    def load(self, order=None):
        names = []
        for index in order or range(len(self.profiles)):
            names.append(self.write(self.profiles[index], f"{index}.profinst"))
        self.profinst("load", "--db", "profinst.db", *names)
        connection = self.database()
        for number, (name, started, rows, facts) in enumerate(self.series, 1):
            connection.execute("INSERT INTO series VALUES (?, ?, ?, 'app', '[\"app\"]', ?, 0)",
                               (number, f"{number:032x}", name, started))
            for run, key, moment, fields in rows:
                run_id, = connection.execute("SELECT id FROM run WHERE run_key = ?", (key,)).fetchone()
                connection.execute(
                    "INSERT INTO series_run (series_id, number, run_id, started_unix_ns, wall_ns,"
                    " exit_code, signal) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (number, run, run_id, moment, fields.get("wall", [0] * run)[run - 1],
                     *fields.get("ends", [(0, None)] * run)[run - 1]))
            connection.executemany("INSERT INTO series_fact VALUES (?, ?, ?)",
                                   [(number, *fact) for fact in facts.items()])
        connection.commit()
        return connection

    def history(self, *arguments):
        return json.loads(self.output("history", "--format=json", *arguments))


def noisy(seed, points, runs, level, noise=0.02):
    """Runs of `work` around a level, that may be a function of the point."""
    source = random.Random(seed)
    level_of = level if callable(level) else lambda point: level
    return [[{"work": (100, round(level_of(p) * source.gauss(1, noise)))} for _ in range(runs)]
            for p in range(points)]

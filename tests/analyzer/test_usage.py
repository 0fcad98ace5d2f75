"""Processor time and memory of processes: in summaries, in JSON, and in a database."""

import re
import unittest

from profile_writer import Profile
from support import Case, example

MS = 1_000_000


class Usage(Case):
    def used(self, user=300, system=20, peak=70_000_000, key=1, start=(2, 1, 60_000_000)):
        """A process of one second that used so many ms and so many bytes."""
        profile = Profile(key=key)
        thread = profile.thread(outside=1_000 * MS)
        thread.context(thread.root, profile.function("main"), 1)
        profile.start_usage = (start[0] * MS, start[1] * MS, start[2])
        profile.usage = ((start[0] + user) * MS, (start[1] + system) * MS, peak)
        return profile

    def wall_time(self, *names):
        line, = [line for line in self.output("report", *names).splitlines() if line.startswith("Started")]
        return re.split("ran |recorded for ", line)[1]

    def load(self, *profiles):
        names = [self.write(profile, f"{at}.profinst") for at, profile in enumerate(profiles)]
        self.output("load", *names)
        return self.database().execute("SELECT user_ns, system_ns, peak_bytes FROM processes"
                                       " ORDER BY id").fetchall()

    def test_summary(self):
        self.assertEqual(self.wall_time(self.write(self.used())),
                         "1.00 s, CPU time 320 ms (user 300 ms, system 20.0 ms)")

    def test_several(self):
        names = [self.write(self.used(key=key), f"{key}.profinst") for key in (1, 2)]
        self.assertEqual(self.wall_time(*names), "1.00 s, CPU time 640 ms (user 600 ms, system 40.0 ms)")
        names.append(self.write(self.used(key=3, user=0, system=0), "unknown.profinst"))
        self.assertEqual(self.wall_time(*names),
                         "1.00 s, CPU time at least 640 ms (user 600 ms, system 40.0 ms)")

    def test_runs_far_apart(self):
        late = self.used(key=2)
        late.run_id, late.start_unix_ns = bytes([9]) * 16, late.start_unix_ns + 3_600 * 1_000 * MS
        names = [self.write(self.used(), "1.profinst"), self.write(late, "2.profinst")]
        self.assertIn("\nStarted  2027-01-15 08:00:00 UTC, first of 2 runs, ran 2.00 s in all, CPU time 640 ms ",
                      self.output("report", *names))

    def test_without_an_end(self):
        profile = self.used()
        profile.ended = 0
        self.assertEqual(self.wall_time(self.write(profile)),
                         "1.00 s, CPU time at least 320 ms (user 300 ms, system 20.0 ms)")

    def test_json(self):
        def told(profile):
            process, = self.report(self.write(profile))["processes"]
            return [process[key] for key in ("user_ns", "system_ns", "peak_bytes")]

        self.assertEqual(told(self.used()), [300 * MS, 20 * MS, 70_000_000])
        self.assertEqual(told(self.used(0, 0, 60_000_000)), [None] * 3)

    def test_database(self):
        self.assertEqual(self.load(self.used(), self.used(key=2, user=1, system=0, peak=80_000_000)),
                         [(300 * MS, 20 * MS, 70_000_000), (1 * MS, 0, 80_000_000)])
        self.assertEqual(self.database().execute("SELECT user_ns, system_ns, peak_bytes FROM runs").fetchall(),
                         [(301 * MS, 20 * MS, 80_000_000)])

    def test_unknown(self):
        """Nothing was noted, or nothing since the start; not at the start; no more than before; nonsense."""
        unknown = (None, None, None)
        backwards, endless = self.used(key=5, start=(2, 1, 0), peak=0), self.used(key=6, peak=0)
        backwards.usage = (1, 10 * MS, 0)
        endless.usage = (2**63 + 2 * MS, 2 * MS, 2**64 - 1)
        self.assertEqual(self.load(example(), self.used(0, 0, 0, key=2), self.used(key=3, start=(0, 0, 0)),
                                   self.used(key=4, peak=60_000_000), backwards, endless),
                         [unknown, unknown, (None, None, 70_000_000), (300 * MS, 20 * MS, None), unknown,
                          (None, None, 2**63 - 1)])

    def test_unknown_of_all(self):
        self.assertEqual(self.wall_time(self.write(self.used(0, 0))), "1.00 s")
        self.load(self.used(0, 0, 0))
        self.assertEqual(self.database().execute("SELECT user_ns, system_ns, peak_bytes FROM runs").fetchall(),
                         [(None, None, None)])


if __name__ == "__main__":
    unittest.main()

"""What a process has used of the machine (programs/usage.c), held against what it was told itself."""

import os
import subprocess

import raw
import support
from support import program


def at_most(before, after):
    return all(first <= second for first, second in zip(before, after))


class Usage(support.Case):
    def setUp(self):
        super().setUp()
        self.compile("app", "-O1", program("usage.c"))

    def run_it(self, way):
        """What the program told; and its profiles, the parent's first."""
        said = self.execute("app", way).stdout
        told = [tuple(map(int, line.split())) for line in said.splitlines()]
        profiles = [raw.Profile(path) for path in self.profiles()]
        return told, sorted(profiles, key=lambda profile: profile.process)

    def processes(self, *files):
        return self.report(*files).processes

    def test_a_process_and_its_child(self):
        (first, last, childs_first, childs_last, end), (parent, child) = self.run_it("")
        for told, profile in ((first, last, end), parent), ((childs_first, childs_last), child):
            self.assertTrue(at_most(profile.start_usage, told[0]), (profile.start_usage, told))
            self.assertTrue(at_most(told[-1], profile.usage), (profile.usage, told))
            self.assertGreater(sum(profile.start_usage[:2]), 0)
        for row in self.processes(*self.profiles()):
            profile = child if row["pid"] == child.process else parent
            self.assertEqual((row["user_ns"], row["system_ns"]),
                             tuple(end - begin for begin, end in zip(profile.start_usage, profile.usage[:2])))
            self.assertEqual(row["peak_bytes"], profile.usage[2])
        self.assertGreater(parent.usage[2], 32 << 20)

    def test_no_more_than_the_kernel_says(self):
        process = subprocess.Popen([self.folder / "app", "small"], cwd=self.folder, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        self.assertEqual(status, 0)
        profile = raw.Profile(*self.profiles())
        user, system = (round(seconds * 1e6) * 1000 for seconds in (usage.ru_utime, usage.ru_stime))
        self.assertLessEqual(sum(profile.usage[:2]), user + system)

    def test_without_an_end(self):
        """At least what was noted last is known: at the start, or with a call from a new place."""
        (first, last), (profile,) = self.run_it("_exit")
        self.assertTrue(at_most(profile.start_usage, profile.usage))
        self.assertTrue(at_most(profile.usage, last))
        self.assertEqual(profile.ended, 0)

    def test_the_peak_of_another_program(self):
        """What took up 64 MiB before the process became the program is not the program's."""
        _, profiles = self.run_it("exec")
        small, = [profile for profile in profiles if profile.ended]
        self.assertGreater(small.start_usage[2], 64 << 20)
        row, = [row for path, row in zip(self.profiles(), map(self.processes, self.profiles()))
                if raw.Profile(path).ended]
        self.assertIsNone(row[0]["peak_bytes"])
        self.assertGreater(row[0]["user_ns"] + row[0]["system_ns"], 0)


if __name__ == "__main__":
    support.main()

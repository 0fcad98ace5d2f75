"""Where data comes from: the newest profiles, and which programs, processes and threads of them."""

import os
import unittest

from profile_writer import Profile
from support import Case, example


def program(path, key, run=None, pid=100, functions=("main",), start=0):
    """A profile whose functions take 1 ms, 2 ms, ... in a thread of their own each."""
    profile = Profile(path, key=key, run=run or key)
    profile.process_id = pid
    profile.start_unix_ns += start
    for number, name in enumerate(functions, 1):
        thread = profile.thread(f"t{number}")
        thread.context(thread.root, profile.function(name, f"{name}.c", number), number,
                       number * 1_000_000)
    return profile


def names(report):
    """Those of all programs, of which each has a report of its own if there are several."""
    reports = report if isinstance(report, list) else [report]
    return [function["function"] for each in reports for function in each["functions"]]


class Newest(Case):
    def put(self, name, profile, age):
        self.write(profile, name)
        when = 1_800_000_000 - age
        os.utime(self.folder / name, (when, when))

    def test_of_several_runs(self):
        self.put("old.profinst", program("/bin/old", 1), 30)
        self.put("new.profinst", program("/bin/new", 2), 10)
        self.assertEqual([process["program"] for process in self.report()["processes"]], ["/bin/new"])

    def test_children_belong_to_the_run(self):
        self.put("child.profinst", program("/bin/app", 3, run=9, pid=2, functions=["child"]), 5)
        self.put("parent.profinst", program("/bin/app", 4, run=9, pid=1, functions=["parent"]), 50)
        self.put("other.profinst", program("/bin/app", 5, run=8, pid=3, functions=["other"]), 20)
        self.assertEqual(sorted(names(self.report())), ["child", "parent"])

    def test_what_is_no_profile_is_passed_over(self):
        self.put("app.profinst", program("/bin/app", 1), 100)
        (self.folder / "empty.profinst").write_bytes(b"")
        (self.folder / "text.profinst").write_text("PROFITS")
        (self.folder / "zeros.profinst").write_bytes(bytes(4096))
        (self.folder / "folder.profinst").mkdir()
        (self.folder / ".profinst").write_bytes((self.folder / "app.profinst").read_bytes())
        os.mkfifo(self.folder / "pipe.profinst")
        self.assertEqual(names(self.report()), ["main"])

    def test_output_is_none_of_them(self):
        self.put("app.profinst", program("/bin/app", 1), 10)
        content = (self.folder / "app.profinst").read_bytes()
        self.fails(2, "report: app.profinst: it is read from, and would be overwritten; give another name "
                   "with -o", "report", "-o", "app.profinst")
        self.assertEqual((self.folder / "app.profinst").read_bytes(), content)

    def test_older_formats_are_passed_over(self):
        old = program("/bin/old", 2)
        old.version -= 1
        self.put("app.profinst", program("/bin/app", 1), 20)
        self.put("old.profinst", old, 10)
        self.assertEqual(names(self.report()), ["main"])

    def test_none(self):
        (self.folder / "profile.txt").write_text("")
        for command in ("report", "suggest-filter"):
            self.fails(2, f"{command}: no profile given, and none in the working directory; run the "
                       "instrumented program, or name a profile, or a database with --db", command)


class Scope(Case):
    def setUp(self):
        super().setUp()
        self.all = [self.write(program("/usr/bin/alpha", 1, pid=10, functions=["a", "shared"]), "1.p"),
                    self.write(program("/usr/bin/beta", 2, pid=20, functions=["b"], start=5), "2.p"),
                    self.write(program("/opt/bin/beta", 3, pid=30, functions=["c"], start=9), "3.p")]

    def test_program(self):
        self.assertEqual(names(self.report("--program=alpha", *self.all)), ["shared", "a"])
        self.assertEqual(names(self.report("--program=beta", *self.all)), ["b", "c"])
        self.assertEqual(names(self.report("--program=/opt/bin/beta", *self.all)), ["c"])
        self.assertEqual(names(self.report("--program=opt/bin/beta", *self.all)), ["c"])

    def test_process(self):
        report = self.report("--process=20", *self.all)
        self.assertEqual(names(report), ["b"])
        self.assertEqual([process["pid"] for process in report["processes"]], [20])
        self.assertEqual(report["total_ns"], 1_000_000)

    def test_thread(self):
        for thread in ("2", "t2"):
            report = self.report(f"--thread={thread}", *self.all)
            self.assertEqual([(row["function"], row["calls"], row["self_ns"], row["cumulative_ns"])
                              for row in report["functions"]], [("shared", 2, 2_000_000, 2_000_000)])
            self.assertEqual(report["total_ns"], 2_000_000)

    def test_a_database_is_asked_the_same(self):
        self.profinst("load", *self.all)
        for choice in ("--program=beta", "--process=10", "--thread=t1"):
            expected, found = self.report(choice, *self.all), self.report(choice, "--db=profinst.db")
            self.assertEqual(found, expected)
        self.assertEqual(names(self.report("--run=2", "--thread=1", "--db=profinst.db")), ["b"])

    def test_what_is_not_there(self):
        self.fails(2, "report: --program=gamma: there is none; there are: /opt/bin/beta, "
                   "/usr/bin/alpha, /usr/bin/beta", "report", "--program=gamma", *self.all)
        self.fails(2, "report: --process=1: there is none; there are: 10, 20, 30", "report",
                   "--process=1", *self.all)
        self.fails(2, "report: --thread=t9: there is none; there are: 1 t1, 2 t2", "report",
                   "--thread=t9", "--program=alpha", *self.all)


    def test_what_is_there_is_what_earlier_choices_left(self):
        self.fails(2, "report: --process=20: there is none; there are: 10", "report", "--program=alpha",
                   "--process=20", *self.all)
        self.profinst("load", *self.all)
        self.fails(2, "report: --program=beta: there is none; there are: /usr/bin/alpha", "report",
                   "--db=profinst.db", "--run=1", "--program=beta")

    def test_views_of_strangers_do_nothing(self):
        self.profinst("load", *self.all)
        evil = "CREATE VIEW evil AS SELECT 1; VACUUM INTO ''copy.db''"
        self.database().executescript(
            "CREATE VIEW [my view] AS SELECT 1; CREATE VIEW shown_things AS SELECT 1;"
            "CREATE VIEW evil AS SELECT 1; PRAGMA writable_schema = ON;"
            f"UPDATE sqlite_schema SET sql = '{evil}' WHERE name = 'evil'")
        self.assertEqual(names(self.report("--db=profinst.db")), names(self.report(*self.all)))
        self.assertFalse((self.folder / "copy.db").exists())


class WholeAndPart(Case):
    """What is said of a thread is the same as what is said of a process that has no other."""

    def test_all_there_is(self):
        profile = example()
        profile.thread_list.pop()  # the worker
        name = self.write(profile)
        whole = self.report("--edges", "--contexts", name)
        self.assertEqual(self.report("--edges", "--contexts", "--thread=1", name), whole)

    def test_percentiles(self):
        profile = Profile()
        work = profile.function("work")
        for length in (1_000, 9_000):
            thread = profile.thread("app")
            thread.context(thread.root, work, 100, 100 * length)
            thread.durations(work, [length] * 100)
        name = self.write(profile)
        row, = self.report("--thread=2", name)["functions"]
        self.assertEqual((row["min_ns"], row["max_ns"], row["measured_calls"]), (9_000, 9_000, 100))
        row, = self.report(name)["functions"]
        self.assertEqual((row["min_ns"], row["max_ns"], row["measured_calls"]), (1_000, 9_000, 200))


if __name__ == "__main__":
    unittest.main()

"""Processes that come from processes: each has a profile of its own, with what it called since it was born,
and no call is lost or counted twice."""

import os

import support
from support import program, walked


class Children(support.Case):
    def run_all(self, source, *arguments, words=("-pthread",), **options):
        """Runs a program, and returns its output, the report of all its profiles, and the id and the
        calls of each process. Ids may come again."""
        self.compile("app", "-O2", program(source), *words)
        result = self.execute("app", *arguments, **options)
        report = self.report(*self.profiles())
        self.assertEqual(report.lost_calls, 0)
        self.assertEqual(len({process["run"] for process in report.processes}), 1)
        by_process = [(process["pid"], process["calls"]) for process in report.processes]
        self.assertEqual(len(by_process), len(self.profiles()))
        return result.stdout, report, by_process

    def test_family_of_thirty_one(self):
        output, report, by_process = self.run_all("family.c")
        made = [tuple(map(int, line.split())) for line in output.splitlines()]
        self.assertEqual(len(made), 1 + 3 + 9 + 18)
        self.assertEqual(sorted(by_process), sorted(made))
        self.assertEqual(report.calls, {"work": 62, "leaf": sum(calls for _, calls in made) - 62})

    def test_family_that_is_not_followed(self):
        """The first process alone has a profile."""
        output, report, by_process = self.run_all("family.c", environment={"PROFINST_FOLLOW": "0"})
        made = [tuple(map(int, line.split())) for line in output.splitlines()]
        self.assertEqual((len(made), len(by_process), report.calls["work"]), (31, 1, 2))
        self.assertIn(by_process[0], made)

    def test_forks_while_threads_are_in_hooks(self):
        output, report, by_process = self.run_all("forks_busy.c", 500)
        self.assertEqual(len(by_process), 501)
        # A child calls in_child, busy, and left_4 with 22 calls below it.
        self.assertEqual(sorted(calls for _, calls in by_process)[:500], [1 + 10 + 15 + 8] * 500)
        self.assertEqual(report.calls["busy"], int(output) + 5000)
        self.assertEqual((report.calls["main"], report.calls["keeps_busy"], report.calls["in_child"]),
                         (1, 3, 500))
        self.assertEqual(report.edges["calls_once", "busy"], report.calls["calls_once"])
        self.assertEqual(report.calls["left_5"], 3)

    def test_fork_in_a_handler(self):
        output, report, by_process = self.run_all("forks_in_handler.c", "ends")
        self.assertEqual(len(by_process), 201)
        self.assertEqual(report.calls["in_child"], 200)
        self.assertEqual(report.calls["leaf"], int(output))
        self.assertEqual(sorted(calls for _, calls in by_process)[:200], [1] * 200)

    def test_fork_in_a_handler_that_returns(self):
        output, report, by_process = self.run_all("forks_in_handler.c", "returns")
        self.assertEqual(len(by_process), 201)
        self.assertEqual((report.calls["in_child"], report.calls["after"]), (200, 20000))

    def daemon(self, way):
        _, report, by_process = self.run_all("daemon.c", way)
        self.assertEqual(report.calls, {"main": 1, "in_first": 1, "in_second": 1, "become_daemon": 1,
                                        "in_daemon": 1, **walked(1)})
        self.assertEqual(sorted(calls for _, calls in by_process), [2, 2, 1 + sum(walked(1).values())])

    def test_daemon(self):
        self.daemon("daemon")

    def test_daemon_that_closes_all(self):
        self.daemon("closed")

    def test_daemon_in_a_folder_of_its_own(self):
        """It cannot open its profile again once it has closed its descriptors."""
        self.daemon("root")

    def test_daemon_of_another_user(self):
        """Nor can it then."""
        self.daemon("user")

    def test_fork_while_a_lock_is_held(self):
        self.compile("app", "-O1", program("fork_under_locks.c"), "-pthread")
        self.assertEqual(self.execute("app", stderr=None, timeout=30).stdout, "child 3\n")

    def test_name_that_is_taken(self):
        self.compile("app", "-O2", program("taken_names.c"))
        self.execute("app")
        precious = [path for path in self.profiles() if path.stat().st_size == 8]
        self.assertEqual([path.read_text() for path in precious], ["precious"] * 3)
        made = [path for path in self.profiles() if path not in precious]
        self.assertEqual(self.report(*made).calls, {"main": 1, "leaf": 3})
        self.assertEqual({path.with_suffix(".1.profinst") for path in precious} - set(made), set())


class Exec(support.Case):
    """The profiles of one process id, in order."""

    def setUp(self):
        super().setUp()
        self.compile("app", "-O2", program("execs.c"), "-pthread")
        os.link(self.folder / "app", self.folder / "other")

    def test_again_and_again(self):
        self.execute("app", 10)
        profiles = self.profiles()
        pids = {path.name.split(".")[1] for path in profiles}
        self.assertEqual(len(pids), 1)
        pid, = pids
        self.assertEqual({path.name for path in profiles}, {
            f"app.{pid}.profinst", *(f"app.{pid}.{n}.profinst" for n in range(1, 11))})
        for n in range(1, 11):
            before = f"{n - 1}." if n > 1 else ""
            report = self.report(self.folder / f"app.{pid}.{before}profinst")
            self.assertEqual(report.calls, {"main": 1, "again": 1, "leaf": 2})
        self.assertEqual(self.report(self.folder / f"app.{pid}.10.profinst").calls, {"main": 1})

    def test_another_program(self):
        for way in "popen", "system", "spawn", "vfork", "exec":
            with self.subTest(way=way):
                for old in self.profiles():
                    old.unlink()
                self.execute("app", 0, way)
                first, second = self.profiles()
                self.assertEqual(self.report(first).calls, {"main": 1, "start_other": 1})
                self.assertEqual(self.report(second).calls, {"main": 1})
                names = [path.name.split(".") for path in (first, second)]
                self.assertEqual([name[0] for name in names], ["app", "other"])
                self.assertEqual(names[0][1] == names[1][1], way == "exec")


if __name__ == "__main__":
    support.main()

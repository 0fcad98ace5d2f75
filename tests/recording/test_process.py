"""The profile over the life of a process: how it is named and made, and what is in it however the process
goes on or forks."""

import os
import resource
import stat
import subprocess

import support
from support import CLANGS, NEWEST, each, program


class Names(support.Case):
    def setUp(self):
        super().setUp()
        self.compile("app", "-O2", program("counts.c"))

    def names_with(self, pattern, **options):
        options.setdefault("environment", {"PROFINST_OUTPUT": pattern} if pattern is not None else {})
        before = {path for path in self.folder.rglob("*")}
        process = subprocess.Popen([self.folder / "app"], cwd=options.get("cwd", self.folder),
                                   env={**os.environ, **options["environment"]},
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        _, said = process.communicate()
        self.assertEqual((process.returncode, said), (0, ""))
        return process.pid, sorted(str(path.relative_to(self.folder))
                                   for path in set(self.folder.rglob("*")) - before)

    def test_default(self):
        pid, names = self.names_with(None)
        self.assertEqual(names, [f"app.{pid}.profinst"])

    def test_empty_is_default(self):
        pid, names = self.names_with("")
        self.assertEqual(names, [f"app.{pid}.profinst"])

    def test_pattern(self):
        (self.folder / "sub").mkdir()
        pid, names = self.names_with("sub/%n-%p-%%p%%-%x.profinst")
        self.assertEqual(names, [f"sub/app-{pid}-%p%-%x.profinst"])

    def test_ends_in_a_percent_sign(self):
        _, names = self.names_with("profile%")
        self.assertEqual(names, ["profile%"])

    def test_folder_with_percent_signs_is_taken_as_it_is(self):
        (self.folder / "100%p%n%%").mkdir()
        pid, names = self.names_with("%p", cwd=self.folder / "100%p%n%%")
        self.assertEqual(names, [f"100%p%n%%/{pid}"])

    def test_absolute(self):
        _, names = self.names_with(str(self.folder / "absolute"))
        self.assertEqual(names, ["absolute"])

    def test_mode(self):
        old = os.umask(0)
        try:
            self.names_with("profile")
        finally:
            os.umask(old)
        self.assertEqual(stat.S_IMODE((self.folder / "profile").stat().st_mode), 0o600)

    def test_never_overwrites(self):
        (self.folder / "out.profinst").write_text("precious")
        (self.folder / "out.1.profinst").symlink_to("elsewhere")
        _, names = self.names_with("out.profinst")
        self.assertEqual(names, ["out.2.profinst"])
        _, names = self.names_with("out.profinst")
        self.assertEqual(names, ["out.3.profinst"])
        self.assertEqual((self.folder / "out.profinst").read_text(), "precious")
        self.assertTrue((self.folder / "out.1.profinst").is_symlink())

    def test_number_without_an_ending(self):
        (self.folder / "dir.ectory").mkdir()
        (self.folder / "dir.ectory" / "out").write_text("precious")
        _, names = self.names_with("dir.ectory/out")
        self.assertEqual(names, ["dir.ectory/out.1"])

    def test_missing_directory(self):
        result = self.execute("app", stderr=None, environment={"PROFINST_OUTPUT": "missing/profile"})
        self.assertEqual(result.stderr, f"profinst: cannot make the profile {self.folder}/missing/profile: "
                                        "No such file or directory; the program runs unprofiled\n")
        self.assertEqual(result.stdout, "sum 193, touched 90\n")

    def test_unwritable_directory(self):
        """/proc is so for everybody."""
        result = self.execute("app", stderr=None, environment={"PROFINST_OUTPUT": "/proc/profile"})
        self.assertRegex(result.stderr, r"\Aprofinst: cannot make the profile /proc/profile: [^;\n]+; "
                                        r"the program runs unprofiled\n\Z")

    def test_device(self):
        before = set(os.listdir("/dev"))
        result = self.execute("app", stderr=None, environment={"PROFINST_OUTPUT": "/dev/null"})
        self.assertEqual(result.stderr, "profinst: cannot make the profile /dev/null: File exists; "
                                        "the program runs unprofiled\n")
        self.assertNotIn("null.1", set(os.listdir("/dev")) - before)

    def test_disabled(self):
        for value, files in ("1", 0), ("yes", 0), ("0", 1), ("", 1):
            with self.subTest(value=value):
                _, names = self.names_with(None, environment={"PROFINST_DISABLE": value})
                self.assertEqual(len(names), files)


class Limits(support.Case):
    def limited(self, size):
        """Runs a program of 1,500 functions in which no file may grow beyond `size`."""
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        self.compile("app", "-O1", program("many.c"))
        return self.execute("app", stderr=None, preexec_fn=limit)

    def test_file_cannot_grow(self):
        result = self.limited(100000)
        profile, = self.profiles()
        self.assertEqual(result.stderr,
                         f"profinst: cannot grow the profile {profile}: File too large; "
                         "calls from new places are lost, the rest is counted on\n")
        report = self.report(profile)
        self.assertEqual(set(report.edges.values()), {2})
        self.assertEqual(sum(report.calls.values()) + report.lost_calls, 3001)
        self.assertLessEqual(profile.stat().st_size, 100000)

    def test_file_cannot_begin(self):
        result = self.limited(100)
        self.assertEqual(result.stderr.count("\n"), 1)
        self.assertRegex(result.stderr, "cannot make the profile .*: File too large; ")
        self.assertEqual(self.profiles(), [])

    def test_room_for_the_header_only(self):
        result = self.limited(4096)
        self.assertEqual(result.stderr.count("\n"), 1)
        report = self.report(*self.profiles())
        self.assertEqual((report.calls, report.lost_calls), ({}, 3001))

    def test_many_functions(self):
        self.compile("app", "-O1", program("many.c"))
        report = self.profile("app")
        self.assertEqual(len(report.functions), 1501)
        self.assertEqual(set(report.edges.values()), {2})

    def test_errno(self):
        self.compile("app", "-O1", program("keeps_errno.c"), "-pthread")
        self.assertEqual(self.profile("app").output, "changed 0\n")
        self.assertEqual(self.profile("app", "small", stderr=None).output, "changed 0\n")


class Rights(support.Case):
    def test_set_user_id(self):
        """A program that runs with more rights than its user writes no file where the user wants one."""
        if os.getuid() != 0:
            self.fail("only root can make a program of another user; run this test as root")
        for static in [], ["-static", support.lld(NEWEST), support.ARCHIVE]:
            with each(self, static=bool(static)):
                self.folder.chmod(0o777)
                self.compile("app", "-O2", program("counts.c"), *static)
                app = self.folder / "app"
                setpriv = [support.tool("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups"]
                result = self.command(*setpriv, app)
                self.assertEqual((result.stdout, result.stderr), ("sum 193, touched 90\n", ""))
                self.assertEqual(len(self.profiles()), 1)
                self.profiles()[0].unlink()
                os.chown(app, 0, 0)
                app.chmod(0o4755)
                result = self.command(*setpriv, app,
                                      environment={"PROFINST_OUTPUT": str(self.folder / "stolen"),
                                                   "PROFINST_RUNTIME": "/nowhere"})
                self.assertEqual((result.stdout, result.stderr), ("sum 193, touched 90\n", ""))
                self.assertEqual([path.name for path in self.folder.iterdir()], ["app"])


class Descriptors(support.Case):
    def setUp(self):
        super().setUp()
        self.compile("app", "-O1", program("descriptors.c"))

    def check(self, report):
        self.assertEqual(report.output, "first 3, own 0\n")
        self.assertEqual(len(report.functions), 1501)
        self.assertEqual(report.lost_calls, 0)

    def test_first_open(self):
        self.check(self.profile("app"))

    def test_first_open_with_few_descriptors(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        self.check(self.profile("app", preexec_fn=limit))

    def test_all_closed(self):
        for how in "close_range", "loop":
            with self.subTest(how=how):
                self.check(self.profile("app", how))


class Fork(support.Case):
    def check(self, *arguments, open_frames):
        """`open_frames` are the functions that the forking thread is in: their calls are the parent's,
        their time from then on is the child's."""
        self.compile("app", "-O2", program("forks.c"), "-pthread")
        self.execute("app", *arguments)
        profiles = sorted(self.profiles(), key=lambda path: int(path.name.split(".")[1]))
        self.assertEqual(len(profiles), 3)
        headers = [self.dump(profile)[0] for profile in profiles]
        self.assertEqual(len({header["run_id"] for header in headers}), 1)
        self.assertEqual(len({header["profile_id"] for header in headers}), 3)
        self.assertEqual([header["ended"] for header in headers], ["1"] * 3)
        self.assertEqual([header["process_id"] for header in headers[:2]],
                         [header["parent_process_id"] for header in headers[1:]])
        reports = [self.report(profile) for profile in profiles]
        self.assertEqual([report.calls for report in reports], [
            {"main": 1, "family": 1, "work": 1, "leaf": 11, "finish": 1},
            {**dict.fromkeys(open_frames, 0), "work": 1, "leaf": 21, "finish": 1},
            {**dict.fromkeys(open_frames, 0), "work": 1, "leaf": 31, "finish": 1}])
        together = self.report(*profiles)
        self.assertEqual(together.calls, {"main": 1, "family": 1, "work": 3, "leaf": 63, "finish": 3})
        self.assertEqual(together.edges["work", "leaf"], 60)
        self.assertEqual(together.edges["finish", "leaf"], 3)
        self.assertEqual(together.edges["family", "work"], 3)

    def test_nested(self):
        self.check(open_frames=["main", "family"])

    def test_from_a_second_thread(self):
        self.check("thread", open_frames=["family"])

    def test_not_followed(self):
        """PROFINST_FOLLOW=0: the parent's profile is as ever, and there is no other."""
        self.compile("app", "-O2", program("forks.c"), "-pthread")
        report = self.profile("app", environment={"PROFINST_FOLLOW": "0"})
        self.assertEqual(report.calls, {"main": 1, "family": 1, "work": 1, "leaf": 11, "finish": 1})

    def test_child_that_calls_nothing_new(self):
        """Its times are known although nothing but the fork has told the rate of its clock."""
        (self.folder / "app.c").write_text(
            "#include <sys/wait.h>\n"
            "#include <unistd.h>\n"
            "__attribute__((noinline)) static void work(void)\n{\n"
            "  for (volatile int i = 0; i < 1000000; i++)\n    ;\n}\n"
            "int main(void)\n{\n"
            "  work();\n"
            "  const pid_t child = fork();\n"
            "  work();\n"
            "  if (child == 0)\n    _exit(0);\n"
            "  waitpid(child, 0, 0);\n"
            "  return 0;\n}\n")
        self.compile("app", "-O2", "app.c")
        self.execute("app")
        parent, child = (self.report(profile) for profile in sorted(
            self.profiles(), key=lambda path: int(path.name.split(".")[1])))
        self.assertEqual((parent.calls["work"], child.calls["work"]), (2, 1))
        self.assertGreater(child.functions["work"]["self_ns"], 0)

    def test_unnoticed_child_of_a_new_thread(self):
        """Made by _Fork in a thread without a call so far, and ended by exit: its parent's profile is
        not touched."""
        (self.folder / "app.c").write_text(
            "#define _GNU_SOURCE\n"
            "#include <pthread.h>\n"
            "#include <stdlib.h>\n"
            "#include <sys/wait.h>\n"
            "#include <unistd.h>\n"
            "static void called(void)\n{\n}\n"
            "__attribute__((no_instrument_function)) static void *thread(void *unused)\n{\n"
            "  const pid_t child = _Fork();\n"
            "  if (child == 0) {\n    called();\n    exit(0);\n  }\n"
            "  waitpid(child, 0, 0);\n"
            "  return unused;\n}\n"
            "int main(void)\n{\n"
            "  pthread_t other;\n"
            "  called();\n"
            "  pthread_create(&other, 0, thread, 0);\n"
            "  pthread_join(other, 0);\n"
            "  called();\n"
            "  _exit(0);\n}\n")
        self.compile("app", "-O0", "app.c", "-pthread")
        self.execute("app")
        parent, child = sorted(self.profiles(), key=lambda path: int(path.name.split(".")[1]))
        self.assertEqual(self.report(parent).calls, {"main": 1, "called": 2})
        self.assertEqual(self.dump(parent)[0]["ended"], "0")
        self.assertEqual(self.report(child).calls, {"called": 1})
        self.assertEqual(self.dump(child)[0]["ended"], "1")

    def test_without_the_handlers_of_fork(self):
        """_Fork(3) and clone(2) tell nobody; what such a child does is not the parent's."""
        (self.folder / "app.c").write_text(
            "#define _GNU_SOURCE\n"
            "#include <sys/wait.h>\n"
            "#include <unistd.h>\n"
            "static void first(void)\n{\n}\n"
            "static void second(void)\n{\n}\n"
            "int main(void)\n{\n"
            "  const pid_t child = _Fork();\n"
            "  if (child == 0) {\n"
            "    for (int i = 0; i < 1000; i++)\n"
            "      first();\n"
            "    _exit(0);\n"
            "  }\n"
            "  waitpid(child, 0, 0);\n"
            "  second();\n"
            "  first();\n"
            "  return 0;\n}\n")
        self.compile("app", "-O0", "app.c")
        self.execute("app", stderr=None)
        reports = [self.report(profile).calls for profile in self.profiles()]
        self.assertIn({"main": 1, "first": 1, "second": 1}, reports)

    def test_spawned(self):
        source = program("spawns.c")
        for version in CLANGS:
            for level in "-O0", "-O2":
                with each(self, version=version, level=level):
                    self.compile("app", level, source, version=version)
                    self.check_paths(self.profile("app"), source)


if __name__ == "__main__":
    support.main()

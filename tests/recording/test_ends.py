"""However a process ends, what it called is in the file."""

import json
import mmap
import random
import signal
import struct
import subprocess
import time

import support
from support import PROFINST, program
from test_switches import small_stack


class Ends(support.Case):
    def test_every_way_to_end(self):
        source = program("ends.c")
        self.compile("app", "-O2", source)
        for how, code, ended in (("return", 3, True), ("exit", 3, True), ("_exit", 3, False),
                                 ("abort", -signal.SIGABRT, False), ("segv", -signal.SIGSEGV, False),
                                 ("kill", -signal.SIGKILL, False)):
            with self.subTest(how=how):
                report = self.profile("app", how, code=code)
                self.check_stated(report, source)
                self.assertEqual([process["ended"] for process in report.processes], [ended])

    def test_what_is_called_on_the_way_out(self):
        """Handlers of exit that register others, or exit again; static objects; handlers of quick_exit;
        exit from a handler and from a thread."""
        self.compile("app", "-O1", program("leaves.cpp"), "-pthread")
        out = {"_ZL13at_exit_earlyv": 1, "_ZL12at_exit_latev": 1, "_ZN6StaticD2Ev": 2}
        for how, code, work, calls in (
                ("return", 3, 14, out),
                ("quick_exit", 5, 11, {"_ZL8at_quickv": 1}),
                ("again", 6, 14, {"_ZL11exits_againv": 1, **out}),
                ("handler", 7, 14, {"_ZL6handlei": 1, **out}),
                ("thread", 8, 14, {"_ZL9in_threadv": 1, "_ZL4bodyPv": 1, **out})):
            with self.subTest(how=how):
                report = self.profile("app", how, code=code)
                self.assertEqual(report.calls, {"main": 1, "_ZL4workv": work, "_ZL4leafv": work, **calls})
                self.assertEqual([process["ended"] for process in report.processes],
                                 [how != "quick_exit"])

    def counter(self):
        """The number that a program counts in the file "counter", mapped."""
        (self.folder / "counter").write_bytes(bytes(4096))
        with open(self.folder / "counter", "r+b") as file:
            return mmap.mmap(file.fileno(), 4096)

    def check_counted(self, calls, memory):
        """A call is counted before the function itself can count."""
        self.assertIn(calls - struct.unpack_from("Q", memory)[0], (0, 1))

    def test_stack_overflow(self):
        self.interrupts_events = True
        self.compile("app", "-O2", program("overflows.c"))
        for words, code, calls in (([], -signal.SIGSEGV, {}),
                                   (["handled"], signal.SIGSEGV, {"handle": 1, "leaf": 10})):
            with self.subTest(words=words), self.counter() as memory:
                report = self.profile("app", "counter", *words, code=code, preexec_fn=small_stack)
                deeper = report.calls["deeper"]
                self.assertGreater(deeper, 1000)
                self.check_counted(deeper, memory)
                self.assertEqual(report.calls, {"main": 1, "deeper": deeper, **calls})

    def calls_of_leaf(self):
        """A short report, for there are many: it has been through all checks of the profile."""
        said = self.command(PROFINST, "report", "--format=json", "--limit=0", *self.profiles()).stdout
        calls = {row["function"]: row["calls"] for row in json.loads(said)["functions"]}
        return calls["leaf"]

    def test_killed_at_any_moment(self):
        """Every call that was entered is in the file, and none that was not; half of the time while new
        places are written to it."""
        self.interrupts_events = True
        self.compile("app", "-O2", program("killed.c"))
        seed = random.SystemRandom().randrange(10 ** 9)
        chance = random.Random(seed)
        for _ in range(200):
            with self.counter() as memory:
                process = subprocess.Popen([self.folder / "app", "counter"], cwd=self.folder)
                enough = chance.choice([1, 10, 100, 1000, 3000, 10000])
                while struct.unpack_from("Q", memory)[0] < enough:
                    self.assertIsNone(process.poll())
                time.sleep(chance.random() / 200)
                process.kill()
                process.wait()
                with self.subTest(seed=seed, after=enough):
                    self.check_counted(self.calls_of_leaf(), memory)
            for profile in self.profiles():
                profile.unlink()

    def test_children_killed_at_birth(self):
        """Whenever that is, there is no file of theirs, or one that can be read."""
        self.compile("app", "-O1", program("killed_at_birth.c"))
        self.execute("app")
        said = self.command(PROFINST, "report", "--format=json", "--limit=0", *self.profiles()).stdout
        calls = {row["function"]: row["calls"] for row in json.loads(said)["functions"]}
        self.assertEqual((calls["main"], calls["left_1"]), (1, 2048))

    def test_nothing_called(self):
        (self.folder / "app.c").write_text(
            "int never(void)\n{\n  return 0;\n}\n"
            "__attribute__((no_instrument_function)) int main(void)\n{\n  return 0;\n}\n")
        self.compile("app", "app.c")
        report = self.profile("app")
        self.assertEqual((report.calls, report.contexts), ({}, {}))
        self.assertEqual(len(report.processes), 1)

    def test_exit_handlers_are_counted(self):
        (self.folder / "app.c").write_text(
            "#include <stdlib.h>\n"
            "static void handler(void)\n{\n}\n"
            "__attribute__((destructor)) static void late(void)\n{\n}\n"
            "int main(void)\n{\n  atexit(handler);\n  return 0;\n}\n")
        self.compile("app", "-O0", "app.c")
        self.assertEqual(self.profile("app").calls, {"main": 1, "handler": 1, "late": 1})


if __name__ == "__main__":
    support.main()

"""The runtime itself under the sanitizers, compiled with them into a program. They end a program with an
error where they find one."""

import pathlib
import tempfile

import support
from support import CLANGS, NEWEST, each, program

RUNTIME = support.PROGRAMS.parent.parent.parent / "runtime"


class Sanitized(support.Case):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="profinst-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.built = pathlib.Path(folder.name)

    def flags(self, sanitizer):
        return ["-g", "-O1", f"-fsanitize={sanitizer}", "-fno-sanitize-recover=all"]

    def runtime(self, sanitizer, version):
        """The runtime's objects, compiled once."""
        folder = self.built / f"{sanitizer}-{version}"
        if not folder.exists():
            folder.mkdir()
            self.command(support.clang(version), "-c", "-std=gnu11", *self.flags(sanitizer),
                         *RUNTIME.glob("*.c"), cwd=folder)
        return sorted(folder.glob("*.o"))

    def build(self, sanitizer, version, source, *words):
        self.compile("app", *self.flags(sanitizer), program(source),
                     *self.runtime(sanitizer, version), "-pthread", *words, version=version)


class Sanitizers(Sanitized):
    def profiles_of(self, sanitizer, source, *arguments, **options):
        """The reports of a program that was run, by each clang."""
        for version in CLANGS:
            with each(self, version=version, sanitizer=sanitizer):
                self.build(sanitizer, version, source)
                yield self.profile("app", *arguments, **options)

    def test_threads(self):
        for sanitizer in "thread", "address,undefined":
            for report in self.profiles_of(sanitizer, "threads.c", "8", "4"):
                self.assertEqual(report.calls,
                                 {"main": 1, "body": 32, "branch": 320, "leaf": 32000})

    def test_signals(self):
        for report in self.profiles_of("address,undefined", "signals.c"):
            counted = dict(line.split() for line in report.output.splitlines())
            self.assertEqual(report.calls["leaf"], int(counted["leaf"]))


class ThreadSanitizer(Sanitized):
    """What threads do to each other, by the newest clang: any race of the runtime's is an error."""

    def run_under(self, source, *arguments, words=(), **options):
        self.build("thread", NEWEST, source, *words)
        return self.profile("app", *arguments, **options)

    def test_rows_that_are_used_again(self):
        report = self.run_under("threads.c", 100, 3)
        self.assertEqual(report.calls["leaf"], 300000)

    def test_detached(self):
        report = self.run_under("thread_kinds.c", "detached")
        self.assertEqual(report.calls, {"main": 1, "worker": 1000, "work": 1000, "leaf": 10000})

    def test_destructors(self):
        report = self.run_under("thread_ends.cpp")
        self.assertEqual(report.calls, {
            "_ZL9from_bodyv": 100, "_ZL11from_objectv": 100, "_ZL8from_keyv": 200})

    def test_of_cpp(self):
        self.check_stated(self.run_under("thread_kinds.cpp"), program("thread_kinds.cpp"))

    def test_alive_at_exit(self):
        self.check_paths(self.run_under("alive_at_exit.c"), program("alive_at_exit.c"))

    def test_new_places_from_all_threads(self):
        report = self.run_under("places.c", 4)
        self.assertEqual(report.calls, {"main": 1, "body": 4, **support.walked(4)})

    def test_libraries_that_come_and_go(self):
        for name in "one", "two", "three":
            self.compile(f"lib{name}.so", "-O2", "-shared", "-fPIC", f"-DNAME={name}",
                         program("library.c"))
        report = self.run_under("loads_busy.c", 100,
                                words=["-Wl,--export-dynamic-symbol=profinst_attach"])
        self.assertEqual(report.calls["busy"], int(report.output))
        self.assertEqual((report.calls["one"], report.calls["two"], report.calls["three"]),
                         (50, 50, 100))


if __name__ == "__main__":
    support.main()

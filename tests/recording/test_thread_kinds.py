"""Threads of every kind: one after another, many at once, detached, of C11 and C++, those that outlive main,
and those that run while libraries come and go."""

import support
from support import CLANGS, each, program


class Kinds(support.Case):
    def kind(self, kind, **options):
        self.compile("app", "-O2", program("thread_kinds.c"), "-pthread")
        report = self.profile("app", kind, **options)
        self.assertEqual(report.lost_calls, 0)
        return report

    def threads(self):
        """The rows of threads in the profile, and how many threads used them."""
        _, lines = self.dump(*self.profiles())
        rows = [line.split() for line in lines if line.startswith("thread ")]
        return len(rows), sum(int(row[row.index("threads") + 1]) for row in rows)

    def test_ten_thousand_one_after_another(self):
        report = self.kind("sequence")
        self.assertEqual(report.calls, {"main": 1, "worker": 10000, "work": 10000, "leaf": 100000})
        self.assertEqual(self.threads(), (64, 10001))
        self.assertLess(int(report.output), 1024)
        size = self.profiles()[0].stat().st_size
        self.compile("app", "-O2", program("threads.c"), "-pthread")
        self.profile("app", 1, 100)
        self.assertEqual(self.profiles()[0].stat().st_size, size)

    def test_detached(self):
        report = self.kind("detached")
        self.assertEqual(report.calls, {"main": 1, "worker": 1000, "work": 1000, "leaf": 10000})

    def test_of_c11(self):
        report = self.kind("c11")
        self.assertEqual(report.calls, {"main": 1, "standard": 200, "work": 400, "leaf": 3000,
                                        "end_of_storage": 200})
        self.assertEqual(report.edges["end_of_storage", "work"], 200)

    def test_that_outlive_main(self):
        report = self.kind("outlive", code=5)
        self.assertEqual(report.calls, {"main": 1, "survivor": 8, "work": 9, "leaf": 801})
        self.assertEqual([process["ended"] for process in report.processes], [True])

    def test_of_cpp(self):
        source = program("thread_kinds.cpp")
        for version in CLANGS:
            with each(self, version=version):
                self.compile("app", "-O2", source, "-pthread", version=version)
                self.check_stated(self.profile("app"), source)


@support.in_each_timing
class Loading(support.Case):
    def test_libraries_that_come_and_go(self):
        for name in "one", "two", "three":
            self.compile(f"lib{name}.so", "-O2", "-shared", "-fPIC", f"-DNAME={name}",
                         program("library.c"))
        self.compile("app", "-O2", program("loads_busy.c"), "-pthread")
        report = self.profile("app", 1000)
        self.assertEqual(report.calls, {
            "main": 1, "loads": 1, "keeps_busy": 2, "use": 2000, "busy": int(report.output),
            "one": 500, "two": 500, "three": 1000, "libone.so:library:helper": 1000,
            "libtwo.so:library:helper": 1000, "libthree.so:library:helper": 2000})
        self.assertEqual(report.lost_calls, 0)
        _, lines = self.dump(*self.profiles())
        self.assertEqual(len([line for line in lines if line.startswith("object ")]), 4)
        self.assertEqual(len([line for line in lines if line.startswith("function ")]), 11)


if __name__ == "__main__":
    support.main()

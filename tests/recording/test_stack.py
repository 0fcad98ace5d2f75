"""All that C and C++ do to a stack: counts stay exact, and what is called afterwards hangs under the one
who calls it."""

import support
from support import CLANGS, each, program

LEVELS = "-O0", "-O2"


class Stack(support.Case):
    timings = support.TIMINGS

    def check_builds(self, check, *sources, flags=(), foreign=None, levels=LEVELS, versions=CLANGS):
        """Builds and runs with each clang and level, expects the output of the program without the
        plugin, and has the report checked."""
        for version in versions:
            for level in levels:
                with each(self, version=version, level=level):
                    objects = []
                    if foreign:
                        self.compile("foreign.o", "-c", level, foreign, version=version, plugin=None)
                        objects.append("foreign.o")
                    self.compile("plain", level, *flags, *sources, *objects, version=version,
                                 plugin=None)
                    expected = self.execute("plain").stdout
                    self.compile("app", level, *flags, *sources, *objects, version=version)
                    report = self.profile("app")
                    self.assertEqual(report.output, expected)
                    check(report)

    def test_exceptions(self):
        source = program("exceptions.cpp")
        self.check_builds(lambda report: self.check_paths(report, source), source,
                          foreign=program("foreign.cpp"))

    def test_exceptions_through_c(self):
        main, middle = program("through_c_main.cpp"), program("through_c.c")
        for flags in ["-fexceptions"], ["-fno-exceptions"]:
            for version in CLANGS:
                with each(self, version=version, flags=flags):
                    self.compile("foreign.o", "-c", program("foreign.cpp"), version=version, plugin=None)
                    self.compile("middle.o", "-c", "-O2", *flags, middle, version=version)
                    self.compile("app", "-O2", main, "middle.o", "foreign.o", version=version)
                    self.check_paths(self.profile("app"), main)

    def test_exception_that_terminates(self):
        for version in CLANGS:
            for level in LEVELS:
                with each(self, version=version, level=level):
                    self.compile("app", level, program("terminates.cpp"), version=version)
                    report = self.profile("app", code=7)
                    self.assertEqual(report.output, "terminated\n")
                    self.assertEqual(report.calls, {
                        "main": 1, "_ZL5outerv": 1, "_ZL5innerv": 1, "_ZL12at_terminatev": 1})

    def test_jumps(self):
        source = program("jumps.c")
        self.check_builds(lambda report: self.check_paths(report, source), source)

    def test_fibers(self):
        source = program("fibers.c")
        self.check_builds(lambda report: self.check_paths(report, source), source)

    def test_must_tail(self):
        source = program("musttail.cpp")
        self.check_builds(lambda report: self.check_stated(report, source), source)

    def test_siblings(self):
        source = program("siblings.cpp")
        self.check_builds(lambda report: self.check_stated(report, source), source,
                          levels=("-O2", "-O3", "-Os"))

    def test_coming_back_to_tail_calls(self):
        source = program("tail_resumed.cpp")
        self.check_builds(lambda report: self.check_paths(report, source), source)

    def test_tail_calls_that_come_back(self):
        """Nothing may stand between a call that must be a tail call and the return."""
        (self.folder / "app.c").write_text(
            "#include <ucontext.h>\n#include <unistd.h>\n"
            "int to(ucontext_t *a, const ucontext_t *b)\n{\n"
            "  __attribute__((musttail)) return swapcontext(a, b);\n}\n"
            "pid_t child(void)\n{\n  __attribute__((musttail)) return vfork();\n}\n")
        for version in CLANGS:
            for level in LEVELS:
                with self.subTest(version=version, level=level):
                    self.compile("app.o", "-c", level, "-Wno-deprecated-declarations", "app.c",
                                 version=version)

    def test_recursion(self):
        source = program("recursion.c")

        def check(report):
            self.check_stated(report, source)
            recursive = {edge: calls for edge, calls in report.recursive_edges.items() if calls}
            self.assertEqual(recursive, {("direct", "direct"): 100000, ("tree", "tree"): 65534,
                                         ("second", "first"): 50000})
            self.assertEqual({name: row["recursive_calls"] for name, row in report.functions.items()},
                             {"main": 0, "direct": 100000, "tree": 65534, "first": 50000,
                              "second": 0})
            self.assertEqual(report.paths["main", "first", "second"], 50000)

        self.check_builds(check, source)

    def test_passing_of_values(self):
        source = program("passing.c")
        truth = support.stated(source).calls
        self.check_builds(lambda report: self.assertEqual(report.calls, truth), source,
                          levels=["-O0", "-O1", "-O2", "-O3"])

    def test_coroutines(self):
        def check(report):
            calls = {name: calls for name, calls in report.calls.items()
                     if not name.startswith(("_ZNSt", "_ZN9Generator"))}
            self.assertEqual(calls, {
                "main": 1, "_ZL5draini": 3, "_ZL7squaresi": 3, "_ZL7squaresi.resume": 33,
                "_ZL7squaresi.destroy": 3, "_ZL4stepi": 33})
            self.assertEqual(report.edges["_ZL5draini", "_ZL4stepi"], 3)
            self.assertEqual(report.edges["_ZL7squaresi.resume", "_ZL4stepi"], 30)

        self.check_builds(check, program("coroutines.cpp"), flags=["-std=c++20"],
                          versions=[version for version in CLANGS if version >= 16])

    def test_transfer_between_coroutines(self):
        def check(report):
            edges = {edge: calls for edge, calls in report.edges.items() if edge[1] == "_ZL5afterv"}
            self.assertEqual(edges, {("main", "_ZL5afterv"): 5})
            self.assertEqual(report.calls["_ZL4leafv"], 15)

        self.check_builds(check, program("transfer.cpp"), flags=["-std=c++20"],
                          versions=[version for version in CLANGS if version >= 16])


@support.in_each_timing
class Interrupted(support.Case):
    def test_jump_out_of_a_handler_at_any_moment(self):
        """A timer's handler jumps out of a loop that is in hooks most of the time."""
        self.interrupts_events = True
        source = program("jumps_any_time.c")
        self.compile("app", "-O2", source)
        report = self.profile("app")
        counted = dict(line.split() for line in report.output.splitlines())
        self.assertEqual(report.calls["handle"], int(counted["handled"]))
        self.assertGreaterEqual(report.calls["leaf"], int(counted["leaves"]))


if __name__ == "__main__":
    support.main()

"""Exceptions of C++ in every place where they are thrown, pass and are caught, and the end where they are
not."""

import support
from support import EVERY_CLANG, each, program

LEVELS = "-O0", "-O2"


class Exceptions(support.Case):
    timings = support.TIMINGS

    def check_builds(self, check, source, *flags):
        """Builds with each clang and level, expects the output of the program without the plugin, and
        has the report checked."""
        self.compile("plain", "-O1", *flags, program(source), plugin=None)
        expected = self.execute("plain").stdout
        for version in EVERY_CLANG:
            for level in LEVELS:
                with each(self, version=version, level=level):
                    self.compile("app", level, *flags, program(source), version=version)
                    report = self.profile("app")
                    self.assertEqual(report.output, expected)
                    check(report)

    def test_from_and_through_everything(self):
        foreign = self.compile("foreign.o", "-c", program("foreign.cpp"), plugin=None)
        self.check_builds(lambda report: self.check_paths(report, program("throwing.cpp")),
                          "throwing.cpp", foreign, "-pthread")

    def test_through_two_hundred_functions(self):
        def check(report):
            self.assertEqual(report.calls, {
                "main": 1, "_ZN5GuardD2Ev": 1000, **{f"_Z5levelILi{n}EEvv": 5 for n in range(201)}})
            self.assertEqual(len(report.contexts), 1 + 201 + 200)
        self.check_builds(check, "levels.cpp")

    def test_forced_unwinding(self):
        self.check_builds(lambda report: self.check_stated(report, program("forced.cpp")),
                          "forced.cpp", "-pthread")

    def test_not_caught(self):
        ends = {"_ZL12at_terminatev": 1, "_ZL4lastv": 1, "main": 1}
        ways = {"destroys": {"_ZL8destroysv": 1, "_ZN8ThrowingD2Ev": 1, "_ZL5raisev": 2},
                "forbids": {"_ZL7forbidsv": 1, "_ZL5raisev": 1},
                "rethrows": {"_ZL8rethrowsv": 1},
                "uncaught": {"_ZL5raisev": 1}}
        for version in EVERY_CLANG:
            for level in LEVELS:
                with each(self, version=version, level=level):
                    self.compile("app", level, program("not_caught.cpp"), version=version)
                    for how, calls in ways.items():
                        with self.subTest(how=how):
                            self.assertEqual(self.profile("app", how, code=7).calls, {**ends, **calls})


if __name__ == "__main__":
    support.main()

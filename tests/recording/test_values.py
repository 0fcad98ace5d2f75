"""What a function is given, gives back and leaves as it was: arguments and results of every class, in every
calling convention; registers, flags and rounding; and control flow that few functions have."""

import support
from support import EVERY_CLANG, each, program

LEVELS = "-O0", "-O2"


class Values(support.Case):
    timings = support.TIMINGS

    def check(self, name, expected, levels=LEVELS, code=0):
        """The program prints what it is known to print without the plugin, and every call is counted."""
        source = program(name)
        for version in EVERY_CLANG:
            for level in levels:
                with each(self, name=name, version=version, level=level):
                    self.compile("app", level, source, "-pthread", "-lm", version=version)
                    report = self.profile("app", code=code)
                    self.assertEqual(report.output, expected)
                    self.assertEqual(report.lost_calls, 0)
                    if support.stated(source).calls:
                        self.assertEqual(report.calls, support.stated(source).calls)

    def test_classes_of_values(self):
        self.check("classes.c", "wrong 0\n")

    def test_calling_conventions(self):
        self.check("conventions.c", "wrong 0\n")

    def test_state_of_the_processor(self):
        self.check("processor_state.c", "wrong 0\n", levels=["-O2"])

    def test_odd_control_flow(self):
        self.check("oddities.c", "1 2 2 7 1 0 1 0 1 42 198 0 198 19998 42 1 4\ncleaned 33\n", code=3)

    def test_attributes(self):
        self.check("attributes.c", "sum 23\n", code=23)


if __name__ == "__main__":
    support.main()

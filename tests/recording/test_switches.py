"""Control that comes from elsewhere: jumps, coroutines, fibres. Counts stay exact; where the language or
libc makes the switch, what is called afterwards hangs under the one who calls it."""

import resource

import support
from support import CLANGS, each, program

LEVELS = "-O0", "-O2"


def small_stack():
    """Less than a thousand frames: what is to run in constant space must."""
    resource.setrlimit(resource.RLIMIT_STACK, (256 * 1024, 256 * 1024))


class Switches(support.Case):
    timings = support.TIMINGS

    def each_build(self, source, check, *flags, **options):
        for version in CLANGS:
            for level in LEVELS:
                with each(self, version=version, level=level):
                    self.compile("app", level, *flags, program(source), version=version)
                    check(self.profile("app", **options))

    def test_jumps(self):
        self.each_build("jumps_far.c", lambda report: self.check_paths(report, program("jumps_far.c")))

    def test_built_in_jumps(self):
        self.each_build("jumps_builtin.c",
                        lambda report: self.check_paths(report, program("jumps_builtin.c")))

    def test_fibres(self):
        truth = support.stated(program("switches.c")).calls

        def check(report):
            self.assertEqual(report.output, "touched 32000\n")
            self.assertEqual(report.calls, truth)
            self.assertEqual(report.lost_calls, 0)
            self.assertEqual(report.edges["member", "leaf"], 10000)
        self.each_build("switches.c", check)

    def test_coroutines(self):
        truth = support.stated(program("tasks.cpp")).calls

        def check(report):
            self.assertEqual(report.output, "generators 49520\ntasks 1002000\n")
            self.assertEqual({name: report.calls[name] for name in truth}, truth)
            self.assertEqual(report.lost_calls, 0)
        self.each_build("tasks.cpp", check, "-std=c++20", preexec_fn=small_stack)


if __name__ == "__main__":
    support.main()

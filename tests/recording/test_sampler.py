"""The runtime's sampler alone (programs/sampler.c), with both of its sources, in programs that handle, block and
reset signals, close descriptors, fork, and wait in system calls."""

import support
from support import ROOT, program

PERIOD = 997000  # ns: of events; timers are as far apart as the kernel's ticks
BOTH = "", "e"


class Sampler(support.Case):
    def setUp(self):
        super().setUp()
        runtime = ROOT / "runtime"
        self.compile("app", "-O1", "-Wall", "-Wextra", f"-I{runtime}", program("sampler.c"),
                     runtime / "sample.c", runtime / "platform.c", "-pthread", plugin=None)

    def meet(self, way, refused=BOTH, **options):
        """Returns how far apart the samples are said to be, in ns, for each set of refusals."""
        return [int(self.execute("app", way, what, **options).stdout.split()[-1]) for what in refused]

    def test_samples_are_where_the_program_is(self):
        event, timer = self.meet("takes_samples")
        self.assertEqual(event, PERIOD)
        self.assertIn(timer, (1000000, 3333333, 4000000, 10000000))

    def test_rate(self):
        self.assertEqual(self.meet("takes_samples", [""], environment={"PROFINST_SAMPLE_HZ": "8000"}), [125000])

    def test_rate_that_is_none(self):
        for rate in "0", "10001", "fast", "9 ", "-5":
            self.assertEqual(self.meet("takes_samples", [""], environment={"PROFINST_SAMPLE_HZ": rate}, stderr=(
                f"profinst: PROFINST_SAMPLE_HZ is no rate from 1 to 10000: {rate}; "
                "there are 1003 samples a second\n")), [PERIOD])

    def test_refused(self):
        self.assertEqual(self.meet("is_refused", ["et"]), [0])

    def test_system_calls_are_not_interrupted(self):
        self.meet("blocks", environment={"PROFINST_SAMPLE_HZ": "10000"})

    def test_threads(self):
        self.meet("has_threads")

    def test_forks(self):
        self.meet("forks")

    def test_a_handler_of_the_programs_own(self):
        self.meet("has_own_handler")

    def test_a_handler_that_was_there_before(self):
        self.assertEqual(self.meet("had_own_handler"), [0, 0])

    def test_signals_reset(self):
        self.meet("resets_signals")

    def test_signals_of_others(self):
        self.meet("gets_urgent_data")

    def test_signals_blocked(self):
        self.meet("blocks_signals")

    def test_signals_blocked_briefly(self):
        self.meet("blocks_briefly")

    def test_descriptors_closed(self):
        self.meet("closes_descriptors")

    def test_an_event_of_the_programs_own(self):
        self.meet("has_own_event", [""])

    def test_few_descriptors(self):
        self.meet("has_few_descriptors", [""])

    def test_small_alternate_stack(self):
        self.meet("has_small_stack")


if __name__ == "__main__":
    support.main()

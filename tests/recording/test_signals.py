"""Signals at every moment: in the midst of hooks, of what they do with a new place, of other handlers; and
programs that wait for signals, which the runtime must not disturb."""

import support
from support import each, program, walked


@support.in_each_timing
class Everywhere(support.Case):
    def meet(self, way):
        self.compile("app", "-O2", program("signals_everywhere.c"), "-pthread")
        report = self.profile("app", way)
        self.assertEqual(report.lost_calls, 0)
        counted = {name: int(calls) for name, calls in map(str.split, report.output.splitlines())}
        self.assertEqual(report.calls.get("leaf", 0), counted["leaf"])
        return report, counted

    def check_more(self, report, handled):
        """The handler calls eight functions in turn."""
        self.assertEqual({f"more_{n}": report.calls[f"more_{n}"] for n in range(8)},
                         {f"more_{n}": (handled + 7 - n) // 8 for n in range(8)})

    def test_while_new_places_are_made(self):
        report, counted = self.meet("places")
        handled = counted["handled"]
        rounds = report.calls["left_12"]
        self.assertEqual(report.calls["handle"], handled)
        self.check_more(report, handled)
        # left_3 calls two functions of level 2, which call both of level 1 each, and each of them leaf.
        walks = walked(rounds)
        self.assertEqual(report.calls, {
            **report.calls, **walks, "main": 1, "left_3": walks["left_3"] + handled,
            "left_2": walks["left_2"] + handled, "right_2": walks["right_2"] + handled,
            "left_1": walks["left_1"] + 2 * handled, "right_1": walks["right_1"] + 2 * handled,
            "leaf": walks["leaf"] + 4 * handled})

    def test_handlers_that_interrupt_handlers(self):
        report, counted = self.meet("nested")
        self.assertEqual(report.calls, {
            "main": 1, "leaf": counted["leaf"], "handle_nested": counted["handled"],
            "in_handler": counted["in_handler"]})
        self.assertEqual(counted["in_handler"], 2 * counted["handled"])

    def test_storm_of_threads(self):
        report, counted = self.meet("storm")
        handled = counted["handled"]
        self.assertEqual((report.calls["body"], report.calls["handle"]), (4, handled))
        self.assertEqual(report.edges["body", "leaf"], counted["leaf"] - 4 * handled)
        self.check_more(report, handled)
        self.assertEqual(report.calls["left_3"], handled)


class SmallStack(support.Case):
    def test_of_a_handler(self):
        """A new place takes less than 2 KiB of the stack, which handlers and fibres have little of. Where
        samples are taken, one may come in the handler, and takes what the kernel puts there as well."""
        words = "-O2", program("small_stack.c")
        self.compile("plain", *words, plugin=None)
        self.compile("app", *words)
        plain = int(self.execute("plain").stdout)
        for timing in "exact", "counts":
            self.assertLess(int(self.profile_timed(timing, "app").output), plain + 2048)


@support.in_each_timing
class UnderFire(support.Case):
    """Programs that throw, jump and switch stacks state what they call; a timer's handler in between, at
    any moment, changes none of it."""

    def fire_at(self, source, *words, level="-O2"):
        self.compile("fire.o", "-c", level, program("under_fire.c"))
        # A handler that comes between a tail call and the entry of what it calls is taken for that: known.
        self.compile("app", level, "-fno-optimize-sibling-calls", program(source), "fire.o", "-pthread", *words)
        report = self.profile("app")
        self.assertEqual(report.lost_calls, 0)
        fired = int((self.folder / "fired").read_text())
        self.assertGreater(fired, 0)
        self.assertEqual((report.calls.pop("under_fire"), report.calls.pop("under_fire_leaf")),
                         (fired, fired))
        return report

    def check_paths_but_fire(self, source, *words):
        for level in "-O0", "-O2":
            with each(self, level=level):
                paths = self.fire_at(source, *words, level=level).paths
                self.assertEqual({path: calls for path, calls in paths.items()
                                  if "under_fire" not in path}, support.stated(program(source)).paths)

    def test_exceptions(self):
        foreign = self.compile("foreign.o", "-c", program("foreign.cpp"), plugin=None)
        self.check_paths_but_fire("throwing.cpp", foreign)

    def test_jumps(self):
        self.check_paths_but_fire("jumps_far.c")
        self.check_paths_but_fire("jumps.c")

    def test_coroutines(self):
        calls = self.fire_at("tasks.cpp", "-std=c++20").calls
        truth = support.stated(program("tasks.cpp")).calls
        self.assertEqual({name: calls[name] for name in truth}, truth)

    def test_fibres(self):
        calls = self.fire_at("switches.c").calls
        truth = support.stated(program("switches.c")).calls
        self.assertEqual({name: calls[name] for name in truth}, truth)


@support.in_each_timing
class EndingThreads(support.Case):
    def test_handlers_while_threads_end(self):
        self.compile("app", "-O2", program("ending_threads.c"), "-pthread")
        report = self.profile("app")
        self.assertEqual(report.calls, {"main": 1, "body": 4000, "handle": int(report.output)})
        self.assertEqual(report.lost_calls, 0)


class Waiting(support.Case):
    def test_same_as_without(self):
        words = "-O2", program("waits.c"), "-pthread"
        plain = self.compile("plain", *words, plugin=None)
        self.compile("app", *words)
        report = self.profile("app")
        self.assertEqual(report.output, self.execute(plain).stdout)
        self.assertEqual(report.calls["left_12"], 1)
        self.assertEqual(report.edges["writer", "left_10"], 1)


if __name__ == "__main__":
    support.main()

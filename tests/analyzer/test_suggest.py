"""profinst suggest-filter: what is expected, what is left out and what never is, and how it is written.

An event costs 10.5 ns in these profiles, of which half a nanosecond hides behind the clock. So a call
costs 10 ns in the self time of the caller and 10 in that of the function called."""

import re
import unittest

from profile_writer import Profile
from support import Case

EVENT_COST = int(10.5 * 1024)
CALL, HALF = 20, 10
MS = 1_000_000


class Program:
    """A thread in which main calls functions, each with time of its own and the overhead in it."""

    def __init__(self, key=1, run=1):
        self.profile = Profile(key=key, run=run)
        self.profile.event_cost = EVENT_COST
        self.thread = self.profile.thread(outside=HALF)
        self.main = self.thread.context(self.thread.root, self.profile.function("main", "app.c", 1), 1,
                                        HALF)
        self.own(100 * MS)

    def own(self, ticks):
        self.main.self_ticks += ticks

    def call(self, name, calls, own, **place):
        self.main.self_ticks += calls * HALF
        return self.thread.context(self.main, self.profile.function(name, "app.c", 2, **place), calls,
                                   calls * HALF + own)


class Suggest(Case):
    def suggest(self, *arguments):
        result = self.profinst("suggest-filter", *arguments)
        return result.stdout.decode(), result.stderr

    def names(self, text):
        return re.findall(r"(?m)^fun:(.*)$", text)

    def expected(self, text):
        return re.search(r"Expected overhead: (.*) before, (.*) after", text).groups()

    def test_what_costs_most_goes(self):
        program = Program()
        program.call("_ZN5store5parseERKNS_5InputEi", 1_000_000, 5 * MS)
        program.call("seldom", 1000, 45 * MS)
        self.assertEqual(self.output("suggest-filter", self.write(program.profile)), """\
# Suggested by profinst: leaves out 1 of 3 functions.
#
# Expected overhead: 13.3 % before, 0.0 % after; at most 5 % was wanted.
# It rests on 1,001,001 calls that were recorded, 0 of them inlined; on the 10.5 ns that
# recording an entry or a return took; and on the 170 ms that all threads took together, of
# which 150 ms were the program's own. Time that it waited, for a processor
# too, is among those: on a busy machine the overhead is more than this.
#
# Compile with it: clang -fplugin=libprofinst.so -fplugin-arg-profinst-filter=FILE

# store::parse(store::Input const&, int)
# 1,000,000 calls; saves 20.0 ms (13.3 %), shows 5.00 ms of its own
fun:_ZN5store5parseERKNS_5InputEi
""")

    def test_output_file(self):
        program = Program()
        program.call("leaf", 1_000_000, 5 * MS)
        name = self.write(program.profile)
        text, said = self.suggest("-o", "my.filter", name)
        self.assertEqual(text, "")
        self.assertEqual(said, "profinst: expected overhead: 19.0 % before, 0.0 % with my.filter, which "
                               "leaves out 1 function\n")
        self.assertEqual((self.folder / "my.filter").read_text(),
                         self.output("suggest-filter", name).replace("=FILE", "=my.filter"))
        self.fails(2, f"suggest-filter: {name}: it is read from, and would be overwritten; give another "
                      "name with -o", "suggest-filter", "-o", name, name)

    def test_enough_already(self):
        program = Program()
        program.call("leaf", 200_000, 0)
        text = self.output("suggest-filter", self.write(program.profile))
        self.assertEqual(self.expected(text), ("4.0 %", "4.0 %"))
        self.assertEqual(self.names(text), [])

    def test_the_least_insight_goes_first(self):
        program = Program()
        program.call("worker", 500_000, 9 * MS)
        program.call("getter", 500_000, 1 * MS)
        name = self.write(program.profile)
        self.assertEqual(self.names(self.output("suggest-filter", "--max-overhead=10", name)), ["getter"])
        self.assertEqual(self.names(self.output("suggest-filter", "--max-overhead=1%", name)),
                         ["getter", "worker"])

    def test_what_need_not_have_gone_is_put_back(self):
        program = Program()
        program.call("tiny", 100_000, 0)  # the most for its insight, but not enough
        program.call("hot", 1_000_000, 7 * MS)
        name = self.write(program.profile)
        self.assertEqual(self.names(self.output("suggest-filter", "--max-overhead=1%", name)),
                         ["hot", "tiny"])
        self.assertEqual(self.names(self.output("suggest-filter", "--max-overhead=2%", name)), ["hot"])

    def test_large_functions_stay(self):
        program = Program()
        program.call("engine", 500_000, 50 * MS)
        program.call("getter", 500_000, 0)
        name = self.write(program.profile)
        text, said = self.suggest(name)
        self.assertEqual(self.names(text), ["getter"])
        self.assertEqual(self.expected(text), ("13.3 %", "6.7 %"))
        self.assertEqual(said, "profinst: warning: suggest-filter: an overhead of 6.7 % is the least that "
                               "can be reached without leaving out what takes much of the program's own "
                               "time, like engine; give a larger --max-overhead, or leave that out by "
                               "hand\n")

    def test_large_but_dearer_than_that(self):
        program = Program()
        program.call("getter", 2_000_000, 20 * MS)  # a sixth of the program's time, for 40 ms
        self.assertEqual(self.names(self.output("suggest-filter", self.write(program.profile))),
                         ["getter"])

    def test_what_saves_nothing_stays(self):
        program = Program()
        program.call("leaf", 1_000_000, 0)
        for i in range(40):
            program.call(f"rare{i}", 1, 0)
        text, said = self.suggest("--max-overhead=0", self.write(program.profile))
        self.assertEqual(self.names(text), ["leaf"])
        self.assertEqual(said, "profinst: warning: suggest-filter: an overhead of 0.0 % is the least that "
                               "can be reached; give a larger --max-overhead\n")

    def test_all_of_a_name_go_together(self):
        program = Program()
        program.call("init", 300_000, 1 * MS)
        program.call("init", 300_000, 1 * MS, module="/usr/lib/libb.so")
        text = self.output("suggest-filter", self.write(program.profile))
        self.assertEqual(self.names(text), ["init"])
        self.assertIn("# 600,000 calls; saves 12.0 ms", text)
        self.assertIn("leaves out 1 of 2 functions", text)

    def test_inlined_calls(self):
        program = Program()
        small = program.profile.function("small", "app.c", 9)
        program.thread.inlined(program.main, small, 10 * MS)
        text = self.output("suggest-filter", self.write(program.profile))
        self.assertEqual(self.expected(text), ("25.0 %", "0.0 %"))
        self.assertIn("# 10,000,000 calls (10,000,000 inlined); saves 20.0 ms (25.0 %), shows 0 ns of its "
                      "own\nfun:small\n", text)

    def test_the_callers_half_is_where_its_code_is(self):
        program = Program()
        small = program.thread.inlined(program.main, program.profile.function("small", "app.c", 9), 1)
        program.main.self_ticks += 1_000_000 * HALF
        program.thread.context(small, program.profile.function("leaf", "app.c", 2), 1_000_000,
                               1_000_000 * HALF)
        text = self.output("suggest-filter", self.write(program.profile))
        self.assertEqual(self.expected(text), ("20.0 %", "0.0 %"))
        self.assertEqual(self.names(text), ["leaf"])

    def test_recursion(self):
        program = Program()
        walk = program.call("walk", 1, 0)
        program.thread.cross(walk, walk, 999_999)
        walk.self_ticks += 999_999 * CALL
        text = self.output("suggest-filter", self.write(program.profile))
        self.assertEqual(self.expected(text), ("20.0 %", "0.0 %"))
        self.assertIn("# 1,000,000 calls; saves 20.0 ms", text)

    def test_no_function_has_lost_more_than_it_has(self):
        program = Program()
        tail = program.call("tail", 1_000_000, 0)
        tail.self_ticks //= 2  # its calls end in tail calls: one event each
        text = self.output("suggest-filter", self.write(program.profile))
        self.assertEqual(self.expected(text), ("15.0 %", "0.0 %"))

    def test_calls_out_of_the_build(self):
        program = Program()
        program.main.self_ticks += 1_000_000 * HALF
        program.thread.context(program.main, program.profile.external("read"), 1_000_000,
                               1_000_000 * HALF)
        program.call("leaf", 500_000, 0)
        text, said = self.suggest(self.write(program.profile))
        self.assertEqual(self.names(text), ["leaf"])
        self.assertEqual(self.expected(text), ("30.0 %", "20.0 %"))
        self.assertIn("# Of either, 20.0 % are calls out of the build, which no filter leaves out;\n"
                      "# -fplugin-arg-profinst-external=off does.\n", text)
        self.assertIn("an overhead of 20.0 % is the least", said)

    def test_threads_count_together(self):
        program = Program()
        program.call("leaf", 1_000_000, 0)
        program.profile.thread("worker", outside=100 * MS)
        text = self.output("suggest-filter", self.write(program.profile))
        self.assertEqual(self.expected(text), ("10.0 %", "0.0 %"))

    def test_runs_of_a_database(self):
        first, second = Program(), Program(key=2, run=2)
        first.call("leaf", 1_000_000, 0)
        second.call("leaf", 3_000_000, 0)
        names = self.write(first.profile), self.write(second.profile, "second.profinst")
        self.profinst("load", *names)
        for run, before in (("1", "20.0 %"), ("2", "60.0 %")):
            text = self.output("suggest-filter", "--db=profinst.db", "--run=" + run)
            self.assertEqual(self.expected(text)[0], before)
        text = self.output("suggest-filter", "--db=profinst.db")
        self.assertEqual(self.expected(text)[0], "40.0 %")
        self.assertEqual(text, self.output("suggest-filter", *names))
        self.assertEqual(text, self.output("suggest-filter", *reversed(names)))

    def test_the_cost_of_events_is_that_of_the_calls(self):
        first, second = Program(), Program(key=2, run=2)
        first.call("leaf", 1_000_000, 0)
        second.profile.event_cost = 0  # nearly no calls, and not measured
        name = self.write(first.profile)
        text = self.output("suggest-filter", name, self.write(second.profile, "second.profinst"))
        self.assertIn("on the 10.5 ns that\n", text)

    def test_names_become_patterns(self):
        program = Program()
        for name in ("operator*[?]", "a{b,c}", "back\\slash", "new\nline ", "k=skip", "\x1b[0m",
                     "long" * 2000):
            program.call(name, 1_000_000, 0)
        text, _ = self.suggest("--max-overhead=0", self.write(program.profile))
        self.assertEqual(sorted(self.names(text)),
                         sorted(["operator\\*\\[\\?\\]", "a\\{b,c\\}", "back\\\\slash", "new?line?",
                                 "k[=]skip", "?\\[0m"]))
        self.assertNotIn("\x1b", text)
        for line in text.splitlines():
            self.assertRegex(line, "^(#.*|fun:.*|)$")

    def test_percent(self):
        program = Program()
        program.call("leaf", 1_000_000, 0)
        name = self.write(program.profile)
        for text in ("20%", "20", "20.0 %", "2e1"):
            self.assertEqual(self.names(self.output("suggest-filter", "--max-overhead=" + text, name)),
                             ["leaf"])
        self.assertEqual(self.names(self.output("suggest-filter", "--max-overhead=20.1%", name)), [])
        for text in ("", "%", "x", "5%%", "5 percent", "-1", "nan", "inf"):
            self.fails(2, f"suggest-filter: --max-overhead={text} is no percentage; give a number from 0 "
                          "up, like 5%", "suggest-filter", "--max-overhead=" + text, name)

    def test_what_it_cannot_do_without(self):
        program = Program()
        program.call("leaf", 1_000_000, 0)
        program.profile.event_cost = 0
        self.fails(3, "cannot suggest a filter: it does not say what recording a call cost; record the "
                      "program again", "suggest-filter", self.write(program.profile))
        program.profile.event_cost = EVENT_COST
        program.profile.clock, program.profile.latest = 1, (1_000_000, 1_000_000)
        result = self.profinst("suggest-filter", self.write(program.profile), code=3)
        self.assertEqual(result.stdout, b"")
        self.assertTrue(result.stderr.endswith(
            "\nprofinst: cannot suggest a filter: its times are unknown; record a longer run, "
            "and not with PROFINST_TIMING=counts\n"))
        nothing = "cannot suggest a filter: no calls were recorded, so there is nothing to leave out; " \
            "record a run of the program with -fplugin=libprofinst.so"
        self.fails(3, nothing, "suggest-filter", self.write(Profile()))
        self.profinst("load", "--db=empty.db", self.write(Profile()))
        self.fails(3, nothing, "suggest-filter", "--db=empty.db")


if __name__ == "__main__":
    unittest.main()

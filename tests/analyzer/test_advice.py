"""Advice: each rule where it begins to apply and where it does not yet, the numbers that it rests on, and
what is told of it."""

import json
import re
import unittest

from profile_writer import AUTO, COUNTS, Profile
from support import HERE, Case

DOCUMENTATION = (HERE.parent.parent / "docs" / "ADVICE.md").read_text()
RULES = ("hot-small", "loop-call", "recursion", "one-caller", "long-tail", "serialization", "allocation",
         "waiting", "startup", "dominant", "unmeasured", "profiler")
SECOND = 10**9


class AdviceCase(Case):
    def begin(self, timing=None, outside=0, name="main"):
        """A profile, its first thread, and main in it."""
        self.profile = Profile()
        if timing:
            self.profile.timing = timing
        self.thread = self.profile.thread(outside=outside)
        self.main = self.thread.context(self.thread.root, self.profile.function(name, "app.c", 1))
        return self.main

    def add(self, parent, name, calls=1, ticks=0, file=None):
        """A context. Without a file the function is external."""
        function = self.profile.function(name, file, 7) if file else self.profile.external(name)
        return self.thread.context(parent, function, calls, ticks)

    def advice(self, *arguments):
        """By rule; several of one rule as a list."""
        report = self.report(*arguments, self.write(self.profile))
        found = {}
        for piece in report["advice"]:
            found.setdefault(piece["rule"], []).append(piece)
        return {rule: pieces if len(pieces) > 1 else pieces[0] for rule, pieces in found.items()}

    def numbers(self, rule):
        return self.advice()[rule]["numbers"]

    def configure(self, *lines):
        (self.folder / "profinst.ini").write_text("\n".join(("[advice]",) + lines))


class Rules(AdviceCase):
    def test_dominant(self):
        for ticks, found in ((500_000, True), (499_999, False)):
            main = self.begin()
            main.self_ticks = 1_000_000 - ticks
            self.add(main, "work", 5, ticks, "work.c")
            advice = self.advice()
            self.assertEqual("dominant" in advice, found or main.self_ticks >= 500_000)
            if not found:
                self.assertEqual(advice["dominant"]["function"], "main")
                continue
            about = [piece for piece in advice["dominant"] if piece["function"] == "work"]
            self.assertEqual(about, [{
                "rule": "dominant", "severity": "critical", "function": "work", "linkage_name": "work",
                "file": "work.c", "line": 7,
                "text": "work alone has 50.0 % of the time, without what it calls.",
                "remedy": "Begin there: nothing that is gained elsewhere can be much beside it. If some of "
                          "it may be in libraries, -fplugin-arg-profinst-external=on shows how much.",
                "numbers": {"self_ns": 500_000.0, "self_share": 0.5, "calls": 5},
                "at_stake_ns": 500_000}])

    def test_dominant_external(self):
        self.add(self.begin(), "memcpy", 5, 1000)
        piece = self.advice()["dominant"]
        self.assertEqual((piece["function"], piece["file"], piece["line"]), ("memcpy", None, None))
        self.assertTrue(piece["remedy"].startswith("Begin with those who call it (--callers=FUNCTION):"))

    def test_error_bars_count(self):
        """60 %, but it may be less than half."""
        for samples, found in ((60, False), (600, True)):
            main = self.begin(AUTO)
            self.profile.sample_ns = 1_000_000
            main.self_ticks = samples * 1_000_000
            for name, part in (("f", 60), ("g", 40)):
                self.add(main, name, 10_000_000, 0, "f.c").estimated(
                    samples=samples * part // 100, counted=True)
            report = self.report(self.write(self.profile))
            row = report["functions"][0]
            self.assertEqual(row["function"], "f")
            self.assertAlmostEqual(row["self_ns"] / report["total_ns"], 0.6, 2)
            self.assertEqual(row["self_ns"] - row["self_error_ns"] >= report["total_ns"] / 2, found)
            self.assertEqual("dominant" in self.advice(), found)

    def hot(self, calls=1_000_000, other=0, ticks=20_000_000, total=700_000_000, file="vec.c"):
        """A function called by one, and by another."""
        main = self.begin()
        loop = self.add(main, "loop", 1, total - ticks, "loop.c")
        share = ticks * calls // (calls + other)
        self.add(loop, "dot", calls, share, file)
        if other:
            self.add(main, "dot", other, ticks - share, file)
        return self.advice()

    def test_hot_small(self):
        piece = self.hot()["hot-small"]
        self.assertEqual(piece["text"], "dot takes 20 ns or less a call, and loop calls it 1,000,000 "
                                        "times.")
        self.assertEqual(piece["severity"], "medium")
        self.assertEqual(piece["numbers"], {
            "calls": 1_000_000, "share_of_calls": 1.0, "self_per_call_ns": 20.0, "cost_ns": 21_000_000.0,
            "share": 0.03})
        self.assertEqual(self.hot(other=250_000, ticks=30_000_000)["hot-small"]["numbers"]["share_of_calls"], 0.8)
        self.assertNotIn("hot-small", self.hot(calls=999_999, other=1))
        self.assertNotIn("hot-small", self.hot(total=700_000_100))
        self.assertIn("hot-small", self.hot(ticks=50_000_000))
        self.assertNotIn("hot-small", self.hot(ticks=50_000_001))
        self.assertNotIn("hot-small", self.hot(file=None))

    def test_hot_small_costs_what_is_said(self):
        self.configure("hot-small-cost = 2.5 ns")
        self.assertEqual(self.hot()["hot-small"]["numbers"]["cost_ns"], 22_500_000.0)

    def test_hot_small_is_no_recursion_and_not_inlined(self):
        main = self.begin()
        here = self.add(main, "walk", 1, 20_000_000, "tree.c")
        self.thread.cross(here, here, 2_000_000)
        self.assertNotIn("hot-small", self.advice())
        main = self.begin()
        small = self.profile.function("small", "small.c", 3)
        loop = self.profile.function("loop", "loop.c", 3)
        self.thread.context(main, self.profile.code(loop, [(small, 0)]), 1, 20_000_000, [5_000_000])
        self.assertNotIn("hot-small", self.advice())

    def loop(self, calls=100, inner=None, ticks=30_000_000, callers=1, name="write", timing=None,
             inner_calls=None):
        main = self.begin(timing)
        main.self_ticks = 1000_000_000 - ticks
        save = self.add(main, "save", callers, 0, "save.c")
        if not inner:
            self.add(save, name, calls, ticks)
        else:
            middle = self.add(save, inner, calls, 0, "row.c")
            self.add(middle, name, calls if inner_calls is None else inner_calls, ticks)
        return self.advice()

    def test_loop_call(self):
        piece = self.loop()["loop-call"]
        self.assertEqual(piece["text"], "A call of save makes 100 calls of write on average.")
        self.assertEqual((piece["function"], piece["file"], piece["severity"]), ("save", "save.c", "medium"))
        self.assertEqual(piece["numbers"], {"calls_per_call": 100.0, "calls": 100,
                                            "cumulative_ns": 30_000_000.0, "share": 0.03})
        self.assertTrue(piece["remedy"].startswith("Move more with each call"))
        self.assertNotIn("loop-call", self.loop(calls=99))
        self.assertNotIn("loop-call", self.loop(calls=199, callers=2))
        self.assertIn("loop-call", self.loop(calls=200, callers=2))
        self.assertNotIn("loop-call", self.loop(ticks=29_999_999))
        self.assertNotIn("loop-call", self.loop(name="memcpy"))

    def test_loop_call_of_each_kind(self):
        for name, remedy in (("fsync", "Move more with each"), ("nanosleep", "Wait once"),
                             ("pthread_mutex_lock", "Take the lock once"), ("malloc", "Allocate once"),
                             ("_Znwm", "Allocate once"), ("_ZdlPvm", "Allocate once"),
                             ("sqlite3_prepare_v2", "Let one statement")):
            with self.subTest(name):
                self.assertTrue(self.loop(name=name)["loop-call"]["remedy"].startswith(remedy))
        self.assertNotIn("loop-call", self.loop(name="_Zn"))
        self.assertNotIn("loop-call", self.loop(name="mallocs"))
        self.assertNotIn("loop-call", self.loop(name="sqlite3_step"))

    def test_loop_call_one_level_below(self):
        piece = self.loop(inner="put")["loop-call"]
        self.assertEqual(piece["text"],
                         "A call of save makes 100 calls of put on average, which call write.")
        self.assertEqual(piece["numbers"]["cumulative_ns"], 30_000_000.0)
        self.assertIn("loop-call", self.loop(inner="put", name="sqlite3_step"))
        self.assertNotIn("loop-call", self.loop(inner="put", inner_calls=99))
        piece = self.loop(inner="put", inner_calls=9_999)["loop-call"]
        self.assertEqual(piece["function"], "save")
        piece = self.loop(inner="put", inner_calls=10_000)["loop-call"]  # the inner one is the loop
        self.assertEqual(piece["function"], "put")

    def test_loop_call_counts_only_what_is_sure(self):
        """What another caller of the one in between may have caused is not counted."""
        for other, found in ((0, True), (1, True), (2, False)):
            main = self.begin()
            main.self_ticks = 1000_000_000 - 30_000_001 - other
            save = self.add(main, "save", 1, 0, "save.c")
            middle = self.add(save, "put", 100, 0, "row.c")
            self.add(middle, "write", 101, 30_000_001)
            self.add(main, "put", 1, other, "row.c")
            self.assertEqual("loop-call" in self.advice(), found, other)

    def test_loop_call_without_times(self):
        main = self.begin(COUNTS)
        self.add(main, "save", 999, 0, "save.c")
        self.add(main, "malloc", 300)
        self.add(main, "other", 10_000 - 1300, 0, "save.c")
        piece = self.advice()["loop-call"]
        self.assertEqual((piece["severity"], piece["at_stake_ns"]), (None, None))
        self.assertEqual(piece["numbers"], {"calls_per_call": 300.0, "calls": 300, "share": 0.03})
        self.add(main, "more", 1, 0, "save.c")
        self.assertEqual(self.advice(), {})

    def test_worst_loop_of_each_caller(self):
        main = self.begin()
        self.add(main, "read", 500, 400)
        self.add(main, "write", 500, 401)
        self.add(self.add(main, "build", 1, 0, "b.c"), "free", 1000, 100)
        pieces = self.advice()["loop-call"]
        self.assertEqual([piece["text"] for piece in pieces],
                         ["A call of main makes 500 calls of write on average.",
                          "A call of build makes 1,000 calls of free on average."])

    def recursion(self, recursive=1000, outer=1, ticks=250_000, timing=None):
        main = self.begin(timing)
        main.self_ticks = 0 if timing else 1_000_000 - ticks
        here = self.add(main, "fib", outer, ticks, "fib.c")
        self.thread.cross(here, here, recursive)
        return self.advice()

    def test_recursion(self):
        piece = self.recursion(2_400_000, 2000)["recursion"]
        self.assertEqual(piece["text"],
                         "A call of fib from outside leads to 1,200 calls of itself on average.")
        self.assertEqual(piece["numbers"], {
            "outer_calls": 2000, "recursive_calls": 2_400_000, "calls_per_call": 1200.0,
            "cumulative_ns": 250_000.0, "share": 0.25})
        self.assertEqual(piece["severity"], "critical")
        self.assertIn("recursion", self.recursion())
        self.assertNotIn("recursion", self.recursion(999))
        self.assertNotIn("recursion", self.recursion(1999, 2))
        self.assertNotIn("recursion", self.recursion(ticks=249_999))

    def test_recursion_by_way_of_another_is_an_interpreter(self):
        main = self.begin()
        execute = self.add(main, "execute", 1, 500_000, "vm.c")
        call = self.add(execute, "call", 1_000_000, 500_000, "vm.c")
        self.thread.cross(call, execute, 1_000_000)
        self.assertNotIn("recursion", self.advice())

    def test_recursion_without_times(self):
        self.assertEqual(self.recursion(ticks=0, timing=COUNTS)["recursion"]["numbers"], {
            "outer_calls": 1, "recursive_calls": 1000, "calls_per_call": 1000.0, "share": 1001 / 1002})

    def callers(self, few=50, many=50, slow=80_000, quick=20_000, total=400_000):
        main = self.begin()
        main.self_ticks = total - slow - quick
        self.add(self.add(main, "body", few, 0, "a.c"), "sum", few, slow, "sum.c")
        self.add(self.add(main, "head", many, 0, "a.c"), "sum", many, quick, "sum.c")
        return self.advice()

    def test_one_caller(self):
        piece = self.callers()["one-caller"]
        self.assertEqual(piece["text"], "sum spends 80.0 % of its time in 50 of its 100 calls, those that body "
                                        "makes: 1.60 µs each, elsewhere 400 ns.")
        self.assertEqual((piece["function"], piece["severity"]), ("sum", "high"))
        self.assertEqual(piece["numbers"], {
            "cumulative_ns": 80_000.0, "share": 0.2, "calls": 50, "other_calls": 50,
            "average_ns": 1600.0, "other_average_ns": 400.0})
        self.assertNotIn("one-caller", self.callers(few=51))
        self.assertNotIn("one-caller", self.callers(slow=79_999, quick=20_001))
        self.assertNotIn("one-caller", self.callers(total=400_001))
        self.assertIn("one-caller", self.callers(few=10))
        self.assertNotIn("one-caller", self.callers(few=9))

    def test_one_caller_is_told_where_it_begins(self):
        main = self.begin()
        for name, calls, ticks in (("body", 50, 90_000), ("head", 950, 5000)):
            copy = self.add(self.add(main, name, calls, 0, "a.c"), "copy", calls, 0, "copy.c")
            self.add(copy, "sum", calls, ticks, "sum.c")
        self.add(self.add(main, "foot", 500, 0, "a.c"), "sum", 500, 100, "sum.c")
        self.assertEqual(self.advice()["one-caller"]["function"], "copy")

    def test_one_caller_of_recursive_functions(self):
        """Most of the calls are recursive: they have no time of their own."""
        main = self.begin()
        main.self_ticks = 100_000
        walk = self.add(self.add(main, "body", 50, 0, "a.c"), "walk", 50, 80_000, "walk.c")
        step = self.add(walk, "step", 1000, 0, "walk.c")
        self.thread.cross(step, walk, 1000)
        self.assertNotIn("one-caller", self.advice())

    def tail(self, measured=1000, slow=9, quick_ticks=100, slow_ticks=1024, ticks=1_000_000,
             total=None, recursive=0):
        main = self.begin()
        function = self.profile.function("look_up", "map.c", 7)
        here = self.thread.context(main, function, measured, ticks)
        main.self_ticks = 0 if total is None else total - ticks
        if recursive:
            self.thread.cross(here, here, recursive)
        self.thread.durations(function, [quick_ticks] * (measured - slow) + [slow_ticks] * slow)
        return self.advice()

    def test_long_tail(self):
        piece = self.tail(measured=2000, slow=25, slow_ticks=10_000)["long-tail"]
        self.assertEqual((piece["function"], piece["severity"]), ("look_up", "high"))
        self.assertEqual(piece["text"], "Most calls of look_up are quick, but one in a hundred takes 10.0 µs "
                                        "or more, and half of them 100 ns or less.")
        self.assertEqual(piece["numbers"], {"p50_ns": 100.0, "p99_ns": 10_000.0, "measured_calls": 2000,
                                            "tail_ns": 198_000.0, "share": 0.198})
        enough = {"measured": 1000, "slow": 20, "slow_ticks": 10_000, "ticks": 1_000_000}
        self.assertIn("long-tail", self.tail(**enough))
        self.assertNotIn("long-tail", self.tail(**enough | {"measured": 999}))
        self.assertNotIn("long-tail", self.tail(**enough | {"slow": 5}))
        self.assertNotIn("long-tail", self.tail(**enough | {"recursive": 1}))
        self.assertIn("long-tail", self.tail(**enough, total=1_980_000))  # 99 µs of it: 5 %
        self.assertNotIn("long-tail", self.tail(**enough, total=1_980_001))
        self.configure("long-tail-ratio = 100")
        self.assertIn("long-tail", self.tail(**enough))
        self.configure("long-tail-ratio = 100.1")
        self.assertNotIn("long-tail", self.tail(**enough))

    def test_long_tail_of_those_below(self):
        """A function whose own time is short has the tail of what it calls."""
        main = self.begin()
        outer = self.profile.function("outer", "a.c", 7)
        inner = self.profile.function("inner", "a.c", 9)
        context = self.thread.context(main, outer, 1000, 1000)
        self.thread.context(context, inner, 1000, 300_000)
        for function in (outer, inner):
            self.thread.durations(function, [100] * 980 + [10_000] * 20)
        self.assertEqual(self.advice()["long-tail"]["function"], "inner")

    def kind(self, names, ticks, total=1000):
        main = self.begin()
        main.self_ticks = total - ticks * len(names)
        for name in names:
            self.add(main, name, 1, ticks)
        return self.advice()

    def test_allocation(self):
        piece = self.kind(("malloc", "_ZdlPvm"), 75)["allocation"]
        self.assertEqual(piece["text"], "Allocating and freeing memory takes at least 15.0 % of the time: "
                                        "malloc 7.5 %, operator delete(void*, unsigned long) 7.5 %.")
        self.assertEqual(piece["numbers"], {"functions": 2, "time_ns": 150.0, "share": 0.15})
        self.assertNotIn("allocation", self.kind(("malloc", "free"), 74))
        for name in ("json_malloc", "my_free", "_ZN4pool8allocateEm", "poolRealloc", "xcalloc_or_die"):
            self.assertEqual("allocation" in self.kind((name,), 150), name != "xcalloc_or_die", name)
        for name in ("free_space", "mallocs", "memcpy"):
            self.assertNotIn("allocation", self.kind((name,), 150), name)

    def test_waiting(self):
        piece = self.kind(("read", "poll", "pthread_mutex_lock"), 100)["waiting"]
        self.assertEqual(piece["text"], "Input, output and waiting take at least 30.0 % of the time: "
                                        "read 10.0 %, poll 10.0 %, pthread_mutex_lock 10.0 %.")
        self.assertEqual(piece["numbers"], {"functions": 3, "time_ns": 300.0, "share": 0.3})
        self.assertNotIn("waiting", self.kind(("read", "poll", "sleep"), 99))
        piece = self.kind(("read", "poll", "sleep", "write", "recv"), 100)["waiting"]
        self.assertTrue(piece["text"].endswith("read 10.0 %, poll 10.0 %, sleep 10.0 % and 2 others."))

    def test_serialization(self):
        def advice(rest):
            main = self.begin()
            main.self_ticks = rest
            encode = self.add(main, "to_json", 1, 50, "json.c")
            self.add(encode, "escape", 1, 70, "json.c")
            self.add(encode, "snprintf", 1, 60)  # below to_json: once
            self.add(main, "snprintf", 1, 20)
            return self.advice()

        piece = advice(800)["serialization"]
        self.assertEqual(piece["text"], "Turning data into text or bytes, or back, takes at least 20.0 % of "
                                        "the time: to_json 18.0 %, snprintf 2.0 %.")
        self.assertEqual(piece["numbers"], {"functions": 2, "time_ns": 200.0, "share": 0.2})
        self.assertNotIn("serialization", advice(801))

    def test_serialization_that_leads_to_all_the_rest(self):
        """In an interpreter a format may call anything: only what is sure counts."""
        main = self.begin()
        main.self_ticks = 600
        execute = self.add(main, "execute", 1, 100, "vm.c")
        shape = self.add(execute, "format", 100, 200, "vm.c")
        self.thread.cross(shape, execute, 5)
        self.add(execute, "dump", 100, 100, "vm.c")
        self.assertEqual(self.advice()["serialization"]["numbers"],
                         {"functions": 1, "time_ns": 200.0, "share": 0.2})

    def test_names_of_serialization(self):
        for name, found in (
                ("snprintf", True), ("__snprintf_chk", True), ("sqlite3_snprintf", True), ("_ZN3fmt10vformat_toEv", True),
                ("_ZN4json5Value5parseEv", True), ("_ZN4json5Value4sizeEv", False), ("parse", False),
                ("parseJSON", True), ("XMLRead", True), ("readXML", True), ("base64_encode", True),
                ("ZSTD_decodeSeqHeaders", False), ("encode", False), ("toString", True), ("to_string", True),
                ("to_strings", False), ("format_time", True), ("get_pixel_format", False),
                ("json_dumps", True), ("dump", True), ("serializeRow", True), ("Deserialiser", True),
                ("unmarshal", True), ("strftime", True), ("information", False), ("printer", False),
                ("_ZN4load8documentIN4json5ValueEE4readEv", False), ("jsonify", False)):
            with self.subTest(name):
                main = self.begin()
                self.add(main, name, 1, 1000, "f.c")
                self.assertEqual("serialization" in self.advice(), found)

    def startup(self, before=100, total=1000, name="main", at_exit=0):
        self.profile = Profile()
        self.thread = self.profile.thread(outside=0)
        root = self.thread.root
        self.add(root, "_ZN5TableC2Ev", 1, before // 4, "table.cc")
        other = self.add(root, "_ZN5CacheC2Ev", 1, before // 4, "cache.cc")
        self.add(other, "fill", 1, before - 2 * (before // 4), "cache.cc")
        self.add(root, name, 1, total - before - at_exit, "app.c")
        self.add(root, "_ZN5TableD2Ev", 1, at_exit, "table.cc")
        return self.advice()

    def test_startup(self):
        piece = self.startup()["startup"]
        self.assertEqual(piece["text"],
                         "10.0 % of the time passes before main begins, most in Cache::Cache().")
        self.assertEqual((piece["function"], piece["severity"]), ("Cache::Cache()", "high"))
        self.assertEqual(piece["numbers"], {"functions": 2, "time_ns": 100.0, "largest_ns": 75.0,
                                            "share": 0.1})
        self.assertNotIn("startup", self.startup(before=99))
        self.assertNotIn("startup", self.startup(before=0, at_exit=900))
        self.assertNotIn("startup", self.startup(name="start"))

    def test_startup_of_other_threads_is_none(self):
        self.startup(before=0)
        self.thread = self.profile.thread("worker")
        self.add(self.thread.root, "run", 1, 5000, "app.c")
        self.assertNotIn("startup", self.advice())

    def test_startup_in_a_database(self):
        self.startup()
        profile = self.write(self.profile)
        other = Profile(key=2, run=2)
        main = other.thread().context
        main(other.thread_list[0].root, other.function("main", "app.c", 7), 1, 9000)
        self.output("load", "--db=both.db", profile, self.write(other, "other.profinst"))
        for arguments, found in ((["--db=both.db", "--run=1"], True), (["--db=both.db"], False),
                                 ([profile, "other.profinst"], False), ([profile], True),
                                 ([profile, "--contexts"], True)):
            rules = [piece["rule"] for piece in self.report(*arguments)["advice"]]
            self.assertEqual("startup" in rules, found, arguments)

    def test_unmeasured(self):
        for outside, found in ((500, True), (499, False)):
            self.begin(outside=outside)
            self.main.self_ticks = 1000 - outside
            advice = self.advice()
            self.assertEqual("unmeasured" in advice, found)
        self.begin(outside=800).self_ticks = 200
        piece = self.advice()["unmeasured"]
        self.assertEqual(piece["text"], "80.0 % of the threads' time is in no function that was measured.")
        self.assertEqual((piece["function"], piece["linkage_name"], piece["at_stake_ns"]), (None, None, 800))
        self.assertEqual(piece["numbers"], {"outside_ns": 800.0, "share": 0.8})

    def test_profiler(self):
        for inside, found in ((150, True), (149, False)):  # of two calls
            main = self.begin()
            main.self_ticks = 600
            self.add(main, "f", 1, 400, "f.c")
            self.profile.timed = (inside, 0)
            report = self.report(self.write(self.profile))
            advice = self.advice()
            self.assertEqual(report["profiler_ns"] >= 0.3 * 1000, found, report["profiler_ns"])
            self.assertEqual("profiler" in advice, found)

    def test_less_time_than_errors(self):
        """Nearly all of it is the profiler's: no share means anything."""
        main = self.begin(AUTO)
        self.profile.sample_ns = 1_000_000
        main.self_ticks = 100_000_000
        self.add(main, "f", 1_000_000_000, 0, "f.c").estimated(samples=100, hook_samples=99, counted=True)
        self.assertEqual([*self.advice()], ["profiler"])


class Output(AdviceCase):
    def both(self):
        main = self.begin()
        main.self_ticks = 400
        self.add(main, "write", 200, 600)
        return self.write(self.profile)

    def test_order_and_limits(self):
        name = self.both()
        rules = [piece["rule"] for piece in self.report(name)["advice"]]
        self.assertEqual(rules, ["loop-call", "waiting", "dominant"])  # the same is at stake
        self.assertEqual([piece["rule"] for piece in self.report("--advice=1", name)["advice"]], rules[:1])
        self.assertNotIn("advice", self.report("--no-advice", name))
        text = self.output("report", name)
        self.assertEqual(re.findall(r"^\d\. (\S+), critical", text, re.M), rules)
        text = self.output("report", "--advice=2", name)
        self.assertTrue(text.endswith("\n\n1 more piece of advice; --advice=0 shows all\n"), text)
        self.assertNotIn("Advice", self.output("report", "--no-advice", name))
        markdown = self.output("report", "--format=markdown", "--advice=1", name)
        self.assertIn("\n### Advice\n\n1. **loop-call**, critical, app.c:1: A call of main makes 200 calls of "
                      "write on average. ", markdown)
        self.assertTrue(markdown.endswith("\n2 more pieces of advice; --advice=0 shows all\n"), markdown)
        self.assertNotIn("advice", self.output("report", "--format=csv", name))
        self.fails(2, "report: --advice=few is no whole number from 0 up; give one", "report",
                   "--advice=few", name)

    def test_no_advice(self):
        main = self.begin()
        for name in ("a", "b", "c"):
            self.add(main, name, 5, 100, "f.c")
        name = self.write(self.profile)
        self.assertEqual(self.report(name)["advice"], [])
        for report_format in ("table", "markdown"):
            self.assertNotIn("dvice", self.output("report", f"--format={report_format}", name))

    def test_filtered(self):
        name = self.both()
        self.assertEqual([piece["function"] for piece in self.report("--function=main", name)["advice"]],
                         ["main"])
        self.begin(outside=900).self_ticks = 100
        name = self.write(self.profile)
        self.assertEqual(len(self.report(name)["advice"]), 1)
        self.assertEqual(self.report("--function=main", name)["advice"], [])

    def test_several_programs(self):
        name = self.both()
        other = Profile(program="/opt/app/bin/other", key=2)
        other.thread(outside=900).context(other.thread_list[0].root, other.function("main"), 1, 100)
        reports = self.report(name, self.write(other, "other.profinst"))
        self.assertEqual([[piece["rule"] for piece in report["advice"]] for report in reports],
                         [["loop-call", "waiting", "dominant"], ["unmeasured"]])

    def test_several_processes(self):
        """Edges of both are one: 60 calls in each are 120, of two calls of the caller."""
        names = []
        for key in (1, 2):
            main = self.begin()
            self.profile.profile_id = bytes([key]) * 16
            self.add(self.add(main, "save", key, 0, "save.c"), "write", 120, 600)
            names.append(self.write(self.profile, f"{key}.profinst"))
        pieces = [piece for name in names for piece in self.report(name)["advice"]
                  if piece["rule"] == "loop-call"]
        self.assertEqual([piece["numbers"]["calls"] for piece in pieces], [120])
        self.assertNotIn("loop-call", [piece["rule"] for piece in self.report(*names)["advice"]])
        self.configure("loop-call-calls = 80")
        pieces = [piece for piece in self.report(*names)["advice"] if piece["rule"] == "loop-call"]
        self.assertEqual([piece["numbers"]["calls_per_call"] for piece in pieces], [80.0])
        self.assertEqual(pieces[0]["numbers"]["cumulative_ns"], 1200.0)

    def test_hostile_names(self):
        for hostile in ("\x1b[31mred", "</script><img onerror=x>", "\u202egnirts", "`a|b` *c*", "x" * 4000):
            with self.subTest(hostile):
                main = self.begin()
                function = self.profile.function(hostile, hostile[:1000] + ".c", 7)
                self.thread.context(main, function, 5, 1000)
                name = self.write(self.profile)
                piece = self.report(name)["advice"][0]
                self.assertEqual(piece["function"], hostile)
                self.assertLess(len(piece["text"]), 300)
                for report_format in ("table", "markdown", "json"):
                    text = self.output("report", f"--format={report_format}", name)
                    self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\u202e]")
                markdown = self.output("report", "--format=markdown", name)
                line = next(line for line in markdown.splitlines() if line.startswith("1. **"))
                self.assertNotRegex(line, r"(?<!\\)[<>`|]")

    def test_hostile_numbers(self):
        """A database may hold anything; sums of it overflow nothing."""
        self.both()
        self.output("load", "--db=bad.db", "app.profinst")
        connection = self.database("bad.db")
        for value in (2**62, -2**62, -1, 0):
            connection.execute("UPDATE function_total SET calls = ?1, self_ns = ?1, cumulative_ns = ?1,"
                               " recursive_calls = ?1, inlined_calls = ?1 WHERE function_id = 1", (value,))
            connection.execute("UPDATE edge_total SET calls = ?1, cumulative_ns = ?1, inlined_calls = ?1",
                               (value,))
            connection.execute("UPDATE thread_total SET outside_ns = ?1", (value,))
            connection.commit()
            self.report("--db=bad.db")
            self.output("report", "--db=bad.db")
        connection.execute("UPDATE edge_total SET caller_id = 77, callee_id = -5")
        connection.commit()
        self.report("--db=bad.db")


class Explain(AdviceCase):
    def explained(self, rule, *arguments):
        return self.output("report", f"--explain={rule}", *arguments)

    def test_switches(self):
        name = Output.both(self)
        for rule in ("loop-call", "waiting", "dominant"):
            self.configure(f"{rule} = off")
            self.assertEqual({piece["rule"] for piece in self.report(name)["advice"]},
                             {"loop-call", "waiting", "dominant"} - {rule})

    def test_unknown(self):
        result = self.profinst("report", "--explain=loopcall", code=2)
        self.assertTrue(result.stderr.startswith(
            "profinst: report: --explain=loopcall: there is no such rule; the nearest first, there are "
            "loop-call, "), result.stderr)
        for rule in RULES:
            self.assertIn(rule, result.stderr)
        self.assertEqual(result.stdout, b"")

    def test_no_profile_is_needed_and_the_configuration_is_told(self):
        self.assertIn("\n      dominant-share = 50 % ", self.explained("dominant"))
        self.configure("dominant-share = 12.5 %", "dominant = off", "hot-small-self = 1500 ns",
                       "long-tail-ratio = 2.5")
        self.assertIn("\n      dominant-share = 12.5 % ", self.explained("dominant"))
        self.assertIn("\n      dominant = off ", self.explained("dominant"))
        self.assertIn("\n      hot-small-self = 1.5 µs ", self.explained("hot-small"))
        self.assertIn("\n      long-tail-ratio = 2.5 ", self.explained("long-tail"))
        self.explained("dominant", "-o", "explained.txt")
        self.assertIn("dominant", (self.folder / "explained.txt").read_text())

    def test_what_is_told_can_be_written(self):
        """The thresholds of --explain are a configuration."""
        for rule in RULES:
            settings = re.findall(r"^      (.*)", self.explained(rule), re.M)
            self.configure(*settings)
            self.assertEqual(re.findall(r"^      (.*)", self.explained(rule), re.M), settings)

    def test_documentation(self):
        """docs/ADVICE.md has a section for each rule, with the same words and thresholds."""
        sections = re.split(r"^### ", DOCUMENTATION, flags=re.M)[1:]
        self.assertEqual([section.split("`")[1] for section in sections], list(RULES))
        for rule, section in zip(RULES, sections):
            text = self.explained(rule)
            title = re.match(rf"{rule}: (.*)\n", text).group(1)
            words = " ".join(section.replace("`", "").replace("**", "").split())
            self.assertTrue(words.startswith(f"{rule}: {title} "), words[:200])
            for label, paragraph in re.findall(r"^   (What is found|Names|What to do): (.*?)\n\n", text,
                                               re.M | re.S):
                self.assertIn(f"{label}: {' '.join(paragraph.split())}", words)
            for setting, meaning in re.findall(r"^      (.*?) *; (.*)$", text, re.M):
                self.assertIn(f"{setting} ; {meaning}", words)

    def test_documented_configuration(self):
        """The file that the documentation shows has all keys, and their standard values."""
        shown = re.search(r"```ini\n(.*?)```", DOCUMENTATION, re.S).group(1)
        name = Output.both(self)
        plain = self.report(name)
        (self.folder / "shown.ini").write_text(shown)
        self.assertEqual(self.report("--config=shown.ini", name), plain)
        keys = re.findall(r"^([a-z0-9-]+) = ", shown, re.M)
        for rule in RULES:
            for setting in re.findall(r"^      (\S+ = .*?) *;", self.explained(rule), re.M):
                self.assertRegex(shown, rf"(?m)^{re.escape(setting)}( |$)")
                keys.remove(setting.split()[0])
        self.assertEqual(len(keys), 13)  # those of [severity]


if __name__ == "__main__":
    unittest.main()

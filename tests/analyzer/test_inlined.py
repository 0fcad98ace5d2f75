"""What the numbers of inlined calls, of several codes of a function and of external functions mean."""

import unittest

from profile_writer import OFF, TSC, Profile
from support import Case


class Inlined(Case):
    def read(self, profile):
        """Loads it; nothing of the thread's time may be missing or twice."""
        data = self.report("--edges", "--contexts", self.write(profile))
        self.assertEqual(sum(row["self_ns"] for row in data["functions"]) + data["outside_ns"],
                         data["total_ns"])
        self.assertEqual(sum(row["self_ns"] for row in data["contexts"]) + data["outside_ns"],
                         data["total_ns"])
        self.functions = {row["function"]: tuple(row[key] for key in (
            "calls", "inlined_calls", "recursive_calls", "self_ns", "cumulative_ns", "average_ns"))
            for row in data["functions"]}
        self.edges = {(row["caller"], row["callee"]): tuple(row[key] for key in (
            "calls", "inlined_calls", "recursive_calls", "cumulative_ns", "average_ns"))
            for row in data["edges"]}
        self.contexts = sorted((" > ".join(row["path"]), row["calls"], row["inlined_calls"],
                                row["self_ns"], row["cumulative_ns"]) for row in data["contexts"])
        self.assertEqual(sum(row["calls"] for row in data["functions"]), data["processes"][0]["calls"])
        self.assertEqual(sum(row["inlined_calls"] for row in data["functions"]),
                         data["processes"][0]["inlined_calls"])
        return data

    def begin(self, *names):
        self.profile = Profile()
        self.thread = self.profile.thread(outside=5)
        return [self.profile.function(name) for name in names]

    def test_chain(self):
        """Each call is its caller's, also where the caller is inlined itself."""
        main, f, g = self.begin("main", "f", "g")
        code = self.profile.code(main, [(f, 0), (g, 1), (g, 0), (f, 3)])
        self.thread.context(self.thread.root, code, 2, 100, [20, 3, 4, 0])
        self.read(self.profile)
        self.assertEqual(self.functions, {"main": (2, 0, 0, 100, 100, 50),
                                          "f": (20, 20, 0, 0, 0, None), "g": (7, 7, 0, 0, 0, None)})
        self.assertEqual(self.edges, {("main", "f"): (20, 20, 0, 0, None),
                                      ("f", "g"): (3, 3, 0, 0, None),
                                      ("main", "g"): (4, 4, 0, 0, None)})
        self.assertEqual(self.contexts, [("main", 2, 0, 100, 100), ("main > f", 20, 20, 0, 0),
                                         ("main > f > g", 3, 3, 0, 0), ("main > g", 4, 4, 0, 0)])

    def test_loop_that_has_not_ended(self):
        """Its count is less than nothing until then."""
        main, f = self.begin("main", "f")
        code = self.profile.code(f, [(f, 0)])
        context = self.thread.context(self.thread.root, self.profile.code(main, []), 1, 10, [])
        self.thread.context(context, code, 2, 7, [(1 << 64) - 1])
        self.read(self.profile)
        self.assertEqual(self.contexts, [("main", 1, 0, 10, 17), ("main > f", 2, 0, 7, 7)])

    def test_frame_that_was_never_reached_around_one_that_was(self):
        main, f, g = self.begin("main", "f", "g")
        code = self.profile.code(main, [(f, 0), (g, 1)])
        self.thread.context(self.thread.root, code, 1, 10, [0, 3])
        self.read(self.profile)
        self.assertEqual(self.contexts, [("main", 1, 0, 10, 10), ("main > f > g", 3, 3, 0, 0)])
        self.assertEqual(self.edges, {("f", "g"): (3, 3, 0, 0, None)})

    def test_what_inlined_code_calls_hangs_below_it(self):
        """Record and frame are one context, whichever is read first."""
        for order in "frames first", "record first":
            main, f, g = self.begin("main", "f", "g")
            thread = self.thread
            code = self.profile.code(main, [(f, 0)])
            if order == "frames first":
                place = thread.context(thread.root, code, 1, 100, [7])
                inlined = thread.inlined(place, f)
            else:
                place = thread.context(thread.root, main, 1, 100)
                inlined = thread.inlined(place, f)
                thread.cross(thread.root, place, 0, code, [7])
            thread.context(inlined, g, 4, 40)
            self.read(self.profile)
            with self.subTest(order):
                self.assertEqual(self.functions, {"main": (1, 0, 0, 100, 140, 140),
                                                  "f": (7, 7, 0, 0, 40, None),
                                                  "g": (4, 0, 0, 40, 40, 10)})
                self.assertEqual(self.edges, {("main", "f"): (7, 7, 0, 40, None),
                                              ("f", "g"): (4, 0, 0, 40, 10)})
                self.assertEqual(self.contexts, [("main", 1, 0, 100, 140), ("main > f", 7, 7, 0, 40),
                                                 ("main > f > g", 4, 0, 40, 40)])

    def test_inlined_and_not_from_one_place(self):
        """Two contexts; the average is of the calls that have a time."""
        main, f, g = self.begin("main", "f", "g")
        thread = self.thread
        place = thread.context(thread.root, self.profile.code(main, [(f, 0)]), 1, 100, [10])
        thread.context(thread.inlined(place, f, 1), g, 1, 1_000)
        thread.context(place, f, 5, 60)
        self.read(self.profile)
        self.assertEqual(self.functions["f"], (16, 11, 0, 60, 1_060, 12))
        self.assertEqual(self.edges["main", "f"], (16, 11, 0, 1_060, 12))
        self.assertEqual(self.contexts, [("main", 1, 0, 100, 1_160), ("main > f", 5, 0, 60, 60),
                                         ("main > f", 11, 11, 0, 1_000),
                                         ("main > f > g", 1, 0, 1_000, 1_000)])

    def test_frames_of_cross_records_are_below_the_target(self):
        main, f, g = self.begin("main", "f", "g")
        thread = self.thread
        code = self.profile.code(f, [(g, 0)])
        place = thread.context(thread.context(thread.root, main, 1, 1), code, 1, 50, [3])
        thread.cross(place, place, 9, code, [200])
        self.read(self.profile)
        self.assertEqual(self.functions, {"main": (1, 0, 0, 1, 51, 51), "f": (10, 0, 9, 50, 50, 5),
                                          "g": (203, 203, 0, 0, 0, None)})
        self.assertEqual(self.contexts, [("main", 1, 0, 1, 51), ("main > f", 10, 0, 50, 50),
                                         ("main > f > g", 203, 203, 0, 0)])
        self.assertEqual(self.edges["f", "g"], (203, 203, 0, 0, None))

    def test_recursion_by_way_of_inlined_code(self):
        """f -> g, inlined -> f: the call comes from g, to the f that is running."""
        f, g = self.begin("f", "g")
        place = self.thread.context(self.thread.root, f, 1, 50)
        self.thread.cross(self.thread.inlined(place, g, 6), place, 6)
        self.read(self.profile)
        self.assertEqual(self.functions, {"f": (7, 0, 6, 50, 50, 7), "g": (6, 6, 0, 0, 0, None)})
        self.assertEqual(self.edges, {("f", "g"): (6, 6, 0, 0, None), ("g", "f"): (6, 0, 6, 0, 0)})

    def test_inlined_into_a_call_of_itself(self):
        """f -> g, inlined -> f, inlined -> h: the time of h is in f's cumulative time once."""
        main, f, g, h = self.begin("main", "f", "g", "h")
        thread = self.thread
        place = thread.context(thread.context(thread.root, main, 1, 1), f, 2, 50)
        inner = thread.inlined(thread.inlined(place, g, 4), f, 3)
        thread.context(inner, h, 8, 800)
        self.read(self.profile)
        self.assertEqual(self.functions, {
            "main": (1, 0, 0, 1, 851, 851), "f": (5, 3, 3, 50, 850, 425),
            "g": (4, 4, 0, 0, 800, None), "h": (8, 0, 0, 800, 800, 100)})
        self.assertEqual(self.edges, {
            ("main", "f"): (2, 0, 0, 850, 425), ("f", "g"): (4, 4, 0, 800, None),
            ("g", "f"): (3, 3, 3, 0, None), ("f", "h"): (8, 0, 0, 800, 100)})

    def test_called_below_an_inlined_call_of_itself(self):
        """main -> f, inlined -> g -> f: the inner one has the time, and it counts once."""
        main, f, g = self.begin("main", "f", "g")
        thread = self.thread
        outer = thread.inlined(thread.context(thread.root, main, 1, 1), f, 2)
        inner = thread.context(thread.context(outer, g, 2, 10), f, 6, 300)
        thread.cross(inner, inner, 4)
        self.read(self.profile)
        self.assertEqual(self.functions, {"main": (1, 0, 0, 1, 311, 311), "f": (12, 2, 10, 300, 310, 30),
                                          "g": (2, 0, 0, 10, 310, 155)})
        self.assertEqual(self.edges, {
            ("main", "f"): (2, 2, 0, 310, None), ("f", "g"): (2, 0, 0, 310, 155),
            ("g", "f"): (6, 0, 6, 0, 50), ("f", "f"): (4, 0, 4, 0, 0)})

    def test_several_codes_of_a_function(self):
        """From one caller they are one context; recursion keeps its own count."""
        main, f, g, h = self.begin("main", "f", "g", "h")
        thread = self.thread
        first, second = self.profile.code(f, [(g, 0)]), self.profile.code(f, [(h, 0), (g, 1)])
        place = thread.context(thread.root, main, 1, 10)
        target = thread.context(place, first, 2, 60, [20])
        thread.cross(place, target, 4, second, [1, 7])
        thread.cross(target, target, 3, second, [2, 0])
        self.read(self.profile)
        self.assertEqual(self.functions, {
            "main": (1, 0, 0, 10, 70, 70), "f": (9, 0, 3, 60, 60, 6),
            "g": (27, 27, 0, 0, 0, None), "h": (3, 3, 0, 0, 0, None)})
        self.assertEqual(self.edges, {
            ("main", "f"): (6, 0, 0, 60, 10), ("f", "f"): (3, 0, 3, 0, 0),
            ("f", "g"): (20, 20, 0, 0, None), ("f", "h"): (3, 3, 0, 0, None),
            ("h", "g"): (7, 7, 0, 0, None)})

    def test_folded(self):
        main, f, g = self.begin("main", "f", "g")
        thread = self.thread
        thread.context(thread.root, main, 1, 100)
        folded = thread.fold()
        in_main = thread.context(folded, self.profile.code(main, [(g, 0)]), 0, 30, [50])
        in_f = thread.context(folded, f, 0, 6)
        thread.cross(thread.inlined(in_main, g), in_f, 2)
        thread.cross(folded, in_f, 1, self.profile.code(f, [(main, 0)]), [9])
        data = self.read(self.profile)
        self.assertEqual(self.contexts, [
            ("(folded) > f", 3, 0, 6, 6), ("(folded) > f > main", 9, 9, 0, 0),
            ("(folded) > main", 0, 0, 30, 30), ("(folded) > main > g", 50, 50, 0, 0),
            ("main", 1, 0, 100, 100)])
        self.assertEqual(self.edges, {("main", "g"): (50, 50, 0, 0, None), ("g", "f"): (2, 0, 0, 0, 0),
                                      ("f", "main"): (9, 9, 0, 0, None)})
        self.assertEqual((data["processes"][0]["folded_calls"], data["processes"][0]["folded_ns"]),
                         (62, 36))

    def test_inlined_into_a_function_without_hooks(self):
        """Counted below who called that one, or the start of the thread."""
        f, g = self.begin("f", "g")
        thread = self.thread
        thread.inlined(thread.inlined(thread.root, f, 4), g, 2)
        place = thread.context(thread.root, g, 1, 10)
        thread.inlined(place, f, 3)
        data = self.read(self.profile)
        self.assertEqual(self.functions, {"f": (7, 7, 0, 0, 0, None), "g": (3, 2, 0, 10, 10, 10)})
        self.assertEqual(self.edges, {("f", "g"): (2, 2, 0, 0, None), ("g", "f"): (3, 3, 0, 0, None)})
        self.assertEqual(data["outside_ns"], 5)

    def test_switched_off(self):
        """What is switched off has no context; what stands in it hangs where it would."""
        main, f, g = self.begin("main", "f", "g")
        self.profile.function("off", flags=OFF)
        code = self.profile.code(main, [(0, 0), (f, 1), (0, 2), (g, 3), (0, 0)])
        self.thread.context(self.thread.root, code, 1, 10, [100, 2, 300, 4, 500])
        data = self.report("--edges", self.write(self.profile))
        self.assertEqual({row["function"]: row["calls"] for row in data["functions"]},
                         {"main": 1, "f": 2, "g": 4})
        self.assertEqual({(row["caller"], row["callee"]): row["inlined_calls"]
                          for row in data["edges"]}, {("main", "f"): 2, ("f", "g"): 4})
        self.assertEqual(data["processes"][0]["calls"], 7)

    def test_current_context_is_inlined(self):
        """The time since the last event belongs to the host; below a thread's root it is outside."""
        for below in "main", "root":
            main, f, g = self.begin("main", "f", "g")
            thread = self.thread
            place = thread.context(thread.root, main, 1, 20)
            host = place if below == "main" else thread.root
            thread.current = thread.inlined(thread.inlined(host, f, 1), g, 1)
            thread.running, thread.last, thread.lifetime = 1, 1_000_025, 0
            self.profile.latest = (1_000_100, 1_000_100)
            data = self.read(self.profile)
            with self.subTest(below):
                self.assertEqual(self.functions["main"][3], 95 if below == "main" else 20)
                self.assertEqual(data["outside_ns"], 5 if below == "main" else 80)

    def test_no_call_has_a_time(self):
        """Of a child of fork: running when it began, or since then with inlined calls only."""
        main, f = self.begin("main", "f")
        place = self.thread.context(self.thread.root, self.profile.code(main, [(main, 0)]), 0, 300, [2])
        self.thread.context(place, f, 0, 50)
        self.read(self.profile)
        self.assertEqual(self.functions, {"main": (2, 2, 2, 300, 350, None),
                                          "f": (0, 0, 0, 50, 50, None)})
        lines = self.output("report", "--edges", "app.profinst").splitlines()
        self.assertIn("1  84.5 %  300 ns  98.6 %      350 ns      2        2        -  critical  main      "
                      "app", lines)
        self.assertIn("2  14.1 %   50 ns  14.1 %       50 ns      0        -        -  high      f         "
                      "app", lines)
        self.assertIn("1  14.1 %       50 ns      0        -        -  main    f", lines)
        self.assertIn("2       -           -      2        2        -  main    main", lines)

    def test_external(self):
        main, compare = self.begin("main", "compare")
        sort, own = self.profile.external("qsort"), self.profile.function("qsort", "sort.c", 4)
        thread = self.thread
        place = thread.context(thread.root, main, 1, 10)
        thread.context(thread.context(place, sort, 2, 100), compare, 40, 60)
        thread.context(place, own, 1, 1)
        data = self.report("--edges", "--contexts", self.write(self.profile))
        rows = {(row["function"], row["external"]): (row["module"], row["file"], row["calls"],
                                                     row["cumulative_ns"]) for row in data["functions"]}
        self.assertEqual(rows, {("main", False): ("app", None, 1, 171),
                                ("compare", False): ("app", None, 40, 60),
                                ("qsort", True): (None, None, 2, 160),
                                ("qsort", False): ("app", "sort.c", 1, 1)})
        self.assertEqual({(row["caller"], row["callee"], row["external"]) for row in data["edges"]},
                         {("main", "qsort", True), ("main", "qsort", False),
                          ("qsort", "compare", False)})
        self.assertEqual([row["external"] for row in data["contexts"] if row["path"][-1] == "qsort"],
                         [True, False])
        self.assertIn("  qsort     external\n", self.output("report", "app.profinst"))
        self.output("load", "app.profinst")
        again = self.profile
        again.profile_id = b"another profile!"
        self.output("load", self.write(again))
        self.assertEqual(self.database().execute(
            "SELECT module, calls FROM functions WHERE external").fetchall(), [(None, 4)])

    def test_named(self):
        self.begin()
        thread = self.thread
        for shown in "the <parser>", "":
            function = self.profile.function("_Z5parsei", "p.cc", 1 + len(shown), shown=shown)
            thread.context(thread.root, function, 1, 10 + len(shown))
        rows = self.report(self.write(self.profile))["functions"]
        self.assertEqual([(row["function"], row["linkage_name"]) for row in rows],
                         [("the <parser>", "_Z5parsei"), ("parse(int)", "_Z5parsei")])

    def test_what_recording_an_event_took(self):
        def event_ns(cost, clock=TSC, latest=(1_002_000, 1_001_000)):
            self.begin()
            self.profile.clock, self.profile.latest, self.profile.event_cost = clock, latest, cost
            self.profile.thread_list.clear()
            self.profinst("load", "--db", f"{cost}.db", self.write(self.profile))
            row, = self.database(f"{cost}.db").execute("SELECT event_ns FROM processes")
            shown = self.profinst("report", "--format=json", "app.profinst").stdout.decode()
            self.assertIn(f'"event_ns": {"null" if row[0] is None else row[0]}', shown)
            return row[0]

        self.assertEqual(event_ns(30 * 1024 + 512), 15.25)
        self.assertIsNone(event_ns(0))
        self.assertIsNone(event_ns(1024, latest=(1_000_000, 1_000_000)))

    def test_units_filter_and_selections_do_not_matter_here(self):
        main, = self.begin("main")
        self.thread.context(self.thread.root, main, 1, 10)
        self.profile.filter("-*")
        self.profile.selection(self.profile.unit("main.c", 7), b"nonsense", 1)
        self.read(self.profile)
        self.assertEqual(self.functions, {"main": (1, 0, 0, 10, 10, 10)})


if __name__ == "__main__":
    unittest.main()

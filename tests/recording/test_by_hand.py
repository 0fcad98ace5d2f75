"""The runtime alone: programs that call the hooks as hooked code does, and profiles that are read by the letter
of their format."""

import os

import raw
import support
from support import each, program


class Case(support.Case):
    RUNTIME = support.RUNTIME
    timings = support.TIMINGS

    def build(self, name, *words):
        self.compile("app", "-O1", "-D_GNU_SOURCE", f"-I{support.ROOT / 'runtime'}",
                     program(f"{name}.c"), self.RUNTIME, f"-Wl,-rpath,{self.RUNTIME.parent}", "-pthread",
                     *words, plugin=None)

    def run_one(self, *arguments, **options):
        """Runs the program in each way of timing, and returns the only profile of the first, with what it
        printed. The others show the same."""
        first, *others = [self.run_timed(timing, *arguments, **options) for timing in self.timings]
        for timing, (profile, output) in zip(self.timings[1:], others):
            for what in "paths", "counts", "targets":
                self.assertEqual(getattr(profile, what)(), getattr(first[0], what)(), f"{what}, {timing}")
            self.assertEqual((profile.lost_calls, output), (first[0].lost_calls, first[1]), timing)
        return first

    def run_timed(self, timing, *arguments, environment=None, **options):
        for old in self.profiles():
            old.unlink()
        output = self.execute("app", *arguments, environment={**(environment or {}), "PROFINST_TIMING": timing},
                              **options).stdout
        self.assertEqual(len(self.profiles()), 1)
        return self.read(self.profiles()[0]), output

    def read(self, path):
        profile = raw.Profile(path)
        for thread in profile.threads:
            # Each event gives all the time since the one before, and so does the making of contexts.
            times = sum(record.self for record in profile.records.values()
                        if record.thread == thread.number)
            expected = thread.last - thread.started + thread.lifetime if thread.running else thread.lifetime
            self.assertEqual(times + thread.making, 0 if profile.timing == raw.COUNTS else expected)
        return profile

    def expect(self, profile, paths, counts=None, targets=None):
        """Expects these calls, and no others; counts of frames where they are not zero."""
        self.assertEqual(profile.paths(), paths)
        self.assertEqual({path: calls for path, calls in profile.counts().items() if calls},
                         counts or {})
        self.assertEqual(profile.targets(), targets or {})
        self.assertEqual(profile.lost_calls, 0)


class Inlined(Case):
    def setUp(self):
        super().setUp()
        self.build("by_hand_inlined")

    def meet(self, way, paths, counts=None, targets=None, **options):
        profile, _ = self.run_one(way, **options)
        self.expect(profile, paths, counts, targets)
        return profile

    def test_chains(self):
        profile = self.meet("chains", {
            "main": 1, "main f": 10, "main f leaf": 10,
            "main f [inner]": 0, "main f [inner] leaf": 10,
            "main f [middle]": 0, "main f [middle] leaf": 20,
            "main f [middle] [inner]": 0, "main f [middle] [inner] leaf": 30,
        }, {"main f [inner]": 10, "main f [middle]": 20, "main f [middle] [inner]": 30})
        # Inlined code of one function is one, wherever it stands.
        codes = [(profile.name(code.function), code.flags) for code in
                 profile.entries[raw.CODE].values()]
        self.assertEqual(sorted(codes), [("f", 0), ("inner", 1), ("leaf", 0), ("main", 0),
                                         ("middle", 1)])

    def test_recursion(self):
        self.meet("recursion", {
            "main": 1, "main f": 1, "main f [inner]": 0, "main f [inner] f": 1,
            "main f [inner] g": 1, "main f g": 1,
        }, {"main f [inner] f [inner]": 1}, {"main f [inner] f": "main f"})

    def test_inlined_code_in_itself(self):
        self.meet("recursion_of_inlined", {
            "main": 1, "main g": 1, "main g [inner]": 0, "main g [inner] leaf": 1,
            "main g [inner] [inner]": 0, "main g [inner] [inner] leaf": 1})

    def test_codes_of_one_function(self):
        profile = self.meet("codes", {
            "main": 1, "main f": 4, "main f leaf": 4, "main g": 1, "main g f": 2, "main g f leaf": 2,
        }, {"main f [inner]": 3, "main f [middle] [inner]": 1, "main g f [middle]": 1,
            "main g f [inner]": 1}, {"main f": "main f", "main g f": "main g f"})
        # The first that is called has the context: from main the one with one frame, from g the other.
        crossing = [(profile.path(record.parent), len(record.inlined))
                    for record in profile.records.values() if record.target]
        self.assertEqual(crossing, [(("main",), 3), (("main", "g"), 1)])

    def test_tail_call_out_of_inlined_code(self):
        self.meet("tails", {"main": 1, "main f": 1, "main f [inner]": 0, "main f [inner] g": 1,
                            "main leaf": 1})

    def test_tail_call_to_unhooked_code(self):
        self.meet("tails_unhooked", {"main": 1, "main f": 1, "main f [inner]": 3,
                                     "main f [inner] g": 1, "main leaf": 1})

    def test_tail_calls_that_come_back(self):
        self.meet("tails_back", {"main": 1, "main f": 1, "main f leaf": 1,
                                 "main f [inner]": 0, "main f [inner] g": 2,
                                 "main f [middle]": 0, "main f [middle] g": 1})

    def test_counts_in_unhooked_code(self):
        self.meet("counts", {"main": 1, "main [inner]": 2, "main [middle]": 0,
                             "main [middle] [inner]": 12, "main g": 1,
                             "main g [middle]": 1 << 40, "main g leaf": 1})

    def test_jumps_out_of_inlined_code(self):
        self.meet("jumps", {
            "main": 1, "main f": 1, "main f leaf": 4, "main f [inner]": 0, "main f [inner] g": 3,
            "main f [inner] g [middle]": 0, "main f [inner] g [middle] leaf": 3})

    def test_resuming_what_was_called_again(self):
        self.meet("jumps_recursive", {"main": 1, "main f": 1, "main f f": 1, "main f g": 1,
                                      "main f leaf": 1}, targets={"main f f": "main f"})

    def test_places_of_other_threads(self):
        """They are not gone to: the thread is in its root."""
        self.meet("threads", {"main": 1, "main f": 1, "[inner]": 0, "[inner] leaf": 1, "leaf": 1,
                              "[middle]": 0, "[middle] leaf": 1})

    def test_signals_at_any_time(self):
        for timing in self.timings:
            with self.subTest(timing=timing):
                profile, output = self.run_timed(timing, "signals")
                handled = int(output)
                calls = profile.calls()
                self.assertEqual(profile.lost_calls, 0)
                rounds = calls["f"][0]
                self.assertEqual(calls, {
                    "main": (1, 0), "f": (rounds, 0), "g": (handled, 0),
                    "leaf": (7 * rounds + handled, 0),
                    "inner": (0, 4 * rounds), "middle": (0, 2 * rounds + handled)})

    def test_fork_in_inlined_code(self):
        self.execute("app", "forks")
        profiles = [self.read(path) for path in self.profiles()]
        parent, child = sorted(profiles, key=lambda profile: profile.entries == {} or
                               profile.paths()["main"], reverse=True)
        self.assertEqual((child.parent, child.run_id), (parent.process, parent.run_id))
        self.expect(parent, {
            "main": 1, "main f": 1, "main f [inner]": 0, "main f [inner] leaf": 1,
            "main f [inner] g": 1, "main f g": 1, "main f [middle]": 1,
        }, {"main f [inner]": 1, "main f [middle]": 1})
        self.expect(child, {
            "main": 0, "main f": 0, "main f [inner]": 0, "main f [inner] leaf": 0,
            "main f [inner] g": 1, "main f g": 1, "main f [middle]": 1,
        }, {"main f [middle]": 1})

    def test_child_that_records_nothing(self):
        """What it counts in its parent's open functions is not its parent's."""
        self.meet("forks", {
            "main": 1, "main f": 1, "main f [inner]": 0, "main f [inner] leaf": 1,
            "main f [inner] g": 1, "main f g": 1, "main f [middle]": 1,
        }, {"main f [inner]": 1, "main f [middle]": 1}, environment={"PROFINST_FOLLOW": "0"})

    def test_limit_of_contexts(self):
        """Wherever it falls, calls stay exact."""
        whole, _ = self.run_one("folded")
        records = len(whole.records)
        for limit in range(records + 1):
            with self.subTest(limit=limit):
                profile, _ = self.run_one("folded", environment={"PROFINST_MAX_CONTEXTS": str(limit)})
                self.assertEqual(profile.calls(), whole.calls())
                self.assertEqual(profile.lost_calls, 0)
                self.assertEqual(profile.features, 1 if limit < records else 0)

    def test_all_folded(self):
        profile, _ = self.run_one("chains", environment={"PROFINST_MAX_CONTEXTS": "0"})
        self.assertEqual({path: calls for path, calls in profile.paths().items() if calls},
                         {"~ main": 1, "~ main f": 10, "~ f leaf": 70})
        self.assertEqual({path: calls for path, calls in profile.counts().items() if calls},
                         {"~ main f [inner]": 10, "~ main f [middle]": 20,
                          "~ main f [middle] [inner]": 30})

    def test_time_is_the_hosts(self):
        profile = self.meet("times", {
            "main": 1, "main f": 1, "main f [middle]": 0, "main f [middle] [inner]": 0,
            "main f [middle] [inner] leaf": 1, "main [inner]": 0})
        times = profile.times()
        self.assertGreater(times["main f"], sum(times.values()) // 2)

    def test_killed_in_inlined_code(self):
        """It is not noted when no clock is read; the time is the host's in any case."""
        profile, _ = self.run_one("dies", code=-9)
        self.expect(profile, {"main": 1, "main f": 1, "main f [inner]": 0})
        self.assertEqual(profile.path(profile.current(profile.threads[0])), ("main", "f"))

    def test_cost_of_an_event(self):
        profile, _ = self.run_one("none")
        self.assertGreater(profile.event_cost, 0)


class SwitchedOff(Case):
    def setUp(self):
        super().setUp()
        self.build("by_hand_off")

    def meet(self, way, filter_, paths, counts=None, off=(), output="", **options):
        profile, printed = self.run_one(way, environment={"PROFINST_FILTER": filter_}, **options)
        self.expect(profile, paths, counts)
        self.assertEqual(printed, output)
        self.assertEqual(profile.functions(raw.OFF), list(off))
        self.assertEqual([entry.texts for entry in profile.entries[raw.FILTER].values()],
                         [(filter_,)] if filter_ else [])
        return profile

    def test_all_on(self):
        profile = self.meet("filter", "", {
            "main": 1, "main on": 1, "main on [off]": 0, "main on [off] leaf": 1,
            "main on [off] [leaf]": 0, "main on [off] [leaf] leaf": 1, "main on off": 1,
            "main on off leaf": 1, "main on off [off]": 10, "main on off [off] [leaf]": 100,
            "main named": 1, "main read": 1,
        }, {"main on [off]": 1, "main on [off] [leaf]": 1, "main on off [off]": 1}, output="on ")
        self.assertEqual(profile.functions(raw.EXTERNAL), ["read"])
        self.assertEqual([function.texts for function in profile.entries[raw.FUNCTION].values()
                          if function.flags & raw.NAMED], [("named", "A name: with blanks")])

    def test_off(self):
        """Its callees are its caller's, and so is what is inlined into what of it is inlined."""
        profile = self.meet("filter", "exclude=off", {
            "main": 1, "main on": 1, "main on leaf": 2, "main on [leaf]": 100,
            "main on [leaf] leaf": 1, "main named": 1, "main read": 1,
        }, {"main on []": 1, "main on [] [leaf]": 1}, ["off"], "off ")
        frames = {profile.name(code.function): code.frames
                  for code in profile.entries[raw.CODE].values() if code.frames}
        leaf = next(identity for identity, function in profile.entries[raw.FUNCTION].items()
                    if function.texts[0] == "leaf")
        self.assertEqual(frames, {"on": ((0, 0), (leaf, 1))})

    def test_everything_but(self):
        profile = self.meet("filter", "exclude=*;include=re:^(lea|main)", {
            "main": 1, "main leaf": 3, "main [leaf]": 101,
        }, {}, ["hooked_elsewhere", "hooked_elsewhere", "named", "off", "on", "read", "read"], "off ")
        self.assertEqual(profile.functions(raw.EXTERNAL), ["hooked_elsewhere", "read"])

    def test_everything(self):
        self.meet("filter", "exclude=*", {}, {}, ["hooked_elsewhere", "hooked_elsewhere", "leaf", "main",
                                                  "named", "off", "on", "read", "read"], "off ")

    def test_tail_calls(self):
        self.meet("tails", "exclude=off", {"main": 1, "main on": 3, "main on leaf": 1, "main leaf": 4},
                  {}, ["off"])
        self.meet("tails", "", {"main": 1, "main on": 3, "main on off": 1, "main on off leaf": 2,
                                "main on [off]": 0, "main on [off] leaf": 1, "main leaf": 2})

    def test_fork(self):
        self.execute("app", "forks", environment={"PROFINST_FILTER": "exclude=off"})
        profiles = sorted(map(self.read, self.profiles()), key=lambda profile: len(profile.records))
        self.expect(profiles[0], {"main": 1, "main read": 1})
        self.expect(profiles[1], {
            "main": 0, "main on": 1, "main on leaf": 2, "main on [leaf]": 100,
            "main on [leaf] leaf": 1, "main named": 1, "main read": 1,
        }, {"main on []": 1, "main on [] [leaf]": 1})
        for profile in profiles:
            self.assertEqual(profile.functions(raw.OFF), ["off"])
            self.assertEqual(len(profile.selections), 2)
            self.assertEqual(len(profile.entries[raw.FILTER]), 1)


class Filters(Case):
    def setUp(self):
        super().setUp()
        self.build("by_hand_names", "-Wl,--no-as-needed", "-lstdc++")

    def off(self, rules, stderr=""):
        return self.run_one(environment={"PROFINST_FILTER": rules}, stderr=stderr)[1].split()

    def test_names(self):
        for pattern, *names in (
                ("plain", "plain"),
                ("PLAIN",),
                ("pl?i[nm]", "plain"),
                ("lai",),
                ("re:lai", "plain"),
                ("re:^(inl|ext)", "inlined", "external"),
                ("_ZN2ns1fEi", "_ZN2ns1fEi"),
                ("ns::f", "_ZN2ns1fEi"),
                ("ns::f(int)", "_ZN2ns1fEi"),
                ("ns::f(",),
                ("f",),
                ("(anonymous namespace)::g", "_ZN12_GLOBAL__N_11gEv"),
                ("void t<int>", "_Z1tIiEvT_"),
                ("A::operator()", "_ZNK1AclEPFviE"),
                ("A::operator()(void (?)(int)) const", "_ZNK1AclEPFviE"),
                ("main::{lambda()#1}::operator()", "_ZZ4mainENKUlvE_clEv"),
                ("_Znot*", "_Znot_mangled"),
                ("A name: (with blanks)", "named"),
                ("re:^A name", "named"),
                ("named", "named")):
            with self.subTest(pattern=pattern):
                self.assertEqual(self.off(f"exclude={pattern}"), names)

    def test_last_match_wins(self):
        self.assertEqual(self.off("exclude=*lain;include=plain"), [])
        self.assertEqual(self.off("include=plain;exclude=*lain"), ["plain"])
        self.assertEqual(self.off("exclude=plain;include=named;exclude=inlined"), ["plain", "inlined"])

    def test_separators(self):
        self.assertEqual(self.off("exclude=plain\nexclude=named"), ["plain", "named"])
        self.assertEqual(self.off(" ;; \texclude=plain ;\n\n exclude=named;"), ["plain", "named"])
        for nothing in "", ";", " \n":
            self.assertEqual(self.off(nothing), [])

    def test_bad_ones(self):
        """Say what is wrong, and the variable is ignored as a whole."""
        for rules, said in (
                ("exclude=plain;foo", "has a rule that is neither exclude=PATTERN nor include=PATTERN: foo"),
                ("exclude =plain",
                 "has a rule that is neither exclude=PATTERN nor include=PATTERN: exclude =plain"),
                ("exclude=plain;include=", "has a rule without a pattern: include="),
                ("exclude=re:", "has a rule without a pattern: exclude=re:"),
                ("exclude=plain;exclude=re:a(b", "has a pattern that is no regular expression: a(b "
                 "(Unmatched ( or \\()")):
            with self.subTest(rules=rules):
                self.assertEqual(
                    self.off(rules, f"profinst: PROFINST_FILTER {said}; the variable is ignored\n"), [])
                self.assertEqual(raw.Profile(self.profiles()[0]).entries[raw.FILTER], {})

    def test_programs_in_c(self):
        self.build("by_hand_names")
        self.assertEqual(self.off("exclude=ns::f"), [])
        self.assertEqual(self.off("exclude=_ZN2ns*"), ["_ZN2ns1fEi"])


class External(Case):
    def setUp(self):
        super().setUp()
        self.build("by_hand_off")

    def test_hooked_after_all(self):
        """Its calls are counted where it enters, and the profile has it once."""
        profile, _ = self.run_one("external")
        self.expect(profile, {"main": 1, "main read": 4, "main read leaf": 3,
                              "main hooked_elsewhere": 3})
        # A static function of the build with the name of an external one is another.
        self.assertEqual(
            sorted((function.texts[0], function.flags)
                   for function in profile.entries[raw.FUNCTION].values()),
            [("hooked_elsewhere", 0), ("leaf", 0), ("main", 0), ("read", 0), ("read", raw.EXTERNAL)])

    def test_selections(self):
        profile, _ = self.run_one("none")
        self.assertEqual({entry.texts[0]: entry.line for entry in
                          profile.entries[raw.UNIT].values()}, {"by_hand.c": 77, "other.c": 0})
        self.assertEqual(profile.selections, [
            raw.Selection(1, 1000, b"what was chosen\0"), raw.Selection(2, 30, b"wha")])

    def test_loaded_again(self):
        """The same selection is there once; another one is another unit."""
        profile, _ = self.run_one("again")
        self.assertEqual([(entry.texts[0], entry.line) for entry in
                          profile.entries[raw.UNIT].values()],
                         [("by_hand.c", 77), ("other.c", 0), ("by_hand.c", 78)])
        self.assertEqual([selection.unit for selection in profile.selections], [1, 2, 3])


class Many(Case):
    def test_more_than_the_first_tables_hold(self):
        self.build("by_hand_many")
        self.execute("app")
        child, parent = sorted(map(self.read, self.profiles()),
                               key=lambda profile: sum(map(sum, profile.calls().values())))
        # Chains of 60 start at every 20th function.
        calls = [3 * min(3, number // 20 + 1) for number in range(300)]
        inlined = [sum(calls[number] for number in range(300) if number % 50 > frame)
                   for frame in range(50)]
        inlined[599999 % 50] += 1  # the last frame of the one that has so many
        once = {f"hooked_{number}": (times, 0) for number, times in enumerate(calls)}
        once.update({f"inlined_{frame}": (0, times) for frame, times in enumerate(inlined)})
        once["huge"] = 1, 0
        self.assertEqual(child.calls(), once)
        self.assertEqual(parent.calls(), {name: (4 * made, 4 * inlined)
                                          for name, (made, inlined) in once.items()})
        for profile in child, parent:
            self.assertEqual(profile.lost_calls, 0)
            self.assertEqual(len(profile.threads), 4)


class Faults(Case):
    """Each call of the runtime to the system fails in turn: the program does not notice, and what its
    profiles show is what happened, or is counted as lost."""

    RUNTIME = support.BUILD / "tests" / "libprofinst_rt_faulty.so"

    def test_each_call_fails(self):
        self.build("by_hand_off")
        rules = {"PROFINST_FILTER": "exclude=off"}
        self.execute("app", "forks", environment={**rules, "FAULT_LOG": str(self.folder / "log")})
        calls = max(int(line) for line in (self.folder / "log").read_text().split())
        self.assertGreater(calls, 30)
        for how in "FAULT_AT", "FAULT_FROM":
            for call in range(1, calls + 1):
                with self.subTest(**{how: call}):
                    self.check(self.execute("app", "forks", stderr=None,
                                            environment={**rules, how: str(call)}))

    def check(self, result):
        for line in result.stderr.splitlines():
            self.assertRegex(line, r"\Aprofinst: .*; ")
        for path in self.profiles():
            if path.read_bytes().startswith(b"PROFINST"):
                profile = raw.Profile(path)
                calls = sum(sum(counts) for name, counts in profile.calls().items() if name)
                of_parent = profile.parent == os.getpid()
                in_child = {"off ": 107, "on ": 120}[result.stdout]
                self.assertEqual(calls + profile.lost_calls, 2 if of_parent else in_child)
            path.unlink()


if __name__ == "__main__":
    support.main()

"""profinst check: verdicts, exit codes, and what it refuses to judge."""

import datetime
import random
import unittest

from gate_case import CALLS, MS, GateCase
from profile_writer import COUNTS, Profile


class Exact(GateCase):
    """Numbers of calls: one run is enough."""

    def judged(self, calls, code=0, severity=("fail", "warn"), config="", arguments=()):
        self.configure(config)
        self.series([self.profile()], "old", baseline="main")
        self.series([self.profile(calls=calls)], "new")
        return self.found(*arguments, code=code, severity=severity)

    def test_nothing_changed(self):
        self.assertEqual(self.judged({}, severity=("fail", "warn", "note")), [])

    def test_at_the_limit(self):
        self.assertEqual(self.judged({("main", "render"): 210}), [("warn", "calls", "render")])

    def test_past_the_limit(self):
        self.assertEqual(self.judged({("main", "render"): 211}, code=1), [("fail", "calls", "render")])

    def test_one_call_more(self):
        self.assertEqual(self.judged({("main", "parse"): 1001}), [("warn", "calls", "parse")])

    def test_less_is_a_note(self):
        self.assertEqual(self.judged({("main", "parse"): 500}), [])

    def test_less_is_told(self):
        self.assertEqual(self.judged({("main", "parse"): 500}, severity=("note",)), [("note", "calls", "parse")])

    def test_new_function(self):
        self.assertEqual(self.judged({("parse", "skip"): 3}), [("warn", "calls", "skip"),])

    def test_new_function_as_a_failure(self):
        self.assertEqual(self.judged({("parse", "skip"): 3}, code=1, config="[gate]\nnew-functions = fail\n"),
                         [("fail", "calls", "skip")])

    def test_new_function_off(self):
        self.assertEqual(self.judged({("parse", "skip"): 3}, config="[gate]\nnew-functions = off\nexact-warn = off\n"),
                         [])

    def test_gone_function(self):
        calls = {("main", "render"): None, ("render", "peek"): None}
        self.assertIn(("note", "calls", "render"), self.judged(calls, severity=("note",)))

    def test_calls_that_moved_to_another_caller(self):
        """The function is called as often: the edge tells, and is no part of the function's growth."""
        self.assertEqual(self.judged({("parse", "peek"): 39_000, ("render", "peek"): 3_000}, code=1),
                         [("fail", "edges", "render > peek")])

    def test_an_edge_between_known_functions(self):
        self.assertEqual(self.judged({("parse", "peek"): 39_999, ("main", "peek"): 1}, code=1),
                         [("fail", "edges", "main > peek")])

    def test_limits_that_are_off(self):
        self.assertEqual(self.judged({("main", "parse"): 2000},
                                     config="[gate]\nexact-fail = off\nexact-warn = off\n"), [])

    def test_other_limits(self):
        self.assertEqual(self.judged({("main", "parse"): 1500},
                                     config="[gate]\nexact-fail = 60 %\nexact-warn = 50 %\n"), [])

    def test_contexts(self):
        self.assertEqual(self.judged({("parse", "peek"): 38_000, ("main", "peek"): 2_000}, code=1,
                                     arguments=["--contexts"]),
                         [("fail", "edges", "main > peek"), ("fail", "contexts", "main > peek")])

    def test_what_follows(self):
        self.configure("")
        self.series([self.profile()], "old", baseline="main")
        self.series([self.profile(calls={("main", "parse"): 2000, ("parse", "peek"): 80_000})], "new")
        findings = self.check(code=1)["findings"]
        self.assertEqual([(row["name"], row["follows"]) for row in findings if row["what"] == "calls"],
                         [("parse", None), ("peek", "parse")])


class Unsteady(GateCase):
    def test_is_not_judged(self):
        self.series([self.profile(), self.profile()], "old", baseline="main")
        self.series([self.profile(calls={("main", "parse"): count}) for count in (2000, 3000)], "new")
        verdict = self.check()
        self.assertEqual([row for row in verdict["findings"] if row["severity"] != "note"], [])
        self.assertIn("2 numbers of calls vary from run to run, so they are not judged: calls of parse and "
                      "others.", verdict["notes"])

    def test_is_judged_like_times_where_a_rule_asks(self):
        self.configure("[rule parse]\nfunction = parse\nwhat = calls\nlimit = 10 %\n")
        self.series([self.profile(calls={("main", "parse"): 1000 + at}) for at in range(6)], "old", baseline="main")
        self.series([self.profile(calls={("main", "parse"): 1200 + at}) for at in range(6)], "new")
        self.assertEqual(self.found(code=1), [("fail", "calls", "parse")])

    def judged(self, config, old, new, code=0):
        """So many calls of parse in each run."""
        self.configure(config)
        self.series([self.profile(calls={("main", "parse"): count}) for count in old], "old", baseline="main")
        self.series([self.profile(calls={("main", "parse"): count}) for count in new], "new")
        return self.found(code=code)

    RULE = "[rule r]\nfunction = parse\nwhat = calls\n"
    FEW = [1000 + at for at in range(6)]
    MORE = [1200 + at for at in range(6)]

    def test_a_rule_that_warns_does_not_fail(self):
        self.assertEqual(self.judged(self.RULE + "limit = 50 %\nseverity = warn\n", self.FEW, self.MORE), [])

    def test_a_rule_that_warns(self):
        self.assertEqual(self.judged(self.RULE + "limit = 10 %\nseverity = warn\n", self.FEW, self.MORE),
                         [("warn", "calls", "parse")])

    def test_a_rule_that_another_takes_back(self):
        config = self.RULE + "limit = 10 %\n" + self.RULE.replace("rule r", "rule off") + "limit = off\nseverity = fail\n"
        self.assertEqual(self.judged(config, self.FEW, self.MORE), [])
        self.assertIn("2 numbers of calls vary from run to run, so they are not judged: calls of parse and others.",
                      self.check()["notes"])

    def test_a_rule_needs_runs(self):
        self.assertEqual(self.judged(self.RULE + "limit = 10 %\n", self.FEW[:3], self.MORE), [])
        self.assertIn("[rule r]: 2 quantities (calls of parse and others) are not judged: too few runs tell anything "
                      "of them.", self.check()["notes"])

    def test_what_was_steady_and_is_surely_more(self):
        self.assertEqual(self.judged("", [1000] * 5, [1052, 1060, 1051, 1070, 1065], code=1), [("fail", "calls", "parse")])

    def test_what_was_steady_and_is_a_little_more(self):
        self.assertEqual(self.judged("", [1000] * 5, [1052, 1060, 1050, 1070, 1065]), [("warn", "calls", "parse")])

    def test_what_was_steady_and_may_be_the_same(self):
        self.assertEqual(self.judged("", [1000] * 5, [1052, 1060, 1000, 1070, 1065]), [])

    def test_what_was_steady_in_too_few_runs(self):
        self.assertEqual(self.judged("", [1000] * 4, [1052, 1060, 1051, 1070, 1065]), [])


class FromNothing(GateCase):
    """A function that the program did not call before has grown from 0."""

    def judged(self, rule, counts, code=0, severity=("fail", "warn"), new_functions="warn"):
        self.configure(f"[gate]\nnew-functions = {new_functions}\n[rule r]\nfunction = skip\nwhat = calls\n{rule}\n")
        self.series([self.profile() for _ in counts], "old", baseline="main")
        self.series([self.profile(calls={("parse", "skip"): count}) for count in counts], "new")
        return [(row["severity"], row["name"], row["rule"])
                for row in self.check(code=code)["findings"] if row["severity"] in severity]

    def test_below_the_limit(self):
        self.assertEqual(self.judged("limit = +100", [3]), [("warn", "skip", "new")])

    def test_past_the_limit(self):
        self.assertEqual(self.judged("limit = +100", [101], code=1), [("fail", "skip", "r")])

    def test_below_a_warning(self):
        self.assertEqual(self.judged("limit = +100\nseverity = warn", [3], new_functions="off"), [])

    def test_past_a_warning(self):
        self.assertEqual(self.judged("limit = +100\nseverity = warn", [101], new_functions="note"), [("warn", "skip", "r")])

    def test_that_it_is_new_may_be_worse(self):
        self.assertEqual(self.judged("limit = +100\nseverity = warn", [101], new_functions="fail", code=1),
                         [("fail", "skip", "new"), ("warn", "skip", "r")])

    def test_growth_in_shares_is_of_something(self):
        self.assertEqual(self.judged("limit = 5 %", [101]), [("warn", "skip", "new")])

    def test_unsteady_below_the_limit(self):
        self.assertEqual(self.judged("limit = +100", [3, 4, 5, 3, 4, 5], new_functions="off"), [])

    def test_unsteady_past_the_limit(self):
        self.assertEqual(self.judged("limit = +100", [103, 104, 105, 103, 104, 105], new_functions="off", code=1),
                         [("fail", "skip", "r")])

    def test_unsteady_with_a_run_that_is_below_half_of_it(self):
        self.assertEqual(self.judged("limit = +100", [203, 204, 50, 203, 204, 205], new_functions="off"), [])

    def test_sometimes_called_before(self):
        self.configure("[rule r]\nfunction = skip\nwhat = calls\nlimit = +100\n")
        self.series([self.profile(calls={("parse", "skip"): count or None}) for count in (0, 1, 0, 1, 0, 0)], "old",
                    baseline="main")
        self.series([self.profile(calls={("parse", "skip"): 60 + at}) for at in range(6)], "new")
        self.check()

    def test_gone(self):
        self.configure("[rule r]\nfunction = skip\nwhat = calls\nlimit = +100\n")
        self.series([self.profile(calls={("parse", "skip"): 5})], "old", baseline="main")
        self.series([self.profile()], "new")
        self.assertEqual(self.found(severity=("fail", "warn", "note")), [("note", "calls", "skip")])


class Unknown(GateCase):
    """What nobody knows is not good."""

    def judged(self, rule, old=(), new=(), code=0):
        """`old` and `new`: durations of render in each run; None: they were not recorded."""
        self.configure("[rule r]\nfunction = render\nwhat = p95\n" + rule + "\n[gate]\ntime-warn = off\ntime-fail = off\n")
        for runs, name, baseline in ((old, "old", "main"), (new, "new", None)):
            self.series([self.profile(durations={"render": [round(ms * MS)] * 10} if ms else {}) for ms in runs], name,
                        baseline=baseline)
        return self.check(code=code)

    ONE = "[rule r]: p95 of render is not judged: too few runs tell anything of it."

    def test_target(self):
        verdict = self.judged("limit = < 5 ms", [1], [None])
        self.assertIn(self.ONE, verdict["notes"])
        self.assertEqual(verdict["times_judged"], 0)

    def test_target_that_is_known(self):
        verdict = self.judged("limit = < 5 ms", [1], [4, None])
        self.assertNotIn(self.ONE, verdict["notes"])
        self.assertEqual(verdict["times_judged"], 1)

    def test_several(self):
        self.configure("[rule r]\nwhat = p95\nlimit = < 5 ms\n")
        self.series([self.profile()], "old", baseline="main")
        self.series([self.profile()], "new")
        note, = [note for note in self.check()["notes"] if note.startswith("[rule r]")]
        self.assertRegex(note, r"^\[rule r\]: 4 quantities \(p95 of \w+ and others\) are not judged: too few runs tell "
                               r"anything of them\.$")

    def test_growth_in_too_few_runs(self):
        for old, new in (([1.0, 1.01], [3.0, 3.02]), ([1, 1.01, 1.02, 1.01, 1], [3.0, 3.02])):
            with self.subTest(old=old):
                (self.folder / "profinst.db").unlink(missing_ok=True)
                verdict = self.judged("limit = 20 %", old + [None] * (6 - len(old)), new + [None] * 4)
                self.assertIn(self.ONE, verdict["notes"])
                self.assertEqual(verdict["times_judged"], 0)

    def test_growth(self):
        verdict = self.judged("limit = 20 %", [1, 1.1, 1.2, 1.1, 1, None], [3, 3.1, 3.2, 3.1, 3, None], code=1)
        self.assertNotIn(self.ONE, verdict["notes"])

    def test_junit(self):
        self.judged("limit = < 5 ms", [1], [None])
        text = self.profinst("check", "--format=junit").stdout.decode()
        self.assertNotIn('name="p95"', text)
        self.assertIn(self.ONE, text)


class Times(GateCase):
    def judged(self, factor, code=0, config="", runs=(6, 6), noise=0.01, severity=("fail", "warn")):
        self.configure(config)
        self.series(self.noisy(runs[0], noise=noise), "old", baseline="main")
        self.series(self.noisy(runs[1], factor, noise=noise, seed=2), "new")
        return self.found(code=code, severity=severity)

    def test_same(self):
        self.assertEqual(self.judged({}, severity=("fail", "warn", "note")), [])

    def test_failure(self):
        self.assertEqual(self.judged({"render": 1.3}, code=1), [("fail", "self", "render")])

    def test_warning(self):
        self.assertEqual(self.judged({"render": 1.15}), [("warn", "self", "render")])

    def test_below_the_limit(self):
        self.assertEqual(self.judged({"render": 1.07}), [])

    def test_whole_program(self):
        self.assertEqual(self.judged(dict.fromkeys(("main", "parse", "render", "peek"), 1.3), code=1),
                         [("fail", "wall", "the program"), ("fail", "self", "parse"), ("fail", "self", "render"),
                          ("fail", "self", "peek"), ("fail", "self", "main")])

    def test_faster_is_a_note(self):
        self.assertEqual(self.judged({"render": 0.5}, severity=("note",)),
                         [("note", "self", "render"), ("note", "wall", "the program")])

    def test_too_noisy(self):
        self.assertEqual(self.judged({"render": 1.3}, noise=0.3), [])

    def test_too_few_runs(self):
        self.assertEqual(self.judged({"render": 2}, runs=(4, 6)), [])
        self.assertIn("Times are not compared: there are 4 runs before and 6 after, and each side needs 5.",
                      self.check()["notes"])

    def test_fewer_runs_where_that_is_enough(self):
        self.assertEqual(self.judged({"render": 2}, runs=(4, 6), code=1, config="[gate]\nleast-runs = 4\n"),
                         [("fail", "self", "render"), ("fail", "wall", "the program")])

    def test_small_functions(self):
        self.assertEqual(self.judged({"main": 1.5}, config="[gate]\nfloor = 20 %\n"), [])

    def test_rules_watch_small_functions(self):
        self.assertEqual(self.judged({"main": 1.5}, code=1, config="[gate]\nfloor = 20 %\n"
                                     "[rule main]\nfunction = main\nwhat = self\nlimit = 20 %\n"),
                         [("fail", "self", "main")])

    def test_correction(self):
        """The second among five quantities has to be four times as significant as one alone."""
        row, = [row for row in self.findings_of({"render": 1.3}) if row["what"] == "self"]
        alone, = [row for row in self.findings_of({"render": 1.3}, "[gate]\ntime-fail = off\ntime-warn = off\n"
                                                  "[rule r]\nfunction = render\nwhat = self\nlimit = 20 %\n")]
        self.assertAlmostEqual(row["p"] / alone["p"], 4, places=6)

    def findings_of(self, factor, config=""):
        self.judged(factor, code=1, config=config)
        findings = self.check(code=1)["findings"]
        (self.folder / "profinst.db").unlink()
        self.database().close()
        (self.folder / "profinst.db").unlink(missing_ok=True)
        return findings

    def test_significance_that_is_not_reached(self):
        self.assertEqual(self.judged({"render": 1.5}, noise=0.05, code=1),
                         [("fail", "self", "render"), ("warn", "wall", "the program")])
        self.configure("[gate]\nsignificance = 0.000001 %\n")
        self.assertEqual(self.found(), [])


class BesideOthers(GateCase):
    """Whole runs that a busy machine makes slower, in a program with enough functions to tell."""

    FUNCTIONS = [f"f{at}" for at in range(10)]

    def busy(self, count, seed, factor={}):
        chance, profiles = random.Random(seed), []
        for _ in range(count):
            load = chance.choice((1, 1, 1.5, 2))
            times = {name: 100 * load * factor.get(name, 1) * chance.lognormvariate(0, 0.01)
                     for name in ["main", *self.FUNCTIONS]}
            profiles.append(self.profile(calls={("main", name): 10 for name in self.FUNCTIONS} | dict.fromkeys(CALLS),
                                         times=times))
        return profiles

    def judged(self, factor, code=0):
        self.series(self.busy(8, 1), "old", baseline="main")
        self.series(self.busy(8, 2, factor), "new")
        return [(row["severity"], row["name"], row["beside_others"])
                for row in self.check(code=code)["findings"] if row["what"] in ("self", "wall")]

    def test_same(self):
        self.assertEqual(self.judged({}), [])

    def test_one_is_slower(self):
        self.assertEqual(self.judged({"f3": 1.3}, code=1), [("fail", "f3", True)])

    def test_warning(self):
        self.assertEqual(self.judged({"f3": 1.15, "f4": 1.05}), [("warn", "f3", True)])

    def test_the_sentence_says_so(self):
        self.judged({"f3": 1.3}, code=1)
        row, = self.check(code=1)["findings"]
        self.assertRegex(row["text"], r", beside the other functions \+(29|30|31)\.\d % \(95 % interval \+2\d")

    def test_one_that_is_faster_makes_no_other_slower(self):
        self.assertEqual(self.judged({"f3": 0.2}), [("note", "f3", True)])

    def test_most_that_are_faster_make_no_other_slower(self):
        """Beside them it takes twice as long, but not by itself."""
        self.assertEqual(self.judged(dict.fromkeys([*self.FUNCTIONS[1:], "main"], 0.5)), [("note", "the program", False)])


class Rules(GateCase):
    def judged(self, config, code=0, old={}, new={}, severity=("fail", "warn")):
        self.configure(config)
        self.series([self.profile(**old)], "old", baseline="main")
        self.series([self.profile(**new)], "new")
        return self.found(code=code, severity=severity)

    def rule(self, text, **more):
        return self.judged("[rule r]\n" + text.replace("; ", "\n") + "\n", **more)

    def test_most_calls(self):
        self.assertEqual(self.rule("function = parse; what = calls; limit = <= 1000"), [])

    def test_less_calls_than(self):
        self.assertEqual(self.rule("function = parse; what = calls; limit = < 1000", code=1),
                         [("fail", "calls", "parse")])

    def test_severity(self):
        self.assertEqual(self.rule("function = pa*; what = calls; limit = <= 999; severity = warn"),
                         [("warn", "calls", "parse")])

    def test_note(self):
        self.assertEqual(self.rule("function = re:^pa; what = calls; limit = <= 999; severity = note",
                                   severity=("note",)), [("note", "calls", "parse")])

    def test_file(self):
        self.assertEqual(self.rule("file = src/pa*.c; what = calls; limit = <= 0", code=1), [("fail", "calls", "parse")])

    def test_module(self):
        self.assertEqual(self.rule("module = app; what = calls; limit = <= 1000", code=1), [("fail", "calls", "peek")])

    def test_together(self):
        self.assertEqual(self.rule("module = app; what = calls; limit = <= 43201; together = on"), [])

    def test_too_much_together(self):
        self.assertEqual(self.rule("what = calls; limit = <= 43200; together = on", code=1),
                         [("fail", "calls", "4 functions together (r)")])

    def test_share(self):
        self.assertEqual(self.rule("function = parse; what = self-share; limit = <= 30 %", code=1),
                         [("fail", "self-share", "parse")])

    def test_share_that_is_met(self):
        self.assertEqual(self.rule("function = parse; what = self-share; limit = <= 40 %"), [])

    def test_share_of_a_file(self):
        self.assertEqual(self.rule("file = p*; what = self-share; limit = < 60 %; together = on", code=1),
                         [("fail", "self-share", "2 functions together (r)")])

    def test_self_and_cumulative(self):
        self.assertEqual(self.rule("function = parse; what = self; limit = <= 400 ms"), [])
        self.assertEqual(self.found_with("function = parse; what = self; limit = < 400 ms"), [("fail", "self", "parse")])
        self.assertEqual(self.found_with("function = parse; what = cumulative; limit = < 600 ms"),
                         [("fail", "cumulative", "parse")])

    def found_with(self, text):
        self.configure("[rule r]\n" + text.replace("; ", "\n") + "\n")
        return self.found(code=1)

    def test_average(self):
        self.assertEqual(self.rule("function = render; what = average; limit = < 1.5 ms", code=1),
                         [("fail", "average", "render")])

    def test_percentiles(self):
        lengths = {"durations": {"render": [1_000_000] * 96 + [9_000_000] * 4}}
        text = "function = render; what = {}; limit = < 5 ms"
        self.assertEqual(self.rule(text.format("p95"), new=lengths), [])
        self.assertEqual(self.found_with(text.format("p99")), [("fail", "p99", "render")])

    def test_wall(self):
        self.assertEqual(self.rule("what = wall; limit = < 1 s", code=1), [("fail", "wall", "the program")])

    def test_difference(self):
        new = {"calls": {("main", "parse"): 1010}}
        self.assertEqual(self.rule("function = parse; what = calls; limit = +10", new=new),
                         [("warn", "calls", "parse")])
        self.assertEqual(self.found_with("function = parse; what = calls; limit = +9"), [("fail", "calls", "parse")])

    def test_what_is_off(self):
        self.assertEqual(self.rule("function = parse; what = calls; limit = off",
                                   new={"calls": {("main", "parse"): 2000}}), [])

    def test_edges_may_be_judged_apart(self):
        self.assertEqual(self.judged("[rule a]\nfunction = parse\nwhat = calls\nlimit = off\n"
                                     "[rule b]\nfunction = parse\nwhat = edges\nlimit = 10 %\n", code=1,
                                     new={"calls": {("main", "parse"): 2000}}),
                         [("fail", "edges", "main > parse")])

    def test_the_last_counts(self):
        self.assertEqual(self.judged("[rule a]\nwhat = calls\nlimit = off\n"
                                     "[rule b]\nfunction = parse\nwhat = calls\nlimit = 200 %\n"
                                     "[rule c]\nwhat = edges\nlimit = off\n[gate]\nexact-warn = off\n",
                                     new={"calls": {("main", "parse"): 2000, ("main", "render"): 400}}), [])

    def test_nothing_fits(self):
        self.assertEqual(self.rule("function = pasre; what = calls; limit = 5 %"), [("warn", "calls", "rule r")])

    def test_startup(self):
        profile = self.profile()
        thread = profile.thread_list[0]
        early = profile.function("early")
        context = thread.context(thread.root, early, 1, 7_000_000)
        thread.contexts.remove(context)
        thread.contexts.insert(1, context)
        self.configure("[rule r]\nwhat = startup\nlimit = < 7 ms\n[gate]\nnew-functions = off\n")
        self.series([self.profile()], "old", baseline="main")
        self.series([profile], "new")
        self.assertEqual(self.found(code=1), [("fail", "startup", "the program")])
        self.configure("[rule r]\nwhat = startup\nlimit = <= 7 ms\n[gate]\nnew-functions = off\n")
        self.check()

    def test_startup_without_main(self):
        """What a thread did that never came to main may be all of the program, or nothing."""
        self.configure("[rule r]\nwhat = startup\nlimit = < 7 ms\n")
        for name, baseline in (("old", "main"), ("new", None)):
            self.runs += 1
            profile = Profile("/opt/app/bin/app", key=self.runs, run=self.runs)
            profile.start_unix_ns += self.runs * 3_600_000 * MS
            thread = profile.thread(outside=MS)
            thread.context(thread.root, profile.function("serve"), 1, 9 * MS)
            self.series([profile], name, baseline=baseline)
        verdict = self.check()
        self.assertEqual(verdict["times_judged"], 0)
        self.assertIn("[rule r]: time before main of the program is not judged: too few runs tell anything of it.",
                      verdict["notes"])


class Allowed(GateCase):
    def judged(self, text, code=0):
        self.configure(f"[allow a]\n{text}\nreason = as it must be\n")
        self.series([self.profile()], "old", baseline="main")
        self.series([self.profile(calls={("main", "parse"): 2000})], "new")
        return self.check(code=code)

    def test_allowed(self):
        verdict = self.judged("function = pa*\nuntil = 9999-12-31")
        row, = [row for row in verdict["findings"] if row["name"] == "parse"]
        self.assertEqual((row["severity"], row["allowed"]), ("note", "as it must be"))
        self.assertIn("allowed until 9999-12-31: as it must be", row["text"])

    def test_ended(self):
        verdict = self.judged("function = parse\nuntil = 2001-01-01", code=1)
        self.assertIn("[allow a] ended on 2001-01-01 and allows nothing any more: as it must be", verdict["notes"])

    def test_last_day(self):
        """Once more if midnight has come between."""
        def codes_until(days):
            for day in days:
                self.configure(f"[allow a]\nfunction = parse\nuntil = {day}\nreason = r\n")
                yield self.profinst("check", code=(0, 1)).returncode

        def today():
            return datetime.datetime.now(datetime.timezone.utc).date()

        self.judged("function = parse\nuntil = 9999-12-31")
        day, codes = None, None
        while day != today():
            day = today()
            codes = list(codes_until([day, day - datetime.timedelta(1)]))
        self.assertEqual(codes, [0, 1])

    def test_something_else(self):
        verdict = self.judged("function = parse\nwhat = self\nuntil = 9999-12-31", code=1)
        self.assertIn("[allow a] allows nothing that was found.", verdict["notes"])


class Codes(GateCase):
    def test_warnings(self):
        self.series([self.profile()], "old", baseline="main")
        self.series([self.profile(calls={("main", "parse"): 1001})], "new")
        self.profinst("check")
        self.profinst("check", "--warnings-as-status", code=2)

    def test_failures_are_more_than_warnings(self):
        self.series([self.profile()], "old", baseline="main")
        self.series([self.profile(calls={("main", "parse"): 2001})], "new")
        self.profinst("check", "--warnings-as-status", code=1)

    def test_usage(self):
        for arguments in (["--frobnicate"], ["a", "b"], ["--format=xml"], ["--limit=x"], ["--color=pink"]):
            self.profinst("check", *arguments, code=64)

    def test_output(self):
        self.series([self.profile()], "old", baseline="main")
        self.series([self.profile()], "new")
        self.profinst("check", "-o", "none/out", code=4)
        self.profinst("check", "-o", "out")
        self.assertTrue((self.folder / "out").read_text().startswith("passed\n"))

    def test_configuration(self):
        self.configure("[gate]\ntime-fial = 5 %\n")
        self.fails(3, "cannot use configuration: profinst.ini:2:1: [gate] has no key 'time-fial'; did you mean "
                      "'time-fail'?", "check")


class Refused(GateCase):
    def refused(self, why, *arguments):
        self.fails(3, "cannot judge: " + why, "check", *arguments)

    def test_no_baseline(self):
        self.series([self.profile()], "new")
        self.refused("profinst.db: it has no baseline; save one with 'profinst baseline save', or name a file with "
                     "--baseline")

    def test_several_baselines(self):
        self.series([self.profile()], "old", baseline="main")
        self.series([self.profile()], "old", baseline="other")
        self.series([self.profile()], "new")
        self.refused("profinst.db: it has several baselines: main, other; name one with --baseline, or in [gate]")
        self.check("--baseline=other")
        self.configure("[gate]\nbaseline = main\n")
        self.assertEqual(self.check()["before"]["label"], "baseline main")

    def test_itself(self):
        self.series([self.profile()], "old", baseline="main")
        self.refused("series old, the newest: it is the baseline itself; run the program again with 'profinst run'")

    def test_another_program(self):
        self.series([self.profile(program="/bin/other")], "old", baseline="main")
        self.series([self.profile()], "new")
        self.refused("series new, the newest: it is of the program /opt/app/bin/app, and baseline main is of "
                     "/bin/other; name a baseline of that program, or give --force")
        self.assertEqual(self.check("--force")["verdict"], "pass")

    def test_the_same_program_elsewhere(self):
        self.series([self.profile(program="/home/ci/1/app")], "old", baseline="main")
        self.series([self.profile()], "new")
        self.profinst("check")

    def test_crash(self):
        self.series([self.profile()], "old", baseline="main")
        self.series([self.profile(), self.profile()], "new", signals={2: 11}, exit_codes={2: None})
        self.refused("series new, the newest: 1 of its 2 runs failed (run 2 was ended by signal 11); mend the "
                     "program, or set failed-runs in [gate] to leave-out or judge")
        self.configure("[gate]\nfailed-runs = leave-out\n")
        verdict = self.check()
        self.assertEqual(verdict["after"]["runs"], 1)
        self.assertIn("1 of the 2 runs of series new, the newest failed and are left out (run 2 was ended by signal "
                      "11).", verdict["notes"])

    def test_exit_code(self):
        self.series([self.profile()], "old", baseline="main")
        self.series([self.profile(), self.profile()], "new", exit_codes={1: 1})
        self.refused("series new, the newest: 1 of its 2 runs failed (run 1 exited with 1); mend the program, or set "
                     "failed-runs in [gate] to leave-out or judge")
        self.configure("[gate]\nfailed-runs = judge\n")
        self.assertEqual(self.check()["after"]["runs"], 2)

    def test_runs_that_failed_are_judged(self):
        """Not those that a signal ended; what is told of them is what became of them."""
        self.series([self.profile()], "old", baseline="main")
        self.series([self.profile() for _ in range(4)], "new", exit_codes={1: 1, 2: None, 3: 2}, signals={2: 11})
        self.configure("[gate]\nfailed-runs = judge\n")
        verdict = self.check()
        self.assertEqual(verdict["after"]["runs"], 3)
        self.assertIn("3 of the 4 runs of series new, the newest failed and 2 of them are judged like the others (run 1 "
                      "exited with 1).", verdict["notes"])

    def judged_like_the_others(self, **ends):
        self.configure("[gate]\nfailed-runs = judge\n")
        self.series([self.profile()], "old", baseline="main")
        self.series([self.profile(), self.profile()], "new", **ends)
        return [note for note in self.check()["notes"] if "failed" in note]

    def test_all_that_failed_are_judged(self):
        self.assertEqual(self.judged_like_the_others(exit_codes={1: 1}),
                         ["1 of the 2 runs of series new, the newest failed and are judged like the others (run 1 exited "
                          "with 1)."])

    def test_none_that_failed_is_judged(self):
        self.assertEqual(self.judged_like_the_others(exit_codes={2: None}, signals={2: 11}),
                         ["1 of the 2 runs of series new, the newest failed and are left out (run 2 was ended by signal "
                          "11)."])

    def test_all_failed(self):
        self.series([self.profile()], "old", baseline="main")
        self.series([self.profile()], "new", exit_codes={1: 1})
        self.configure("[gate]\nfailed-runs = leave-out\n")
        self.refused("series new, the newest: it has no run to look at; run the program again")

    def test_another_machine(self):
        self.series(self.noisy(6), "old", baseline="main", facts={"machine.cpu": "fast"})
        self.series(self.noisy(6, {"render": 2}), "new", facts={"machine.cpu": "slow"})
        verdict = self.check()
        self.assertEqual(verdict["times_judged"], 0)
        self.assertIn("Times are not compared: the two sides are of different machines or builds.", verdict["notes"])

    def test_no_times_before(self):
        """Targets are for what is after."""
        self.series([self.profile(timing=COUNTS) for _ in range(6)], "old", baseline="main")
        self.series(self.noisy(6), "new")
        self.configure("[rule r]\nwhat = self\nlimit = < 350 ms\n")
        verdict = self.check(code=1)
        self.assertEqual(([(row["what"], row["name"]) for row in verdict["findings"]], verdict["times_judged"]),
                         ([("self", "parse")], 4))
        self.assertEqual(verdict["notes"][-1:], ["Times are not compared: a side has none."])

    def test_no_times_after(self):
        self.series(self.noisy(6), "old", baseline="main")
        self.series([self.profile(timing=COUNTS) for _ in range(6)], "new")
        self.configure("[rule r]\nfunction = parse\nwhat = self\nlimit = < 350 ms\n")
        verdict = self.check()
        self.assertEqual((verdict["findings"], verdict["times_judged"]), ([], 0))
        self.assertEqual(verdict["notes"][-2:],
                         ["[rule r]: self time of parse is not judged: too few runs tell anything of it.",
                          "Times are not compared: a side has none."])


if __name__ == "__main__":
    unittest.main()

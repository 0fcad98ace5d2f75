"""The configuration file: what is read from it, and what is said of one that is wrong."""

import os
import unittest

from profile_writer import AUTO, Profile
from support import Case

KEYS = ("self-share-critical", "self-share-high", "self-share-medium", "average-critical",
        "average-high", "average-medium", "p95-critical", "p95-high", "p95-medium", "p99-critical",
        "p99-high", "p99-medium", "least-calls")


class Config(Case):
    def configure(self, text, name="profinst.ini"):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    def shares(self):
        """A function has 30 %, one 15 %, one 5 %, one 2 %, and main the rest, 48 %."""
        profile = Profile()
        thread = profile.thread()
        main = thread.context(thread.root, profile.function("main"), 1, 48)
        for name, ticks in (("most", 30), ("much", 15), ("some", 5), ("little", 2)):
            thread.context(main, profile.function(name), 20, ticks)
        return self.write(profile)

    def severities(self, *arguments):
        return {row["function"]: row["severity"] for row in self.report(*arguments)["functions"]}

    def wrong(self, text, line, why, column=1):
        """At that line and column; 0: none is told."""
        name = self.configure(text, "wrong.ini")
        place = name + f":{line}" * (line > 0) + f":{column}" * (column > 0)
        self.fails(3, f"cannot use configuration: {place}: {why}", "report", f"--config={name}",
                   self.profile)

    def setUp(self):
        super().setUp()
        self.profile = self.shares()

    def test_standard(self):
        expected = {"main": "critical", "most": "critical", "much": "high", "some": "medium",
                    "little": "low"}
        self.assertEqual(self.severities(self.profile), expected)
        self.configure("")
        self.assertEqual(self.severities(self.profile), expected)

    def test_places(self):
        changed = "[severity]\nself-share-critical = 40 %\n"
        self.configure(changed, "other.ini")
        self.assertEqual(self.severities("--config=other.ini", self.profile)["most"], "high")
        self.assertEqual(self.severities(self.profile)["most"], "critical")
        self.configure(changed)
        self.assertEqual(self.severities(self.profile)["most"], "high")
        self.assertEqual(self.severities("--config=/dev/null", self.profile)["most"], "critical")
        below = self.folder / "below"
        below.mkdir()
        os.rename(self.folder / "profinst.ini", below / "profinst.ini")
        self.assertEqual(self.severities(self.profile)["most"], "critical")

    def test_ways_to_write(self):
        for text in ("[severity]\nself-share-high=15%", "[severity]\r\n self-share-high : 15 % \r\n",
                     "\ufeff# first\n; second\n\n  [severity]\n\tself-share-high\t=\t15.0 %\t; why\n",
                     "# " + "x" * 5000 + "\n[severity]\nself-share-high = 15.000 %\n[severity]\n"):
            with self.subTest(text):
                self.configure(text)
                severities = self.severities(self.profile)
                self.assertEqual((severities["much"], severities["some"]), ("high", "medium"))
                self.configure(text.replace("15", "16"))
                self.assertEqual(self.severities(self.profile)["much"], "medium")
        self.configure("[severity]\nself-share-critical = off\nself-share-high = off\n"
                       "self-share-medium = off\n")
        self.assertEqual(set(self.severities(self.profile).values()), {"low"})

    def test_units_of_time(self):
        profile = Profile()
        thread = profile.thread(outside=10**15)
        thread.context(thread.root, profile.function("f"), 10, 36 * 10**12)  # an hour each
        name = self.write(profile, "long.profinst")
        for time, reached in (("1 h", True), ("1.001 h", False), ("60 min", True), ("3600 s", True),
                              ("3600000ms", True), ("3600000000 us", True), ("3600000000 µs", True),
                              ("3600000000 μs", True), ("3600000000001 ns", False), ("off", False)):
            with self.subTest(time):
                self.configure(f"[severity]\naverage-high = {time}\n")
                self.assertEqual(self.severities(name)["f"], "high" if reached else "medium")

    def test_times(self):
        profile = Profile()
        thread = profile.thread(outside=10**9)
        for name, calls in (("often", 1000), ("seldom", 9)):
            function = profile.function(name)
            thread.context(thread.root, function, calls, calls * 1000)
            thread.durations(function, [900] * (calls * 96 // 100) + [9000] * (calls * 3 // 100)
                             + [90000] * (calls // 100))
        name = self.write(profile, "times.profinst")
        self.assertEqual(self.severities(name), {"often": "low", "seldom": "low"})
        for key, below, above in (("average", "1 µs", "1001 ns"), ("p95", "896 ns", "1 µs"),
                                  ("p99", "9 µs", "10 µs")):
            for level in ("critical", "high", "medium"):
                with self.subTest(f"{key} {level}"):
                    self.configure(f"[severity]\n{key}-{level} = {below}\n")
                    self.assertEqual(self.severities(name), {"often": level, "seldom": "low"})
                    self.configure(f"[severity]\n{key}-{level} = {above}\n")
                    self.assertEqual(self.severities(name), {"often": "low", "seldom": "low"})
        self.configure("[severity]\naverage-high = 1 µs\nleast-calls = 9\n")
        self.assertEqual(self.severities(name), {"often": "high", "seldom": "high"})
        self.configure("[severity]\naverage-high = 1 µs\naverage-critical = 1 µs\nleast-calls = 1001\n")
        self.assertEqual(self.severities(name), {"often": "low", "seldom": "low"})

    def test_error_bars_count(self):
        profile = Profile()
        profile.timing, profile.sample_ns = AUTO, 1_000_000
        thread = profile.thread(outside=100_000_000)
        main = thread.context(thread.root, profile.function("main"), 1, 40_000_000)
        for name, samples in (("f", 35), ("g", 25)):
            thread.context(main, profile.function(name), 10_000_000).estimated(samples=samples,
                                                                              counted=True)
        name = self.write(profile, "estimates.profinst")
        report = self.report(name)
        for row in report["functions"]:
            sure = max(0, row["self_ns"] - row["self_error_ns"]) / report["total_ns"]
            level = ("critical" if sure >= 0.25 else "high" if sure >= 0.1 else
                     "medium" if sure >= 0.03 else "low")
            self.assertEqual(row["severity"], level, row)
        row = next(row for row in report["functions"] if row["function"] == "f")
        self.assertGreater(row["self_error_ns"], 0)
        share = row["self_ns"] / report["total_ns"]
        sure = (row["self_ns"] - row["self_error_ns"]) / report["total_ns"]
        for threshold, level in ((share, "low"), (sure * 1.001, "low"), (sure * 0.999, "critical")):
            self.configure("[severity]\n" + "".join(
                f"self-share-{key} = {100 * threshold:.6f} %\n" for key in ("critical", "high", "medium")))
            self.assertEqual(self.severities(name)["f"], level)

    def test_unknown(self):
        all_keys = ", ".join(KEYS)
        self.wrong("[severity]\n\nself-share-critcal = 1 %\n", 3,
                   "[severity] has no key 'self-share-critcal'; did you mean 'self-share-critical'?")
        self.wrong("[severity]\nwhatever = 1\n", 2,
                   f"[severity] has no key 'whatever'; there are {all_keys}")
        self.wrong("[severity]\ndominant = off\n", 2,
                   "[severity] has no key 'dominant'; it belongs into [advice]")
        self.wrong("# x\n [severty]\nleast-calls = 1\n", 2,
                   "no section is called 'severty'; did you mean 'severity'?", 3)
        self.wrong("[other]\n", 1, "no section is called 'other'; there are severity, advice, gate, "
                                   "rule NAME, allow NAME", 2)
        self.wrong("least-calls = 1\n", 1,
                   "'least-calls' stands in no section; begin with one, like [severity]")
        self.wrong("[severity]\n\x1b[31mx\n = 1\n", 2,
                   "this is neither a [section] nor a key and its value; write 'key = value'", 0)
        self.wrong("[severity]\nx\x1b = 1\n", 2,
                   f"[severity] has no key 'x\\x1B'; there are {all_keys}")

    def test_no_values(self):
        share = "a share from 0 % to 100 %, like 25 %, or off"
        time = "a time like 250 ns, 10 µs, 5 ms, 1.5 s, 2 min or 1 h, or off"
        count = "a whole number from 1 up, like 1000"
        for section, key, values, right in (
                ("severity", "self-share-high", ("10", "0.1", "-1 %", "101 %", "1 % 2", "x %", "% 1",
                                                 "1e1 %", "0x1 %", "nan %", "1.2.3 %", "on", "",
                                                 "9" * 40 + " %"), share),
                ("severity", "p95-high", ("5", "5 %", "5 days", "5 MS", "-5 ms", "1000000000 h", "ms",
                                          "5 m s"), time),
                ("severity", "least-calls", ("0", "1.5", "10 %", "-3", "off", "1,000", "10000000000000000",
                                             "ten"), count),
                ("advice", "dominant-share", ("off", "50"),
                 "a share from 0 % to 100 %, like 25 %"),
                ("advice", "hot-small-self", ("off", "50"),
                 "a time like 250 ns, 10 µs, 5 ms, 1.5 s, 2 min or 1 h"),
                ("advice", "long-tail-ratio", ("0.5", "off", "10 x"), "a number from 1 up, like 10 or 2.5"),
                ("advice", "dominant", ("yes", "1", "50 %", "ON"), "on or off")):
            for value in values:
                with self.subTest(f"{key} = {value}"):
                    self.wrong(f"[{section}]\n{key} = {value}\n", 2,
                               f"{key} = {value} is no good; give {right}",
                               len(key) + 4)

    def test_kinds_of_the_gate(self):
        for key, values, right in (
                ("exact-fail", ("5", "5 ms", "-5 %", "x"), "a growth like 5 % or 150 %, or off"),
                ("new-functions", ("never", "", "Warn"), "off, note, warn or fail"),
                ("failed-runs", ("on",), "refuse, leave-out or judge")):
            for value in values:
                with self.subTest(f"{key} = {value}"):
                    self.wrong(f"[gate]\n{key}\t= \t{value}\n", 2,
                               f"{key} = {value} is no good; give {right}",
                               len(key) + 5)
        self.configure("[gate]\nexact-fail = 1000 %\nbaseline =\nnew-functions = off\n")
        self.severities(self.profile)

    RULE = "[rule a]\nwhat = calls\nlimit = 5 %\n"
    ALLOW = "[allow a]\nfunction = f\nuntil = 2027-01-31\nreason = why\n"

    def test_rules_that_are_wrong(self):
        self.wrong("[rule ]\n", 1, "the section has no name of its own; write one, like [rule parser]", 2)
        self.wrong("\n[rule a]\n", 2, "[rule a] lacks 'what'; give it")
        self.wrong("[rule a]\nwhat = calls\n[gate]\nfloor = 1\n", 1, "[rule a] lacks 'limit'; give it")
        self.wrong(self.RULE + self.RULE, 4, "the rule 'a' stands in line 1 already; name them apart", 2)
        self.wrong("[rule a]\nlimt = 5\n", 2, "[rule a] has no key 'limt'; did you mean 'limit'?")
        self.wrong("[rule a]\nuntil = 5\n", 2, "[rule a] has no key 'until'; there are function, file, "
                                               "module, what, limit, severity, together")
        self.wrong("[rule a]\nlimit = 5 %\n", 2,
                   "'limit' stands before 'what', which says what it is of; put that first", 9)
        self.wrong("[rule a]\nwhat = cals\n", 2, "what = cals is no good; give calls, edges, contexts, self, "
                   "cumulative, average, p50, p95, p99, self-share, wall or startup", 8)
        self.wrong(self.RULE + "severity = off\n", 4, "severity = off is no good; give note, warn or fail", 12)
        self.wrong(self.RULE + "together = 1\n", 4, "together = 1 is no good; give on or off", 12)
        for key in ("function = f", "what = self", "limit = 1 %", "severity = warn"):
            name, value = key.split(" = ")
            text = "[rule a]\nwhat = calls\nlimit = 5 %\nseverity = fail\nfunction = g\n" + key + "\n"
            self.wrong(text, 6, f"'{name}' was set in this section already; keep one", len(name) + 4)
        self.wrong("[rule a]\nfunction = re:(\n", 2,
                   "function = re:( is no pattern: Unmatched ( or \\(; mend it", 12)
        self.wrong("[rule a]\nfile =\n", 2, "file =  is no good; give a name or a pattern", 7)
        self.wrong("[rule a]\nwhat = wall\nlimit = 5 %\nfunction = f\n", 1, "[rule a]: wall is of the whole "
                   "program; leave out function, file, module and together")
        self.wrong("[rule a]\nwhat = p95\nlimit = 5 %\ntogether = on\n", 1,
                   "[rule a]: p95 cannot be added up; leave out together")

    def test_limits(self):
        for what, good, bad, right in (
                ("calls", ("5 %", "150%", "+100", "< 5", "<= 0", "off"), ("5", "-5 %", "+1 ms", "< 5 %", "+", "<"),
                 "a growth like 20 % or +100, a most like <= 1000, or off"),
                ("self", ("5 %", "+1 ms", "<1 s", "<= 2 ms", "off"), ("5", "1 ms", "< 5", "<= 1 %", "on"),
                 "a growth like 20 % or +5 ms, a most like < 5 ms, or off"),
                ("self-share", ("5 %", "< 30 %", "<=100%"), ("+5 %", "< 5", "<= 101 %"),
                 "a growth like 20 %, a most like <= 30 %, or off")):
            for limit in good:
                self.configure(f"[rule a]\nwhat = {what}\nlimit = {limit}\n")
                self.severities(self.profile)
            for limit in bad:
                self.wrong(f"[rule a]\nwhat = {what}\nlimit = {limit}\n", 3,
                           f"limit = {limit} is no good; give {right}", 9)

    def test_what_is_allowed(self):
        self.configure(self.RULE + self.ALLOW)
        self.severities(self.profile)
        for date in ("2027-02-29", "tomorrow", "2027-1-31", "31.01.2027", "2027-13-01", "2027-01-3x", "-027-01-01",
                     "2027- 1-31", "2027-+1-31", "2027-00-31", "2027-01-00", "2027-01-31 1"):
            self.wrong(f"[allow a]\nuntil = {date}\n", 2, f"until = {date} is no good; give a day like 2027-01-31", 9)
        self.wrong("[allow a]\nfunction = f\nreason = why\n", 1, "[allow a] lacks 'until'; give it")
        self.wrong("[allow a]\nfunction = f\nuntil = 2027-01-31\n", 1, "[allow a] lacks 'reason'; give it")
        self.wrong("[allow a]\nuntil = 2027-01-31\nreason = why\n", 1,
                   "[allow a] would allow everything; name a function, file, module or what")
        self.wrong("[allow a]\nreason =\n", 2, "reason =  is no good; give the reason in words", 9)
        self.wrong(self.ALLOW + self.ALLOW, 5, "'a' is allowed in line 1 already; name them apart", 2)

    def test_a_mark_before_the_first_section(self):
        self.configure("\ufeff" + self.RULE)
        self.severities(self.profile)

    def test_order(self):
        self.wrong("[severity]\nself-share-high = 30 %\n", 2,
                   "'self-share-critical' is less than 'self-share-high'; give it at least as much, or "
                   "set both", 0)
        self.wrong("[gate]\nexact-warn = 6 %\n", 2,
                   "'exact-fail' is less than 'exact-warn'; give it at least as much, or set both", 0)
        self.wrong("[gate]\ntime-fail = 6 %\n", 2,
                   "'time-fail' is less than 'time-warn'; give it at least as much, or set both", 0)
        self.wrong("[severity]\np99-high = 2 ms\np99-medium = 1 ms\n\np99-critical = 1 ms\n", 5,
                   "'p99-critical' is less than 'p99-high'; give it at least as much, or set both", 0)
        self.wrong("[severity]\nself-share-high = off\nself-share-medium = 26 %\n", 3,
                   "'self-share-critical' is less than 'self-share-medium'; give it at least as much, or "
                   "set both", 0)
        self.configure("[severity]\np99-high = 2 ms\np99-medium = 2 ms\np99-critical = 2 ms\n")
        self.severities(self.profile)

    def test_twice(self):
        self.wrong("[severity]\nleast-calls = 1\n[advice]\n[severity]\nleast-calls = 1\n", 5,
                   "'least-calls' was set in line 2 already; keep one")

    def test_first_error_is_told(self):
        self.wrong("[severity]\nnonsense\nleast-calls = 0\n", 2,
                   "this is neither a [section] nor a key and its value; write 'key = value'", 0)
        self.wrong("[severity]\nleast-calls = 0\nnonsense\n", 2,
                   "least-calls = 0 is no good; give a whole number from 1 up, like 1000", 15)

    def test_what_is_no_text(self):
        self.wrong("[severity]\nleast-calls = 1\n" + "k" * 250 + " = 1\n", 3,
                   "the line is too long; write a key and its value in less")
        self.wrong("[" + "s" * 60 + "]\n", 1,
                   "the line is too long; write a section's name in less")
        self.wrong(b"[severity]\nleast-calls = 1\0\n", 0,
                   "it has bytes that are zero; give a file with text", 0)
        self.wrong("#" * (1024 * 1024 + 1), 0,
                   "it is larger than a megabyte; give a configuration file", 0)
        self.wrong(b"[severity]\n\xff\xfe = 1\n", 2,
                   "[severity] has no key '\\xFF\\xFE'; there are " + ", ".join(KEYS))

    def test_what_is_no_file(self):
        self.fails(3, "cannot read configuration: missing.ini: No such file or directory; name another "
                      "with --config", "report", "--config=missing.ini", self.profile)
        (self.folder / "profinst.ini").mkdir()
        self.fails(3, "cannot use configuration: profinst.ini: Is a directory; give a file", "report",
                   self.profile)


if __name__ == "__main__":
    unittest.main()

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

    def wrong(self, text, line, why):
        name = self.configure(text, "wrong.ini")
        place = f"{name}:{line}" if line else name
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
        self.wrong("# x\n[severty]\nleast-calls = 1\n", 3,
                   "no section is called 'severty'; did you mean 'severity'?")
        self.wrong("[gate]\nx = 1\n", 2, "no section is called 'gate'; there are severity, advice")
        self.wrong("least-calls = 1\n", 1,
                   "'least-calls' stands in no section; begin with one, like [severity]")
        self.wrong("[severity]\n\x1b[31mx\n = 1\n", 2,
                   "this is neither a [section] nor a key and its value; write 'key = value'")
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
                               f"{key} = {value} is no good; give {right}")

    def test_order(self):
        self.wrong("[severity]\nself-share-high = 30 %\n", 2,
                   "'self-share-critical' is less than 'self-share-high'; give it at least as much, or "
                   "set both")
        self.wrong("[severity]\np99-high = 2 ms\np99-medium = 1 ms\n\np99-critical = 1 ms\n", 5,
                   "'p99-critical' is less than 'p99-high'; give it at least as much, or set both")
        self.wrong("[severity]\nself-share-high = off\nself-share-medium = 26 %\n", 3,
                   "'self-share-critical' is less than 'self-share-medium'; give it at least as much, or "
                   "set both")
        self.configure("[severity]\np99-high = 2 ms\np99-medium = 2 ms\np99-critical = 2 ms\n")
        self.severities(self.profile)

    def test_twice(self):
        self.wrong("[severity]\nleast-calls = 1\n[advice]\n[severity]\nleast-calls = 1\n", 5,
                   "'least-calls' was set in line 2 already; keep one")

    def test_first_error_is_told(self):
        self.wrong("[severity]\nnonsense\nleast-calls = 0\n", 2,
                   "this is neither a [section] nor a key and its value; write 'key = value'")
        self.wrong("[severity]\nleast-calls = 0\nnonsense\n", 2,
                   "least-calls = 0 is no good; give a whole number from 1 up, like 1000")

    def test_what_is_no_text(self):
        self.wrong("[severity]\nleast-calls = 1\n" + "k" * 250 + " = 1\n", 3,
                   "the line is too long; write a key and its value in less")
        self.wrong("[" + "s" * 60 + "]\n", 1,
                   "the line is too long; write a section's name in less")
        self.wrong(b"[severity]\nleast-calls = 1\0\n", 0,
                   "it has bytes that are zero; give a file with text")
        self.wrong("#" * (1024 * 1024 + 1), 0,
                   "it is larger than a megabyte; give a configuration file")
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

"""profinst check in all formats: what people and programs make of it, and names that try to break out."""

import html
import json
import re
import unittest

import junitparser  # python3-junitparser

from gate_case import GateCase
from profile_writer import Profile
from support import ENVIRONMENT

HOSTILE = "f\n::error::x\r%0A\x1b[31m|`</details><script>,line=1:\u202e\"&'\\"


class Formats(GateCase):
    def setUp(self):
        super().setUp()
        self.series(self.noisy(6, noise=0.01), "old", baseline="main")
        self.series(self.noisy(6, {"render": 1.3}, noise=0.01, seed=2, calls={("main", "parse"): 1001}), "new")

    def text(self, format, code=1, *arguments):
        return self.profinst("check", f"--format={format}", *arguments, code=code).stdout.decode()

    def test_table(self):
        lines = self.text("table").splitlines()
        self.assertEqual(lines[0], "FAILED: 1 failure, 1 warning")
        self.assertRegex(lines[1], r"^series new, the newest \(6 runs\) against baseline main \(6 runs\): "
                                   r"\d+ numbers of calls and 5 times judged$")
        self.assertEqual(lines[2:4], ["", "verdict  what   of      before   after   change  limit  certainty   why    "
                                          "              place"])
        slow, more = lines[4:]
        self.assertRegex(slow, r"^FAIL     self   render  30\d ms  39\d ms  \+\d\d.\d %   20 %  p < 0.0001  slower  "
                               r"             src/render.c:12$")
        self.assertEqual(more, "warn     calls  parse    1,000   1,001  +0.10 %    0 %  exact       called more by "
                               "main  src/parse.c:11")

    def test_limit(self):
        text = self.text("table", 1, "--limit=1")
        self.assertNotIn("parse", text)
        self.assertIn("1 more; --limit=0 shows all", text)

    def test_terminal(self):
        text = self.terminal(60, "check", "--color=always", code=1)
        self.assertTrue(all(len(re.sub("\x1b\\[[0-9;]*m", "", line)) <= 60 for line in text.splitlines()), text)

    def test_json(self):
        verdict = json.loads(self.text("json"))
        self.assertEqual([verdict[key] for key in ("verdict", "failures", "warnings", "program", "times_judged")],
                         ["fail", 1, 1, "/opt/app/bin/app", 5])
        self.assertEqual((verdict["before"]["runs"], verdict["after"]["runs"]), (6, 6))
        slow, more = verdict["findings"][:2]
        self.assertEqual([slow[key] for key in ("severity", "what", "rule", "name", "file", "line", "limit", "exact")],
                         ["fail", "self", "time", "render", "src/render.c", 12, "20 %", False])
        self.assertLess(slow["p"], 0.0001)
        self.assertTrue(1.25 < slow["ratio_low"] < slow["ratio"] < slow["ratio_high"] < 1.35)
        self.assertEqual([more[key] for key in ("severity", "what", "rule", "before", "after", "p", "exact", "limit")],
                         ["warn", "calls", "exact", 1000, 1001, None, True, "0 %"])

    def test_markdown(self):
        text = self.text("markdown")
        self.assertTrue(text.startswith("<!-- profinst check -->\n### profinst: FAILED: 1 failure, 1 warning\n"))
        self.assertEqual((text.count("<details>"), text.count("</details>")), (1, 1))
        self.assertLess(text.index("render"), text.index("<details>"))

    def test_markdown_that_passed(self):
        self.configure("[gate]\ntime-fail = off\ntime-warn = off\nexact-warn = 1 %\n")
        self.assertTrue(self.text("markdown", 0).startswith("<!-- profinst check -->\n### profinst: passed\n"))

    def junit(self, code=1):
        (self.folder / "junit.xml").unlink(missing_ok=True)
        self.profinst("check", "--format=junit", "-o", "junit.xml", code=code)
        suites = junitparser.JUnitXml.fromfile(str(self.folder / "junit.xml"))
        suite, = suites
        self.assertEqual((suite.tests, suite.failures), (len(list(suite)), sum(
            any(isinstance(result, junitparser.Failure) for result in case.result) for case in suite)))
        self.assertEqual((suites.tests, suites.failures), (suite.tests, suite.failures))
        return list(suite)

    def test_junit(self):
        cases = self.junit()
        failed, = [case for case in cases if case.result]
        self.assertEqual((failed.classname, failed.name), ("profinst.self", "self time of render"))
        self.assertEqual(failed.result[0].type, "time")
        self.assertIn("limit 20 %", failed.result[0].message)
        warned, = [case for case in cases if case.system_out]
        self.assertEqual(warned.name, "calls of parse")
        self.assertEqual([case.name for case in cases],
                         ["self time of render", "calls of parse", "calls", "edges", "wall"])

    def annotations(self, code=1, arguments=(), **environment):
        """As the runner reads them: workflow commands, undone in the opposite order of escaping."""
        ENVIRONMENT.update(environment)
        self.addCleanup(lambda: [ENVIRONMENT.pop(name, None) for name in environment])
        text = self.text("github", code, *arguments)
        found = []
        for line in text.splitlines():
            command, properties, message = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line).groups()
            values = dict(part.split("=", 1) for part in properties.split(","))
            for escape, plain in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
                values = {name: value.replace(escape, plain) for name, value in values.items()}
                message = message.replace(escape, plain)
            found.append((command, values, message))
        return found

    def test_github(self):
        error, warning, notice = self.annotations()
        self.assertEqual(error[:2], ("error", {"file": "src/render.c", "line": "12", "title": "self time of render"}))
        self.assertIn("(+3", error[2])
        self.assertIn("limit 20 %", error[2])
        self.assertEqual(warning, ("warning", {"file": "src/parse.c", "line": "11", "title": "calls of parse"},
                                   "calls of parse: 1,000 → 1,001 (+0.10 %), limit 0 %; called more by main"))
        self.assertEqual((notice[0], notice[1], notice[2].split("\n")[0]),
                         ("notice", {"title": "profinst check"}, "FAILED: 1 failure, 1 warning"))

    def test_github_with_a_limit(self):
        self.assertEqual([command for command, _, _ in self.annotations(arguments=["--limit=1"])],
                         ["error", "notice"])


class Hostile(GateCase):
    def setUp(self):
        super().setUp()
        for at, calls in enumerate((10, 20)):
            profile = Profile(key=at + 1, run=at + 1)
            profile.start_unix_ns += at * 10**15
            thread = profile.thread(outside=1)
            main = thread.context(thread.root, profile.function("main"), 1, 1)
            for name in (HOSTILE, b"\xff\xfe", "n" * 10_000):
                thread.context(main, profile.function(name, f"/w/{HOSTILE}.c", 7), calls, 1)
            self.series([profile], f"s{at}", baseline=[HOSTILE, None][at])

    annotations = Formats.annotations
    text = Formats.text
    junit = Formats.junit

    def test_github(self):
        found = self.annotations(GITHUB_WORKSPACE="/w")
        self.assertEqual([command for command, _, _ in found], ["error"] * 3 + ["notice"])
        for _, values, message in found[:3]:
            self.assertEqual(set(values), {"file", "line", "title"})
            self.assertEqual(values["line"], "7")
            self.assertTrue(values["file"].startswith("f\\x0A::error::x\\x0D%0A"), values["file"])
            self.assertNotRegex(message + values["title"], "[\0-\x1f]")

    def test_junit(self):
        names = [case.name for case in self.junit() if case.result]
        self.assertEqual(len(names), 3)
        self.assertTrue(any("<script>" in name for name in names))

    def test_markdown(self):
        text = self.text("markdown")
        self.assertNotIn("<script>", text)
        self.assertEqual(text.count("</details>"), 1)
        self.assertNotRegex(text, "[\0-\x09\x0b-\x1f\u202e]")
        for row in re.findall(r"^\|.*\|$", text, re.M):
            self.assertEqual(len(re.findall(r"(?<!\\)\|", html.unescape(row) if "\\|" not in row else row)), 11, row)

    def test_table(self):
        text = self.text("table")
        self.assertNotRegex(text, "[\0-\x09\x0b-\x1f\u202e]")

    def test_json(self):
        names = {finding["name"] for finding in json.loads(self.text("json"))["findings"]}
        self.assertIn(HOSTILE, names)

    def test_hostile_rules(self):
        self.configure("[rule \x1b[31m]\nfunction = x\x1b\nwhat = calls\nlimit = 5 %\n"
                       "[allow \u202e|]\nfunction = f*\nuntil = 9999-12-31\nreason = </details> \x1b\n")
        for format in ("table", "markdown", "github"):
            self.assertNotRegex(self.text(format), "[\0-\x09\x0b-\x1f\u202e]")


if __name__ == "__main__":
    unittest.main()

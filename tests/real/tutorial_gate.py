#!/usr/bin/env python3
"""Runs every command of docs/TUTORIAL-GATE.md, in order and as it stands, and holds what the document shows of
calls, of code, of verdicts and of commits against what the commands say. Times are nowhere expected."""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from tutorial import BUILD, blocks, execute

DOCUMENT = "TUTORIAL-GATE.md"


def shown(beginning):
    """What the document shows behind the block of commands in which a line begins so."""
    text, = [text for commands, text in blocks(DOCUMENT) if re.search(f"^{re.escape(beginning)}", commands, re.MULTILINE)]
    return text


def number(text):
    return int(text.replace(",", ""))


def compared(text):
    """Of a table of `profinst diff`: calls before and after, and whether the code is the same, by function."""
    rows = re.findall(r"^ *\d+ .*? ([\d,]+) +([\d,]+) +(?:=|[+-][\d,]+)  (same code|code changed).*? (\w+) +\S+:\d+$",
                      text, re.MULTILINE)
    return {name: (number(before), number(after), "same" if code == "same code" else "changed")
            for before, after, code, name in rows}


def judged(text):
    """Of a table of `profinst check`: the rows of calls, (verdict, of what, name, before, after)."""
    return {(verdict.lower(), what, name, number(before), number(after)) for verdict, what, name, before, after in
            re.findall(r"^(FAIL|warn) +(calls|edges) +(\S.*?)  +([\d,]+) +([\d,]+) .* exact ", text, re.MULTILINE)}


def points(text):
    """Of a table of `profinst history`: the rows without commits and times."""
    return re.findall(r"^\d{4}-\d\d-\d\d \S+ UTC +\w+ +(.*?) *$", text, re.MULTILINE)


class Tutorial(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        printed, tutorial = execute(cls(), DOCUMENT, pathlib.Path(folder.name))
        cls.folder = tutorial / "gate"
        cls.printed = dict(zip((commands for commands, _ in blocks(DOCUMENT)), printed))

    def printed_by(self, beginning):
        text, = [text for commands, text in self.printed.items()
                 if re.search(f"^{re.escape(beginning)}", commands, re.MULTILINE)]
        return text

    def profinst(self, *words, code=0):
        result = subprocess.run([BUILD / "bin" / "profinst", *words], cwd=self.folder, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((result.returncode, result.stderr), (code, ""), words)
        return result.stdout

    def test_program(self):
        characters = re.search(r"It prints `(.*)`", (pathlib.Path(__file__).parents[2] / "docs" / DOCUMENT).read_text())
        self.assertEqual(self.printed_by("lua/lua invoices.lua").splitlines(), [characters[1]])

    def test_diff(self):
        rows = {row["name"]: (row["calls"]["before"]["mean"], row["calls"]["after"]["mean"], row["code"])
                for row in json.loads(self.profinst("diff", "main", "new", "--format=json"))["functions"]}
        told = compared(shown("profinst diff main new"))
        self.assertGreaterEqual(len(told), 12)
        self.assertEqual({name: rows[name] for name in told}, told)
        self.assertLessEqual({"luaS_newlstr", "luaS_remove", "luaS_hash", "newbuffsize", "resizebox"}, set(told))
        self.assertEqual({name for name, row in rows.items() if row[2] == "changed"}, {"luaS_hash", "newbuffsize"})

    def test_pictures(self):
        for picture, beginning in ("diff.png", b"\x89PNG"), ("diff.svg", b"<?xml"), ("diff.html", b"<!"):
            self.assertTrue((self.folder / picture).read_bytes().startswith(beginning), picture)

    def test_gate_is_closed(self):
        verdict = json.loads(self.profinst("check", "new", "--baseline", "perf/main.baseline.gz", "--format=json", code=1))
        found = {(finding["severity"], finding["what"], finding["name"], finding["before"], finding["after"])
                 for finding in verdict["findings"] if finding["exact"]}
        told = judged(shown("profinst check --baseline perf/main.baseline.gz ||"))
        self.assertGreaterEqual(len(told), 10)
        self.assertLessEqual(told, found)
        printed = self.printed_by("profinst check --baseline perf/main.baseline.gz ||")
        self.assertTrue(printed.startswith("FAILED: "), printed)
        self.assertEqual(printed.splitlines()[-1], "exit code 1")

    def test_machine_was_not_the_reason(self):
        printed = self.printed_by("profinst check --baseline perf/main.baseline.gz --limit=2 --confirm")
        lines = printed.splitlines()
        for line, name in zip(lines[4:6], ("luaS_newlstr", "luaS_remove")):
            self.assertRegex(line, rf"^FAIL +self +{name} .* same code, slower, confirmed by 20 runs of each, by turns: ")
        self.assertEqual(lines[-1], "exit code 1")

    def test_gate_is_open(self):
        """Before the change and after it is taken back. Busy machines are warnings, as the configuration says."""
        after = "profinst check --baseline perf/main.baseline.gz &&"
        for beginning in "cat > profinst.ini", after:
            printed = self.printed_by(beginning)
            self.assertRegex(printed, "(?m)^passed( with [0-9]+ warnings?)?$")
            self.assertEqual(judged(printed), set())
            self.assertRegex(shown(beginning), "(?m)^passed")
        self.assertEqual(self.printed_by(after).splitlines()[-1], "the gate is open")

    def test_history(self):
        printed, told = self.printed_by("profinst history"), shown("profinst history")
        self.assertEqual(points(printed), points(told))
        self.assertEqual(len(points(told)), 4)
        commits = {line.split(" ", 1)[1]: line.split()[0] for line in printed.splitlines()
                   if re.match("[0-9a-f]{7,} ", line)}
        self.assertEqual(list(commits), [line.split(" ", 1)[1] for line in told.splitlines()
                                         if re.match("[0-9a-f]{7,} ", line)])
        steps = re.findall(r"^Step +(.*), exact, at commit ([0-9a-f]+),", printed, re.MULTILINE)
        self.assertEqual([step for step, _ in steps],
                         [step for step, _ in re.findall(r"^Step +(.*), exact, at commit (\w+),", told, re.MULTILINE)])
        for (_, commit), subject in zip(steps, ("Faster strings, smaller buffers",
                                                'Revert "Faster strings, smaller buffers"')):
            self.assertTrue(commit.startswith(commits[subject]), subject)
        self.assertEqual(len(steps), 2)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""Runs every command of docs/TUTORIAL.md, in order and as it stands, and holds what the document
shows of calls against what the commands print."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["PROFINST_BUILD"])
BLOCK = re.compile(r"^```(sh)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SEPARATOR = "-- next block --"


def blocks():
    """Pairs of commands and what the document shows behind them, "" if that is nothing."""
    found = []
    for kind, text in BLOCK.findall((ROOT / "docs" / "TUTORIAL.md").read_text()):
        if kind:
            found.append([text, ""])
        else:
            found[-1][1] += text
    return found


def counts(text):
    """Of tables of functions and of callers: what was called, and how often."""
    table = re.compile(r"^ *\d+ .*? ([\d,]+) +-  .*?  (?:critical|high|medium|low|-) +(\w+) +\S+:\d+$"
                       r"|^ *[\d.]+ %  .*? ([\d,]+)  \S+ [mµn]?s  (\w+) +\S+:\d+$"
                       r"|^(\w+ +\d+ +\d+) +\d+$", re.MULTILINE)
    return [" ".join(part for part in match if part) for match in table.findall(text)]


class Tutorial(unittest.TestCase):
    def run_all(self, folder):
        """What each block prints."""
        (folder / "build").symlink_to(BUILD)
        (folder / "scripts").symlink_to(ROOT / "scripts")
        script = "".join(f"echo '{SEPARATOR}'\n{commands}" for commands, _ in blocks())
        home = folder / "home"
        home.mkdir()
        result = subprocess.run(["bash", "-eu", "-c", script], cwd=folder, text=True,
                                env={"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"},
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.split(SEPARATOR + "\n")[1:], home / "tutorial"

    def test_every_command(self):
        with tempfile.TemporaryDirectory() as name:
            printed, folder = self.run_all(pathlib.Path(name))
            for picture, beginning in (("calls.png", b"\x89PNG"), ("flame.svg", b"<?xml"),
                                       ("report.html", b"<!DOCTYPE html>")):
                self.assertTrue((folder / picture).read_bytes().startswith(beginning), picture)
        shown_counts = 0
        for (commands, shown), output in zip(blocks(), printed):
            self.assertEqual(counts(output)[:len(counts(shown))], counts(shown), commands)
            shown_counts += len(counts(shown))
        self.assertEqual(shown_counts, 5 + 3 + 5 + 6)
        self.assertIn("40000 pages\n", printed)
        annotated = next(text for (commands, _), text in zip(blocks(), printed) if "annotate" in commands)
        self.assertIn("size_t step = (l>>5)+1;", annotated)


if __name__ == "__main__":
    unittest.main()

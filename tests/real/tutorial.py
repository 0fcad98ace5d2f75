#!/usr/bin/env python3
"""Runs every command of docs/TUTORIAL.md, in order and as it stands, and holds what the document
shows of calls against what the commands print."""

import json
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


def blocks(document):
    """Pairs of commands and what the document shows behind them, "" if that is nothing."""
    found = []
    for kind, text in BLOCK.findall((ROOT / "docs" / document).read_text()):
        if kind:
            found.append([text, ""])
        else:
            found[-1][1] += text
    return found


def execute(case, document, folder):
    """What each block prints, and the folder that the reader would have them in."""
    (folder / "build").symlink_to(BUILD)
    (folder / "scripts").symlink_to(ROOT / "scripts")
    script = "".join(f"echo '{SEPARATOR}'\n{commands}" for commands, _ in blocks(document))
    home = folder / "home"
    home.mkdir()
    author = {f"GIT_{who}_{what}": "reader@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    result = subprocess.run(["bash", "-eu", "-c", script], cwd=folder, text=True, stdin=subprocess.DEVNULL,
                            env={"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", **author},
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    case.assertEqual(result.returncode, 0, f"{result.stdout}{result.stderr}")
    return result.stdout.split(SEPARATOR + "\n")[1:], home / "tutorial"


def counts(text):
    """Of tables of functions and of callers: what was called, and how often."""
    table = re.compile(r"^ *\d+ .*? ([\d,]+) +-  .*?  (?:critical|high|medium|low|-) +(\w+) +\S+:\d+$"
                       r"|^ *[\d.]+ %  .*? ([\d,]+) +\S+ [mµn]?s  (\w+) +\S+:\d+$"
                       r"|^(\w+ +\d+ +\d+) +\d+$", re.MULTILINE)
    return [" ".join(part for part in match if part) for match in table.findall(text)]


class Tutorial(unittest.TestCase):
    def calls_of_runs(self, folder):
        """Of each run, in the order of time: "CALLS FUNCTION" of all functions, and of who calls
        luaS_newlstr."""
        runs = []
        for profile in sorted(folder.glob("lua.*.profinst"), key=lambda path: path.stat().st_mtime_ns):
            report = subprocess.run([BUILD / "bin" / "profinst", "report", "--edges", "--format=json", profile],
                                    check=True, stdout=subprocess.PIPE)
            report = json.loads(report.stdout)
            runs.append({f"{row['calls']:,} {row['function']}" for row in report["functions"]}
                        | {f"{edge['calls']:,} {edge['caller']}" for edge in report["edges"]
                           if edge["callee"] == "luaS_newlstr"})
        return runs

    def test_every_command(self):
        with tempfile.TemporaryDirectory() as name:
            printed, folder = execute(self, "TUTORIAL.md", pathlib.Path(name))
            for picture, beginning in (("calls.png", b"\x89PNG"), ("flame.svg", b"<?xml"),
                                       ("report.html", b"<!DOCTYPE html>")):
                self.assertTrue((folder / picture).read_bytes().startswith(beginning), picture)
            runs = self.calls_of_runs(folder)
        shown_counts = 0
        for (commands, shown), output in zip(blocks("TUTORIAL.md"), printed):
            shown_counts += len(counts(shown))
            if "profinst report" in commands:  # in which order the last ones come is a matter of luck
                self.assertEqual(counts(output)[:1], counts(shown)[:1], commands)
                self.assertLessEqual(set(counts(shown)), runs[1 if "sed" in commands else 0], commands)
            elif shown:
                self.assertEqual(counts(output), counts(shown), commands)
        self.assertEqual(shown_counts, 5 + 3 + 5 + 6)
        self.assertIn("40000 pages\n", printed)
        annotated = next(text for (commands, _), text in zip(blocks("TUTORIAL.md"), printed) if "annotate" in commands)
        self.assertIn("size_t step = (l>>5)+1;", annotated)


if __name__ == "__main__":
    unittest.main()

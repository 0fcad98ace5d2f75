"""The workflows of docs/ci: their steps that judge, as they stand, with a baseline in a file and every finding known.
All of their steps are executed by recording/test_ci.py."""

import json
import os
import subprocess
import unittest

import junitparser  # python3-junitparser
import yaml  # python3-yaml

from gate_case import GateCase
from support import ENVIRONMENT, HERE, PROFINST

WORKFLOWS = HERE.parent.parent / "docs" / "ci"


class Workflows(GateCase):
    def prepare(self, calls):
        (self.folder / "perf").mkdir()
        self.series([self.profile()], "old", baseline="main", db="elsewhere.db")
        self.output("baseline", "export", "main", "--db=elsewhere.db", "-o", "perf/main.baseline.gz")
        self.series([self.profile(calls=calls)], "new")

    def steps(self, script, code):
        """By the shell that runs them there: the first that fails ends it."""
        path = f"{PROFINST.parent}:{os.environ['PATH']}"
        result = subprocess.run(["bash", "-e", "-c", script], cwd=self.folder,
                                env=ENVIRONMENT | {"PATH": path, "GITHUB_STEP_SUMMARY": "summary.md"},
                                stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr), (code, ""))
        return result.stdout

    def github(self, code):
        steps = yaml.safe_load((WORKFLOWS / "github.yml").read_text())["jobs"]["check"]["steps"]
        script, = [step["run"] for step in steps if step.get("name") == "Judge"]
        return self.steps(script, code)

    def gitlab(self, code):
        script = yaml.safe_load((WORKFLOWS / "gitlab.yml").read_text())["performance"]["script"]
        return self.steps("\n".join(line for line in script if line.startswith("profinst check")), code)

    def test_github_fails(self):
        self.prepare({("main", "parse"): 2000})
        self.assertTrue(self.github(1).startswith("::error file=src/parse.c,line=11,title=calls of parse::"))
        self.assertTrue((self.folder / "comment.md").read_text().startswith("<!-- profinst check -->\n"))
        self.assertEqual(json.loads((self.folder / "verdict.json").read_text())["verdict"], "fail")

    def test_github_passes(self):
        self.prepare({})
        self.assertTrue(self.github(0).startswith("::notice title=profinst check::passed"))

    def test_gitlab_fails(self):
        self.prepare({("main", "parse"): 2000})
        self.assertTrue(self.gitlab(1).startswith("FAILED: 1 failure, 0 warnings\n"))
        self.assertEqual(junitparser.JUnitXml.fromfile(str(self.folder / "junit.xml")).failures, 1)

    def test_gitlab_passes(self):
        self.prepare({})
        self.assertTrue(self.gitlab(0).startswith("passed\n"))


if __name__ == "__main__":
    unittest.main()

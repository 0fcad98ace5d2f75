"""The workflows of docs/ci: their shell steps are executed as they stand, with a baseline in a file."""

import json
import os
import subprocess
import unittest

import junitparser  # python3-junitparser
import yaml  # python3-yaml

from gate_case import GateCase
from support import ENVIRONMENT, HERE, PROFINST
from test_run import RunCase

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
        result = subprocess.run(["bash", "-e", "-c", script], cwd=self.folder, env=ENVIRONMENT | {"PATH": path},
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


class FromTheBeginning(RunCase):
    """All steps: what is built is a script that leaves profiles, by a make that tells how."""

    def measure(self, script, calls, code):
        (self.folder / "Makefile").write_text("app:\n\t@echo '$(CC) $(CFLAGS)' > built\n.PHONY: app\n")
        (self.folder / "perf").mkdir()
        self.app("leave(7)")
        self.run_program("-n", "2", "--name=old", "--", "./app", "input.txt")
        self.output("baseline", "save", "main")
        self.output("baseline", "export", "main", "-o", "perf/main.baseline.gz")
        (self.folder / "profinst.db").unlink()
        (self.folder / "starts").unlink()
        self.app(f"leave({calls})")
        result = subprocess.run(["bash", "-e", "-c", script], cwd=self.folder, stdin=subprocess.DEVNULL, text=True,
                                env=ENVIRONMENT | {"PATH": f"{PROFINST.parent}:{os.environ['PATH']}"}, capture_output=True)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual((self.folder / "built").read_text(), "clang -fplugin=libprofinst.so -O2 -g\n")
        self.assertEqual(self.starts(), 12)
        self.assertEqual(self.database().execute("SELECT count(*) FROM series_run").fetchone(), (10,))
        return result.stdout

    def github(self, calls, code):
        steps = yaml.safe_load((WORKFLOWS / "github.yml").read_text())["jobs"]["check"]["steps"]
        return self.measure("\n".join(step["run"] for step in steps if "run" in step), calls, code)

    def gitlab(self, calls, code):
        return self.measure("\n".join(yaml.safe_load((WORKFLOWS / "gitlab.yml").read_text())["performance"]["script"]),
                            calls, code)

    def test_github_passes(self):
        self.assertTrue(self.github(7, 0).startswith("::notice title=profinst check::passed%0A"))

    def test_github_fails(self):
        self.assertTrue(self.github(8, 1).startswith("::error file=w.c,line=3,title=calls of work::"))

    def test_gitlab_passes(self):
        self.assertIn("passed\n", self.gitlab(7, 0))

    def test_gitlab_fails(self):
        self.assertIn("FAILED: 1 failure, 0 warnings\n", self.gitlab(8, 1))


if __name__ == "__main__":
    unittest.main()

"""profinst check --confirm: what one series had of noise does not come back when both versions are run by turns."""

import json
import subprocess
import sys
import unittest

from gate_case import GateCase
from support import ENVIRONMENT, HERE, PROFINST

RUNS = 6
CONFIGURATION = f"[gate]\nconfirm-runs = {RUNS}\n[rule wall]\nwhat = wall\nlimit = off\n"

# Leaves a profile with the same times again and again, but for a little noise. BUSY is what other programs on the
# machine do to render.
APP = '''#!%s
import os, random, sys
sys.path.insert(0, %r)
from profile_writer import Profile
factor, parses = %r, %r
with open("starts", "a") as file:
    file.write(sys.argv[0] + " " + " ".join(sys.argv[1:]) + sys.stdin.read() + "\\n")
chance = random.Random(os.path.getsize("starts"))
profile = Profile(sys.argv[0])
profile.profile_id = profile.run_id = os.urandom(16)
thread = profile.thread(outside=1000)
main = thread.context(thread.root, profile.function("main"), 1, 10_000_000)
for name, calls, ms in ("parse", parses, 400), ("render", 200, 300 * factor * float(os.environ.get("BUSY", 1))):
    ticks = round(ms * 1_000_000 * chance.lognormvariate(0, 0.01))
    thread.context(main, profile.function(name, "src/" + name + ".c", 10), calls, ticks)
print("what it always says")
profile.write(os.environ["PROFINST_OUTPUT"].replace("%%p", str(os.getpid())).replace("%%n", "app"))
'''


class ConfirmCase(GateCase):
    databases = {}

    def setUp(self):
        super().setUp()
        self.temporary = self.folder / "temporary"
        self.temporary.mkdir()
        self.configure(CONFIGURATION)

    def app(self, name, factor=1.0, parses=1000, more=""):
        path = self.folder / name / "app"
        path.parent.mkdir()
        path.write_text(APP % (sys.executable, str(HERE), factor, parses) + more + "\n")
        path.chmod(0o755)
        return f"./{name}/app"

    def run_series(self, app, name, arguments=(), options=(), **environment):
        subprocess.run([PROFINST, "run", f"--runs={RUNS}", f"--name={name}", "--discard-output", *options, app,
                        *arguments], check=True, cwd=self.folder, env=ENVIRONMENT | environment,
                       stdin=subprocess.DEVNULL, capture_output=True)

    def both(self, old, new, busy="1", **more):
        """The two series, of the same programs made once for all tests."""
        database = self.folder / "profinst.db"
        wanted = (self.folder / old).read_text(), (self.folder / new).read_text(), busy, repr(more)
        if wanted not in self.databases:
            self.run_series(old, "old", **more)
            self.output("baseline", "save", "main")
            self.run_series(new, "new", BUSY=busy, **more)
            (self.folder / "starts").unlink()
            self.database().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.databases[wanted] = database.read_bytes()
        else:
            database.write_bytes(self.databases[wanted])

    def confirm(self, *arguments, code=0, stdin=subprocess.DEVNULL):
        result = subprocess.run([PROFINST, "check", "--format=json", *arguments], cwd=self.folder, stdin=stdin,
                                env=ENVIRONMENT | {"TMPDIR": str(self.temporary)}, capture_output=True, text=True)
        self.assertEqual(result.returncode, code, result.stderr + result.stdout)
        self.assertEqual(list(self.temporary.iterdir()), [])
        return result

    def verdict(self, *arguments, **more):
        result = self.confirm(*arguments, **more)
        self.assertEqual(result.stderr, "")
        return json.loads(result.stdout)

    def starts(self):
        path = self.folder / "starts"
        return path.read_text().splitlines() if path.exists() else []


class Confirm(ConfirmCase):
    def findings(self, verdict):
        return [(row["severity"], row["what"], row["name"]) for row in verdict["findings"]]

    def test_noise_does_not_come_back(self):
        old, new = self.app("old"), self.app("new", more="# another build")
        self.both(old, new, busy="1.5", arguments=["--fast", "two words"])
        self.assertEqual(self.findings(self.verdict(code=1)), [("fail", "self", "render")])
        verdict = self.verdict("--confirm", old, new)
        self.assertEqual((verdict["verdict"], self.findings(verdict)), ("pass", [("note", "self", "render")]))
        finding, = verdict["findings"]
        again = finding["again"]
        self.assertEqual((again["runs"], again["confirmed"]), (RUNS, False))
        self.assertTrue(0.97 < again["ratio_low"] < again["ratio"] < again["ratio_high"] < 1.03, again)
        self.assertRegex(finding["text"], r"not confirmed by 6 runs of each, by turns: [+-]\d\.\d %$")
        self.assertIn("Both versions were run 6 times more, by turns: 0 of the 1 finding of times were there "
                      "again.",
                      verdict["notes"])
        self.assertEqual(len(self.database().execute("SELECT * FROM series").fetchall()), 2)

    def test_by_turns_and_as_before(self):
        old, new = self.app("old"), self.app("new", more="# another build")
        self.both(old, new, busy="1.5", arguments=["--fast", "two words"])
        self.verdict("--confirm", old, new)
        warm, turns = ["old", "old", "new", "new"], ["new", "old", "old", "new"]
        wanted = warm + (turns * RUNS)[:2 * RUNS - 2]
        self.assertEqual(self.starts(), [f"./{name}/app --fast two words" for name in wanted])

    def test_regression_comes_back(self):
        old, new = self.app("old"), self.app("new", factor=1.3)
        self.both(old, new)
        verdict = self.verdict("--confirm", old, new, code=1)
        finding, = verdict["findings"]
        self.assertEqual((finding["severity"], finding["name"], finding["again"]["confirmed"]),
                         ("fail", "render", True))
        again = finding["again"]
        self.assertTrue(1.2 < again["ratio_low"] < again["ratio"] < again["ratio_high"] < 1.4, again)
        self.assertIn("Both versions were run 6 times more, by turns: 1 of the 1 finding of times was there "
                      "again.",
                      verdict["notes"])

    def test_less_comes_back(self):
        old, new = self.app("old"), self.app("new", factor=1.15)
        self.both(old, new, busy="1.2")
        self.assertEqual(self.findings(self.verdict(code=1)), [("fail", "self", "render")])
        self.assertEqual(self.findings(self.verdict("--confirm", old, new)), [("warn", "self", "render")])

    def test_target(self):
        self.configure(CONFIGURATION + "[rule render]\nfunction=render\nwhat=self\nlimit= < 400 ms\n"
                                       "[rule growth]\nfunction=render\nwhat=self\nlimit=off\n")
        old, new = self.app("old"), self.app("new", more="# another build")
        self.both(old, new, busy="1.5")
        finding, = self.verdict(code=1)["findings"]
        self.assertEqual((finding["severity"], finding["rule"]), ("fail", "render"))
        finding, = self.verdict("--confirm", old, new)["findings"]
        self.assertEqual((finding["severity"], finding["again"]["confirmed"], finding["again"]["ratio"]),
                         ("note", False, None))
        self.assertTrue(295e6 < finding["again"]["after"] < 305e6)

    def test_counts_need_none(self):
        old, new = self.app("old"), self.app("new", parses=2000)
        self.both(old, new)
        verdict = self.verdict("--confirm", old, new, code=1)
        self.assertEqual(self.findings(verdict), [("fail", "calls", "parse")])
        self.assertIsNone(verdict["findings"][0]["again"])
        self.assertEqual(self.starts(), [])

    def test_table(self):
        old, new = self.app("old"), self.app("new", more="# another build")
        self.both(old, new, busy="1.5")
        text = self.output("check", "--confirm", old, new)
        self.assertRegex(text, r"\Apassed\n(.|\n)*note +self +render .* not confirmed by 6 runs of each, by turns: ")

    def test_input(self):
        """The file that --stdin named; otherwise what check reads, for each run from the start."""
        old, new = self.app("old"), self.app("new", more="# another build")
        (self.folder / "input").write_text("12")
        self.both(old, new, busy="1.5", options=["--stdin=input"])
        self.verdict("--confirm", old, new)
        self.assertEqual(set(self.starts()), {"./old/app 12", "./new/app 12"})
        (self.folder / "input").unlink()
        self.assertRegex(self.confirm("--confirm", old, new, code=3).stderr, "cannot read input: input: ")

    def test_own_input(self):
        old, new = self.app("old"), self.app("new", more="# another build")
        self.both(old, new, busy="1.5")
        (self.folder / "input").write_text("34")
        with open(self.folder / "input") as file:
            self.verdict("--confirm", old, new, stdin=file)
        self.assertEqual(set(self.starts()), {"./old/app 34", "./new/app 34"})


class Refused(ConfirmCase):
    def setUp(self):
        super().setUp()
        self.old, self.new = self.app("old"), self.app("new", more="# another build")
        self.both(self.old, self.new, busy="1.5")

    def refused(self, *programs):
        result = self.confirm("--confirm", *programs, code=3)
        self.assertEqual(result.stdout, "")
        return result.stderr

    def test_the_same_twice(self):
        self.assertIn("cannot confirm: ./new/app: it is the same program as ./new/app; name the versions before and after",
                      self.refused(self.new, self.new))

    def test_the_wrong_way_round(self):
        self.assertIn("cannot confirm: ./old/app: the two are the wrong way round", self.refused(self.new, self.old))

    def test_another_build(self):
        other = self.app("other", more="# yet another")
        verdict = self.verdict("--confirm", self.old, other)
        self.assertIn("./other/app is another build than that of series new, the newest.", verdict["notes"])

    def test_no_such_program(self):
        self.assertIn("./missing/app", self.refused(self.old, "./missing/app"))

    def test_failing_program(self):
        failing = self.app("failing", more="sys.exit(7)")
        self.assertIn("cannot confirm: ./failing/app: it failed when it was run again (exit code 7)",
                      self.refused(self.old, failing))

    def test_failing_programs_that_are_judged(self):
        self.configure(CONFIGURATION.replace("[rule", "failed-runs = judge\n[rule"))
        failing = self.app("failing", more="sys.exit(7)")
        result = self.confirm("--confirm", self.old, failing)
        self.assertEqual(result.stderr, "profinst: warning: run: ./failing/app: warm-up 1 ended with exit code 7\n")
        self.assertEqual(json.loads(result.stdout)["verdict"], "pass")

    def test_only_one(self):
        result = self.confirm("--confirm", self.old, code=64)
        self.assertIn("--confirm names two programs, the versions before and after", result.stderr)

    def test_profiles_have_no_arguments(self):
        for name, factor in ("a", 1), ("b", 2):
            (self.folder / name).mkdir()
            for at, profile in enumerate(self.noisy(RUNS, {"render": factor}, noise=0.01)):
                self.write(profile, f"{name}/{at}.profinst")
        result = self.confirm("--baseline=a", "b", "--confirm", self.old, self.new, code=3)
        self.assertIn("cannot confirm: a: it is no series, so nobody knows its arguments", result.stderr)


if __name__ == "__main__":
    unittest.main()

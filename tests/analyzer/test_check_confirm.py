"""profinst check --confirm: what one series had of noise does not come back when both versions are run by turns."""

import json
import subprocess
import sys
import unittest

from gate_case import GateCase
from support import ENVIRONMENT, HERE, PROFINST

RUNS = 10
CONFIGURATION = f"[gate]\nconfirm-runs = {RUNS}\n[rule wall]\nwhat = wall\nlimit = off\n"

# Leaves a profile with the same times again and again, but for a little noise. BUSY is what other programs on the
# machine do to render.
APP = '''#!%s
import os, random, signal, sys
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
    ticks = round(ms * 1_000_000 * chance.lognormvariate(0, float(os.environ.get("NOISE", 0.01))))
    thread.context(main, profile.function(name, "src/" + name + ".c", 10), calls + len(os.environ.get("MORE", "")), ticks)
if "STOP" in os.environ:
    os.kill(os.getppid(), signal.SIGTERM)
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

    def run_series(self, app, name, arguments=(), options=(), stdin=subprocess.DEVNULL, **environment):
        subprocess.run([PROFINST, "run", f"--runs={RUNS}", f"--name={name}", "--discard-output", *options, app,
                        *arguments], check=True, cwd=self.folder, env=ENVIRONMENT | environment,
                       stdin=stdin, capture_output=True)

    def both(self, old, new, busy="1", stdin=None, **more):
        """The two series, of the same programs made once for all tests."""
        database = self.folder / "profinst.db"
        wanted = (self.folder / old).read_text(), (self.folder / new).read_text(), busy, repr((stdin, more))
        if wanted not in self.databases:
            with open(stdin or "/dev/null") as file:
                self.run_series(old, "old", stdin=file, **more)
            self.output("baseline", "save", "main")
            with open(stdin or "/dev/null") as file:
                self.run_series(new, "new", stdin=file, BUSY=busy, **more)
            (self.folder / "starts").unlink()
            self.database().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.databases[wanted] = database.read_bytes()
        else:
            database.write_bytes(self.databases[wanted])

    def confirm(self, *arguments, code=0, **environment):
        result = subprocess.run([PROFINST, "check", "--format=json", *arguments], cwd=self.folder,
                                stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                env=ENVIRONMENT | {"TMPDIR": str(self.temporary)} | environment)
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
        self.assertRegex(finding["text"], r"not confirmed by 10 runs of each, by turns: [+-]\d\.\d %$")
        self.assertIn("Both versions were run 10 times more, by turns, as 1 quantity has grown, by chance perhaps; 0 are "
                      "confirmed.", verdict["notes"])
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
        self.assertIn("Both versions were run 10 times more, by turns, as 1 quantity has grown, by chance perhaps; 1 is "
                      "confirmed.", verdict["notes"])

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
        self.assertRegex(text, r"\Apassed\n(.|\n)*note +self +render .* not confirmed by 10 runs of each, by turns: ")

    def test_what_was_not_certain(self):
        """In that noise it is no finding. By turns they are."""
        old, new = self.app("old"), self.app("new", factor=1.8)
        self.both(old, new, NOISE="0.3")
        self.assertEqual(self.findings(self.verdict()), [])
        finding, = self.verdict("--confirm", old, new, code=1)["findings"]
        self.assertEqual((finding["severity"], finding["rule"], finding["limit"], finding["again"]["confirmed"]),
                         ("fail", "time", "20 %", True))

    def test_what_was_not_certain_and_is_not_confirmed(self):
        old, new = self.app("old"), self.app("new", more="# another build")
        self.both(old, new, busy="1.3", NOISE="0.3")
        self.assertEqual(self.findings(self.verdict("--confirm", old, new)), [])
        self.assertNotEqual(self.starts(), [])

    def test_a_sum(self):
        self.configure(CONFIGURATION + "[rule sum]\nfunction=*\nwhat=self\nlimit=5 %\ntogether=on\n")
        old, new = self.app("old"), self.app("new", more="# another build")
        self.both(old, new, busy="1.5")
        self.assertIn(("fail", "self", "3 functions together (sum)"), self.findings(self.verdict(code=1)))
        self.assertIn(("note", "self", "3 functions together (sum)"),
                      self.findings(self.verdict("--confirm", old, new)))

    def test_a_share(self):
        self.configure(CONFIGURATION + "[rule share]\nfunction=render\nwhat=self-share\nlimit=5 %\n")
        old, new = self.app("old"), self.app("new", factor=1.3)
        self.both(old, new)
        finding, = [row for row in self.verdict("--confirm", old, new, code=1)["findings"] if row["what"] == "self-share"]
        self.assertTrue(finding["again"]["confirmed"] and 1.1 < finding["again"]["ratio"] < 1.25, finding)

    def test_what_is_allowed_is_not_asked(self):
        """Neither where it is certain nor where it is not."""
        self.configure(CONFIGURATION + "[allow render]\nfunction=render\nuntil=9999-12-31\nreason=known\n"
                                       "[allow parse]\nfunction=parse\nuntil=9999-12-31\nreason=known\n"
                                       "[allow main]\nfunction=main\nuntil=9999-12-31\nreason=known\n")
        old, new = self.app("old"), self.app("new", factor=1.8)
        self.both(old, new, NOISE="0.3")
        self.assertEqual(self.findings(self.verdict("--confirm", old, new)), [])
        self.assertEqual(self.starts(), [])

    def test_contexts_that_vary(self):
        self.configure(CONFIGURATION + "[rule chains]\nwhat=contexts\nlimit=+100\n")
        body = "thread.context(main, profile.function('vary'), %d + int(chance.random() * 50), 1)\n"
        for name, calls in ("old", 100), ("new", 900):
            app = self.folder / self.app(name)
            app.write_text(app.read_text().replace("print(", body % calls + "print("))
        self.both("./old/app", "./new/app")
        found = [row for row in self.verdict("--confirm", "./old/app", "./new/app", code=1)["findings"]
                 if row["what"] == "contexts"]
        self.assertEqual([(row["severity"], row["name"], row["again"]["confirmed"]) for row in found],
                         [("fail", "main > vary", True)])

    def test_input(self):
        old, new = self.app("old"), self.app("new", more="# another build")
        (self.folder / "input").write_text("12")
        self.both(old, new, busy="1.5", options=["--stdin=input"])
        self.verdict("--confirm", old, new)
        self.assertEqual(set(self.starts()), {"./old/app 12", "./new/app 12"})
        (self.folder / "input").unlink()
        self.assertRegex(self.confirm("--confirm", old, new, code=3).stderr, "cannot read input: input: ")

    def test_redirected_input(self):
        old, new = self.app("old"), self.app("new", more="# another build")
        (self.folder / "input").write_text("34")
        self.both(old, new, busy="1.5", stdin=self.folder / "input")
        self.verdict("--confirm", old, new)
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
        self.assertIn("cannot confirm: ./new/app: it is the same program as ./new/app, and the series are of two; name "
                      "the versions before and after", self.refused(self.new, self.new))

    def test_the_wrong_way_round(self):
        self.assertIn("cannot confirm: ./old/app: it is another build than that of series new, the newest; name that "
                      "one, behind the version before", self.refused(self.new, self.old))

    def test_another_build(self):
        """What was before may be made anew, what is in question is at hand."""
        other = self.app("other", more="# yet another")
        verdict = self.verdict("--confirm", other, self.new)
        self.assertIn("./other/app is another build than that of baseline main.", verdict["notes"])
        self.assertIn("cannot confirm: ./other/app: it is another build than that of series new, the newest",
                      self.refused(self.old, other))

    def test_other_work(self):
        result = self.confirm("--confirm", self.old, self.new, code=3, MORE="+")
        self.assertIn("cannot confirm: ./old/app: it does other work than in baseline main, 1203 calls in place of 1201; "
                      "run the check where the program was run, with the same input", result.stderr)

    def test_stopped(self):
        result = self.confirm("--confirm", self.old, self.new, code=3, STOP="1")
        self.assertIn("cannot confirm: ./old/app: stopped by signal 15; run the check again", result.stderr)
        self.assertEqual(len(self.starts()), 1)

    def test_no_such_program(self):
        self.assertEqual(self.refused(self.old, "./missing/app"), "profinst: cannot run: ./missing/app: No such file or "
                         "directory; name a program that can be run\n")

    def test_failing_program(self):
        failing = self.app("failing", more="sys.exit(7)")
        self.assertIn("cannot confirm: ./failing/app: it failed when it was run again (exit code 7)",
                      self.refused(self.old, failing))

    def test_failing_programs_that_are_judged(self):
        self.configure(CONFIGURATION.replace("[rule", "failed-runs = judge\n[rule"))
        old, new = (self.app(name, factor, more="sys.exit(7)") for name, factor in (("a", 1), ("b", 1.3)))
        (self.folder / "profinst.db").unlink()
        self.both(old, new, options=["--ignore-failure"])
        result = self.confirm("--confirm", old, new, code=1)
        self.assertIn("profinst: warning: run: ./b/app: warm-up 1 ended with exit code 7\n", result.stderr)
        finding, = json.loads(result.stdout)["findings"]
        self.assertEqual((finding["name"], finding["again"]["confirmed"]), ("render", True))

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

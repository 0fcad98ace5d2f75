"""What the tests of the gate share: series of synthetic runs, and verdicts about them."""

import json
import random

from profile_writer import COUNTS, Profile
from support import Case

MS = 1_000_000

# Of a run: calls and own time in ms of each function, by its caller. What is not told stays so.
CALLS = {("main", "parse"): 1000, ("main", "render"): 200, ("parse", "peek"): 40_000, ("render", "peek"): 2_000}
TIMES = {"main": 100, "parse": 400, "render": 300, "peek": 200}


class GateCase(Case):
    """Runs and series are numbered through all databases, so that no two are the same."""

    def setUp(self):
        super().setUp()
        self.runs = self.keys = 0

    def profile(self, calls={}, times={}, program="/opt/app/bin/app", timing=None, durations={}):
        """A function's time is in its first context; `None` calls: there is no such edge."""
        self.runs += 1
        profile = Profile(program, key=self.runs, run=self.runs)
        profile.start_unix_ns += self.runs * 3_600_000 * MS
        profile.timing = timing or profile.timing
        thread = profile.thread(outside=0 if timing == COUNTS else 5 * MS)
        ids, contexts, spent = {}, {}, {**TIMES, **times}

        def function(name):
            if name not in ids:
                ids[name] = profile.function(name, f"src/{name}.c", 10 + len(ids))
            return ids[name]

        def ticks(name):
            return round(spent.pop(name, 0) * MS) if profile.timing != COUNTS else 0

        contexts["main"] = thread.context(thread.root, function("main"), 1, ticks("main"))
        for (caller, callee), count in {**CALLS, **calls}.items():
            if count is not None:
                context = thread.context(contexts[caller], function(callee), count, ticks(callee))
                contexts.setdefault(callee, context)
        for name, lengths in durations.items():
            thread.durations(ids[name], lengths)
        return profile

    def noisy(self, runs, factor={}, noise=0.02, seed=1, **more):
        """Profiles whose times differ by chance, always the same one."""
        chance = random.Random(seed)
        return [self.profile(times={name: ms * factor.get(name, 1) * chance.lognormvariate(0, noise)
                                    for name, ms in TIMES.items()}, **more) for _ in range(runs)]

    def series(self, profiles, name=None, baseline=None, exit_codes=None, signals=None, facts={}, db="profinst.db"):
        """Loads them, and makes them one. Its id."""
        files = [self.write(profile, f"{name}.{at}.profinst") for at, profile in enumerate(profiles)]
        self.output("load", "--db", db, *files)
        sql = self.database(db)
        self.keys += 1
        key = "%032x" % self.keys
        sql.execute("INSERT INTO series (series_key, name, program, arguments, started_unix_ns, warmup_runs)"
                    " VALUES (?, ?, ?, '[\"app\"]', ?, 0)", (key, name, "./app", self.runs))
        number, = sql.execute("SELECT id FROM series WHERE series_key = ?", (key,)).fetchone()
        for at, profile in enumerate(profiles):
            run = sql.execute("SELECT run_id FROM process WHERE profile_key = ?",
                              (profile.profile_id.hex(),)).fetchone()[0]
            wall = sum(context.self_ticks for context in profile.thread_list[0].contexts)
            sql.execute("INSERT INTO series_run (series_id, number, run_id, started_unix_ns, wall_ns, exit_code,"
                        " signal) VALUES (?, ?, ?, ?, ?, ?, ?)",
                        (number, at + 1, run, at, wall, (exit_codes or {}).get(at + 1, 0), (signals or {}).get(at + 1)))
        for fact, value in facts.items():
            sql.execute("INSERT INTO series_fact VALUES (?, ?, ?)", (number, fact, value))
        if baseline:
            sql.execute("INSERT INTO baseline (name, series_id, saved_unix_ns) VALUES (?, ?, 0)", (baseline, number))
        sql.commit()
        return number

    def configure(self, text):
        (self.folder / "profinst.ini").write_text(text)

    def check(self, *arguments, code=0):
        """The verdict as JSON."""
        result = self.profinst("check", "--format=json", *arguments, code=code)
        self.assertEqual(result.stderr, "")
        verdict = json.loads(result.stdout)
        severities = [finding["severity"] for finding in verdict["findings"]]
        self.assertEqual((verdict["failures"], verdict["warnings"]), (severities.count("fail"), severities.count("warn")))
        self.assertEqual(verdict["verdict"], "fail" if verdict["failures"] else "warn" if verdict["warnings"] else "pass")
        self.assertEqual(verdict["verdict"] == "fail", code == 1)
        return verdict

    def found(self, *arguments, code=0, severity=("fail", "warn")):
        """Severity, quantity and name of what was found, unless it is a note."""
        return [(finding["severity"], finding["what"], finding["name"])
                for finding in self.check(*arguments, code=code)["findings"] if finding["severity"] in severity]

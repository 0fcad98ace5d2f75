"""profinst baseline: names for series, and series as files, which hold all that databases know of them."""

import csv
import gzip
import io
import json
import random
import sqlite3
import unittest
import zlib

from profile_writer import AUTO, Profile
from support import Case, select

DAMAGED = "damaged: {}; copy the file again, or export it again"
VIEWS = {
    # Columns that are the same in every database.
    "run_functions": "name, linkage_name, module, file, line, calls, inlined_calls, self_ns, cumulative_ns,"
                     " recursive_calls, called_ns, external, module_path, raw_self_ns, below_noise, self_error_ns,"
                     " cumulative_error_ns, measured_calls, min_ns, p50_ns, p75_ns, p95_ns, p99_ns, max_ns",
    "functions": "name, module, file, line, calls, self_ns, cumulative_ns, measured_calls, min_ns, p50_ns, p75_ns,"
                 " p95_ns, p99_ns, max_ns",
    "run_edges": "caller_linkage_name, callee_linkage_name, caller, callee, calls, inlined_calls, cumulative_ns,"
                 " recursive_calls, called_ns, external",
    "edges": "caller, callee, calls, inlined_calls, cumulative_ns, recursive_calls, called_ns",
    "run_call_sites": "caller, callee, file, line, kind, sites, calls, cumulative_ns, exact, through, inlined_calls",
    "contexts": "thread, path, depth, calls, inlined_calls, self_ns, cumulative_ns, folded, inlined, nested,"
                " external, raw_self_ns, below_noise, self_error_ns, cumulative_error_ns",
    "durations": "thread, name, from_ns, to_ns, calls, context_id IS NULL",
    "threads": "number, name, threads, lifetime_ns, outside_ns, unattributed_ns, calls, folded_calls, folded_ns,"
               " inlined_calls, profiler_ns, samples, hook_samples, timed_ns",
    "processes": "program, process_id, parent_process_id, arguments, started_unix_ns, duration_ns, ended, lost_calls,"
                 " threads, calls, ticks_per_second, event_ns, timing, profiler_ns, samples, sample_ns, timed_ns,"
                 " user_ns, system_ns, peak_bytes",
    "runs": "program, duration_ns, processes, threads, calls, lifetime_ns, started_unix_ns, timed_ns, user_ns,"
            " system_ns, peak_bytes",
    "run_bottlenecks": "rank, name, file, line, calls, self_ns, self_share, cumulative_share, average_ns",
    "bottlenecks": "rank, name, file, line, calls, self_ns, self_share, cumulative_share, average_ns",
    "function_code": "fingerprint",
    "series": "series_key, name, program, arguments, started_unix_ns, warmup_runs",
    "series_run": "number, run_id IS NULL, started_unix_ns, wall_ns, user_ns, system_ns, peak_bytes, exit_code,"
                  " signal, load_average",
    "series_fact": "name, value",
}


def recorded(run, process=0, timing=None):
    """A run with everything that a database knows of runs; times differ from run to run."""
    profile = Profile(key=10 * run + process, run=run)
    profile.start_unix_ns += run * 1_000_000_000
    profile.process_id += process
    profile.start_usage, profile.usage = (1, 1, 1), (run * 1_000, 2_000, 70_000_000 + run)
    profile.timed = profile.counted = (3, 2)
    if timing is not None:
        profile.timing, profile.sample_ns = timing, 1_000_000
    main = profile.function("main", "src/app.c", 10)
    parse = profile.function("_ZN5store5parseERKNS_5InputEi", "src/store.cc", 42)
    peek = profile.function("_ZNK5store5Input4peekEv", "src/store.h", 12)
    visit = profile.function("visit\x1b[31m</script>\u202e", "src/tree.c", 7, shown="visit \"it\" \\ \u00e4")
    squeeze = profile.function("compress", module="/usr/lib/libsqueeze.so.2")
    read = profile.external("read")
    thread = profile.thread("app", outside=1_500_000)
    in_main = thread.context(thread.root, main, 1, 2_000_000 + 17 * run)
    code = profile.code(parse, [(peek, 0)])
    in_parse = thread.context(in_main, code, 250, 40_250_000 + 1_001 * run, [40_000])
    in_visit = thread.context(in_parse, visit, 1_000, 300_000_123)
    thread.cross(in_visit, in_visit, 1_234_567)
    thread.cross(in_visit, in_parse, 12, code, [7])
    in_squeeze = thread.context(in_visit, squeeze, 70, 600_000)
    thread.context(in_parse, read, 260, 31_000_000)
    thread.durations(visit, [90_000 * step + run for step in range(1, 30)])
    thread.durations(parse, [1, 30, 500, 2**40])
    thread.durations(visit, [1_000, 2_000], context=in_visit)
    if timing is not None:
        for context in (in_main, in_squeeze):
            context.estimated(samples=30 + run, hook_samples=4)
    worker = profile.thread("worker", outside=50_000_000, threads=2)
    worker.context(worker.root, squeeze, 20, 150_000_000 - run)
    select(profile, "src/app.c", [("default", "", 0, 2)],
           [("main", "src/app.c", 10, 0, 1, 120)],
           sites=[(0, "_ZN5store5parseERKNS_5InputEi", "src/app.c", 12, 0), (0, "other", "src/more.c", 13, 0)])
    return profile


class Baseline(Case):
    good = None  # what broken files are made of

    def load(self, *profiles, db="profinst.db"):
        for at, profile in enumerate(profiles):
            profile.write(self.folder / f"{at}.profinst")
        names = [f"{at}.profinst" for at in range(len(profiles))]
        self.output("load", "--db", db, *names)
        for name in names:
            (self.folder / name).unlink()

    def series(self, key="5e", runs=(), name=None, started=1_800_000_000_000_000_000, db="profinst.db"):
        """As `profinst run` would write it: of runs by their numbers in profiles; None: left no profile."""
        database = self.database(db)
        series, = database.execute("INSERT INTO series VALUES (NULL, ?, ?, './app', '[\"./app\", \"-x\"]', ?, 2)"
                                   " RETURNING id", (key, name, started)).fetchone()
        for at, run in enumerate(runs):
            found = run and database.execute("SELECT id FROM run WHERE run_key = ?",
                                             (bytes([run]).hex() * 16,)).fetchone()[0]
            ended = (0, None) if run else (None, 11)
            database.execute("INSERT INTO series_run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                             (series, at + 1, found, started + at, 1_000_000_000 + 1_000_000 * at, 5, None, 4096,
                              *ended, 0.1 + at if run else None))
        for fact, value in (("git.commit", "0123abc"), ("machine.cpu", "Some CPU"), ("tag.é\n", "line\nbreak")):
            database.execute("INSERT INTO series_fact VALUES (?, ?, ?)", (series, fact, value))
        database.commit()
        return series

    def fingerprints(self, db="profinst.db"):
        """As the plugin would give them."""
        database = self.database(db)
        database.execute("INSERT INTO function_code SELECT process_id, function_id,"
                         " -9223372036854775808 + length(linkage_name) FROM function_total"
                         " JOIN function ON function.id = function_id")
        database.commit()

    def example(self, runs=(1, 2, None, 3), name="main", db="profinst.db", **series):
        """Two processes in one run, samples in another, one run without profile."""
        profiles = [recorded(run, timing=AUTO if run == 2 else None) for run in runs if run]
        self.load(*profiles, recorded(1, process=1), db=db)
        self.fingerprints(db)
        self.series(runs=runs, db=db, **series)
        self.output("baseline", "save", name, "--db", db)

    def exported(self, *arguments, name="main", db="profinst.db"):
        self.output("baseline", "export", name, "--db", db, "-o", "out.baseline", *arguments)
        return (self.folder / "out.baseline").read_bytes()

    def contents(self, db="profinst.db"):
        """What all views tell, whatever ids are used."""
        database = self.database(db)
        return {view: sorted(database.execute(f"SELECT {columns} FROM {view}"), key=repr)
                for view, columns in VIEWS.items()}

    def broken(self, change, name="bad.baseline"):
        """Writes the exported file with its lines, but for the last, changed, and a checksum that fits."""
        self.good = self.good or self.exported()
        content = b"".join(change(self.good.splitlines(keepends=True)[:-1]))
        (self.folder / name).write_bytes(content + b'{"crc32":"%08x"}\n' % zlib.crc32(content))
        return name

    def refused(self, message, name="bad.baseline"):
        """Nothing is imported, and no database is left behind."""
        self.fails(3, f"cannot read baseline: {name}: {message}", "baseline", "import", name, "--db", "new.db")
        self.assertNotIn("new.db", self.files())


class Names(Baseline):
    def test_save_takes_the_newest_series(self):
        self.load(recorded(1), recorded(2))
        self.series("aa", (1,), name="old", started=1)
        self.series("bb", (1, 2), name="new", started=2)
        self.assertEqual(self.output("baseline", "save", "main"), "baseline 'main': app, 2 runs\n")
        self.assertEqual(self.output("baseline", "save", "first", "--series=old"), "baseline 'first': app, 1 run\n")
        self.assertEqual(self.output("baseline", "save", "second", "--series=series:1"), "baseline 'second': app, 1 run\n")
        self.assertEqual(self.database().execute("SELECT name, series_id, replaced_unix_ns FROM baseline")
                         .fetchall(), [("main", 2, None), ("first", 1, None), ("second", 1, None)])

    def test_save_makes_a_series_of_the_newest_run(self):
        self.load(recorded(2), recorded(1), recorded(1, process=1))
        self.assertEqual(self.output("baseline", "save", "main"), "baseline 'main': app, 1 run\n")
        self.assertEqual(self.output("baseline", "save", "first", "--run=2"), "baseline 'first': app, 1 run\n")
        self.output("baseline", "save", "again", "--run=2")
        self.assertEqual(self.database().execute(
            "SELECT baseline.name, series_key, program, series.started_unix_ns, number, run_id, wall_ns, exit_code"
            " FROM baseline JOIN series ON series.id = series_id JOIN series_run USING (series_id)"
            " ORDER BY baseline.id").fetchall(),
            [("main", "02" * 16, "/opt/app/bin/app", 1_800_000_002_000_000_000, 1, 1, 375_352_159, None),
             ("first", "01" * 16, "/opt/app/bin/app", 1_800_000_001_000_000_000, 1, 2, 375_351_141, None),
             ("again", "01" * 16, "/opt/app/bin/app", 1_800_000_001_000_000_000, 1, 2, 375_351_141, None)])

    def test_replacing_needs_force_and_keeps_history(self):
        self.load(recorded(1), recorded(2))
        self.series("aa", (1,), started=1)
        self.output("baseline", "save", "main")
        self.series("bb", (1, 2), started=2)
        self.fails(2, "baseline save: baseline 'main' is there already, of another series; give another name, or "
                      "replace it with --force", "baseline", "save", "main")
        self.assertEqual(self.output("baseline", "save", "main", "--force"),
                         "baseline 'main': app, 2 runs; the former one is kept, see 'profinst baseline list "
                         "--history'\n")
        self.assertEqual(self.output("baseline", "save", "main"), "baseline 'main': app, 2 runs; it was that before\n")
        rows = json.loads(self.output("baseline", "list", "--history", "--format=json"))["rows"]
        self.assertEqual([(row["name"], row["series_key"], row["runs"]) for row in rows],
                         [("main", "bb", 2), ("main", "aa", 1)])
        self.assertIsNone(rows[0]["replaced_unix_ns"])
        self.assertGreaterEqual(rows[1]["replaced_unix_ns"], rows[1]["saved_unix_ns"])
        self.assertEqual(len(json.loads(self.output("baseline", "list", "--format=json"))["rows"]), 1)

    def test_remove(self):
        self.load(recorded(1), recorded(2))
        self.series("aa", (1,), started=1)
        self.output("baseline", "save", "main")
        self.series("bb", (2,), started=2)
        self.output("baseline", "save", "main", "--force")
        self.output("baseline", "save", "other")
        self.assertEqual(self.output("baseline", "remove", "main"), "baseline 'main' removed; its series stays\n")
        self.fails(2, "baseline remove: there is no baseline 'main' in profinst.db; see 'profinst baseline list', or "
                      "save one with 'profinst baseline save'", "baseline", "remove", "main")
        self.output("baseline", "save", "main")
        self.assertEqual(self.output("baseline", "remove", "main", "--history"),
                         "baseline 'main' removed, 2 in all; their series stay\n")
        database = self.database()
        self.assertEqual(database.execute("SELECT name FROM baseline").fetchall(), [("other",)])
        self.assertEqual(database.execute("SELECT count(*) FROM series").fetchone(), (2,))

    def test_list(self):
        self.example(name="release/1.0")
        self.assertEqual(self.database().execute("SELECT replaced_unix_ns FROM baseline").fetchall(), [(None,)])
        database = self.database()
        database.execute("UPDATE baseline SET saved_unix_ns = 1800000000000000000")
        database.commit()
        self.assertEqual(self.output("baseline", "list"), "\n".join((
            "Baselines", "",
            "baseline     runs  mean time  program  saved (UTC)          commit   machine",
            "release/1.0     4     1.00 s  ./app    2027-01-15 08:00:00  0123abc  Some CPU", "")))
        row, = csv.DictReader(io.StringIO(self.output("baseline", "list", "--format=csv"), newline=""))
        self.assertEqual((row["name"], row["mean_wall_ns"], row["series_key"], row["replaced"]),
                         ("release/1.0", "1001333333", "5e", ""))
        self.assertIn("| release/1.0 |", self.output("baseline", "list", "--format=markdown"))

    def test_show(self):
        self.example()
        data = json.loads(self.output("baseline", "show", "main", "--format=json", "--limit=2"))
        self.assertEqual([tuple(row.values()) for row in data["facts"]["rows"]][:4],
                         [("program", "./app"), ("arguments", '["./app", "-x"]'),
                          ("started", "2027-01-15 08:00:00 UTC"), ("warm-up runs", "2")])
        self.assertEqual([(row["number"], row["wall_ns"], row["end"], row["note"]) for row in data["runs"]["rows"]],
                         [(1, 1_000_000_000, "exit 0", None), (2, 1_001_000_000, "exit 0", None),
                          (3, 1_002_000_000, "signal 11", "no profile, left out"), (4, 1_003_000_000, "exit 0", None)])
        figures, = data["figures"]["rows"]
        self.assertEqual((figures["mean_wall_ns"], figures["median_wall_ns"], figures["least_wall_ns"],
                          figures["greatest_wall_ns"], figures["deviation_wall_ns"]),
                         (1_001_333_333, 1_001_000_000, 1_000_000_000, 1_003_000_000, 1_527_525))
        expected = self.database().execute(
            "SELECT name, sum(self_ns) / 3, iif(min(calls) = max(calls), min(calls), NULL) FROM run_functions"
            " GROUP BY function_id ORDER BY 2 DESC").fetchall()
        self.assertEqual([(row["name"], row["self_ns"], row["calls"]) for row in data["functions"]["rows"]],
                         expected[:2])
        self.assertEqual(data["functions"]["left_out"], len(expected) - 2)
        runs = list(csv.DictReader(io.StringIO(self.output("baseline", "show", "main", "--format=csv"), newline="")))
        self.assertEqual([run["number"] for run in runs], ["1", "2", "3", "4"])
        table = self.output("baseline", "show", "main")
        for title in ("How it was made", "Runs", "Time of a run", "Functions, in the mean of the runs"):
            self.assertIn(f"{title}\n", table)
        self.assertNotIn("\x1b", table)

    def test_all_say_the_same_mean(self):
        """What a signal ended does not count, unless there is nothing else."""
        self.load(recorded(1), recorded(2))
        self.series("aa", (1, None, 2))
        self.series("bb", (None, None))
        for series, mean in ((1, 1_001_000_000), (2, 1_000_500_000)):
            self.output("baseline", "save", f"b{series}", f"--series={series}")
            lists = (self.output("series", "--format=json"), self.output("baseline", "list", "--format=json"))
            for rows in (json.loads(text)["rows"] for text in lists):
                self.assertEqual([row["mean_wall_ns"] for row in rows
                                  if series in (row.get("id"), row.get("series"))], [mean])
            shown = json.loads(self.output("baseline", "show", f"b{series}", "--format=json"))
            self.assertEqual([row["mean_wall_ns"] for row in shown["figures"]["rows"]], [mean])
            told = json.loads(self.output("series", str(series), "--format=json"))
            self.assertEqual(told["statistics"]["wall_ns"]["mean"], mean)
        self.assertEqual([row["note"] for row in shown["runs"]["rows"]], ["no profile", "no profile"])

    def test_wrong_usage(self):
        self.example()
        unknown = "there is no baseline 'mian' in profinst.db; did you mean 'main'?"
        for word in ("show", "export", "remove"):
            self.fails(2, f"baseline {word}: {unknown}", "baseline", word, "mian")
        self.fails(2, "baseline save: there is no series 'nihgtly' in profinst.db; 'profinst series' "
                      "lists them", "baseline", "save", "x", "--series=nihgtly")
        self.fails(2, "baseline save: there is no run 99 in profinst.db; 'profinst query \"SELECT id, started, "
                   "program FROM runs\"' lists them",
                   "baseline", "save", "x", "--run=99")
        self.fails(2, "baseline: unknown word 'saev'; did you mean 'save'?", "baseline", "saev")
        self.fails(2, "baseline: the first word is missing; give save, list, show, remove, export or import",
                   "baseline")
        self.fails(2, "baseline save: a name is missing; give one", "baseline", "save")
        self.fails(2, "baseline list: 'x' is too much; leave it out", "baseline", "list", "x")
        self.fails(2, "baseline save: give one of --series and --run", "baseline", "save", "x", "--series=1",
                   "--run=1")
        self.fails(2, "baseline save: --run=0 is no run; the view 'runs' numbers them from 1", "baseline", "save", "x",
                   "--run=0")
        for name, why in (("", "it is empty"), ("x" * 101, "it is longer than 100 bytes"),
                          ("a\x1bb", "some of its characters cannot be seen"),
                          ("run:1", "it would be taken for a run or a series")):
            self.assertIn(f"baseline's name: {why}; give another",
                          self.profinst("baseline", "save", name, code=2).stderr)
        self.fails(3, "cannot use database: none.db: No such file or directory; make one with 'profinst load --db'",
                   "baseline", "save", "x", "--db=none.db")
        self.assertNotIn("none.db", self.files())

    def test_empty_series(self):
        """Nothing can be compared with it; one that somebody names all the same is shown."""
        self.load(recorded(1))
        self.series()
        self.fails(3, "baseline save: profinst.db: there is no run in series 1; give another with --series, or make "
                      "one with 'profinst run'", "baseline", "save", "main")
        self.database().execute("INSERT INTO baseline VALUES (1, 'main', 1, 5, NULL)").connection.commit()
        for format in ("table", "markdown"):
            self.assertIn("ime of a run", self.output("baseline", "show", "main", f"--format={format}"))

    def test_words_have_help(self):
        for word in ("save", "list", "show", "remove", "export", "import"):
            self.assertTrue(self.output("baseline", word, "--help").startswith(
                f"Usage: profinst baseline {word} [OPTION...]"))


class Files(Baseline):
    def test_round_trip(self):
        self.example()
        before = self.exported()
        contents = self.contents()
        for view in VIEWS:
            self.assertTrue(contents[view], view)
        self.assertEqual(self.output("baseline", "import", "out.baseline", "--db", "new.db"),
                         "baseline 'main': app, 4 runs\n")
        self.assertEqual(self.contents("new.db"), contents)
        self.assertEqual(self.exported(db="new.db"), before)

    def test_ids_of_contexts_are_in_their_place(self):
        """Each process has its own, one after another, with its callers before."""
        self.example()
        self.exported()
        self.load(recorded(7), db="new.db")
        self.output("baseline", "import", "out.baseline", "--db", "new.db")
        self.assertEqual(self.database("new.db").execute(
            "SELECT count(*) FROM context JOIN thread ON thread.id = thread_id JOIN process ON process.id = thread.process_id"
            " WHERE context.id NOT BETWEEN first_context_id AND last_context_id OR parent_id >= context.id").fetchone(),
            (0,))
        counts = self.database("new.db").execute(
            "SELECT sum(last_context_id - first_context_id + 1), count(*) FROM process").fetchone()
        self.assertEqual(counts, (self.database("new.db").execute("SELECT count(*) FROM context").fetchone()[0], 5))

    def test_bytes_depend_on_the_series_alone(self):
        """Not on the database, the order of its rows, what else is in it, or when it was loaded."""
        self.example()
        expected = self.exported()
        other = [recorded(9), recorded(3), recorded(1, process=1), recorded(2, timing=AUTO), recorded(1)]
        for profile in other:
            self.load(profile, db="other.db")
        self.fingerprints("other.db")
        self.series("01", (9,), db="other.db", started=9 * 10**17)
        self.series(runs=(1, 2, None, 3), db="other.db")
        self.output("baseline", "save", "main", "--db=other.db")
        self.assertEqual(self.exported(db="other.db"), expected)
        self.assertEqual(gzip.decompress(self.compressed()), expected)
        self.assertEqual(self.compressed(), self.compressed())
        self.assertEqual(self.profinst("baseline", "export", "main").stdout, expected)

    def compressed(self):
        self.output("baseline", "export", "main", "-o", "out.baseline.gz")
        return (self.folder / "out.baseline.gz").read_bytes()

    def test_compressed(self):
        self.example()
        self.assertEqual(self.compressed()[4:8], bytes(4))  # no time in it
        self.output("baseline", "import", "out.baseline.gz", "--db", "new.db")
        self.assertEqual(self.contents("new.db"), self.contents())

    def test_into_a_database_with_the_same_runs(self):
        self.example()
        self.exported()
        contents = self.contents()
        self.assertEqual(self.output("baseline", "import", "out.baseline"),
                         "baseline 'main': app, 4 runs; it was that before\n")
        self.assertEqual(self.contents(), contents)
        self.load(recorded(2, timing=AUTO), recorded(8), db="new.db")
        self.fingerprints("new.db")
        self.output("baseline", "import", "out.baseline", "mine", "--db", "new.db")
        self.load(recorded(8))
        self.database().execute("DELETE FROM function_code").connection.commit()
        self.database("new.db").execute("DELETE FROM function_code").connection.commit()
        expected, found = self.contents(), self.contents("new.db")
        self.assertEqual(found, expected)
        self.assertEqual(self.database("new.db").execute("SELECT name FROM baseline").fetchall(), [("mine",)])

    def test_what_is_known_already_keeps_its_name(self):
        """A file cannot rename functions of a database."""
        self.example()
        self.broken(lambda lines: [line.replace(b"visit \\\"it", b"evil \\\"it") for line in lines])
        self.load(recorded(7), db="new.db")
        self.output("baseline", "import", "bad.baseline", "--db", "new.db")
        self.assertEqual(self.database("new.db").execute("SELECT count(*) FROM function WHERE name LIKE 'evil%'")
                         .fetchone(), (0,))

    def test_import_takes_a_name_only_by_force(self):
        self.example()
        self.exported()
        self.load(recorded(7), db="new.db")
        self.output("baseline", "save", "main", "--db", "new.db")
        self.fails(2, "baseline import: baseline 'main' is there already, of another series; give another name, or "
                      "replace it with --force", "baseline", "import", "out.baseline", "--db", "new.db")
        self.assertEqual(self.database("new.db").execute("SELECT count(*) FROM run").fetchone(), (1,))
        self.output("baseline", "import", "out.baseline", "--db", "new.db", "--force")
        self.assertEqual(self.database("new.db").execute(
            "SELECT series_key, replaced_unix_ns IS NULL FROM baseline JOIN series ON series.id = series_id"
            " ORDER BY baseline.id").fetchall(), [("07" * 16, 0), ("5e", 1)])

    def test_without_contexts(self):
        self.example()
        small, contents = self.exported("--without-contexts"), self.contents()
        self.assertLess(len(small), len(self.exported()))
        (self.folder / "small.baseline").write_bytes(small)
        self.output("baseline", "import", "small.baseline", "--db", "new.db")
        found = self.contents("new.db")
        for view in ("run_functions", "functions", "run_edges", "run_call_sites", "threads", "runs",
                     "run_bottlenecks", "series_run"):
            self.assertEqual(found[view], contents[view])
        self.assertEqual({row[2] for row in found["contexts"]}, {1})
        self.assertEqual(dict(found["series_fact"])["baseline.contexts"], "no")
        self.assertEqual(self.exported(db="new.db"), small)
        self.assertEqual(self.exported("--without-contexts", db="new.db"), small)
        profile = recorded(3).write(self.folder / "3.profinst").name  # can still be loaded
        self.assertIn("replaced an earlier state", self.output("load", "--db=new.db", profile))

    def test_series_without_any_profile(self):
        self.load(recorded(1))
        self.series(runs=(None, None))
        self.output("baseline", "save", "main")
        before = self.exported()
        self.output("baseline", "import", "out.baseline", "--db", "new.db")
        self.assertEqual(self.exported(db="new.db"), before)
        self.assertEqual(self.database("new.db").execute("SELECT count(*) FROM run").fetchone(), (0,))

    def test_output_is_not_the_database(self):
        self.example()
        self.profinst("baseline", "export", "main", "-o", "profinst.db", code=2)
        self.assertTrue(self.contents())


class Hostile(Baseline):
    def test_cut_off_anywhere(self):
        self.example()
        content = self.exported()
        ends = [at + 1 for at, byte in enumerate(content) if byte == 10][:-1]
        places = set(ends[::5]) | {end - 2 for end in ends[::35]} | {len(content) - 1}
        for place in sorted(places):
            (self.folder / "bad.baseline").write_bytes(content[:place])
            message = self.profinst("baseline", "import", "bad.baseline", "--db", "new.db", code=3).stderr
            if place > 30:
                self.assertTrue(message.startswith("profinst: cannot read baseline: bad.baseline: damaged: its last "
                                                   "line "), message)
        self.assertNotIn("new.db", self.files())

    def test_cut_off_where_compressed(self):
        self.example()
        self.output("baseline", "export", "main", "-o", "out.baseline.gz")
        content = (self.folder / "out.baseline.gz").read_bytes()
        for place in (*range(20, len(content), 97), len(content) - 1):
            (self.folder / "bad.baseline").write_bytes(content[:place])
            self.profinst("baseline", "import", "bad.baseline", "--db", "new.db", code=3)
        self.assertNotIn("new.db", self.files())

    def test_a_changed_byte(self):
        self.example()
        content = self.exported()
        choose = random.Random(1)
        for _ in range(60):
            at = choose.randrange(len(content))
            changed = bytes(content[:at]) + bytes([content[at] ^ 1 << choose.randrange(8)]) + content[at + 1:]
            (self.folder / "bad.baseline").write_bytes(changed)
            self.profinst("baseline", "import", "bad.baseline", "--db", "new.db", code=3)
        self.assertNotIn("new.db", self.files())

    def test_no_baseline(self):
        (self.folder / "bad.baseline").write_bytes(b"")
        self.refused("it is no baseline file; write one with 'profinst baseline export'")
        (self.folder / "bad.baseline").write_bytes(b"{}\n")
        self.refused("it is no baseline file; write one with 'profinst baseline export'")
        self.write(recorded(1), "bad.baseline")
        self.refused("line 1 is too long, or no text; export it again")
        self.fails(3, "cannot read baseline: none: No such file or directory; check the path",
                   "baseline", "import", "none", "--db", "new.db")
        (self.folder / "dir").mkdir()
        self.profinst("baseline", "import", "dir", "--db", "new.db", code=3)

    def test_other_version(self):
        self.example()
        self.broken(lambda lines: [lines[0].replace(b'":1,', b'":2,'), *lines[1:]])
        self.refused("from a newer profinst (format 2, this one reads 1); update profinst")
        for begin in (b'{"profinst_baseline":0,"name":"main"}\n', b'{"profinst_baseline":"1","name":"main"}\n',
                      b'{"profinst_baseline":1,"name":3}\n', b'{"profinst_baseline":1}\n',
                      b'{"profinst_baseline":1,"name":"main","more":1}\n', b'{"profinst_baseline":1,"name":"main"\n'):
            self.broken(lambda lines: [begin, *lines[1:]])
            self.refused("line 1 does not say which baseline this is; export it again")

    def test_name_in_the_file(self):
        self.example()
        self.broken(lambda lines: [lines[0].replace(b"main", b"run:1"), *lines[1:]])
        self.fails(2, "baseline import: 'run:1' can be no baseline's name: it would be taken for a run or a series; "
                      "give another", "baseline", "import", "bad.baseline", "--db", "new.db")
        self.output("baseline", "import", "bad.baseline", "good", "--db", "new.db")

    def test_tables(self):
        """Missing, twice, in another order, with other columns, unknown."""
        self.example()
        lines = self.exported().splitlines(keepends=True)
        tables = [at for at, line in enumerate(lines) if line.startswith(b'{"table"')]
        at = tables[5]
        message = f"line {at + 1} begins no table that is to come here; export it again"
        for line in (lines[tables[4]], lines[tables[6]], lines[at].replace(b'"]', b'","more"]'), b"{}\n",
                     b'{"table":"evil","columns":[]}\n'):
            self.broken(lambda found: found[:at] + [line] + found[at + 1:])
            self.refused(message)
        self.broken(lambda found: found[:tables[-1]])
        self.refused(DAMAGED.format("tables are missing"))
        self.broken(lambda found: [found[0], *found[2:]])
        self.refused("line 2 is a row before the first table; export it again")
        self.broken(lambda found: found[:2] + found[3:])
        self.refused(DAMAGED.format("there is no series in it"))

    def change_value(self, table, column, value, row=1):
        """In the file; returns the number of the line."""
        number = 0

        def change(lines):
            nonlocal number
            at = next(i for i, line in enumerate(lines) if line.startswith(b'{"table":"%s"' % table.encode()))
            columns = json.loads(lines[at])["columns"]
            values = json.loads(lines[at + row])
            values[columns.index(column)] = value
            number = at + row + 1
            text = json.dumps(values, ensure_ascii=False).encode() + b"\n"
            return lines[:at + row] + [text] + lines[at + row + 1:]

        self.broken(change)
        return number

    def test_values(self):
        self.example()
        for table, column, value, why, row in (
                ("series", "series_key", "xy", "'series_key' is no key of hexadecimal digits", 1),
                ("series", "series_key", "a" * 65, "'series_key' is no key of hexadecimal digits", 1),
                ("series", "series_key", None, "'series_key' is null", 1),
                ("series", "program", 3, "'program' is no text", 1),
                ("series", "program", "x" * 65537, "'program' is longer than 65536 bytes", 1),
                ("series", "arguments", "[1]", "'arguments' is no JSON array of strings", 1),
                ("series", "arguments", "{}", "'arguments' is no JSON array of strings", 1),
                ("series", "warmup_runs", "1", "'warmup_runs' is no whole number", 1),
                ("series", "warmup_runs", -1, "'warmup_runs' is less than 0", 1),
                ("series", "warmup_runs", 1.5, "'warmup_runs' is no whole number", 1),
                ("series", "warmup_runs", True, "'warmup_runs' is no whole number", 1),
                ("series", "warmup_runs", [1], "'warmup_runs' is no whole number", 1),
                ("series_run", "run", 99, "'run' is no row of run before this one", 1),
                ("series_run", "run", 0, "'run' is no row of run before this one", 1),
                ("series_run", "run", -1, "'run' is no row of run before this one", 1),
                ("series_run", "run", "1", "'run' is no number of a row", 1),
                ("series_run", "load_average", -0.5, "'load_average' is no number from 0 up", 1),
                ("series_run", "wall_ns", 2**60 + 1, "'wall_ns' of all rows is too much to be summed up", 1),
                ("process", "ended", 2, "'ended' is neither 0 nor 1", 1),
                ("process", "run", 4, "'run' is no row of run before this one", 1),
                ("context", "parent", 1_000, "'parent' is no row of context before this one", 2),
                ("context", "parent", 2, "'parent' is no row of context before this one", 2),
                ("context", "parent", None, "it has one of 'parent' and 'function'", 2),
                ("context", "depth", 5, "its 'depth' is not its parent's and 1", 2),
                ("context", "depth", 5, "a root has another 'depth' than 0", 1),
                ("context", "thread", 2, "its 'parent' is of another thread", 2),
                ("context", "calls", 2**63 - 1, "'calls' of all rows is too much to be summed up", 2),
                ("duration_range", "octave", 60, "there is no such 'octave'", 1),
                ("duration_range", "context", 1, "its 'context' is of another thread", -2),
                ("cross_call", "caller_context", 1, "its two contexts are of two processes", -2)):
            with self.subTest(table=table, column=column, value=str(value)[:20]):
                if row < 0:
                    row = self.rows(table)
                line = self.change_value(table, column, value, row)
                self.refused(f"line {line}, a row of {table}: {why}; export it again")

    def test_contexts_of_processes_are_not_mixed(self):
        self.example()
        line = self.change_value("context", "thread", 5)
        self.refused(f"line {line + 1}, a row of context: it comes behind contexts of a later process; export it "
                     "again")

    def rows(self, table):
        lines = self.exported().splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith(b'{"table":"%s"' % table.encode()))
        return next(i for i, line in enumerate(lines[at + 1:]) if line.startswith(b"{"))

    def test_what_the_database_forbids(self):
        self.example()
        for table, column, value, why in (
                ("process", "clock", "sundial", "CHECK constraint failed"),
                ("thread", "number", 2, "UNIQUE constraint failed: thread.process_id, thread.number"),
                ("call_site", "kind", "evil", "CHECK constraint failed")):
            line = self.change_value(table, column, value)
            result = self.profinst("baseline", "import", "bad.baseline", "--db", "new.db", code=3)
            self.assertIn(f"bad.baseline: line {line if table != 'thread' else line + 1}, a row of {table}: {why}",
                          result.stderr)
        self.assertNotIn("new.db", self.files())

    def test_rows(self):
        self.example()
        for row, why in ((b"[1]\n", "has not as many values as its table has columns"),
                         (b"{}\n", "begins no table that is to come here"),
                         (b"7\n", None), (b"\n", None), (b"[" * 5_000 + b"\n", None), (b'["\xff"]\n', None),
                         (b"[1e999]\n", None), (b"[99999999999999999999]\n", None), (b'["\\u0000"]\n', None)):
            self.broken(lambda lines: lines[:2] + [row] + lines[3:])
            if why:
                self.refused(f"line 3 {why}; export it again")
            else:
                stderr = self.profinst("baseline", "import", "bad.baseline", "--db", "new.db", code=3).stderr
                self.assertIn("bad.baseline: line 3 ", stderr)
                self.assertTrue(stderr.endswith("; export it again\n"))
        self.broken(lambda lines: lines[:2] + [b'["' + b"x" * 2**20 + b'"]\n'] + lines[3:])
        self.refused("line 3 is too long, or no text; export it again")
        self.broken(lambda lines: lines[:2] + [lines[2], lines[2]] + lines[3:])
        self.refused("line 4, a row of series: there is one already; export it again")

    def test_bomb(self):
        """A small file that unpacks without end is given up, before anything of it is kept."""
        with gzip.open(self.folder / "bad.baseline", "wb") as file:
            file.write(b'{"profinst_baseline":1,"name":"main"}\n')
            block = (b"[" + b"0" * 1_000 + b"]\n") * 1_000
            for _ in range(1_100):
                file.write(block)
        self.assertLess((self.folder / "bad.baseline").stat().st_size, 10_000_000)
        self.refused("more than 1024 MiB; export it without contexts")

    def test_hostile_database(self):
        """What is exported of one is told when it is imported."""
        self.example()
        for statement, why in (
                ("UPDATE context SET parent_id = id WHERE depth = 2", "'parent' is no row"),
                ("UPDATE context SET depth = depth + 1 WHERE depth > 2", "its 'depth' is not"),
                ("UPDATE function_total SET calls = -1", "'calls' is less than 0"),
                ("UPDATE process SET first_context_id = 1, last_context_id = 9223372036854775807",
                 "it comes behind contexts of a later process"),
                ("DELETE FROM thread WHERE number = 2", "'thread' is no row"),
                ("UPDATE series SET arguments = 'x'", "'arguments' is no JSON array of strings")):
            (self.folder / "evil.db").unlink(missing_ok=True)
            connection = sqlite3.connect(self.folder / "evil.db")
            self.database().backup(connection)
            connection.execute(statement)
            connection.commit()
            connection.close()
            self.output("baseline", "export", "main", "--db=evil.db", "-o", "bad.baseline")
            self.assertIn(why, self.profinst("baseline", "import", "bad.baseline", "--db=new.db", code=3).stderr)
        self.assertNotIn("new.db", self.files())


if __name__ == "__main__":
    unittest.main()

"""profinst run and profinst series, with programs that only seem to be instrumented: scripts that write a
synthetic profile to where the runtime would."""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

from support import ENVIRONMENT, HERE, PROFINST, SANITIZER_SIGNS, Case

# What a program of these tests does: `app COUNTER` counts its starts in a file, and leaves a profile of a
# run of its own in which main called work as often.
APP = '''#!%s
import os, resource, signal, sys, time
sys.path.insert(0, %r)
from profile_writer import Profile

def leave(number, process=os.getpid(), run=None, name="app", program=None):
    profile = Profile(program or sys.argv[0])
    profile.profile_id, profile.run_id = os.urandom(16), (run or process).to_bytes(16, "big")
    profile.process_id = process
    main, work = profile.function("main"), profile.function("work", "w.c", 3)
    thread = profile.thread(outside=1000)
    thread.context(thread.context(thread.root, main, 1, 5_000), work, number, 1_000_000 * number)
    path = os.environ["PROFINST_OUTPUT"]
    profile.write(path.replace("%%p", str(process)).replace("%%n", name).replace("%%%%", "%%"))

def count():
    with open("starts", "a") as file:
        file.write("x")
    return os.path.getsize("starts")

number = count()
'''


class RunCase(Case):
    def app(self, body="leave(number)", name="app"):
        path = self.folder / name
        path.write_text(APP % (sys.executable, str(HERE)) + body + "\n")
        path.chmod(0o755)
        return "./" + name

    def setUp(self):
        super().setUp()
        self.temporary = self.folder / "100% temporary"
        self.temporary.mkdir()

    def run_program(self, *arguments, code=0, stdin=subprocess.DEVNULL, input=None, prepare=None, **environment):
        """Whatever happens, no profile stays behind."""
        how = {"input": input} if input is not None else {"stdin": stdin}
        result = subprocess.run([PROFINST, "run", *map(str, arguments)], cwd=self.folder, capture_output=True,
                                env=ENVIRONMENT | {"TMPDIR": str(self.temporary)} | environment, text=True,
                                preexec_fn=prepare, **how)
        for sign in SANITIZER_SIGNS:
            self.assertNotIn(sign, result.stderr)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(list(self.temporary.iterdir()), [])
        return result

    def starts(self):
        return len((self.folder / "starts").read_text()) if (self.folder / "starts").exists() else 0

    def rows(self, sql):
        with contextlib.closing(sqlite3.connect(self.folder / "profinst.db")) as connection:
            self.assertEqual(connection.execute("PRAGMA foreign_key_check").fetchall(), [])
            return connection.execute(sql).fetchall()

    def facts(self):
        return dict(self.rows("SELECT name, value FROM series_fact"))


class Series(RunCase):
    def test_one_run(self):
        result = self.run_program(self.app(), "--fast", "two words")
        self.assertEqual(result.stdout, "")
        self.assertRegex(result.stderr, r"\ASeries 1: 1 run, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n"
                                        r"\./app --fast 'two words'\n\n +run\nwall time +[0-9.]+ m?s\n")
        self.assertTrue(result.stderr.endswith(
            "   self  ± sd  calls  function\n1.00 ms     -      1  work\n5.00 µs     -      1  main\n\n"
            "Functions of the last run: profinst report --db profinst.db --run=1\n"), result.stderr)
        self.assertEqual(self.rows("SELECT program, arguments, name, warmup_runs FROM series"),
                         [("./app", '["./app","--fast","two words"]', None, 0)])
        self.assertEqual(self.rows("SELECT series_id, number, run_id, exit_code, signal FROM series_run"),
                         [(1, 1, 1, 0, None)])

    def test_several_runs_and_warm_ups(self):
        result = self.run_program("-n", 3, "--warmup=2", "--name", "nightly", "--format=json", "-o", "out.json", "--",
                                  self.app())
        self.assertEqual((self.starts(), result.stdout, result.stderr), (5, "", ""))
        told = json.loads((self.folder / "out.json").read_text())
        self.assertEqual((told["name"], told["warmup_runs"], told["arguments"]), ("nightly", 2, ["./app"]))
        self.assertEqual([(run["number"], run["run"]) for run in told["runs"]], [(1, 1), (2, 2), (3, 3)])
        work, main = told["functions"]
        self.assertEqual((work["function"], main["function"]), ("work", "main"))
        # 3, 4 and 5 ms: their standard deviation is 1 ms, t of 2 degrees of freedom 4.302653
        figures = work["self_ns"]
        self.assertEqual([figures[key] for key in ("count", "mean", "median", "min", "max", "deviation")],
                         [3, 4e6, 4e6, 3e6, 5e6, 1e6])
        self.assertAlmostEqual(figures["high"] - figures["mean"], 4.302652729911275 * 1e6 / 3 ** 0.5, delta=1)
        self.assertEqual((work["calls"]["min"], work["calls"]["max"]), (3, 5))
        walls = [run["wall_ns"] for run in told["runs"]]
        self.assertEqual(told["statistics"]["wall_ns"]["mean"], walls[0] + sum(w - walls[0] for w in walls) / 3)
        self.assertEqual(self.output("series", "nightly", "--format=json"), (self.folder / "out.json").read_text())

    def test_outliers_are_flagged(self):
        self.run_program("-n", 8, self.app())
        with contextlib.closing(sqlite3.connect(self.folder / "profinst.db", isolation_level=None)) as sql:
            sql.execute("UPDATE series_run SET wall_ns = 1000000 * (100 + number)")
            sql.execute("UPDATE series_run SET wall_ns = 2500000000 WHERE number = 4")
        self.assertIn("\nOutliers of the wall time: run 4 took 2.50 s. Let nothing else run on the machine, and use "
                      "--warmup where first runs are slow.\n", self.output("series", "1"))
        told = json.loads(self.output("series", "1", "--format=json"))
        self.assertEqual([run["number"] for run in told["runs"] if "wall_ns" in run["outlier"]], [4])

    def test_processes_of_a_run(self):
        """Of its own process, of one forked, and of an instrumented program that it started: one run."""
        self.run_program("-n", 2, self.app("leave(1, 70000 + number, run=1000 + number, name='child')\n"
                                           "leave(2, run=1000 + number)\n"
                                           "leave(3, 80000 + number, run=2000 + number, name='other', program='/bin/z')"))
        self.assertEqual(self.rows("SELECT run_id, count(*) FROM process GROUP BY 1"), [(1, 3), (2, 3)])
        self.assertEqual(self.rows("SELECT run, sum(calls) FROM run_functions WHERE name = 'work' GROUP BY 1"), [(1, 6), (2, 6)])
        self.assertEqual(self.rows("SELECT number, run_id FROM series_run"), [(1, 1), (2, 2)])

    def test_list(self):
        self.run_program("-n", 2, "--name=a", "--tag", "branch=main", "--tag=x=y=z", self.app())
        self.run_program(self.app("leave(number); sys.exit(3)", "other"), code=3)
        rows = json.loads(self.output("series", "--format=json"))["rows"]
        self.assertEqual([[row[key] for key in ("id", "name", "runs", "failed", "tags", "program")] for row in rows],
                         [[2, None, 1, 1, None, "./other"], [1, "a", 2, None, "branch=main x=y=z", "./app"]])
        for form in ("table", "csv", "markdown"):
            self.assertIn("branch=main", self.output("series", f"--format={form}"))
        self.fails(2, "series: there is no series 'weekly' in profinst.db; 'profinst series' lists them", "series", "weekly")
        self.fails(2, "series: one series is told as a table or as JSON; give --format=json, or no SERIES",
                   "series", "a", "--format=csv")

    def test_output_is_not_the_database(self):
        """Not even one that is yet to be made, nor one with another name."""
        message = "it is read from, and would be overwritten; give another name with -o\n"
        for name in ("profinst.db", "./profinst.db", self.folder / "profinst.db"):
            result = self.run_program("-o", name, self.app(), code=2)
            self.assertEqual(result.stderr, f"profinst: run: {name}: {message}")
        self.assertEqual((self.starts(), (self.folder / "profinst.db").exists()), (0, False))
        self.run_program(self.app())
        (self.folder / "link").symlink_to("profinst.db")
        for name in ("profinst.db", "link"):
            self.run_program("-o", name, self.app(), code=2)
            for series in ((), ("1",)):
                self.assertEqual(self.profinst("series", *series, "-o", name, code=2).stderr,
                                 f"profinst: series: {name}: {message}")
        self.assertEqual((self.starts(), self.rows("SELECT count(*) FROM series")), (1, [(1,)]))

    def test_output_that_cannot_be_written(self):
        """That is said before the first run."""
        for name, why in (("no/out", "No such file or directory"), (".", "Is a directory"), ("file/out", "Not a directory")):
            (self.folder / "file").touch()
            self.assertEqual(self.run_program("-o", name, self.app(), code=4).stderr,
                             f"profinst: cannot write: {name}: {why}; check the path, its permissions and the room on "
                             "the disk\n")
        self.assertEqual((self.starts(), (self.folder / "profinst.db").exists()), (0, False))
        self.run_program("-o", "/dev/null", self.app())

    def test_output_is_not_the_input(self):
        (self.folder / "in").write_text("12345")
        self.assertEqual(self.run_program("--stdin=in", "-o", "in", self.app(), code=2).stderr,
                         "profinst: run: in: it is read from, and would be overwritten; give another name with -o\n")
        self.assertEqual((self.starts(), (self.folder / "in").read_text()), (0, "12345"))

    def test_process_that_outlives_its_run(self):
        """What it leaves when the next run is on, is no part of that."""
        self.run_program("-n", 2, self.app(
            "leave(number)\n"
            "if number == 1 and os.fork() == 0:\n"
            " os.setsid()\n"
            " for file in (1, 2): os.dup2(os.open('/dev/null', os.O_WRONLY), file)\n"
            " while os.path.getsize('starts') < 2: time.sleep(0.01)\n"
            " try: leave(50, 70000, run=1001, name='late')\n"
            " finally: open('late', 'w').close()\n"
            "if number == 2:\n"
            " while not os.path.exists('late'): time.sleep(0.01)"))
        self.assertEqual(self.rows("SELECT run, calls FROM run_functions WHERE name = 'work'"), [(1, 1), (2, 2)])

    def test_many_failures(self):
        """The first ten are named."""
        self.run_program("-n12", "--ignore-failure", "--discard-output", self.app("leave(number)\nsys.exit(number)"))
        self.assertIn("\nFailed: " + ", ".join(f"run {n} with exit code {n}" for n in range(1, 11)) + " and 2 more.\n",
                      " ".join(self.output("series", "1").split(" ")))

    def test_names_are_made_harmless(self):
        self.run_program("--name", "\x1b[2J<script>", "--tag", "k\x07=\x1b", self.app(), "\x1b]0;title\x07", os.fsdecode(b"\xff"))
        for arguments in (["series"], ["series", "1"], ["series", "--format=csv"], ["series", "1", "--format=json"]):
            self.assertNotRegex(self.output(*arguments), "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
        self.assertIn(r"\\xFF", self.rows("SELECT arguments FROM series")[0][0])

    def test_long_arguments(self):
        self.run_program(self.app(), "x" * 100_000, "--", "y")
        arguments = json.loads(self.rows("SELECT arguments FROM series")[0][0])
        self.assertEqual(arguments, ["./app", "x" * (16384 - 5) + "..."])


class Facts(RunCase):
    def test_of_the_machine(self):
        self.run_program(self.app())
        facts, system = self.facts(), os.uname()
        self.assertEqual(facts["machine.host"], system.nodename)
        self.assertEqual(facts["kernel"], f"{system.sysname} {system.release} {system.machine}")
        self.assertEqual(facts["machine.cores"], str(os.sysconf("SC_NPROCESSORS_ONLN")))
        self.assertEqual(facts["machine.memory"], str(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE")))
        self.assertTrue(facts["machine.cpu"])
        if os.path.exists("/etc/machine-id"):
            own = pathlib.Path("/etc/machine-id").read_text().strip()
            self.assertEqual(facts["machine.id"], hashlib.sha256(f"profinst {own}".encode()).hexdigest()[:16])

    def test_named(self):
        data = b"\0data" * 100_000
        (self.folder / "in put").write_bytes(data)
        self.run_program("--input=in put", "--env", "WHAT", "--env=MISSING", "--tag=a=", "--tag", "a=2", self.app(),
                         WHAT="e\nf", PROFINST_TIMING="counts", PROFINST_OUTPUT="elsewhere")
        facts = self.facts()
        self.assertEqual(facts["input.in put"], hashlib.sha256(data).hexdigest())
        self.assertEqual({name: value for name, value in facts.items() if name.startswith(("env.", "tag."))},
                         {"env.WHAT": "e\nf", "env.PROFINST_TIMING": "counts", "tag.a": "2"})

    def test_long_value(self):
        self.run_program("--env=LONG", self.app(), LONG="l" * 100_000)
        self.assertEqual(self.facts()["env.LONG"],
                         "l" * 4096 + "... sha256:" + hashlib.sha256(b"l" * 100_000).hexdigest())

    def git(self, *arguments):
        self.assertTrue(shutil.which("git"), "git is missing: install the package git")
        subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e@example.org", *arguments], cwd=self.folder,
                       check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT | {"HOME": str(self.folder)})

    def test_of_git(self):
        self.git("init", "-q", "-b", "trunk")
        (self.folder / "file").write_text("1")
        self.git("add", "file")
        self.git("commit", "-q", "-m", "first")
        commit = (self.folder / ".git" / "refs" / "heads" / "trunk").read_text().strip()
        self.run_program(self.app())
        (self.folder / "file").write_text("2")
        self.git("checkout", "-q", "--detach")
        self.run_program(self.app())
        self.assertEqual(self.rows("SELECT series_id, name, value FROM series_fact WHERE name LIKE 'git.%' ORDER BY 1, 2"),
                         [(1, "git.branch", "trunk"), (1, "git.commit", commit), (1, "git.dirty", "0"),
                          (2, "git.commit", commit), (2, "git.dirty", "1")])
        commits = [row["commit"] for row in json.loads(self.output("series", "--format=json"))["rows"]]
        self.assertEqual(commits, [commit[:12] + "-dirty", commit[:12]])

    def test_git_that_takes_long(self):
        """What changes there are takes longer than all else in large repositories; the commit is known all the same."""
        self.git("init", "-q", "-b", "trunk")
        self.git("commit", "-q", "-m", "first", "--allow-empty")
        commit = (self.folder / ".git" / "refs" / "heads" / "trunk").read_text().strip()
        fake = self.folder / "bin"
        fake.mkdir()
        (fake / "git").write_text('#!/bin/sh\ncase " $* " in *" status "*) exec sleep 1000;; esac\n'
                                  f'exec {shutil.which("git")} "$@"\n')
        (fake / "git").chmod(0o755)
        self.run_program(self.app(), PATH=f"{fake}:{os.environ['PATH']}")
        self.assertEqual(self.rows("SELECT name, value FROM series_fact WHERE name LIKE 'git.%' ORDER BY 1"),
                         [("git.branch", "trunk"), ("git.commit", commit)])

    def test_git_that_hangs_or_is_not_there(self):
        fake = self.folder / "bin"
        fake.mkdir()
        (fake / "git").write_text("#!/bin/sh\nexec sleep 1000\n")
        (fake / "git").chmod(0o755)
        for path in (f"{fake}:{os.environ['PATH']}", str(self.temporary)):
            self.run_program(self.app(), PATH=path)
        self.assertEqual(self.rows("SELECT count(*) FROM series_fact WHERE name LIKE 'git.%'"), [(0,)])

    def test_of_the_executable(self):
        """profinst itself, which gcc made, stands for the program."""
        self.run_program(self.app(f"leave(1, program={str(PROFINST)!r})"))
        facts = self.facts()
        self.assertEqual(facts["binary.sha256"], hashlib.sha256(PROFINST.read_bytes()).hexdigest())
        self.assertNotIn("clang.version", facts)

    def test_command_lines_of_the_executable(self):
        """Each once, also one that is part of another."""
        tool = shutil.which("objcopy")
        self.assertTrue(tool, "objcopy is missing: install the package binutils")
        (self.folder / "lines").write_bytes(b"clang -O2 a.c -g\0clang -O2 a.c\0clang -O2 a.c -g\0\0clang b.c")
        subprocess.run([tool, "--remove-section=.comment", "--add-section=.GCC.command.line=lines", PROFINST, "elf"],
                       cwd=self.folder, check=True)
        self.run_program(self.app(f"leave(1, program={str(self.folder / 'elf')!r})"))
        facts = self.facts()
        self.assertEqual(facts["clang.flags"], "clang -O2 a.c -g; clang -O2 a.c; clang b.c")
        self.assertEqual(facts["binary.sha256"], hashlib.sha256((self.folder / "elf").read_bytes()).hexdigest())

    def test_damaged_executables(self):
        content = PROFINST.read_bytes()[:200_000]
        for at in range(0, 64, 8):
            damaged = bytearray(content)
            damaged[at:at + 4] = b"\xff\x7f\xff\x7f"
            (self.folder / "elf").write_bytes(damaged[:1 + at * 3000] if at % 16 else damaged)
            self.run_program(self.app(f"leave(1, program={str(self.folder / 'elf')!r})"))


class Programs(RunCase):
    """What people expect of whatever starts their programs."""

    def test_output_passes_through(self):
        app = self.app("print('out', number); print('err', number, file=sys.stderr); leave(number)")
        result = self.run_program("-n", 2, app)
        self.assertEqual(result.stdout, "out 1\nout 2\n")
        self.assertTrue(result.stderr.startswith("err 1\nerr 2\nSeries 1: 2 runs, "))
        result = self.run_program("--discard-output", app)
        self.assertEqual(result.stdout, "")
        self.assertTrue(result.stderr.startswith("err 3\nSeries 2"))

    READS = "print(repr(sys.stdin.read())); leave(number)"

    def test_input_of_one_run(self):
        self.assertEqual(self.run_program(self.app(self.READS), input="abc").stdout, "'abc'\n")

    def test_input_of_several_runs(self):
        app = self.app(self.READS)
        self.assertEqual(self.run_program("-n2", app, input="abc").stdout, "''\n" * 2)
        (self.folder / "in").write_text("12345")
        with open(self.folder / "in") as file:
            file.seek(2)
            os.lseek(file.fileno(), 2, os.SEEK_SET)
            self.assertEqual(self.run_program("-n2", "--warmup=1", app, stdin=file).stdout, "'345'\n" * 3)
        self.assertEqual(self.run_program("-n2", "--stdin=in", app, input="abc").stdout, "'12345'\n" * 2)
        self.assertIn("profinst: cannot read input: no: No such file or directory; name a file that can be read\n",
                      self.run_program("--stdin=no", app, code=3).stderr)

    def test_closed_input(self):
        (self.folder / "in").write_text("12345")
        app = self.app("print(repr(sys.stdin and sys.stdin.read())); leave(number)")
        for arguments, read in (((), "''"), (("-n2",), "''"), (("-n2", "--stdin=in"), "'12345'")):
            result = self.run_program(*arguments, app, prepare=lambda: os.close(0))
            self.assertEqual(result.stdout, f"{read}\n" * (2 if arguments else 1))

    def test_files_and_signals_are_not_handed_on(self):
        # The signals 32 and 33 are the C library's own.
        app = self.app("print(sorted(map(int, os.listdir('/proc/self/fd')))[:-1])\n"
                       "for line in open('/proc/self/status'):\n"
                       " if line[:6] in ('SigBlk', 'SigIgn'): print(hex(int(line[7:], 16) & ~(3 << 31)))\n"
                       "leave(number)")

        def ignore():
            for number in (signal.SIGPIPE, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)

        for prepare in (None, ignore):
            plain = subprocess.run([app], cwd=self.folder, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                                   env=ENVIRONMENT | {"PROFINST_OUTPUT": "%n.%p.profinst"}, preexec_fn=prepare)
            self.assertTrue(plain.stdout.startswith("[0, 1, 2]\n0x0\n"), plain.stdout)
            self.assertEqual(self.run_program("-n", 2, "--stdin=app", app, prepare=prepare).stdout, plain.stdout * 2)

    def test_exit_codes(self):
        self.run_program(self.app("leave(number); sys.exit(7)"), code=7)
        self.assertEqual(self.rows("SELECT run_id, exit_code, signal FROM series_run"), [(1, 7, None)])
        result = self.run_program(self.app("leave(number); os.kill(os.getpid(), signal.SIGSEGV)"), code=128 + 11)
        self.assertTrue(result.stderr.startswith("profinst: warning: run: ./app: run 1 was ended by signal 11 "
                                                 "(Segmentation fault)\nSeries 2: "))
        self.assertIn("\nFailed: run 1 with signal 11.\n", result.stderr)
        self.assertEqual(self.rows("SELECT run_id, exit_code, signal FROM series_run WHERE series_id = 2"),
                         [(2, None, 11)])

    def test_programs_that_cannot_be_run(self):
        (self.folder / "text").write_text("no program")
        for name, code, why in (("./no", 127, "No such file or directory"), ("no-such-program", 127, "No such file or directory"),
                                ("./text", 126, "Permission denied"), (".", 126, "Permission denied")):
            self.assertEqual(self.run_program("-n3", name, code=code).stderr,
                             f"profinst: cannot run: {name}: {why}; name a program that can be run\n")
        (self.folder / "text").chmod(0o755)
        self.run_program("--ignore-failure", "./text", code=126)
        self.assertFalse((self.folder / "profinst.db").exists())

    FAILS = "leave(number)\nif number == 2: sys.exit(5)\nif number == 3: os.kill(os.getpid(), signal.SIGTERM)"

    def test_failure_ends_the_series(self):
        result = self.run_program("-n", 5, self.app(self.FAILS), code=5)
        self.assertTrue(result.stderr.startswith("profinst: warning: run: ./app: run 2 ended with exit code 5; "
                                                 "--ignore-failure goes on then\nSeries 1: 2 runs, "))
        self.assertEqual(self.starts(), 2)
        self.assertEqual(self.rows("SELECT number, run_id, exit_code FROM series_run"), [(1, 1, 0), (2, 2, 5)])

    def test_ignored_failures(self):
        result = self.run_program("-n", 5, "--ignore-failure", self.app(self.FAILS))
        self.assertTrue(result.stderr.startswith("Series 1: 5 runs, "))
        self.assertIn("\nFailed: run 2 with exit code 5, run 3 with signal 15. What a signal ended is not in the "
                      "figures.\n", result.stderr)
        self.assertEqual(self.rows("SELECT number, exit_code, signal FROM series_run"),
                         [(1, 0, None), (2, 5, None), (3, None, 15), (4, 0, None), (5, 0, None)])
        told = json.loads(self.output("series", "1", "--format=json"))
        self.assertEqual((told["statistics"]["wall_ns"]["count"], told["functions"][0]["calls"]["count"]), (4, 4))

    def test_failed_warm_up(self):
        result = self.run_program("--warmup=3", self.app(self.FAILS), code=5)
        self.assertEqual(result.stderr, "profinst: warning: run: ./app: warm-up 2 ended with exit code 5; "
                                        "--ignore-failure goes on then\n")
        self.assertEqual((self.starts(), (self.folder / "profinst.db").exists()), (2, False))

    def test_warm_up_that_a_signal_ends(self):
        app = self.app("leave(number)\nif number == 1: os.kill(os.getpid(), signal.SIGKILL)")
        result = self.run_program("--warmup=1", "--ignore-failure", app)
        self.assertTrue(result.stderr.startswith("profinst: warning: run: ./app: warm-up 1 was ended by signal 9 "
                                                 "(Killed)\nSeries 1: "), result.stderr)

    NO_PROFILE = ("it left no profile, so there is nothing to load; compile it with clang -fplugin=libprofinst.so, and do "
                  "not switch recording off (PROFINST_DISABLE, PROFINST_TIMING=off)\n")

    def test_program_without_profile(self):
        result = self.run_program("-n", 5, self.app(""), code=3)
        self.assertEqual(result.stderr, "profinst: run: ./app: " + self.NO_PROFILE)
        self.assertEqual((self.starts(), (self.folder / "profinst.db").exists()), (1, False))
        result = self.run_program(self.app("sys.exit(9)"), code=9)
        self.assertEqual(result.stderr, "profinst: run: ./app: " + self.NO_PROFILE)

    def test_some_runs_without_profile(self):
        app = self.app("if number in (3, 5): leave(number)\nsys.exit(number == 1)")
        result = self.run_program("-n", 6, "--ignore-failure", app, code=3)  # the second is not said to have failed
        self.assertEqual(self.starts(), 2)
        app = self.app("if number in (5, 7): leave(number)\nsys.exit(number < 5)")
        result = self.run_program("-n", 6, "--ignore-failure", app)
        self.assertIn("\nWithout a profile: 4 runs.\n", result.stderr)
        self.assertEqual(self.rows("SELECT number, run_id, exit_code FROM series_run"),
                         [(1, None, 1), (2, None, 1), (3, 1, 0), (4, None, 0), (5, 2, 0), (6, None, 0)])

    def test_unreadable_profile_stays(self):
        app = self.app("open(os.environ['PROFINST_OUTPUT'].replace('%p', '1').replace('%n', 'a').replace('%%', '%'), 'w')"
                       ".write('PROFINSTgarbage')")
        result = subprocess.run([PROFINST, "run", app], cwd=self.folder, capture_output=True, text=True,
                                env=ENVIRONMENT | {"TMPDIR": str(self.temporary)})
        self.assertEqual(result.returncode, 3)
        folder, = self.temporary.iterdir()
        self.assertIn(f"profinst: warning: run: {folder}/1: the profiles of this run are still there; 'profinst load' can "
                      "try again\n", result.stderr)
        self.assertEqual([path.name for path in (folder / "1").iterdir()], ["1.a.profinst"])

    def test_wrong_usage(self):
        for arguments, message in (
                ([], "run: no program given; name one, and its arguments"),
                (["-n", "0", "x"], "run: --runs=0 measures nothing; give at least 1"),
                (["-n", "x", "x"], "run: --runs=x is no whole number from 0 up; give one"),
                (["-n", "1000000001", "x"], "run: --runs and --warmup are more than 1000000000 runs together; give less"),
                (["-n", "9223372036854775807", "--warmup=9223372036854775807", "x"],
                 "run: --runs and --warmup are more than 1000000000 runs together; give less"),
                (["--tag", "x", "x"], "run: --tag=x has no key and value; give KEY=VALUE"),
                (["--tag", "=x", "x"], "run: --tag==x has no key and value; give KEY=VALUE"),
                (["--format=csv", "x"], "run: unknown format 'csv'; use table or json")):
            self.fails(2, message, "run", *arguments)
        self.fails(3, "cannot read input: no: No such file or directory; name a file that can be read", "run", "--input=no", "x")
        (self.folder / "x.db").write_bytes(b"not a database " * 100)
        self.run_program("--db=x.db", self.app(), code=3)
        self.assertEqual(self.starts(), 0)


class Interrupted(RunCase):
    """Signals come while the program waits for them: it says so in a file."""
    WAITS = "leave(number)\nif number == {}:\n open('ready', 'w').close()\n while True: time.sleep(1000)"

    def interrupt(self, app, number, *arguments, group):
        process = subprocess.Popen([PROFINST, "run", *arguments, app], cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
                                   env=ENVIRONMENT | {"TMPDIR": str(self.temporary)})
        while not (self.folder / "ready").exists():
            self.assertIsNone(process.poll())
            time.sleep(0.01)
        (os.killpg if group else os.kill)(process.pid, number)
        _, errors = process.communicate()
        self.assertEqual(list(self.temporary.iterdir()), [])
        for sign in SANITIZER_SIGNS:
            self.assertNotIn(sign, errors)
        return process.returncode, errors

    def test_complete_runs_are_kept(self):
        app = self.app(self.WAITS.format(3))
        code, errors = self.interrupt(app, signal.SIGINT, "-n", "5", group=True)
        self.assertEqual(code, 130)
        self.assertIn("profinst: warning: run: ./app: stopped by signal 2; 2 of 5 runs are kept\nSeries 1: 2 runs, ", errors)
        self.assertEqual(self.rows("SELECT number, run_id, exit_code FROM series_run"), [(1, 1, 0), (2, 2, 0)])

    def test_the_only_run_is_kept(self):
        code, _ = self.interrupt(self.app(self.WAITS.format(1)), signal.SIGINT, group=True)
        self.assertEqual(code, 130)
        self.assertEqual(self.rows("SELECT number, run_id, exit_code, signal FROM series_run"), [(1, 1, None, 2)])

    def test_the_program_ends_as_it_likes(self):
        """A server that ends in good order when it is told to; only profinst is told."""
        app = self.app("def end(*_):\n sys.exit(0)\nsignal.signal(signal.SIGTERM, end)\n" + self.WAITS.format(1))
        code, _ = self.interrupt(app, signal.SIGTERM, group=False)
        self.assertEqual(code, 0)
        self.assertEqual(self.rows("SELECT number, run_id, exit_code, signal FROM series_run"), [(1, 1, 0, None)])

    def test_interrupt_of_profinst_alone(self):
        """Nobody else would tell the program."""
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
            (self.folder / "starts").unlink(missing_ok=True)
            (self.folder / "ready").unlink(missing_ok=True)
            code, _ = self.interrupt(self.app("resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
                                              + self.WAITS.format(1)), number, group=False)
            self.assertEqual(code, 128 + number)

    def test_interrupt_on_a_terminal(self):
        """The terminal tells the program, so it is told once."""
        app = self.app("def note(*_):\n open('noted', 'a').write('x')\n"
                       "signal.signal(signal.SIGINT, note)\nleave(number)\nprint('ready', flush=True)\n"
                       "while not os.path.exists('noted'): time.sleep(0.01)\n"
                       "time.sleep(0.2)")
        pressed = []
        text = self.terminal(100, "run", app, TMPDIR=str(self.temporary),
                             answer=lambda text: b"ready" in text and not pressed and (pressed.append(1) or b"\x03"))
        self.assertEqual((self.folder / "noted").read_text(), "x", text)

    def test_interrupt_between_runs(self):
        """It comes before the first: the program is not started at all."""
        os.mkfifo(self.folder / "input")  # whoever opens it waits
        process = subprocess.Popen([PROFINST, "run", "--stdin=input", self.app()], cwd=self.folder,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=ENVIRONMENT | {"TMPDIR": str(self.temporary)})
        while not list(self.temporary.iterdir()):
            time.sleep(0.01)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        while process.poll() is None:  # had the signal come before it waits, it waits for this
            with contextlib.suppress(OSError):
                os.close(os.open(self.folder / "input", os.O_WRONLY | os.O_NONBLOCK))
            time.sleep(0.01)
        _, errors = process.communicate()
        self.assertEqual((process.returncode, self.starts(), list(self.temporary.iterdir())), (130, 0, []), errors)

    def test_killed(self):
        """What was there stays whole."""
        app = self.app(self.WAITS.format(3))
        process = subprocess.Popen([PROFINST, "run", "-n5", app], cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
                                   env=ENVIRONMENT | {"TMPDIR": str(self.temporary)})
        while not (self.folder / "ready").exists():
            self.assertIsNone(process.poll())
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.assertEqual(self.rows("SELECT number, run_id, exit_code FROM series_run"), [(1, 1, 0), (2, 2, 0)])
        self.assertIn(": 2 runs, ", self.output("series", "1"))


class Terminal(RunCase):
    def test_bar(self):
        """There is one if the program writes elsewhere, and it is gone in the end."""
        app = self.app("leave(number)")
        text = self.terminal(100, "run", "-n4", "--discard-output", app, PROFINST_PROGRESS="0")
        self.assertIn("Running", text)
        self.assertIn("\r\x1b[KSeries 1: 4 runs", text)
        self.assertNotIn("Running", self.terminal(100, "run", "-n4", app, PROFINST_PROGRESS="0"))


if __name__ == "__main__":
    unittest.main()

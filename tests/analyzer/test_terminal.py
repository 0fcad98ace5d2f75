"""What a person sees on a terminal: tables as wide as it is, colours, a pager, progress. Against golden files,
to the byte; written anew, to look at them, with --regenerate as in test_report.py."""

import os
import re
import shutil
import subprocess
import sys
import unittest

from profile_writer import AUTO, Profile
from support import ENVIRONMENT, HERE, PROFINST, Case, example, inlined_example

GOLDEN = HERE / "golden"
REGENERATE = "--regenerate" in sys.argv
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def plain(text):
    return ESCAPE.sub("", text)


def width(line):
    """Columns that it takes; of what these tests have, only Chinese characters take two."""
    return len(line) + sum("\u2e80" < c < "\ua000" for c in line)


def rich():
    """Estimated times, percentiles, inlined calls and severities of every kind."""
    profile = inlined_example()
    profile.timing, profile.sample_ns = AUTO, 1_000_000
    profile.timed, profile.counted = (20, 10), (2, 1)
    thread = profile.thread_list[0]
    by_calls = {context.calls: context for context in thread.contexts if not context.target}
    by_calls[250].estimated(120, 10, 64, 30_000_000)
    by_calls[130_000].estimated(9, 2, 1_000, 70_000)
    by_calls[260].estimated(30)
    parse = profile.function("_ZN5store5parseERKNS_5InputEi", "src/store.cc", 42)
    thread.durations(parse, [*range(100_000, 900_000, 4_000), 9_000_000])
    thread.durations(profile.external("read"), range(40_000, 160_000, 1_000))
    return profile


class Looks(Case):
    def check(self, name, actual):
        path = GOLDEN / name
        if REGENERATE:
            path.write_bytes(actual.encode())
        self.assertEqual(actual, path.read_bytes().decode())

    def test_table(self):
        name = self.write(rich())
        for columns in (80, 120, 200):
            with self.subTest(columns):
                text = self.terminal(columns, "report", "--edges", "--contexts", name)
                self.check(f"terminal_{columns}.txt", text)
                for line in plain(text).splitlines():
                    self.assertLessEqual(width(line), columns)

    def test_more_columns_show_more(self):
        """What is dropped first, and that what has been dropped does not come back on a narrower one."""
        name = self.write(rich())
        shown = []
        for columns in range(240, 20, -1):
            text = plain(self.terminal(columns, "report", "--no-advice", name)) if columns % 20 == 0 else ""
            header = next((line for line in text.splitlines() if line.startswith(" #")), "")
            if header and (not shown or shown[-1] != header.split()):
                shown.append(header.split())
        everything = ("# self % self cum. % cumulative calls inlined average p50 p95 p99 max severity function "
                      "where").split()
        self.assertEqual(shown[0], everything)
        self.assertEqual(shown[-1], "# self % function".split())
        for more, less in zip(shown, shown[1:]):
            self.assertLess(len(less), len(more))
            self.assertTrue(set(less) <= set(more))

    def test_long_names_wrap_no_line(self):
        profile = Profile(program="/opt/" + "p" * 1000)
        thread = profile.thread(outside=1)
        caller = thread.context(thread.root, profile.function("x" * 10_000, "f" * 10_000, 5), 1, 900)
        for name in ("日本語" * 3000, b"\xff\xfe" * 3000, "_ZN1a" + "1b" * 4000 + "E", "\x1b[31m" * 1000):
            caller = thread.context(caller, profile.function(name, "src/" + "deep/" * 2000 + "file.c", 7), 3, 500)
        path = self.write(profile)
        for columns in (30, 80, 120, 200):
            for arguments in (["--edges", "--contexts"], ["--tree"], ["--hot-paths"], ["--by=file"]):
                for line in plain(self.terminal(columns, "report", *arguments, path)).splitlines():
                    self.assertLessEqual(width(line), columns, arguments)
                    self.assertNotIn("\x1b", line)
        self.assertIn("x" * 4000, self.output("report", path))

    def test_exact_counts_where_there_is_room(self):
        profile = Profile()
        thread = profile.thread()
        for name, calls in (("few", 99_999), ("some", 100_000), ("many", 4_512_345), ("most", 10**15)):
            thread.context(thread.root, profile.function(name), calls, 1000)
        path = self.write(profile)
        for columns, figures in ((120, ["99,999", "100,000", "4,512,345", "1,000,000,000,000,000"]),
                                 (70, ["99,999", "100 k", "4.51 M", "1.00 P"])):
            text = plain(self.terminal(columns, "report", "--sort=calls", path))
            rows = [line for line in text.splitlines() if re.match(r"\d ", line)]
            for row, figure in zip(rows, reversed(figures)):
                self.assertRegex(row, f"  {re.escape(figure)}  ")

    def test_arguments_are_quoted_and_cut(self):
        profile = example()
        profile.arguments = [b"app", b"plain", b"it's", b"", b"\x1b[2J", b"a" * 300]
        name = self.write(profile)
        whole = "/opt/app/bin/app plain 'it'\\''s' '' '\\x1B[2J' " + "a" * 300
        self.assertEqual(self.output("report", name).splitlines()[0], f"Program  {whole} (process 4711)")
        line = plain(self.terminal(80, "report", name)).splitlines()[0]
        self.assertEqual(line, "Program  " + whole[:55] + "… (process 4711)")
        self.assertEqual(len(line), 80)

    def test_lines_that_are_sentences_are_broken(self):
        profile = example()
        profile.ended = 0
        lines = self.terminal(80, "report", "--color=never", self.write(profile)).splitlines()
        note = lines.index("Note     the process did not end by exit: still running, killed, or left by")
        self.assertEqual(lines[note + 1], "         _exit; counted is what happened until then")


class Colors(Case):
    def setUp(self):
        super().setUp()
        self.name = self.write(example())

    def is_colored(self, *arguments, **environment):
        text = self.terminal(100, "report", *arguments, self.name, **environment)
        self.assertEqual(plain(text), self.terminal(100, "report", "--color=never", self.name))
        return "\x1b" in text

    def test_terminal(self):
        self.assertTrue(self.is_colored())
        self.assertTrue(self.is_colored("--color=auto"))
        self.assertTrue(self.is_colored(NO_COLOR=""))
        self.assertFalse(self.is_colored(NO_COLOR="1"))
        self.assertFalse(self.is_colored(TERM="dumb"))
        self.assertFalse(self.is_colored("--color=never"))
        for choice in ("--color", "--color=always"):
            self.assertTrue(self.is_colored(choice, NO_COLOR="1"))
            self.assertTrue(self.is_colored(choice, TERM="dumb"))

    def test_no_terminal(self):
        text = self.output("report", self.name)
        self.assertNotIn("\x1b", text)
        self.assertEqual(self.output("report", "--color=auto", self.name), text)
        colored = self.output("report", "--color=always", self.name)
        self.assertIn("\x1b[1mProgram\x1b[m", colored)
        self.assertEqual(plain(colored), text)
        self.terminal(100, "report", "-o", "report.txt", self.name)
        self.assertEqual((self.folder / "report.txt").read_text(), text)
        self.terminal(100, "report", "--color=always", "-o", "report.txt", self.name)
        self.assertEqual((self.folder / "report.txt").read_text(), colored)

    def test_other_formats_have_none(self):
        for form in ("json", "csv", "markdown"):
            for command in (["report"], ["query", "SELECT 1"]):
                self.assertNotIn("\x1b", self.output(*command, f"--format={form}", "--color=always", self.name))

    def test_usage(self):
        self.fails(2, "report: unknown --color 'alway'; did you mean 'always'?", "report", "--color=alway",
                   self.name)
        self.fails(2, "report: unknown --color 'blue'; use auto, always or never", "report", "--color=blue",
                   self.name)


class Pager(Case):
    def setUp(self):
        super().setUp()
        self.name = self.write(example())
        self.whole = self.terminal(100, "report", "--no-pager", self.name)
        self.lines = self.whole.count("\n")

    def paged(self, lines=5, arguments=(), **environment):
        return self.terminal(100, "report", *arguments, self.name, lines=lines, **environment)

    def script(self, name, text):
        path = self.folder / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return path

    def test_what_does_not_fit(self):
        keep = {"PROFINST_PAGER": "cat > shown", "PAGER": "false"}
        self.assertEqual(self.paged(**keep), "")
        self.assertEqual((self.folder / "shown").read_text(), self.whole)

    def test_what_fits(self):
        self.assertEqual(self.paged(self.lines + 1, PROFINST_PAGER="echo no"), self.whole)
        self.assertEqual(self.paged(self.lines, PROFINST_PAGER="echo paged"), "paged\n")

    def test_lines_that_the_terminal_breaks_count(self):
        arguments = ["schema", "--format=sql", "run"]  # 5 lines, which take 8 of 40 columns
        self.assertEqual(self.terminal(40, *arguments, lines=8, PAGER="echo paged"), "paged\n")
        self.assertEqual(self.terminal(40, *arguments, lines=9, PAGER="echo paged"), self.output(*arguments))

    def test_which(self):
        self.assertEqual(self.paged(PAGER="echo other"), "other\n")
        self.assertEqual(self.paged(PAGER="echo other", PROFINST_PAGER="echo own"), "own\n")
        for none in ("", "cat"):
            self.assertEqual(self.paged(PAGER="echo other", PROFINST_PAGER=none), self.whole)
            self.assertEqual(self.paged(PAGER=none), self.whole)
        self.assertEqual(self.paged(arguments=["--no-pager"], PAGER="echo other"), self.whole)
        self.assertEqual(plain(self.paged(PAGER="echo other", TERM="dumb")), plain(self.whole))
        self.paged(arguments=["-o", "report.txt"], PAGER="touch paged")
        self.assertEqual(self.files(), [self.name, "report.txt"])

    def test_less_is_the_default(self):
        self.script("less", 'echo "LESS=$LESS LV=$LV"; cat > /dev/null\n')
        path = f"{self.folder}:{ENVIRONMENT['PATH']}"
        self.assertEqual(self.paged(PATH=path), "LESS=FRX LV=-c\n")
        self.assertEqual(self.paged(PATH=path, LESS="S"), "LESS=S LV=-c\n")

    def test_less(self):
        self.assertTrue(shutil.which("less"), "missing: Debian's package less")
        text = self.paged(8, answer=lambda text: b"q" if text.count(b"\n") >= 7 else None)
        self.assertIn("Program", text)
        self.assertNotIn(self.whole.splitlines()[-1], text)

    def test_missing(self):
        for pager in ("./no-such-program", "exit 127", "exit 126"):
            text = self.paged(PROFINST_PAGER=pager)
            self.assertTrue(text.endswith(self.whole), text)

    def test_ending_early_or_badly_is_no_error(self):
        thread = Profile().thread()
        for i in range(3000):  # more than a pipe holds
            thread.context(thread.root, thread.profile.function(f"function_{i:04}_" + "x" * 100), 1, i)
        self.name = self.write(thread.profile)
        for pager, shown in (("true", ""), ("exit 3", ""), ("kill -9 $$", ""),
                             ("head -n 1", plain(self.whole).splitlines()[0] + "\n")):
            self.assertEqual(plain(self.paged(arguments=["--limit=0"], PROFINST_PAGER=pager)), shown)

    def test_interrupting_is_the_pager_s(self):
        pager = self.script("pager", "trap 'echo interrupted; exit' INT\necho ready\nwhile :; do sleep 0.1; done\n")
        text = self.paged(PROFINST_PAGER=str(pager), answer=lambda text: b"\x03" if text == b"ready\r\n" else None)
        self.assertEqual(text.replace("^C", ""), "ready\ninterrupted\n")

    def test_errors_are_no_output(self):
        text = self.terminal(100, "report", "none.profinst", lines=5, code=3, PROFINST_PAGER="echo paged")
        self.assertIn("profinst: cannot read profile: none.profinst", text)
        self.assertNotIn("paged", text)


class Progress(Case):
    """That a bar comes after half a second is taken for granted here: it comes at once."""

    def test_bar(self):
        names = [self.write(Profile(key=key), f"{key}.profinst") for key in (1, 2, 3)]
        text = self.terminal(100, "load", *names, PROFINST_PROGRESS="0")
        bar, _, rest = text.rpartition("\r\x1b[K")
        self.assertRegex(bar, r"^\rLoading profiles  [▏▎▍▌▋▊▉█]* *  [ 0-9]{3} %\x1b\[K")
        self.assertEqual(rest, self.output("load", "--db", "other.db", *names))

    def test_reading(self):
        name = self.write(example())
        text = self.terminal(100, "report", name, PROFINST_PROGRESS="0")
        self.assertTrue(text.startswith("\rReading profiles  "))
        self.assertEqual(text.rpartition("\r\x1b[K")[2], self.terminal(100, "report", name, PROFINST_PROGRESS="off"))

    def test_a_message_erases_it(self):
        name = self.write(Profile())
        text = self.terminal(100, "load", name, "none.profinst", code=3, PROFINST_PROGRESS="0")
        self.assertRegex(text, r"\r\x1b\[Kprofinst: cannot read profile: none\.profinst: ")

    def test_narrow(self):
        name = self.write(Profile())
        for columns in (5, 20, 30):
            text = self.terminal(columns, "load", "--db", f"{columns}.db", name, PROFINST_PROGRESS="0")
            for bar in re.findall(r"\r([^\r\n]*?)\x1b\[K", text):
                self.assertLess(len(bar), columns)

    def test_quiet(self):
        name = self.write(example())
        result = subprocess.run([PROFINST, "load", name], cwd=self.folder, capture_output=True,
                                env=ENVIRONMENT | {"TERM": "xterm", "PROFINST_PROGRESS": "0"}, check=True)
        self.assertEqual(result.stderr, b"")
        for setting in ({"TERM": "dumb", "PROFINST_PROGRESS": "0"}, {"PROFINST_PROGRESS": "off"},
                        {"PROFINST_PROGRESS": "-1"}):
            self.assertNotIn("Reading", self.terminal(100, "report", name, **setting))


if __name__ == "__main__":
    if REGENERATE:
        sys.argv.remove("--regenerate")
    unittest.main()

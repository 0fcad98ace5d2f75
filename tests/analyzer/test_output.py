"""Where output goes: usage errors, files that cannot be written, pipes that close."""

import os
import pathlib
import re
import resource
import signal
import subprocess
import unittest

from support import PROFINST, Case, example

COMMANDS = [  # in the order of `profinst --help`
    "report",
    "annotate",
    "graph",
    "flame",
    "html",
    "diff",
    "check",
    "history",
    "export",
    "run",
    "load",
    "series",
    "baseline",
    "query",
    "schema",
    "init",
    "selection",
    "suggest-filter",
    "dump",
    "completion",
]


class Output(Case):
    def setUp(self):
        super().setUp()
        self.name = self.write(example())

    def test_usage(self):
        for message, *arguments in (
                ("profinst: no command given; see 'profinst --help' for those there are",),
                ("unknown command: nope: see 'profinst --help' for those there are", "nope"),
                ("unknown command: qeury: did you mean 'query'?", "qeury"),
                ("report: unknown format 'jsonn'; did you mean 'json'?", "report", "--format=jsonn",
                 "app.profinst"),
                ("report: unknown sort key 'averge'; did you mean 'average'?", "report", "--sort=averge",
                 "app.profinst"),
                ("report: app.profinst: a profile and a database at once; give one of them, or load "
                 "the profile into the database first", "report", "--db", "x.db", "app.profinst"),
                ("report: --run chooses from a database; give one with --db", "report", "--run=1",
                 "app.profinst"),
                ("report: unknown format 'xml'; use table, json, csv or markdown", "report",
                 "--format=xml", "app.profinst"),
                ("report: unknown sort key 'name'; use self, cumulative, calls or average", "report",
                 "--sort=name", "app.profinst"),
                ("report: --limit=-1 is no whole number from 0 up; give one", "report", "--limit=-1", "app.profinst"),
                ("report: --top=-1 is no whole number from 0 up; give one", "report", "--top=-1", "app.profinst"),
                ("report: csv holds one kind of rows; give --edges or --contexts, not both",
                 "report", "--format=csv", "--edges", "--contexts", "app.profinst"),
                ("load: no profile given; name at least one", "load"),
                ("dump: 0 profiles given; name one", "dump"),
                ("graph: no output given; name a picture with -o, or a format for standard output with "
                 "--format", "graph", "app.profinst"),
                ("graph: x.gif: its ending names no format; use .png, .svg, .pdf, .dot or .gv",
                 "graph", "-o", "x.gif", "app.profinst"),
                ("graph: png: its ending names no format; use .png, .svg, .pdf, .dot or .gv",
                 "graph", "-o", "png", "app.profinst"),
                ("graph: --min-share=101 is no percentage; give a number from 0 to 100", "graph",
                 "--min-share=101", "-o", "x.svg", "app.profinst")):
            with self.subTest(arguments):
                self.fails(2, message, *arguments)
        for command in COMMANDS:
            result = self.profinst(command, "--nope", code=64 if command == "check" else 2)
            self.assertIn(f"profinst {command}: unrecognized option '--nope'", result.stderr)
        self.assertEqual(self.files(), [self.name])

    def test_help(self):
        overview = self.output("--help")
        self.assertEqual(overview, self.output("help"))
        commands = re.findall(r"^  ([a-z][a-z-]*) ", overview, re.MULTILINE)
        self.assertEqual(commands, COMMANDS + ["help"])
        for command in commands[:-1]:
            text = self.output(command, "--help")
            self.assertIn(f"Usage: profinst {command}", text)
            self.assertIn("Exit codes: 0 ", text)
            self.assertEqual(text, self.output("help", command))
        self.assertRegex(self.output("--version"), r"^profinst \d+\.\d+\.\d+\n$")

    def test_full_device(self):
        for arguments in (["report", self.name], ["dump", self.name], ["load", self.name],
                          ["query", "SELECT name FROM functions", self.name], ["schema"],
                          ["schema", "run"],
                          ["--help"], ["--version"], ["report", "--help"], ["dump", "--help"]):
            with open("/dev/full", "wb") as full:
                result = self.profinst(*arguments, code=4, stdout=full)
            self.assertEqual(result.stderr, "profinst: cannot write: standard output: No space left "
                             "on device; check the path, its permissions and the room on the disk\n")
        self.fails(4, "cannot write: /dev/full: No space left on device; check the path, its "
                      "permissions and the room on the disk", "report", "-o", "/dev/full", self.name)
        self.assertTrue(pathlib.Path("/dev/full").is_char_device())

    def test_place_that_cannot_be(self):
        advice = "; check the path, its permissions and the room on the disk"
        for command in ("report", "graph", "flame"):
            self.fails(4, "cannot write: no/x.svg: No such file or directory" + advice, command,
                       "-o", "no/x.svg", self.name)
        (self.folder / "x.svg").mkdir()
        self.fails(4, "cannot write: x.svg: Is a directory" + advice, "graph", "-o", "x.svg",
                   self.name)

    def test_what_is_read_is_not_overwritten(self):
        os.link(self.folder / self.name, self.folder / "link.dot")
        for command, output in ("report", self.name), ("graph", "link.dot"):
            self.fails(2, f"{command}: {output}: it is read from, and would be overwritten; give "
                          "another name with -o", command, self.name, "-o", output)
        self.assertTrue((self.folder / self.name).read_bytes().startswith(b"PROFINST"))

    def test_file_is_replaced_as_a_whole(self):
        target = self.folder / "report.txt"
        target.write_text("former")
        target.chmod(0o640)
        (self.folder / "link").symlink_to("report.txt")
        self.output("report", "-o", "link", self.name)
        self.assertEqual(target.read_text(), self.output("report", self.name))
        self.assertEqual(target.stat().st_mode & 0o777, 0o640)
        self.assertTrue((self.folder / "link").is_symlink())
        self.assertEqual(self.files(), sorted([self.name, "link", "report.txt"]))

    def test_file_size_limit_leaves_the_former(self):
        """A disk that fills up while a report is written, played by a limit on file sizes."""
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

        target = self.folder / "report.txt"
        target.write_text("former")
        result = subprocess.run([PROFINST, "report", "-o", "report.txt", self.name], cwd=self.folder,
                                stderr=subprocess.PIPE, preexec_fn=limit)
        self.assertEqual(result.returncode, 4)
        self.assertIn(b"cannot write: report.txt: File too large", result.stderr)
        self.assertEqual(target.read_text(), "former")
        self.assertEqual(self.files(), sorted([self.name, "report.txt"]))

    def test_closed_pipe_ends_quietly(self):
        """Whoever closes it has read enough, whatever SIGPIPE would do."""
        for arguments in (["report", self.name], ["query", "SELECT name FROM functions", self.name], ["schema"],
                          ["dump", self.name], ["--help"], ["report", "--help"]):
            for restore in (False, True):
                reading, writing = os.pipe()
                os.close(reading)
                with os.fdopen(writing, "wb") as closed:
                    result = subprocess.run([PROFINST, *arguments], cwd=self.folder, stdout=closed,
                                            stderr=subprocess.PIPE, restore_signals=restore)
                self.assertEqual((result.returncode, result.stderr), (0, b""), arguments)

    def test_head(self):
        """More than a pipe holds, of which somebody reads the first line."""
        sql = "SELECT hex(zeroblob(50000)) AS a, hex(zeroblob(50000)) AS b"
        result = subprocess.run(["bash", "-c", 'set -o pipefail; "$0" query --format=csv "$1" "$2" | head -n 1',
                                 PROFINST, sql, self.name], cwd=self.folder, capture_output=True)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"a,b\r\n", b""))


if __name__ == "__main__":
    unittest.main()

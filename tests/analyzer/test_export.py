"""profinst export: how the format is chosen, what it refuses, and the formats that reports have too."""

import gzip
import json
import os
import pty
import re
import subprocess
import unittest

from profile_writer import Profile
from support import HERE, PROFINST, Case, inlined_example

FORMATS = ("callgrind", "pprof", "speedscope", "folded", "prometheus", "openmetrics", "jsonl", "csv", "markdown")
NAMES = ", ".join(FORMATS[:-1]) + " or " + FORMATS[-1]
ENDINGS = {
    "callgrind.out": "callgrind", "callgrind.out.4711": "callgrind", "app.callgrind": "callgrind",
    "app.pb.gz": "pprof", "app.pprof": "pprof", "app.speedscope.json": "speedscope",
    "app.folded": "folded", "app.prom": "prometheus", "app.openmetrics": "openmetrics",
    "app.jsonl": "jsonl", "app.csv": "csv", "app.md": "markdown", "app.markdown": "markdown",
}


class Export(Case):
    def setUp(self):
        super().setUp()
        self.name = self.write(inlined_example())

    def bytes(self, form):
        return self.profinst("export", f"--format={form}", self.name).stdout

    def test_the_ending_tells_the_format(self):
        for ending, form in ENDINGS.items():
            with self.subTest(ending):
                self.assertEqual(self.output("export", "-o", ending, self.name), "")
                self.assertEqual((self.folder / ending).read_bytes(), self.bytes(form))

    def test_the_format_goes_before_the_ending(self):
        self.output("export", "--format=folded", "-o", "app.csv", self.name)
        self.assertEqual((self.folder / "app.csv").read_bytes(), self.bytes("folded"))

    def test_formats_differ_and_the_same_is_the_same_to_the_byte(self):
        outputs = [self.bytes(form) for form in FORMATS]
        self.assertEqual(outputs, [self.bytes(form) for form in FORMATS])
        self.assertEqual(len(set(outputs)), len(FORMATS))
        self.output("load", "--db", "app.db", self.name)
        for form, output in zip(FORMATS, outputs):
            self.assertEqual(self.profinst("export", f"--format={form}", "--db=app.db").stdout, output)

    def test_no_format(self):
        self.fails(2, f"export: no format given; give one with --format: {NAMES}", "export", self.name)
        for ending in "app.json", "app.txt", "folded", "app.callgrind.txt":
            self.fails(2, f"export: {ending}: its ending names no format; give one with --format: {NAMES}",
                       "export", "-o", ending, self.name)

    def test_unknown_format(self):
        for form in "", "svg":
            self.fails(2, f"export: unknown format '{form}'; use {NAMES}", "export", f"--format={form}",
                       self.name)
        for form in "Folded", "folded ":
            self.fails(2, f"export: unknown format '{form}'; did you mean 'folded'?", "export",
                       f"--format={form}", self.name)

    def test_traces_are_refused(self):
        for form in "chrome", "perfetto", "trace":
            self.fails(2, f"export: '{form}' shows when each call was made, which a profile does not know: "
                       "it holds sums; for a picture of the same kind use speedscope, folded or 'profinst flame'",
                       "export", f"--format={form}", self.name)

    def test_documentation(self):
        """Every command of docs/EXPORT.md runs, and every format and ending stands there."""
        text = (HERE.parent.parent / "docs" / "EXPORT.md").read_text()
        commands = re.findall(r"^    profinst (export .*)$", text, re.MULTILINE)
        self.assertEqual(len(commands), 9)
        for command in commands:
            self.assertEqual(self.output(*command.split()), "")
        for word in (*FORMATS, *(ending.removeprefix("app").removesuffix(".4711") for ending in ENDINGS)):
            self.assertRegex(text, rf"`{re.escape(word)}\*?`")

    def test_help_names_every_format_and_ending(self):
        text = self.output("export", "--help")
        for form in FORMATS:
            self.assertRegex(text, rf"(?m)^ *(.*, )?{form}\b")
        for ending in ENDINGS:
            self.assertIn(ending.removeprefix("app").removesuffix(".4711"), text)

    def test_input_and_output(self):
        self.fails(2, "export: app.profinst: it is read from, and would be overwritten; give another name "
                   "with -o", "export", "--format=folded", "-o", self.name, self.name)
        self.assertIn("cannot write: none/app.folded: No such file or directory",
                      self.profinst("export", "-o", "none/app.folded", self.name, code=4).stderr)
        self.assertIn("cannot read profile: none.profinst",
                      self.profinst("export", "-o", "app.folded", "none.profinst", code=3).stderr)
        self.assertEqual(self.files(), ["app.profinst"])
        if os.path.exists("/dev/full"):
            self.assertIn("No space left on device",
                          self.profinst("export", "--format=pprof", "-o", "/dev/full", self.name,
                                        code=4).stderr)

    def test_a_terminal_gets_no_binary_file(self):
        primary, secondary = pty.openpty()
        with open(primary, "rb", closefd=True):
            result = subprocess.run([PROFINST, "export", "--format=pprof", self.folder / self.name],
                                    stdout=secondary, stderr=subprocess.PIPE, check=False)
            os.close(secondary)
        self.assertEqual(result.stderr, b"profinst: export: pprof is no text, and standard output is a "
                                        b"terminal; name a file with -o\n")
        self.assertEqual(result.returncode, 2)

    def test_a_pipe_that_is_closed_early(self):
        for form in FORMATS:
            reader, writer = os.pipe()
            os.close(reader)
            try:
                self.profinst("export", f"--format={form}", self.name, stdout=writer)
            finally:
                os.close(writer)

    def test_a_profile_with_nothing_in_it(self):
        profile = Profile()
        profile.thread()
        name = self.write(profile, "empty.profinst")
        for form in FORMATS:
            self.assertEqual(self.profinst("export", f"--format={form}", name).stderr, "")
        self.assertEqual(self.output("export", "--format=folded", name), "")
        self.assertEqual(gzip.decompress(self.profinst("export", "--format=pprof", name).stdout)[:2], b"2\0")

    def test_formats_of_reports(self):
        self.assertEqual(self.bytes("csv"), self.profinst("report", "--format=csv", self.name).stdout)
        self.assertEqual(self.bytes("markdown"),
                         self.profinst("report", "--format=markdown", "--limit=0", "--no-advice",
                                       self.name).stdout)

    def test_json_lines(self):
        rows = [json.loads(line) for line in self.output("export", "--format=jsonl", self.name).splitlines()]
        report = self.report("--edges", "--no-advice", self.name)
        totals = {key: value for key, value in report.items()
                  if key not in ("version", "processes", "functions", "edges")}
        wanted = [{"kind": "total", **totals}]
        for kind, plural in ("process", "processes"), ("function", "functions"), ("edge", "edges"):
            wanted += [{"kind": kind, **row} for row in report[plural]]
        self.assertEqual(rows, wanted)
        self.assertEqual(list(rows[1])[0], "kind")


if __name__ == "__main__":
    unittest.main()

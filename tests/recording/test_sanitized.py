"""Programs under the sanitizers: silent while they are clean, and with the report that they earn when they
are not."""

import re

import support
from support import CLANGS, each, program

LEVELS = "-O0", "-O2"
SOURCE = program("faulty.c")


class Sanitized(support.Case):
    def complaint(self, said):
        """What a sanitizer says, without what differs from run to run: the kinds of trouble, and the
        functions and lines of the program in its stacks."""
        return re.findall(r"(?:ERROR|WARNING|SUMMARY): \w+Sanitizer: [\w -]+|runtime error: .*|"
                          r"#\d+ .* in (\w+) \S*faulty\.c:(\d+)", said)

    def check(self, sanitizer, bugs=None):
        """Every fault is found as it is without the plugin."""
        for version in CLANGS:
            for level in LEVELS:
                with each(self, sanitizer=sanitizer, version=version, level=level):
                    # Stacks of allocations are found by frame pointers.
                    flags = [level, "-g", "-fno-omit-frame-pointer", f"-fsanitize={sanitizer}", "-pthread",
                             SOURCE]
                    self.compile("plain", *flags, version=version, plugin=None)
                    self.compile("app", *flags, version=version)
                    report = self.profile("app")
                    self.assertEqual(report.output, "begin\nend\n")
                    self.assertEqual(report.calls, support.stated(SOURCE).calls)
                    for bug in bugs or [sanitizer]:
                        plain = self.command("./plain", bug, code=None)
                        found = self.command("./app", bug, code=plain.returncode)
                        self.assertEqual(found.stdout, plain.stdout)
                        self.assertEqual(self.complaint(found.stderr), self.complaint(plain.stderr))
                        self.assertNotEqual(self.complaint(found.stderr), [])

    def test_address(self):
        self.check("address", ["address", "leak"])

    def test_undefined(self):
        self.check("undefined")

    def test_address_and_undefined(self):
        self.check("address,undefined", ["address", "undefined"])

    def test_thread(self):
        self.check("thread")

    def test_memory(self):
        self.check("memory")

    def test_leak(self):
        self.check("leak")


if __name__ == "__main__":
    support.main()

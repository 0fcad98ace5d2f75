"""The runtime itself under the sanitizers, compiled with them into a program."""

import support
from support import CLANGS, each, program

RUNTIME = support.PROGRAMS.parent.parent.parent / "runtime"


class Sanitizers(support.Case):
    def profiles_of(self, sanitizer, source, *arguments):
        """The reports of a program that was run, by each clang."""
        for version in CLANGS:
            with each(self, version=version, sanitizer=sanitizer):
                flags = ["-g", "-O1", f"-fsanitize={sanitizer}", "-fno-sanitize-recover=all"]
                objects = []
                for file in sorted(RUNTIME.glob("*.c")):
                    objects.append(file.stem + ".o")
                    self.compile(objects[-1], "-c", "-std=gnu11", *flags, file, version=version,
                                 plugin=None)
                self.compile("app", *flags, program(source), *objects, "-pthread", version=version)
                yield self.profile("app", *arguments)

    def test_threads(self):
        for sanitizer in "thread", "address,undefined":
            for report in self.profiles_of(sanitizer, "threads.c", "8", "4"):
                self.assertEqual(report.calls,
                                 {"main": 1, "body": 32, "branch": 320, "leaf": 32000})

    def test_signals(self):
        for report in self.profiles_of("address,undefined", "signals.c"):
            counted = dict(line.split() for line in report.output.splitlines())
            self.assertEqual(report.calls["leaf"], int(counted["leaf"]))


if __name__ == "__main__":
    support.main()

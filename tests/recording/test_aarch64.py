"""The runtime and instrumented programs for aarch64, run under qemu."""

import pathlib

import support
from support import CLANGS, program

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLAGS = ["-std=gnu11", "-O2", "-fPIC", "-fvisibility=hidden", "-fno-stack-protector", "-mno-outline-atomics",
         "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Wstrict-prototypes",
         "-Wmissing-prototypes", "-Werror"]

STACK = 16 << 20  # bytes: at -O0 clang 14 and 16 take more of it than others


class Aarch64(support.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gcc = support.tool("aarch64-linux-gnu-gcc")
        cls.qemu = support.tool("qemu-aarch64")

    def make_runtime(self):
        self.command(self.gcc, *FLAGS, "-c", *sorted((ROOT / "runtime").glob("*.c")))
        return sorted(self.folder.glob("*.o"))

    def check(self, source, judge, output=None):
        runtime = self.make_runtime()
        for version in CLANGS:
            for level in "-O0", "-O2":
                with self.subTest(source=source.name, version=version, level=level):
                    self.compile("app.o", level, f"-I{ROOT / 'runtime'}", "--target=aarch64-linux-gnu", "-c", source,
                                 version=version)
                    self.command(self.gcc, "-static", "app.o", *runtime, "-o", "app", "-pthread")
                    for old in self.profiles():
                        old.unlink()
                    result = self.command(self.qemu, "-s", STACK, self.folder / "app", "8", "5")
                    self.assertEqual(result.stderr, "")
                    if output is not None:
                        self.assertEqual(result.stdout, output)
                    judge(self.report(*self.profiles()), source)

    def test_counts(self):
        self.check(program("counts.c"), self.check_stated)

    def test_jumps(self):
        self.check(program("jumps.c"), self.check_paths)

    def test_recursion(self):
        self.check(program("recursion.c"), self.check_stated)

    def test_classes_of_values(self):
        self.check(program("classes.c"), self.check_calls, "wrong 0\n")

    def test_vector_registers(self):
        self.check(program("vector_pcs.c"), self.check_calls, "wrong 0\n")

    def test_inlined(self):
        self.check(program("inlined.c"), self.check_stated)

    def check_calls(self, report, source):
        self.assertEqual(report.calls, support.stated(source).calls)

    def test_threads(self):
        expected = {"main": 1, "body": 40, "branch": 400, "leaf": 40000}
        self.check(program("threads.c"), lambda report, _: self.assertEqual(report.calls, expected))


if __name__ == "__main__":
    support.main()

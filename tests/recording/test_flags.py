"""Flags that change how code is made, protected, watched or linked: silent builds, the same output, exact
counts."""

import functools
import re

import support
from support import CLANGS, each, lld, program

SOURCE = program("counts.c")
OPENMP = "/usr/lib/llvm-14/lib"  # the library of every clang's OpenMP, from libomp-14-dev

LLD = "the lld of the clang"
PROTECTED = [
    "-fcf-protection=full",
    "-fstack-protector-all",
    "-fstack-clash-protection",
    "-fstack-protector-all -fstack-clash-protection -fcf-protection=full -D_FORTIFY_SOURCE=2 -fPIE -pie "
    "-Wl,-z,now,-z,relro",
    "-D_FORTIFY_SOURCE=3",
    "-ftrivial-auto-var-init=pattern",
    "-mretpoline",
    "-mspeculative-load-hardening",
    "-fsanitize=safe-stack",
]
PROTECTED_SINCE_16 = [
    "-mharden-sls=all",
    "-fzero-call-used-regs=all",
    "-fsanitize=kcfi",
]
PROTECTED_BY_LTO = [
    "-flto -fsanitize=cfi -fvisibility=hidden",
    "-flto=thin -fsanitize=cfi -fvisibility=hidden",
    "-flto -fwhole-program-vtables -fvisibility=hidden",
]
WATCHED = [
    "-pg",
    "-finstrument-functions",
    "-fprofile-instr-generate",
    "-fprofile-instr-generate -fcoverage-mapping",
    "-fprofile-generate",
    "-fcs-profile-generate",
    "--coverage",
    "-fsanitize-coverage=trace-pc-guard",
    "-fsanitize=dataflow",
    "-fxray-instrument",
    "-fpatchable-function-entry=16,8",
]
WATCHED_SINCE_22 = [
    "-fsanitize=realtime",
    "-fsanitize=numerical",
    "-fsanitize=type",
]
SHAPED = [
    "-Oz",
    "-fvisibility=hidden",
    "-ffreestanding",
    "-fno-plt",
    "-fno-semantic-interposition -fpic",
    "-mcmodel=medium",
    "-mcmodel=large",
    "-mcmodel=large -fno-pie -no-pie",
    "-mno-red-zone",
    "-mgeneral-regs-only",
    "-mno-sse -mno-mmx",
    "-march=native",
    "-fomit-frame-pointer",
    "-fno-omit-frame-pointer",
    "-mstackrealign -mstack-alignment=64",
    "-fexceptions",
    "-fno-exceptions -fno-unwind-tables -fno-asynchronous-unwind-tables",
    "-ftls-model=initial-exec",
    "-funique-basic-block-section-names -fbasic-block-sections=all",
    "-gsplit-dwarf -g",
    "-gline-tables-only",
    "-fembed-bitcode",
    "-fno-integrated-as",
    "-fopenmp -L" + OPENMP,
]
LINKED = [
    "-fuse-ld=bfd",
    "-fuse-ld=gold",
    LLD,
    "-fsplit-stack -fuse-ld=gold",
    "-flto -fuse-ld=bfd",
    "-flto -fuse-ld=gold",
    "-ffunction-sections -fdata-sections -Wl,--gc-sections -fuse-ld=bfd",
    "-ffunction-sections -fdata-sections -Wl,--gc-sections,--icf=all -fuse-ld=gold",
    "-ffunction-sections -fdata-sections -Wl,--gc-sections,--icf=all " + LLD,
    "-rdynamic",
]


class Flags(support.Case):
    @functools.cached_property
    def expected(self):
        """The output of the program without the plugin and with few flags."""
        self.compile("plain", "-O2", SOURCE, plugin=None)
        return self.execute("plain").stdout

    def check(self, lines, versions=CLANGS):
        expected = self.expected
        for line in lines:
            for version in versions:
                with each(self, flags=line, version=version):
                    flags = line.replace(LLD, lld(version)).split()
                    self.compile("app", "-O2", *flags, SOURCE, version=version)
                    report = self.profile("app", environment={"LD_LIBRARY_PATH": OPENMP})
                    self.assertEqual(report.output, expected)
                    self.assertEqual(report.calls, support.stated(SOURCE).calls)
                    self.assertEqual(report.lost_calls, 0)

    def test_protected(self):
        self.check(PROTECTED)
        self.check(PROTECTED_SINCE_16, [version for version in CLANGS if version >= 16])
        self.check([f"{line} {LLD}" for line in PROTECTED_BY_LTO])

    def test_watched(self):
        self.check(WATCHED)
        self.check(WATCHED_SINCE_22, [22])

    def test_shaped(self):
        self.check(SHAPED)

    def test_arguments_in_all_registers(self):
        """What the code of hooks needs addresses for finds others free."""
        source = program("arguments.c")
        for version in CLANGS:
            for flags in "-O1 -mcmodel=large -fno-pie -no-pie", "-O2 -mcmodel=large -fPIE -pie":
                with each(self, version=version, flags=flags):
                    self.compile("app", *flags.split(), source, version=version)
                    for timing in support.TIMINGS:
                        report = self.profile_timed(timing, "app")
                        self.assertEqual(report.output, "21098588\n")
                        self.check_stated(report, source)

    def test_linked(self):
        self.check(LINKED)

    def test_object_that_is_also_bitcode(self):
        """-ffat-lto-objects: what is linked is either, and in both hooks are in once."""
        versions = [version for version in CLANGS if version >= 19]
        self.check([f"-flto -ffat-lto-objects {LLD}", f"-flto=thin -ffat-lto-objects {LLD}",
                    f"-flto -ffat-lto-objects -fno-lto {LLD}"], versions)
        for version in versions:
            with each(self, version=version):
                self.compile("app.o", "-O2", "-flto", "-ffat-lto-objects", "-c", SOURCE, version=version)
                self.compile("app", "app.o", version=version)
                self.check_stated(self.profile("app"), SOURCE)


class Promises(support.Case):
    """What an object file promises, and what other tools count, is the same."""

    def test_branch_targets_and_shadow_stack(self):
        for version in CLANGS:
            with each(self, version=version):
                notes = []
                for plugin in None, support.PLUGIN:
                    self.compile("app.o", "-O2", "-fcf-protection=full", "-c", SOURCE, version=version,
                                 plugin=plugin)
                    said = self.command(support.tool("readelf"), "-n", "app.o").stdout
                    notes.append(re.findall("x86 feature: (.*)", said))
                self.assertEqual(notes, [["IBT, SHSTK"], ["IBT, SHSTK"]])

    def test_stack_is_not_executable(self):
        for version in CLANGS:
            with each(self, version=version):
                self.compile("app.o", "-O2", "-c", SOURCE, version=version)
                said = self.command(support.tool("readelf"), "-SW", "app.o").stdout
                self.assertRegex(said, r"\.note\.GNU-stack +PROGBITS +\w+ \w+ \w+ 00 +0 +0 +1\n")

    def test_counts_of_the_compiler_s_own_profile(self):
        for version in CLANGS:
            for level in "-O0", "-O2":
                with each(self, version=version, level=level):
                    flags = [level, "-fprofile-instr-generate", "-fcoverage-mapping", SOURCE]
                    counts = []
                    for plugin in None, support.PLUGIN:
                        self.compile("app", *flags, version=version, plugin=plugin)
                        self.execute("app", environment={"LLVM_PROFILE_FILE": "raw"})
                        tool = support.tool(f"llvm-profdata-{version}")
                        self.command(tool, "merge", "raw", "-o", "merged")
                        counts.append(self.command(tool, "show", "--all-functions", "--counts",
                                                   "merged").stdout)
                    self.assertIn("Function count: 48\n", counts[0])
                    self.assertEqual(counts[1], counts[0])

    def test_optimized_with_a_profile(self):
        """A profile made with the plugin fits the source without it, and the other way round."""
        for version in CLANGS:
            for makes, uses in (None, support.PLUGIN), (support.PLUGIN, None):
                with each(self, version=version, makes=makes):
                    self.compile("app", "-O2", "-fprofile-generate", SOURCE, version=version, plugin=makes)
                    self.execute("app", environment={"LLVM_PROFILE_FILE": "raw"})
                    self.command(support.tool(f"llvm-profdata-{version}"), "merge", "raw", "-o", "merged")
                    self.compile("app", "-O2", "-fprofile-use=merged", "-Werror", SOURCE, version=version,
                                 plugin=uses)
                    self.execute("app")


if __name__ == "__main__":
    support.main()

"""Every clang and every way to compile and link: same output, exact calls and edges."""

import support
from support import ARCHIVE, EVERY_CLANG, PLUGIN, each, lld, program, stated

PROGRAMS = program("counts.c"), program("counts.cpp")


class EveryClang(support.Case):
    def check(self, source, version, flags, runtime=()):
        """Builds with and without the plugin; same output, and what the program states of itself."""
        with each(self, source=source.name, version=version, flags=flags):
            plain = self.compile("plain", source, *flags, version=version, plugin=None)
            expected = self.execute(plain).stdout
            self.compile("app", source, *flags, *runtime, version=version)
            report = self.profile("app")
            self.assertEqual(report.output, expected)
            self.check_stated(report, source)
            self.assertEqual(report.places, stated(source).places)

    def check_each(self, flags, runtime=()):
        for version in EVERY_CLANG:
            for source in PROGRAMS:
                chosen = flags(version) if callable(flags) else flags
                self.check(source, version, chosen, runtime)

    def test_O0(self):
        self.check_each(["-O0"])

    def test_O1(self):
        self.check_each(["-O1"])

    def test_O2(self):
        self.check_each(["-O2"])

    def test_O3(self):
        self.check_each(["-O3"])

    def test_Os(self):
        self.check_each(["-Os"])

    def test_Og(self):
        self.check_each(["-Og"])

    def test_with_debug_information(self):
        self.check_each(["-O2", "-g"])

    def test_position_independent(self):
        self.check_each(["-O2", "-fPIE", "-pie"])

    def test_fixed_position(self):
        self.check_each(["-O2", "-fno-pie", "-no-pie"])

    def test_lto(self):
        self.check_each(lambda version: ["-O2", "-flto", lld(version)])

    def test_lto_unoptimized(self):
        self.check_each(lambda version: ["-O0", "-flto", lld(version)])

    def test_thin_lto(self):
        self.check_each(lambda version: ["-O2", "-flto=thin", lld(version)])

    def test_static_bfd(self):
        support.tool("ld.bfd")
        self.check_each(["-O2", "-static", "-fuse-ld=bfd"], [ARCHIVE])

    def test_static_gold(self):
        support.tool("ld.gold")
        self.check_each(["-O2", "-static", "-fuse-ld=gold"], [ARCHIVE])

    def test_static_lld(self):
        self.check_each(lambda version: ["-O2", "-static", lld(version)], [ARCHIVE])

    def test_static_position_independent(self):
        self.check_each(["-O2", "-fPIE", "-static-pie"], [ARCHIVE])

    def test_saved_temporaries(self):
        """-save-temps compiles in steps, the later of which see no source."""
        self.check_each(["-O2", "-save-temps"])

    def test_sections_collected(self):
        self.check_each(["-O2", "-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections"])


class Steps(support.Case):
    def test_compiled_and_linked_apart(self):
        for version in EVERY_CLANG:
            for source in PROGRAMS:
                with each(self, version=version, source=source.name):
                    self.compile("app.o", "-O2", "-c", source, version=version)
                    self.compile("app", "app.o", version=version, plugin=None,
                                 language=support.language_of(source))
                    self.check_stated(self.profile("app"), source)

    def test_several_sources_in_one_command(self):
        """Same-named static functions of two files are two functions."""
        sources = program("two_first.c"), program("two_second.c")
        for version in EVERY_CLANG:
            for flags in [["-O2"], ["-O2", "-flto", lld(version)]]:
                with each(self, version=version, flags=flags):
                    self.compile("app", *flags, *sources, version=version)
                    report = self.profile("app")
                    rows = {(row["linkage_name"], row["file"], row["line"], row["calls"])
                            for row in report.data["functions"]}
                    self.assertEqual(rows, {
                        ("main", str(sources[0]), 13, 1), ("helper", str(sources[0]), 7, 4),
                        ("second", str(sources[1]), 11, 1), ("helper", str(sources[1]), 5, 9)})

    def test_file_is_named_as_in_the_command(self):
        (self.folder / "sub").mkdir()
        (self.folder / "sub" / "app.c").write_text("int main(void)\n{\n  return 0;\n}\n")
        for flags in [[], ["-g"]]:
            with self.subTest(flags=flags):
                self.compile("app", *flags, "sub/app.c")
                self.assertEqual(self.profile("app").places, {"main": ("sub/app.c", 1)})

    def test_line_directives_are_followed(self):
        (self.folder / "app.c").write_text('#line 70 "grammar.y"\nint main(void)\n{\n  return 0;\n}\n')
        for flags in [[], ["-g"]]:
            with self.subTest(flags=flags):
                self.compile("app", *flags, "app.c")
                self.assertEqual(self.profile("app").places, {"main": ("grammar.y", 70)})

    def test_precompiled_header(self):
        (self.folder / "inside.h").write_text(
            "static __attribute__((noinline)) int inside(int x)\n{\n  return x;\n}\n")
        (self.folder / "app.c").write_text("int main(void)\n{\n  return inside(0);\n}\n")
        for version in EVERY_CLANG:
            with self.subTest(version=version):
                self.compile("inside.pch", "-x", "c-header", "inside.h", version=version)
                self.compile("app", "-include-pch", "inside.pch", "app.c", version=version)
                report = self.profile("app")
                self.assertEqual(report.calls, {"main": 1, "inside": 1})
                self.assertEqual(report.places["inside"][1], 1)


class BuildSystems(support.Case):
    """The flag is all a build system has to be told."""

    def check(self, folder):
        report = self.profile(folder / "app")
        self.assertEqual({name.rpartition(":")[2] for name in report.calls},
                         {"main", "helper", "second"})
        self.assertEqual(sorted(report.calls.values()), [1, 1, 4, 9])

    def copy_sources(self):
        for name in "two_first.c", "two_second.c", "common.h":
            (self.folder / name).write_text(program(name).read_text())

    def test_cmake(self):
        self.copy_sources()
        (self.folder / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.20)\n"
            "project(app C)\n"
            "add_library(second STATIC two_second.c)\n"
            "add_executable(app two_first.c)\n"
            "target_link_libraries(app second)\n")
        self.command(support.tool("cmake"), "-S", ".", "-B", "out", "-DCMAKE_BUILD_TYPE=Release",
                     f"-DCMAKE_C_COMPILER={support.clang(19)}", f"-DCMAKE_C_FLAGS=-fplugin={PLUGIN}")
        self.command("cmake", "--build", "out")
        self.check(self.folder / "out")

    def test_make(self):
        self.copy_sources()
        (self.folder / "Makefile").write_text(
            "app: two_first.o two_second.o\n"
            "\t$(CC) $(LDFLAGS) -o $@ $^\n")
        self.command(support.tool("make"), f"CC={support.clang(14)}", f"CFLAGS=-O2 -fplugin={PLUGIN}")
        self.check(self.folder)

    def test_configure(self):
        """As a configure script does: a program of its own is compiled, run and judged by its output."""
        self.copy_sources()
        (self.folder / "configure").write_text(
            "#!/bin/sh -e\n"
            "echo 'int main(void) { return 0; }' > conftest.c\n"
            "$CC $CFLAGS -o conftest conftest.c > conftest.log 2>&1\n"
            "./conftest >> conftest.log 2>&1\n"
            "test ! -s conftest.log\n"
            "rm -f conftest conftest.*\n"
            "echo \"app: ; $CC $CFLAGS -o app two_first.c two_second.c\" > Makefile\n")
        flags = {"CC": support.clang(16), "CFLAGS": f"-g -O2 -fplugin={PLUGIN}"}
        self.command("sh", "./configure", environment=flags)
        self.command(support.tool("make"))
        self.check(self.folder)


if __name__ == "__main__":
    support.main()

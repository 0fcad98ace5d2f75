"""What the libraries and instrumented objects show to the linker, and that an installation can be moved."""

import re

import support
from support import BUILD, CLANGS, PLUGIN, RUNTIME, each, program


class Symbols(support.Case):
    def symbols(self, file, *flags):
        """(kind, name) of each symbol."""
        lines = self.command(support.tool("nm"), *flags, file).stdout.splitlines()
        return {tuple(line.split()[-2:]) for line in lines if line.strip()}

    def exported(self, library):
        return {name for kind, name in self.symbols(library, "-D", "--defined-only")}

    def test_runtime(self):
        self.assertEqual(self.exported(RUNTIME), {"profinst_attach"})

    def test_runtime_needs_libc_only(self):
        lines = self.command(support.tool("readelf"), "-d", RUNTIME).stdout.splitlines()
        self.assertEqual([line.split("[")[1].rstrip("]") for line in lines if "(NEEDED)" in line],
                         ["libc.so.6"])

    def test_plugin(self):
        self.assertEqual(self.exported(PLUGIN), set())

    def test_back_ends(self):
        for version in CLANGS:
            for name in f"libprofinst-{version}.so", f"libprofinst-clang-{version}.so":
                with self.subTest(name=name):
                    ends_of_segments = {"__bss_start", "_edata", "_end"}  # given out by some linkers
                    self.assertEqual(self.exported(BUILD / "lib" / name) - ends_of_segments,
                                     {"llvmGetPassPluginInfo"})

    def test_instrumented_object(self):
        """Links wherever the plain one does: what it refers to beyond that is weak."""
        for version in CLANGS:
            for source, *target in ([program("counts.c")], [program("counts.cpp")],
                                    [program("counts.c"), "--target=aarch64-linux-gnu"]):
                with each(self, version=version, source=source.name, target=target):
                    undefined = []
                    for plugin in None, PLUGIN:
                        self.compile("app.o", "-O2", *target, "-c", source, version=version,
                                     plugin=plugin)
                        undefined.append(self.symbols("app.o", "--undefined-only"))
                    self.assertEqual(undefined[1] - undefined[0], {
                        ("w", name) for name in {"dlopen", "dlsym", "getauxval", "profinst_attach",
                                                 "secure_getenv"}})

    def test_what_the_units_of_an_object_share(self):
        """Units of plugins with other layouts share nothing: every such name ends with their number."""
        header = (support.ROOT / "runtime" / "profinst_abi.h").read_text()
        end = re.search(r"^#define PROFINST_ABI_VERSION (\d+)", header, re.MULTILINE)[1]
        for version in CLANGS:
            with each(self, version=version):
                self.compile("app.o", "-O2", "-c", program("counts.c"), version=version)
                names = {name for kind, name in self.symbols("app.o") if name.startswith("__profinst_")}
                enter = "enter" if version >= 17 else "enter_plain"
                self.assertEqual(names, {f"__profinst_{name}_{end}" for name in (
                    "attach", "early", "early_list", enter, "find_runtime", "hooks", "leave", "nobody", "nothing")})

    def test_object_that_exceptions_pass_through(self):
        """Leaving a function by an exception takes the two symbols of every object that cleans up; they
        are in the compiler's own library, which is linked to every program."""
        (self.folder / "app.c").write_text(
            "void other(void);\nint app(void)\n{\n  other();\n  return 1;\n}\n")
        for version in CLANGS:
            with self.subTest(version=version):
                undefined = []
                for plugin in None, PLUGIN:
                    self.compile("app.o", "-O2", "-fexceptions", "-c", "app.c", version=version,
                                 plugin=plugin)
                    undefined.append(self.symbols("app.o", "--undefined-only"))
                self.assertEqual({name for kind, name in undefined[1] - undefined[0] if kind == "U"},
                                 {"_Unwind_Resume", "__gcc_personality_v0"})

    def test_instrumented_object_defines_nothing_new_to_others(self):
        for version in CLANGS:
            with each(self, version=version):
                self.compile("plain.so", "-O2", "-shared", "-fPIC", program("counts.c"), version=version,
                             plugin=None)
                self.compile("app.so", "-O2", "-shared", "-fPIC", program("counts.c"), version=version)
                self.assertEqual(self.exported("app.so"), self.exported("plain.so"))


class Installed(support.Case):
    def test_moved(self):
        self.command(support.tool("cmake"), "--install", BUILD, "--prefix", self.folder / "first")
        place = (self.folder / "first").rename(self.folder / "second")
        self.assertTrue((place / "bin" / "profinst").exists())
        for version in CLANGS:
            for source in program("counts.c"), program("counts.cpp"):
                with self.subTest(version=version, source=source.name):
                    self.compile("app", "-O2", source, version=version,
                                 plugin=place / "lib" / PLUGIN.name)
                    self.check_stated(self.profile("app"), source)
                    result = self.command(place / "bin" / "profinst", "report", *self.profiles())
                    self.assertIn("main", result.stdout)
        self.compile("app", "-O2", "-static", support.lld(19), program("counts.c"),
                     place / "lib" / "libprofinst_rt.a", version=19, plugin=place / "lib" / PLUGIN.name)
        self.check_stated(self.profile("app"), program("counts.c"))


if __name__ == "__main__":
    support.main()

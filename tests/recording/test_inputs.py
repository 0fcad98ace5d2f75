"""What a compiler is fed with: standard input, preprocessed source, modules, Objective-C, assembly, bitcode;
and what stands between it and a build: ccache, partial linking."""

import shutil

import support
from support import CLANGS, PLUGIN, each, program

SOURCE = program("counts.c")
WITH_MODULES = [version for version in CLANGS if version >= 16]
NUMBER = "__attribute__((noinline)) int number(int x)\n{\n  return x;\n}\n"


class Inputs(support.Case):
    def write(self, **files):
        """Files in the test's folder; __ in a name is a dot."""
        for name, text in files.items():
            (self.folder / name.replace("__", ".")).write_text(text)

    def test_standard_input(self):
        for version in CLANGS:
            for language in "c", "c++":
                with each(self, version=version, language=language):
                    command = [support.clang(version), f"-fplugin={PLUGIN}", "-x", language, "-O0", "-",
                               "-o", "app"]
                    source = "extern \"C\" " * (language == "c++") + NUMBER + "int main() { return number(0); }\n"
                    self.write(source=source)
                    with open(self.folder / "source") as text:
                        self.assertEqual(self.command(*command, stdin=text).stderr, "")
                    self.assertEqual(self.profile("app").places,
                                     {"number": ("<stdin>", 1), "main": ("<stdin>", 5)})

    def test_preprocessed(self):
        for version in CLANGS:
            with each(self, version=version):
                self.compile("app.i", "-E", SOURCE, version=version)
                self.compile("app", "-O2", "app.i", version=version)
                report = self.profile("app")
                self.check_stated(report, SOURCE)
                self.assertEqual(report.places, support.stated(SOURCE).places)

    def test_without_the_library_of_cpp(self):
        self.write(app__cpp=NUMBER + "int main() { return number(0); }\n")
        for version in CLANGS:
            with self.subTest(version=version):
                self.compile("app", "-O0", "-nostdlib++", "app.cpp", version=version)
                self.assertEqual(self.profile("app").calls, {"_Z6numberi": 1, "main": 1})

    def test_main_in_a_library(self):
        self.write(number__c=NUMBER, main__c="int number(int);\nint main(void) { return number(0); }\n")
        for version in CLANGS:
            with each(self, version=version):
                self.write(number__c=NUMBER,
                           main__c="int number(int);\nint main(void) { return number(0); }\n")
                for kind in "archive", "shared":
                    if kind == "archive":
                        self.compile("main.o", "-O2", "-c", "main.c", version=version)
                        self.command("ar", "cr", "libmain.a", "main.o")
                    else:
                        (self.folder / "libmain.a").unlink()
                        self.compile("libmain.so", "-O2", "-shared", "-fPIC", "main.c", "-Wl,-z,undefs",
                                     version=version)
                    self.compile("app", "-O2", "number.c", "-L.", "-lmain", "-Wl,-rpath,$ORIGIN",
                                 "-Wl,--export-dynamic-symbol=number", version=version)
                    report = self.profile("app")
                    self.assertEqual(report.paths, {("main",): 1, ("main", "number"): 1})

    def test_linked_in_two_steps(self):
        """An object linked from others, whose hidden symbols are then made local, has hooks of its own. Their
        groups have to be dissolved then, as inline functions of C++ demand, too."""
        for version in CLANGS:
            with each(self, version=version):
                for name in "two_first", "two_second":
                    self.compile(f"{name}.o", "-O2", "-c", program(f"{name}.c"), version=version)
                self.command("ld", "-r", "--force-group-allocation", "two_second.o", "-o", "part.o")
                self.command(support.tool("objcopy"), "--localize-hidden", "part.o")
                self.compile("app", "two_first.o", "part.o", version=version)
                self.assertEqual(self.profile("app").paths, {
                    ("main",): 1, ("main", "helper"): 4, ("main", "second"): 1,
                    ("main", "second", "helper"): 9})

    def test_assembly_and_bitcode_are_left_alone(self):
        """No source is read there; what they call is hooked where it was compiled."""
        self.write(middle__c="int number(int);\nint middle(int x)\n{\n  return number(x) + 1;\n}\n",
                   app__c=NUMBER + "int middle(int);\nint main(void)\n{\n  return middle(0) - 1;\n}\n")
        for version in CLANGS:
            for suffix, flags in {"s": ["-S"], "S": ["-S"], "ll": ["-S", "-emit-llvm"],
                                  "bc": ["-c", "-emit-llvm"]}.items():
                with self.subTest(version=version, suffix=suffix):
                    middle = f"middle.{suffix}"
                    self.compile(middle, "-O1", *flags, "middle.c", version=version, plugin=None)
                    self.compile("app", "-O1", "app.c", middle, version=version)
                    self.assertEqual(self.profile("app").paths, {("main",): 1, ("main", "number"): 1})

    def test_objective_c(self):
        """Functions are hooked, methods are not."""
        self.write(app__m="#import <objc/objc.h>\n"
                          "#import <objc/runtime.h>\n"
                          "#include <stdio.h>\n"
                          "__attribute__((objc_root_class)) @interface Counter {\n"
                          "  Class isa;\n"
                          "  int value;\n"
                          "}\n"
                          "+ (Counter *)make;\n"
                          "- (int)add:(int)x;\n"
                          "@end\n"
                          "static int number(int x) { return x; }\n"
                          "@implementation Counter\n"
                          "+ (Counter *)make { return class_createInstance(self, 0); }\n"
                          "- (int)add:(int)x { return value += number(x); }\n"
                          "@end\n"
                          "int main(void)\n{\n"
                          "  Counter *counter = [Counter make];\n"
                          "  [counter add:3];\n"
                          "  printf(\"%d\\n\", [counter add:4]);\n"
                          "  return 0;\n"
                          "}\n")
        include = "/usr/lib/gcc/x86_64-linux-gnu/12/include"
        for version in CLANGS:
            with self.subTest(version=version):
                self.compile("app", "-O0", f"-I{include}", "app.m", "-lobjc", version=version)
                report = self.profile("app")
                self.assertEqual(report.output, "7\n")
                self.assertEqual(report.paths, {("main",): 1, ("main", "number"): 2})

    def test_module(self):
        interface = ("export module shapes;\n"
                     "static int hidden(int x) { return x; }\n"
                     "export int area(int w, int h) { return hidden(w) * hidden(h); }\n"
                     "export inline int common(int x) { return x; }\n"
                     "export template <class T> T twice(T x) { return x + x; }\n"
                     "export struct Box {\n"
                     "  int width;\n"
                     "  int get() const { return width; }\n"
                     "};\n")
        app = ("import shapes;\n"
               "int main()\n{\n"
               "  Box box{1};\n"
               "  for (int i = 0; i < 5; i++)\n"
               "    box.width += area(i, 2) + common(i) + twice(i) + box.get();\n"
               "}\n")
        expected = {("_ZL6hiddeni", 2): 10, ("_ZW6shapes4areaii", 3): 5, ("_ZW6shapes6commoni", 4): 5,
                    ("_ZW6shapes5twiceIiET_S1_", 5): 5, ("_ZNKW6shapes3Box3getEv", 8): 5, ("main", 2): 1}
        for version in WITH_MODULES:
            with each(self, version=version):
                self.write(shapes__cppm=interface, app__cpp=app)
                flags = ["-std=c++20", "-O0"]
                cpp = {"version": version, "language": "c++"}
                self.compile("shapes.pcm", *flags, "--precompile", "shapes.cppm", **cpp)
                self.compile("shapes.o", *flags, "-c", "shapes.pcm", **cpp)
                self.compile("app", *flags, "-fmodule-file=shapes=shapes.pcm", "app.cpp", "shapes.o", **cpp)
                calls = {(row["linkage_name"], row["line"]): row["calls"]
                         for row in self.profile("app").data["functions"]}
                self.assertEqual(calls, expected)

    def test_header_unit(self):
        for version in WITH_MODULES:
            with each(self, version=version):
                self.write(number__h="inline " + NUMBER,
                           app__cpp="import \"number.h\";\nint main() { return number(0); }\n")
                flags = ["-std=c++20", "-O2", "-Wno-unknown-warning-option",
                         "-Wno-experimental-header-units"]
                cpp = {"version": version, "language": "c++"}
                self.compile("number.pcm", *flags, "-fmodule-header", "number.h", **cpp)
                self.compile("app", *flags, "-fmodule-file=number.pcm", "app.cpp", **cpp)
                self.assertEqual(self.profile("app").calls, {"main": 1, "_Z6numberi": 1})

    def test_module_map(self):
        """The module is compiled within the compilation that first includes its header."""
        for version in CLANGS:
            for name, linkage_name in ("app.c", "number"), ("app.cpp", "_Z6numberi"):
                with each(self, version=version, name=name):
                    self.write(number__h=NUMBER.replace(" int", " static int", 1),
                               module__modulemap="module number { header \"number.h\" export * }\n")
                    (self.folder / name).write_text(
                        "#include \"number.h\"\nint main() { return number(0); }\n")
                    for state in "not there", "there":
                        self.compile("app", "-O0", "-fmodules", "-fcxx-modules", "-fmodules-cache-path=cache",
                                     "-Wno-unused-command-line-argument", "-I.", name, version=version)
                        report = self.profile("app")
                        self.assertEqual(sorted(report.calls.values()), [1, 1], state)
                        self.assertEqual({line for _, line in report.places.values()}, {1, 2})


class Cached(support.Case):
    def test_ccache(self):
        """A hit is instrumented like the miss before; one without the plugin, with another argument of it,
        or with a plugin built anew is no hit."""
        shutil.copytree(PLUGIN.parent, self.folder / "lib")
        plugin = self.folder / "lib" / PLUGIN.name
        (self.folder / "app.c").write_text(NUMBER + "int main(void) { return number(0); }\n")
        cache = {"CCACHE_DIR": str(self.folder / "cache"), "CCACHE_COMPILERCHECK": "content"}
        ccache = support.tool("ccache")

        def hits(*flags):
            self.command(ccache, "--zero-stats", environment=cache)
            self.command(ccache, support.clang(19), "-O0", *flags, "-c", "app.c", "-o", "app.o",
                         environment=cache)
            said = self.command(ccache, "--print-stats", environment=cache).stdout
            return int(dict(line.split() for line in said.splitlines())["direct_cache_hit"])

        with_plugin = f"-fplugin={plugin}"
        self.assertEqual([hits(with_plugin), hits(with_plugin)], [0, 1])
        self.compile("app", "app.o", version=19, plugin=None)
        self.assertEqual(self.profile("app").calls, {"main": 1, "number": 1})
        self.assertEqual(hits(), 0)
        self.assertEqual(hits(with_plugin, "-fplugin-arg-profinst-system-headers=on"), 0)
        with open(plugin, "ab") as file:
            file.write(b"\n")
        self.assertEqual(hits(with_plugin), 0)


if __name__ == "__main__":
    support.main()

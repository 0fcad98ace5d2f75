"""Several instrumented objects in one process: libraries linked, loaded, unloaded; the runtime found, and
not found."""

import shutil

import support
from support import CLANGS, NEWEST, PLUGIN, RUNTIME, each, program

LIBRARY = ["-O2", "-shared", "-fPIC", program("library.c")]


class Objects(support.Case):
    timings = support.TIMINGS

    def make_library(self, name, function, **options):
        return self.compile(name, *LIBRARY, f"-DNAME={function}", **options)

    def make_two_libraries(self, version=NEWEST, **plugins):
        self.make_library("libone.so", "one", version=version, plugin=plugins.get("one", PLUGIN))
        self.make_library("libtwo.so", "two", version=version, plugin=plugins.get("two", PLUGIN))
        return self.compile("app", "-O2", program("two_libraries.c"), "-L.", "-lone", "-ltwo",
                            "-Wl,-rpath,$ORIGIN", version=version, plugin=plugins.get("app", PLUGIN))

    def rows(self, report):
        return {(row["module"], row["linkage_name"], row["calls"]) for row in report.data["functions"]}

    IN_LIBRARIES = {("libone.so", "one", 3), ("libone.so", "helper", 6),
                    ("libtwo.so", "two", 2), ("libtwo.so", "helper", 20)}
    EVERYTHING = IN_LIBRARIES | {("app", "main", 1), ("app", "helper", 1)}

    def test_functions_of_one_name_in_each(self):
        for version in CLANGS:
            with each(self, version=version):
                self.make_two_libraries(version)
                report = self.profile("app")
                self.assertEqual(self.rows(report), self.EVERYTHING)
                self.assertEqual(report.paths, {
                    ("main",): 1, ("main", "helper"): 1, ("main", "one"): 3, ("main", "two"): 2,
                    ("main", "one", "helper"): 6, ("main", "two", "helper"): 20})

    def test_only_the_libraries(self):
        self.make_two_libraries(app=None)
        report = self.profile("app")
        self.assertEqual(self.rows(report), self.IN_LIBRARIES)
        self.assertEqual(dict(report.edges), {("one", "helper"): 6, ("two", "helper"): 20})

    def test_loaded_again_and_again(self):
        """The second library takes the place in memory that the first one had."""
        self.make_library("libone.so", "one")
        self.make_library("libtwo.so", "two")
        for plugin, mine in (PLUGIN, {("app", "main", 1)}), (None, set()):
            with self.subTest(plugin=plugin):
                self.compile("app", "-O2", program("loader.c"), plugin=plugin)
                report = self.profile("app", "./libone.so", "one", 200, 3)
                self.assertEqual(self.rows(report), mine | {("libone.so", "one", 600),
                                                            ("libone.so", "helper", 1200)})

    def test_module_is_an_absolute_path(self):
        """However it was named when it was loaded: a profile is read in another folder."""
        self.make_library("libone.so", "one")
        self.compile("app", program("loader.c"), plugin=None)
        self.profile("app", "./libone.so", "one", 1, 1)
        _, lines = self.dump(self.profiles()[0])
        self.assertEqual([line for line in lines if line.startswith("object ")],
                         [f"object 1 {self.folder}/libone.so"])

    def test_copies_of_the_plugin_share_one_runtime(self):
        copy = self.folder / "copy"
        shutil.copytree(PLUGIN.parent, copy)
        self.make_two_libraries(one=copy / PLUGIN.name)
        self.assertEqual(self.rows(self.profile("app")), self.EVERYTHING)

    def test_clangs_share_one_runtime(self):
        self.make_two_libraries(14)
        self.make_library("libtwo.so", "two", version=22)
        self.assertEqual(self.rows(self.profile("app")), self.EVERYTHING)

    def test_linked_to_the_runtime(self):
        self.compile("app", "-O2", program("counts.c"), RUNTIME, f"-Wl,-rpath,{RUNTIME.parent}")
        self.check_stated(self.profile("app"), program("counts.c"))

    def test_namespaces(self):
        """A library in a namespace of its own is profiled, or not; the program runs as ever."""
        for plugin in None, PLUGIN:
            with each(self, plugin=plugin):
                self.make_library("libone.so", "one")
                self.compile("app", "-O2", program("namespaces.c"), plugin=plugin)
                self.assertEqual(self.execute("app", stderr=None).stdout, "3\n3\n")

    def test_early_calls(self):
        sources = [program("early_call.c"), program("early_call_2.c")]
        for order in sources, sources[::-1]:
            with self.subTest(order=[source.name for source in order]):
                self.compile("app", "-O2", *order)
                calls = self.profile("app").calls
                self.assertEqual(calls, {"main": 1, "later": 5, "early": 1, "other_file": 6})

    def test_calls_before_the_runtime_is_there(self):
        sources = program("before_everything.c"), program("before_everything_library.c")
        for version in CLANGS:
            for level in "-O0", "-O2":
                for plugin in None, PLUGIN:
                    with each(self, version=version, level=level, plugin=plugin):
                        self.compile("libfirst.so", level, "-shared", "-fPIC", sources[1], version=version,
                                     plugin=plugin)
                        self.compile("app", level, sources[0], "-L.", "-Wl,--no-as-needed", "-lfirst",
                                     "-Wl,-rpath,$ORIGIN", "-Wl,--export-dynamic-symbol=called_back",
                                     version=version)
                        report = self.profile("app")
                        self.assertEqual(report.output, "touched 33\n")
                        self.assertEqual(report.calls, support.stated(*sources[:2 if plugin else 1]).calls)
                        self.assertEqual(report.lost_calls, 0)

    def test_calls_before_a_runtime_that_never_comes(self):
        source = program("before_everything.c")
        self.compile("app", "-O2", source)
        self.execute("app", environment={"PROFINST_DISABLE": "1"})
        self.assertEqual(self.profiles(), [])

    def test_functions_of_libc_that_the_program_replaces(self):
        source = program("own_memcpy.c")
        self.compile("app", "-O2", "-fno-builtin", source)
        report = self.profile("app", timeout=10)
        self.assertEqual(report.calls, support.stated(source).calls)
        self.assertEqual(report.lost_calls, 0)


class NoRuntime(support.Case):
    """A copy of the plugin without the runtime beside it."""

    def setUp(self):
        super().setUp()
        self.lib = self.folder / "lib"
        self.lib.mkdir()
        for file in PLUGIN.parent.glob("libprofinst*.so"):
            if file.name != RUNTIME.name:
                shutil.copy(file, self.lib)
        self.plugin = self.lib / PLUGIN.name
        self.sentence = (f"profinst: no runtime found (tried $PROFINST_RUNTIME, {self.lib}/{RUNTIME.name}"
                         f" and {RUNTIME.name}; a static program links libprofinst_rt.a); the program "
                         "runs unprofiled\n")

    def test_says_so_once_and_runs(self):
        (self.folder / "app.c").write_text("int main(void)\n{\n  return 42;\n}\n")
        for version in CLANGS:
            with self.subTest(version=version):
                self.compile("app", "app.c", version=version, plugin=self.plugin)
                self.execute("app", code=42, stderr=self.sentence)
                self.assertEqual(self.profiles(), [])

    def test_says_so_once_for_each_object(self):
        for name in "one", "two":
            self.compile(f"lib{name}.so", *LIBRARY, f"-DNAME={name}", plugin=self.plugin)
        self.compile("app", "-O2", program("two_libraries.c"), "-L.", "-lone", "-ltwo",
                     "-Wl,-rpath,$ORIGIN", plugin=self.plugin)
        self.execute("app", stderr=3 * self.sentence)

    def test_static_program_says_so(self):
        self.compile("app", "-static", program("counts.c"), plugin=self.plugin)
        result = self.execute("app", stderr=None)
        self.assertRegex(result.stderr, r"\Aprofinst: no runtime [^\n]*\n\Z")

    def test_program_with_a_write_of_its_own(self):
        (self.folder / "app.c").write_text(
            "static int written;\n"
            "static int write(int x)\n{\n  written += x;\n  return x;\n}\n"
            "int main(void)\n{\n  write(1);\n  return written;\n}\n")
        self.compile("app", "-O0", "app.c", plugin=self.plugin)
        self.execute("app", code=1, stderr=self.sentence)

    def test_named_by_environment(self):
        self.compile("app", program("counts.c"), plugin=self.plugin)
        self.check_stated(self.profile("app", environment={"PROFINST_RUNTIME": str(RUNTIME)}),
                          program("counts.c"))

    def test_found_by_the_linker_s_search(self):
        self.compile("app", program("counts.c"), plugin=self.plugin)
        self.check_stated(self.profile("app", environment={"LD_LIBRARY_PATH": str(RUNTIME.parent)}),
                          program("counts.c"))

    def test_named_one_is_no_runtime(self):
        """A name that leads nowhere, and a library that is not the runtime: on to the next place."""
        (self.folder / "other.c").write_text("int other;\n")
        self.compile("other.so", "-shared", "-fPIC", "other.c", plugin=None)
        self.compile("app", program("counts.c"), plugin=self.plugin)
        for name in "nowhere.so", self.folder / "other.so":
            with self.subTest(name=name):
                self.execute("app", stderr=self.sentence, environment={"PROFINST_RUNTIME": str(name)})
        self.compile("app", program("counts.c"))
        for name in "nowhere.so", self.folder / "other.so":
            with self.subTest(name=name):
                self.check_stated(self.profile("app", environment={"PROFINST_RUNTIME": str(name)}),
                                  program("counts.c"))


class NamesOfTheProgram(support.Case):
    def test_global_named_like_a_function_of_libc(self):
        """The runtime cannot be looked for then, which is said."""
        (self.folder / "app.c").write_text(
            "int write, dlopen, dlsym, secure_getenv;\n"
            "int main(void)\n{\n  return write;\n}\n")
        self.compile("app", "-O0", "-fno-builtin", "app.c")
        result = self.execute("app", stderr=None)
        self.assertRegex(result.stderr, r"\Aprofinst: no runtime found [^\n]*\n\Z")
        self.assertEqual(self.profiles(), [])


if __name__ == "__main__":
    support.main()

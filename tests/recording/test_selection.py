"""Which functions are hooked, and what their descriptors say."""

import collections
import re

import support
from support import CLANGS, each, program, stated

LEVELS = ["-O0"], ["-O2", "-fno-inline"]


class UserFunctions(support.Case):
    def check(self, source, extra=(), languages=()):
        for version in CLANGS:
            for level in LEVELS:
                for debug in [], ["-g"]:
                    with each(self, source=source.name, version=version, flags=[*level, *debug]):
                        self.compile("app", *level, *debug, *languages, source, *extra,
                                     version=version)
                        report = self.profile("app")
                        self.assertEqual(report.calls, stated(source).calls)
                        self.assertEqual(report.places, stated(source).places)

    def test_every_kind_of_function(self):
        self.check(program("selected.cpp"), languages=["-std=c++17"])

    def test_what_is_left_out(self):
        self.compile("second.o", "-c", program("not_selected_2.c"), plugin=None)
        second = (self.folder / "second.o").rename(self.folder.parent / f"{self.folder.name}.o")
        self.addCleanup(second.unlink)
        self.check(program("not_selected.c"), [second])

    def test_lambdas(self):
        """Each is hooked and known by its line. Where two of one type stand in one function, only debug
        information tells which is which; without it their line is unknown."""
        source = program("lambdas.cpp")
        expected, twins = collections.Counter(), collections.Counter()
        for number, line in enumerate(source.read_text().splitlines(), 1):
            for calls in re.findall(r"line: \w+ (\d+)", line):
                expected[number] += int(calls)
                twins[None if "twin" in line else number] += int(calls)
        for version in CLANGS:
            for level in LEVELS:
                for debug in ["-g"], []:
                    with each(self, version=version, flags=[*level, *debug]):
                        self.compile("app", "-std=c++17", *level, *debug, source, version=version)
                        found = collections.Counter()
                        for row in self.profile("app").data["functions"]:
                            if re.search(r"cl(I.*E)?E.*", row["linkage_name"]):
                                found[row["line"]] += row["calls"]
                        self.assertEqual(found, expected if debug else twins)

    def test_pointer_to_lambda_is_one_call(self):
        """The function that turns the call of a pointer into one of the lambda is the compiler's."""
        (self.folder / "app.cpp").write_text(
            "int main()\n{\n  int (*volatile f)(int) = [](int x) { return x; };\n  return f(0);\n}\n")
        for version in CLANGS:
            with self.subTest(version=version):
                self.compile("app", "-O0", "app.cpp", version=version)
                self.assertEqual(sorted(self.profile("app").calls.values()), [1, 1])

    def test_extern_template_is_its_definer_s(self):
        """Its body is at hand for inlining only; the function itself is in another object."""
        (self.folder / "shared.h").write_text(
            "template <class T> __attribute__((noinline)) int shared(T x) { return x; }\n"
            "extern template int shared(int);\n")
        (self.folder / "definer.cpp").write_text("#include \"shared.h\"\ntemplate int shared(int);\n")
        (self.folder / "app.cpp").write_text(
            "#include \"shared.h\"\nint main() { return shared(0) + shared(0L); }\n")
        for version in CLANGS:
            for definer, calls in (None, {}), (support.PLUGIN, {"_Z6sharedIiEiT_": 1}):
                with self.subTest(version=version, definer=definer):
                    self.compile("definer.o", "-O2", "-c", "definer.cpp", version=version, plugin=definer)
                    self.compile("app", "-O2", "app.cpp", "definer.o", version=version)
                    self.assertEqual(self.profile("app").calls,
                                     {"main": 1, "_Z6sharedIlEiT_": 1, **calls})

    def test_macro_of_a_system_header(self):
        (self.folder / "system").mkdir()
        (self.folder / "system" / "make.h").write_text("#define MAKE(name) int name(int x) { return x; }\n")
        (self.folder / "app.c").write_text(
            "#include <make.h>\nMAKE(made)\nint main(void) { return made(0); }\n")
        for debug in [], ["-g"]:
            self.compile("app", "-O0", *debug, "-isystem", "system", "app.c")
            self.assertEqual(self.profile("app").places, {"made": ("app.c", 2), "main": ("app.c", 3)})

    def test_constructor_is_counted_once(self):
        """Of the several functions that a constructor or destructor is compiled to, however they call
        each other."""
        (self.folder / "app.cpp").write_text(
            "static volatile int touched;\n"
            "struct Root { Root(); virtual ~Root(); };\n"
            "Root::Root() { touched = 1; }\n"
            "Root::~Root() { touched = 2; }\n"
            "struct Side : virtual Root { Side(); ~Side(); };\n"
            "Side::Side() { touched = 3; }\n"
            "Side::~Side() { touched = 4; }\n"
            "int main()\n{\n"
            "  for (int i = 0; i < 5; i++) { Root root; }\n"
            "  for (int i = 0; i < 3; i++) delete new Side;\n"
            "}\n")
        for version in CLANGS:
            for level in LEVELS:
                with self.subTest(version=version, level=level):
                    self.compile("app", *level, "app.cpp", version=version)
                    calls = collections.Counter()
                    for row in self.profile("app").data["functions"]:
                        calls[row["function"], row["line"]] += row["calls"]
                    self.assertEqual(calls, {("Root::Root()", 3): 8, ("Root::~Root()", 4): 8,
                                             ("Side::Side()", 6): 3, ("Side::~Side()", 7): 3,
                                             ("main", 8): 1})

    def test_local_classes_of_one_name(self):
        """Their functions are told apart by numbers that the compiler gives out as it emits them."""
        (self.folder / "app.cpp").write_text(
            "int main()\n{\n"
            "  {\n"
            "    struct Local { int never() { return 1; } };\n"
            "  }\n"
            "  struct Local { int never() { return 0; } };\n"
            "  return Local().never();\n"
            "}\n")
        for version in CLANGS:
            for debug in ["-g"], []:
                with self.subTest(version=version, debug=debug):
                    self.compile("app", "-O0", *debug, "app.cpp", version=version)
                    lines = {row["line"] for row in self.profile("app").data["functions"]}
                    self.assertEqual(lines, {1, 6 if debug else None})

    def test_names_with_dollars(self):
        (self.folder / "app.c").write_text(
            "static int take$_1(void) { return 0; }\n"
            "static int take$_2(void) { return 0; }\n"
            "int main(void) { return take$_1() + take$_2(); }\n")
        self.compile("app", "-O0", "app.c")
        self.assertEqual(self.profile("app").places, {
            "take$_1": ("app.c", 1), "take$_2": ("app.c", 2), "main": ("app.c", 3)})


    def test_names_made_unique(self):
        """In C, too, they are mangled then, and both languages' have a suffix, which the report leaves out."""
        text = ("static int leaf(int x) { return x; }\n"
                "int main(void) { return leaf(0); }\n")
        for name in "app.c", "app.cpp":
            (self.folder / name).write_text(text)
            for version in CLANGS:
                for flag in "-funique-internal-linkage-names", "-fpseudo-probe-for-profiling":
                    with self.subTest(name=name, version=version, flag=flag):
                        self.compile("app", "-O0", flag, name, version=version)
                        self.assertEqual(self.profile("app").places,
                                         {"_ZL4leafi": (name, 1), "main": (name, 2)})


class SystemHeaders(support.Case):
    PROGRAM = ("#include <header.h>\n"
               "#include <algorithm>\n"
               "int main()\n{\n"
               "  int values[] = {2, 1};\n"
               "  std::sort(values, values + 2, [](int a, int b) { return a < b; });\n"
               "  return inside(0);\n"
               "}\n")

    def make(self, *flags, version):
        (self.folder / "system").mkdir(exist_ok=True)
        (self.folder / "system" / "header.h").write_text(
            "static __attribute__((noinline)) int inside(int x)\n{\n  return x;\n}\n")
        (self.folder / "app.cpp").write_text(self.PROGRAM)
        self.compile("app", "-O0", "-isystem", "system", *flags, "app.cpp", version=version)
        return self.profile("app")

    def test_left_out_by_default(self):
        for version in CLANGS:
            for flags in [], ["-fplugin-arg-profinst-system-headers=off"]:
                with self.subTest(version=version, flags=flags):
                    names = set(self.make(*flags, version=version).calls)
                    self.assertEqual(len(names), 2)
                    self.assertEqual({name for name in names if "clE" not in name}, {"main"})

    def test_hooked_when_asked_for(self):
        for version in CLANGS:
            with self.subTest(version=version):
                report = self.make("-fplugin-arg-profinst-system-headers=on", version=version)
                self.assertEqual(report.calls["_ZL6insidei"], 1)
                self.assertEqual(report.places["_ZL6insidei"], ("system/header.h", 1))
                sorts = [name for name in report.calls if name.startswith("_ZSt4sortI")]
                self.assertEqual([report.calls[name] for name in sorts], [1])


class CompilerGenerated(support.Case):
    def test_not_hooked(self):
        """Initializers of globals, thread-local wrappers, parallel regions: not in the source."""
        (self.folder / "app.cpp").write_text(
            "int make() { return 1; }\n"
            "struct Made { int x; Made() : x(make()) {} ~Made() {} };\n"
            "Made global;\n"
            "thread_local Made local;\n"
            "int main() { return global.x - local.x; }\n")
        for version in CLANGS:
            with self.subTest(version=version):
                self.compile("app", "-O0", "app.cpp", version=version)
                report = self.profile("app")
                self.assertEqual(
                    {name: row["calls"] for name, row in
                     ((row["function"], row) for row in report.data["functions"])},
                    {"make()": 2, "Made::Made()": 2, "Made::~Made()": 2, "main": 1})

    def test_parallel_regions_are_not_functions(self):
        (self.folder / "app.c").write_text(
            "int work(int x);\n"
            "void region(void)\n{\n#pragma omp parallel\n  work(1);\n}\n")
        for version in CLANGS:
            with self.subTest(version=version):
                self.compile("app.ll", "-O0", "-fopenmp", "-S", "-emit-llvm", "app.c", version=version)
                text = (self.folder / "app.ll").read_text()
                self.assertRegex(text, re.compile(r"^@profinst\.functions = private global \[1 x ", re.M))


class Rules(support.Case):
    """What is left out has no hooks; its time and the calls that it makes are its caller's. Which rules
    leave out what is tested in test_rules.py."""

    def arguments(self, *arguments):
        return [f"-fplugin-arg-profinst-{argument}" for argument in arguments]

    def test_static_functions_of_one_name(self):
        (self.folder / "one.c").write_text(
            "static __attribute__((noinline)) int same(int x) { return x; }\n"
            "int two(int);\n"
            "int main(void) { return same(0) + same(0) + two(0); }\n")
        (self.folder / "two.c").write_text(
            "static __attribute__((noinline)) int same(int x) { return x; }\n"
            "int two(int x) { return same(x); }\n")
        everything = {"main": 1, "two": 1}
        for version in CLANGS:
            for arguments, calls in (
                    ([], {**everything, "app:one:same": 2, "app:two:same": 1}),
                    (["exclude=same"], everything),
                    (["exclude-file=one.c", "include=main"], {**everything, "same": 1}),
                    (["exclude-file=two.c", "include=two"], {**everything, "same": 2})):
                with self.subTest(version=version, arguments=arguments):
                    self.compile("app", "-O0", *self.arguments(*arguments), "one.c", "two.c",
                                 version=version)
                    self.assertEqual(self.profile("app").calls, calls)

    def test_calls_through_what_is_left_out(self):
        (self.folder / "app.cpp").write_text(
            "namespace { struct Step { int leaf(int x) { return x; } }; }\n"
            "template <class T> T middle(T x) { return Step().leaf(int(x)); }\n"
            "int main()\n{\n"
            "  auto outer = [](int x) { return middle(x) + int(middle(long(x))); };\n"
            "  return outer(0) + outer(0);\n"
            "}\n")
        leaf = "_ZN12_GLOBAL__N_14Step4leafEi"
        for version in CLANGS:
            for arguments, edges in (
                    (["exclude=*::operator()*",
                      "exclude=middle<*>"], {("main", leaf): 4}),
                    (["exclude=*", "include=main", "include=* middle<*"],
                     {("main", "_Z6middleIiET_S0_"): 2, ("main", "_Z6middleIlET_S0_"): 2})):
                with self.subTest(version=version, arguments=arguments):
                    self.compile("app", "-O0", *self.arguments(*arguments), "app.cpp", version=version)
                    self.assertEqual({edge: calls for edge, calls in self.profile("app").edges.items()
                                      if edge[0] == "main"}, edges)

    def test_attributes(self):
        (self.folder / "app.c").write_text(
            "#include <profinst.h>\n"
            "PROFINST_NEVER int never(void);\n"
            "PROFINST_ALWAYS int always(void) { return 0; }\n"
            "int never(void) { return always(); }\n"
            "int main(void) { return never() + never(); }\n")
        headers = f"-I{support.PROGRAMS.parents[2] / 'runtime'}"
        for version in CLANGS:
            for arguments, calls in ([], {"main": 1, "always": 2}), (["exclude=*"], {"always": 2}):
                with self.subTest(version=version, arguments=arguments):
                    self.compile("app", "-O0", headers, *self.arguments(*arguments), "app.c",
                                 version=version)
                    self.assertEqual(self.profile("app").calls, calls)


if __name__ == "__main__":
    support.main()

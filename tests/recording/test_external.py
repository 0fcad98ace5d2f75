"""Calls out of the build: recorded by who makes them, if the user asks for it. Programs state which
functions are outside:

    p = malloc(8); // calls: malloc 1 outside
"""

import re

import support
from support import ARCHIVE, CLANGS, NEWEST, PLUGIN, each, lld, program, stated

OPTION = "-fplugin-arg-profinst-external="
ON = OPTION + "on"
PROGRAMS = program("external.c"), program("external.cpp")


class Case(support.Case):
    def outside(self, source, *flags, version=NEWEST):
        """What is not part of the build, for a program in C or C++."""
        other = program(f"external_outside{source.suffix}")
        return self.compile("outside.o", *flags, "-O2", "-fPIC", "-c", other, version=version,
                            plugin=None)

    def external(self, report):
        return {row["linkage_name"] for row in report.data["functions"] if row["external"]}

    def check_outside(self, report, *sources):
        """External are the functions that the sources say are outside. They have no place, the others
        have the one stated."""
        outside = {name for source in sources
                   for name in re.findall(r"calls: (\S+) \d+ outside", source.read_text())}
        self.assertEqual(self.external(report), outside)
        places = stated(*sources).places
        for name, row in report.functions.items():
            place = (None, None) if name in outside else places[name]
            self.assertEqual((row["file"], row["line"]), place, name)

    def run_both(self, source, *flags, version=NEWEST, runtime=(), sanitizer=()):
        """Built without and with the plugin, the program prints the same; the report of it."""
        outside = self.outside(source, *sanitizer, version=version)
        words = *flags, *sanitizer, source, outside, "-lm"
        self.compile("plain", *words, version=version, plugin=None)
        self.compile("app", ON, *words, *runtime, version=version)
        report = self.profile("app")
        self.assertEqual(report.output, self.execute("plain").stdout)
        self.check_outside(report, source)
        return report


class EveryClang(Case):
    def check_each(self, flags, runtime=()):
        for version in CLANGS:
            for source in PROGRAMS:
                with each(self, version=version, source=source.name, flags=flags):
                    chosen = flags(version) if callable(flags) else flags
                    report = self.run_both(source, *chosen, version=version, runtime=runtime)
                    self.check_stated(report, source)

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

    def test_lto(self):
        self.check_each(lambda version: ["-O2", "-flto", lld(version)])

    def test_static(self):
        """Nothing is interposed, so it is all the same."""
        self.check_each(["-O2", "-static"], [ARCHIVE])

    def test_never_recorded(self):
        source = program("external_never.c")
        for version in CLANGS:
            for level in "-O0", "-O2":
                with each(self, version=version, level=level):
                    report = self.run_both(source, level, version=version)
                    self.assertEqual(report.calls, stated(source).calls)


class Build(Case):
    """What is part of the build, hooked or not, is not external, wherever it is."""

    MAIN, THERE = program("external_units.c"), program("external_there.c")

    def build(self, *here, there=(ON,), version=NEWEST, plugin=PLUGIN):
        self.compile("there.o", "-O2", "-c", *there, self.THERE, version=version, plugin=plugin)
        self.compile("libone.so", "-O2", "-shared", "-fPIC", "-DNAME=one", *there,
                     program("library.c"), version=version, plugin=plugin)
        return self.compile("app", "-O2", *here, self.MAIN, "there.o", "-L.", "-lone",
                            "-Wl,-rpath,$ORIGIN", version=version)

    def test_other_units_and_libraries(self):
        for version in CLANGS:
            with each(self, version=version):
                self.build(ON, version=version)
                report = self.profile("app")
                self.check_stated(report, self.MAIN, self.THERE)
                self.assertEqual(self.external(report), {"getenv", "printf"})

    def test_units_of_which_nothing_is_selected(self):
        self.build(ON, there=(ON, "-fplugin-arg-profinst-exclude=*"))
        report = self.profile("app")
        self.assertEqual(report.calls, {"main": 1, "getenv": 1, "printf": 1})
        self.assertEqual(self.external(report), {"getenv", "printf"})

    def test_units_without_the_option_are_outside(self):
        self.build(ON, there=())
        report = self.profile("app")
        self.assertEqual(self.external(report), {"getenv", "printf", "hooked_there", "unhooked_there",
                                                 "alias_there", "chosen_there", "one"})
        self.assertEqual(report.calls["chosen"], 4)
        self.assertEqual(report.edges["main", "chosen_there"], 4)

    def test_units_without_the_plugin_are_outside(self):
        self.build(ON, plugin=None)
        report = self.profile("app")
        self.assertEqual(report.calls, {
            "main": 1, "hooked_there": 3, "unhooked_there": 3, "alias_there": 2, "chosen_there": 4,
            "one": 1, "getenv": 1, "printf": 1})
        self.assertEqual(self.external(report), report.calls.keys() - {"main"})


class Option(Case):
    SOURCE = program("external.c")

    def run_with(self, *options):
        self.compile("app", "-O2", *options, self.SOURCE, self.outside(self.SOURCE), "-lm")
        return self.profile("app")

    def check_names(self, names, *options):
        report = self.run_with(*options)
        truth = stated(self.SOURCE).calls
        self.assertEqual(self.external(report), names)
        self.assertEqual({name: report.calls[name] for name in names},
                         {name: truth[name] for name in names})

    def test_off_by_default(self):
        self.check_names(set())

    def test_off(self):
        self.check_names(set(), OPTION + "off")

    def test_pattern(self):
        self.check_names({"memcpy", "memmove", "memset"}, OPTION + "mem*")

    def test_switched_off_when_it_runs(self):
        self.run_with(ON)
        report = self.profile("app", environment={"PROFINST_FILTER": "exclude=mem*"})
        self.assertIn("malloc", self.external(report))
        self.assertNotIn(("copies", "memcpy"), report.edges)


class Ends(Case):
    """Functions that never return."""

    def test_abort(self):
        source = self.folder / "aborts.c"
        source.write_text("#include <stdlib.h>\n"
                          "int main(void) { abort(); }\n")
        for level in "-O0", "-O2":
            with self.subTest(level=level):
                self.compile("app", level, ON, source)
                report = self.profile("app", code=-6)
                self.assertEqual(report.paths, {("main",): 1, ("main", "abort"): 1})

    def test_callbacks_of_exit(self):
        self.compile("app", "-O2", ON, program("external.c"), self.outside(program("external.c")),
                     "-lm")
        self.assertEqual(self.profile("app").paths["main", "exit", "at_end", "write"], 1)


class Sanitized(Case):
    def test_sanitizers(self):
        """Their qsort compares as often as they like."""
        source = program("external.c")
        truth = stated(source).calls
        for sanitizer in "address", "thread", "memory", "undefined":
            with each(self, sanitizer=sanitizer):
                report = self.run_both(source, "-O1", sanitizer=[f"-fsanitize={sanitizer}"])
                self.assertEqual({**report.calls, "compare": truth["compare"]}, truth)


if __name__ == "__main__":
    support.main()

"""Functions that the optimizer inlined: exact calls at every level, by whom the source says."""

import support
from support import CLANGS, each, program

LEVELS = ("-O0", "-O1", "-O2", "-O3", "-Os")
INCLUDE = "-I" + str(support.ROOT / "runtime")


class Inlined(support.Case):
    timings = support.TIMINGS

    def record(self, source, *flags, version):
        self.compile("app", INCLUDE, *flags, program(source), version=version)
        return self.profile("app")

    def check_levels(self, source, check, *flags):
        for version in CLANGS:
            for level in LEVELS:
                with each(self, version=version, level=level, flags=flags):
                    report = self.record(source, level, *flags, version=version)
                    check(report, program(source))
                    self.check_invariants(report)

    def check_calls(self, report, source):
        self.assertEqual(report.calls, support.stated(source).calls)

    def test_c(self):
        self.check_levels("inlined.c", self.check_stated)

    def test_c_with_debug_information(self):
        self.check_levels("inlined.c", self.check_stated, "-g")

    def test_recursion(self):
        self.check_levels("inlined_recursion.c", self.check_calls)

    def test_cpp(self):
        self.check_levels("inlined.cpp", self.check_stated)

    def test_cpp_with_debug_information(self):
        self.check_levels("inlined.cpp", self.check_stated, "-g")

    def test_what_is_inlined_is_told_apart(self):
        for version in CLANGS:
            with each(self, version=version):
                report = self.record("inlined.c", "-O2", version=version)
                inlined = {name: row["inlined_calls"] for name, row in report.functions.items()}
                calls = report.calls
                for name in ("inner", "middle", "square", "is_wanted", "up", "down", "visit", "jump"):
                    self.assertEqual(inlined[name], calls[name], name)
                for name in ("main", "leaf", "outer", "squares", "find", "either", "around", "jumps"):
                    self.assertEqual(inlined[name], 0, name)

    def test_off(self):
        for version in CLANGS:
            with each(self, version=version):
                report = self.record("inlined.c", "-O2", "-fplugin-arg-profinst-inlined=off",
                                     version=version)
                calls = support.stated(program("inlined.c")).calls
                kept = ("main", "leaf", "outer", "squares", "find", "either", "around", "jumps")
                self.assertEqual(report.calls, {name: calls[name] for name in kept})

    def test_into_a_function_that_is_switched_off(self):
        calls = support.stated(program("inlined.c")).calls
        del calls["outer"]
        for version in CLANGS:
            for level in LEVELS:
                with each(self, version=version, level=level):
                    self.compile("app", INCLUDE, level, program("inlined.c"), version=version)
                    report = self.profile("app", environment={"PROFINST_FILTER": "exclude=outer"})
                    self.assertEqual(report.calls, calls)
                    self.assertEqual(report.edges["main", "middle"], 30)
                    self.assertEqual(report.edges["middle", "inner"], 24)

    def test_switched_off_itself(self):
        calls = support.stated(program("inlined.c")).calls
        del calls["middle"]
        for version in CLANGS:
            for level in LEVELS:
                with each(self, version=version, level=level):
                    self.compile("app", INCLUDE, level, program("inlined.c"), version=version)
                    report = self.profile("app", environment={"PROFINST_FILTER": "exclude=middle"})
                    self.assertEqual(report.calls, calls)
                    self.assertEqual(report.edges["outer", "inner"], 24)
                    self.assertEqual(report.edges["inner", "leaf"], 48)

    def test_instances_of_templates_are_switched_off_by_their_name(self):
        self.compile("app", INCLUDE, "-O0", program("inlined.cpp"))
        name = "_ZN12_GLOBAL__N_15twiceIiEET_S1_"
        for pattern in "(anonymous namespace)::twice<int>", "int (anonymous namespace)::twice*", name:
            with self.subTest(pattern=pattern):
                report = self.profile("app", environment={"PROFINST_FILTER": "exclude=" + pattern})
                self.assertNotIn(name, report.calls)
                self.assertIn("_ZN12_GLOBAL__N_14safeEi", report.calls)

    def test_forced_at_O0(self):
        (self.folder / "app.c").write_text(
            "__attribute__((always_inline)) static inline int one(int x) { return x + 1; }\n"
            "int main(void) { int x = 0; while (x < 50) x = one(x); return 0; }\n")
        for version in CLANGS:
            with self.subTest(version=version):
                self.compile("app", "-O0", "app.c", version=version)
                report = self.profile("app")
                self.assertEqual(report.calls, {"main": 1, "one": 50})
                self.assertEqual(report.functions["one"]["inlined_calls"], 50)
                self.assertEqual(dict(report.edges), {("main", "one"): 50})

    def test_tail_calls_need_no_stack(self):
        source = program("inlined_tail.c")
        for version in CLANGS:
            for level in ("-O2", "-O3", "-Os"):
                with each(self, version=version, level=level):
                    report = self.record("inlined_tail.c", level, version=version)
                    self.check_calls(report, source)

    def test_allocation_of_the_programs_own(self):
        sources = program("inlined_allocation.cpp"), program("inlined_allocation_own.cpp")
        truth = support.stated(*sources)
        for version in CLANGS:
            for level in LEVELS:
                with each(self, version=version, level=level):
                    self.compile("app", level, *sources, version=version)
                    report = self.profile("app")
                    self.assertEqual(report.calls, truth.calls)
                    for edge, calls in truth.edges.items():
                        self.assertEqual(report.edges[edge], calls, edge)

    def test_loops_without_end(self):
        self.check_levels("inlined_endless.c", self.check_calls)

    def test_loops_are_vectorized_all_the_same(self):
        (self.folder / "app.c").write_text(
            "static int square(int x) { return x * x; }\n"
            "int squares(const int *v, int n)\n"
            "{ int s = 0; for (int i = 0; i < n; i++) s += square(v[i]); return s; }\n")
        for version in CLANGS:
            with self.subTest(version=version):
                self.compile("app.ll", "-O2", "-S", "-emit-llvm", "app.c", version=version)
                self.assertRegex((self.folder / "app.ll").read_text(), r"mul .*<4 x i32>")


if __name__ == "__main__":
    support.main()

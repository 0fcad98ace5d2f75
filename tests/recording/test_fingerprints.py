"""Fingerprints of functions' code: what leaves them as they are, and what does not."""

import sqlite3

import raw
import support
from support import CLANGS, NEWEST, PROFINST, each

BASE = """
#include <stdio.h>
struct point { int x, y; };
static const int table[] = {1, 2, 3};
static int state = 5;
static int helper(int a) { return a * 3; }
static int another(int a) { return a * 3; }
int callee(int a) { return a + state; }
int subject(int a, unsigned b, struct point *p, double d)
{
    int sum = 0, text = 0;
    for (int i = 0; i < 10; i++)
        sum += helper(i) + table[i % 3];
    switch (a) {
    case 1: sum += 4; break;
    case 7: sum -= p->y; break;
    default: sum ^= (int)b; break;
    }
    if (sum > 3 && b / 2 > 1)
        text = printf("some text");
    return sum + text + callee(a) + (int)(d * 1.5);
}
int main(void)
{
    struct point p = {1, 2};
    return subject(2, 9, &p, 2.5) == 12345;
}
"""

# What is put in the place of what, and leaves the code of `subject` alone.
SAME = {
    "lines are shifted": ("static int state", "\n\n/* A remark. */\n\nstatic int state"),
    "remarks and line breaks within": ("int sum = 0, text = 0;", "int sum = 0, /* of all */\n\n text = 0;"),
    "variables have other names": ("int sum = 0, text = 0;", "#define sum total\n#define text words\n"
                                                             "int sum = 0, text = 0;"),
    "a loop's variable has another name": ("for (int i = 0; i < 10; i++)\n        sum += helper(i) + table[i % 3];",
                                           "for (int k = 0; k < 10; k++)\n        sum += helper(k) + table[k % 3];"),
    "parameters have other names": ("int subject(int a, unsigned b,", "#define a first\nint subject(int a, unsigned b,"),
    "a struct and its members have other names": ("struct point {", "#define point place\n#define y height\n"
                                                                    "struct point {"),
    "the table has another name": ("static const int table", "#define table numbers\nstatic const int table"),
    "a macro for a constant": ("for (int i = 0; i < 10; i++)", "#define LIMIT 10\n    for (int i = 0; i < LIMIT; i++)"),
    "other functions before, with texts": ("static const int table", 'void more(void) { printf("%s", "other text"); }\n'
                                                                     "static const int table"),
    "other functions behind": ("int main(void)", "static int behind(void) { return 5; }\nint (*kept)(void) = behind;\n"
                                                 "int main(void)"),
    "functions in another order": ("static int helper(int a) { return a * 3; }",
                                   "static int another(int a);\nstatic int helper(int a) { return a * 3; }"),
    "another function's code": ("return a + state;", "return a - state;"),
    "an inlined function's code": ("static int helper(int a) { return a * 3; }", "static int helper(int a) { return a * 5; }"),
    "the first value of a variable": ("state = 5", "state = 6"),
    "a member behind": ("int x, y; };", "int x, y, z; };"),
}

# What is put in the place of what, and is other code of `subject`.
OTHER = {
    "a constant": ("sum += 4", "sum += 5"),
    "an operator": ("sum ^= (int)b", "sum |= (int)b"),
    "a comparison": ("sum > 3", "sum >= 3"),
    "a callee": ("sum += helper(i)", "sum += another(i)"),
    "the name of a static function": ("static int helper(int a)", "#define helper renamed\nstatic int helper(int a)"),
    "a text": ('"some text"', '"some test"'),
    "a loop's bound": ("i < 10", "i < 11"),
    "a case": ("case 7", "case 8"),
    "a branch more": ("default: sum", "case 9: break;\n    default: sum"),
    "a layout that moves a member": ("int x, y; };", "int x, between, y; };"),
    "whether a number has a sign": ("unsigned b,", "int b,"),
    "a type's size": ("unsigned b,", "unsigned long b,"),
    "a constant with a point": ("d * 1.5", "d * 1.25"),
    "a float": ("double d)", "float d)"),
    "a table's content": ("{1, 2, 3}", "{1, 2, 4}"),
    "and for or": ("sum > 3 &&", "sum > 3 ||"),
    "a parameter more": ("double d)\n{", "double d, ...)\n{"),
    "a volatile": ("int sum = 0, text", "volatile int sum = 0; int text"),
}


class Case(support.Case):
    def fingerprints(self, text, *flags, version=NEWEST, suffix="c", runs=True):
        """Of the functions of a program, by linkage name."""
        for old in self.profiles():
            old.unlink()
        source = self.folder / f"app.{suffix}"
        source.write_text(text)
        self.compile("app", "-w", *flags, source, version=version)
        self.execute("app")
        choices = list(raw.Profile(*self.profiles()).choices())
        return {name: row["fingerprint"] for choice in choices for name, row in choice.functions.items()
                if row["selected"]}

    def changed(self, pair):
        before, after = pair
        self.assertEqual(BASE.count(before), 1, before)
        return BASE.replace(before, after)


class C(Case):
    def test_what_does_not_matter(self):
        for version in CLANGS:
            base = self.fingerprints(BASE, "-O2", version=version)["subject"]
            for what, pair in SAME.items():
                with each(self, what=what, version=version):
                    self.assertEqual(self.fingerprints(self.changed(pair), "-O2", version=version)["subject"], base)

    def test_what_matters(self):
        for version in CLANGS:
            seen = {self.fingerprints(BASE, "-O2", version=version)["subject"]: "nothing"}
            for what, pair in OTHER.items():
                with each(self, what=what, version=version):
                    one = self.fingerprints(self.changed(pair), "-O2", version=version)["subject"]
                    self.assertNotIn(one, seen)
                    seen[one] = what

    def test_the_same_with_any_flags_for_the_optimizer_or_the_debugger(self):
        for version in CLANGS:
            base = self.fingerprints(BASE, "-O2", version=version)
            self.assertEqual(len(set(base.values())), len(base))
            for flags in (["-O2"], ["-O1", "-g"], ["-O3", "-gline-tables-only"],
                          ["-O2", "-flto", support.lld(version)], ["-O2", "-flto=thin", support.lld(version)]):
                with each(self, version=version, flags=flags):
                    self.assertEqual(self.fingerprints(BASE, *flags, version=version), base)

    def test_without_optimization(self):
        """There clang does not say where variables of a loop end: the loop is other code, the rest is not."""
        for version in CLANGS:
            optimized = self.fingerprints(BASE, "-O1", version=version)
            plain = self.fingerprints(BASE, "-O0", version=version)
            self.assertEqual(self.fingerprints(BASE, "-O0", "-g", version=version), plain)
            self.assertEqual({name for name in plain if plain[name] != optimized[name]}, {"subject"})

    def test_another_name_of_the_function_itself(self):
        text = "static int %s(int n) { return n ? n * %s(n - 1) : 1; }\nint main(void) { return %s(3) != 6; }\n"
        one = self.fingerprints(text % (("before",) * 3))
        other = self.fingerprints(text % (("after",) * 3))
        self.assertEqual(one["before"], other["after"])
        self.assertNotEqual(one["main"], other["main"])

    def test_variables_that_functions_keep(self):
        """What is before them, and the names of all: literals and variables share the compiler's numbers."""
        text = """
#include <stdio.h>
%(before)s
int %(name)s(int a)
{
    static int n = 3;
    static const int kept[] = {%(kept)s};
    n += a;
    {
        static int n = 4;
        int *const both[] = {&n, &n, &n, &n};
        static int *const one[] = {&n};
        n += *both[a & 3] + *one[a & 0];
    }
    return n + kept[a & 1];
}
int main(void) { return %(name)s(1) < 0; }
"""
        plain = {"before": "", "name": "before", "kept": "1, 2"}
        before = """int more(void) { static int n; { static int n; n++; }
                                     { static int n; n++; } return printf("%s", "one") + n++; }"""
        for version in CLANGS:
            base = self.fingerprints(text % plain, "-O1", version=version)["before"]
            for change in ({"name": "after"}, {"before": before}, {"before": before, "name": "more_than_that"}):
                with each(self, change=change, version=version):
                    now = self.fingerprints(text % {**plain, **change}, "-O1", version=version)
                    self.assertEqual(now[change.get("name", "before")], base)
            with each(self, version=version):
                now = self.fingerprints(text % {**plain, "kept": "1, 3"}, "-O1", version=version)
                self.assertNotEqual(now["before"], base)

    def test_which_of_the_variables_that_a_function_keeps(self):
        text = ("int f(int a) { static %s n = 1; { static %s m = 2; %s += a; } return n; }\n"
                "int main(void) { return f(0) < 0; }\n")
        every = [self.fingerprints(text % kinds)["f"]
                 for kinds in (("int", "int", "n"), ("int", "int", "m"), ("short", "int", "n"), ("_Thread_local int", "int", "n"))]
        self.assertEqual(len(set(every)), len(every))
        self.assertEqual(self.fingerprints((text % ("int", "int", "m")).replace("static int m", "static int n")
                                           .replace("m += a", "n += a"))["f"], every[1])

    def test_registers_by_name(self):
        text = 'register unsigned long kept __asm__("%s");\nint f(void) { return kept == 1; }\nint main(void) { return f(); }\n'
        for version in CLANGS:
            with each(self, version=version):
                one, other = (self.fingerprints(text % name, version=version) for name in ("rsp", "rbp"))
                self.assertNotEqual(one["f"], other["f"])
                self.assertEqual(one["main"], other["main"])

    def test_advice_is_no_code(self):
        """Attributes and pragmas tell the optimizer how to compile, not what."""
        text = """
%(before)s int f(int *%(of)s a, int n)
{
    int sum = 0;
    %(loop)s
    for (int i = 0; i < n; i++)
        sum += a[i];
    return sum;
}
int main(void) { int a = 1; return f(&a, 0); }
"""
        plain = {"before": "", "of": "", "loop": ""}
        attributes = ("noinline", "always_inline", "hot", "cold", "pure", "minsize", "noinline, optnone", 'target("avx2")')
        changes = [{"before": f"__attribute__(({one}))"} for one in attributes]
        changes += [{"of": "__restrict"}, {"loop": "\n#pragma clang loop unroll_count(4)"}]
        for version in CLANGS:
            base = self.fingerprints(text % plain, "-O1", version=version)
            self.assertEqual(set(base), {"f", "main"})
            for change in changes:
                with each(self, change=change, version=version):
                    self.assertEqual(self.fingerprints(text % {**plain, **change}, "-O1", version=version), base)

    def test_functions_that_share_a_table_of_themselves(self):
        """Whichever the compiler comes to first."""
        head = ("static int f(int), g(int);\nstatic int (*const table[])(int) = {f, g};\n"
                "int main(void) { return f(3) + g(2); }\n")
        f = "static int f(int a) { return a ? table[a & 1](a - 1) : 0; }\n"
        g = "static int g(int a) { return a > 1 ? table[~a & 1](a - 2) : 0; }\n"
        self.assertEqual(self.fingerprints(head + f + g), self.fingerprints(head + g + f))
        self.assertEqual(self.fingerprints(head + f + g), self.fingerprints(f"static int f(int), g(int);\n{head}{g}{f}"))

    def test_lines_in_the_code(self):
        """What the preprocessor puts in is code."""
        text = "%sint line(void) { return __LINE__; }\nint main(void) { return line() < 0; }\n"
        one, other = self.fingerprints(text % ""), self.fingerprints(text % "\n")
        self.assertEqual(one["main"], other["main"])
        self.assertNotEqual(one["line"], other["line"])

    def test_results_that_callers_widen(self):
        text = "%s f(int a) { return a; }\nint main(void) { return f(1) != 1; }\n"
        every = [self.fingerprints(text % kind) for kind in ("short", "unsigned short", "char", "unsigned char")]
        self.assertEqual(len({one["f"] for one in every}), 4)
        self.assertEqual(len({one["main"] for one in every}), 4)

    def test_kinds_of_instructions(self):
        """Wide and long constants, atomics, labels, vectors, assembler code, structs by value."""
        text = """
#include <stdatomic.h>
typedef int four __attribute__((vector_size(16)));
struct large { char bytes[%(bytes)s]; };
__attribute__((noinline)) int wide(void) { __int128 a = (__int128)%(wide)s << 70 | 5; return (int)(a >> 64); }
long double real(void) { return %(real)s; }
int atomic(_Atomic int *p) { return atomic_fetch_add_explicit(p, 1, memory_order_%(order)s); }
int label(int a) { static const void *const to[] = {&&one, &&two}; goto *to[a & 1]; one: return 3; two: return 4; }
four mixed(four a, four b) { return __builtin_shufflevector(a, b, 0, %(lane)s, 1, 5); }
int assembler(int a) { __asm__ volatile("%(code)s" : "+r"(a)); return a; }
int by_value(struct large a) { return a.bytes[1]; }
int main(void)
{
    _Atomic int a = 0; four v = {1, 2, 3, 4}; struct large l = {{0}};
    return atomic(&a) + (label(0) != 3) + (wide() < 0) + (real() < 0) + (mixed(v, v)[0] != 1) + (assembler(0) < 0)
           + by_value(l);
}
"""
        plain = {"bytes": "100", "wide": "3", "real": "1.1L", "order": "relaxed", "lane": "4", "code": "nop"}
        of = {"bytes": "by_value", "wide": "wide", "real": "real", "order": "atomic", "lane": "mixed",
              "code": "assembler"}
        other = {"bytes": "101", "wide": "4", "real": "1.1L + 1e-19L", "order": "seq_cst", "lane": "6",
                 "code": "nop; nop"}
        for version in CLANGS:
            base = self.fingerprints(text % plain, "-O1", version=version)
            self.assertEqual(self.fingerprints(text % plain, "-O0", version=version), base)
            for key, function in of.items():
                with each(self, key=key, version=version):
                    now = self.fingerprints(text % {**plain, key: other[key]}, "-O1", version=version)
                    differ = {name for name in base if base[name] != now[name]} - {"main"}
                    self.assertEqual(differ, {function})

    def test_annotations_are_no_code(self):
        text = ('%sint f(int a) { __attribute__((annotate("note"))) int b = a; return __builtin_expect(b, 1); }\n'
                "int main(void) { return f(0); }\n")
        one = self.fingerprints(text % "", "-O0")
        self.assertEqual(self.fingerprints(text % "\n\n", "-O2"), one)

    def test_in_the_database(self):
        self.fingerprints(BASE, "-O2")
        noted = next(raw.Profile(*self.profiles()).choices()).functions
        self.command(PROFINST, "load", "--db", "app.db", *self.profiles())
        with sqlite3.connect(self.folder / "app.db") as database:
            rows = dict(database.execute("SELECT linkage_name, fingerprint FROM function_code"
                                         " JOIN function ON function.id = function_id"))
        self.assertEqual({name: number % 2 ** 64 for name, number in rows.items()},
                         {name: noted[name]["fingerprint"] for name in ("main", "subject", "helper", "callee")})


CPP = """
#include <vector>
struct base { virtual ~base() {} virtual int area() const { return 1; } };
struct square : base { int side; square(int s) : side(s) {} int area() const override { return side * side; } };
template <class T> T twice(T value) { return value + value; }
static int before() { auto f = [](int a) { return a + 7; }; return f(1); }
static int lambda() { auto f = [](int a) { return a * 3; }; return f(2); }
static int thrower(int a) { if (a > 5) throw a; return a; }
static int catcher(int a) { try { return thrower(a); } catch (int b) { return b + 1; } }
int main()
{
    square s(3);
    std::vector<int> v{1, 2};
    return s.area() + twice(2) + (int)twice(1.5) + lambda() + before() + catcher(9) + v[0] == 12345;
}
"""


class Cpp(Case):
    def functions(self, text, *flags, version=NEWEST):
        """Without lambdas, whose names have numbers."""
        every = self.fingerprints(text, *flags, version=version, suffix="cpp")
        return {name: one for name, one in every.items() if "$_" not in name}

    def test_classes_templates_and_exceptions(self):
        for version in CLANGS:
            base = self.functions(CPP, "-O2", version=version)
            for name in "main", "_ZN6squareC2Ei", "_Z5twiceIiET_S0_", "_ZL7catcheri":
                self.assertIn(name, base)
            for flags in ["-O1"], ["-O3", "-g"], ["-O2", "-flto=thin", support.lld(version)]:
                with each(self, version=version, flags=flags):
                    self.assertEqual(self.functions(CPP, *flags, version=version), base)
            for before, after, names in (
                    ("return a + 7; }; return f(1);", "return a + 7; }; auto g = [](int a) { return a; }; "
                     "return g(1) + f(1);", {"_ZL6beforev"}),
                    ("side(s)", "side(s + 1)", {"_ZN6squareC2Ei"}),
                    ("return value + value", "return value * value", {"_Z5twiceIiET_S0_", "_Z5twiceIdET_S0_"}),
                    ("return b + 1; }", "return b + 1; } catch (long) { return 2; }", {"_ZL7catcheri"}),
                    ("{ auto f = [](int a) { return a * 3", "{ auto f = [](int a) { return a * 4", set())):
                with each(self, before=before, version=version):
                    self.assertEqual(CPP.count(before), 1)
                    now = self.functions(CPP.replace(before, after), "-O2", version=version)
                    self.assertEqual({name for name in base if base[name] != now[name]}, names)

    def test_what_is_within_a_function(self):
        """Its names have the function's in them."""
        text = """
struct noisy { int a; noisy() : a(1) {} ~noisy() {} };
template <class T> int once(T value) { return value.one(); }
template <class T> int twice(T value) { return value.one() * 2; }
int %(name)s(int a)
{
    static int n = 3;
    static noisy later;
    struct own { int a; int one() { return a; } int other() { return a; } } b = {a};
    auto f = [](int c) { static int n; return c + n++; };
    auto g = [](int c) { return c; };
    if (a > 100)
        throw b;
    return %(lambda)s(a) + b.%(method)s() + %(template)s(b) + n++ + later.a + g(1) + f(1);
}
int main() { return %(name)s(1) < 0; }
"""
        plain = {"name": "f", "method": "one", "template": "once", "lambda": "f"}
        for version in CLANGS:
            base = self.functions(text % plain, "-O1", version=version)["_Z1fi"]
            with each(self, version=version):
                renamed = self.functions(text % {**plain, "name": "renamed"}, "-O1", version=version)
                self.assertEqual(renamed["_Z7renamedi"], base)
            for key, other in ("method", "other"), ("template", "twice"), ("lambda", "g"):
                with each(self, key=key, version=version):
                    now = self.functions(text % {**plain, key: other}, "-O1", version=version)
                    self.assertNotEqual(now["_Z1fi"], base)

    def test_templates_with_the_function_itself(self):
        text = """
int %(name)s(int a);
template <int (*F)(int)> int once(int a) { return a ? F(a - 1) : 1; }
template <int (*F)(int)> int twice(int a) { return a ? F(a - 1) * 2 : 1; }
int %(name)s(int a) { return %(template)s<%(name)s>(a); }
int main() { return %(name)s(1) < 0; }
"""
        for version in CLANGS:
            with each(self, version=version):
                one = self.functions(text % {"name": "f", "template": "once"}, version=version)
                two = self.functions(text % {"name": "renamed", "template": "once"}, version=version)
                three = self.functions(text % {"name": "f", "template": "twice"}, version=version)
                self.assertEqual(one["_Z1fi"], two["_Z7renamedi"])
                self.assertNotEqual(one["_Z1fi"], three["_Z1fi"])

    def test_how_many_lambdas_there_are_before(self):
        """The compiler numbers them, and puts the length of the number into names."""
        text = ("int more() { %s; return l(1); }\nint f(int a) { auto l = [](int a) { return a; }; return l(a); }\n"
                "int main() { return f(0) + more() == 5; }\n")
        one = "auto l%s = [](int a) { return a; }"
        many = "; ".join([one % ""] + [one % i for i in range(100)])
        for version in CLANGS:
            with each(self, version=version):
                few = self.functions(text % (one % ""), version=version)
                self.assertEqual(self.functions(text % many, version=version)["_Z1fi"], few["_Z1fi"])


if __name__ == "__main__":
    support.main()

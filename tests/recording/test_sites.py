"""Lines that made calls (programs/sites*): what the plugin notes of them, and what a database makes of it with the
calls that were counted."""

import pathlib
import re
import sqlite3

import raw
import support
from support import CLANGS, PROFINST, each, program

SITE = re.compile(r"site: (\S+) -> (\S+) (direct|pointer|through=\S+|THROUGH) (\d+)/(\d+)( exact)?")


def stated(*sources):
    """What the sources say of their lines."""
    return sorted((*match.group(1, 2), pathlib.Path(source).name, number, match[3], int(match[4]), int(match[5]),
                   bool(match[6]))
                  for source in sources
                  for number, line in enumerate(pathlib.Path(source).read_text().splitlines(), 1)
                  for match in SITE.finditer(line))


class Case(support.Case):
    def sites(self, *arguments, **options):
        """What the database says, in the same form; functions by linkage name."""
        for old in [*self.profiles(), *self.folder.glob("*.db")]:
            old.unlink()
        self.execute("app", *arguments, **options)
        self.command(PROFINST, "load", "--db", "app.db", *self.profiles())
        with sqlite3.connect(self.folder / "app.db") as database:
            rows = database.execute(
                "SELECT caller.linkage_name, callee.linkage_name, file, site.line, kind, through, calls, sites, exact"
                " FROM call_sites AS site JOIN function AS caller ON caller.id = caller_id"
                " JOIN function AS callee ON callee.id = callee_id").fetchall()
        return sorted((caller, callee, pathlib.Path(file).name, line, f"through={through}" if through else kind,
                       calls, sites, bool(exact))
                      for caller, callee, file, line, kind, through, calls, sites, exact in rows)

    def noted(self):
        """All sites in the profile, by unit."""
        return [choice.sites for choice in raw.Profile(*self.profiles()).choices()]


SOURCES = [program(name) for name in ("sites.c", "sites_2.c", "sites.h", "sites_inside.h")]


class C(Case):
    def compile_it(self, *flags, version=support.NEWEST):
        self.compile("app", *flags, program("sites.c"), program("sites_2.c"), version=version)

    def test_every_clang(self):
        for version in CLANGS:
            for level in "-O0", "-O2":
                with each(self, version=version, level=level):
                    self.compile_it("-g", level, version=version)
                    self.assertEqual(self.sites(), stated(*SOURCES))

    def test_line_tables_alone(self):
        self.compile_it("-gline-tables-only", "-O1")
        self.assertEqual(self.sites(), stated(*SOURCES))

    def test_link_time_optimization(self):
        self.compile_it("-g", "-O2", "-flto", support.lld(support.NEWEST))
        self.assertEqual(self.sites(), stated(*SOURCES))

    def test_without_debug_information(self):
        self.compile_it("-O1")
        self.assertEqual(self.sites(), [])
        self.assertEqual(self.noted(), [[], []])

    def test_a_unit_without_debug_information(self):
        """It does not tell of its own lines, nor whose address it takes."""
        for name, flags in ("sites", ["-g"]), ("sites_2", []):
            self.compile(f"{name}.o", "-c", "-O1", *flags, program(f"{name}.c"))
        self.compile("app", "sites.o", "sites_2.o", plugin=None)
        expected = [(caller, callee, file, line, kind, calls, lines,
                     exact and kind == "direct" and caller != "interrupted")
                    for caller, callee, file, line, kind, calls, lines, exact in stated(*SOURCES[:1], *SOURCES[2:])]
        # Of inline functions in both units there is the one that tells.
        self.assertEqual(self.sites(), expected)

    def test_switched_off(self):
        """What is switched off is as good as not measured: its calls are its caller's."""
        self.compile_it("-g", "-O1")
        rows = self.sites(environment={"PROFINST_FILTER": "exclude=once;exclude=tail"})
        self.assertEqual({(*row[:3], *row[4:]) for row in rows if row[0] == "main" and row[4] != "direct"},
                         {("main", callee, "sites.c", f"through={off}", 1, 2, False)
                          for callee in ("leaf", "by_pointer") for off in ("once", "tail")})
        self.assertNotIn(("main", "once"), [row[:2] for row in rows])
        self.assertNotIn("tail", [row[0] for row in rows])

    def test_what_is_noted(self):
        self.compile_it("-g", "-O1")
        self.sites()
        units = self.noted()
        for unit in units:
            self.assertEqual(len(unit), len(set(unit)))
        noted = [site for unit in units for site in unit]
        flags = {(caller, callee): flags for caller, callee, _, _, flags in noted}
        self.assertEqual(flags["main", "once"], raw.LOCAL)
        self.assertEqual(flags["once", "leaf"], 0)
        self.assertEqual(flags["calls_pointer", ""], raw.POINTER)
        self.assertEqual(flags["sorts", "qsort"], 0)
        self.assertEqual({(callee, flags) for _, callee, _, _, flags in noted if flags & raw.ELSEWHERE},
                         {("compare", raw.LOCAL | raw.ELSEWHERE), ("by_pointer", raw.ELSEWHERE),
                          ("both_ways", raw.ELSEWHERE), ("leaf", raw.ELSEWHERE | raw.HANDLER), ("helper", raw.LOCAL | raw.ELSEWHERE),
                          ("on_trap", raw.LOCAL | raw.ELSEWHERE | raw.HANDLER), ("elsewhere_itself", raw.ELSEWHERE)})

    def test_files_are_named_as_the_compiler_was_given_them(self):
        source = self.folder / "source"
        (source / "parts").mkdir(parents=True)
        (source / "app.c").write_text("void f(void) { *(volatile int *)&(int){0}; }\n"
                                      "int main(void)\n{\n#include \"parts/calls.h\"\n}\n")
        (source / "parts" / "calls.h").write_text("\nf();\n")

        def files(given, cwd):
            self.command(support.clang(support.NEWEST), f"-fplugin={support.PLUGIN}", "-g", given, "-o",
                         self.folder / "app", cwd=cwd)
            self.sites()
            with sqlite3.connect(self.folder / "app.db") as database:
                return [*database.execute("SELECT caller_file.path, file, call_sites.line FROM call_sites JOIN function"
                                          " ON function.id = caller_id JOIN source_file AS caller_file"
                                          " ON caller_file.id = source_file_id").fetchone()]

        other = self.folder / "build"
        other.mkdir()
        self.assertEqual(files("app.c", source), ["app.c", "./parts/calls.h", 2])
        self.assertEqual(files("source/app.c", self.folder), ["source/app.c", "source/parts/calls.h", 2])
        self.assertEqual(files("../source/app.c", other), ["../source/app.c", "../source/parts/calls.h", 2])
        whole = source / "app.c"
        for folder in source, self.folder, other:
            self.assertEqual(files(whole, folder), [str(whole), str(source / "parts" / "calls.h"), 2])

    def test_calls_out_of_the_build(self):
        """What the optimizer has put in place of a name is not taken for a call through a pointer."""
        (self.folder / "app.c").write_text(
            "#include <pthread.h>\n"
            "#include <stdio.h>\n"
            "static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;\n"
            "__attribute__((noinline)) static void f(int (*print)(const char *))\n{\n"
            "  pthread_mutex_lock(&lock);\n"
            "  print(\"pointer\");\n"
            "  printf(\"becomes puts\\n\");\n"
            "  printf(\"%d\\n\", 1);\n"
            "  pthread_mutex_unlock(&lock);\n"
            "}\n"
            "int main(void)\n{\n  f(puts);\n}\n")
        self.compile("app", "-g", "-O2", "-fplugin-arg-profinst-external=on", "app.c")
        self.assertEqual([(callee, *rest) for _, callee, _, *rest in self.sites()], [
            ("printf", 8, "direct", 1, 2, False), ("printf", 9, "direct", 1, 2, False),
            ("pthread_mutex_lock", 6, "direct", 1, 1, True), ("pthread_mutex_unlock", 10, "direct", 1, 1, True),
            ("f", 14, "direct", 1, 1, True)])


class Cpp(Case):
    SOURCE = program("sites.cpp")

    def test_every_clang(self):
        """Names that differ by version, of templates of the library and of the lambda, are left out."""
        def plain(rows):
            return sorted((*row[:1], "LAMBDA" if "main" in row[1] else row[1], *row[2:4],
                           "THROUGH" if "std::" in row[4] else row[4], *row[5:]) for row in rows)

        for version in CLANGS:
            for level in "-O0", "-O2":
                with each(self, version=version, level=level):
                    self.compile("app", "-g", "-std=c++17", level, self.SOURCE, version=version)
                    self.assertEqual(plain(self.sites()), sorted(stated(self.SOURCE)))


class Annotate(Case):
    """The listings of these programs, without times, which are never the same."""

    def annotate(self, *arguments):
        self.execute("app", environment={"PROFINST_TIMING": "counts"})
        return self.command(PROFINST, "annotate", *arguments).stdout

    def listing(self, source, first, last, figures):
        """Lines of a source; `figures` are those at the left, and what stands beneath, of some."""
        width = max(len(calls) for calls, _ in figures.values())
        width = max(width, len("calls"))
        digits = max(len("line"), len(str(last)))
        rows = [f"{'calls':>{width}}  {'line':>{digits}}  source"]
        for number, line in enumerate(source.read_text().splitlines(), 1):
            if first <= number <= last:
                calls, below = figures.get(number, ("", []))
                rows.append(f"{calls:>{width}}  {number:>{digits}}  {line}".rstrip())
                rows += [" " * (width + digits + 4 + len(line) - len(line.lstrip())) + text for text in below]
        return "\n".join(rows) + "\n"

    def place(self, source, text):
        """The number of the one line that holds the text."""
        number, = [at for at, line in enumerate(source.read_text().splitlines(), 1) if text in line]
        return number

    def test_c(self):
        source = program("sites.c")
        self.compile("app", "-g", "-O1", source, program("sites_2.c"))
        first = self.place(source, "static int calls_both(")
        last = self.place(source, "static int calls_two_pointers(") - 1
        self.assertEqual(self.annotate("calls_both"), f"calls_both, {source}:{first}\n\n" + self.listing(source, first, last, {
            first: ("1", []), first + 2: ("", ["→ both_ways at most ×3"])}))
        first = self.place(source, "static int sorts(")
        text = self.annotate("sites.c", "--context=0")
        self.assertTrue(text.startswith(f"{source}\n\ncalls  line  source\n"))
        self.assertIn("→ (qsort) compare ×1\n", text)
        self.assertIn("→ leaf ×8, one of 3 lines\n", text)
        self.assertIn("→ (pointer) by_pointer ×5\n", text)

    def test_cpp(self):
        source = program("sites.cpp")
        self.compile("app", "-g", "-O1", "-std=c++17", source)
        first = self.place(source, "NOINLINE static int on_heap()")
        last = self.place(source, "NOINLINE static bool is_less(") - 1
        self.assertEqual(self.annotate("on_heap"), f"on_heap(), {source}:{first}\n\n" + self.listing(source, first, last, {
            first: ("1", []), first + 2: ("", ["→ Derived::Derived(int) ×1"]),
            first + 3: ("", ["→ is_named(Derived const&) ×1", "→ is_virtual(Base const&) ×1"]),
            first + 4: ("", ["→ deletes(Base const*) ×1"])}))
        first = self.place(source, "NOINLINE static T twice(T value)")
        self.assertTrue(self.annotate("twice*").split("\n\n", 1)[1].startswith(
            f"calls  line  source\n       {first:>4}  template <class T> NOINLINE static T twice(T value)\n"
            "    1        = double twice<double>(double)\n    2        = int twice<int>(int)\n"))


if __name__ == "__main__":
    support.main()

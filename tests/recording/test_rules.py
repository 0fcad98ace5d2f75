"""By which rules functions are selected: attributes, arguments, files. What the plugin decided, and
why, is read from the record that it puts into the module."""

import re
import zlib

import raw
import support
from support import CLANGS

HEADERS = support.PROGRAMS.parents[2] / "runtime"

PROGRAM = """\
#include <profinst.h>

namespace {
int hidden(int x) { return x; }
}

namespace shapes {
template <class T> T area(T x) { return x * x; }
struct Square {
  Square() {}
  int side(int x) const { return hidden(x); }
  int operator[](int x) const { return x; }
};
}

static int loops(int n)
{
  while (n > 0)
    n /= 2;
  return n;
}

extern "C" int plain(int x) { return loops(x); }

int made = plain(1);

int main()
{
  auto lambda = [](int x) { return x; };
  shapes::Square square;
  return lambda(0) + square.side(0) + square[0] + shapes::area(0) + (int)shapes::area(0L) + plain(0);
}
"""

NAMES = {
    "_ZN12_GLOBAL__N_16hiddenEi": "hidden",
    "_ZN6shapes4areaIiEET_S1_": "area int",
    "_ZN6shapes4areaIlEET_S1_": "area long",
    "_ZN6shapes6SquareC2Ev": "Square",
    "_ZNK6shapes6Square4sideEi": "side",
    "_ZNK6shapes6SquareixEi": "index",
    "_ZL5loopsi": "loops",
    "_ZZ4mainENK3$_0clEi": "lambda",
    "plain": "plain",
    "main": "main",
}
ALL = set(NAMES.values())


def language_of(source):
    return "c" if str(source).endswith((".c", ".i")) else "c++"


def unescape(text):
    return re.sub(rb"\\(\\|[0-9A-F]{2})",
                  lambda match: match[1] if match[1] == b"\\" else bytes([int(match[1], 16)]), text.encode())


class Case(support.Case):
    def flags(self, arguments):
        return [f"-fplugin-arg-profinst-{argument}" for argument in arguments]

    def choose(self, *arguments, source="app.cpp", version=support.NEWEST, flags=(), environment=None):
        """Compiles with arguments for the plugin and returns the record."""
        result = self.command(
            support.clang(version, language_of(source)), f"-fplugin={support.PLUGIN}",
            f"-I{HEADERS}", "-S", "-emit-llvm", *flags, *self.flags(arguments), source, "-o", "app.ll",
            environment=environment or {})
        self.assertEqual(result.stderr, "")
        return self.record("app.ll")

    def record(self, module):
        """The one string in the module that is compressed."""
        text = (self.folder / module).read_text()
        packed, = re.findall(r'c"(x\\9C[^"]*)"', text)
        self.text = text
        return raw.Choice(zlib.decompress(unescape(packed)))

    def refused(self, *arguments, source="app.cpp", version=support.NEWEST, environment=None):
        """Compiles in vain, and returns what the plugin said."""
        result = self.command(
            support.clang(version, support.language_of(source)), f"-fplugin={support.PLUGIN}",
            f"-I{HEADERS}", "-c", *self.flags(arguments), source, "-o", "app.o", code=1,
            environment=environment or {})
        said = re.findall(r"^error: profinst: (.*)$", result.stderr, re.M)
        self.assertEqual(len(said), 1, result.stderr)
        return said[0]

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return name


class Arguments(Case):
    def setUp(self):
        super().setUp()
        self.write("app.cpp", PROGRAM)

    def chosen(self, *arguments, **options):
        return {NAMES[name] for name in self.choose(*arguments, **options).chosen}

    def check(self, arguments, expected, **options):
        for version in CLANGS:
            with self.subTest(arguments=arguments, version=version):
                self.assertEqual(self.chosen(*arguments, version=version, **options), expected)

    def test_default(self):
        for version in CLANGS:
            for level in "-O0", "-O2":
                with self.subTest(version=version, level=level):
                    choice = self.choose(version=version, flags=[level])
                    self.assertEqual(choice.reasons, {
                        **dict.fromkeys(NAMES, "default"),
                        "__cxx_global_var_init": "not defined in the program's own sources",
                        "_GLOBAL__sub_I_app.cpp": "not defined in the program's own sources"})
                    self.assertEqual(choice.chosen, set(NAMES))
                    self.assertEqual(choice.given, {})
                    row = choice.functions["plain"]
                    self.assertEqual((row["file"], row["line"]), ("app.cpp", 23))

    def test_selected_functions_are_marked(self):
        for version in CLANGS:
            with self.subTest(version=version):
                self.choose("exclude=plain", version=version, flags=["-O0"])
                groups = set(re.findall(r'^attributes (#\d+) = .*"profinst-selected"', self.text, re.M))
                marked = {name.strip('"') for name, group in re.findall(
                    r'^define [^@]*@("[^"]*"|[^(]*).*?(#\d+)', self.text, re.M) if group in groups}
                self.assertEqual({NAMES.get(name) for name in marked}, ALL - {"plain"})

    def test_names(self):
        """A glob is for all of a linkage name, of a demangled one, or of one without parameters."""
        for pattern, names in (
                ("plain", {"plain"}),
                ("plai", set()),
                ("plain(int)", set()),
                ("_ZL5loopsi", {"loops"}),
                ("loops", {"loops"}),
                ("loops(int)", {"loops"}),
                ("*::hidden", {"hidden"}),
                ("(anonymous namespace)::*", {"hidden"}),
                ("shapes::*", {"Square", "side", "index", "area int", "area long"}),
                ("shapes::area<*>", {"area int", "area long"}),
                ("int shapes::area<*", {"area int"}),
                ("shapes::Square::*", {"Square", "side", "index"}),
                ("shapes::Square::side(int) const", {"side"}),
                ("shapes::Square::operator\\[]", {"index"}),
                ("shapes::Square::operator[[]]", {"index"}),
                ("main::*", {"lambda"}),
                ("main::$_?::operator()(int) const", {"lambda"}),
                ("m??n", {"main"}),
                ("[a-l]*s", {"loops"})):
            self.check([f"exclude={pattern}"], ALL - names)

    def test_expressions(self):
        """A regular expression is found anywhere."""
        for pattern, names in (("area", {"area int", "area long"}), ("^plain$", {"plain"}),
                               ("^(loops|hidden)", {"loops"}), ("lai", {"plain"}),
                               ("::operator[^(]", {"index"})):
            self.check([f"exclude=re:{pattern}"], ALL - names)

    def test_order(self):
        """The last that fits decides."""
        self.check(["exclude=*", "include=shapes::*", "exclude=*area*"], {"Square", "side", "index"})
        self.check(["include=shapes::*", "exclude=*area*", "exclude=*"], set())
        self.check(["exclude=*", "include=*"], ALL)

    def test_size(self):
        """In instructions before any optimization; a loop keeps a function, if it is to."""
        for version in CLANGS:
            with self.subTest(version=version):
                sizes = {NAMES.get(name): row["size"]
                         for name, row in self.choose(version=version).functions.items()}
                self.assertEqual(sizes["hidden"], 4)
                large = {name for name, size in sizes.items() if size >= 12 and name}
                self.assertNotIn("plain", large)
                self.assertIn("main", large)
                self.assertIn("loops", large)
                self.assertEqual(self.chosen("min-size=12", version=version), large)
                self.assertEqual(self.chosen("min-size=1000", version=version), {"loops"})
                self.assertEqual(self.chosen("min-size=1000", "loops=keep", version=version), {"loops"})
                self.assertEqual(self.chosen("loops=ignore", "min-size=1000", version=version), set())
                self.assertEqual(self.chosen("min-size=1000", "include=plain", version=version),
                                 {"loops", "plain"})
                self.assertEqual(self.chosen("min-size=0", version=version), ALL)

    def test_size_counts_neither_notes_nor_levels(self):
        for version in CLANGS:
            sizes = [{name: row["size"] for name, row in
                      self.choose(version=version, flags=flags).functions.items() if name in
                      ("plain", "_ZL5loopsi", "_ZN12_GLOBAL__N_16hiddenEi")}
                     for flags in (["-O0"], ["-O0", "-g"], ["-O2", "-g"])]
            with self.subTest(version=version):
                self.assertEqual(sizes[0], sizes[1])
                self.assertEqual(sizes[0], sizes[2])

    def test_list(self):
        """Names in it are no patterns."""
        self.write("list", "# what matters\n\n  plain  \nshapes::Square::operator[]\r\n*\n"
                           "int shapes::area<int>(int)\n")
        self.check(["only=list"], {"plain", "index", "area int"})
        self.check(["only=list", "include=main", "exclude=plain"], {"main", "index", "area int"})
        self.check(["include=main", "only=list"], {"plain", "index", "area int"})
        self.write("list", "")
        self.check(["only=list"], set())

    def test_environment(self):
        """Its arguments are words as in a shell, and come after those of the command line."""
        self.check(["exclude=plain"], ALL - {"plain", "main", "loops"},
                   environment={"PROFINST_PLUGIN_ARGS": "exclude=main 'exclude=loops(int)'"})
        self.check(["exclude=*"], {"index", "plain"}, environment={
            "PROFINST_PLUGIN_ARGS": "\"include=shapes::Square::operator\\\\[]\" include=p\\lain"})
        self.check([], ALL, environment={"PROFINST_PLUGIN_ARGS": ""})

    def test_record(self):
        self.write("filter", "# leave out\nfun:plain\nfun:nothing\n")
        for version in CLANGS:
            with self.subTest(version=version):
                choice = self.choose("exclude=shapes::*", "filter=filter", "include=re:nowhere",
                                     version=version, flags=["-O1"],
                                     environment={"PROFINST_PLUGIN_ARGS": "include=shapes::Square::*"})
                self.assertEqual(choice.given, {
                    ("exclude=shapes::*", "command line"): 5,
                    ("fun:plain", "filter:2"): 1,
                    ("fun:nothing", "filter:3"): 0,
                    ("include=re:nowhere", "command line"): 0,
                    ("include=shapes::Square::*", "PROFINST_PLUGIN_ARGS"): 3,
                })
                reasons = {NAMES[name]: rule for name, rule in choice.reasons.items() if name in NAMES}
                self.assertEqual(reasons, {
                    **dict.fromkeys(ALL, "default"),
                    **dict.fromkeys(["Square", "side", "index"], "include=shapes::Square::*"),
                    **dict.fromkeys(["area int", "area long"], "exclude=shapes::*"),
                    "plain": "fun:plain",
                })

    def test_inlined_and_external_are_no_rules(self):
        for arguments in (["inlined=count"], ["inlined=off"], ["external=on"], ["external=off"],
                          ["external=m*", "external=re:^read"]):
            self.check(arguments, ALL)


class Files(Case):
    def setUp(self):
        super().setUp()
        self.write("a/third_party/b.h", "static int from_b(int x) { return x; }\n")
        self.write("src/lua_x.c", "#include \"../a/third_party/b.h\"\n"
                                  "static int same(int x) { return from_b(x); }\n"
                                  "int x(int y) { return same(y); }\n")
        self.write("src/other.c", "static int same(int x) { return x; }\n"
                                  "int other(int y) { return same(y); }\n")

    def check(self, arguments, expected, source="src/lua_x.c"):
        for version in CLANGS:
            with self.subTest(arguments=arguments, version=version):
                self.assertEqual(self.choose(*arguments, source=source, version=version).chosen, expected)

    def test_whole_path_or_rest(self):
        for pattern, left in (
                ("src/lua_x.c", {"from_b"}), ("lua_*.c", {"from_b"}), ("./src/*", set()),
                ("*/lua_x.c", {"from_b"}), ("rc/lua_x.c", {"x", "same", "from_b"}),
                ("third_party/*", {"x", "same"}), ("src/../a/third_party/b.h", {"x", "same"}),
                ("re:^third_party/", {"x", "same"}), ("re:lua", {"from_b"}),
                ("src", {"x", "same", "from_b"})):
            self.check([f"exclude-file={pattern}"], left)

    def test_order_with_functions(self):
        self.check(["exclude-file=*", "include=same"], {"same"})
        self.check(["include=same", "exclude-file=*"], set())
        self.check(["exclude=*", "include-file=lua_x.c"], {"x", "same"})

    def test_static_functions_of_one_name(self):
        """Each is in its own file."""
        arguments = ["exclude-file=lua_x.c"]
        self.check(arguments, {"from_b"})
        self.check(arguments, {"same", "other"}, source="src/other.c")

    def test_absolute_path(self):
        path = self.folder / "src/other.c"
        for pattern in path, "other.c", "src/*.c", "*/src/*":
            self.check([f"exclude-file={pattern}"], set(), source=path)

    def test_line_directives(self):
        self.write("made.c", "#line 7 \"grammar.y\"\nint parse(void) { return 0; }\n"
                             "#line 1 \"made.c\"\nint made(void) { return 0; }\n")
        self.check(["exclude-file=*.y"], {"made"}, source="made.c")


class SystemHeaders(Case):
    def test_patterns_choose_among_what_is_looked_into(self):
        self.write("system/header.h", "static int inside(int x) { return x; }\n")
        self.write("app.c", "#include <header.h>\nint main(void) { return inside(0); }\n")
        for version in CLANGS:
            foreign = "not defined in the program's own sources"
            for arguments, chosen, reason in (
                    ([], {"main"}, foreign),
                    (["include=inside"], {"main"}, foreign),
                    (["system-headers=on"], {"main", "inside"}, "default"),
                    (["system-headers=on", "exclude-file=system/*"], {"main"}, "exclude-file=system/*"),
                    (["system-headers=on", "system-headers=off"], {"main"}, foreign)):
                with self.subTest(version=version, arguments=arguments):
                    choice = self.choose(*arguments, source="app.c", version=version,
                                         flags=["-isystem", "system"])
                    self.assertEqual(choice.chosen, chosen)
                    self.assertEqual(set(choice.functions), {"main", "inside"})
                    self.assertEqual(choice.reasons["inside"], reason)


class Attributes(Case):
    """They are stronger than rules, and what says never is stronger than what says always."""

    TEXT = """\
#include <profinst.h>
PROFINST_NEVER int declared(int x);
int declared(int x) { return x; }
int declared_later(int x) { return x; }
int trailing(int x) PROFINST_NEVER;
int trailing(int x) { return x; }
PROFINST_ALWAYS int always(int x);
PROFINST_ALWAYS PROFINST_NEVER int both(int x);
int always(int x) { return x; }
int both(int x) { return x; }
__attribute__((no_instrument_function)) int no_instrument(int x) { return x; }
__attribute__((xray_never_instrument)) int xray_never(int x) { return x; }
__attribute__((xray_always_instrument)) int xray_always(int x) { return x; }
__attribute__((no_instrument_function)) PROFINST_ALWAYS int split(int x);
int split(int x) { return x; }
PROFINST_NAME("the lexer") int lex_3(int x) { return x; }
int neither(int x) { return x; }
__attribute__((unused)) PROFINST_NEVER static int unused(int x) { return x; }
"""
    MORE = """\
struct Member {
  PROFINST_NEVER Member() {}
  PROFINST_ALWAYS virtual ~Member();
  PROFINST_NEVER int in(int x) { return x; }
  PROFINST_NEVER static int out(int x);
  PROFINST_NEVER virtual int virt(int x) { return x; }
  template <class T> PROFINST_NEVER T templ(T x) { return x; }
};
Member::~Member() {}
int Member::out(int x) { return x; }
template <class T> PROFINST_NEVER T first(T x);
template <class T> T first(T x) { return x; }
template <> int first(int x) { return x; }
template <class T> struct Class { PROFINST_NEVER T method(T x); };
template <class T> T Class<T>::method(T x) { return x; }
struct Derived : Member { int virt(int x) override { return x; } };
int main()
{
  auto never = [](int x) PROFINST_NEVER { return x; };
  auto generic = [](auto x, int) PROFINST_NEVER { return x; };
  Derived derived;
  return never(0) + static_cast<int>(generic(0L, 0)) + derived.in(0) + Member::out(0) + derived.virt(0) + derived.templ(0) +
         first(0) + first('a') + Class<int>().method(0);
}
"""
    NEVER, ALWAYS = "PROFINST_NEVER", "PROFINST_ALWAYS"
    EXPECTED = {
        "declared": NEVER, "trailing": NEVER, "both": NEVER, "always": ALWAYS,
        "no_instrument": "attribute no_instrument_function", "split": "attribute no_instrument_function",
        "xray_never": "attribute xray_never_instrument",
        "xray_always": "attribute xray_always_instrument",
    }
    OTHERS = {"declared_later", "lex_3", "neither"}
    MORE_EXPECTED = {
        "_ZN6MemberC2Ev": NEVER, "_ZN6MemberD2Ev": ALWAYS, "_ZN6Member2inEi": NEVER,
        "_ZN6Member3outEi": NEVER, "_ZN6Member4virtEi": NEVER, "_ZN6Member5templIiEET_S1_": NEVER,
        "_Z5firstIcET_S0_": NEVER, "_Z5firstIiET_S0_": NEVER, "_ZN5ClassIiE6methodEi": NEVER,
        "_ZZ4mainENK3$_0clEi": NEVER, "_ZZ4mainENK3$_1clIlEEDaT_i": NEVER,
    }
    MORE_OTHERS = {"main", "_ZN7Derived4virtEi", "_ZN7DerivedC2Ev"}
    # What may be an alias of another, and what only calls the one with the body.
    WRAPPERS = {"_ZN7DerivedD2Ev", "_ZN6MemberD1Ev", "_ZN6MemberD0Ev", "_ZN7DerivedD0Ev", "_ZN7DerivedC1Ev",
                "_ZN7DerivedD1Ev"}

    def reasons(self, source, arguments=("exclude=*",), **options):
        """The rules that decided; the number in a lambda's name is the compiler's matter."""
        reasons = {}
        for name, rule in self.choose(*arguments, source=source, **options).reasons.items():
            if name not in self.WRAPPERS:
                reasons[re.sub(r"\$_\d", "$", name)] = rule
        return reasons

    def expected(self, cpp, other):
        def name(plain):
            return f"_Z{len(plain)}{plain}i" if cpp else plain
        expected = {name(plain): rule for plain, rule in self.EXPECTED.items()}
        expected |= {name(plain): other for plain in self.OTHERS}
        if cpp:
            expected |= self.MORE_EXPECTED | dict.fromkeys(self.MORE_OTHERS, other)
        return {re.sub(r"\$_\d", "$", name): rule for name, rule in expected.items()}

    def sources(self):
        return self.write("app.c", self.TEXT), self.write("app.cpp", self.TEXT + self.MORE)

    def test_what_they_decide(self):
        for source in self.sources():
            for version in CLANGS:
                for level in "-O0", "-O2":
                    for arguments, other in ((["exclude=*"], "exclude=*"), (["include=*"], "include=*"),
                                             ([], "default")):
                        with self.subTest(source=source, version=version, level=level, other=other):
                            self.assertEqual(self.reasons(source, arguments, version=version, flags=[level]),
                                             self.expected(source == "app.cpp", other))

    def test_preprocessed(self):
        """As caches and distributed builds have it."""
        for source in self.sources():
            for version in CLANGS:
                for flags, made in (([], source.replace(".cpp", ".ii").replace(".c", ".i")),
                                    (["-frewrite-includes"], f"again_{source}")):
                    with self.subTest(source=source, version=version, flags=flags):
                        self.command(support.clang(version, support.language_of(source)), f"-I{HEADERS}",
                                     "-E", *flags, source, "-o", made)
                        self.assertEqual(
                            self.reasons(made, version=version, flags=["-Wno-unused-command-line-argument"]),
                            self.expected(source == "app.cpp", "exclude=*"))

    def test_saved_temporaries(self):
        source = self.sources()[1]
        for version in CLANGS:
            with self.subTest(version=version):
                compiler = support.clang(version, "c++")
                self.command(compiler, f"-fplugin={support.PLUGIN}", f"-I{HEADERS}", "-save-temps", "-c",
                             *self.flags(["exclude=*"]), source, "-o", "saved.o")
                self.command(compiler, "-S", "-emit-llvm", "app.bc", "-o", "app.ll")
                reasons = self.record("app.ll").reasons
                self.assertEqual(reasons["_Z6alwaysi"], "PROFINST_ALWAYS")
                self.assertEqual(reasons["_Z8declaredi"], "PROFINST_NEVER")

    def test_name_is_one_of_the_function_s(self):
        for source in self.sources():
            for version in CLANGS:
                for pattern in "the lexer", "re:^the ":
                    with self.subTest(source=source, version=version, pattern=pattern):
                        choice = self.choose(f"exclude={pattern}", source=source, version=version)
                        self.assertEqual(choice.given, {(f"exclude={pattern}", "command line"): 1})

    def test_name_is_shown(self):
        self.write("app.c", "#include <profinst.h>\n"
                            "PROFINST_NAME(\"the \\\"lexer\\\"\") int lex_3(void) { return 0; }\n"
                            "int main(void) { return lex_3(); }\n")
        for version in CLANGS:
            with self.subTest(version=version):
                self.compile("app", f"-I{HEADERS}", "-O0", "app.c", version=version)
                report = self.profile("app")
                self.assertEqual(report.functions["lex_3"]["function"], "the \"lexer\"")
                self.assertEqual(report.calls, {"lex_3": 1, "main": 1})

    def test_nothing_is_left_behind(self):
        """Without the plugin, objects are what they are without the attributes."""
        lines = (HEADERS / "profinst.h").read_text().count("\n")
        empty = "#define PROFINST_ALWAYS\n#define PROFINST_NEVER\n#define PROFINST_NAME(name)\n"
        self.write("without/profinst.h", empty + "\n" * (lines - 3))
        warnings = ["-Weverything", "-pedantic", "-Werror", "-Wno-missing-prototypes", "-Wno-c++98-compat",
                    "-Wno-c++98-compat-pedantic", "-Wno-padded", "-Wno-weak-vtables",
                    "-Wno-missing-variable-declarations", "-Wno-deprecated"]
        for source in self.sources():
            standard = "-std=c99" if source == "app.c" else "-std=c++14"
            for version in CLANGS:
                for level in ["-O0"], ["-O2", "-g"]:
                    with self.subTest(source=source, version=version, level=level):
                        for output, headers in ("with.o", HEADERS), ("without.o", "without"):
                            self.compile(output, standard, *warnings, *level, f"-I{headers}", "-c",
                                         source, version=version, plugin=None)
                        self.assertEqual((self.folder / "with.o").read_bytes(),
                                         (self.folder / "without.o").read_bytes())

    def test_gcc(self):
        for source in self.sources():
            text = (self.folder / source).read_text()
            self.write(source, re.sub(r"__attribute__\(\(xray_\w+\)\) ", "", text))
            self.command(support.tool("gcc" if source == "app.c" else "g++"), "-Wall", "-Wextra", "-pedantic",
                         "-Werror", f"-I{HEADERS}", "-c", source, "-o", "app.o")


class CannotBeHooked(Case):
    def test_reasons(self):
        self.write("app.c", "#include <profinst.h>\n"
                            "PROFINST_ALWAYS __attribute__((naked)) void bare(void) { __asm__(\"ret\"); }\n"
                            "static int one(void) { return 1; }\n"
                            "static int (*resolve(void))(void) { return one; }\n"
                            "int chosen(void) __attribute__((ifunc(\"resolve\")));\n"
                            "struct frame;\n"
                            "__attribute__((interrupt, target(\"general-regs-only\")))\n"
                            "void handler(struct frame *frame) { (void)frame; }\n"
                            "int main(void) { return chosen(); }\n")
        for version in CLANGS:
            with self.subTest(version=version):
                choice = self.choose("include=*", source="app.c", version=version)
                self.assertEqual(choice.reasons, {
                    "bare": "cannot be hooked: naked",
                    "resolve": "cannot be hooked: resolver of an ifunc",
                    "handler": "cannot be hooked: interrupt handler",
                    "one": "include=*", "main": "include=*"})
                self.assertEqual(choice.given, {("include=*", "command line"): 5})


class Filters(Case):
    def setUp(self):
        super().setUp()
        self.write("app.cpp", PROGRAM)

    def check(self, filter_text, left_out, before=()):
        self.write("filter", filter_text)
        for version in CLANGS:
            with self.subTest(filter=filter_text, version=version):
                chosen = self.choose(*before, "filter=filter", version=version).chosen
                self.assertEqual({NAMES[name] for name in chosen}, ALL - left_out)

    def test_special_cases(self):
        self.check("# comment\n\nfun:plain\n  fun:_ZN6shapes6Square*  \r\n!fun:*Square*C2*\n",
                   {"plain"})
        self.check("fun:_ZNK6shapes*\nfun:loops\n", {"side", "index", "loops"})
        self.check("src:app.cpp\n!fun:main\n", ALL - {"main"})
        self.check("src:*/app.cpp\n", ALL)
        self.check("mainfile:app.cpp\n!src:app.cpp\n", set())
        self.check("mainfile:other.cpp\ntype:*\nglobal:*\n", set())
        self.check("!fun:plain\n", ALL - {"plain"}, before=["exclude=*"])

    def test_globs_and_expressions(self):
        """Lists are of globs with braces now, and were of expressions before."""
        self.check("fun:{plain,loo?s,m[!b]in}\n", {"plain", "loops", "main"})
        self.check("fun:shapes::{area<*>,Square::side}\n", {"area int", "area long", "side"})
        self.check("fun:p[l-m]ain\nfun:lo\\ops\nfun:_ZN6shapes4area{Ii,Il}*\n",
                   {"plain", "loops", "area int", "area long"})
        self.check("#!special-case-list-v1\nfun:(plain|_ZL5.*)\nfun:_ZN6*Ii*\n",
                   {"plain", "loops", "area int"})
        self.check("#!special-case-list-v2\nfun:(plain|loops)\n", set())

    def test_sections(self):
        """Those count that are meant for profinst as well."""
        self.check("fun:plain\n[address]\nfun:main\n[*]\nfun:loops\n[{thread,profinst}]\nfun:_ZN6*\n"
                   "[cfi-*]\nfun:*\nother:x\n[profinst]\n!fun:plain\n",
                   {"loops", "area int", "area long", "Square"})
        self.check("#!special-case-list-v1\n[address|profinst]\nfun:main\n[memory|thread]\nfun:*\n",
                   {"main"})

    def test_categories(self):
        """What says how a tool treats a function that it instruments says nothing here."""
        self.check("fun:plain=uninstrumented\nfun:main=functional\nfun:loops=skip\nfun:_ZN6*=init\n"
                   "fun:_ZNK6*=forbid\nfun:_ZNK6*sideEi=allow\n", {"plain", "loops", "index"})
        self.check("fun:operator==\nfun:*operator=*\n", set())

    def test_score_p(self):
        self.check("# comment\nSCOREP_REGION_NAMES_BEGIN # regions\n  EXCLUDE plain lo?ps # two\n"
                   "    main\n  INCLUDE\n    l* \n  EXCLUDE MANGLED _ZN6* loops\n  INCLUDE\n"
                   "    shapes::Square::*\nSCOREP_REGION_NAMES_END\n",
                   {"plain", "main", "area int", "area long"})
        self.check("SCOREP_REGION_NAMES_BEGIN\nEXCLUDE\nint\\ shapes::area<int>(int)\n"
                   "shapes::Square::operator\\[]\nSCOREP_REGION_NAMES_END\n", {"area int", "index"})
        self.check("SCOREP_FILE_NAMES_BEGIN\nEXCLUDE */app*\nSCOREP_FILE_NAMES_END\n"
                   "SCOREP_REGION_NAMES_BEGIN\nINCLUDE main\nSCOREP_REGION_NAMES_END\n", ALL - {"main"})
        self.check("SCOREP_FILE_NAMES_BEGIN EXCLUDE * INCLUDE app.cpp SCOREP_FILE_NAMES_END", set())
        self.check("SCOREP_REGION_NAMES_BEGIN\nSCOREP_REGION_NAMES_END\n", set())

    def test_nothing_in_it(self):
        for text in "", "\n", "# nothing\n", "[profinst]":
            self.check(text, set())

    def test_where_rules_stand(self):
        """The record knows each by file and line."""
        self.write("filters/cases", "\n!fun:plain\nsrc:other.c\n")
        self.write("score-p", "SCOREP_REGION_NAMES_BEGIN\n EXCLUDE one MANGLED\n plain\n INCLUDE MANGLED two\n"
                              "SCOREP_REGION_NAMES_END\n")
        choice = self.choose("filter=filters/cases", "filter=score-p")
        self.assertEqual(choice.given, {
            ("!fun:plain", "filters/cases:2"): 1, ("src:other.c", "filters/cases:3"): 0,
            ("EXCLUDE one", "score-p:2"): 0, ("EXCLUDE MANGLED", "score-p:2"): 0,
            ("EXCLUDE plain", "score-p:3"): 1, ("INCLUDE MANGLED two", "score-p:4"): 0})

    def test_huge_file(self):
        """Of a long list the record has what fits."""
        with open(self.folder / "filter", "w") as out:
            for number in range(1000000):
                out.write(f"fun:_ZN4some{number}thingEv\n")
                if number == 500000:
                    out.write("fun:plain\nfun:re*\n")
        for version in CLANGS:
            with self.subTest(version=version):
                choice = self.choose("filter=filter", version=version)
                self.assertEqual(choice.given, {("fun:plain", "filter:500002"): 1})
                self.assertEqual({NAMES[name] for name in choice.chosen}, ALL - {"plain"})
        with open(self.folder / "filter", "w") as out:
            out.write("fun:nothing\n" * 1000)
        self.assertEqual(len(self.choose("filter=filter").rules), 1000 + 2)
        with open(self.folder / "filter", "a") as out:
            out.write("fun:nothing\n")
        self.assertEqual(len(self.choose("filter=filter").rules), 2)

    def test_one_function_by_many_rules(self):
        """Also those that say the same."""
        self.write("filter", "fun:plain\n!fun:plain\nfun:plain\n")
        choice = self.choose("filter=filter", "include=plain")
        self.assertEqual(choice.reasons["plain"], "include=plain")
        self.assertEqual(list(choice.given.values()), [1, 1, 1, 1])


NO_COLOUR = ("there is no argument 'colour', but there are include=PATTERN, exclude=PATTERN, "
             "include-file=PATTERN, exclude-file=PATTERN, min-size=NUMBER, loops=keep|ignore, "
             "system-headers=on|off, only=FILE, filter=FILE, inlined=count|off, "
             "timing=exact|auto|counts|off, external=on|off|PATTERN")


class BadInput(Case):
    def setUp(self):
        super().setUp()
        self.write("app.cpp", "int main() { return 0; }\n")
        self.compile("object", "-c", "app.cpp", plugin=None)

    def test_arguments(self):
        for argument, said in (
                ("colour=on", NO_COLOUR),
                ("x", NO_COLOUR.replace("colour", "x")),
                ("inclde=x", "there is no argument 'inclde'; did you mean include=PATTERN?"),
                ("exclude_file=x", "there is no argument 'exclude_file'; did you mean exclude-file=PATTERN?"),
                ("minsize=3", "there is no argument 'minsize'; did you mean min-size=NUMBER?"),
                ("exclude", "'exclude' lacks its value; write exclude=PATTERN"),
                ("exclude=", "'exclude=' is no good pattern: it is empty"),
                ("exclude=re:", "'exclude=re:' is no good pattern: it is empty"),
                ("include=re:(a", "'include=re:(a' is no good pattern: Unmatched ( or \\("),
                ("include-file=a[b", "'include-file=a[b' is no good pattern: its [ is not closed (the "
                                     "character itself is \\[)"),
                ("exclude=operator[]", "'exclude=operator[]' is no good pattern: its [ is not closed (the "
                                       "character itself is \\[)"),
                ("exclude=[[:alpha:]", "'exclude=[[:alpha:]' is no good pattern: its [ is not closed (the "
                                       "character itself is \\[)"),
                ("exclude=a\\", "'exclude=a\\' is no good pattern: nothing follows its last backslash"),
                ("min-size=", "'min-size' takes a number of instructions, not ''"),
                ("min-size=-1", "'min-size' takes a number of instructions, not '-1'"),
                ("min-size=3k", "'min-size' takes a number of instructions, not '3k'"),
                ("min-size=4294967296", "'min-size' takes a number of instructions, not '4294967296'"),
                ("loops=drop", "'loops' takes keep or ignore, not 'drop'"),
                ("system-headers=ON", "'system-headers' takes on or off, not 'ON'"),
                ("inlined=on", "'inlined' takes off or count, not 'on'"),
                ("external=re:[a", "'external=re:[a' is no good pattern: Unmatched [, [^, [:, [., or [="),
                ("external=", "'external=' is no good pattern: it is empty"),
                ("external=yes", "'external' takes on, off or a pattern, not 'yes'"),
                ("external=ON", "'external' takes on, off or a pattern, not 'ON'"),
                ("only=none", "cannot read the filter 'none': No such file or directory"),
                ("filter=none", "cannot read the filter 'none': No such file or directory"),
                ("filter=.", "cannot read the filter '.': Is a directory"),
                ("filter=", "cannot read the filter '': No such file or directory"),
                ("filter=object", "'object' is no filter: it is no text")):
            for version in CLANGS:
                with self.subTest(argument=argument, version=version):
                    self.assertEqual(self.refused(argument, version=version), said)

    def test_environment(self):
        environment = {"PROFINST_PLUGIN_ARGS": "exclude=x colour=on"}
        for version in CLANGS:
            with self.subTest(version=version):
                self.assertEqual(self.refused(version=version, environment=environment), NO_COLOUR)
                result = self.command(
                    support.clang(version, "c++"), f"-fpass-plugin={support.BUILD}/lib/libprofinst-{version}.so",
                    "-c", "app.cpp", "-o", "app.o", code=1, environment=environment)
                self.assertIn(f"error: profinst: {NO_COLOUR}\n", result.stderr)

    def test_filters(self):
        entry = "expected fun:, src: or mainfile: and a pattern, or a [section]"
        region, file = "SCOREP_REGION_NAMES_", "SCOREP_FILE_NAMES_"
        for text, said in (
                ("fun:a\n  plain\n", f"2:3: {entry}, not 'plain'"),
                ("fin:a\n", f"1:1: {entry}, not 'fin:'"),
                ("!fin:a\n", f"1:2: {entry}, not 'fin:'"),
                ("# x\n[address\n", "2:9: expected ] behind the section's name"),
                ("[a[]\n", "1:2: 'a[' is no good pattern: its [ is not closed (the character itself is \\[)"),
                ("[]\n", "1:2: '' is no good pattern: it is empty"),
                ("[", "1:2: expected ] behind the section's name"),
                ("\n\nfun:\n", "3:5: '' is no good pattern: it is empty"),
                ("fun:a{b\n", "1:5: 'a{b' is no good pattern: its { is not closed (the character itself is "
                              "\\{)"),
                ("fun:{a,{b}}\n", "1:5: '{a,{b}}' is no good pattern: its braces are nested"),
                ("!src: a[b\n", "1:6: ' a[b' is no good pattern: its [ is not closed (the character itself is "
                               "\\[)"),
                ("#!special-case-list-v1\nfun:(a\n", "2:5: '(a' is no good pattern: Unmatched ( or \\("),
                (f"{region}BEGIN\nplain\n", "2:1: expected EXCLUDE or INCLUDE, not 'plain'"),
                (f"{region}BEGIN\nEXCLUDE *\n{file}END\n", f"3:1: expected {region}END, not '{file}END'"),
                (f"{region}BEGIN\n  EXCLUDE a[\n", "2:11: 'a[' is no good pattern: its [ is not closed (the "
                                                   "character itself is \\[)"),
                (f"{file}BEGIN\n EXCLUDE a\n", f"2:11: expected {file}END, not the end of the file"),
                (f"{file}BEGIN\n EXCLUDE a", f"2:11: expected {file}END, not the end of the file"),
                (f"{file}END\n", f"1:1: expected {region}BEGIN or {file}BEGIN, not '{file}END'"),
                (f"{file}BEGIN\n{file}END more\n", f"2:{len(file) + 5}: expected {region}BEGIN or {file}BEGIN, "
                                                   "not 'more'")):
            self.write("filter", text)
            for version in CLANGS:
                with self.subTest(text=text, version=version):
                    self.assertEqual(self.refused("filter=filter", version=version), f"filter:{said}")


class Dependencies(Case):
    """What is compiled depends on the files that the arguments name."""

    def test_dependency_file(self):
        self.write("app.c", "int main(void) { return 0; }\n")
        self.write("rules/filter", "fun:x\n")
        self.write("list", "main\n")
        for version in CLANGS:
            for flag in "-MD", "-MMD":
                with self.subTest(version=version, flag=flag):
                    self.choose("filter=rules/filter", source="app.c", version=version,
                                flags=[flag, "-MP", "-MF", "app.d"],
                                environment={"PROFINST_PLUGIN_ARGS": "only=list"})
                    words = (self.folder / "app.d").read_text().replace("\\\n", "").split()
                    self.assertEqual(words, ["app.ll:", "app.c", "rules/filter", "list", "rules/filter:", "list:"])

    def test_build_notices_a_change(self):
        self.write("app.c", "int work(void) { return 0; }\nint main(void) { return work(); }\n")
        self.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(app C)\n"
                                     "add_executable(app app.c)\n")
        self.write("filter", "")
        self.command(support.tool("cmake"), "-S", ".", "-B", "build", "-G", "Ninja",
                     f"-DCMAKE_C_COMPILER={support.clang(support.NEWEST)}",
                     f"-DCMAKE_C_FLAGS=-O0 -fplugin={support.PLUGIN} "
                     f"-fplugin-arg-profinst-filter={self.folder}/filter")
        self.command(support.tool("cmake"), "--build", "build")
        self.assertEqual(self.profile("build/app").calls, {"main": 1, "work": 1})
        self.write("filter", "fun:work\n")
        self.command(support.tool("cmake"), "--build", "build")
        self.assertEqual(self.profile("build/app").calls, {"main": 1})


class PassAlone(Case):
    """Where clang does not hand arguments over, they come from the environment, and files from debug
    information."""

    def choose_alone(self, version, arguments, source="app.cpp", flags=("-g",)):
        self.command(support.clang(version, support.language_of(source)), f"-I{HEADERS}",
                     f"-fpass-plugin={support.BUILD}/lib/libprofinst-{version}.so", "-S", "-emit-llvm",
                     *flags, source, "-o", "app.ll", environment={"PROFINST_PLUGIN_ARGS": arguments})
        return self.record("app.ll")

    def test_arguments(self):
        self.write("app.cpp", PROGRAM)
        for version in CLANGS:
            with self.subTest(version=version):
                chosen = self.choose_alone(version, "exclude=* 'include=shapes::area<int>(int)' "
                                                    "include=plain include=re:area.int").chosen
                self.assertEqual({NAMES[name] for name in chosen}, {"plain", "area int"})
                self.assertEqual(self.choose_alone(version, "exclude-file=*/app.cpp").chosen & set(NAMES),
                                 set())
                self.assertEqual(
                    self.choose_alone(version, "exclude-file=app.cpp", flags=[]).chosen & set(NAMES),
                    set(NAMES))
                self.assertEqual(
                    self.choose_alone(version, "", flags=[]).chosen & set(NAMES), set(NAMES))


if __name__ == "__main__":
    support.main()

"""profinst selection: what was chosen to be measured, by which rule, in which unit; and selections that
are no good."""

import csv
import io
import json
import os
import struct
import unittest
import zlib

from profile_writer import OFF, Profile
from support import PROFINST, Case, choice, select

EXCLUDE = ("exclude=lua*", "command line", 1)
STORE = ("fun:_ZN5store*", "my.filter:3", 1)
MISSPELT = ("fun:mispelt*", "my.filter:4", 1)
DEFAULT = ("default", "", 0)
PARSE = "_ZN5store5parseERKNS_5InputEi"
DAMAGED = "cannot read profile: app.profinst: damaged: "
ADVICE = "; copy the file again, or record the program again"


def rules(*matched):
    return [(*rule, count) for rule, count in zip((EXCLUDE, STORE, MISSPELT, DEFAULT), matched)]


def example(key=1):
    """Two units of a program, one of a library; an inline function in all of them."""
    profile = Profile(key=key)
    select(profile, "src/app.c", rules(2, 1, 0, 2),
           [("main", "src/app.c", 10, 3, 1, 120), ("lua_execute", "src/vm.c", 50, 0, 0, 2500),
            ("lua_get", "src/vm.c", 9, 0, 0, 50), (PARSE, "src/store.cc", 42, 1, 1, 77),
            ("helper", "src/in.h", 4, 3, 1, 7)], 1)
    select(profile, "src/other.c", rules(0, 0, 0, 1), [("helper", "src/in.h", 4, 3, 1, 9)], 2)
    select(profile, "lib/b.c", rules(0, 0, 0, 1), [("helper", "src/in.h", 4, 3, 1, 8)], 3,
           "/usr/lib/libb.so")
    return profile


class Selection(Case):
    def selection(self, *arguments):
        return json.loads(self.output("selection", "--format=json", *arguments))

    def rows(self, *arguments):
        return list(csv.DictReader(io.StringIO(
            self.output("selection", "--format=csv", *arguments), newline="")))

    def test_functions_and_their_rules(self):
        data = self.selection(self.write(example()))
        self.assertEqual(
            [tuple(row[key] for key in ("function", "module", "unit", "units", "file", "line", "size",
                                        "selected", "switched_off", "rule", "origin", "rule_number"))
             for row in data["functions"]],
            [("lua_execute", "/opt/app/bin/app", "src/app.c", 1, "src/vm.c", 50, 2500, False, False,
              *EXCLUDE[:2], 1),
             ("lua_get", "/opt/app/bin/app", "src/app.c", 1, "src/vm.c", 9, 50, False, False,
              *EXCLUDE[:2], 1),
             ("main", "/opt/app/bin/app", "src/app.c", 1, "src/app.c", 10, 120, True, False,
              "default", None, 4),
             ("store::parse(store::Input const&, int)", "/opt/app/bin/app", "src/app.c", 1,
              "src/store.cc", 42, 77, True, False, *STORE[:2], 2),
             ("helper", "/opt/app/bin/app", "src/app.c", 2, "src/in.h", 4, 9, True, False, "default",
              None, 4),
             ("helper", "/usr/lib/libb.so", "lib/b.c", 1, "src/in.h", 4, 8, True, False, "default",
              None, 4)])
        self.assertEqual(data["functions"][3]["linkage_name"], PARSE)
        self.assertEqual(data["modules"], [
            {"module": "/opt/app/bin/app", "units": 2, "functions": 5, "measured": 3,
             "switched_off": 0},
            {"module": "/usr/lib/libb.so", "units": 1, "functions": 1, "measured": 1,
             "switched_off": 0}])
        self.assertEqual(data["filters"], [])

    def test_rules_over_all_units(self):
        data = self.selection("--rules", self.write(example()))
        self.assertNotIn("functions", data)
        self.assertEqual(
            [tuple(rule.values()) for rule in data["rules"]],
            [(3, *MISSPELT[:2], True, 0, 0, True), (1, *EXCLUDE[:2], True, 2, 2, False),
             (2, *STORE[:2], True, 1, 1, False), (4, "default", None, False, 4, 4, False)])

    def test_a_rule_that_matches_in_one_unit_has_matched(self):
        profile = Profile()
        for unit, matched in (("a.c", 0), ("b.c", 1), ("c.c", 0)):
            select(profile, unit, [(*EXCLUDE, matched), (*DEFAULT, 1)], [(unit, unit, 1, 1, 1, 5)])
        never = [rule["never_matched"] for rule in self.selection(self.write(profile))["rules"]]
        self.assertEqual(never, [False, False])

    def test_the_same_text_from_elsewhere_is_another_rule(self):
        profile = Profile()
        select(profile, "a.c", [("fun:f", "x:1", 1, 1), ("fun:f", "x:2", 1, 1)],
               [("f", "a.c", 1, 1, 0, 5)])
        self.assertEqual([(rule["origin"], rule["decided"])
                          for rule in self.selection(self.write(profile))["rules"]],
                         [("x:1", 0), ("x:2", 1)])

    def test_units_count_once_over_profiles(self):
        first, second = self.write(example()), self.write(example(2), "second.profinst")
        self.assertEqual(self.selection(first), self.selection(first, second, first))
        rebuilt = Profile(key=3)
        select(rebuilt, "src/app.c", rules(0, 0, 0, 1), [("main", "src/app.c", 11, 3, 1, 121)], 9)
        data = self.selection(first, self.write(rebuilt, "rebuilt.profinst"))
        self.assertEqual([row["line"] for row in data["functions"] if row["function"] == "main"],
                         [11, 10])

    def test_choose_functions(self):
        name = self.write(example())
        self.assertEqual([row["function"] for row in self.rows("--left-out", name)],
                         ["lua_execute", "lua_get"])
        self.assertEqual([row["function"] for row in self.rows("--selected", name)],
                         ["main", "store::parse(store::Input const&, int)", "helper", "helper"])
        self.assertEqual([row["function"] for row in self.rows("--limit=1", name)],
                         ["lua_execute", "helper"])
        self.assertEqual([row["rule"] for row in self.rows("--rules", name)],
                         [MISSPELT[0], EXCLUDE[0], STORE[0], "default"])

    def test_switched_off(self):
        profile = example()
        profile.function("main", "src/app.c", 10, flags=OFF)
        profile.function("main", "src/app.c", 77, flags=OFF)  # no selection tells of it
        profile.function(PARSE, "src/store.cc", 42)
        profile.filter("exclude=main")
        name = self.write(profile)
        data = self.selection("--left-out", name)
        self.assertEqual([(row["function"], row["line"], row["selected"], row["switched_off"],
                           row["rule"], row["size"]) for row in data["functions"]],
                         [("lua_execute", 50, False, False, "exclude=lua*", 2500),
                          ("main", 10, True, True, "default", 120),
                          ("lua_get", 9, False, False, "exclude=lua*", 50),
                          ("main", 77, True, True, None, None)])
        self.assertEqual(data["filters"], ["exclude=main"])
        text = self.output("selection", name)
        self.assertIn("3 of 7 functions measured, 2 switched off by PROFINST_FILTER\n", text)
        self.assertIn("PROFINST_FILTER  exclude=main\n", text)
        self.assertRegex(text, r"off +120  main +src/app.c:10 +PROFINST_FILTER\n")

    def test_table(self):
        self.assertEqual(self.output("selection", "--limit=3", self.write(example())), """\
Functions        4 of 6 functions measured
Compiled in      3 units of 2 modules
Never matched    1 rule: no function has such a name, file or size

#  matched  decided  rule            given in
3    never        0  fun:mispelt*    my.filter:4
1        2        2  exclude=lua*    command line
2        1        1  fun:_ZN5store*  my.filter:3

1 more rule; --limit=0 shows all

/opt/app/bin/app: 3 of 5 functions measured

measured   size  function     where         by rule
no        2,500  lua_execute  src/vm.c:50   #1 exclude=lua*
no           50  lua_get      src/vm.c:9    #1 exclude=lua*
yes         120  main         src/app.c:10  #4 default

2 more functions; --limit=0 shows all

/usr/lib/libb.so: 1 of 1 function measured

measured  size  function  where       by rule
yes          8  helper    src/in.h:4  #4 default
""")

    def test_markdown(self):
        text = self.output("selection", "--format=markdown", "--left-out", self.write(example()))
        self.assertEqual(text, """\
## Selection

- Functions: 4 of 6 functions measured
- Compiled in: 3 units of 2 modules
- Never matched: 1 rule: no function has such a name, file or size

### /opt/app/bin/app: 3 of 5 functions measured

| measured | size | function | where | by rule |
| --- | ---: | --- | --- | --- |
| no | 2,500 | lua_execute | src/vm.c:50 | #1 exclude=lua\\* |
| no | 50 | lua_get | src/vm.c:9 | #1 exclude=lua\\* |
""")

    def test_default_limits(self):
        profile = Profile()
        select(profile, "a.c", [(f"fun:f{i}", f"x:{i}", 1, 1) for i in range(50)],
               [(f"f{i}", "a.c", i, i, 0, 5) for i in range(50)])
        name = self.write(profile)
        text = self.output("selection", name)
        self.assertIn("\n30 more rules; --limit=0 shows all\n", text)
        self.assertIn("\n30 more functions; --limit=0 shows all\n", text)
        self.assertNotIn("more", self.output("selection", "--limit=0", name))
        self.assertEqual(len(self.rows(name)), 50)

    def test_fits_a_terminal(self):
        profile = Profile()
        select(profile, "a.cc", [("exclude-file=" + "long/" * 40, "a/path/to/a.filter:17", 1, 1)],
               [(PARSE, "deep/folder/of/store.cc", 4210, 0, 0, 12345)])
        name = self.write(profile)
        lines = self.terminal(80, "selection", "--color=never", name).splitlines()
        self.assertTrue(any("store::parse()" in line and "store.cc:4210" in line for line in lines))
        for line in lines:
            self.assertLessEqual(len(line), 80, line)
        self.assertIn("long/" * 40, self.output("selection", name))

    def test_nothing_to_tell(self):
        name = self.write(Profile())
        why = ("profinst: warning: no selection: app.profinst: nothing tells which of its functions "
               "were selected: what ran had no hooks, there was no room in the file, or the hooks were "
               "put in by opt or by a clang that was given the back end itself (-fpass-plugin); "
               "compile with -fplugin=libprofinst.so\n")
        result = self.profinst("selection", name)
        self.assertEqual(result.stderr, why)
        self.assertEqual(result.stdout, b"No selection is known. Compile the program with "
                         b"-fplugin=libprofinst.so, run it, and give its profile.\n")
        self.assertEqual(json.loads(self.profinst("selection", "--format=json", name).stdout)["rules"],
                         [])

    def test_names_that_are_no_good(self):
        profile = Profile()
        select(profile, "\x1b[31m.c", [("fun:\x1b*", "\u202e:1", 1, 1)],
               [("=evil\n", b"\xff.c", 1, 0, 1, 1), ("n" * 5000, "", 0, 0, 1, 1)])
        name = self.write(profile)
        text = self.output("selection", name)
        self.assertIn("\\x1B*", text)
        self.assertNotIn("\x1b", text)
        self.assertNotIn("\u202e", text)
        rows = self.rows(name)
        self.assertEqual(rows[0]["function"], "'=evil\\x0A")
        self.assertEqual(rows[0]["file"], "\\xFF.c")
        self.assertEqual(len(rows[1]["function"]), 4096 + 3 + 16)

    def test_output_file(self):
        name = self.write(example())
        self.output("selection", "-o", "list.txt", name)
        self.assertEqual((self.folder / "list.txt").read_text(), self.output("selection", name))
        self.fails(2, f"selection: {name}: it is read from, and would be overwritten; give another "
                      "name with -o", "selection", "-o", name, name)

    def test_wrong_use(self):
        name = self.write(example())
        self.fails(2, "selection: no profile given; name one", "selection")
        self.fails(2, "selection: unknown format 'xml'; use table, json, csv or markdown", "selection",
                   "--format=xml", name)
        self.fails(2, "selection: --limit=x is no whole number from 0 up; give one", "selection",
                   "--limit=x", name)
        self.fails(2, "selection: give one of --selected, --left-out and --rules; without any, all are "
                      "shown", "selection", "--rules", "--selected", name)
        self.fails(3, "cannot read profile: none: No such file or directory; give the path of a readable "
                      "profile", "selection", "none")


class Damaged(Case):
    def refused(self, why, packed, unpacked_size, unit=None):
        profile = Profile()
        known = profile.unit("a.c")
        profile.selection(known if unit is None else unit, packed, unpacked_size)
        self.fails(3, DAMAGED + why + ADVICE, "selection", self.write(profile))

    def refused_content(self, why, content):
        self.refused(why, zlib.compress(content), len(content))

    def test_what_cannot_be_unpacked(self):
        good = choice([(*DEFAULT, 1)], [("f", "a.c", 1, 0, 1, 5)])
        packed = zlib.compress(good)
        why = "selection of unit 1 cannot be unpacked"
        self.refused(why, packed[:-1], len(good))
        self.refused(why, packed + b"x", len(good))
        self.refused(why, packed, len(good) - 1)
        self.refused(why, packed, len(good) + 1)
        self.refused(why, b"no zlib" * 10, len(good))

    def test_sizes_that_cannot_be(self):
        packed = zlib.compress(bytes(100))
        for size in (0, 19, len(packed) * 1032 + 1, 256 * 1024 * 1024 + 1, 2**32 - 1):
            self.refused(f"selection of unit 1 claims to unpack {len(packed)} bytes to {size}", packed,
                         size)

    def test_counts_that_do_not_fit(self):
        good = choice([(*DEFAULT, 1)], [("f", "a.c", 1, 0, 1, 5)], [(0, "f", "a.c", 2, 0)])
        for place in range(4):
            for change in (1, -1, 2**31, 2**32 - 1):
                numbers = list(struct.unpack("<4I", good[:16]))
                numbers[place] = (numbers[place] + change) % 2**32
                if numbers != list(struct.unpack("<4I", good[:16])):
                    self.refused_content("selection of unit 1 has another size than its parts",
                                         struct.pack("<4I", *numbers) + good[16:])

    def test_names_that_are_not_there(self):
        good = choice([(*DEFAULT, 1)], [("f", "a.c", 1, 0, 1, 5)], [(0, "f", "a.c", 2, 0)])
        why = "selection of unit 1 has a name outside of its text"
        # Text and origin of the rule, name and file of the function, callee and file of the site.
        for place in (20, 24, 36, 40, 72, 76):
            for offset in (1, 2**31, 2**32 - 1, len(good) - 88):
                self.refused_content(why, good[:place] + struct.pack("<I", offset) + good[place + 4:])
        self.refused_content(why, good[:-1] + b"x")
        self.refused_content(why, struct.pack("<5I", 1, 0, 0, 0, 0) + bytes(16))

    def test_decisions_that_cannot_be(self):
        why = "selection of unit 1 has a function that no rule of its decided about"
        self.refused_content(why, choice([(*DEFAULT, 1)], [("f", "a.c", 1, 1, 1, 5)]))
        self.refused_content(why, choice([(*DEFAULT, 1)], [("f", "a.c", 1, 0, 2, 5)]))
        self.refused_content(why, choice([], [("f", "a.c", 1, 0, 1, 5)]))

    def test_sites_that_cannot_be(self):
        why = "selection of unit 1 has a call site of no function of its"
        for caller, flags in (1, 0), (2**32 - 1, 0), (0, 32), (0, 2**31):
            self.refused_content(why, choice([(*DEFAULT, 1)], [("f", "a.c", 1, 0, 1, 5)],
                                             [(0, "f", "a.c", 2, 0), (caller, "f", "a.c", 2, flags)]))
        self.refused_content(why, choice([], [], [(0, "f", "", 0, 0)]))

    def test_units(self):
        good = choice([(*DEFAULT, 0)], [])
        packed = zlib.compress(good)
        self.refused("selection of the unknown unit 0", packed, len(good), 0)
        self.refused("selection of the unknown unit 2", packed, len(good), 2)
        profile = Profile()
        unit = profile.unit("a.c")
        profile.selection(unit, packed, len(good))
        profile.selection(unit, packed, len(good))
        self.fails(3, DAMAGED + "unit 1 has two selections" + ADVICE, "selection", self.write(profile))
        for module in (0, 2):
            profile = Profile()
            profile.object("/opt/app/bin/app")
            profile.entries.append(struct.pack("<8I", 40, 5, 1, module, 0, 0, 0, 0) + b"a.c\0\0\0\0\0")
            self.fails(3, f"{DAMAGED}unit 1 of the unknown object {module}{ADVICE}", "selection",
                       self.write(profile))

    def test_empty_selection(self):
        profile = Profile()
        select(profile, "a.c", [], [])
        self.assertEqual(self.profinst("selection", self.write(profile)).stderr, "")

    def test_a_bomb_costs_no_more_than_it_claims(self):
        content = struct.pack("<5I", 0, 0, 0, 100_000_000, 0) + bytes(100_000_000)
        profile = Profile()
        profile.selection(profile.unit("a.c"), zlib.compress(content), len(content))
        self.profinst("selection", self.write(profile))


if __name__ == "__main__":
    unittest.main()

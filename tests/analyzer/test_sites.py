"""Lines that made calls: what a database makes of the sites that the plugin noted, and of the calls counted."""

import unittest

from profile_writer import OFF, Profile
from support import Case, select

LOCAL, POINTER, LIBRARY, ELSEWHERE, HANDLER = 1, 2, 4, 8, 16
DAMAGED = "cannot read profile: app.profinst: damaged: "
ADVICE = "; copy the file again, or record the program again"


class Program:
    """A profile in which functions call each other, one chain from each caller. Functions are all of
    app.c, at lines 10, 20, ... in the order in which they are named."""

    def __init__(self, *edges, key=1, path="app.c", **options):
        self.profile = Profile(key=key, run=key)
        self.path, self.lines, self.places = path, {}, {}
        self.thread = self.profile.thread()
        for caller, callee, calls in edges:
            self.call(caller, callee, calls, **options)

    def function(self, name, flags=0):
        self.lines.setdefault(name, 10 * len(self.lines) + 10)
        return self.profile.function(name, self.path, self.lines[name], flags=flags)

    def call(self, caller, callee, calls, external=()):
        if caller not in self.places:
            self.places[caller] = self.thread.context(self.thread.root, self.function(caller), 1, 10)
        function = self.profile.external(callee) if callee in external else self.function(callee)
        place = self.thread.context(self.places[caller], function, calls, 10)
        self.places.setdefault(callee, place)

    def unit(self, sites, *names, left_out=(), path=None, **options):
        """Its functions are those named, or all; a site is (caller, callee, line[, flags[, file]])."""
        names = list(names or self.lines)
        functions = [(name, self.path, self.lines.get(name, 0), 0, name not in left_out, 5)
                     for name in [*names, *(name for name in left_out if name not in names)]]
        rows = [(names.index(caller) if caller else 0, callee, (rest[1] if len(rest) > 1 else self.path) if line
                 else "", line, rest[0] if rest else 0)
                for caller, callee, line, *rest in sites or ()]
        select(self.profile, path or self.path, [("default", "", 0, 1)], functions,
               sites=None if sites is None else rows, **options)
        return self


class Sites(Case):
    def load(self, program, name="app.profinst"):
        self.output("load", self.write(program.profile, name))

    def rows(self, where="1"):
        return self.database().execute(
            "SELECT caller, callee, line, ifnull('through ' || through, kind), calls, sites, exact FROM call_sites"
            f" WHERE {where} ORDER BY caller, callee, line").fetchall()

    def sites(self, edges, sites, **options):
        """Of one program with one unit."""
        (self.folder / "profinst.db").unlink(missing_ok=True)
        self.load(Program(*edges).unit(sites, **options))
        return self.rows()

    def test_one_line(self):
        self.assertEqual(self.sites([("main", "f", 7)], [("main", "f", 11)]),
                         [("main", "f", 11, "direct", 7, 1, 1)])

    def test_several_lines(self):
        self.assertEqual(self.sites([("main", "f", 7)], [("main", "f", 12), ("main", "f", 11), ("main", "f", 12)]),
                         [("main", "f", 11, "direct", 7, 2, 0), ("main", "f", 12, "direct", 7, 2, 0)])

    def test_what_was_not_called(self):
        program = Program(("main", "f", 7))
        program.unit([("main", "f", 11), ("main", "g", 12), ("g", "f", 13)], "main", "f", "g")
        self.load(program)
        self.assertEqual(self.rows(), [("main", "f", 11, "direct", 7, 1, 1)])

    def test_a_line_that_is_not_known(self):
        """It may have made calls as well."""
        self.assertEqual(self.sites([("main", "f", 7)], [("main", "f", 11), ("main", "f", 0)]),
                         [("main", "f", 11, "direct", 7, 2, 0)])
        self.assertEqual(self.sites([("main", "f", 7)], [("main", "f", 0)]), [])
        self.assertEqual(self.sites([("main", "f", 7)], [("main", "f", 11, 0, "")]), [])

    def test_a_file_that_no_function_is_in(self):
        self.sites([("main", "f", 7)], [("main", "f", 11, 0, "parts.inc")])
        self.assertEqual(self.database().execute("SELECT file, line FROM call_sites").fetchall(), [("parts.inc", 11)])

    def test_pointers(self):
        elsewhere = (None, "f", 0, ELSEWHERE)
        self.assertEqual(self.sites([("main", "f", 7)], [("main", "", 11, POINTER), elsewhere]),
                         [("main", "f", 11, "pointer", 7, 1, 1)])
        # Nobody is known to have taken its address.
        self.assertEqual(self.sites([("main", "f", 7)], [("main", "", 11, POINTER)]),
                         [("main", "f", 11, "pointer", 7, 1, 0)])
        # It may have come with a signal.
        self.assertEqual(self.sites([("main", "f", 7)], [("main", "", 11, POINTER), (None, "f", 0, ELSEWHERE | HANDLER)]),
                         [("main", "f", 11, "pointer", 7, 1, 0)])
        self.assertEqual(self.sites([("main", "f", 7), ("main", "g", 2)],
                                    [("main", "", 11, POINTER), ("main", "g", 12), ("main", "", 0, POINTER), elsewhere]),
                         [("main", "f", 11, "pointer", 7, 2, 0), ("main", "g", 12, "direct", 2, 1, 1)])

    def test_pointers_beside_names(self):
        """What has lines of its own is not looked for in others, but they may have called it."""
        sites = [("main", "f", 11), ("main", "", 12, POINTER)]
        self.assertEqual(self.sites([("main", "f", 7)], sites), [("main", "f", 11, "direct", 7, 1, 1)])
        self.assertEqual(self.sites([("main", "f", 7)], [*sites, (None, "f", 0, ELSEWHERE)]),
                         [("main", "f", 11, "direct", 7, 1, 0)])

    def test_through_what_is_not_measured(self):
        elsewhere = (None, "f", 0, ELSEWHERE)
        self.assertEqual(self.sites([("main", "f", 7)], [("main", "qsort", 11), ("main", "strlen", 12, LIBRARY), elsewhere]),
                         [("main", "f", 11, "through qsort", 7, 1, 1)])
        self.assertEqual(self.sites([("main", "f", 7)], [("main", "_ZN1a1bEi", 11), ("main", "", 12, POINTER)]),
                         [("main", "f", 11, "through a::b(int)", 7, 2, 0), ("main", "f", 12, "pointer", 7, 2, 0)])
        # In one line, the pointer is told.
        self.assertEqual(self.sites([("main", "f", 7)], [("main", "qsort", 11), ("main", "", 11, POINTER), elsewhere]),
                         [("main", "f", 11, "pointer", 7, 1, 1)])

    def test_through_what_was_left_out(self):
        program = Program(("main", "f", 7), ("main", "g", 1))
        program.unit([("main", "helper", 11), ("main", "g", 12), (None, "f", 0, ELSEWHERE)], left_out=["helper"])
        self.load(program)
        self.assertEqual(self.rows(), [("main", "f", 11, "through helper", 7, 1, 1), ("main", "g", 12, "direct", 1, 1, 1)])

    def test_what_another_unit_measures(self):
        """It has not been called, so it has called nobody back."""
        program = Program(("main", "f", 7)).unit([("main", "f", 11), ("main", "other", 12), (None, "f", 0, ELSEWHERE)])
        program.lines["other"] = 5
        program.unit([], "other", path="other.c")
        self.load(program)
        self.assertEqual(self.rows(), [("main", "f", 11, "direct", 7, 1, 1)])

    def test_what_another_unit_leaves_out(self):
        """There it may be called by what is not measured."""
        program = Program(("main", "f", 7)).unit([("main", "f", 11), ("main", "", 12, POINTER)])
        program.unit([], "main", left_out=["f"], path="other.c")
        self.load(program)
        self.assertEqual(self.rows(), [("main", "f", 11, "direct", 7, 1, 0)])

    def test_switched_off(self):
        program = Program(("main", "f", 7))
        program.function("off", OFF)
        program.unit([("main", "f", 11), ("main", "off", 12), ("off", "f", 31)])
        self.load(program)
        self.assertEqual(self.rows(), [("main", "f", 11, "direct", 7, 1, 0)])

    def test_static_functions_of_one_name(self):
        """Each unit means its own."""
        program = Program(("main", "helper", 7))
        other = program.profile.function("helper", "other.c", 3)
        program.thread.context(program.places["main"], other, 5, 10)
        program.unit([("main", "helper", 11, LOCAL), ("main", "", 12, POINTER), (None, "helper", 0, LOCAL | ELSEWHERE)],
                     "main", "helper")
        self.load(program)
        found = self.database().execute(
            "SELECT source_file.path, call_sites.line, kind, calls, exact FROM call_sites JOIN function"
            " ON function.id = callee_id JOIN source_file ON source_file.id = source_file_id ORDER BY 1").fetchall()
        self.assertEqual(found, [("app.c", 11, "direct", 7, 0), ("other.c", 12, "pointer", 5, 0)])

    def test_constructors(self):
        """What is called is one of several functions, what is measured another."""
        c1, c2, d1, d2 = "_ZN1AC1Ei", "_ZN1AC2Ei", "_ZN1AD1Ev", "_ZN1AD2Ev"
        self.assertEqual(self.sites([("main", c2, 7), ("main", d2, 7)], [("main", c1, 11), ("main", d1, 12)]),
                         [("main", "A::A(int)", 11, "direct", 7, 1, 1), ("main", "A::~A()", 12, "direct", 7, 1, 1)])
        # Classes whose names end like that are others.
        self.assertEqual(self.sites([("main", "_ZN2ns2C2Ei", 7)], [("main", "_ZN2ns2C1Ei", 11), (None, "_ZN2ns2C2Ei", 0, ELSEWHERE)]),
                         [("main", "ns::C2(int)", 11, "through ns::C1(int)", 7, 1, 1)])

    def test_constructors_of_their_own_code(self):
        """They may call those of virtual bases."""
        c1, c2, base = "_ZN1AC1Ei", "_ZN1AC2Ei", "_ZN4BaseC2Ev"
        program = Program(("main", c2, 7), ("main", base, 7))
        program.unit([("main", c1, 11), ("main", "", 12, POINTER), (None, c2, 0, ELSEWHERE), (None, base, 0, ELSEWHERE)],
                     left_out=[c1])
        self.load(program)
        self.assertEqual(self.rows(), [
            ("main", "A::A(int)", 11, "direct", 7, 1, 0),
            ("main", "Base::Base()", 11, "through A::A(int)", 7, 2, 0), ("main", "Base::Base()", 12, "pointer", 7, 2, 0)])

    def test_calls_out_of_the_build(self):
        """The optimizer may have put another name in the place of theirs, and added calls."""
        program = Program(("main", "puts", 7), ("main", "read", 2), external=("puts", "read"))
        program.unit([("main", "printf", 11, LIBRARY), ("main", "read", 12), ("main", "", 13, POINTER)], "main")
        self.load(program)
        self.assertEqual(self.rows(), [("main", "read", 12, "direct", 2, 1, 1)])
        self.assertEqual(self.sites([("main", "memcpy", 7)], [("main", "memcpy", 11, LIBRARY)]),
                         [("main", "memcpy", 11, "direct", 7, 1, 0)])

    def test_recursion_that_became_a_loop(self):
        """Its calls may be those of a function that was inlined into it."""
        for inlined, exact in (0, 1), (3, 0):
            (self.folder / "profinst.db").unlink(missing_ok=True)
            program = Program(("main", "f", 1))
            place = program.places["f"]
            program.thread.cross(place, place, 5)
            if inlined:
                program.thread.inlined(place, program.function("f"), inlined)
            program.unit([("main", "f", 11), ("f", "f", 21)])
            self.load(program)
            self.assertEqual(self.rows("caller = 'f'"), [("f", "f", 21, "direct", 5 + inlined, 1, exact)])

    def test_too_many_lines_to_tell(self):
        pointers = [("main", "", line, POINTER) for line in range(11, 27)]
        self.assertEqual(self.sites([("main", "f", 7)], pointers),
                         [("main", "f", line, "pointer", 7, 16, 0) for line in range(11, 27)])
        self.assertEqual(self.sites([("main", "f", 7)], [*pointers, ("main", "", 27, POINTER)]), [])
        direct = [("main", "f", line) for line in range(11, 111)]
        self.assertEqual(len(self.sites([("main", "f", 7)], direct)), 100)

    def test_units_without_debug_information(self):
        """They tell of no lines, nor who is called from elsewhere."""
        self.assertEqual(self.sites([("main", "f", 7)], None), [])
        for sites, told, untold in (
                ([("main", "f", 11)], ("direct", 7, 1, 1), ("direct", 7, 1, 1)),
                ([("main", "f", 11), ("main", "", 12, POINTER)], ("direct", 7, 1, 1), ("direct", 7, 1, 0)),
                ([("main", "", 11, POINTER), (None, "f", 0, ELSEWHERE)], ("pointer", 7, 1, 1), ("pointer", 7, 1, 0))):
            for other, expected in (([], told), (None, untold)):
                (self.folder / "profinst.db").unlink(missing_ok=True)
                program = Program(("main", "f", 7)).unit(sites).unit(other, "main", path="other.c")
                self.load(program)
                self.assertEqual(self.rows(), [("main", "f", 11, *expected)])

    def test_a_unit_without_a_selection(self):
        program = Program(("main", "f", 7)).unit([("main", "f", 11), ("main", "", 12, POINTER)])
        program.profile.unit("from_bitcode.c")
        self.load(program)
        self.assertEqual(self.rows(), [("main", "f", 11, "direct", 7, 1, 0)])

    def test_an_inline_function_of_several_units(self):
        program = Program(("f", "g", 7))
        for at, lines in enumerate(((11, 12), (12, 13))):
            program.unit([("f", "g", line) for line in lines], path=f"{at}.c")
        self.load(program)
        self.assertEqual(self.rows(), [("f", "g", line, "direct", 7, 3, 0) for line in (11, 12, 13)])

    def test_runs_of_two_builds(self):
        """Each has the lines of its build."""
        for key, line in (1, 11), (2, 12):
            self.load(Program(("main", "f", 7 * key), key=key).unit([("main", "f", line)]), f"{key}.profinst")
        self.assertEqual(self.rows(), [("main", "f", 11, "direct", 7, 1, 1), ("main", "f", 12, "direct", 14, 1, 1)])
        self.assertEqual(self.database().execute(
            "SELECT run, caller, callee, file, line, kind, sites, calls, cumulative_ns, exact, through, inlined_calls,"
            " external FROM run_call_sites ORDER BY run").fetchall(),
            [(1, "main", "f", "app.c", 11, "direct", 1, 7, 10, 1, None, 0, 0),
             (2, "main", "f", "app.c", 12, "direct", 1, 14, 10, 1, None, 0, 0)])
        columns = [[row[1] for row in self.database().execute(f"PRAGMA table_info({view})")]
                   for view in ("run_call_sites", "call_sites")]
        self.assertEqual(columns[0], ["run", *columns[1]])

    def test_several_processes_of_a_run(self):
        for key in (1, 2):
            program = Program(("main", "f", 7 * key), key=key).unit([("main", "f", 11)])
            program.profile.run_id = bytes(16)
            self.load(program, f"{key}.profinst")
        self.assertEqual(self.rows(), [("main", "f", 11, "direct", 21, 1, 1)])

    def test_a_newer_state(self):
        for calls, sites in (7, [("main", "f", 11)]), (9, [("main", "f", 11), ("main", "f", 12)]):
            program = Program(("main", "f", calls)).unit(sites)
            program.profile.latest = (1_000_000 + calls * 1_000, 1_000_000 + calls * 1_000)
            self.load(program)
        self.assertEqual(self.rows(), [("main", "f", line, "direct", 9, 2, 0) for line in (11, 12)])
        self.output("load", "app.profinst")
        self.assertEqual(len(self.rows()), 2)

    def test_hostile_names(self):
        """Overlong ones are cut as those of functions are; what is no UTF-8 is spelled out."""
        long, other = "f" * 5_000, b"\xff<&\x1b"
        program = Program(("main", long, 7), ("main", other, 2))
        program.unit([("main", long, 11), ("main", other, 12), ("main", "x" * 5_000, 13), ("main", "", 14, POINTER, b"\xfe.c"),
                      (None, long, 0, ELSEWHERE)], left_out=["y" * 6_000])
        self.load(program)
        found = self.database().execute("SELECT length(callee), line, exact FROM call_sites ORDER BY line").fetchall()
        self.assertEqual(found, [(4_096 + 3 + 16, 11, 0), (7, 12, 1)])

    def test_damage(self):
        """Who loads a profile reads all of it; a report needs no sites."""
        program = Program(("main", "f", 7))
        program.profile.selection(program.profile.unit("app.c"), b"packed", 80)
        name = self.write(program.profile)
        self.fails(3, DAMAGED + "selection of unit 1 cannot be unpacked" + ADVICE, "load", name)
        self.assertNotIn("profinst.db", self.files())
        self.output("report", name)


if __name__ == "__main__":
    unittest.main()

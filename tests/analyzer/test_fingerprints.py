"""Fingerprints: what the database and reports have of those that the plugin noted."""

import json
import unittest

from profile_writer import OFF, Profile
from support import Case, select

MANY = 2 ** 64 - 1


def program(*units, key=1, called=("main", "f")):
    """A process in which main calls f, of units with functions and their fingerprints."""
    profile = Profile(key=key, run=key)
    thread = profile.thread()
    place = thread.root
    for name in called:
        place = thread.context(place, profile.function(name, "app.c", 10), 1, 10)
    profile.function("off", "app.c", 10, flags=OFF)
    for number, functions in enumerate(units):
        select(profile, f"{number}.c", [("default", "", 0, 1)],
               [(name, "app.c", 10, 0, int(one > 0), 5, one) for name, one in functions.items()])
    return profile


class Fingerprints(Case):
    def load(self, profile, name="app.profinst"):
        self.output("load", self.write(profile, name))

    def rows(self):
        """By process, functions and what they have, in hex."""
        rows = {}
        for process, name, one in self.database().execute(
                "SELECT process_id, linkage_name, fingerprint FROM function_code"
                " JOIN function ON function.id = function_id ORDER BY process_id"):
            rows.setdefault(process, {})[name] = f"{one % 2 ** 64:016x}"
        return list(rows.values())

    def reported(self, *arguments):
        report = json.loads(self.output("report", "--format=json", *arguments))
        return {row["function"]: row["fingerprint"] for row in report["functions"]}

    def test_what_was_called(self):
        self.load(program({"main": 5, "f": MANY, "never": 7, "off": 8}))
        self.assertEqual(self.rows(), [{"main": f"{5:016x}", "f": "f" * 16}])

    def test_left_out_by_one_unit(self):
        self.load(program({"main": 5, "f": 0}, {"f": 6}))
        self.assertEqual(self.rows(), [{"main": f"{5:016x}", "f": f"{6:016x}"}])

    def test_units_that_differ(self):
        """They make one, in whatever order they come, and however often; other than those of each."""
        for key, units in enumerate(([1, 2], [2, 1], [1, 2, 2, 1], [2, 1, 1]), 1):
            self.load(program({"main": 5}, *({"f": one} for one in units), key=key), f"{key}.profinst")
        found = {row["f"] for row in self.rows()}
        self.assertEqual(len(found), 1)
        self.assertFalse(found & {f"{1:016x}", f"{2:016x}"})
        self.load(program({"main": 5}, {"f": 1}, {"f": 3}, key=9), "9.profinst")
        self.assertNotIn(self.rows()[-1]["f"], found)

    def test_nothing_noted(self):
        self.load(program())
        self.assertEqual(self.rows(), [])

    def test_damage(self):
        """Who asks for more than fingerprints does without; who asks for them is told."""
        profile = program()
        profile.selection(profile.unit("app.c"), b"packed", 80)
        name = self.write(profile)
        self.assertEqual(self.reported(name), {"main": None, "f": None})
        self.assertIn("main", self.output("report", name))
        self.fails(3, f"cannot read profile: {name}: damaged: selection of unit 1 cannot be unpacked; copy the file "
                      "again, or record the program again", "query", "SELECT fingerprint FROM function_code", name)

    def test_a_profile_that_is_replaced(self):
        self.load(program({"main": 5, "f": 6}), "early.profinst")
        late = program({"main": 5, "f": 7}, called=("main", "f", "g"))
        self.load(late, "late.profinst")
        self.assertEqual(self.rows(), [{"main": f"{5:016x}", "f": f"{7:016x}"}])

    def test_reports(self):
        one = self.write(program({"main": 5, "f": MANY}), "one.profinst")
        other = self.write(program({"main": 5, "f": 6}, key=2), "other.profinst")
        self.assertEqual(self.reported(one), {"main": f"{5:016x}", "f": "f" * 16})
        self.assertEqual(self.reported(one, other), {"main": f"{5:016x}", "f": None})

    def test_report_of_one_process(self):
        for name, profile in ("one", program({"main": 5, "f": 1})), ("other", program({"main": 5, "f": 6}, key=2)):
            self.load(profile, f"{name}.profinst")
        self.assertEqual(self.reported("--db", "profinst.db", "--run=2"), {"main": f"{5:016x}", "f": f"{6:016x}"})

    def test_selection(self):
        name = self.write(program({"main": 5, "f": MANY, "left": 0}))
        rows = json.loads(self.output("selection", "--format=json", name))["functions"]
        self.assertEqual({row["function"]: row["fingerprint"] for row in rows},
                         {"main": f"{5:016x}", "f": "f" * 16, "left": None, "off": None})
        self.assertIn(f",5,{'f' * 16},1,0,", self.output("selection", "--format=csv", name))

    def test_selection_where_units_differ(self):
        """It is one function still, and so are its counts."""
        one, two = (self.write(program(*units, key=key), f"{key}.profinst") for key, units in (
            (1, ({"main": 5, "f": 6}, {"f": 6})), (2, ({"main": 5, "f": 6}, {"f": 7}))))
        tables = []
        for name, fingerprint in (one, f"{6:016x}"), (two, None):
            data = json.loads(self.output("selection", "--format=json", name))
            rows = [row for row in data["functions"] if row["function"] == "f"]
            self.assertEqual([(row["units"], row["fingerprint"]) for row in rows], [(2, fingerprint)])
            tables.append(self.output("selection", name))
        self.assertEqual(*tables)


if __name__ == "__main__":
    unittest.main()

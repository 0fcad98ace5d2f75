"""What profinst diff --format=html puts into a page: all that --format=json has, and the flame graph."""

import json
import unittest

from diff_pictures import CONTEXTS, MS, DiffCase
from page_support import data_of
from test_hostile import BYTES, HOSTILE, shown, spelled


def rows_of(table):
    """Rows of a table in columns, nested as they are in JSON."""
    def at(columns, i):
        if isinstance(columns, list):
            return columns[i]
        if set(columns) == {"same"}:
            return columns["same"]
        return {key: at(column, i) for key, column in columns.items()}
    return [at(table["columns"], i) for i in range(table["count"])]


class PageData(DiffCase):
    def page(self, *arguments):
        self.output("diff", "--format=html", "-o", "diff.html", *arguments)
        return data_of((self.folder / "diff.html").read_bytes())

    def json(self, *arguments):
        return json.loads(self.output("diff", "--format=json", "--edges", "--contexts", *arguments))

    def flame(self, data):
        """By chain of functions: the row of the columns."""
        names = {row["index"]: row["name"] for row in rows_of(data["functions"])} | {-1: "all", -2: "(folded)"}
        flame, chain, rows = data["flame"], [], {}
        for i, depth in enumerate(flame["depth"]):
            chain[depth:] = [names[flame["function"][i]]]
            rows[tuple(chain[1:])] = {key: column[i] for key, column in flame.items()
                                      if isinstance(column, list) and key not in ("steps", "words")}
        return rows

    def check_equal(self, *sides):
        data, wanted = self.page("--contexts", "--all", *sides), self.json(*sides)
        for key in ("version", "before", "after", "has_times", "same_ground", "warnings", "wall_ns", "self_ns", "calls"):
            self.assertEqual(data[key], wanted[key], key)
        functions = rows_of(data["functions"])
        named = {row["index"]: row for row in functions}
        edges = rows_of(data["edges"])
        for row in edges:
            for end in ("caller", "callee"):
                function = named[row.pop(f"{end}_index")]
                row |= {end: function["name"], f"{end}_linkage_name": function["linkage_name"]}
        contexts = rows_of(data["contexts"])
        for row in contexts:
            self.assertEqual(named[row.pop("function_index")]["name"], row["path"].split(" > ")[-1])
            self.assertEqual(data["flame"]["calls_after"][row.pop("node")], row["calls"]["after"]["mean"])
        extra = [{key: row.pop(key) for key in ("index", "why", "words")} for row in functions]
        for row in edges + contexts:
            row.pop("words")
        self.assertEqual(functions, wanted["functions"])
        self.assertEqual(edges, wanted["edges"])
        self.assertEqual(contexts, wanted["contexts"])
        return data, extra

    def test_it_has_what_json_has(self):
        data, extra = self.check_equal(*self.sides())
        table = self.output("diff", "--all", "--limit=0", "--format=markdown", "before", "after")
        header, _, *body = [[cell.strip() for cell in line.strip("|").split(" | ")]
                            for line in table.splitlines() if line.startswith("|")]
        for title, values in (("why", [row["why"] for row in extra]),
                              ("change", [row["words"]["self_ns"] for row in extra]),
                              ("calls ±", [row["words"]["calls"] for row in extra])):
            self.assertEqual(values, [line[header.index(title)].replace("\\~", "~") for line in body], title)
        self.assertEqual(data["title"], "app: before → after")
        lines = dict(line[2:].split(": ", 1) for line in table.splitlines() if line.startswith("- "))
        self.assertEqual([label for label, _ in data["summary"]], list(lines))
        self.assertEqual(data["summary"][0], ["Before", "before: app, 4 runs"])

    def test_single_runs_and_no_times(self):
        self.check_equal(*self.sides(runs=1))

    def test_counts(self):
        data, _ = self.check_equal(*self.sides(counts=True))
        rows = self.flame(data)
        self.assertEqual(data["flame"]["scale"], "calls, of all before")
        self.assertEqual(rows["main", "parse"]["self_after"], 120)
        self.assertEqual(rows["main", "parse"]["below_before"], 1003)

    def test_flame_graph_has_both_sides(self):
        data = self.page(*self.sides(runs=1))
        rows = self.flame(data)
        self.assertEqual(set(rows), {()} | set(CONTEXTS))
        for chain, sides in CONTEXTS.items():
            for name, side in zip(("before", "after"), sides):
                calls, ms = side or (0, 0)
                self.assertEqual(rows[chain][f"calls_{name}"], calls, chain)
                self.assertLess(abs(rows[chain][f"self_{name}"] - ms * MS), 21 * MS, chain)
                below = sum(rows[other][f"self_{name}"] for other in rows if other[:len(chain)] == chain and other != chain)
                self.assertEqual(rows[chain][f"below_{name}"], below, chain)
        self.assertEqual({chain[-1]: row["presence"] for chain, row in rows.items() if row["presence"]}, {"old": 1, "fresh": 2})
        self.assertEqual(data["flame"]["unseen_after"], "not shown: a context that is gone (4.9 % of the time before)")

    def test_flame_graph_has_the_colours_of_the_picture(self):
        data = self.page(*self.sides())
        rows = self.flame(data)
        self.assertEqual({chain[-1]: row["step"] for chain, row in rows.items() if chain}, {
            "main": 0, "parse": 0, "lex": 5, "old": -4, "render": 0, "blend": -3, "fresh": 3, "clip": -2, "wait": 0})
        words = data["flame"]["words"]
        self.assertEqual(words[rows["main", "parse", "lex"]["self_change"]], "+40 %")
        self.assertEqual(words[rows["main", "parse"]["calls_change"]], "+20")
        self.assertEqual(words[rows["main", "wait"]["self_change"]], "~")

    def test_contexts_have_a_table_if_asked_for(self):
        sides = self.sides()
        self.assertIsNone(self.page(*sides)["contexts"])
        paths = {row["path"] for row in rows_of(self.page("--contexts", *sides)["contexts"])}
        self.assertEqual(paths, {row["path"] for row in self.json(*sides)["contexts"] if row["changed"]})

    def test_a_baseline_without_contexts(self):
        self.output("load", "--db=p.db", *(f"{side}/{run}.profinst" for side in self.sides(runs=1) for run in range(1)))
        self.output("baseline", "save", "--db=p.db", "--run=1", "main")
        self.output("baseline", "export", "--db=p.db", "--without-contexts", "-o", "main.profbase", "main")
        data = self.page("main.profbase", "after/0.profinst")
        self.assertIsNone(data["flame"])
        self.assertIn("Contexts are not compared: a baseline was exported without them.", data["warnings"])
        self.assertGreater(data["functions"]["count"], 5)

    def test_the_same_sides_make_the_same_bytes(self):
        sides = self.sides(runs=2)
        self.page(*sides)
        first = (self.folder / "diff.html").read_bytes()
        self.page(*sides)
        self.assertEqual((self.folder / "diff.html").read_bytes(), first)
        self.assertEqual(self.profinst("diff", "--format=html", *sides).stdout, first)

    def test_the_page_asks_nobody(self):
        self.page(*self.sides(runs=1))
        page = (self.folder / "diff.html").read_text()
        self.assertIn("default-src 'none'", page)
        self.assertNotIn("wasm", page[:page.index("<title>")])

    def test_hostile_names(self):
        names = HOSTILE + BYTES
        contexts = {("main",): ((1, 5), (1, 5))} | {("main", f"f{i}"): ((1, 9), (1, 9 + i)) for i in range(len(names))}
        data = self.page(*self.sides(runs=1, contexts=contexts, names={f"f{i}": name for i, name in enumerate(names)}))
        seen = {row["name"] for row in rows_of(data["functions"])}
        for name in names:
            self.assertIn(shown(name) if isinstance(name, str) else spelled(name), seen)

    def test_wrong_use(self):
        self.fails(2, "diff: html has all functions and edges, to be searched there; leave out --limit",
                   "diff", "--format=html", "--limit=3", "a", "b")
        self.fails(2, "diff: html has all functions and edges, to be searched there; leave out --min-share",
                   "diff", "--format=html", "--min-share=1", "a", "b")
        self.sides(runs=1)
        text = self.terminal(80, "diff", "--format=html", "before", "after", code=2)
        self.assertEqual(text, "profinst: diff: html is not for terminals; name a file with -o, or use a pipe\n")


if __name__ == "__main__":
    unittest.main()

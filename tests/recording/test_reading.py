"""The figures of docs/READING.md: calls are those that the example makes with every clang, times are what one run
took, and the sums in the text are right."""

import re

import support
from support import CLANGS, ROOT, each

TEXT = (ROOT / "docs" / "READING.md").read_text()
ROW = re.compile(r"^ *\d+ +(?P<self>[\d.]+|-|< noise).*?(?P<calls>[\d,]+) +(?P<inlined>[\d,]+|-)  .*?"
                 r" (?P<function>\w+) +(?P<place>\S+:\d+)$", re.MULTILINE)


def number(text):
    return 0 if text == "-" else int(text.replace(",", ""))


class Reading(support.Case):
    rows = {match["function"]: match for match in ROW.finditer(TEXT)}

    def check(self, report):
        """What is shown and said of calls, in any order."""
        self.assertEqual({name: (number(row["calls"]), number(row["inlined"])) for name, row in self.rows.items()},
                         {name: (row["calls"], row["inlined_calls"]) for name, row in report.functions.items()})
        self.assertEqual({name: row["place"] for name, row in self.rows.items()},
                         {name: f"examples/words.c:{row['line']}" for name, row in report.functions.items()})
        total = sum(report.calls.values())
        inlined = sum(row["inlined_calls"] for row in report.functions.values())
        self.assertIn(f"Calls     {total:,} of {len(self.rows)} functions, {inlined:,} of them inlined", TEXT)
        outer, recursive = report.edges["count_words", "count"], report.edges["count", "count"]
        self.assertEqual(report.recursive_edges["count", "count"], recursive)
        self.assertIn(f"So {outer:,} calls came from outside, and led to {recursive:,} recursive calls, "
                      f"{recursive // outer} for each word.", TEXT)
        known = {*report.calls.values(), outer, recursive, total, inlined, 389}
        for said in re.findall(r"(\d[\d,]*\d) (?:recursive |inlined |short )?calls", TEXT):
            self.assertIn(number(said), known)

    def test_with_every_clang(self):
        for version in CLANGS:
            with each(self, clang=version):
                self.compile("words", "-O2", "-g", ROOT / "examples" / "words.c", version=version)
                report = self.profile("words")
                self.assertEqual(report.output, "a 28331\n")
                self.check(report)

    def test_sums(self):
        """Self times and what is outside are the whole; the interval is that of the error."""
        shares = re.search(r"they are the whole: ([\d. +]+\d)\.", TEXT)[1].split(" + ")
        selves = [row["self"] for row in self.rows.values() if row["self"][0].isdigit()]
        outside = re.search(r"^Outside .*\((.*?) %\)", TEXT, re.MULTILINE)[1]
        self.assertEqual(shares, [*selves, outside])
        self.assertAlmostEqual(sum(map(float, shares)), 100, delta=0.2)
        share, error = map(float, re.search(r"`([\d.]+) ±([\d.]+) %`", TEXT).groups())
        self.assertIn(f"between {share - error:.1f} and {share + error:.1f} %", TEXT)
        lifetime, profiler = (int(re.search(rf"^{word}.*? (\d+) ms", TEXT, re.MULTILINE)[1])
                              for word in ("Threads", "Profiler"))
        self.assertIn(f"{lifetime} ms with the profiler", TEXT)
        self.assertIn(f"what is left, {lifetime - profiler} ms", TEXT)


if __name__ == "__main__":
    support.main()

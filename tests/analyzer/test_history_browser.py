"""The history in the page of profinst html, in a browser."""

import unittest

from browser import BrowserCase
from history_case import HistoryCase, noisy
from profile_writer import Profile
from test_html_browser import CONTRAST

MS = 1_000_000
HOSTILE = "<img src=x onerror=alert(1)>"


class HistoryPage(HistoryCase, BrowserCase):
    def show(self, fragment):
        self.output("html", "--db", "profinst.db", "-o", "report.html")
        self.open(self.folder / "report.html", fragment)
        self.wait(lambda: self.script("return document.body.dataset.ready") == fragment, fragment)

    def make(self):
        for number, runs in enumerate(noisy(1, 12, 3, lambda p: 10 * MS if p < 7 else 15 * MS)):
            for run in runs:
                run[HOSTILE] = (3, MS)
            self.point(runs, HOSTILE, {"git.commit": HOSTILE if number == 9 else f"c{number}"})
        self.load()

    def test_chart_and_list(self):
        self.make()
        self.show("#/history")
        self.assertEqual(self.texts("nav [aria-current]"), ["History"])
        self.assertEqual(self.texts("#history .list td.name"), ["work", HOSTILE, "main"])
        self.assertEqual(len(self.all(".chart .point circle")), 12)
        self.assertEqual(len(self.all(".chart .error")), 12)
        self.assertEqual(len(self.all(".chart .level")), 2)
        label, = self.texts(".chart text.step")
        self.assertRegex(label, r"^\+5\d\.\d %, > 99\.99 %$")
        step, = self.texts("#history .found")
        self.assertRegex(step, r"^10\.\d ms → 1\d\.\d ms \(\+5\d\.\d %\), with a confidence of > 99\.99 %, "
                               r"at commit c7 of 2027-01-15 15:00:00 UTC$")
        self.find("#history details summary").click()
        rows = self.texts("#history details tbody tr")
        self.assertEqual(len(rows), 12)
        self.assertEqual(self.texts("#history .list h2"), ["self time of app over 12 points"])
        self.assertTrue(rows[7].startswith("2027-01-15 15:00:00 UTC c7"), rows[7])
        self.assertTrue(rows[7].endswith("> 99.99 %"), rows[7])

    def test_changes_are_those_of_the_table(self):
        self.make()
        self.show("#/history")
        self.find("#history details summary").click()
        table = self.output("history", "work", "--format=markdown").split("\n| ---")[1].splitlines()[1:]
        changes = [line.split(" | ")[7] for line in table if line]
        self.assertEqual(len(set(changes)), 12)
        self.assertEqual(changes[0], "-")
        self.assertEqual(self.texts("#history details td:nth-child(7)"), ["–", *changes[1:]])
        row, *others = self.texts("#history .list tbody tr")
        means = [level["mean"] for level in self.history("work")["functions"][0]["levels"]]
        self.assertIn(f" {100 * (means[-1] / means[0] - 1):+.1f} % ", row)
        self.assertIn(" +0.0 % ", others[0])

    def test_another_function(self):
        self.make()
        self.show("#/history")
        self.all("#history .list td.name a")[1].click()
        self.wait(lambda: self.script("return document.body.dataset.ready") == "#/history/1")
        self.assertEqual(self.texts("#history h2.name"), [HOSTILE])
        self.assertEqual(self.all(".chart text.step"), [])
        self.assertEqual(self.all("#main img"), [])

    def test_contrast(self):
        self.make()
        self.show("#/history")
        self.find("#history details summary").click()
        self.assertTrue(self.find("#history details tbody").is_displayed())
        for scheme in ("light", "dark"):
            self.prefer(scheme)
            self.assertEqual(self.script(CONTRAST), [], scheme)

    def test_small_screens(self):
        self.make()
        self.resize(390, 800)
        self.show("#/history")
        self.assertTrue(self.script("return document.documentElement.scrollWidth <= innerWidth"))

    def test_one_run_has_none(self):
        self.single({"work": (1, MS)})
        self.load()
        self.show("#/overview")
        self.assertFalse(self.find("nav [data-view='history']").is_displayed())

    def test_points_without_functions(self):
        for number in range(2):
            profile = Profile("/opt/app/bin/app", key=1 + number, run=1 + number)
            profile.thread()
            self.profiles.append(profile)
        self.load()
        self.show("#/history")
        self.assertEqual(self.texts("#history"), ["No function was called at any point."])


if __name__ == "__main__":
    unittest.main()

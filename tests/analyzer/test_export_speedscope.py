"""Exported files in speedscope, the program that opens them: what its page shows of them."""

import base64
import fcntl
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from browser import BrowserCase
from profile_writer import Profile
from support import HERE, example, inlined_example
from test_export_tools import counted_example, hostile_example, killed_example

PACKAGE = HERE / "speedscope"
INSTALLED = pathlib.Path(os.environ["PROFINST_BUILD"]) / "tests" / "speedscope"
# What the page says when all is well, and what the browser says of machines without a graphics card.
CHATTER = re.compile(r"^(INFO|DEBUG): |GL Driver Message|software WebGL")


def install():
    """The folder of speedscope's page; npm gets it once for a build, in the version that is pinned."""
    if shutil.which("npm") is None:
        raise AssertionError("npm is not there: install the Debian package npm")
    INSTALLED.mkdir(parents=True, exist_ok=True)
    with open(INSTALLED / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = {name: (PACKAGE / name).read_text()
                  for name in (".npmrc", "package.json", "package-lock.json")}
        done = INSTALLED / "done"
        if not done.exists() or done.read_text() != json.dumps(wanted):
            for name, text in wanted.items():
                (INSTALLED / name).write_text(text)
            subprocess.run(["npm", "ci", "--prefer-offline", "--loglevel=error"], cwd=INSTALLED, check=True,
                           stdout=subprocess.DEVNULL)
            done.write_text(json.dumps(wanted))
    return INSTALLED / "node_modules" / "speedscope" / "dist" / "release"


def duration(ns):
    """As speedscope writes it."""
    for size, unit in ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs"), (1, "ns")):
        if ns >= size:
            return f"{ns / size:.2f}{unit}"
    return "0.00ns"


class Speedscope(BrowserCase):
    @classmethod
    def setUpClass(cls):
        cls.page = install() / "index.html"
        super().setUpClass()

    def seen(self):
        lines, requests = super().seen()
        return [line for line in lines if not CHATTER.search(line)], requests

    def show(self, *profiles):
        """Opens the export as speedscope's own command does: a script on the disk has the file in it."""
        self.output("export", "-o", "out.speedscope.json", *profiles)
        content = (self.folder / "out.speedscope.json").read_bytes()
        script = self.folder / "load.js"
        script.write_text('speedscope.loadFileFromBase64("out.speedscope.json", '
                          f'"{base64.b64encode(content).decode()}")')
        self.open(self.page, f"#localProfilePath={script}")
        self.wait("return document.body.innerText.includes('Sandwich')", "speedscope shows no profile")
        return json.loads(content)

    def click(self, text):
        self.script("""[...document.querySelectorAll('div, tr')].find(
            element => element.innerText.trim().endsWith(arguments[0]) && !element.querySelector('div'))
            .click()""", text)

    def rows(self):
        """Those of the sandwich view: total, self and name."""
        rows = self.script("""return [...document.querySelectorAll('tr')].map(
            row => [...row.querySelectorAll('td')].map(cell => cell.textContent))""")
        return [row for row in rows if len(row) == 3 and row[0] and not row[0].isdecimal()]

    def table(self):
        """{name: (total, self)}, as the sandwich view has it."""
        self.click("Sandwich")
        rows = self.wait(self.rows, "speedscope shows no functions")
        return {row[2]: tuple(re.sub(r" \(.*\)$", "", cell) for cell in row[:2]) for row in rows}

    def profiles(self):
        """Names and sums of what can be chosen."""
        return self.script("""return [...document.querySelectorAll('tr[title]')].map(
            row => [row.title, row.lastChild.textContent])""")

    def wanted(self, report):
        rows = {row["function"] or "(no name)": (row["cumulative_ns"], row["self_ns"])
                for row in report["functions"] if row["cumulative_ns"]}
        rows["(outside)"] = (report["outside_ns"],) * 2
        rows["(unattributed)"] = (report["unattributed_ns"],) * 2
        return {name: tuple(map(duration, times)) for name, times in rows.items() if times[0]}

    def check(self, profile):
        name = self.write(profile)
        content = self.show(name)
        report = self.report(name)
        calls = sum(row["calls"] for row in report["functions"])
        self.assertEqual(self.table(), self.wanted(report))
        self.assertEqual(self.profiles(), [["time", duration(report["total_ns"])], ["calls", f"{calls:,}"]])
        self.assertEqual([profile["endValue"] for profile in content["profiles"]],
                         [report["total_ns"], calls])
        return content

    def test_times(self):
        for make in (example, inlined_example, killed_example):
            with self.subTest(make.__name__):
                self.check(make())

    def test_hostile_names(self):
        self.resize(1366, 2400)  # a long table has rows for what can be seen only
        self.check(hostile_example())

    def test_calls(self):
        """They are whole numbers in the page. Where there are no times, there is nothing else."""
        name = self.write(counted_example())
        self.show(name)
        self.assertEqual(self.table(), {"main": ("4,321", "1"), "work": ("4,320", "320"),
                                        "read": ("4,000", "4,000")})
        self.assertEqual(self.profiles(), [])

    def test_calls_beside_times(self):
        name = self.write(inlined_example())
        self.show(name)
        self.press("n")  # the next profile
        own = {function: row[1] for function, row in self.table().items()}
        self.assertEqual(own, {row["function"]: f"{row['calls']:,}"
                               for row in self.report(name)["functions"]})

    def test_programs(self):
        second = example()
        second.profile_id, second.program = b"another profile!", b"/bin/other"
        self.show(self.write(example()), self.write(second, "other.profinst"))
        table = self.table()
        total = duration(545_350_123)
        self.assertEqual({name: table[name][0] for name in ("/opt/app/bin/app", "/bin/other")},
                         {"/opt/app/bin/app": total, "/bin/other": total})
        self.assertEqual(table["main"][0], duration(2 * 343_850_123))
        self.assertEqual(table["(outside)"][1], duration(2 * 51_500_000))

    def test_deep_trees(self):
        """Nothing is left out, and the file stays small."""
        profile = Profile()
        thread = profile.thread()
        at = thread.root
        for number in range(2_000):
            at = thread.context(at, profile.function(f"f{number}"), 1, 1000 if number else 5000)
        content = self.show(self.write(profile))
        self.assertEqual(len(content["profiles"][0]["events"]), 2 * 2_000)
        self.assertEqual(self.table()["f0"], (duration(2_004_000), duration(5000)))


if __name__ == "__main__":
    unittest.main()

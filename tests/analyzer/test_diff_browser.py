"""The page of profinst diff in a browser: tables, the flame graph, and what is selected in both."""

import unittest

from browser import BrowserCase, Keys
from diff_pictures import DiffCase
from test_hostile import HOSTILE, shown
from test_html_browser import CONTRAST


class DiffPage(BrowserCase, DiffCase):
    def show(self, fragment="", *arguments, **sides):
        self.output("diff", "--format=html", "-o", "diff.html", *arguments, *self.sides(**sides))
        self.open(self.folder / "diff.html", fragment)
        self.ready(fragment or "#")

    def rows(self, view="functions"):
        return self.script("""return [...document.querySelectorAll(`#${arguments[0]} .tabulator-row`)].map(row =>
            [...row.querySelectorAll('.tabulator-cell')].filter(cell => cell.style.display !== 'none')
                .map(cell => cell.textContent))""", view)

    def names(self, view="functions", column=1):
        return [row[column] for row in self.rows(view)]

    def wait_for_rows(self, count, view="functions"):
        self.wait(lambda: len(self.rows(view)) == count, f"{count} rows")

    def column(self, title, view="functions"):
        found = [header for header in self.all(f"#{view} .tabulator-col") if header.text == title]
        self.assertEqual(len(found), 1, title)
        return found[0]

    def row(self, name, view="functions"):
        found = self.script("""return [...document.querySelectorAll(`#${arguments[0]} .tabulator-row`)].filter(row =>
            [...row.querySelectorAll('.name')].some(cell => cell.textContent === arguments[1]))""", view, name)
        self.assertEqual(len(found), 1, name)
        return found[0]

    def frames(self):
        """Classes by name, those that are shown."""
        return self.script("""return Object.fromEntries([...document.querySelectorAll('.dock .frame')].map(
            frame => [frame.__data__.node.label, frame.className.split(' ')]))""")

    def frame(self, name):
        return self.script("""return [...document.querySelectorAll('.dock .frame')].find(
            frame => frame.__data__.node.label === arguments[0])""", name)

    def chosen(self):
        return sorted(name for name, classes in self.frames().items() if "chosen" in classes)

    def choose(self, label, value):
        self.script("""const label = [...document.querySelectorAll('label.choice')].find(
                label => label.checkVisibility() && label.querySelector('span').textContent === arguments[0]);
            const list = label.querySelector('select');
            list.value = arguments[1];
            list.dispatchEvent(new Event('change'))""", label, value)

    # ---- overview ----

    def test_overview(self):
        self.show()
        self.assertEqual(self.driver.title, "app: before → after – profinst")
        self.assertEqual(self.find("#program").text, "app: before → after")
        self.assertEqual(self.texts("#overview .tile .big"), ["+7.5 % ±4.2", "+7.5 % ±4.2", "+20"])
        self.assertEqual(self.texts("#overview .tile .quiet"), ["1.00 s → 1.07 s", "1.00 s → 1.07 s", "1,661 → 1,681"])
        self.assertEqual(self.texts("#overview .summary dd")[:2], ["before: app, 4 runs", "after: app, 4 runs"])
        self.assertEqual(self.texts("#overview .first td.name")[:3], ["lex", "old", "fresh"])
        self.assertEqual([text for text in self.texts("nav a") if text], ["Overview", "Functions", "Edges", "Flame graph"])
        self.all("#overview .first td.why")[0].click()
        self.wait(lambda: self.chosen() == ["lex"])
        self.assertEqual(len(self.all("#overview tr.selected")), 1)

    def test_views_by_number(self):
        self.show("", "--contexts")
        for key, view in zip("23451", ("functions", "edges", "contexts", "flame", "overview")):
            self.press(key)
            self.ready(f"#/{view}")
            self.assertEqual(self.texts("nav [aria-current]"), [self.find(f"nav [data-view='{view}']").text])

    def test_warnings(self):
        self.sides(runs=1)
        other = self.profile(1, 2)
        other.program = b"/opt/app/bin/other"
        other.write(self.folder / "after/0.profinst")
        self.output("diff", "--format=html", "-o", "diff.html", "before", "after")
        self.open(self.folder / "diff.html")
        self.ready("#")
        self.assertEqual(self.texts("#overview .note dd"), ["The programs have other names: app before, other after."])

    # ---- tables ----

    def test_table_sorts(self):
        self.show("#/functions", "--all")
        self.wait_for_rows(9)
        self.assertEqual(self.names()[:3], ["lex", "old", "fresh"])
        self.column("Difference").click()
        self.assertEqual(self.names()[:2], ["lex", "fresh"])
        self.assertEqual(self.names()[-1], "old")
        self.column("Difference").click()
        self.assertEqual(self.names()[:3], ["old", "blend", "clip"])
        self.column("Function").click()
        self.assertEqual(self.names(), sorted(self.names()))
        self.column("Calls after").click()
        self.assertEqual(self.names()[:2], ["lex", "blend"])
        self.assertEqual(self.names()[-1], "old")  # it has none
        self.column("Calls after").click()
        self.assertEqual(self.names()[-1], "old")

    def test_table_says_what_the_command_says(self):
        self.resize(1900, 900)
        self.show("#/functions", "--all")
        self.wait_for_rows(9)
        titles = [title for title in self.texts("#functions .tabulator-col-title") if title]
        self.assertEqual(titles, ["#", "Function", "Why", "Self before", "Self after", "Difference", "Change", "p",
                                  "Calls before", "Calls after", "Calls ±", "Where"])
        table = self.output("diff", "--all", "--format=markdown", "before", "after").replace("\\~", "~")
        header, _, *body = [[cell.strip() for cell in line.strip("|").split(" | ")]
                            for line in table.splitlines() if line.startswith("|")]
        for title, column in (("Function", "function"), ("Why", "why"), ("Self before", "self before"),
                              ("Self after", "self after"), ("Difference", "difference"), ("Change", "change"),
                              ("Calls before", "calls before"), ("Calls after", "calls after"), ("Calls ±", "calls ±")):
            self.assertEqual([row[titles.index(title)].replace("–", "-") for row in self.rows()],
                             [line[header.index(column)] for line in body], title)

    def test_figures(self):
        self.resize(1900, 900)
        self.show("#/functions", "--all")
        self.wait_for_rows(9)
        self.choose("Figures", "cumulative")
        self.wait(lambda: "Cum. before" in self.texts("#functions .tabulator-col-title"))
        parse = next(row for row in self.rows() if "parse" in row)
        self.assertEqual(parse[3:7], ["390 ms", "460 ms", "+70.0 ms", "+18 %"])
        self.choose("Figures", "average")
        self.wait(lambda: "Average before" in self.texts("#functions .tabulator-col-title"))
        self.assertEqual(next(row for row in self.rows() if "lex" in row)[3:5], ["300 µs", "420 µs"])

    def test_search_and_what_has_not_changed(self):
        self.show("#/functions")
        self.wait(lambda: "wait" not in self.names() and len(self.names()) > 5)
        self.press("/")
        self.press("wait")
        self.assertEqual(self.names(), ["wait"])
        self.assertEqual(self.find("#functions .found").text, "1 of 9 functions")
        self.assertIn("hit", self.frames()["wait"])
        self.assertEqual(self.find(".dock .found").text, "1 found: 7.5 % of what is shown")
        self.press(Keys.ESCAPE)
        self.wait(lambda: "wait" not in self.names())
        self.find("#functions input[type=checkbox]").click()
        self.wait_for_rows(9)
        self.press("/")
        self.press("src/lex.c")
        self.press(Keys.ENTER)
        self.wait(lambda: self.chosen() == ["lex"])

    def test_edges(self):
        self.show("#/edges")
        self.wait(lambda: self.rows("edges"))
        self.assertEqual(self.rows("edges")[0][1:3], ["parse", "lex"])
        self.all("#edges .tabulator-row")[0].click()
        self.wait(lambda: self.chosen() == ["lex"])
        self.assertEqual(self.find("#edges .panel h2").text, "parse → lex")
        self.frame("blend").click()
        self.wait(lambda: self.find("#edges .panel h2").text == "render → blend")
        self.assertEqual(self.chosen(), ["blend"])

    def test_contexts(self):
        self.show("#/contexts", "--contexts", "--all")
        self.wait_for_rows(9, "contexts")
        self.row("lex", "contexts").click()
        self.wait(lambda: self.chosen() == ["lex"])
        self.assertEqual(self.find("#contexts .panel .path").text, "main > parse > lex")

    def test_keyboard_walks_through_rows(self):
        self.show("#/functions")
        self.wait(lambda: self.rows())
        self.script("document.querySelector('#functions .tabulator-tableholder').focus()")
        self.press(Keys.ARROW_DOWN)
        self.wait("return document.activeElement.classList.contains('tabulator-row')")
        self.press(Keys.ENTER)
        self.wait(lambda: self.chosen() == ["lex"])

    # ---- flame graph ----

    def test_colours(self):
        self.show("#/flame")
        frames = {name: [word for word in classes if word not in ("frame", "above")] for name, classes in self.frames().items()}
        self.assertEqual(frames, {
            "all": ["same"], "main": ["same"], "parse": ["same"], "lex": ["more-5"], "render": ["same"],
            "blend": ["less-3"], "fresh": ["more-3", "alone"], "clip": ["less-2"], "wait": ["same"]})
        self.go("#/flame/before")
        self.assertEqual(self.frames()["old"][1:], ["less-4", "alone"])
        self.assertNotIn("fresh", self.frames())
        red, blue = (self.script("return getComputedStyle(arguments[0]).backgroundColor", self.frame(name))
                     for name in ("lex", "old"))
        self.assertEqual([red, blue], ["rgb(232, 102, 90)", "rgb(122, 168, 220)"])
        self.assertIn("not shown: a context that is new (1.9 % of the time after)", self.find(".dock .about").text)

    def test_widths(self):
        self.show("#/flame")
        width = "return Math.round(10 * parseFloat(arguments[0].style.width)) / 10"
        self.assertEqual(self.script(width, self.frame("lex")), 39.1)
        self.choose("Widths", "before")
        self.ready("#/flame/before")
        self.assertEqual(self.script(width, self.frame("lex")), 30)

    def test_tooltip(self):
        self.show("#/flame")
        self.script("""arguments[0].dispatchEvent(new PointerEvent('pointermove', {bubbles: true, clientX: 300, clientY: 300}))""",
                    self.frame("lex"))
        self.assertEqual(self.texts("#tooltip div"), ["lex", "cumulative 300 ms → 420 ms (+40 %)", "self 300 ms → 420 ms (+40 %)",
                                                      "calls 1,000", "slower", "src/lex.c:3"])

    def test_zoom(self):
        self.show("#/flame")
        self.frame("parse").click()
        self.wait(lambda: sorted(self.frames()) == ["all", "lex", "main", "parse"])
        self.press(Keys.ESCAPE)  # selects nothing
        self.wait(lambda: self.chosen() == [])
        self.assertNotIn("render", self.frames())
        self.press(Keys.ESCAPE)
        self.wait(lambda: "render" in self.frames())
        self.frame("parse").click()
        self.wait(lambda: "render" not in self.frames())
        self.find(".dock .tools button").click()
        self.wait(lambda: "render" in self.frames())
        self.driver.back()
        self.wait(lambda: "render" not in self.frames())

    def test_table_and_flame_graph_show_the_same(self):
        self.show("#/functions")
        self.wait(lambda: self.rows())
        self.row("parse").click()
        self.wait(lambda: self.chosen() == ["parse"])
        self.assertEqual(self.find(".dock .found").text, "1 context: 42.8 % of what is shown")
        self.assertEqual(self.find("#functions .panel h2").text, "parse")
        self.frame("blend").click()
        self.wait(lambda: self.chosen() == ["blend"])
        self.assertEqual(self.texts("#functions .tabulator-row.selected .name"), ["blend"])
        self.row("blend").click()
        self.wait(lambda: self.chosen() == [])
        self.assertFalse(self.find("#functions .panel").is_displayed())

    def test_panel(self):
        self.show("#/functions")
        self.wait(lambda: self.rows())
        self.row("lex").click()
        self.wait(lambda: self.chosen() == ["lex"])
        self.assertEqual(self.texts("#functions .both tbody tr:first-child td")[:4], ["300 ms", "420 ms", "+120 ms", "+40 %"])
        self.assertEqual(len(self.all("#functions .runs circle")), 8)
        self.assertEqual(self.texts("#functions .callers td.name"), ["parse"])
        self.find("#functions .callers td.name a").click()
        self.wait(lambda: self.find("#functions .panel h2").text == "parse")
        self.assertEqual(self.texts("#functions .callees td.name"), ["lex", "old"])

    # ---- around it ----

    def test_single_runs(self):
        self.show("#/functions", runs=1)
        self.wait(lambda: self.rows())
        self.assertIn("a side has one run only", self.find(".dock .about").text)
        self.assertIn("+40 % ?", [cell for row in self.rows() for cell in row])

    def test_no_times(self):
        self.show("#/functions", counts=True)
        self.wait(lambda: self.rows())
        self.assertNotIn("Self before", self.texts("#functions .tabulator-col-title"))
        for view in ("overview", "edges", "flame"):
            self.go(f"#/{view}")
        self.assertIn("more-3", self.frames()["parse"])

    def test_contrast(self):
        self.show("", "--contexts")
        for scheme in ("light", "dark"):
            self.prefer(scheme)
            for view in ("overview", "functions", "edges", "contexts", "flame"):
                self.go(f"#/{view}")
                self.assertEqual(self.script(CONTRAST), [], f"{scheme} {view}")

    def test_small_screens(self):
        self.resize(390, 800)
        self.show("", "--contexts")
        for view in ("overview", "functions", "edges", "contexts", "flame"):
            self.go(f"#/{view}")
            self.assertLessEqual(self.script("return document.documentElement.scrollWidth"), 390, view)

    def test_print(self):
        self.show("#/functions")
        self.prefer(media="print")
        for selector, seen in (("#overview .summary", True), ("#overview .first", True), (".dock .frame", True),
                               (".tabs", False), ("#search", False), (".tabulator", False), (".dock .tools", False)):
            self.assertEqual(self.all(selector)[0].is_displayed(), seen, selector)

    def test_hostile_names_are_only_names(self):
        names = [name for name in HOSTILE if name.strip()] + ["</script><img src=x onerror=alert(1)>", "__proto__", "constructor"]
        contexts = {("main",): ((1, 5), (1, 5))} | {("main", f"f{i}"): ((1, 9), (2, 9 + i)) for i in range(len(names))}
        self.resize(1366, 3200)
        self.show("#/functions", "--contexts", runs=1, contexts=contexts, names={f"f{i}": name for i, name in enumerate(names)})
        wanted = {shown(name) for name in names if len(name) < 4096}
        self.wait(lambda: wanted <= set(self.script(
            "return [...document.querySelectorAll('#functions .tabulator-row .name')].map(name => name.textContent)")))
        for view in ("overview", "edges", "contexts", "flame", "functions///f3", "edges///e3"):
            self.go(f"#/{view}")
        self.assertEqual(self.all("body img, body b, body iframe"), [])


if __name__ == "__main__":
    unittest.main()

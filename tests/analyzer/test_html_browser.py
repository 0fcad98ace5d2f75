"""The page of profinst html in a browser."""

import base64
import unittest

from browser import BrowserCase, Keys
from page_support import advised_example, counted_example, data_of, deep_example
from profile_writer import Profile
from support import example, inlined_example
from test_hostile import HOSTILE, shown

CONTRAST = r"""
function parse(text) {
    const canvas = parse.canvas ??= new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
}
function luminance(colour) {
    const [r, g, b] = colour.slice(0, 3).map(value => {
        value /= 255;
        return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function background(element) {
    for (; element; element = element.parentElement) {
        const colour = parse(getComputedStyle(element).backgroundColor);
        if (colour[3] === 255)
            return colour;
    }
    return [255, 255, 255];
}
const poor = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("svg, script, noscript, [hidden], .visually-hidden, dialog")
        || !element.checkVisibility() || element.closest(":disabled"))
        continue;
    const [a, b] = [parse(getComputedStyle(element).color), background(element)].map(luminance).sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5)
        poor.push(`${walker.currentNode.data.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
}
return [...new Set(poor)];
"""


class Page(BrowserCase):
    def show(self, profile, fragment="", *arguments):
        self.output("html", "-o", "report.html", self.write(profile), *arguments)
        self.open(self.folder / "report.html", fragment)
        self.ready(fragment or "#")

    def names(self):
        return self.texts("#functions .tabulator-row .name a")

    def column(self, title):
        for header in self.all("#functions .tabulator-col"):
            if header.text == title:
                return header
        self.fail(f"no column {title}")

    def frames(self):
        """Names of frames and their widths in percent, those that are shown."""
        return self.script("""return [...document.querySelectorAll('#flame .frame')].map(
            frame => [frame.__data__.node.label, Math.round(10 * parseFloat(frame.style.width)) / 10])""")

    def frame(self, *path):
        """Clicks on the frame of a chain of functions, from the root on."""
        return self.script("""return [...document.querySelectorAll('#flame .frame')].find(frame => {
            const names = [];
            for (let node = frame.__data__.node; node.parent; node = node.parent)
                names.unshift(node.label);
            return names.join() === arguments[0].join();
        })""", list(path))

    # ---- overview ----

    def test_overview(self):
        self.show(deep_example())
        self.assertEqual(self.driver.title, "app – profinst")
        self.assertEqual(self.find("#arguments").text, "/opt/app/bin/app --fast input file")
        self.assertEqual(self.texts("#overview .first td.name"),
                         ["gamma", "work", "alpha", "delta", "main", "beta"])
        self.assertEqual(self.texts("#overview .first .share"),
                         ["30.0 %", "25.0 %", "20.0 %", "10.0 %", "10.0 %", "5.0 %"])
        data = data_of((self.folder / "report.html").read_bytes())
        self.assertEqual(self.texts("#overview .summary dd"), [text for _, text in data["summary"]])
        self.assertGreater(len(self.all("#overview .frame")), 5)
        self.find("#overview .first tr:first-child a").click()
        self.ready("#/graph/0")

    def test_advice(self):
        self.show(advised_example())
        advice = data_of((self.folder / "report.html").read_bytes())["advice"]
        self.assertEqual(self.texts("#overview .advice .badge"), ["critical", "medium"])
        self.assertEqual(self.texts("#overview .advice p:first-child"),
                         [item["text"] + " Look at it" for item in advice])
        self.assertEqual(self.texts("#overview .advice p.quiet"), [item["remedy"] for item in advice])
        self.all("#overview .advice a")[0].click()
        self.ready("#/graph/0")
        self.assertEqual(self.find(".panel h2").text, "<b>hot</b>")
        self.assertEqual(self.find(".panel .links .badge").text, "critical")

    def test_empty(self):
        profile = Profile()
        profile.thread()
        self.show(profile)
        self.assertIn("No calls were recorded", self.find("#overview .empty").text)
        for view in ("functions", "flame", "graph", "threads"):
            self.go(f"#/{view}")

    def test_no_times(self):
        self.show(counted_example())
        for view in ("functions", "flame", "graph", "graph/0", "threads"):
            self.go(f"#/{view}")
        self.go("#/functions")
        self.assertNotIn("Self", self.texts("#functions .tabulator-col-title"))
        self.assertNotIn("ms", self.find("#functions").text)

    # ---- functions ----

    def test_numbers_are_those_of_the_report(self):
        name = self.write(inlined_example())
        self.resize(1900, 900)
        self.show(inlined_example(), "#/functions")
        self.wait("return document.querySelector('#functions .tabulator-row')")
        rows = self.script("""return [...document.querySelectorAll('#functions .tabulator-row')].map(row =>
            [...row.querySelectorAll('.tabulator-cell')].map(cell =>
                (cell.querySelector('.name a') ?? cell).textContent))""")
        titles = [title for title in self.texts("#functions .tabulator-col-title") if title]
        self.assertEqual(titles, ["#", "Function", "Self %", "Self", "Cum. %", "Cumulative", "Calls", "Inlined",
                                  "Average", "Where"])
        report = self.output("report", "--limit=0", "--format=markdown", name)
        header, _, *body = [[cell.strip() for cell in line.strip("|").split(" | ")]
                            for line in report.splitlines() if line.startswith("|")]
        self.assertEqual(len(rows), len(body))
        for title, column in (("Self %", "self %"), ("Self", "self"), ("Cum. %", "cum. %"), ("Cumulative", "cumulative"),
                              ("Calls", "calls"), ("Inlined", "inlined"), ("Average", "average")):
            self.assertEqual([row[titles.index(title)].replace("–", "-") for row in rows],
                             [line[header.index(column)] for line in body], title)

    def test_table_sorts(self):
        self.show(deep_example(), "#/functions")
        self.wait(lambda: len(self.names()) == 6)
        self.assertEqual(self.names(), ["gamma", "work", "alpha", "delta", "main", "beta"])
        self.column("Calls").click()
        self.assertEqual(self.names(), ["gamma", "alpha", "beta", "work", "delta", "main"])
        self.assertEqual(self.column("Calls").get_attribute("aria-sort"), "descending")
        self.column("Calls").click()
        self.assertEqual(self.names(), ["main", "delta", "work", "beta", "alpha", "gamma"])
        self.column("Function").click()
        self.assertEqual(self.names(), ["alpha", "beta", "delta", "gamma", "main", "work"])
        self.column("Cumulative").click()
        self.assertEqual(self.names()[:3], ["main", "alpha", "gamma"])

    def test_what_is_not_known_comes_last(self):
        self.show(inlined_example(), "#/functions")
        self.wait(lambda: len(self.names()) == 10)
        for _ in range(2):
            self.column("Average").click()
            self.assertEqual(set(self.names()[-2:]), {"store::Input::skip(int)", "buffer: put"})

    def test_search_filters(self):
        self.show(deep_example(), "#/functions")
        self.wait(lambda: len(self.names()) == 6)
        self.press("/")
        self.press("nowhere")
        self.assertEqual(self.find("#functions .found").text, "0 of 6 functions")
        self.press(Keys.ESCAPE)
        self.assertEqual(self.find("#functions .found").text, "6 functions")
        self.press("/")
        self.press("D.C:15")
        self.assertEqual(self.names(), ["delta"])
        self.press(Keys.ESCAPE, "/")
        self.press("ta")
        self.assertEqual(self.names(), ["delta", "beta"])
        self.assertEqual(self.find("#functions .found").text, "2 of 6 functions")
        self.press(Keys.ENTER)
        self.ready("#/graph/3")
        self.assertEqual(self.find(".panel h2").text, "delta")

    def test_keyboard_walks_through_rows(self):
        self.show(deep_example(), "#/functions")
        self.wait(lambda: len(self.names()) == 6)
        self.script("document.querySelector('#functions .tabulator-tableholder').focus()")
        self.press(Keys.ARROW_DOWN)
        self.wait("return document.activeElement.textContent === 'gamma'")
        self.press(Keys.ARROW_DOWN)
        self.wait("return document.activeElement.textContent === 'work'")
        self.press(Keys.END)
        self.wait("return document.activeElement.textContent === 'beta'")
        self.press(Keys.ENTER)
        self.ready("#/graph/5")

    def test_a_click_anywhere_in_a_row_opens_the_function(self):
        self.show(deep_example(), "#/functions")
        self.wait(lambda: len(self.names()) == 6)
        self.all("#functions .tabulator-row:nth-child(2) .tabulator-cell")[-1].click()
        self.ready("#/graph/1")

    def test_only_rows_that_are_seen_are_elements(self):
        profile = Profile()
        thread = profile.thread()
        for number in range(20_000):
            thread.context(thread.root, profile.function(f"function_{number:05}"), 1, 1_000_000 - number)
        self.show(profile, "#/functions")
        self.wait(lambda: self.names()[:1] == ["function_00000"])
        self.assertEqual(self.find("#functions .found").text, "20,000 functions")
        self.assertLess(len(self.all("#functions .tabulator-row")), 100)
        self.script("document.querySelector('#functions .tabulator-tableholder').scrollTop = 1e9")
        self.wait(lambda: "function_19999" in self.names())
        self.assertLess(len(self.all("#functions .tabulator-row")), 100)

    # ---- flame graph ----

    def test_flame_graph(self):
        self.show(deep_example(), "#/flame")
        self.assertEqual(sorted(self.frames()), sorted([
            ["all", 100], ["main", 70], ["alpha", 40], ["gamma", 20], ["beta", 20], ["delta", 10], ["gamma", 5],
            ["work", 30], ["gamma", 5]]))
        self.frame("main", "beta").click()
        self.ready("#/flame/all/4.5")
        self.assertEqual(sorted(self.frames()), sorted([
            ["all", 100], ["main", 100], ["beta", 100], ["delta", 50], ["gamma", 25]]))
        self.press(Keys.ESCAPE)
        self.ready("#/flame/all/4")
        self.driver.back()
        self.ready("#/flame/all/4.5")
        self.find("#flame .tools button").click()
        self.ready("#/flame/all")
        self.assertEqual(len(self.frames()), 9)

    def test_flame_graph_of_each_thread(self):
        self.show(deep_example(), "#/flame/thread")
        self.assertEqual(sorted(self.frames())[:1] + sorted(self.frames())[-2:],
                         [["all", 100], ["thread 2 worker", 30], ["work", 30]])
        self.assertIn(["thread 1 app", 70], self.frames())
        self.go("#/flame/all")
        self.script("""const list = document.querySelector('#flame select');
            list.value = 'thread'; list.dispatchEvent(new Event('change'))""")
        self.ready("#/flame/thread")

    def test_flame_graph_finds(self):
        self.show(deep_example(), "#/flame")
        self.press("/")
        self.press("gamma")
        self.assertEqual(len(self.all("#flame .frame.hit")), 3)
        self.assertEqual(self.find("#flame .found").text, "3 found: 30.0 % of what is shown")
        self.frame("main", "beta").click()
        self.ready("#/flame/all/4.5")
        self.assertEqual(self.find("#flame .found").text, "1 found: 25.0 % of what is shown")
        self.press(Keys.ESCAPE)
        self.assertEqual(self.all("#flame .frame.hit"), [])

    def test_flame_graph_by_keyboard(self):
        self.show(deep_example(), "#/flame")
        self.script("document.querySelector('#flame .frame[tabindex=\"0\"]').focus()")
        heard = []
        for key in (Keys.ARROW_UP, Keys.ARROW_RIGHT, Keys.ARROW_LEFT, Keys.ARROW_UP):
            self.press(key)
            heard.append(self.script("return document.getElementById('said').textContent").split(",")[0])
        self.assertEqual(heard, ["main", "work", "main", "alpha"])
        self.assertIn("20.0 %, 20.0 ms", self.script("return document.getElementById('said').textContent"))
        self.press(Keys.ENTER)
        self.ready("#/flame/all/4.2")
        self.press("o")
        self.ready("#/graph/2")

    def test_icicle(self):
        self.show(deep_example(), "#/flame")
        def top(name):
            return self.frame(*name).rect["y"]

        self.assertLess(top(["main"]), top([]))
        self.script("""const list = document.querySelectorAll('#flame select')[1];
            list.value = 'icicle'; list.dispatchEvent(new Event('change'))""")
        self.assertGreater(top(["main"]), top([]))

    # ---- call graph ----

    def test_call_graph_walks(self):
        self.show(deep_example(), "#/graph/0")
        self.assertEqual(self.find(".panel h2").text, "gamma")
        self.assertEqual(self.texts(".callers td.name"), ["alpha", "work", "beta"])
        self.assertEqual(self.texts(".callers td.calls"), ["500×", "60×", "40×"])
        self.assertEqual([row.split("\n")[1] for row in self.texts(".callers tbody tr")],
                         ["66.7 % 20.0 ms 500×", "16.7 % 5.00 ms 60×", "16.7 % 5.00 ms 40×"])
        self.assertEqual(self.texts(".callees td.name"), [])
        drawn = self.script("return [...document.querySelectorAll('.node .name')].map(text => text.textContent)")
        self.assertEqual(sorted(drawn), ["alpha", "beta", "gamma", "work"])
        labels = self.script("return [...document.querySelectorAll('.labels text')].map(text => text.textContent)")
        self.assertEqual(sorted(labels), ["40×", "500×", "60×"])
        self.find(".node[href='#/graph/5']").click()
        self.ready("#/graph/5")
        self.assertEqual(self.find(".panel h2").text, "beta")
        self.assertEqual(self.texts(".callees td.name"), ["delta", "gamma"])
        self.find(".callers td.name a").click()
        self.ready("#/graph/4")
        self.assertEqual(self.find(".panel h2").text, "main")
        self.driver.back()
        self.ready("#/graph/5")
        self.assertEqual(self.find(".panel h2").text, "beta")
        self.driver.forward()
        self.ready("#/graph/4")
        self.press(Keys.ESCAPE)
        self.ready("#/graph")
        self.assertEqual(len(self.all(".node")), 6)

    def test_call_graph_of_more_steps(self):
        self.show(deep_example(), "#/graph/3")
        self.assertEqual(len(self.all(".node")), 2)
        self.script("""const list = document.querySelector('#graph select');
            list.value = 2; list.dispatchEvent(new Event('change'))""")
        self.wait(lambda: len(self.all(".node")) == 3)

    def test_recursion_is_drawn(self):
        self.show(example(), "#/graph")
        self.assertEqual(len(self.all(".node")), 4)
        paths = self.script("return [...document.querySelectorAll('.edge path')].map(path => path.getAttribute('d'))")
        self.assertEqual(len(paths), 5)  # visit to compress is small
        for path in paths:
            self.assertRegex(path, r"^M[\d.-]+,[\d.-]+(C[\d., -]+)+(L[\d.,-]+)?$")

    def test_source_and_place(self):
        (self.folder / "src").mkdir()
        (self.folder / "src/d.c").write_text("\n" * 14 + "int delta(void)\n{\n\treturn 1;\n}\n\nint more;\n")
        self.show(deep_example(), "#/graph/3")
        self.assertEqual(self.find(".panel .where code").text, "src/d.c:15")
        self.assertEqual([line.rstrip("\n") for line in self.script(
            "return [...document.querySelectorAll('.source .line')].map(line => line.textContent)")],
            ["int delta(void)", "{", "\treturn 1;", "}"])
        self.assertEqual(self.script("return document.querySelector('.source .here').dataset.number"), "15")
        self.find(".panel .copy").click()
        self.wait("return document.querySelector('.panel .copy').textContent === 'Copied'")

    # ---- around it ----

    def test_threads(self):
        self.show(deep_example(), "#/threads")
        rows = [row.text for row in self.all("#threads tbody tr")]
        self.assertEqual(len(rows), 3)
        self.assertIn("4711", rows[0])
        self.assertRegex(rows[1], r"^4711 1 app 1\s+70.0 ms\s+556 0 ")
        self.assertRegex(rows[2], r"^4711 2 worker 1\s+30.0 ms\s+62 0 ")

    def test_search_suggests(self):
        self.show(deep_example())
        self.press("/")
        self.press("a")
        self.assertEqual(self.texts("#suggestions .name"), ["gamma", "alpha", "delta", "main", "beta"])
        self.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
        self.assertEqual(self.find("#suggestions [aria-selected='true'] .name").text, "alpha")
        self.press(Keys.ENTER)
        self.ready("#/graph/2")

    def test_views_by_number(self):
        self.show(deep_example())
        for key, view in zip("23451", ("functions", "flame", "graph", "threads", "overview")):
            self.press(key)
            self.ready(f"#/{view}")
            self.assertEqual(self.texts("nav [aria-current]"), [self.find(f"nav [data-view='{view}']").text])

    def test_dark_and_light(self):
        background = "return getComputedStyle(document.body).backgroundColor"
        self.show(deep_example())
        light = self.script(background)
        self.prefer("dark")
        dark = self.script(background)
        self.assertNotEqual(dark, light)
        self.press("t")
        self.assertEqual(self.script(background), light)
        self.press("t")
        self.prefer("light")
        self.assertEqual(self.script(background), dark)
        self.driver.refresh()
        self.wait("return document.body.dataset.ready")
        self.assertEqual(self.script(background), dark)
        self.press("t")
        self.assertEqual(self.script(background), light)

    def test_contrast(self):
        """Text on its background, by the formula of WCAG 2: 4.5 at least."""
        self.show(deep_example())
        for scheme in ("light", "dark"):
            self.prefer(scheme)
            for view in ("overview", "functions", "flame", "graph/0", "threads"):
                self.go(f"#/{view}")
                poor = self.script(CONTRAST)
                self.assertEqual(poor, [], f"{scheme} {view}")

    def test_help(self):
        self.show(deep_example())
        self.press("?")
        dialog = self.find("#help-dialog")
        self.assertTrue(dialog.is_displayed())
        for package in ("tabulator-tables", "@viz-js/viz", "d3-selection", "Eclipse Public License"):
            self.assertIn(package, self.script("return document.querySelector('#help-dialog pre').textContent"))
        self.press(Keys.ESCAPE)
        self.assertFalse(dialog.is_displayed())

    def test_everything_has_a_name(self):
        """What can be reached by the keyboard is called something."""
        self.show(deep_example())
        for view in ("overview", "functions", "flame", "graph/0", "threads"):
            self.go(f"#/{view}")
            nameless = [node for node in self.command("Accessibility.getFullAXTree")["nodes"]
                        if node.get("role", {}).get("value") in ("button", "link", "combobox", "searchbox", "textbox",
                                                                 "treeitem", "dialog", "table", "grid")
                        and not node["ignored"] and not node.get("name", {}).get("value")
                        and node["role"]["value"] not in ("table", "grid", "treeitem")]
            self.assertEqual(nameless, [], view)

    def test_print(self):
        self.show(deep_example(), "#/functions")
        self.wait(lambda: len(self.names()) == 6)
        self.press("/")
        self.press("ta")
        self.wait(lambda: len(self.names()) == 2)
        self.script("dispatchEvent(new Event('beforeprint'))")
        self.prefer(media="print")
        self.assertEqual(self.texts("#print td.name"), ["delta", "beta"])
        for selector, seen in (("#overview .summary", True), ("#overview .frame", True), ("#print table", True),
                               ("#threads table", True), (".tabs", False), ("#search", False),
                               (".tabulator", False)):
            self.assertEqual(self.all(selector)[0].is_displayed(), seen, selector)
        self.script("dispatchEvent(new Event('afterprint'))")
        self.assertEqual(self.texts("#print td.name"), [])
        paper = base64.b64decode(self.command("Page.printToPDF", printBackground=False)["data"])
        self.assertTrue(paper.startswith(b"%PDF-"))

    def test_small_screens(self):
        self.resize(390, 800)
        self.show(deep_example())
        for view in ("overview", "functions", "flame", "graph/0", "threads"):
            self.go(f"#/{view}")
            self.assertLessEqual(self.script("return document.documentElement.scrollWidth"), 390, view)

    def test_damaged_pages_say_so(self):
        self.output("html", "-o", "report.html", self.write(example()))
        page = (self.folder / "report.html").read_bytes()
        at = page.index(b'id="profile">') + 200
        (self.folder / "report.html").write_bytes(page[:at] + page[at + 40:])
        self.open(self.folder / "report.html")
        self.wait("return document.querySelector('.failure[role]')")
        self.assertIn("This page cannot be shown", self.find(".failure[role]").text)
        lines, _ = self.seen()
        self.assertEqual(len(lines), 1)

    def test_hostile_names_are_only_names(self):
        names = [name for name in HOSTILE if name] + [
            "</script><img src=x onerror=alert(1)>", "<img src=x onerror='document.title=1'>", "javascript:alert(1)",
            "</style><svg onload=alert(1)>", "x" * 10_000, "a\u202eb", "constructor", "__proto__", "${alert(1)}"]
        profile = Profile(program='/opt/a "b" <img src=x onerror=alert(1)>')
        thread = profile.thread("<b>'thr\x1b", outside=100)
        parent = thread.context(thread.root, profile.function("main"), 1, 10)
        for name in names:
            thread.context(parent, profile.function(name, name[:4000], 3, "/lib/" + name[:4000]), 1, 1000)
        self.resize(1366, 3000)
        self.show(profile, "#/functions")
        wanted = {shown(name) for name in names if len(name) < 4096 and "x" * 100 not in name} | {"main"}
        self.wait(lambda: len(self.names()) == len(names) + 1)
        seen = set(self.script("return [...document.querySelectorAll('.tabulator-row .name a')].map(a => a.textContent)"))
        self.assertLessEqual(wanted, seen)
        for view in ("overview", "flame", "graph", "threads", *(f"graph/{i}" for i in range(0, len(names), 5))):
            self.go(f"#/{view}")
        self.assertEqual(self.all("body img, body b, body iframe"), [])
        self.assertEqual(self.script("return document.querySelectorAll('script').length"), 2)
        self.assertTrue(self.driver.title.endswith(" – profinst"))


if __name__ == "__main__":
    unittest.main()

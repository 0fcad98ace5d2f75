"""The flame graph in a browser: zooming, searching, tooltips, keys."""

import unittest

import test_hostile
from browser import BrowserCase, Keys, webdriver
from profile_writer import Profile
from support import example, inlined_example

FRAMES = """return Array.from(document.querySelectorAll("svg.f:not(.gone)"), (frame) => [
    frame.querySelector("text")?.textContent ?? "", Number(frame.getAttribute("x")),
    Number(frame.getAttribute("width")), frame.classList.contains("above"), frame.classList.contains("hit")])"""


class FlameBrowser(BrowserCase):
    def draw(self, profile, *arguments):
        self.output("flame", "--width=1020", "-o", "out.svg", *arguments, self.write(profile))
        self.open(self.folder / "out.svg")

    def tree(self):
        profile = Profile()
        thread = profile.thread(outside=500_000)
        main = thread.context(thread.root, profile.function("main", "app.c", 3), 1, 160_000)
        work = thread.context(main, profile.function("work", "src/work.c", 9), 10, 100_000)
        thread.context(work, profile.function("leaf<int>(int)"), 7, 120_000)
        thread.context(work, profile.function("Leaf<char>(char)"), 7, 80_000)
        thread.context(main, profile.function("rest"), 2, 40_000)
        return profile

    def frames(self):
        return [tuple(frame) for frame in self.script(FRAMES)]

    def frame(self, label):
        found = [frame for frame in self.all("svg.f") if label in self.texts_of(frame)]
        self.assertEqual(len(found), 1, label)
        return found[0]

    @staticmethod
    def texts_of(frame):
        return [text.text for text in frame.find_elements("css selector", "text")]

    def labels(self, column):
        return [frame[0] for frame in self.frames() if frame[column]]

    def hover(self, element):
        webdriver.ActionChains(self.driver).move_to_element(element).perform()

    def tip(self):
        return self.script("return document.querySelector('.tip:not(.gone)')?.textContent ?? null")

    def matched(self):
        return self.find("output").text

    def chord(self, key):
        webdriver.ActionChains(self.driver).key_down(Keys.CONTROL).send_keys(key).key_up(Keys.CONTROL).perform()

    def search(self, text):
        if not self.script("return document.activeElement === document.querySelector('input')"):
            self.chord("f")
        self.chord("a")
        self.press(text)

    ALL = [("all", 10, 1000, False, False), ("main", 10, 500, False, False),
           ("work", 10, 300, False, False), ("leaf<int>(int)", 10, 120, False, False),
           ("Leaf<>()", 130, 80, False, False), ("rest", 310, 40, False, False)]

    def test_zoom(self):
        self.draw(self.tree())
        self.assertEqual(self.frames(), self.ALL)
        self.assertFalse(self.find(".reset").is_displayed())
        self.frame("work").click()
        zoomed = self.frames()
        self.assertEqual([frame[0] for frame in zoomed],
                         ["all", "main", "work", "leaf<int>(int)", "Leaf<char>(char)"])
        for frame, (x, width) in zip(zoomed, ((10, 1000), (10, 1000), (10, 1000), (10, 400),
                                              (410, 266.6667))):
            self.assertAlmostEqual(frame[1], x, 3)
            self.assertAlmostEqual(frame[2], width, 3)
        self.assertEqual(self.labels(3), ["all", "main"])
        self.frame("main").click()
        self.assertEqual([frame[0] for frame in self.frames()],
                         ["all", "main", "work", "leaf<int>(int)", "Leaf<char>(char)", "rest"])
        self.find(".reset").click()
        self.assertEqual(self.frames(), self.ALL)
        self.frame("work").click()
        self.frame("all").click()
        self.assertEqual(self.frames(), self.ALL)

    def test_search(self):
        self.draw(self.tree())
        self.press("/")
        self.press("leaf")
        self.assertEqual(self.labels(4), ["leaf<int>(int)", "Leaf<>()"])
        self.assertEqual(self.matched(), "matched: 20.0 %")
        for text, labels, matched in (("Leaf", ["Leaf<>()"], "8.0 %"), ("^(work|leaf)", [
                "work", "leaf<int>(int)", "Leaf<>()"], "30.0 %"), ("\\Srest", [], "0.0 %"),
                ("\\SEST", [], "0.0 %"), ("\\Sest", ["rest"], "4.0 %")):
            self.search(text)
            self.assertEqual((self.labels(4), self.matched()), (labels, f"matched: {matched}"))
        self.search("leaf(")
        self.assertEqual((self.labels(4), self.matched()), ([], "no regular expression"))
        self.press(Keys.ESCAPE)
        self.assertEqual((self.labels(4), self.matched(), self.find("input").get_attribute("value")),
                         ([], "", ""))

    def test_search_in_what_is_zoomed(self):
        self.draw(self.tree())
        self.frame("work").click()
        self.search("leaf|rest")
        self.assertEqual(self.matched(), "matched: 66.7 %")
        self.find(".reset").click()
        self.assertEqual(self.matched(), "matched: 24.0 %")
        self.assertEqual(self.labels(4), ["leaf<int>(int)", "Leaf<>()", "rest"])

    def test_tooltip(self):
        self.draw(inlined_example())
        self.assertIsNone(self.tip())
        self.hover(self.frame("main"))
        self.assertEqual(self.tip(), "main\ncumulative 214 ms (99.3 %)\nself 2.00 ms (0.9 %)\n1 call\n"
                                     "src/app.c:10, app")
        self.assertEqual(self.find(".tip strong").text, "main")
        self.hover(self.find("input"))
        self.assertIsNone(self.tip())

    def test_keys(self):
        self.draw(self.tree())
        focused = "return document.activeElement.querySelector('text')?.textContent ?? ''"
        self.press(Keys.TAB)
        self.assertEqual(self.script(focused), "all")
        self.assertIn("cumulative 1.00 ms (100.0 %)", self.tip())
        for key, label in ((Keys.TAB, "main"), (Keys.ARROW_UP, "work"), (Keys.ARROW_UP, "leaf<int>(int)"),
                           (Keys.ARROW_RIGHT, "Leaf<>()"), (Keys.ARROW_RIGHT, "Leaf<>()"),
                           (Keys.ARROW_LEFT, "leaf<int>(int)"), (Keys.ARROW_DOWN, "work")):
            self.press(key)
            self.assertEqual(self.script(focused), label)
        self.press(Keys.ENTER)
        self.assertEqual(self.labels(3), ["all", "main"])
        self.assertEqual(self.script(focused), "work")
        self.press(Keys.ESCAPE)
        self.assertEqual(self.frames(), self.ALL)
        self.press(Keys.SPACE)
        self.assertEqual(self.labels(3), ["all", "main"])

    def test_keys_of_an_icicle(self):
        self.draw(self.tree(), "--icicle")
        self.press(Keys.TAB, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER)
        self.assertEqual(self.labels(3), ["all", "main"])

    def test_hostile_names(self):
        profile = Profile()
        thread = profile.thread()
        names = ["</script><img src=x onerror=alert(1)>", "]]>", "&lt;b&gt;", "\x01\x1b\ufffe", b"\xff",
                 "f" * 10_000, *test_hostile.HOSTILE]
        for i, name in enumerate(names):
            thread.context(thread.root, profile.function(name, f"{i}.c", i + 1), 1, 1000 if i else 40_000)
        self.draw(profile, "--title=<img src=x onerror=alert(1)>")
        self.assertEqual(self.all("img"), [])
        self.hover(self.frame("</script><img src=x onerror=alert(1)>"))
        self.assertTrue(self.tip().startswith(names[0] + "\n"))
        self.assertEqual(self.all("img"), [])
        for text, number in ((r"^</script><img src=x onerror=alert\(1\)>$", 40), ("^f{4096}", 1),
                             (r"^\\xFF$", 1), ("&lt;", 2), ("alert", 41), (r"\\x1B", 2)):
            self.search(text)
            self.assertEqual(self.matched(), f"matched: {100 * number / (len(names) + 39):.1f} %")

    def test_long_name_is_whole_in_the_tooltip(self):
        name = "name::" * 100 + "f"
        profile = Profile()
        thread = profile.thread()
        thread.context(thread.root, profile.function(name), 1, 1000)
        self.draw(profile)
        self.hover(self.all("svg.f")[1])
        self.assertEqual(self.find(".tip strong").text, name)
        box = self.find(".tip > div").rect
        self.assertGreaterEqual(box["y"], 0)
        self.assertLessEqual(box["x"] + box["width"], 1020)

    def test_dark(self):
        page = "return getComputedStyle(document.documentElement).backgroundColor"
        self.draw(example())
        self.assertEqual(self.script(page), "rgb(255, 255, 255)")
        self.prefer("dark")
        self.assertEqual(self.script(page), "rgb(22, 24, 27)")

    def test_many_contexts(self):
        """200,000 contexts, all as large as each other."""
        profile = Profile()
        thread = profile.thread()
        leaves = [profile.function(f"leaf{i}") for i in range(448)]
        for i in range(446):
            branch = thread.context(thread.root, profile.function(f"branch{i}"), 1, 10)
            for leaf in leaves:
                thread.context(branch, leaf, 1, 10)
        self.draw(profile)
        self.assertLess((self.folder / "out.svg").stat().st_size, 4_000_000)
        self.assertEqual(len(self.frames()), 447)
        self.assertIn("left out: 199,808 frames below 0.001 % (99.8 % of the time)",
                      self.texts(".caption")[0])


if __name__ == "__main__":
    unittest.main()

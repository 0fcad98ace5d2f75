"""profinst graph: what is drawn and what is left out."""

import html
import re
import unittest
import xml.dom.minidom

from profile_writer import Profile
from support import Case, example


class Graph(Case):
    def dot(self, *arguments):
        self.output("graph", "-o", "out.dot", *arguments)
        return (self.folder / "out.dot").read_text()

    @staticmethod
    def drawn(text):
        nodes = re.findall(r"<B>(.*?)</B>", text)
        edges = re.findall(r"^\t(f\d+) -> (f\d+)", text, re.MULTILINE)
        return nodes, edges

    @staticmethod
    def caption(text):
        return re.search(r'\tlabel="\\n(.*?)"', text, re.DOTALL).group(1)

    def test_formats(self):
        name = self.write(example())
        for ending, begin in (("png", b"\x89PNG\r\n"), ("svg", b"<?xml"), ("pdf", b"%PDF-"),
                              ("dot", b"digraph"), ("gv", b"digraph")):
            self.output("graph", "-o", f"out.{ending}", name)
            self.assertTrue((self.folder / f"out.{ending}").read_bytes().startswith(begin), ending)
        self.assertEqual((self.folder / "out.gv").read_text(), (self.folder / "out.dot").read_text())
        svg = xml.dom.minidom.parse(str(self.folder / "out.svg"))
        kinds = [g.getAttribute("class") for g in svg.getElementsByTagName("g")]
        self.assertEqual(kinds.count("node"), 4)

    def test_database_and_profile_draw_the_same(self):
        name = self.write(example())
        self.output("load", name)
        from_profile = self.dot(name)
        self.assertEqual(self.dot("--db", "profinst.db"), from_profile)
        self.assertEqual(self.dot("--db", "profinst.db", "--run=1"), from_profile)

    def star(self):
        profile = Profile()
        thread = profile.thread()
        parent = thread.context(thread.root, profile.function("main"), 1, 100)
        for i in range(60):
            leaf = thread.context(parent, profile.function(f"leaf{i}"), i + 1, 1000 - 10 * i)
            if i == 59:
                thread.cross(leaf, leaf, 5)
                thread.cross(leaf, parent, 7)
        return self.write(profile)

    def test_times_below_the_noise_are_not_told(self):
        profile = Profile()
        profile.timed = (30, 0)
        thread = profile.thread()
        caller = thread.context(thread.root, profile.function("clear"), 1, 40_000_030)
        thread.context(caller, profile.function("noisy"), 1_000_000, 31_000_000)
        text = self.dot("--min-share=0", self.write(profile))
        self.assertEqual(re.findall(r">self ([^<]*)<", text), ["40.0 ms (97.6 %)", "below the noise"])

    def test_limit(self):
        text = self.dot("--min-share=0", "--limit=11", self.star())
        nodes, edges = self.drawn(text)
        self.assertEqual(sorted(nodes), sorted(["main"] + [f"leaf{i}" for i in range(10)]))
        self.assertEqual(len(edges), 10)
        self.assertEqual(self.caption(text),
                         "app, 42.4 µs; left out: 50 functions below 0 % or beyond the 11 largest "
                         "(77.2 % of self time), 52 edges")

    def test_min_share(self):
        text = self.dot("--min-share=2", "--limit=0", self.star())
        nodes, edges = self.drawn(text)
        self.assertEqual(len(nodes), 1 + 16)  # those above 848 ns
        self.assertEqual(len(edges), 16)
        self.assertIn("44 functions below 2 %", self.caption(text))

    def test_inlined_functions_are_drawn_for_their_calls(self):
        profile = Profile()
        thread = profile.thread()
        main = profile.function("main")
        often, seldom = profile.function("often"), profile.function("seldom")
        code = profile.code(main, [(often, 0), (seldom, 0), (seldom, 1)])
        thread.context(thread.root, code, 1, 1_000, [9_899, 60, 40])
        for least, functions in ((0.9, ["main", "often", "seldom"]), (1, ["main", "often", "seldom"]),
                                 (1.1, ["main", "often"]), (99, ["main"])):
            text = self.dot(f"--min-share={least}", self.write(profile))
            self.assertEqual(sorted(self.drawn(text)[0]), functions)
        text = self.dot("--min-share=0.5", "app.profinst")
        self.assertEqual(len(self.drawn(text)[1]), 2)
        self.assertEqual(len(self.drawn(self.dot("--min-share=0.4", "app.profinst"))[1]), 3)
        self.assertIn("9,899 calls, all inlined", text)
        self.assertIn("9,899× inlined", text)
        self.assertEqual(len(re.findall("style=dashed", text)), 2)

    def test_everything(self):
        text = self.dot("--min-share=0", "--limit=0", self.star())
        nodes, edges = self.drawn(text)
        self.assertEqual((len(nodes), len(edges)), (61, 62))
        self.assertEqual(self.caption(text), "app, 42.4 µs")
        self.assertEqual(len(re.findall("style=dotted", text)), 2)
        self.assertIn("5× recursive", text)

    def test_long_names_lose_first_what_tells_least(self):
        shortened = {
            "std::ostream& std::operator<< <std::char_traits<char> >(std::ostream&, char const*)":
                "std::ostream& std::operator<< <>()",
            "bool shapes::operator<=><int, char>(shapes::point<int>, shapes::point<char>)":
                "bool shapes::operator<=><int, char>()",
            "lookup::operator()(std::vector<int>, std::string const&) const":
                "lookup::operator()() const",
            "main::{lambda(int, char)#1}::operator()(int, char) const":
                "main::{lambda()#1}::operator()() const",
            "(anonymous namespace)::collect(std::vector<int>)": "(anonymous namespace)::collect()",
            "an::unusually::long_::chain::of::namespaces::around::f()":
                "…::chain::of::namespaces::around::f()",
            "f" * 41: "f" * 39 + "…",
            "f" * 40: "f" * 40,
        }
        profile = Profile()
        thread = profile.thread()
        for name in shortened:
            thread.context(thread.root, profile.function(name), 1, 10)
        nodes, _ = self.drawn(self.dot(self.write(profile)))
        self.assertEqual({html.unescape(node) for node in nodes}, set(shortened.values()))

    def test_without_times_counts_are_drawn(self):
        profile = example()
        profile.clock, profile.latest = 1, profile.start
        result = self.profinst("graph", "-o", "out.dot", self.write(profile))
        self.assertIn("times are unknown", result.stderr)
        nodes, edges = self.drawn((self.folder / "out.dot").read_text())
        self.assertEqual((len(nodes), len(edges)), (4, 6))


if __name__ == "__main__":
    unittest.main()

"""profinst graph: what the pictures are like that people open, their size, tooltips and links."""

import random
import re
import struct
import unittest
import xml.etree.ElementTree

from profile_writer import Profile
from support import Case, example, inlined_example
from test_hostile import BYTES, HOSTILE, shown, spelled

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
SCREEN = (1920, 1080)


def large(functions):
    """A program with many functions, each called by one at least, with times of all sizes."""
    generator = random.Random(functions)
    profile = Profile()
    thread = profile.thread()
    ids = [profile.function(f"module_{i % 17}::function_{i}", f"/src/file{i % 99}.cc", i + 1)
           for i in range(functions)]
    places = [(thread.context(thread.root, ids[0], 1, 1000), 0)]
    for place, number in places:
        for callee in range(len(places), min(len(places) + generator.randint(2, 6), functions)):
            ticks = int(10 ** generator.uniform(2, 7))
            places.append((thread.context(place, ids[callee], generator.randint(1, 99_999), ticks), callee))
        if number + 1 < len(places) and (other := generator.randrange(number + 1, functions)) >= len(places):
            thread.context(place, ids[other], 1, int(10 ** generator.uniform(1, 6)))
    return profile


class PictureCase(Case):
    def svg(self, *arguments):
        return xml.etree.ElementTree.fromstring(
            self.profinst("graph", "--format=svg", *arguments).stdout)

    @staticmethod
    def tooltips(svg):
        """Of functions by their first lines, and of edges."""
        functions, edges = {}, {}
        for group in svg.iter(f"{SVG}g"):
            for anchor in group.findall(f"{SVG}a"):
                title = anchor.get(f"{XLINK}title")
                kind = edges if group.get("id").startswith("a_edge") else functions
                kind[title.split("\n")[0]] = title
        return functions, edges

    @staticmethod
    def links(svg):
        return [anchor.get(f"{XLINK}href") for anchor in svg.iter(f"{SVG}a")
                if anchor.get(f"{XLINK}href") is not None]


class Size(PictureCase):
    def png_size(self, *arguments):
        picture = self.profinst("graph", "--format=png", *arguments).stdout
        self.assertEqual(picture[:8], b"\x89PNG\r\n\x1a\n")
        return struct.unpack(">2I", picture[16:24])

    def check_fits(self, name):
        width, height = self.png_size(name)
        self.assertLessEqual(width, SCREEN[0])
        self.assertLessEqual(height, SCREEN[1])
        svg = self.svg(name)
        points = [float(svg.get(side).removesuffix("pt")) for side in ("width", "height")]
        self.assertLessEqual(points[0] * 96 / 72, SCREEN[0])
        self.assertLessEqual(points[1] * 96 / 72, SCREEN[1])
        scale = float(re.search(r"scale\(([\d.]+)", svg.find(f"{SVG}g").get("transform"))[1])
        viewed = float(svg.get("viewBox").split()[2]) / points[0]
        smallest = min(float(text.get("font-size")) for text in svg.iter(f"{SVG}text"))
        self.assertGreaterEqual(smallest * scale / viewed, 9 * 0.85 - 0.1)  # points: 10 pixels
        self.assertGreaterEqual(len(self.tooltips(svg)[0]), 12)

    def test_a_large_program_fits_a_screen(self):
        self.check_fits(self.write(large(2000)))

    def test_other_shapes_fit(self):
        """One function that calls a hundred others; a hundred functions each of which calls the next."""
        star, chain = Profile(), Profile()
        main = star.thread().context(star.thread_list[0].root, star.function("main"), 1, 1_000)
        place = chain.thread().root
        for i in range(100):
            star.thread_list[0].context(main, star.function(f"a_leaf_with_a_name_{i}"), 10**6, 1_000 + i)
            place = chain.thread_list[0].context(place, chain.function(f"step{i}"), 1, 1_000)
        self.check_fits(self.write(star))
        self.check_fits(self.write(chain))

    def test_it_is_as_large_as_asked_for(self):
        name = self.write(large(300))
        width, height = self.png_size("--limit=60", "--min-share=0", name)
        self.assertGreater(width, SCREEN[0])
        svg = self.svg("--limit=60", "--min-share=0", "--chains=apart", name)
        self.assertEqual(sum(g.get("class") == "node" for g in svg.iter(f"{SVG}g")), 60)

    def test_frames_with_recursion_across_them(self):
        """In this Graphviz corrupts its memory when labels are part of edges that lie flat."""
        for seed in range(12):
            generator = random.Random(seed)
            profile = Profile()
            thread = profile.thread()
            places = [(thread.root, None, 0)]
            for i in range(40):
                place, above, number = generator.choice(places)
                called = thread.context(place, profile.function(f"f{i}", f"file{generator.randrange(6)}.c", 1),
                                        generator.randint(1, 999), generator.randint(10, 999))
                if above and generator.random() < 0.7:
                    thread.cross(called, above, generator.randint(100, 999))
                places.append((called, place if number else None, i + 1))
            name = self.write(profile)
            self.svg(name)
            self.svg("--cluster=file", name)


class Tooltips(PictureCase):
    def test_functions_and_edges(self):
        functions, edges = self.tooltips(self.svg(self.write(example())))
        self.assertEqual(functions, {key: "\n".join([key, *lines]) for key, *lines in (
            ("main", "1 call", "self 2.00 ms (0.4 %)", "cumulative 344 ms (63.1 %)", "src/app.c:10", "in app"),
            ("store::parse(store::Input const&, int)", "262 calls", "self 40.2 ms (7.4 %)",
             "cumulative 341 ms (62.5 %)", "src/store.cc:42", "in app"),
            ("visit", "1,235,567 calls", "self 300 ms (55.0 %)", "cumulative 301 ms (55.1 %)",
             "src/tree.c:7", "in app"),
            ("compress", "93 calls", "self 152 ms (27.8 %)", "cumulative 152 ms (27.8 %)",
             "in libsqueeze.so.2"))})
        parse = "store::parse(store::Input const&, int)"
        self.assertEqual(edges, {key: "\n".join([key, *lines]) for key, *lines in (
            (f"main calls {parse}", "250 calls", "cumulative 341 ms (62.5 %)"),
            (f"{parse} calls visit", "1,000 calls", "cumulative 301 ms (55.1 %)"),
            ("visit calls visit", "1,234,567 calls, 1,234,567 recursive"),
            (f"visit calls {parse}", "12 calls, 12 recursive"),
            ("main calls compress", "3 calls", "cumulative 1.00 ms (0.2 %)"))})

    def test_inlined_and_external(self):
        functions, _ = self.tooltips(self.svg("--limit=0", self.write(inlined_example())))
        self.assertEqual(functions["buffer: put"].split("\n")[1:],
                         ["90,000 calls, all inlined", "cumulative 12.0 ms (5.6 %)", "src/buffer.c:55", "in app"])
        self.assertEqual(functions["read"].split("\n")[-1], "not part of the build")

    def test_functions_in_a_chain(self):
        profile = Profile()
        thread = profile.thread()
        place = thread.root
        for i, name in enumerate(("main", "run<int&, 1>", "loop\\N", "work")):
            place = thread.context(place, profile.function(name, f"/src/{i}.c", i + 1), 1, 985 if i == 3 else 5)
        svg = self.svg(self.write(profile))
        self.assertEqual(sum(g.get("class") == "node" for g in svg.iter(f"{SVG}g")), 2)
        self.assertEqual(self.tooltips(svg)[0]["loop\\N"],
                         "loop\\N\n1 call\nself 5 ns (0.5 %)\ncumulative 990 ns (99.0 %)\n/src/2.c:3\nin app")
        self.assertLessEqual({"main", "run<int&, 1>", "work"}, set(self.tooltips(svg)[0]))
        self.assertEqual(set(self.links(svg)), {f"file:///src/{i}.c" for i in range(4)})

    def test_estimates(self):
        profile = Profile()
        profile.timing, profile.sample_ns = 2, 1_000_000
        thread = profile.thread()
        head = thread.context(thread.root, profile.function("main"), 1, 400_000_000).estimated(100)
        thread.context(head, profile.function("leaf"), 1_000_000).estimated(300, 0, 10)
        functions, _ = self.tooltips(self.svg(self.write(profile)))
        self.assertRegex(functions["leaf"], r"\nself 299 ms ±\d\d\.\d ms \(74\.8 ±\d\.\d %\)\n")


class Links(PictureCase):
    def link(self, file, *arguments, line=7):
        profile = Profile()
        thread = profile.thread()
        thread.context(thread.root, profile.function("f", file, line), 1, 1_000)
        links = self.links(self.svg(*arguments, self.write(profile)))
        self.assertEqual(len(links), 1 if links else 0)
        return links[0] if links else None

    def test_to_files(self):
        for file, link in (("/src/main.c", "file:///src/main.c"), ("src/main.c", "src/main.c"),
                           ("../a b/ä.c", "../a%20b/%C3%A4.c"), (None, None)):
            self.assertEqual(self.link(file), link)

    def test_of_a_template(self):
        for template, link in (("vscode://file%f:%l", "vscode://file/src/a.c:7"),
                               ("https://example.org/blob?x=1&copy=%f#L%l",
                                "https://example.org/blob?x=1&copy=/src/a.c#L7"),
                               ("e:%l:%f:100%%", "e:7:/src/a.c:100%"), ("none", None), ("x\\N%f", "x\\N/src/a.c"),
                               ("%f?a&amp;b", "/src/a.c?a&amp;b")):
            self.assertEqual(self.link("/src/a.c", f"--link={template}"), link)
        self.assertEqual(self.link("/src/a.c", "--link=%f:%l", line=0), "/src/a.c:1")

    def test_a_file_is_no_more_than_a_path(self):
        """Whatever a profile calls a file: no scheme, host, query or markup comes of it."""
        for file in ("javascript:alert(1)", "JaVaScRiPt:alert(1)//x", "data:text/html,<script>", "https://evil",
                     "//evil.example/x", "\\\\evil\\x", "a?b=c#d", "%2e%2e/x", "x\" onclick=\"alert(1)",
                     "x' onclick='alert(1)", "\tjavascript:x", "&#106;avascript:x", "%f%l\\N\\G"):
            for arguments in ([], ["--link=%f"], ["--link=ide:%f"]):
                link = self.link(file, *arguments)
                begin = "ide:" if arguments == ["--link=ide:%f"] else ""
                if not arguments and file.startswith("/"):
                    begin = "file://"
                self.assertRegex(link, rf"^{begin}[A-Za-z0-9._~/%-]*$")
                self.assertNotRegex(link, r"^[A-Za-z]+:(?!//)" if not begin else r"^$")

    def test_hostile_names(self):
        profile = Profile(program='/opt/a "b" \\ <c> & \x1b[2J')
        thread = profile.thread()
        for name in HOSTILE + BYTES:
            thread.context(thread.root, profile.function(name, name or "none", 3), 1, 1_000)
        name = self.write(profile)
        names = [shown(name) for name in HOSTILE] + [spelled(name) for name in BYTES]
        for arguments in ([], ["--cluster=file", "--color=file"], ["--focus=*", "--chains=apart"],
                          ["--title=" + HOSTILE[6]]):
            svg = self.svg("--limit=0", "--min-share=0", *arguments, name)
            self.assertEqual({element.tag.removeprefix(SVG) for element in svg.iter()} - {"svg"},
                             {"g", "a", "title", "text", "path", "polygon"})
            self.assertLessEqual(set(names), set(self.tooltips(svg)[0]))
            for link in self.links(svg):
                self.assertRegex(link, r"^(file:///)?[A-Za-z0-9._~/%-]*$")


if __name__ == "__main__":
    unittest.main()

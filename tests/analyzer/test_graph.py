"""profinst graph: what is drawn, what is left out, and what is said of it. The drawings are Graphviz'
text; test_pictures.py looks at what becomes of that."""

import html
import os
import pty
import re
import threading
import unittest

from profile_writer import Profile
from support import Case, example


class Drawing:
    """What is in a .dot file: boxes are lists of names, edges pairs of the names at their tops."""

    def __init__(self, text):
        self.text = text
        statements = re.findall(r"^\t+(f\d+(?: -> f\d+)?)\t\[(.*?)\];$", text, re.MULTILINE | re.DOTALL)
        boxes = {key: attributes for key, attributes in statements if "->" not in key}
        self.labels = {self.names(label)[0]: label for label in boxes.values()}
        self.boxes = sorted(self.names(label) for label in boxes.values())
        self.edges = {}
        for key, attributes in statements:
            if "->" in key:
                caller, callee = (self.names(boxes[end])[0] for end in key.split(" -> "))
                self.edges[caller, callee] = attributes
        self.functions = sorted(name for box in self.boxes for name in box)
        header = re.search(r"\tlabel=<(.*?)>,\n", text, re.DOTALL)[1]
        cells = [html.unescape(re.sub("<.*?>", "", cell)).strip()
                 for cell in re.findall(r"<TD[^>]*>((?:(?!<TD).)*?)</TD>", header)]
        self.lines = [cell for cell in cells if cell]
        self.frames = dict(re.findall(r'label="?([^"\n]*?)"?,\n\t+style="rounded,filled",\n\t+tooltip="(.*)"',
                                      text))

    @staticmethod
    def names(label):
        return [html.unescape(name) for name in re.findall(r"<B>(.*?)</B>", label)]

    def label(self, caller, callee):
        label = re.search(r'\bx?label="?(.+?)"?(?:,\n|$)', self.edges[caller, callee])[1]
        return label.replace("\u00a0", " ").strip()

    def fill(self, top):
        return re.search(r'fillcolor="(.*?)"', self.labels[top])[1]

    def left_out(self):
        return next((line for line in self.lines if line.startswith("left out: ")), None)


def read_all(file, pieces):
    with open(file, "rb", buffering=0) as stream:
        try:
            while piece := stream.read(4096):
                pieces.append(piece)
        except OSError:  # Linux' way to say that nobody writes to this terminal any more
            pass


class GraphCase(Case):
    def draw(self, *arguments):
        return Drawing(self.output("graph", "--format=dot", *arguments))

    def chain(self, *steps):
        """Each function calls the next: name, calls and self time."""
        profile = Profile()
        thread = profile.thread()
        place = thread.root
        for name, calls, ticks in steps:
            place = thread.context(place, profile.function(name), calls, ticks)
        return profile


class What(GraphCase):
    def test_formats(self):
        name = self.write(example())
        for ending, begin in (("png", b"\x89PNG\r\n"), ("svg", b"<?xml"), ("pdf", b"%PDF-"),
                              ("dot", b"digraph"), ("gv", b"digraph")):
            self.output("graph", "-o", f"out.{ending}", name)
            written = (self.folder / f"out.{ending}").read_bytes()
            self.assertTrue(written.startswith(begin), ending)
            if ending != "gv":
                stdout = self.profinst("graph", f"--format={ending}", name).stdout
                self.assertTrue(stdout.startswith(begin), ending)
                self.output("graph", f"--format={ending}", "-o", "picture", name)
                self.assertTrue((self.folder / "picture").read_bytes().startswith(begin), ending)
        self.assertEqual((self.folder / "out.gv").read_text(), (self.folder / "out.dot").read_text())
        self.assertEqual((self.folder / "out.dot").read_text(),
                         self.output("graph", "--format=dot", name))

    def test_terminals_get_no_pictures(self):
        name = self.write(example())
        for file_format, code in ("png", 2), ("pdf", 2), ("svg", 0), ("dot", 0):
            leader, terminal = pty.openpty()
            seen = []
            reader = threading.Thread(target=read_all, args=(leader, seen))
            reader.start()
            result = self.profinst("graph", f"--format={file_format}", name, code=code, stdout=terminal)
            os.close(terminal)
            reader.join()
            self.assertEqual(bool(seen), code == 0)
            self.assertEqual(result.stderr, "" if code == 0 else
                             f"profinst: graph: {file_format} is not for terminals; name a file with "
                             "-o, or use a pipe\n")

    def test_database_and_profile_draw_the_same(self):
        name = self.write(example())
        self.output("load", name)
        from_profile = self.draw(name).text
        from_database = self.draw("--db", "profinst.db").text
        self.assertEqual(from_database.replace(">run 1, 2027", ">2027"), from_profile)
        self.assertNotEqual(from_database, from_profile)
        self.assertEqual(self.draw("--db", "profinst.db", "--run=1").text, from_database)

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

    def test_limit(self):
        drawing = self.draw("--min-share=0", "--limit=11", self.star())
        self.assertEqual(drawing.functions, sorted(["main"] + [f"leaf{i}" for i in range(10)]))
        self.assertEqual(len(drawing.edges), 10)
        self.assertEqual(drawing.left_out(), "left out: 50 functions (77.2 % of self time) and 52 edges")

    def test_min_share(self):
        drawing = self.draw("--min-share=2", "--limit=0", self.star())
        self.assertEqual(len(drawing.functions), 1 + 16)  # those above 848 ns
        self.assertEqual(len(drawing.edges), 16)
        self.assertRegex(drawing.left_out(), r"^left out: 44 functions \(64\.9 % of self time\)")

    def test_everything(self):
        drawing = self.draw("--min-share=0", "--limit=0", self.star())
        self.assertEqual((len(drawing.boxes), len(drawing.edges)), (61, 62))
        self.assertIsNone(drawing.left_out())
        self.assertEqual(len(re.findall("style=dotted", drawing.text)), 2)
        self.assertEqual(drawing.label("leaf59", "leaf59"), "5× recursive")
        self.assertEqual(drawing.label("leaf59", "main"), "7× recursive")
        self.assertEqual(drawing.label("main", "leaf59"), "60×  1.0 %")

    def test_leaves_hang_in_rows(self):
        """Of 60 leaves, nine rows of seven; leaf59 calls back, and is none."""
        drawing = self.draw("--min-share=0", "--limit=0", self.star())
        rows = [int(re.search(r"\bminlen=(\d+)", drawing.edges["main", f"leaf{i}"] + ",minlen=1")[1])
                for i in range(60)]
        self.assertEqual(rows, [i // 7 + 1 for i in range(60)])

    def test_deep_and_broad_programs(self):
        """Callers stand above callees, or at the left of them where many more fit then."""
        broad = Profile()
        thread = broad.thread()
        main = thread.context(thread.root, broad.function("main"), 1, 0)
        for i in range(6):
            middle = thread.context(main, broad.function(f"middle_of_the_program_{i}"), 10, 1000)
            for j in range(5):
                thread.context(middle, broad.function(f"leaf_of_the_program_{i}_{j}"), 10, 1000)
        drawing = self.draw(self.write(broad))
        self.assertIn("rankdir=LR", drawing.text)
        self.assertGreater(len(drawing.functions), 20)
        deep = self.chain(*((f"function_{i}", 1, 1000) for i in range(10)))
        self.assertIn("rankdir=TB", self.draw(self.write(deep)).text)

    def test_inlined_functions_are_drawn_for_their_calls(self):
        profile = Profile()
        thread = profile.thread()
        main = profile.function("main")
        often, seldom = profile.function("often"), profile.function("seldom")
        code = profile.code(main, [(often, 0), (seldom, 0), (seldom, 1)])
        thread.context(thread.root, code, 1, 1_000, [9_899, 60, 40])
        for least, functions in ((0.9, ["main", "often", "seldom"]), (1, ["main", "often", "seldom"]),
                                 (1.1, ["main", "often"]), (99, ["main"])):
            drawing = self.draw(f"--min-share={least}", self.write(profile))
            self.assertEqual(drawing.functions, functions)
        drawing = self.draw("--min-share=0.5", "app.profinst")
        self.assertEqual(len(drawing.edges), 2)
        self.assertEqual(len(self.draw("--min-share=0.4", "app.profinst").edges), 3)
        self.assertRegex(drawing.labels["often"], "<B>often</B></FONT>\u00a0\u00a09,899× inlined<")
        self.assertEqual(drawing.label("main", "often"), "9,899× inlined")
        self.assertEqual(len(re.findall("style=dashed", drawing.text)), 2)
        self.assertIn("inlined calls; their time is their caller's", drawing.lines)

    def test_times_below_the_noise_are_not_told(self):
        profile = Profile()
        profile.timed = (30, 0)
        thread = profile.thread()
        caller = thread.context(thread.root, profile.function("clear"), 1, 40_000_030)
        thread.context(caller, profile.function("noisy"), 1_000_000, 31_000_000)
        drawing = self.draw("--min-share=0", self.write(profile))
        self.assertIn(">self 97.6 %, cumulative 100.0 %<", drawing.labels["clear"])
        self.assertIn(">self below noise, cumulative 2.4 %<", drawing.labels["noisy"])

    def test_without_times_counts_are_drawn(self):
        profile = example()
        profile.clock, profile.latest = 1, profile.start
        result = self.profinst("graph", "--format=dot", self.write(profile))
        self.assertIn("times are unknown", result.stderr)
        drawing = Drawing(result.stdout.decode())
        self.assertEqual((len(drawing.boxes), len(drawing.edges)), (4, 6))
        self.assertNotIn("%", "".join(drawing.labels.values()))
        self.assertEqual(drawing.label("main", "store::parse()"), "250×")
        self.assertEqual(drawing.lines[1], "2027-01-15 08:00:00 UTC · 1,235,923 calls of 4 functions")
        self.assertNotIn("self time", drawing.lines)

    def test_long_names_lose_first_what_tells_least(self):
        shortened = {
            "std::ostream& std::operator<< <std::char_traits<char> >(std::ostream&, char const*)":
                "…::ostream& std::operator<< <>()",
            "bool shapes::operator<=><int, char>(shapes::point<int>, shapes::point<char>)":
                "bool shapes::operator<=><>()",
            "lookup::operator()(std::vector<int>, std::string const&) const":
                "lookup::operator()() const",
            "main::{lambda(int, char)#1}::operator()(int, char) const":
                "…::operator()() const",
            "(anonymous namespace)::collect(int)": "…::collect(int)",
            "(anonymous namespace)::collect(std::vector<int>, int)": "…::collect()",
            "an::unusually::long_::chain::of::namespaces::around::f()": "…::of::namespaces::around::f()",
            "f" * 33: "f" * 31 + "…",
            "f" * 32: "f" * 32,
        }
        profile = Profile()
        thread = profile.thread()
        for name in shortened:
            thread.context(thread.root, profile.function(name), 1, 10)
        self.assertEqual(set(self.draw("--limit=0", self.write(profile)).functions),
                         set(shortened.values()))


class Shape(GraphCase):
    def test_chains_share_a_box(self):
        name = self.write(self.chain(("main", 1, 5), ("run", 2, 5), ("loop", 7, 5), ("work", 900, 985)))
        drawing = self.draw(name)
        self.assertEqual(drawing.boxes, [["main", "run", "loop"], ["work"]])
        self.assertEqual(list(drawing.edges), [("main", "work")])
        self.assertEqual(drawing.label("main", "work"), "900×  98.5 %")
        rows = [re.sub("<.*?>", "", row).replace("\u00a0", " ")
                for row in re.findall("<TR>(.*?)</TR>", drawing.labels["main"])]
        self.assertEqual(rows, ["main  1×  cumulative 100.0 %", "↓ run  2×  99.5 %", "↓ loop  7×  99.0 %"])
        self.assertIn("each calls the next, and takes less than 2 % itself", drawing.lines)
        apart = self.draw("--chains=apart", name)
        self.assertEqual(apart.boxes, [["loop"], ["main"], ["run"], ["work"]])
        self.assertEqual(list(apart.edges), [("main", "run"), ("run", "loop"), ("loop", "work")])

    def test_who_shares_no_box(self):
        """What takes time itself, has two callees or callers, calls itself, or is in focus."""
        profile = Profile()
        thread = profile.thread()
        ids = {name: profile.function(name) for name in
               ("main", "hot", "cold", "left", "right", "both", "again", "last")}
        main = thread.context(thread.root, ids["main"], 1, 1)
        hot = thread.context(main, ids["hot"], 1, 900)
        cold = thread.context(hot, ids["cold"], 1, 1)
        left, right = thread.context(cold, ids["left"], 1, 30), thread.context(cold, ids["right"], 1, 30)
        both = thread.context(left, ids["both"], 1, 8)
        thread.context(right, ids["both"], 1, 8)
        again = thread.context(both, ids["again"], 1, 8)
        thread.cross(again, again, 4)
        thread.context(again, ids["last"], 1, 8)
        name = self.write(profile)
        self.assertEqual(self.draw("--min-share=0", name).boxes, [[key] for key in sorted(ids)])
        chain = self.write(self.chain(("a", 1, 5), ("b", 1, 5), ("c", 1, 5), ("d", 1, 985)))
        self.assertEqual(self.draw("--focus=b", chain).boxes, [["a"], ["b"], ["c"], ["d"]])

    def test_nothing_hangs_in_the_air(self):
        """What stands between two functions and is left out is told."""
        profile = Profile()
        thread = profile.thread()
        main = thread.context(thread.root, profile.function("main"), 1, 1_000)
        for i in range(200):  # each of them below the least share, but not what they all call
            middle = thread.context(main, profile.function(f"middle{i}"), 1, 1)
            lower = thread.context(middle, profile.function(f"lower{i}"), 1, 1)
            thread.context(lower, profile.function("shared"), 10, 50)
        drawing = self.draw(self.write(profile))
        self.assertEqual(drawing.functions, ["main", "shared"])
        self.assertEqual(drawing.label("main", "shared"), "… 2 between")
        self.assertIn("style=dotted", drawing.edges["main", "shared"])
        self.assertIn('tooltip="main leads to shared through 2 functions that are left out"',
                      drawing.edges["main", "shared"])
        self.assertIn("calls through functions that are left out", drawing.lines)
        self.assertEqual(drawing.left_out(), "left out: 400 functions (3.5 % of self time) and 600 edges")

    def test_recursion_is_no_place_to_hang_from(self):
        """Here only a function below leads to the one at the top."""
        profile = Profile()
        thread = profile.thread()
        top = thread.context(thread.root, profile.function("top"), 1, 500)
        bottom = thread.context(top, profile.function("bottom"), 1, 500)
        back = thread.context(bottom, profile.function("back"), 1, 1)
        thread.cross(back, top, 1)
        drawing = self.draw(self.write(profile))
        self.assertEqual(list(drawing.edges), [("top", "bottom")])

    def test_the_largest_way_into_a_function_stays(self):
        """However little it carries: the others are less."""
        profile = Profile()
        thread = profile.thread()
        main = thread.context(thread.root, profile.function("main"), 1, 1_000)
        leaf = profile.function("leaf")
        for i in range(150):
            caller = thread.context(main, profile.function(f"caller{i}"), 1, 200)
            thread.context(caller, leaf, 1, 100 + (i == 70))
        drawing = self.draw("--limit=0", "--min-share=0.4", self.write(profile))
        self.assertEqual([edge for edge in drawing.edges if edge[1] == "leaf"], [("caller70", "leaf")])


class Focus(GraphCase):
    def profile(self):
        """main calls left and right; these call parse, which calls three others, one of them deep."""
        profile = Profile()
        thread = profile.thread()
        main = thread.context(thread.root, profile.function("main"), 1, 1_000)
        left = thread.context(main, profile.function("left"), 1, 1_000)
        right = thread.context(main, profile.function("right"), 1, 1_000)
        thread.context(main, profile.function("elsewhere"), 1, 90_000)
        for caller, calls in (left, 30), (right, 10):
            parse = thread.context(caller, profile.function("parse"), calls, 100)
            thread.context(parse, profile.function("peek"), 5 * calls, calls)
            deep = thread.context(parse, profile.function("deep"), calls, 4)
            deeper = thread.context(deep, profile.function("deeper"), calls, 4)
            thread.context(deeper, profile.function("deepest"), calls, 4)
        return self.write(profile)

    def test_steps(self):
        name = self.profile()
        around = {0: ["parse"], 1: ["deep", "left", "parse", "peek", "right"]}
        around[2] = sorted(around[1] + ["deeper", "main"])
        around[3] = sorted(around[2] + ["deepest"])
        for depth, functions in around.items():
            drawing = self.draw("--focus=parse", f"--depth={depth}", name)
            self.assertEqual(drawing.functions, functions)
            steps = "1 step" if depth == 1 else f"{depth} steps"
            self.assertIn(f"in focus: parse, {steps} each way; shares are of the whole program",
                          drawing.lines)
        self.assertEqual(self.draw("--focus=parse", name).functions, around[3])
        self.assertEqual(self.draw("--focus=parse", "--depth=1000000000", name).functions, around[3])

    def test_it_is_marked_and_shares_are_of_the_whole(self):
        drawing = self.draw("--focus=parse", self.profile())
        marked = [top for top, label in drawing.labels.items() if "penwidth=3" in label]
        self.assertEqual(marked, ["parse"])
        self.assertIn("in focus", drawing.lines)
        self.assertIn("self 0.2 %, cumulative 0.3 %", drawing.labels["parse"])
        self.assertEqual(drawing.label("left", "parse"), "30×  0.2 %")
        self.assertEqual(drawing.label("right", "parse"), "10×  0.1 %")

    def test_several(self):
        drawing = self.draw("--focus=left", "--focus=deep*", "--depth=0", self.profile())
        self.assertEqual(drawing.functions, ["deep", "deeper", "deepest", "left"])
        self.assertIn("in focus: left, deep, deeper and 1 more, 0 steps each way; shares are of the whole "
                      "program", drawing.lines)

    def test_the_limit_keeps_what_has_most_to_do_with_it(self):
        """main has more time than left, but less of it leads to parse; peek beats deep."""
        name = self.profile()
        self.assertEqual(self.draw("--focus=parse", "--limit=2", name).functions, ["left", "parse"])
        self.assertEqual(self.draw("--focus=parse", "--limit=4", name).functions,
                         ["left", "main", "parse", "right"])
        self.assertEqual(self.draw("--focus=parse", "--limit=1", name).functions, ["parse"])

    def test_small_edges_of_a_small_function_are_drawn(self):
        """Its neighbours have less than the least share of the program; edges count beside its time."""
        profile = Profile()
        thread = profile.thread()
        main = thread.context(thread.root, profile.function("main"), 1, 10_000_000)
        small = thread.context(main, profile.function("small"), 1, 100)
        peer = thread.context(small, profile.function("peer"), 50, 50)
        thread.context(small, profile.function("other"), 50, 50)
        thread.context(peer, profile.function("other"), 1, 1)
        drawing = self.draw("--focus=small", self.write(profile))
        self.assertEqual(sorted(drawing.edges), [("main", "small"), ("small", "other"), ("small", "peer")])

    def test_usage(self):
        name = self.profile()
        self.fails(2, "graph: --focus=pars: no such function; did you mean 'parse'?", "graph",
                   "--format=dot", "--focus=pars", name)
        self.fails(2, "graph: --depth counts steps from a function; name it with --focus", "graph",
                   "--format=dot", "--depth=2", name)
        self.fails(2, "graph: --depth=x is no whole number from 0 up; give one", "graph",
                   "--format=dot", "--depth=x", "--focus=parse", name)


class Looks(GraphCase):
    def several_files(self, count):
        profile = Profile()
        thread = profile.thread()
        place = thread.context(thread.root, profile.function("main", "/src/main.c", 1), 1, 5_000)
        for i in range(count):
            thread.context(place, profile.function(f"f{i}", f"/src/part{i}.c", 1), 1, 1_000 - i)
        return self.write(profile)

    def test_colours_of_times(self):
        name = self.write(example())
        self.assertEqual(self.draw(name).fill("main"), "#fffdf0")
        self.assertEqual(self.draw("--color=cumulative", name).fill("main"), "#f77d50")
        self.assertIn("cumulative time", self.draw("--color=cumulative", name).lines)
        self.assertIn("self time", self.draw("--color=self", name).lines)

    def test_colours_of_files(self):
        drawing = self.draw("--color=file", "--limit=0", self.several_files(9))
        self.assertEqual([drawing.fill("main")] + [drawing.fill(f"f{i}") for i in range(9)],
                         ["#77aadd", "#ee8866", "#eedd88", "#44bb99", "#ffaabb", "#bbcc33", "#99ddff",
                          "#aaaa00", "#dddddd", "#dddddd"])
        legend = ["file", "main.c"] + [f"part{i}.c" for i in range(7)] + ["others"]
        begin = drawing.lines.index("file")
        self.assertEqual(drawing.lines[begin:begin + len(legend)], legend)
        self.assertNotIn("others", self.draw("--color=file", "--limit=0", self.several_files(7)).lines)

    @staticmethod
    def brightness(colour):
        """As WCAG 2 has it: https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
        parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    def test_black_text_can_be_read_on_every_colour(self):
        shares = Profile()
        thread = shares.thread()
        for i in range(30):
            thread.context(thread.root, shares.function(f"f{i}"), 1, int(1.5 ** i))
        whole = self.chain(("all", 1, 1_000))
        for arguments in (("--color=self", self.write(shares)), ("--color=self", self.write(whole, "w.profinst")),
                          ("--color=file", self.several_files(9))):
            for colour in re.findall(r'fillcolor="(#\w+)"', self.draw("--limit=0", *arguments).text):
                self.assertGreaterEqual((self.brightness(colour) + 0.05) / 0.05, 4.5, colour)

    def test_modules(self):
        drawing = self.draw("--color=module", "--cluster=module", self.write(example()))
        self.assertEqual(drawing.frames, {"app": "/opt/app/bin/app",
                                          "libsqueeze.so.2": "/usr/lib/libsqueeze.so.2"})
        self.assertEqual((drawing.fill("main"), drawing.fill("compress")), ("#77aadd", "#ee8866"))

    def test_frames_of_files_with_the_same_name(self):
        profile = Profile()
        thread = profile.thread()
        place = thread.context(thread.root, profile.function("main", "main.c", 1), 1, 1_000)
        place = thread.context(place, profile.function("a", "/src/one/list.c", 1), 1, 1_000)
        place = thread.context(place, profile.function("b", "/src/two/list.c", 1), 1, 1_000)
        place = thread.context(place, profile.function("nowhere"), 1, 1_000)
        thread.context(place, profile.external("read"), 1, 1_000)
        drawing = self.draw("--cluster=file", self.write(profile))
        self.assertEqual(drawing.frames, {"main.c": "main.c", "/src/one/list.c": "/src/one/list.c",
                                          "/src/two/list.c": "/src/two/list.c"})
        self.assertIn("peripheries=2", drawing.labels["read"])
        self.assertIn("not part of the build", drawing.lines)

    def test_programs_are_kept_apart(self):
        names = []
        for key, program in ((1, "/opt/one/server"), (2, "/opt/two/client")):
            profile = Profile(program=program, key=key, run=key)
            thread = profile.thread()
            main = thread.context(thread.root, profile.function("main"), 1, 1_000)
            thread.context(main, profile.function("send", module="/lib/libnet.so"), 1, 1_000)
            names.append(self.write(profile, f"{key}.profinst"))
        drawing = self.draw(*names)
        self.assertEqual(drawing.functions, ["main", "main", "send"])
        self.assertEqual(set(drawing.frames), {"server", "client", "libnet.so"})
        self.assertEqual(drawing.lines[:2], ["2 programs: server, client",
                                             "2 runs since 2027-01-15 08:00:00 UTC · 100 % = 4.00 µs, all "
                                             "threads together · 4 calls of 3 functions"])
        self.assertEqual(self.draw("--cluster=none", *names).frames, {})
        one = self.draw("--program=server", *names)
        self.assertEqual((one.functions, one.frames, one.lines[0]), (["main", "send"], {}, "server"))

    def test_title(self):
        name = self.write(example())
        self.assertEqual(self.draw(name).lines[0], "app")
        self.assertEqual(self.draw("--title=Nightly <b> & \\N", name).lines[0], "Nightly <b> & \\N")

    def test_errors_are_told(self):
        profile = Profile()
        profile.timing, profile.sample_ns = 2, 1_000_000
        thread = profile.thread()
        main = thread.context(thread.root, profile.function("main"), 1, 400_000_000).estimated(100)
        for i, samples in enumerate((60, 240)):
            leaf = thread.context(main, profile.function(f"leaf{i}"), 1_000_000)
            leaf.estimated(samples, 0, 10)
        report = self.report(self.write(profile))
        rows = {row["function"]: row for row in report["functions"]}
        drawing = self.draw("app.profinst")
        for i in range(2):
            row = rows[f"leaf{i}"]
            part, error = (100 * row[key] / report["total_ns"] for key in ("self_ns", "self_error_ns"))
            self.assertGreater(error, 1)
            self.assertIn(f"self = cumulative {part:.0f} ±{error:.0f} %<", drawing.labels[f"leaf{i}"])
        self.assertIn("holds the truth in 95 of 100 cases", drawing.lines)
        self.assertNotIn("±", self.draw(self.write(example())).lines)

    def test_choices(self):
        name = self.write(example())
        for message, argument in (
                ("unknown format 'gif'; use png, svg, pdf or dot", "--format=gif"),
                ("unknown color 'selv'; did you mean 'self'?", "--color=selv"),
                ("unknown cluster 'xyz'; use none, file or module", "--cluster=xyz"),
                ("unknown way of chains 'xyz'; use together or apart", "--chains=xyz"),
                ("--link=no/place holds no %f for the file; put it where the file goes, as in "
                 "vscode://file%f:%l", "--link=no/place"),
                ("--link=%f%20: only %f, %l and %% begin with a percent sign; write %% for one",
                 "--link=%f%20"),
                ("--link=%f%: only %f, %l and %% begin with a percent sign; write %% for one",
                 "--link=%f%")):
            self.fails(2, "graph: " + message, "graph", "-o", "x.svg", argument, name)


if __name__ == "__main__":
    unittest.main()

"""profinst graph --diff and profinst flame --diff: what colours tell of planted differences, what is new or
gone, and what does not go together with --diff."""

import re
import unittest

from diff_pictures import MS, DiffCase
from profile_writer import Profile
from svg_picture import Picture
from test_graph import Drawing
from test_hostile import BYTES, HIDDEN, HOSTILE, shown, spelled

# By steps, as change.h counts them.
FILLS = {-5: "#5288cf", -4: "#7aa8dc", -3: "#a4c4e8", -2: "#c9ddf2", -1: "#e3edf8", 0: "#ececec",
         1: "#fde6de", 2: "#fbcdbf", 3: "#f7ab95", 4: "#ef8269", 5: "#e2574c"}
LINES = {-4: "#3263aa", -3: "#4f7cba", -2: "#6f94c6", 0: "#8c8c8c", 2: "#d07a69", 3: "#c6594a", 4: "#b83a2f",
         5: "#a01313"}
SAME = 18  # colour of frames without a difference
OTHER_NAMES = "app\x1b" + 10 * " alpha", "app" + 10 * " beta"
OTHER_NAMES_WARNING = ("The programs have other names: app\\x1B" + 10 * " alpha" + " before, app" + 10 * " beta" + " after.")
ONE_RUN = "a side has one run only: what differs in times (?) may be chance"


def tooltip(attributes):
    return re.search(r'[^l]tooltip="(.*?)"', attributes.replace("\\\n", ""), re.DOTALL)[1].split(r"\n")


class Graph(DiffCase):
    def draw(self, *arguments):
        return Drawing(self.output("graph", "--format=dot", "--diff", *arguments))

    def steps(self, drawing):
        byfill = {fill: step for step, fill in FILLS.items()}
        return {name: byfill[drawing.fill(name)] for name in drawing.functions}

    def test_colours_tell_self_time_of_all_before(self):
        drawing = self.draw("--chains=apart", "--min-share=0", *self.sides())
        self.assertEqual(self.steps(drawing), {
            "main": 0, "parse": 0, "lex": 5, "old": -4, "render": 0, "blend": -3, "fresh": 3, "clip": -2, "wait": 0})
        colours = {pair: re.search(r'color="(.*?)"', attributes)[1] for pair, attributes in drawing.edges.items()}
        self.assertEqual(colours, {
            ("main", "parse"): LINES[4], ("main", "render"): LINES[2], ("main", "wait"): LINES[0],
            ("parse", "lex"): LINES[5], ("parse", "old"): LINES[-4], ("render", "blend"): LINES[-3],
            ("render", "fresh"): LINES[3], ("render", "clip"): LINES[-2]})

    def test_colours_tell_cumulative_time(self):
        drawing = self.draw("--color=cumulative", "--min-share=0", *self.sides())
        self.assertEqual(self.steps(drawing), {
            "main": 4, "parse": 4, "lex": 5, "old": -4, "render": 2, "blend": -3, "fresh": 3, "clip": -2, "wait": 0})
        self.assertIn("cumulative 390 ms → 460 ms (+18 %)", drawing.labels["parse"])
        self.assertIn("cumulative time, of all time before", drawing.lines)

    def test_the_limit_is_for_what_has_a_colour(self):
        """What outer took itself is the same, and still took more than all of outer."""
        contexts = {("main",): ((1, 5), (1, 5)), ("main", "outer"): ((1, 5), (1, 5)),
                    ("main", "outer", "inner"): ((1, 90), (1, 190)), ("main", "still"): ((1, 450), (1, 450))}
        self.sides(contexts=contexts)
        self.assertEqual(self.draw("--limit=3", "--chains=apart", "before", "after").functions, ["inner", "main", "still"])
        self.assertEqual(self.draw("--limit=3", "--chains=apart", "--color=cumulative", "before", "after").functions,
                         ["inner", "main", "outer"])

    def test_boxes_and_edges_tell_both_sides(self):
        drawing = self.draw("--min-share=0", *self.sides())
        self.assertIn("self 300 ms → 420 ms (+40 %)", drawing.labels["lex"])
        self.assertIn("self 80.0 ms → 80.5 ms (~)", drawing.labels["wait"])
        self.assertIn("</B></FONT>\u00a0\u00a0100× → 120×</TD>", drawing.labels["parse"])
        self.assertIn("</B></FONT>\u00a0\u00a01,000×</TD>", drawing.labels["lex"])
        self.assertEqual(drawing.label("main", "parse"), "100× → 120×  +7.0 %")
        self.assertEqual(drawing.label("render", "fresh"), "new  3×  +2.0 %")
        self.assertEqual(drawing.label("parse", "old"), "gone  3×  -5.0 %")
        self.assertEqual(drawing.label("main", "wait"), "7×")
        self.assertEqual(tooltip(drawing.labels["parse"]), [
            "parse", "called more by main", "calls 100 → 120 (+20)", "self 40.0 ms → 40.0 ms (+0.0 %)",
            "cumulative 390 ms → 460 ms (+18 %)", "src/parse.c:2", "in app"])
        self.assertEqual(tooltip(drawing.edges["parse", "lex"]), [
            "parse calls lex", "calls 1,000", "cumulative 300 ms → 420 ms (+40 %)"])

    def test_what_is_new_or_gone_is_dashed(self):
        drawing = self.draw("--min-share=0", *self.sides())
        self.assertEqual({name for name in drawing.labels if 'style="filled,rounded,dashed"' in drawing.labels[name]},
                         {"old", "fresh"})
        self.assertEqual({pair for pair, attributes in drawing.edges.items() if "style=dashed" in attributes},
                         {("parse", "old"), ("render", "fresh")})
        self.assertIn("</B></FONT>\u00a0\u00a0gone\u00a0\u00a03×</TD></TR><TR><TD>self 50.0 ms</TD>",
                      drawing.labels["old"])
        self.assertEqual(tooltip(drawing.labels["fresh"])[:3], ["fresh", "new", "calls 3"])

    def test_header(self):
        lines = self.draw(*self.sides()).lines
        self.assertEqual(lines[:2], ["app: before → after",
                                     "4 and 4 runs · self time 1.00 s → 1.07 s (+7.5 % ±4.2) · calls 1,661 → 1,681 (+20)"])
        self.assertEqual(lines[2:14], ["self time, of all before", "-10 %", "-3", "-1", "-0.3", "less", "=", "more", "+0.3",
                                       "+1", "+3", "+10 %"])
        self.assertIn("new or gone, as the word says", lines)

    def test_what_has_no_time_of_its_own(self):
        contexts = {("main",): ((1, 5), (1, 5)), ("main", "inlined"): ((90, 0), (95, 0)),
                    ("main", "freed"): ((90, 0), (90, 40))}
        drawing = self.draw("--min-share=0", *self.sides(contexts=contexts))
        self.assertIn("90× → 95×</TD></TR><TR><TD>self -</TD>", drawing.labels["inlined"])
        self.assertEqual(tooltip(drawing.labels["inlined"])[3:5], ["self -", "cumulative -"])
        self.assertIn("<TD>self - → 40.0 ms (from none)</TD>", drawing.labels["freed"])

    def test_warnings_are_whole(self):
        lines = self.draw(*self.sides(programs=OTHER_NAMES)).lines
        self.assertEqual(" ".join(lines[2:4]), OTHER_NAMES_WARNING)
        self.assertLessEqual(len(lines[2]), 100)

    def test_single_runs_have_colours_and_a_warning(self):
        drawing = self.draw("--min-share=0", *self.sides(runs=1))
        self.assertEqual(self.steps(drawing)["lex"], 5)
        self.assertIn("self 300 ms → 420 ms (+40 % ?)", drawing.labels["lex"])
        self.assertIn(ONE_RUN, drawing.lines)

    def test_calls_where_there_are_no_times(self):
        drawing = self.draw(*self.sides(counts=True))
        self.assertEqual(self.steps(drawing), {
            "main": 0, "parse": 3, "lex": 0, "old": -1, "render": 0, "blend": 0, "fresh": 1, "clip": 0, "wait": 0})
        self.assertEqual(drawing.lines[1],
                         "4 and 4 runs · calls 1,661 → 1,681 (+20) · times are not known of both")
        self.assertIn("calls, of all before", drawing.lines)
        self.assertEqual(tooltip(drawing.labels["parse"]), [
            "parse", "called more by main", "calls 100 → 120 (+20)", "src/parse.c:2", "in app"])

    def test_chains_are_of_what_is_the_same(self):
        contexts = {("main",): ((1, 5), (1, 5)), ("main", "a"): ((1, 5), (1, 5)),
                    ("main", "a", "b"): ((1, 5), (1, 5)), ("main", "a", "b", "c"): ((1, 5), (1, 12)),
                    ("main", "a", "b", "c", "work"): ((1, 980), (1, 980))}
        drawing = self.draw(*self.sides(contexts=contexts))
        self.assertEqual(drawing.boxes, [["c"], ["main", "a", "b"], ["work"]])
        self.assertIn("+0.7 %", drawing.labels["main"])
        self.assertEqual(self.draw("--chains=apart", "before", "after").boxes,
                         [["a"], ["b"], ["c"], ["main"], ["work"]])

    def test_what_is_left_out(self):
        drawing = self.draw("--limit=3", *self.sides())
        self.assertEqual(drawing.left_out(), "left out: 6 functions (5 of them changed) and 8 edges")
        self.assertEqual(drawing.functions, ["blend", "lex", "main"])

    def test_changes_are_drawn_however_small(self):
        contexts = {("main",): ((1, 5), (1, 5)), ("main", "work"): ((9, 980), (9, 980)),
                    ("main", "grown"): ((5, 2), (5, 5)), ("main", "same"): ((5, 4), (5, 4)),
                    ("main", "fresh"): (None, (1, 0.1)), ("main", "old"): ((1, 0.1), None)}
        for share in "--min-share=1", "--min-share=50":
            drawing = self.draw(share, *self.sides(contexts=contexts))
            self.assertEqual(drawing.functions, ["fresh", "grown", "main", "old", "work"])
            self.assertEqual(drawing.label("main", "fresh"), "new  1×")
        self.assertEqual(self.draw("--limit=3", "before", "after").functions, ["grown", "main", "work"])

    def test_focus_is_on_either_side(self):
        for name in "old", "fresh":
            drawing = self.draw(f"--focus={name}", "--depth=1", *self.sides())
            self.assertEqual(drawing.functions, sorted([name, "parse" if name == "old" else "render"]))
        self.assertIn("in focus: fresh, 1 step each way; shares are of the whole program", drawing.lines)

    def test_focus_of_other_runs_of_the_database(self):
        self.sides(runs=1)
        other = Profile("/opt/other", key=99, run=99)
        thread = other.thread()
        thread.context(thread.root, other.function("elsewhere"), 1, 5)
        self.output("load", "--db=all.db", "before/0.profinst", "after/0.profinst", self.write(other))
        self.assertEqual(self.steps(self.draw("--db=all.db", "--min-share=0", "run:1", "run:2"))["lex"], 5)
        self.fails(2, "graph: --focus=elsewhere is called on neither side; 'profinst diff --all' lists what is",
                   "graph", "--diff", "--format=dot", "--db=all.db", "--focus=elsewhere", "run:1", "run:2")

    def test_recursion(self):
        contexts = {("main",): ((1, 5), (1, 5)), ("main", "walk"): ((10, 500), (10, 700))}
        self.sides(runs=2, contexts=contexts)
        for folder in "before", "after":
            for run in range(2):
                side, number = folder == "after", 1 + 2 * (folder == "after") + run
                profile = self.profile(int(side), number, contexts=contexts)
                context = profile.thread_list[0].contexts[-1]
                profile.thread_list[0].cross(context, context, 90 + 10 * side)
                profile.write(self.folder / folder / f"{run}.profinst")
        drawing = self.draw("before", "after")
        self.assertEqual(drawing.label("walk", "walk"), "90× → 100× recursive")
        self.assertEqual(tooltip(drawing.edges["walk", "walk"]), ["walk calls walk", "calls 90 → 100 (+10)"])

    def test_indirect_recursion(self):
        """a calls b, which calls a again: the way back is no call from above, and takes no time of its own."""
        contexts = {("main",): ((1, 5), (1, 5)), ("main", "a"): ((10, 300), (10, 300)),
                    ("main", "a", "b"): ((90, 200), (100, 400)), ("main", "a", "b", "leaf"): ((5, 20), (5, 20))}
        for side, folder in enumerate(("before", "after")):
            (self.folder / folder).mkdir()
            for run in range(2):
                profile = self.profile(side, 1 + 2 * side + run, contexts=contexts)
                thread = profile.thread_list[0]
                a, b = thread.contexts[-3:-1]
                thread.cross(b, a, 80 + 10 * side)
                profile.write(self.folder / folder / f"{run}.profinst")
        drawing = self.draw("--min-share=0", "before", "after")
        self.assertEqual(drawing.label("b", "a"), "80× → 90× recursive")
        self.assertIn("style=dotted", drawing.edges["b", "a"])
        self.assertIn("constraint=false", drawing.edges["b", "a"])
        self.assertEqual(tooltip(drawing.edges["b", "a"]), ["b calls a", "calls 80 → 90 (+10)"])
        self.assertNotIn("recursive", drawing.label("a", "b"))
        self.assertIn("recursive calls, in a call that is running already", drawing.lines)

    def test_hostile_names(self):
        names = HOSTILE + BYTES
        contexts = {("main",): ((1, 5), (1, 5))} | {("main", f"f{i}"): ((1, 9), (1, 9 + i)) for i in range(len(names))}
        self.sides(runs=2, contexts=contexts, names={f"f{i}": name for i, name in enumerate(names)})
        for ending in "dot", "svg", "png":
            self.output("graph", "--diff", "--limit=0", "--min-share=0", "-o", f"out.{ending}", "before", "after")
        self.assertNotIn("<script", (self.folder / "out.svg").read_text())
        self.assertEqual(HIDDEN.findall((self.folder / "out.dot").read_text().replace("\n", "").replace("\t", "")), [])

    def test_refusals(self):
        self.sides(runs=1)
        for message, *arguments in [
                ("--diff compares two, but none is given; name what was before, and what is after",),
                ("--diff compares two, but one is given; name what was before, and what is after", "before"),
                ("--diff compares two, but more are given; name what was before, and what is after", *3 * ["before"]),
                ("--run is of one side, and --diff of two; name runs as run:N", "--run=1", "before", "after"),
                ("--thread is of one side, and --diff of two; name runs as run:N", "--thread=1", "before", "after"),
                ("--color=file leaves no colours for what has changed; with --diff use self or cumulative, and "
                 "--cluster=file for frames", "--color=file", "before", "after")]:
            self.fails(2, "graph: " + message, "graph", "--diff", "--format=dot", *arguments)
        (self.folder / "after" / "0.profinst").rename(self.folder / "after.png")
        self.fails(2, "graph: after.png: it is read from, and would be overwritten; give another name with -o",
                   "graph", "--diff", "-o", "after.png", "before", "after.png")


class Flame(DiffCase):
    def draw(self, *arguments):
        self.output("flame", "-o", "out.svg", "--width=1020", "--diff", *arguments)
        return Picture(self.folder / "out.svg")

    def steps(self, picture):
        return {frame.name: int(next(name[1:] for name in frame.classes if re.fullmatch(r"c\d+", name))) - SAME
                for frame in picture.frames}

    def test_widths_after_and_colours_of_self_time(self):
        picture = self.draw(*self.sides())
        self.assertEqual(self.steps(picture), {
            "all": 0, "main": 0, "parse": 0, "lex": 5, "render": 0, "blend": -3, "fresh": 3, "clip": -2, "wait": 0})
        self.assertEqual([(name, row, round(width)) for name, row, width in picture.widths()], [
            ("all", 0, 1000), ("main", 1, 1000), ("render", 2, 488), ("blend", 3, 361), ("fresh", 3, 19),
            ("clip", 3, 15), ("parse", 2, 428), ("lex", 3, 391), ("wait", 2, 75)])
        self.assertEqual({frame.name for frame in picture.frames if "absent" in frame.classes}, {"fresh"})

    def test_widths_before(self):
        picture = self.draw("--widths=before", *self.sides())
        self.assertEqual(self.steps(picture), {
            "all": 0, "main": 0, "parse": 0, "lex": 5, "old": -4, "render": 0, "blend": -3, "clip": -2, "wait": 0})
        self.assertEqual([round(picture.frame(name).width) for name in ("lex", "blend", "old")], [300, 400, 50])
        self.assertEqual({frame.name for frame in picture.frames if "absent" in frame.classes}, {"old"})
        self.assertEqual(picture.notes, ["not shown: a context that is new (1.9 % of the time after); --widths=after "
                                         "shows that"])

    def test_words(self):
        picture = self.draw(*self.sides())
        self.assertEqual((picture.heading, picture.title),
                         ("app: before → after", "app: before → after: differential flame graph"))
        self.assertEqual(picture.caption, "4 and 4 runs · self time 1.00 s → 1.07 s (+7.5 % ±4.2) · calls 1,661 → "
                                          "1,681 (+20) · widths: time after")
        self.assertEqual(picture.notes, ["not shown: a context that is gone (5.0 % of the time before); --widths=before "
                                         "shows that"])
        self.assertEqual(picture.legend, ["self time, of all before", "-10 %", "-3", "-1", "-0.3", "less", "=", "more",
                                          "+0.3", "+1", "+3", "+10 %"])
        self.assertEqual(picture.frame("lex").lines, [
            "cumulative 300 ms → 420 ms (+40 %)", "self 300 ms → 420 ms (+40 %)", "calls 1,000", "slower",
            "src/lex.c:3, app"])
        self.assertEqual(picture.frame("fresh").lines, ["cumulative 20.0 ms", "self 20.0 ms", "calls 3", "new",
                                                        "src/fresh.c:6, app"])
        self.assertEqual(picture.frame("wait").lines[:2], ["cumulative 80.0 ms → 80.5 ms (~)",
                                                           "self 80.0 ms → 80.5 ms (~)"])
        self.assertEqual(self.draw("--title=t", "before", "after").heading, "t")

    def test_narrow_pictures(self):
        """Everything has room, in further lines."""
        wide = self.draw(*self.sides(programs=OTHER_NAMES))
        self.assertEqual(" ".join(wide.notes[1:]), OTHER_NAMES_WARNING)
        narrow = self.draw("--width=400", "before", "after")
        self.assertEqual(narrow.legend, wide.legend)
        self.assertEqual(" ".join([narrow.caption, *narrow.notes]), " ".join([wide.caption, *wide.notes]))
        texts = [(float(x), float(y), text) for kind, x, y, text in re.findall(
            r'<text class="(.*?)" x="(.*?)" y="(.*?)">(.*?)</text>', (self.folder / "out.svg").read_text())
            if kind != "heading"]
        self.assertEqual([text for x, y, text in texts if x + 7.23 * len(text) > 390], [])
        self.assertLess(max(y for x, y, text in texts), min(frame.y for frame in narrow.frames))

    def test_contexts_are_told_apart(self):
        """The function takes as much as before, in other places."""
        contexts = {("main",): ((1, 100), (1, 100)), ("main", "a"): ((1, 50), (1, 50)), ("main", "b"): ((1, 50), (1, 50)),
                    ("main", "a", "work"): ((5, 300), (5, 400)), ("main", "b", "work"): ((5, 300), (5, 200))}
        picture = self.draw(*self.sides(contexts=contexts))
        steps = [(frame.name, int(re.search(r"c(\d+)", " ".join(sorted(frame.classes)))[1]) - SAME)
                 for frame in picture.frames]
        self.assertEqual(steps, [("all", 0), ("main", 0), ("a", 0), ("work", 5), ("b", 0), ("work", -5)])

    def test_calls(self):
        picture = self.draw("--value=calls", *self.sides())
        self.assertEqual(self.steps(picture)["parse"], 3)
        self.assertEqual(round(picture.frame("parse").width, 1), round(1000 * 1120 / 1681, 1))
        self.assertTrue(picture.caption.endswith(" · widths: calls after"))
        counted = self.draw(*self.sides(counts=True))
        self.assertEqual(self.steps(counted), self.steps(picture))
        self.assertEqual(counted.frame("parse").lines, ["calls 100 → 120 (+20)", "called more by main",
                                                        "src/parse.c:2, app"])

    def test_single_runs(self):
        picture = self.draw("--min-share=5", *self.sides(runs=1))
        self.assertEqual(picture.notes, ["left out: 2 frames below 5 % (3.4 % of the time)",
                                         "not shown: a context that is gone (4.9 % of the time before); --widths=before "
                                         "shows that", ONE_RUN])
        self.assertEqual(self.steps(picture)["lex"], 5)

    def test_folded_contexts(self):
        for side, folder in enumerate(("before", "after")):
            profile = self.profile(side, 1 + side)
            thread = profile.thread_list[0]
            thread.context(thread.fold(), profile.function("deep", "src/deep.c", 1), 4, (50 + 60 * side) * MS)
            profile.write(self.folder / f"{folder}.profinst")
        picture = self.draw("before.profinst", "after.profinst")
        self.assertEqual(self.steps(picture)["deep"], 4)
        rows = {name: row for name, row, width in picture.widths()}
        self.assertEqual((rows["(folded)"], rows["deep"]), (1, 2))

    def test_hostile_names_are_names(self):
        names = HOSTILE + BYTES + ["]]>", "<![CDATA[", "f" * 10_000]
        contexts = {("main",): ((1, 5), (1, 5))} | {("main", f"f{i}"): ((1, 9), (1, 9 + i)) for i in range(len(names))}
        picture = self.draw(*self.sides(runs=2, contexts=contexts,
                                        names={f"f{i}": name for i, name in enumerate(names)}))
        drawn = {picture.names.get(frame.reference, frame.name) for frame in picture.frames}
        wanted = {shown(name) for name in HOSTILE + [spelled(raw) for raw in BYTES] + ["]]>", "<![CDATA["]}
        self.assertEqual(wanted - drawn, set())
        self.assertEqual(HIDDEN.findall((self.folder / "out.svg").read_text().replace("\n", "")), [])

    def test_refusals(self):
        self.sides(runs=1)
        for message, *arguments in [
                ("--diff compares two, but one is given; name what was before, and what is after", "before"),
                ("--process is of one side, and --diff of two; name runs as run:N", "--process=1", "before", "after"),
                ("--by does not go together with --diff, which compares all of a side", "--by=thread", "before", "after"),
                ("--color does not go together with --diff, where colours tell what has changed", "--color=name",
                 "before", "after"),
                ("unknown side 'befor'; did you mean 'before'?", "--widths=befor", "before", "after")]:
            self.fails(2, "flame: " + message, "flame", "-o", "out.svg", "--diff", *arguments)
        self.fails(2, "flame: --widths chooses one of two sides; name them with --diff",
                   "flame", "-o", "out.svg", "--widths=before", "before/0.profinst")
        self.assertFalse((self.folder / "out.svg").exists())

    def test_colours_are_those_of_the_style(self):
        """All steps are planted, and each frame is drawn as the legend says."""
        differences = {5: 450, 4: 150, 3: 45, 2: 15, 1: 3, 0: 0, -1: -3, -2: -15, -3: -45, -4: -150, -5: -450}
        contexts = {("main",): ((1, 0), (1, 0))}
        for step, ms in differences.items():  # 3 s before
            before = 1000 if step == -5 else 200
            contexts["main", f"f{step}"] = (1, before), (1, before + ms)
        picture = self.draw(*self.sides(contexts=contexts))
        steps = self.steps(picture)
        self.assertEqual({name: step for name, step in steps.items() if name.startswith("f")},
                         {f"f{step}": step for step in differences})
        style = (self.folder / "out.svg").read_text().split("@media")[0]
        self.assertEqual({step: re.search(rf"\.c{SAME + step} {{ fill: (#\w+)", style)[1] for step in FILLS}, FILLS)


if __name__ == "__main__":
    unittest.main()

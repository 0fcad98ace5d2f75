"""profinst flame: what is drawn and what is left out, and that no name is more than a name."""

import re
import unittest

import test_hostile
import test_timing
from profile_writer import COUNTS, Profile
from support import HERE, Case, example, inlined_example
from svg_picture import Picture, pixels

CSS = (HERE.parent.parent / "analyzer" / "flame.css").read_text()


class Flame(Case):
    def draw(self, *arguments):
        self.output("flame", "-o", "out.svg", *arguments)
        return Picture(self.folder / "out.svg")

    def tree(self):
        """500 ms outside, and in main 500: 300 of them in work, of which 100 in each of two leaves."""
        profile = Profile()
        thread = profile.thread(outside=500_000_000)
        main = thread.context(thread.root, profile.function("main", "app.c", 3), 1, 200_000_000)
        work = thread.context(main, profile.function("work", "src/work.c", 9), 10, 100_000_000)
        thread.context(work, profile.function("one"), 7, 100_000_000)
        thread.context(work, profile.function("two"), 8, 100_000_000)
        thread.context(main, profile.function("tiny"), 974, 5_000)
        return self.write(profile)

    def test_widths_are_of_cumulative_time(self):
        picture = self.draw("--width=1020", "--title=t", self.tree())
        self.assertEqual(picture.widths(), [("all", 0, 1000), ("main", 1, 500.0025), ("work", 2, 299.9985),
                                            ("two", 3, 99.9995), ("one", 3, 99.9995)])
        self.assertEqual([frame.x for frame in picture.frames], [10, 10, 10, 10, 109.9995])
        self.assertEqual(picture.caption, "1.00 s of all threads together; left out: 1 frame below "
                                          "0.001 % (0.0 % of the time)")
        self.assertEqual((picture.heading, picture.title), ("t", "t: flame graph"))
        rows = [frame.y for frame in picture.frames]
        self.assertEqual(rows, [rows[0], rows[0] - 18, rows[0] - 36, rows[0] - 54, rows[0] - 54])
        self.assertEqual(picture.height, rows[0] + 18 + 10)

    def test_icicle(self):
        name = self.tree()
        flame, icicle = self.draw(name), self.draw("--icicle", name)
        self.assertEqual(flame.widths(), icicle.widths())
        rows = [frame.y for frame in icicle.frames]
        self.assertEqual(rows, [rows[0], rows[0] + 18, rows[0] + 36, rows[0] + 54, rows[0] + 54])
        self.assertEqual(icicle.frames[0].y, flame.frames[-1].y)

    def test_widths_of_calls(self):
        picture = self.draw("--width=1020", "--value=calls", self.tree())
        self.assertEqual(picture.widths(), [("all", 0, 1000), ("main", 1, 1000), ("work", 2, 25),
                                            ("two", 3, 8), ("one", 3, 7), ("tiny", 2, 974)])
        self.assertEqual(picture.caption, "1,000 calls")
        self.assertEqual(picture.frame("work").lines, [
            "cumulative 300 ms (30.0 %)", "self 100 ms (10.0 %)", "10 calls",
            "here and below: 25 calls (2.5 %)", "src/work.c:9, app"])
        self.assertEqual(picture.legend, ["unknown 98.9 %", "work.c 1.0 %", "app.c 0.1 %"])

    def test_without_times_widths_are_of_calls(self):
        profile = example()
        profile.timing = COUNTS
        for thread in profile.thread_list:
            for context in thread.contexts:
                context.self_ticks = 0
        picture = self.draw(self.write(profile))
        self.assertEqual(picture.caption, "1,235,923 calls; times are not known; left out: 1 frame "
                                          "below 0.001 % (0.0 % of the calls)")
        self.assertEqual(picture.frame("visit").lines, [
            "1,235,567 calls", "here and below: 1,235,637 calls (100.0 %)", "src/tree.c:7, app"])

    def test_what_is_left_out(self):
        name = self.tree()
        picture = self.draw("--min-share=10", name)
        self.assertEqual(picture.caption, "1.00 s of all threads together; left out: 3 frames below 10 % "
                                          "(20.0 % of the time)")
        self.assertEqual([row[0] for row in picture.widths()], ["all", "main", "work"])
        picture = self.draw("--limit=4", name)
        self.assertEqual([row[0] for row in picture.widths()], ["all", "main", "work", "two"])
        self.assertEqual(picture.caption, "1.00 s of all threads together; left out: 2 frames below "
                                          "0.001 % or beyond the 4 largest (10.0 % of the time)")
        picture = self.draw("--min-share=0", "--limit=0", name)
        self.assertEqual(picture.caption, "1.00 s of all threads together")
        self.assertEqual(picture.widths()[-1][0], "tiny")

    def test_the_limit_takes_the_largest_wherever_they_are(self):
        """Ten frames as wide as the last within the limit come first in the tree, and a wider one last."""
        profile = Profile()
        thread = profile.thread()
        first = thread.context(thread.root, profile.function("first"), 1, 1000)
        for i in range(10):
            thread.context(first, profile.function(f"small{i}"), 1, 10)
        last = thread.context(thread.root, profile.function("last"), 1, 10)
        thread.context(last, profile.function("large"), 1, 500)
        picture = self.draw("--limit=6", self.write(profile))
        self.assertEqual([row[0] for row in picture.widths()],
                         ["all", "first", "small0", "small1", "last", "large"])

    def test_tooltips(self):
        picture = self.draw(self.write(example()))
        self.assertEqual(picture.frame("all").lines, ["cumulative 545 ms (100.0 %)",
                                                      "outside of all functions 51.5 ms (9.4 %)"])
        self.assertEqual(picture.frame("store::parse(store::Input const&, int)").lines, [
            "cumulative 341 ms (62.5 %)", "self 40.2 ms (7.4 %)", "262 calls", "src/store.cc:42, app"])

    def test_inlined_and_external_frames_look_different(self):
        picture = self.draw(self.write(inlined_example()))
        put, grow, read = map(picture.frame, ("buffer: put", "grow", "read"))
        self.assertEqual(put.lines, ["cumulative 12.0 ms (5.6 %)", "inlined: its own time is its caller's",
                                     "90,000 calls, all inlined", "src/buffer.c:55, app"])
        self.assertEqual(grow.lines[2], "74 calls, 60 inlined")
        self.assertEqual(read.lines[-1], "external: not part of the build")
        self.assertEqual([frame.name for frame in picture.frames if "inlined" in frame.classes],
                         ["buffer: put"])
        self.assertEqual({frame.name for frame in picture.frames if "c11" in frame.classes},
                         {"realloc", "read", "qsort"})

    def test_estimates_have_their_errors(self):
        name = self.write(test_timing.Group(
            1_000_000_000, {"head": (2_000, 0), "f": (3_000, 500), "g": (5_000, 1_000)}, sample_ns=100_000,
            counted=(0, 0), timed=(0, 0)).profile())
        report = self.report(name)
        picture = self.draw(name)
        for row in report["functions"]:
            share, error = [100 * row[key] / report["total_ns"] for key in ("self_ns", "self_error_ns")]
            self.assertGreater(error, 0.1)
            self.assertIn(f"({share:.1f} ±{error:.1f} %)", picture.frame(row["function"]).lines[1])

    def test_groups(self):
        first, other = example(), Profile("/bin/other", key=2, run=2)
        other.process_id = 99
        thread = other.thread("lonely")
        thread.context(thread.root, other.function("main"), 1, 1_000_000)
        names = [self.write(first), self.write(other, "other.profinst")]

        def groups(*arguments):
            return [row[0] for row in self.draw(*arguments).widths() if row[1] == 1]

        self.assertEqual(groups(names[0]), ["main", "compress"])
        self.assertEqual(groups(*names), ["/opt/app/bin/app", "/bin/other"])
        self.assertEqual(groups("--by=process", *names),
                         ["/opt/app/bin/app (process 4711)", "/bin/other (process 99)"])
        self.assertEqual(groups("--by=thread", *names),
                         ["/opt/app/bin/app (process 4711), thread 1 app",
                          "/opt/app/bin/app (process 4711), thread 2 worker",
                          "/bin/other (process 99), thread 1 lonely"])
        self.assertEqual(groups("--thread=worker", names[0]), ["compress"])
        self.assertEqual(self.draw(*names).heading, "other and 1 more program")
        self.assertEqual(self.draw("--program=other", *names).heading, "other")

    def test_colors(self):
        name = self.write(example())
        picture = self.draw(name)
        self.assertEqual(picture.legend, ["tree.c 55.0 %", "unknown 27.8 %", "store.cc 7.4 %", "app.c 0.4 %"])
        self.assertIn("c0", picture.frame("visit").classes)
        self.assertIn("c12", picture.frame("all").classes)
        picture = self.draw("--color=module", name)
        self.assertEqual(picture.legend, ["app 62.8 %", "libsqueeze.so.2 27.8 %"])
        self.assertIn("c0", picture.frame("main").classes)
        picture = self.draw("--color=name", name)
        self.assertEqual(picture.legend, [])
        colors = {frame.name: frame.classes & {f"c{i}" for i in range(24)} for frame in picture.frames}
        for frame in picture.frames:  # three frames of compress
            self.assertEqual(colors[frame.name], frame.classes & {f"c{i}" for i in range(24)})

    def test_many_files_share_a_color(self):
        profile = Profile()
        thread = profile.thread()
        for i in range(14):
            thread.context(thread.root, profile.function(f"f{i}", f"file{i}.c", 1), 1, 1000 - i)
        picture = self.draw("--width=3000", self.write(profile))
        self.assertEqual(len(picture.legend), 11)
        self.assertEqual(picture.legend[-1], "others 28.4 %")
        for i in range(14):
            self.assertIn(f"c{min(i, 10)}", picture.frame(f"f{i}").classes)

    def test_same_bytes_every_time_and_from_a_database(self):
        name = self.write(inlined_example())
        self.draw(name)
        first = (self.folder / "out.svg").read_bytes()
        self.draw(name)
        self.assertEqual((self.folder / "out.svg").read_bytes(), first)
        self.output("load", name)
        self.draw("--db", "profinst.db", "--run=1")
        self.assertEqual((self.folder / "out.svg").read_bytes(), first)

    def test_nothing_to_show(self):
        self.assertEqual(self.draw(self.write(Profile())).caption, "no calls to show")
        profile = Profile()
        profile.thread(outside=1_000_000)
        picture = self.draw(self.write(profile))
        self.assertEqual((picture.caption, len(picture.frames)), ("no calls to show", 1))

    def test_usage(self):
        name = self.tree()
        for message, *arguments in (
                ("no output given; name a picture with -o",),
                ("out.png: its ending names no format; use .svg", "-o", "out.png"),
                ("unknown value 'bytes'; use time or calls", "-o", "x.svg", "--value=bytes"),
                ("unknown color 'fil'; did you mean 'file'?", "-o", "x.svg", "--color=fil"),
                ("unknown group 'cpu'; use program, process or thread", "-o", "x.svg", "--by=cpu"),
                ("--width=399 is no width; give 400 to 100000 pixels", "-o", "x.svg", "--width=399"),
                ("--limit=x is no whole number from 0 up; give one", "-o", "x.svg", "--limit=x"),
                ("--min-share=nan is no percentage; give a number from 0 to 100", "-o", "x.svg",
                 "--min-share=nan")):
            with self.subTest(arguments):
                self.fails(2, f"flame: {message}", "flame", *arguments, name)
        self.assertEqual(self.files(), [name])

    def test_hostile_names_are_names(self):
        profile = Profile(program='/opt/a "b" </title> & \x1b[2J')
        thread = profile.thread("'thr\x1b", outside=100)
        for name in test_hostile.HOSTILE + test_hostile.BYTES + ["]]>", "<![CDATA[", "f" * 10_000]:
            module = b"/lib/" + (name if isinstance(name, bytes) else name.encode())
            thread.context(thread.root, profile.function(name, name or "none", 3, module[:4000]), 1, 1000)
        picture = self.draw("--title=</title><script>alert(1)</script>]]>\x1b\udcff", "--limit=0",
                            self.write(profile))
        self.assertEqual(picture.heading, "</title><script>alert(1)</script>]]>\\x1B\\xFF")
        self.assertEqual(len(picture.scripts), 2)
        names = [picture.names.get(frame.reference, frame.name) for frame in picture.frames[1:]]
        wanted = [test_hostile.shown(name) for name in
                  test_hostile.HOSTILE + [test_hostile.spelled(raw) for raw in test_hostile.BYTES]
                  + ["]]>", "<![CDATA["]]
        self.assertEqual(sorted(name for name in names if not re.fullmatch("f{4096}\\.\\.\\.[0-9a-f]{16}", name)),
                         sorted(wanted))
        self.assertEqual(len(names), len(wanted) + 1)
        text = (self.folder / "out.svg").read_text()
        self.assertEqual(test_hostile.HIDDEN.findall(text.replace("\n", "")), [])
        for frame in picture.frames:
            self.assertLessEqual(len(frame.name), 160)

    def test_numbers_of_a_hostile_database_stay_in_the_picture(self):
        self.output("load", self.tree())
        self.database().executescript(
            "UPDATE context SET self_ns = 9223372036854775807 WHERE depth = 3;"
            "UPDATE context SET self_ns = -5 WHERE depth = 1;"
            "UPDATE context SET calls = 9223372036854775807 WHERE depth = 2")
        for value in "time", "calls":
            picture = self.draw("--db=profinst.db", f"--value={value}")
            ends = {}
            for name, row, width in picture.widths():
                self.assertGreater(width, 0)
            for frame in picture.frames:
                self.assertLessEqual(frame.x + frame.width, 1190.001)
                self.assertGreaterEqual(frame.x + 0.001, ends.get(frame.y, 0))
                ends[frame.y] = frame.x + frame.width

    def test_text_can_be_read(self):
        """Contrast of at least 4.5, as WCAG wants it, of text and frames on light and on dark ground."""
        light, dark = CSS.split("@media (prefers-color-scheme: dark)", 1)
        for part in light, dark.split("/* What", 1)[0]:
            fills = dict(re.findall(r"^ *(\S+) \{[^}]*fill: #([0-9a-f]{6})", part, re.MULTILINE))
            self.assertEqual({f".c{i}" for i in range(24)} - set(fills), set())
            for name in [".page"] + [f".c{i}" for i in range(24)]:
                self.assertGreater(contrast(fills["text"], fills[name]), 4.5, name)
            if ".caption," not in fills:
                fills[".caption,"] = re.search(r"\.caption, \.legend \{ fill: #(\w+)", part)[1]
            self.assertGreater(contrast(fills[".caption,"], fills[".page"]), 4.5)
        self.assertGreater(contrast("111111", re.search(r"\.hit rect \{ fill: #(\w+)", CSS)[1]), 4.5)

    def test_as_a_picture_without_scripts(self):
        """librsvg draws frames in their colours, with names that stay within them."""
        profile = Profile()
        thread = profile.thread(outside=1000)
        thread.context(thread.root, profile.function("W" * 300, "a.c", 1), 1, 1000)
        picture = self.draw("--width=420", self.write(profile))
        frame = picture.frame("W" * 159 + "…")
        self.assertEqual((frame.x, frame.width, frame.label), (10, 200, "W" * 25 + "…"))
        rows = pixels(self.folder / "out.svg")
        self.assertEqual((len(rows), len(rows[0])), (picture.height, picture.width))
        inside = {pixel for row in rows[int(frame.y) + 2:int(frame.y) + 15] for pixel in row[12:208]}
        beside = {pixel for row in rows[int(frame.y):int(frame.y) + 17] for pixel in row[211:]}
        self.assertEqual(beside, {(255, 255, 255)})
        (tone,) = frame.classes & {"t0", "t1", "t2"}
        self.assertEqual(rows[int(frame.y) + 8][207], {
            "t0": (242, 163, 94), "t1": (244, 176, 117), "t2": (246, 189, 139)}[tone])
        self.assertLess(min(map(sum, inside)), 3 * 0x30)  # of the text


def contrast(*colors):
    def light(color):
        parts = [int(color[i:i + 2], 16) / 255 for i in (0, 2, 4)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
                            for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted(map(light, colors))
    return (high + 0.05) / (low + 0.05)


if __name__ == "__main__":
    unittest.main()

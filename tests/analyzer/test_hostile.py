"""Names that mean something to SQL, DOT, HTML, Markdown, CSV or a terminal; none of it may act."""

import ctypes
import ctypes.util
import csv
import io
import json
import re
import unittest
import xml.dom.minidom

from profile_writer import Profile
from support import Case

HOSTILE = [
    "'; DROP TABLE function; --", 'quote "double"', "back\\slash\\", "ends in \\", '\\"', "\\N\\G\\l",
    "</script><script>alert(1)</script>", "&amp; &lt;", "<b>", "a|b`c`*d*_e_[f](g)~h~$i$",
    "\x1b[31mred\x1b]0;title\x07", "tab\tnew\nline\rreturn", "\x7f\x9b31m", "comma, \"quoted\"", "%s%n%d",
    "ünïcödé 日本語 \U0001f600", "\u202egnp.exe", "", " ", "n" * 4096, "operator<", "operator()(int)",
    "f(((((", ">>><<<", "a::" * 100, "zero\u200bwidth", "soft\u00adhyphen", "\ufeff", "\uffff",
    "\U000e0041tag", "=1+1", "+1", "-1", "@sum", "'quoted'", "https://example.org", "me@example.org",
]
BYTES = [b"\xff\xfe", b"cut \xe6\x97", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"]


# What is shown of the characters that are controls, invisible, reorder text, or are none.
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\uffff"
                    "\U000e0000-\U000e0fff]")


def shown(name):
    return HIDDEN.sub(lambda match: "".join(f"\\x{byte:02X}" for byte in match[0].encode()), name)


def spelled(raw):
    """What becomes of bytes that are no UTF-8."""
    return "".join(f"\\x{ord(c) - 0xDC00:02X}" if 0xDC80 <= ord(c) <= 0xDCFF else c
                   for c in raw.decode(errors="surrogateescape"))


def calls(*names):
    """A profile in which the first calls all the others."""
    profile = Profile()
    thread = profile.thread()
    first = thread.context(thread.root, profile.function(names[0]), 1, 5)
    for name in names[1:]:
        thread.context(first, profile.function(name), 1, 5)
    return profile


EVERYTHING = "SELECT * FROM functions"


class Hostile(Case):
    def setUp(self):
        super().setUp()
        profile = Profile(program='/opt/a "b" \\ <c> & \x1b[2J')
        thread = profile.thread("'thr\x1b", outside=100)
        parent = thread.context(thread.root, profile.function("main"), 1, 10)
        for name in HOSTILE + BYTES:
            module = b"/lib/" + (name if isinstance(name, bytes) else name.encode())
            thread.context(parent, profile.function(name, name or "none", 3, module[:4000]), 1, 1000)
        self.names = HOSTILE + [spelled(name) for name in BYTES]
        self.name = self.write(profile)

    def test_json(self):
        rows = self.report("--edges", "--contexts", self.name)
        self.assertEqual({row["linkage_name"] for row in rows["functions"]},
                         set(self.names) | {"main"})
        self.assertEqual({edge["callee"] for edge in rows["edges"]}, set(self.names))
        self.assertEqual({row["path"][-1] for row in rows["contexts"]}, set(self.names) | {"main"})

    def test_csv(self):
        text = self.profinst("report", "--format=csv", self.name).stdout.decode()
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        def field(name):
            return ("'" if name[:1] in tuple("=+-@'") else "") + shown(name)

        self.assertEqual({row["function"] for row in rows}, {field(name) for name in self.names} | {"main"})
        self.assertEqual({row["file"] for row in rows},
                         {field(name or "none") for name in self.names} | {""})

    def test_database(self):
        self.output("load", self.name)
        rows = self.database().execute("SELECT linkage_name FROM function").fetchall()
        self.assertEqual({row[0] for row in rows}, set(self.names) | {"main"})

    def test_nothing_reaches_a_terminal(self):
        outputs = [self.profinst(*arguments, self.name).stdout for arguments in (
            ["report", "--limit=0", "--edges", "--contexts"],
            ["report", "--limit=0", "--edges", "--contexts", "--format=markdown"],
            ["report", "--edges", "--contexts", "--format=json"], ["report", "--format=csv"],
            ["report", "--format=csv", "--edges"], ["report", "--format=csv", "--contexts"],
            ["query", EVERYTHING], ["query", "--format=markdown", EVERYTHING],
            ["query", "--format=csv", EVERYTHING], ["query", "--format=json", EVERYTHING],
            ["dump"])]
        for output in outputs:
            text = output.decode().replace("\r\n", "\n").replace("\n", "")
            self.assertEqual(HIDDEN.findall(text), [])
            self.assertRegex(text, r"\\x1B|\\u001B")
        nowhere = self.profinst("report", "\x1b[31m.profinst", code=3).stderr
        self.assertIn("\\x1B[31m.profinst", nowhere)

    def test_nothing_but_colours_reaches_a_real_terminal(self):
        for arguments in (["report", "--limit=0", "--edges", "--contexts"], ["report", "--limit=0", "--tree"],
                          ["query", EVERYTHING]):
            text = self.terminal(100, *arguments, self.name)
            text = re.sub(r"\x1b\[[0-9;]*m", "", text).replace("\n", "")
            self.assertEqual(HIDDEN.findall(text), [])

    def test_query(self):
        rows = json.loads(self.output("query", "--format=json", EVERYTHING, self.name))
        self.assertEqual({row["linkage_name"] for row in rows}, set(self.names) | {"main"})
        text = self.output("query", "--format=markdown", EVERYTHING, self.name)
        rows = [line for line in text.splitlines() if line.startswith("|")]
        self.assertEqual(len(rows), 2 + len(self.names) + 1)
        self.assertEqual({len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows},
                         {len(re.findall(r"\|", rows[1]))})
        text = self.output("query", "--format=csv", EVERYTHING, self.name)
        self.assertEqual(len(list(csv.reader(io.StringIO(text, newline="")))), 1 + len(self.names) + 1)

    def test_markdown_tables_keep_their_columns(self):
        text = self.output("report", "--limit=0", "--format=markdown", self.name)
        rows = [line for line in text.splitlines() if line.startswith("|")]
        self.assertEqual(len(rows), 2 + len(self.names) + 1)
        for row in rows:
            self.assertEqual(len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)), 11, row)
        self.assertNotIn("<", text.replace("\\<", ""))
        self.assertNotIn("://", text)
        self.assertNotIn("@", text.replace("\\@", ""))

    def test_names_are_no_file_names(self):
        """Names that are paths, here of files that exist and of some that do not, touch none of them."""
        victim = self.folder / "victim"
        victim.write_text("precious")
        profile = Profile(program=str(victim))
        profile.arguments = [str(victim).encode(), b"-o", b"written"]
        thread = profile.thread("../written")
        for name in (str(victim), "written", "./written", "../written", "file:written?mode=rwc"):
            thread.context(thread.root, profile.function(name, name, 1, name), 1, 1000)
        name = self.write(profile, "paths.profinst")
        before = self.files()
        for arguments in (["report"], ["report", "--format=json"], ["dump"]):
            self.output(*arguments, name)
        self.output("graph", "-o", "out.svg", name)
        self.output("load", "--db", "out.db", name)
        self.assertEqual(self.files(), sorted(before + ["out.db", "out.svg"]))
        self.assertEqual(victim.read_text(), "precious")

    def test_graph_parses_back(self):
        """Reads the DOT text with Graphviz' own parser: nodes, edges and labels are what was meant."""
        self.output("graph", "--limit=0", "--min-share=0", "-o", "out.dot", self.name)
        library = ctypes.util.find_library("cgraph")
        self.assertIsNotNone(library, "install libcgraph6")
        cgraph = ctypes.CDLL(library)
        for function, result, arguments in (
                ("agmemread", ctypes.c_void_p, [ctypes.c_char_p]),
                ("agfstnode", ctypes.c_void_p, [ctypes.c_void_p]),
                ("agnxtnode", ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_void_p]),
                ("agget", ctypes.c_char_p, [ctypes.c_void_p, ctypes.c_char_p]),
                ("agnnodes", ctypes.c_int, [ctypes.c_void_p]),
                ("agnedges", ctypes.c_int, [ctypes.c_void_p])):
            getattr(cgraph, function).restype = result
            getattr(cgraph, function).argtypes = arguments
        graph = cgraph.agmemread((self.folder / "out.dot").read_bytes())
        self.assertIsNotNone(graph)
        self.assertEqual(cgraph.agnnodes(graph), len(self.names) + 1)
        self.assertEqual(cgraph.agnedges(graph), len(self.names))
        node = cgraph.agfstnode(graph)
        labels = []
        while node:
            labels.append(cgraph.agget(node, b"label").decode())
            node = cgraph.agnxtnode(graph, node)
        for label in labels:
            xml.dom.minidom.parseString(f"<label>{label}</label>")
        self.assertTrue(any("<B>&lt;&gt;&lt;&gt;alert()&lt;&gt;</B>" in label for label in labels))
        self.assertTrue(any("<B>back\\slash\\</B>" in label for label in labels))

    def test_pictures(self):
        for ending, begin in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")):
            self.output("graph", "--limit=0", "-o", f"out.{ending}", self.name)
            self.assertTrue((self.folder / f"out.{ending}").read_bytes().startswith(begin))
        with open(self.folder / "out.svg", encoding="utf-8") as file:
            self.assertEqual(HIDDEN.findall(file.read().replace("\n", "")), [])
        svg = xml.dom.minidom.parse(str(self.folder / "out.svg"))
        self.assertEqual(svg.getElementsByTagName("script"), [])
        texts = {text.firstChild.data for text in svg.getElementsByTagName("text")}
        self.assertIn("back\\slash\\", texts)
        self.assertIn("<b>", texts)

    def test_names_whose_demangled_form_explodes(self):
        """Each parameter is a pair of two of the one before: 2 to the power of 21 letters at last, or
        of 100, which nobody lives to see."""
        digits = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        places = [*digits, *(a + b for a in "123" for b in "0" + digits)]
        for length in 20, 100:
            bomb = "_Z1f1aSt4pairIS_S_E" + "".join(f"S0_IS{at}_S{at}_E" for at in places[:length])
            row = self.report(self.write(calls(bomb)))["functions"][0]
            self.assertEqual(row["linkage_name"], bomb)
            self.assertEqual(row["function"], bomb)

    def test_names_that_take_forever_to_demangle(self):
        """Each conversion to a template parameter with arguments doubles the time it takes."""
        names = [f"_ZN1AcvT_I{'PT0_Iv' * 80}i", f"_ZN1A{'cvT_I' * 80}i{'E' * 80}Ev",
                 f"_Z{'N1AcvT_I' * 80}i{'EE' * 80}"]
        rows = self.report(self.write(calls(*names)))["functions"]
        self.assertEqual({row["function"] for row in rows}, set(names))
        few = "_ZN1AcvT_IiEIS_EEv"
        self.assertEqual(self.report(self.write(calls(few)))["functions"][0]["function"],
                         "A::operator A<int><A>()")

    def test_names_whose_demangled_form_is_deep(self):
        names = [begin + part * times + end
                 for begin, part, end in (("_Z1f", "P", "i"), ("_Z1fIX", "ad", "E"), ("_ZN", "1a", "E"),
                                          ("_Z1f", "N1a", ""), ("_Z1f", "Dp", "i"), ("_Z1f", "F", ""),
                                          ("_Z", "Z1fE", ""), ("_ZGV", "ZGV", ""), ("_Z1f", "I", ""))
                 for times in (250, 500, 1000, 2000)]
        rows = self.report(self.write(calls(*names)))["functions"]
        self.assertEqual(len(rows), len(names))
        self.assertLessEqual({name for name in names if len(name) <= 4096},
                             {row["linkage_name"] for row in rows})

    def test_long_names(self):
        """Of names that nobody reads to the end, the end is a digest: short, and still different."""
        names = ["f" * 4096, "f" * 4097, "f" * 4098, "f" * 100_000 + "a", "f" * 100_000 + "b"]
        profile = calls(*names)
        profile.function("in_long", "s" * 5000, 1, "o" * 5000)
        rows = self.report("--edges", self.write(profile))["functions"]
        found = {row["linkage_name"] for row in rows}
        self.assertEqual(len(found), len(names))
        self.assertIn(names[0], found)
        for name in found - {names[0]}:
            self.assertRegex(name, r"^f{4096}\.\.\.[0-9a-f]{16}$")

    def test_long_names_do_not_make_long_tables(self):
        """One long name neither pads all other rows nor is shortened in time that is its square."""
        for name in ("m" * 1_000_000, "a::" * 300_000, "(" * 1_000_000, "<" * 1_000_000,
                     "operator<>=-" * 100_000):
            profile = calls(name, *(f"f{i}" for i in range(1000)))
            text = self.output("report", "--limit=0", self.write(profile))
            self.assertLess(len(text), 1001 * 1000)
            self.output("graph", "-o", "out.dot", "app.profinst")

    def test_deep_trees(self):
        """The paths of all contexts together would be the square of the depth: 200 MB here."""
        profile = Profile()
        thread = profile.thread()
        place = thread.root
        for i in range(4000):
            place = thread.context(place, profile.function(f"function_{i}"), 1, 10 if i < 3 else 1)
        text = self.output("report", "--contexts", "--limit=3", self.write(profile))
        self.assertIn("function_0 > function_1 > function_2\n", text)
        paths = {row["path"][-1]: row["path"]
                 for row in self.report("--contexts", "app.profinst")["contexts"]}
        self.assertEqual(len(paths), 4000)
        self.assertEqual(paths["function_255"], [f"function_{i}" for i in range(256)])
        self.assertEqual(paths["function_256"], ["..."] + [f"function_{i}" for i in range(1, 257)])
        self.assertEqual(paths["function_3999"], ["..."] + [f"function_{i}" for i in range(3744, 4000)])


if __name__ == "__main__":
    unittest.main()

"""Names that mean something to SQL, DOT, HTML, Markdown, CSV or a terminal; none of it may act."""

import ctypes
import ctypes.util
import csv
import io
import re
import unittest
import xml.dom.minidom

from profile_writer import Profile
from support import Case

HOSTILE = [
    "'; DROP TABLE function; --", 'quote "double"', "back\\slash\\", "ends in \\", '\\"', "\\N\\G\\l",
    "</script><script>alert(1)</script>", "&amp; &lt;", "<b>", "a|b`c`*d*_e_[f](g)~h~$i$",
    "\x1b[31mred\x1b]0;title\x07", "tab\tnew\nline\rreturn", "\x7f\x9b31m", "comma, \"quoted\"", "%s%n%d",
    "ünïcödé 日本語 \U0001f600", "\u202egnp.exe", "", " ", "n" * 10_000, "operator<", "operator()(int)",
    "f(((((", ">>><<<", "a::" * 100,
]
BYTES = [b"\xff\xfe", b"cut \xe6\x97", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"]


def spelled(raw):
    """What becomes of bytes that are no UTF-8."""
    return "".join(f"\\x{ord(c) - 0xDC00:02X}" if 0xDC80 <= ord(c) <= 0xDCFF else c
                   for c in raw.decode(errors="surrogateescape"))


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
        self.assertEqual({row["function"] for row in rows}, set(self.names) | {"main"})

    def test_database(self):
        self.output("load", self.name)
        rows = self.database().execute("SELECT linkage_name FROM function").fetchall()
        self.assertEqual({row[0] for row in rows}, set(self.names) | {"main"})

    def test_nothing_reaches_a_terminal(self):
        outputs = [self.profinst(*arguments, self.name).stdout for arguments in (
            ["report", "--limit=0", "--edges", "--contexts"],
            ["report", "--limit=0", "--edges", "--contexts", "--format=markdown"], ["dump"])]
        for output in outputs:
            text = output.decode()
            self.assertEqual(re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text), [])
            self.assertIn("\\x1B", text)
        nowhere = self.profinst("report", "\x1b[31m.profinst", code=3).stderr
        self.assertIn("\\x1B[31m.profinst", nowhere)

    def test_markdown_tables_keep_their_columns(self):
        text = self.output("report", "--limit=0", "--format=markdown", self.name)
        rows = [line for line in text.splitlines() if line.startswith("|")]
        self.assertEqual(len(rows), 2 + len(self.names) + 1)
        for row in rows:
            self.assertEqual(len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)), 10, row)
        self.assertNotIn("<", text.replace("\\<", ""))

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
        self.assertTrue(any("&lt;/script&gt;" in label for label in labels))
        self.assertTrue(any("<B>back\\slash\\</B>" in label for label in labels))

    def test_pictures(self):
        for ending, begin in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")):
            self.output("graph", "--limit=0", "-o", f"out.{ending}", self.name)
            self.assertTrue((self.folder / f"out.{ending}").read_bytes().startswith(begin))
        svg = xml.dom.minidom.parse(str(self.folder / "out.svg"))
        self.assertEqual(svg.getElementsByTagName("script"), [])
        texts = {text.firstChild.data for text in svg.getElementsByTagName("text")}
        self.assertIn("back\\slash\\", texts)
        self.assertIn("<b>", texts)

    def test_name_whose_demangled_form_explodes(self):
        """Each parameter is a pair of two of the one before: 2 to the power of 21 letters at last."""
        bomb = "_Z1f1aSt4pairIS_S_E" + "".join(
            f"S0_IS{digit}_S{digit}_E" for digit in "123456789ABCDEFGHIJK")
        profile = Profile()
        thread = profile.thread()
        thread.context(thread.root, profile.function(bomb), 1, 5)
        row = self.report(self.write(profile))["functions"][0]
        self.assertEqual(row["linkage_name"], bomb)
        self.assertEqual(row["function"], bomb)


if __name__ == "__main__":
    unittest.main()

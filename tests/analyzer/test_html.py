"""profinst html: what is in the page. test_html_browser.py looks at it in a browser."""

import re
import unittest

from page_support import advised_example, counted_example, data_of, deep_example, rows_of
from profile_writer import Profile
from support import Case, example, inlined_example


class Data(Case):
    """The page as a file."""

    def page(self, *arguments):
        self.output("html", "-o", "report.html", *arguments)
        return (self.folder / "report.html").read_bytes()

    def test_functions_and_edges_are_those_of_the_report(self):
        for profile in (example(), inlined_example(), deep_example()):
            name = self.write(profile)
            report = self.report("--edges", name)
            data = data_of(self.page(name))
            for key in ("total_ns", "outside_ns"):
                self.assertEqual(data[key], report[key])
            functions = rows_of(data["functions"])
            self.assertEqual(len(functions), len(report["functions"]))
            for row, wanted in zip(functions, report["functions"]):
                self.assertEqual(row["name"], wanted["function"])
                self.assertEqual(row["linkage_name"] or row["name"], wanted["linkage_name"])
                self.assertEqual(row["line"], wanted["line"] or 0)
                for key in ("module", "file", "severity", "calls", "inlined_calls", "recursive_calls", "self_ns",
                            "cumulative_ns", "average_ns", "self_error_ns", "cumulative_error_ns", "measured_calls",
                            "min_ns", "p50_ns", "p75_ns", "p95_ns", "p99_ns", "max_ns"):
                    self.assertEqual(row[key], wanted[key], key)
            edges = rows_of(data["edges"])
            self.assertEqual(len(edges), len(report["edges"]))
            for row, wanted in zip(edges, report["edges"]):
                self.assertEqual([functions[row[end]]["name"] for end in ("caller", "callee")],
                                 [wanted["caller"], wanted["callee"]])
                for key in ("calls", "inlined_calls", "recursive_calls", "cumulative_ns", "average_ns"):
                    self.assertEqual(row[key], wanted[key], key)

    def test_contexts_add_up(self):
        name = self.write(inlined_example())
        report = self.report(name)
        data = data_of(self.page(name))
        contexts = dict(data["contexts"])
        self.assertEqual(contexts.pop("left_out"), 0)
        self.assertEqual(contexts.pop("groups"), [1])
        rows = rows_of(contexts)
        self.assertEqual((rows[0]["depth"], rows[0]["function"], rows[1]["depth"], rows[1]["function"]),
                         (0, -1, 1, -1))
        for index, function in enumerate(report["functions"]):
            own = [row for row in rows if row["function"] == index]
            for key, column in (("calls", "calls"), ("inlined_calls", "inlined_calls"), ("self_ns", "self")):
                self.assertEqual(sum(row[column] for row in own), function[key], (function["function"], key))
        for at, row in enumerate(rows):
            end = next((i for i in range(at + 1, len(rows)) if rows[i]["depth"] <= row["depth"]), len(rows))
            self.assertEqual(row["below"], sum(other["self"] for other in rows[at + 1:end]))

    def test_summary_is_that_of_the_report(self):
        name = self.write(example())
        head = self.output("report", name).split("\n\n")[0]
        summary = data_of(self.page(name))["summary"]
        self.assertEqual(" ".join(" ".join(pair) for pair in summary).split(), head.split())

    def test_advice_is_that_of_the_report(self):
        name = self.write(advised_example())
        report, data = self.report(name), data_of(self.page(name))
        self.assertEqual(len(report["advice"]), 2)
        names = data["functions"]["name"]
        for item, wanted in zip(data["advice"], report["advice"], strict=True):
            index = item.pop("index")
            self.assertEqual(names[index] if index >= 0 else None, wanted["function"])
            self.assertEqual(item, wanted)

    def test_the_same_data_make_the_same_bytes(self):
        name = self.write(example())
        first = self.page(name)
        self.assertEqual(self.page(name), first)
        self.output("load", "--db", "profinst.db", name)
        self.assertEqual(data_of(self.page("--db", "profinst.db")), data_of(first))

    def test_the_page_asks_nobody(self):
        page = self.page(self.write(example())).decode()
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
        self.assertTrue(policy.startswith("default-src 'none'; script-src 'sha256-"), policy)
        self.assertNotIn("unsafe-inline", policy)
        head = page[:page.index("<script")]
        self.assertEqual(re.findall(r'(?:src|href)="((?!#|data:)[^"]*)"', head), [])

    def test_empty_profiles_say_why(self):
        profile = Profile()
        profile.thread()
        data = data_of(self.page(self.write(profile)))
        self.assertIn("No calls were recorded", data["empty"])
        self.assertEqual(data["functions"]["name"], [])

    def test_counts_without_times(self):
        data = data_of(self.page(self.write(counted_example())))
        self.assertFalse(data["has_times"])
        rows = rows_of({key: value for key, value in data["contexts"].items() if key not in ("left_out", "groups")})
        self.assertEqual(rows[0]["self"] + rows[0]["below"], sum(row["calls"] for row in rows))

    def test_wrong_use(self):
        name = self.write(example())
        self.fails(2, "html: no output given; name a page with -o", "html", name)
        self.fails(2, f"html: {name}: it is read from, and would be overwritten; give another name with -o",
                   "html", "-o", name, name)
        self.profinst("html", "-o", "nowhere/report.html", name, code=4)
        self.assertEqual(self.files(), [name])


class Sources(Case):
    """Pieces of source files."""

    def pieces(self, profile, *arguments):
        self.output("html", "-o", "report.html", self.write(profile), *arguments)
        data = data_of((self.folder / "report.html").read_bytes())
        return {data["functions"]["name"][piece["function"]]: piece for piece in data.get("sources", [])}

    def profile(self, *places):
        profile = Profile()
        profile.start_unix_ns = 4_000_000_000_000_000_000
        thread = profile.thread()
        for name, file, line in places:
            thread.context(thread.root, profile.function(name, file, line), 1, 1_000_000)
        return profile

    def test_a_function_ends_with_its_bracket(self):
        text = ('#include "a.h"\n\n/* Doubles\n * it. */\nstatic int\nf(int x)\n{\n\tif (x) { // }\n'
                '\t\tputs("}");\n\t}\n\treturn \'}\' /* } */ + 2 * x;\n}\n\nint g(void) { return 1; }\nint z;\n')
        (self.folder / "a.c").write_text(text)
        pieces = self.pieces(self.profile(("f", "a.c", 6), ("g", "a.c", 14), ("beyond", "a.c", 99),
                                          ("gone", "b.c", 1)))
        lines = text.splitlines(keepends=True)
        self.assertEqual(sorted(pieces), ["f", "g"])
        self.assertEqual(pieces["f"], {"function": pieces["f"]["function"], "line": 3, "cut": False, "changed": False,
                                       "text": "".join(lines[2:12])})
        self.assertEqual((pieces["g"]["line"], pieces["g"]["text"]), (14, lines[13]))

    def test_long_ones_are_cut(self):
        (self.folder / "a.c").write_text("void f(void)\n{\n" + "    g();\n" * 500 + "}\n")
        piece = self.pieces(self.profile(("f", "a.c", 1)))["f"]
        self.assertEqual((piece["text"].count("\n"), piece["cut"]), (120, True))
        (self.folder / "a.c").write_text("void f(void) { " + "x" * 5000 + " }\n")
        piece = self.pieces(self.profile(("f", "a.c", 1)))["f"]
        self.assertEqual((len(piece["text"]), piece["text"][-2:]), (201, "…\n"))

    def test_files_newer_than_the_run_are_told(self):
        (self.folder / "a.c").write_text("void f(void) {}\n")
        profile = self.profile(("f", "a.c", 1))
        profile.start_unix_ns = 1_000_000_000_000_000_000
        self.assertTrue(self.pieces(profile)["f"]["changed"])

    def test_nothing_but_source_files_is_read(self):
        secret = "password = 1\n"
        for name in ("secret", "secret.txt", "key.pem"):
            (self.folder / name).write_text(secret)
        (self.folder / "folder.c").mkdir()
        (self.folder / "binary.c").write_bytes(b"void f()\0{}\n")
        (self.folder / "large.c").write_text("x\n" * (3 << 20))
        places = [(name, name, 1) for name in ("secret", "secret.txt", "key.pem", "folder.c", "binary.c", "large.c",
                                               "/etc/passwd", "/dev/zero", "")]
        self.assertEqual(self.pieces(self.profile(*places)), {})

    def test_bytes_that_are_no_text(self):
        (self.folder / "a.c").write_bytes(b"void f(void) // \xff \x1b[31m \xe2\x80\xae\n{}\n")
        self.assertEqual(self.pieces(self.profile(("f", "a.c", 1)))["f"]["text"],
                         "void f(void) // \\xFF \\x1B[31m \\xE2\\x80\\xAE\n{}\n")

    def test_no_source(self):
        (self.folder / "a.c").write_text("void f(void) {}\n")
        self.assertEqual(self.pieces(self.profile(("f", "a.c", 1)), "--no-source"), {})


if __name__ == "__main__":
    unittest.main()

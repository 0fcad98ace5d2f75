"""profinst init: the configuration that it writes says what holds without one."""

import re
import unittest

from support import HERE, Case, example

DOCUMENTATION = (HERE.parent.parent / "docs" / "GATE.md").read_text()


class Init(Case):
    def test_is_the_standard(self):
        name = self.write(example())
        plain = self.report(name)
        self.output("init")
        self.assertEqual(self.report(name), plain)
        text = (self.folder / "profinst.ini").read_text()
        self.assertTrue(all(len(line) <= 100 for line in text.splitlines()))
        self.assertEqual(re.findall(r"^\[(.*)\]$", text, re.M), ["severity", "advice", "gate"])

    def test_every_key_is_explained(self):
        self.output("init", "-o", "other.ini")
        blocks = re.split(r"\n\n", (self.folder / "other.ini").read_text())
        keys = [block for block in blocks if re.search(r"^[a-z0-9-]+ =", block, re.M)]
        self.assertGreater(len(keys), 50)
        for block in keys:
            self.assertRegex(block, r"\A(# [^a-z\s].*\n)(#.*\n)*[a-z0-9-]+ =.*\Z")

    def test_examples_are_good(self):
        """What stands there as a comment can be used."""
        self.output("init")
        path = self.folder / "profinst.ini"
        text = path.read_text()
        path.write_text(re.sub(r"^# (\[|[a-z]+ = )", r"\1", text, flags=re.M))
        self.assertIn("\n[rule parser]\nfunction = parse_*\n", path.read_text())
        self.report(self.write(example()))

    def test_documentation(self):
        """docs/GATE.md has the same keys and values, and its examples can be used."""
        self.output("init")
        written = (self.folder / "profinst.ini").read_text().split("[gate]")[1]
        blocks = re.findall(r"```ini\n(.*?)```", DOCUMENTATION, re.S)
        self.assertEqual(len(blocks), 3)
        settings = [line.split(" ;")[0].rstrip() for line in blocks[0].splitlines()[1:]]
        self.assertEqual(settings, re.findall(r"^[a-z-]+ =.*", written, re.M))
        (self.folder / "profinst.ini").write_text("".join(blocks))
        self.report(self.write(example()))

    def test_nothing_is_overwritten(self):
        (self.folder / "profinst.ini").write_text("mine")
        self.fails(4, "cannot write: profinst.ini: it is there already; name another with -o, or give --force to "
                      "replace it", "init")
        self.assertEqual((self.folder / "profinst.ini").read_text(), "mine")
        self.output("init", "--force")
        self.assertIn("[gate]", (self.folder / "profinst.ini").read_text())

    def test_no_place(self):
        self.fails(4, "cannot write: none/x.ini: No such file or directory; check the path, its permissions and the "
                      "room on the disk", "init", "-o", "none/x.ini")


if __name__ == "__main__":
    unittest.main()

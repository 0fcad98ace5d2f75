"""profinst dump: shows what can be read, then says what is wrong. Its whole text is a golden file."""

import struct
import unittest

from profile_writer import PAGE
from support import Case, example


READ = "profinst: cannot read profile: app.profinst: damaged: "
AGAIN = "; copy the file again, or record the program again\n"


class Dump(Case):
    def dump(self, content, code):
        (self.folder / "app.profinst").write_bytes(content)
        result = self.profinst("dump", "app.profinst", code=code)
        return result.stdout.decode(), result.stderr

    def test_truncated(self):
        content = example().to_bytes()
        text, message = self.dump(content[:PAGE + 1000], 3)
        self.assertIn("program /opt/app/bin/app\n", text)
        self.assertEqual(message, f"profinst: cannot read profile: app.profinst: truncated: "
                         f"{PAGE + 1000} bytes, {len(content)} expected; copy the file again, or "
                         "record the program again\n"
                         "profinst: cannot read profile: app.profinst: damaged: chunk at byte 4096 "
                         "crosses the end; copy the file again, or record the program again\n")
        text, message = self.dump(content[:-PAGE], 3)
        self.assertIn("  function 1 object 1 source 1 line 10 flags 0x0 main\n", text)
        self.assertIn("  context 259 parent 257 code 1 calls 1 self 2000000\n", text)

    def test_newer_version(self):
        profile = example()
        profile.version = 6
        text, message = self.dump(profile.to_bytes(), 3)
        self.assertIn("version 6\n", text)
        self.assertIn("  thread 2 ", text)
        self.assertIn("from a newer profinst (format 6, this one reads 5)", message)

    def test_nonsense_in_records_is_shown(self):
        profile = example()
        profile.thread_list[0].contexts[1].parent = 99
        text, message = self.dump(profile.to_bytes(), 0)
        self.assertIn("context 259 parent 99 code 1", text)
        self.assertEqual(message, "")

    def test_records_of_unknown_length(self):
        """The rest of their chunk cannot be told apart; the other chunks are shown."""
        profile = example()
        profile.thread_list[0].contexts[2].code = 77
        text, message = self.dump(profile.to_bytes(), 3)
        self.assertIn("  context 261 parent 259 code 77 calls 250 self 40250000\n", text)
        self.assertNotIn("  context 263 ", text)
        self.assertIn("  context 387 parent 385 code 4 calls 20 self 150000000\n", text)
        self.assertIn("  thread 2 ", text)
        self.assertEqual(message, READ + "context at byte 8352 is of unknown code, or crosses the end of "
                         "its chunk" + AGAIN)

    def test_selections(self):
        """Where they are is known to all, what they hold to who asks for it."""
        def selection(size, packed_size, content=b""):
            profile = example()
            profile.selections.append(struct.pack("<4I", size, 1, packed_size, 0) + content)
            return profile.to_bytes()

        for content, at in ((selection(24, 9, b"packed  "), 20512), (selection(20, 4, b"pack"), 20512),
                            (selection(8, 0), 20512), (selection(32, 8, b"packed  "), 20512),
                            (selection(16, 0xFFFFFFFF), 20512), (selection(16, 0, b"rest"), 20528)):
            text, message = self.dump(content, 3)
            self.assertEqual(message, READ + f"selection at byte {at} crosses the end of its chunk" + AGAIN)
            self.assertIn("damaged: selection", self.profinst("report", "app.profinst", code=3).stderr)
        text, _ = self.dump(selection(24, 8, b"packed  "), 0)
        self.assertIn("  selection of unit 1 packed 8 unpacked 0\n", text)


if __name__ == "__main__":
    unittest.main()

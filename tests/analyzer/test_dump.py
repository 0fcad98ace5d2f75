"""profinst dump: shows what can be read, then says what is wrong. Its whole text is a golden file."""

import unittest

from profile_writer import PAGE
from support import Case, example


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
        self.assertIn("  context 258 parent 257 code 1 calls 1 self 2000000\n", text)

    def test_newer_version(self):
        profile = example()
        profile.version = 3
        text, message = self.dump(profile.to_bytes(), 3)
        self.assertIn("version 3\n", text)
        self.assertIn("  thread 2 ", text)
        self.assertIn("from a newer profinst (format 3, this one reads 2)", message)

    def test_nonsense_in_records_is_shown(self):
        profile = example()
        profile.thread_list[0].contexts[1].parent = 99
        text, message = self.dump(profile.to_bytes(), 0)
        self.assertIn("context 258 parent 99 code 1", text)
        self.assertEqual(message, "")


if __name__ == "__main__":
    unittest.main()

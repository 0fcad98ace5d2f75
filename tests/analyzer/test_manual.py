"""Manual pages: one of each command, without a complaint of those who render it, with all that --help tells."""

import os
import re
import shutil
import subprocess
import unittest

from support import PROFINST, Case

SHARE = PROFINST.parent.parent / "share"
PAGES = SHARE / "man" / "man1"


def tool(name, package):
    if shutil.which(name) is None:
        raise AssertionError(f"no {name} to test with: install {package}")
    return name


def words(text):
    """Without the line breaks that programs make, which are free to break words, too."""
    return re.sub(r"-\s+", "-", " ".join(text.split()))


class Manual(Case):
    def setUp(self):
        super().setUp()
        self.assertTrue(PAGES.is_dir(), f"{PAGES} is not there: build with -DPROFINST_HELP=ON")
        self.commands = re.findall(r"^  ([a-z][a-z-]*)  ", self.output("--help"), re.MULTILINE)[:-1]
        self.pages = {"": PAGES / "profinst.1"} | {
            command: PAGES / f"profinst-{command}.1" for command in self.commands}

    def render(self, page):
        """As text, with a line that is long enough for everything."""
        result = subprocess.run([tool("man", "man-db"), "-l", "--warnings=w", "--no-hyphenation", page],
                                capture_output=True, text=True,
                                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "MANWIDTH": "500"})
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def test_every_command_has_a_page(self):
        for page in self.pages.values():
            self.assertTrue(page.is_file(), page)

    def test_pages_are_clean(self):
        for page in self.pages.values():
            with self.subTest(page.name):
                result = subprocess.run([tool("mandoc", "mandoc"), "-T", "lint", "-W", "warning", page],
                                        capture_output=True, text=True)
                self.assertEqual((result.returncode, result.stdout), (0, ""))

    def test_pages_tell_what_help_tells(self):
        for command in self.commands:
            help_text, page = self.output(command, "--help"), words(self.render(self.pages[command]))
            options, notes = help_text.split("\nMandatory or optional", 1) if "\nMandatory" in help_text \
                else (help_text, "")
            found = re.findall(r"^ {2,6}(-\S.*?)(?:  |$)", options, re.MULTILINE)
            self.assertGreaterEqual(len(found), 3)
            with self.subTest(command):
                for option in found:
                    self.assertIn(option, page)
                for paragraph in options.split("\n\n")[0].split("\n", 1)[1:]:
                    for sentence in re.sub(r"  or: .*\n", "", paragraph).split(". "):
                        self.assertIn(words(sentence), page)
                for sentence in re.split(r"[.:;]\s", notes.split("\n\n", 1)[-1].split("Exit codes")[0]):
                    self.assertIn(words(sentence), page)

    def test_sections(self):
        for command, path in self.pages.items():
            page = self.render(path)
            with self.subTest(command):
                sections = re.findall(r"^([A-Z][A-Z ]+)$", page, re.MULTILINE)
                self.assertEqual(sections[:4], ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"])
                self.assertEqual(sections[-1], "SEE ALSO")
                self.assertIn("EXIT STATUS", sections)
                codes = re.search(r"^EXIT STATUS\n(.*?)^[A-Z]", page, re.MULTILINE | re.DOTALL)[1]
                usual = ["0", "2", "3", "4", "5"]
                expected = {"check": ["0", "1", "2", "3", "4", "5", "64"],
                            "run": usual + ["126", "127", "128"]}.get(command, usual)
                self.assertEqual(re.findall(r"^ +(\d+) ", codes, re.MULTILINE), expected)
        overview = self.render(self.pages[""])
        for command in self.commands:
            self.assertIn(f"profinst-{command}(1)", overview)
            name = re.search(r"NAME\n +profinst-(.*)\n", self.render(self.pages[command]))[1]
            about = re.search(rf"^  {command}  +(.*)$", self.output("--help"), re.MULTILINE)[1]
            self.assertEqual(name, f"{command} - {about[0].lower()}{about[1:]}")

    def test_whoever_makes_them_makes_the_same(self):
        """On another day, in another locale, with another form of help."""
        page, script = self.folder / "profinst-report.1", "analyzer/help/page.cmake"
        cache = (PROFINST.parent.parent / "CMakeCache.txt").read_text()
        source = re.search(r"CMAKE_HOME_DIRECTORY:INTERNAL=(.*)", cache)[1]
        more = f"{source}/analyzer/help/profinst-report.h2m"
        former = self.pages["report"].read_text()
        version, released = (re.search(pattern, former)[1] for pattern in (
            r'"profinst (\d+\.\d+\.\d+)"', r'"1" "(\d{4}-\d\d-\d\d)"'))
        subprocess.run([tool("cmake", "cmake"), f"-DHELP2MAN={tool('help2man', 'help2man')}",
                        f"-DCOMMAND={PROFINST}", "-DNAME=report", f"-DMORE={more}", f"-DVERSION={version}",
                        f"-DRELEASED={released}", f"-DPAGE={page}", "-P", f"{source}/{script}"], check=True,
                       env={"PATH": os.environ["PATH"], "SOURCE_DATE_EPOCH": "86400", "LC_ALL": "C",
                            "ARGP_HELP_FMT": "rmargin=40"})
        self.assertEqual(page.read_text(), former)
        self.assertEqual(self.files(), [page.name])

    def test_completions_are_built(self):
        for shell, place in (("bash", "bash-completion/completions/profinst"),
                             ("zsh", "zsh/site-functions/_profinst"),
                             ("fish", "fish/vendor_completions.d/profinst.fish")):
            self.assertEqual((SHARE / place).read_text(), self.output("completion", shell))

    def test_installed(self):
        result = subprocess.run([tool("cmake", "cmake"), "--install", PROFINST.parent.parent, "--prefix", self.folder,
                                 "--component", "help"], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        installed = {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}
        self.assertEqual(installed, {f"share/man/man1/{path.name}" for path in self.pages.values()} | {
            "share/bash-completion/completions/profinst", "share/zsh/site-functions/_profinst",
            "share/fish/vendor_completions.d/profinst.fish"})


if __name__ == "__main__":
    unittest.main()

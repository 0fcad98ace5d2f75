"""What shells offer where the completion scripts of `profinst completion` are loaded."""

import re
import shutil
import subprocess
import unittest

from shells import Bash, Zsh, fish_offers
from support import Case, example

FORMATS = ["table", "json", "csv", "markdown"]


class Completion(Case):
    def setUp(self):
        super().setUp()
        for shell in "bash", "zsh", "fish":
            (self.folder / f"profinst.{shell}").write_text(self.output("completion", shell))
        self.work = self.folder / "work"
        self.work.mkdir()
        example().write(self.work / "app.profinst")
        (self.work / "notes.txt").write_text("")
        (self.work / "runs").mkdir()
        self.all = re.findall(r"^  ([a-z][a-z-]*)  ", self.output("--help"), re.MULTILINE)

    def options(self, command):
        """Those of --help, long ones, with an equals sign if they have an argument."""
        lines = re.findall(r"^ {2,6}(-.*?)(?:  |$)", self.output(command, "--help"), re.MULTILINE)
        found = re.findall(r"--([a-z-]+)\[?(=?)", "\n".join(lines))
        return sorted(f"--{name}{equals}" for name, equals in found)

    def check_terminal(self, shell):
        self.assertEqual(shell.completed("profinst repo"), "profinst report ")
        self.assertEqual(shell.completed("profinst report --so"), "profinst report --sort=")
        self.assertEqual(shell.completed("profinst report --sort=cu"), "profinst report --sort=cumulative ")
        self.assertEqual(shell.completed("profinst report -s cu"), "profinst report -s cumulative ")
        self.assertEqual(shell.completed("profinst report --edg"), "profinst report --edges ")
        self.assertEqual(shell.completed("profinst help fl"), "profinst help flame ")
        self.assertEqual(shell.completed("profinst completion f"), "profinst completion fish ")
        self.assertEqual(shell.completed("profinst report --color=n"), "profinst report --color=never ")
        self.assertEqual(shell.completed("profinst dump a"), "profinst dump app.profinst ")
        self.assertEqual(shell.completed("profinst flame -o no"), "profinst flame -o notes.txt ")
        self.assertEqual(shell.completed("profinst load --db=no"), "profinst load --db=notes.txt ")
        self.assertEqual(shell.completed("profinst report --limit=n"), "profinst report --limit=n")
        self.assertEqual(shell.completed("profinst dump r"), "profinst dump runs/")
        self.assertEqual(sorted(word.rstrip("/") for word in shell.offers("profinst flame ")),
                         ["app.profinst", "runs"])

    def test_bash(self):
        with Bash(self.work, f"source {self.folder}/profinst.bash") as shell:
            self.check_terminal(shell)
            self.assertEqual(sorted(shell.offers("profinst ")), sorted(self.all + ["--help", "--version"]))
            self.assertEqual(sorted(shell.offers("profinst re")), ["report"])
            for command in self.all[:-1]:
                self.assertEqual(sorted(shell.offers(f"profinst {command} --")), self.options(command))
            self.assertEqual(sorted(shell.offers("profinst report -f ")), sorted(FORMATS))
            shell.type("COMP_WORDBREAKS=${COMP_WORDBREAKS/=/}\n")
            self.assertEqual(shell.completed("profinst report --sort=cu"), "profinst report --sort=cumulative ")
            self.assertEqual(sorted(shell.offers("profinst report --format=")),
                             sorted(f"--format={name}" for name in FORMATS))

    def test_bash_completion_finds_it(self):
        """Where it is installed it needs no line in a start-up file."""
        place = self.work / ".local/share/bash-completion/completions"
        place.mkdir(parents=True)
        shutil.copy(self.folder / "profinst.bash", place / "profinst")
        library = "/usr/share/bash-completion/bash_completion"
        with Bash(self.work, f"source {library} || echo 'install bash-completion'") as shell:
            self.assertEqual(shell.completed("profinst report --so"), "profinst report --sort=")

    def test_zsh(self):
        start = ["autoload -U compinit", "compinit -u -D", f"source {self.folder}/profinst.zsh"]
        with Zsh(self.work, *start) as shell:
            self.check_terminal(shell)
            self.assertEqual(sorted(shell.offers("profinst ")), sorted(self.all))
            self.assertEqual(sorted(shell.offers("profinst report --format=")),
                             sorted(f"--format={name}" for name in FORMATS))

    def test_zsh_finds_it(self):
        place = self.work / "site-functions"
        place.mkdir()
        shutil.copy(self.folder / "profinst.zsh", place / "_profinst")
        with Zsh(self.work, f"fpath=({place} $fpath)", "autoload -U compinit", "compinit -u -D") as shell:
            self.assertEqual(shell.completed("profinst report --so"), "profinst report --sort=")
            self.assertEqual(shell.completed("profinst report --edg"), "profinst report --edges ")

    def test_fish(self):
        def offers(line):
            return fish_offers(self.work, self.folder / "profinst.fish", line)

        self.assertEqual(offers("profinst re"), {"report": "Report where the time goes"})
        self.assertEqual(sorted(offers("profinst ")), sorted(self.all))
        self.assertEqual(list(offers("profinst report --so")), ["--sort"])
        self.assertEqual(sorted(offers("profinst report --format=")), sorted(f"--format={name}" for name in FORMATS))
        self.assertEqual(sorted(offers("profinst report -f ")), sorted(FORMATS))
        self.assertEqual(sorted(offers("profinst report --color=")),
                         [f"--color={when}" for when in ("always", "auto", "never")])
        self.assertNotIn("auto", offers("profinst report --color "))
        self.assertEqual(sorted(offers("profinst help fl")), ["flame"])
        self.assertEqual(offers("profinst report --limit "), {})
        self.assertEqual(list(offers("profinst flame -o no")), ["notes.txt"])
        self.assertIn("app.profinst", offers("profinst flame "))
        for command in self.all[:-1]:
            self.assertEqual(sorted(offers(f"profinst {command} --")),
                             [option.rstrip("=") for option in self.options(command)])

    def test_scripts_are_clean(self):
        self.assertIsNotNone(shutil.which("shellcheck"), "install shellcheck")
        subprocess.run(["shellcheck", "--shell=bash", self.folder / "profinst.bash"], check=True)
        for shell in "bash", "zsh", "fish":
            subprocess.run([shell, "-n", self.folder / f"profinst.{shell}"], check=True)

    def test_usage(self):
        self.fails(2, "completion: no shell given; use bash, zsh or fish", "completion")
        self.fails(2, "completion: unknown shell 'tcsh'; use bash, zsh or fish", "completion", "tcsh")
        self.output("completion", "bash", "-o", "out")
        self.assertEqual((self.folder / "out").read_text(), (self.folder / "profinst.bash").read_text())


if __name__ == "__main__":
    unittest.main()

"""A program behaves as it would without the plugin: what it sees of its own process is the same, but for
the handler of SIGBUS."""

import os
import re

import support
from support import program


class Unnoticed(support.Case):
    def outputs(self, **options):
        """What the program prints without the plugin, and with it. Both have the same name."""
        for plugin, name in (None, "plain"), (support.PLUGIN, "hooked"):
            (self.folder / name).mkdir(exist_ok=True)
            self.compile(f"{name}/app", "-O2", program("unnoticed.c"), "-pthread", "-lm",
                         plugin=plugin)
        run = self.folder / "run"
        run.mkdir()
        for name in "plain", "hooked":
            result = self.execute(f"{name}/app", "argument", cwd=run, **options)
            yield result.stdout

    def check_same(self, **options):
        plain, hooked = self.outputs(**options)
        hooked = hooked.replace("dispositions: 7\n", "dispositions:\n")
        hooked = re.sub(r"(SigCgt:\t\w+)40\n", r"\g<1>00\n", hooked)
        self.assertEqual(hooked.splitlines(), plain.splitlines())
        self.assertEqual(len(list((self.folder / "run").glob("*.profinst"))), 2)

    def test_as_it_is_started(self):
        self.check_same()

    def test_with_little_set_up(self):
        """No standard input, another mask for files, a small environment."""
        def prepare():
            os.umask(0o027)
            os.close(0)
        self.check_same(preexec_fn=prepare, environment={"LC_ALL": "C", "SOME": "thing"})


if __name__ == "__main__":
    support.main()

"""A program behaves as it would without the plugin: what it sees of its own process is the same, but for
the handler of SIGBUS, and that of SIGURG where samples are taken."""

import os
import re

import support
from support import program


class Unnoticed(support.Case):
    def outputs(self, timing, environment=None, **options):
        """What the program prints without the plugin, and with it. Both have the same name."""
        for plugin, name in (None, "plain"), (support.PLUGIN, "hooked"):
            (self.folder / name).mkdir(exist_ok=True)
            self.compile(f"{name}/app", "-O2", program("unnoticed.c"), "-pthread", "-lm",
                         plugin=plugin)
        run = self.folder / "run"
        run.mkdir(exist_ok=True)
        for old in run.glob("*.profinst"):
            old.unlink()
        for name in "plain", "hooked":
            result = self.execute(f"{name}/app", "argument", cwd=run,
                                  environment={"PROFINST_TIMING": timing, **(environment or {})}, **options)
            yield result.stdout

    def check_same(self, **options):
        handlers = {"exact": ("7", "000040"), "auto": ("7 23", "400040"), "counts": ("7", "000040")}
        for timing in support.TIMINGS:
            with self.subTest(timing=timing):
                signals, mask = handlers[timing]
                plain, hooked = self.outputs(timing, **options)
                hooked = hooked.replace(f"dispositions: {signals}\n", "dispositions:\n")
                hooked = re.sub(rf"(SigCgt:\t\w+){mask}\n", r"\g<1>000000\n", hooked)
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

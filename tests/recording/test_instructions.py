"""Instructions that a hooked call takes: a guard of the hot path that needs no clock.

Whoever makes it shorter lowers the limit, and whoever must make it longer says why in the commit. The
figures that the limits come from are those of `bench/instructions.py`, and one or two more, which
compilers of other minor versions may need."""

import pathlib
import platform
import sys
import tempfile
import unittest

import support

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import instructions  # noqa: E402

# With auto it depends on the clock which calls it is read for. For x86-64, with the call itself and the loop around it: by mode of PROFINST_TIMING and shape.
LIMITS = {
    "exact": {"leaf": 200, "recursion": 208, "64 callees": 270, "chain of 64": 202},
    "counts": {"leaf": 29, "recursion": 37, "64 callees": 134, "chain of 64": 34},
    "off": {"leaf": 20, "recursion": 25, "64 callees": 19, "chain of 64": 22},
}


class Instructions(unittest.TestCase):
    def test_calls_take_no_more(self):
        self.assertEqual(platform.machine(), "x86_64", "there are limits for x86-64 only")
        support.tool("valgrind")
        support.clang(support.NEWEST)
        with tempfile.TemporaryDirectory(prefix="profinst-test-") as folder:
            hooks = instructions.compile_hooks(folder)
            for mode, limits in LIMITS.items():
                for shape, limit in limits.items():
                    with self.subTest(mode=mode, shape=shape):
                        count = instructions.instructions_a_call(hooks, shape, mode)
                        self.assertLessEqual(count, limit)


if __name__ == "__main__":
    support.main()

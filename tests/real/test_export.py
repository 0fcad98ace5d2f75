#!/usr/bin/env python3
"""Exported profiles of real programs, opened by the tools that they are for: what these show is what the
report says. tests/analyzer/export_case.py has the comparison.

PROFINST_BUILD   the build folder (build)
CC, CXX          the compilers (clang, clang++)
"""

import os
import pathlib
import sys
import unittest

import compare_callgrind as real

os.environ.setdefault('PROFINST_BUILD', real.BUILD)
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / 'analyzer'))
from export_case import ExportCase  # noqa: E402: it is there now


class Real(ExportCase):
    def record(self, name, timing):
        """A profile of an optimized build: with inlined calls, recursion, and functions of one name."""
        executable = self.folder / name
        real.build(name, executable, ['-O2', '-g'] + real.PLUGIN)
        profile = self.folder / f'{name}.profinst'
        real.run([executable] + real.PROGRAMS[name].arguments, self.folder,
                 PROFINST_OUTPUT=str(profile), PROFINST_TIMING=timing)
        return profile

    def check(self, name, timing):
        profile = self.record(name, timing)
        self.check_callgrind(profile)
        self.check_pprof(profile)
        self.check_folded(profile)
        self.check_metrics(profile)

    def test_lua(self):
        self.check('lua', 'auto')

    def test_cpp(self):
        self.check('cpp', 'exact')


if __name__ == '__main__':
    unittest.main()

"""The program with known answers: what it says of its calls is what is counted."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', '..')
sys.path.append(os.path.join(ROOT, 'bench'))
import truth  # noqa: E402

BUILD = os.path.realpath(os.environ.get('PROFINST_BUILD', os.path.join(ROOT, 'build')))


def run(*command, **environment):
    return subprocess.run(command, env=dict(os.environ, **environment), check=True, text=True,
                          stdout=subprocess.PIPE).stdout


class Truth(unittest.TestCase):
    def test_every_call_is_known(self):
        with tempfile.TemporaryDirectory() as folder:
            program, profile = (os.path.join(folder, name) for name in ('truth', 'profile'))
            run('clang-19', '-O2', '-pthread', '-Wall', '-Wextra', '-Werror',
                '-fplugin=' + os.path.join(BUILD, 'lib', 'libprofinst.so'),
                os.path.join(ROOT, 'bench', 'truth.c'), '-o', program)
            cells = json.loads(run(program, '2', '20ns', '1us', PROFINST_OUTPUT=profile))
            report = json.loads(run(os.path.join(BUILD, 'bin', 'profinst'), 'report',
                                    '--format=json', profile))
        known = {function['function']: function['calls']
                 for cell in cells for function in cell['functions']}
        counted = {row['function']: row['calls'] for row in report['functions']}
        self.assertEqual({(cell['shape'], cell['size']) for cell in cells},
                         {(shape, size) for size in ('20ns', '1us')
                          for shape in ('flat', 'nested', 'recursive', 'shared', 'threads')})
        self.assertEqual(counted, dict(known, main=1))


class Errors(unittest.TestCase):
    KEY = 'flat', '20ns'

    @staticmethod
    def cell(doubt=0):
        return {'shape': 'flat', 'size': '20ns', 'took_ns': 1000, 'doubt_ns': doubt,
                'functions': [{'function': 'leaf', 'calls': 5, 'self_ns': 1000},
                              {'function': 'caller', 'calls': 1, 'self_ns': 200}]}

    @staticmethod
    def rows(leaf, caller, bar=None, calls=5):
        return {'leaf': {'calls': calls, 'self_ns': leaf, 'self_error_ns': bar},
                'caller': {'calls': 1, 'self_ns': caller}}

    def test_worst_is_the_median_furthest_off(self):
        mode = truth.Mode()
        for leaf, caller in ((900, 200), (800, 210), (890, 900)):
            mode.add([self.cell()], self.rows(leaf, caller))
        self.assertAlmostEqual(mode.worst(self.KEY), -11)
        self.assertEqual(mode.held([self.KEY]), '-')

    def test_bars_hold_up_to_their_width(self):
        mode = truth.Mode()
        for leaf in (900, 1100, 1101):
            mode.add([self.cell()], self.rows(leaf, 200, bar=100))
        self.assertEqual(mode.held([self.KEY]), '2 of 3, least 2 of 3')

    def test_what_is_in_doubt_is_left_out(self):
        mode = truth.Mode()
        mode.add([self.cell(doubt=11)], self.rows(900, 200))
        self.assertIsNone(mode.worst(self.KEY))
        self.assertEqual(mode.row(self.KEY), ['-', '-', '-'])

    def test_a_wrong_count_ends_it(self):
        with self.assertRaisesRegex(SystemExit, 'leaf: 5 calls were made, 4 counted'):
            truth.Mode().add([self.cell()], self.rows(900, 200, calls=4))


if __name__ == '__main__':
    unittest.main()

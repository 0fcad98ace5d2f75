"""The program with known answers: what it says of its calls is what is counted."""

import json
import os
import subprocess
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', '..')
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


if __name__ == '__main__':
    unittest.main()

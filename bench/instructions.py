#!/usr/bin/env python3
"""Counts the instructions that a hooked call takes, with callgrind: instructions.py [MODE...]

Compiles bench/hooks.c with the plugin, and without, and prints a table in Markdown: instructions a
call of each shape, with the call itself and the loop around it, in the bare program and in each mode
of PROFINST_TIMING (all by default). No clock is involved, so figures of one build hardly differ from
run to run: by nothing where no timer's signals come in between.

    PROFINST_BUILD   the build tree (build)
    CLANG            version of clang (22)
"""

import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
BUILD = os.path.realpath(os.environ.get('PROFINST_BUILD', os.path.join(HERE, '..', 'build')))
MODES = ['exact', 'auto', 'counts', 'off']

# Names of the shapes, and the functions of hooks.c that drive them.
SHAPES = {'leaf': 'leaves', 'recursion': 'recursions', '64 callees': 'sixty_four',
          'chain of 64': 'chains'}

# Whole rounds of every shape. A run of one multiple is subtracted from one of another, which leaves out
# what first calls take.
ROUND = 64 * 65
FEW, MANY = 16 * ROUND, 48 * ROUND


def compile_hooks(folder, plugin=True):
    """The path of the executable."""
    clang = f'clang-{os.environ.get("CLANG", "22")}'
    flags = [f'-fplugin={BUILD}/lib/libprofinst.so'] if plugin else []
    output = os.path.join(folder, 'hooks' if plugin else 'bare')
    subprocess.run([clang, '-O2', *flags, os.path.join(HERE, 'hooks.c'), '-o', output], check=True)
    return output


def total(executable, shape, calls, mode):
    """Instructions within the function that drives a shape."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(['valgrind', '-q', '--tool=callgrind', '--callgrind-out-file=callgrind.out',
                        f'--toggle-collect={SHAPES[shape]}', executable, shape, str(calls)],
                       cwd=folder, check=True, env=dict(os.environ, PROFINST_TIMING=mode))
        with open(os.path.join(folder, 'callgrind.out')) as file:
            return int(re.search(r'^totals: (\d+)', file.read(), re.MULTILINE).group(1))


def instructions_a_call(executable, shape, mode='exact'):
    few, many = (total(executable, shape, calls, mode) for calls in (FEW, MANY))
    return (many - few) / (MANY - FEW)


def main():
    modes = sys.argv[1:] or MODES
    if not set(modes) <= set(MODES):
        sys.exit(f'instructions.py: modes are {", ".join(MODES)}')
    with tempfile.TemporaryDirectory() as folder:
        hooked, bare = compile_hooks(folder), compile_hooks(folder, plugin=False)
        print('| instructions a call | bare |', *(f'{mode} |' for mode in modes))
        print('|---|---:|' + '---:|' * len(modes))
        for shape in SHAPES:
            counts = [instructions_a_call(bare, shape)]
            counts += [instructions_a_call(hooked, shape, mode) for mode in modes]
            print(f'| {shape} |', *(f'{count:.1f} |' for count in counts), flush=True)


if __name__ == '__main__':
    main()

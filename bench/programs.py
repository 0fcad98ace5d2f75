"""The programs that profilers are compared on, and how they are built."""

import collections
import os
import subprocess

import process

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(HERE)

# `source` is what tests/real/build.sh builds, or a file of this folder. `small` is for profilers that
# slow the program down many times.
Program = collections.namedtuple('Program', 'name title source arguments small threaded')

LUA_SORT = os.path.join(HERE, 'sort.lua')
LUA_DEMO = os.path.join(ROOT, 'examples', 'demo.lua')

PROGRAMS = [
    Program('lua', 'Lua 5.4, examples/demo.lua', 'lua', [LUA_DEMO], [LUA_DEMO, '5'], False),
    Program('sort', 'Lua 5.4, sort with a comparison in Lua', 'lua',
            [LUA_SORT, '300000'], [LUA_SORT, '60000'], False),
    Program('sqlite', 'sqlite, speedtest1 in memory', 'speedtest1',
            ['--size', '30', ':memory:'], ['--size', '4', ':memory:'], False),
    Program('zstd', 'zstd, levels -5 to 19', 'zstd', ['800'], ['150'], False),
    Program('json', 'C++ with templates only (nlohmann\'s JSON)', 'json',
            ['30000'], ['4000'], False),
    Program('two_threads', 'two threads that count words', 'two_threads.c',
            ['8000'], ['500'], True),
    Program('long', 'functions of 20 µs and more', 'long_functions.c', ['6000'], ['1000'], False),
]

# Compilers for C and C++, and flags beside -O2.
Build = collections.namedtuple('Build', 'cc cxx flags')


def build(program, how, output):
    """Makes an executable. Raises process.Failure."""
    flags = ['-O2'] + how.flags
    if program.source.endswith('.c'):
        command = [how.cc] + flags + [os.path.join(HERE, program.source), '-o', output, '-pthread', '-lm']
        environment = {}
    else:
        command = [os.path.join(ROOT, 'tests', 'real', 'build.sh'), program.source, output]
        environment = {'CC': how.cc, 'CXX': how.cxx, 'CFLAGS': ' '.join(flags)}
    done = subprocess.run(command, env=dict(os.environ, **environment), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors='replace')
    if done.returncode != 0:
        lines = [line for line in done.stdout.splitlines() if 'error' in line] or ['no message']
        raise process.Failure(f'building failed: {lines[0].strip()}')
    return output

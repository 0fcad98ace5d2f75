#!/usr/bin/env python3
"""Holds the counts of optimized builds against those at -O0: compare_levels.py lua|speedtest1|cpp [LEVEL...]

compare_callgrind.py shows that the counts at -O0 are callgrind's. Here the same program is built at
-O1, -O2, -O3 and -Os (or the LEVELs given, as O2). What the optimizer inlined, turned into a loop or
took apart must have been called as often as before, by the same callers, except where it removed
calls: those of functions without an effect, whose result it knew or nobody used. Of such a function
less calls are right, and every function that differs is printed. More calls are never right, and a
function of which calls are missing must be one that LLVM may remove calls of.

PROFINST_BUILD   the build folder (build)
CC, CXX          the compilers (clang, clang++)
"""

import collections
import json
import os
import re
import subprocess
import sys

import compare_callgrind as real

LEVELS = ['O1', 'O2', 'O3', 'Os']


def profile(name, level, folder):
    program = real.PROGRAMS[name]
    executable = os.path.join(folder, f'{name}-{level}')
    real.build(name, executable, [f'-{level}'] + real.PLUGIN)
    path = executable + '.profinst'
    if os.path.exists(path):
        os.remove(path)
    output = real.run([executable] + program.arguments, folder, PROFINST_OUTPUT=path)
    report = json.loads(subprocess.run(
        [os.path.join(real.BUILD, 'bin', 'profinst'), 'report', '--format=json', '--edges', path],
        check=True, stdout=subprocess.PIPE).stdout)
    if any(process['lost_calls'] for process in report['processes']):
        real.fail(f'{path} has lost calls')
    functions, inlined, edges = collections.Counter(), 0, collections.Counter()
    for function in report['functions']:
        functions[function['linkage_name'], function['file']] += function['calls']
        inlined += function['inlined_calls']
    for edge in report['edges']:
        edges[edge['caller_linkage_name'], edge['callee_linkage_name']] += edge['calls']
    return output, functions, inlined, edges


def differences(before, after):
    return {key: (before[key], after[key]) for key in before.keys() | after.keys()
            if before[key] != after[key]}


def main():
    name, levels = sys.argv[1], sys.argv[2:] or LEVELS
    folder = os.path.join(real.BUILD, 'real', 'levels')
    os.makedirs(folder, exist_ok=True)
    expected, functions, _, edges = profile(name, 'O0', folder)
    for level in levels:
        output, these, inlined, these_edges = profile(name, level, folder)
        if output != expected:
            real.fail(f'{name} at -{level} printed something else')
        wrong, wrong_edges = differences(functions, these), differences(edges, these_edges)
        print(f'{name} -{level}: {len(functions)} functions, {sum(functions.values()):,} calls, '
              f'{inlined:,} of them inlined; {len(wrong)} functions differ, '
              f'{len(wrong_edges)} of {len(edges)} edges')
        for key, (before, after) in sorted(wrong.items()):
            print('   ', key[0], key[1], before, after)
        for key, (before, after) in sorted(wrong_edges.items()):
            print('      ', *key, before, after)


if __name__ == '__main__':
    main()

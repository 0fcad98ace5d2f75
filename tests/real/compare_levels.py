#!/usr/bin/env python3
"""Holds the counts of optimized builds against those at -O0: compare_levels.py PROGRAM [LEVEL...]

compare_callgrind.py shows that the counts at -O0 are callgrind's. Here the same program (lua,
speedtest1, zstd, json or cpp) is built at -O1, -O2, -O3 and -Os (or the LEVELs given, as O2). What the
optimizer inlined, turned into a loop or took apart must have been called as often as at -O0, by the same
callers, however time is taken: -O0 reads the clock at every call, the others in turn never and at times.
The few differences that are right are in the tables below, with the reason; any other fails.

PROFINST_BUILD   the build folder (build)
CC, CXX          the compilers (clang, clang++)
"""

import collections
import itertools
import json
import os
import re
import subprocess
import sys

import compare_callgrind as real

LEVELS = ['O1', 'O2', 'O3', 'Os']

PROGRAMS = dict(
    real.PROGRAMS,
    zstd=real.Program(['64'], os.path.join(real.SOURCES, 'libzstd'), {}),
    json=real.Program(['200'], os.path.join(real.SOURCES, 'nlohmann-json3'), {}))

# A destructor that does nothing but call that of a base class, or of nothing in the program (None), is
# replaced by it when clang optimizes (-mconstructor-aliases): its callers call the other one. Patterns
# of linkage names.
REPLACED = {
    'cpp': {
        r'.*11SyntaxErrorD2Ev': None,
        r'.*14DivisionByZeroD2Ev': None,
        r'.*4RingD2Ev': '_ZN12_GLOBAL__N_15ShapeD2Ev',
        r'.*6CircleD2Ev': '_ZN12_GLOBAL__N_15ShapeD2Ev',
        r'.*7CountedD2Ev': '_ZN12_GLOBAL__N_14PartD2Ev',
    },
    'json': {
        r'.*11parse_errorD2Ev': '_ZN8nlohmann16json_abi_v3_11_26detail9exceptionD2Ev',
        r'.*12out_of_rangeD2Ev': '_ZN8nlohmann16json_abi_v3_11_26detail9exceptionD2Ev',
        r'.*21output_string_adapterI.*ED2Ev':
            '_ZN8nlohmann16json_abi_v3_11_26detail23output_adapter_protocolIcED2Ev',
        r'.*21output_vector_adapterI.*ED2Ev':
            '_ZN8nlohmann16json_abi_v3_11_26detail23output_adapter_protocolIhED2Ev',
    },
}

# Functions of which all calls are counted, but not all as made by the caller that the source names.
# Patterns of linkage names.
LOOP = 'recursion became a loop: called by the function whose loop it is'
OTHER_CALLER = {
    'cpp': {r'.*7is_evenEj': LOOP, r'.*6is_oddEj': LOOP},
    'speedtest1': {r'btreeNext': LOOP},
}

Counts = collections.namedtuple('Counts', 'output functions edges inlined')


def profile(name, level, folder, timing):
    executable = os.path.join(folder, f'{name}-{level}')
    real.build(name, executable, [f'-{level}'] + real.PLUGIN)
    path = executable + '.profinst'
    if os.path.exists(path):
        os.remove(path)
    # Every variant by the same path: see compare_callgrind.py.
    same = os.path.join(folder, name)
    os.replace(executable, same)
    output = real.run([same] + PROGRAMS[name].arguments, folder, PROFINST_OUTPUT=path,
                      PROFINST_TIMING=timing)
    report = json.loads(subprocess.run(
        [os.path.join(real.BUILD, 'bin', 'profinst'), 'report', '--format=json', '--limit=0',
         '--edges', path], check=True, stdout=subprocess.PIPE).stdout)
    if any(process['lost_calls'] for process in report['processes']):
        real.fail(f'{path} has lost calls')
    functions, edges = collections.Counter(), collections.Counter()
    for function in report['functions']:
        functions[function['linkage_name'], function['file']] += function['calls']
    for edge in report['edges']:
        edges[edge['caller_linkage_name'] or '', edge['callee_linkage_name']] += edge['calls']
    return Counts(output, functions, edges, sum(f['inlined_calls'] for f in report['functions']))


def found(table, function):
    """The entry's value in a tuple; nothing if there is no entry."""
    return next(((value,) for pattern, value in table.items() if re.fullmatch(pattern, function)), ())


def as_optimized(name, counts):
    """The counts at -O0, as they are when clang has replaced destructors."""
    replaced = REPLACED.get(name, {})
    functions = {key: calls for key, calls in counts.functions.items() if not found(replaced, key[0])}
    edges = collections.Counter()
    for (caller, callee), calls in counts.edges.items():
        if found(replaced, callee):
            callee = found(replaced, callee)[0]
        if callee and not found(replaced, caller):
            edges[caller, callee] += calls
    return counts._replace(functions=collections.Counter(functions), edges=edges)


def differences(before, after):
    return {key: (before[key], after[key]) for key in before.keys() | after.keys()
            if before[key] != after[key]}


def compare(name, level, expected, counts):
    """Prints the differences, with their reasons. True if all have one."""
    functions = differences(expected.functions, counts.functions)
    edges = differences(expected.edges, counts.edges)
    print(f'{name} -{level}: {len(expected.functions)} functions, '
          f'{sum(expected.functions.values()):,} calls, {counts.inlined:,} of them inlined; '
          f'{len(functions)} functions differ, {len(edges)} of {len(expected.edges)} edges')
    good = not functions
    for key, numbers in sorted(functions.items()):
        print('    ', *key, *numbers)
    for (caller, callee), numbers in sorted(edges.items()):
        reason = found(OTHER_CALLER.get(name, {}), callee)
        good = good and bool(reason)
        print('    ', caller, '->', callee, *numbers, *(reason or ['NOT EXPECTED']))
    if counts.output != expected.output:
        print('    standard output differs')
    if not counts.inlined:
        print('    nothing was inlined')
    return good and counts.output == expected.output and counts.inlined > 0


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in PROGRAMS:
        sys.exit('compare_levels.py: which program? one of ' + ', '.join(PROGRAMS))
    name, levels = sys.argv[1], sys.argv[2:] or LEVELS
    folder = os.path.join(real.BUILD, 'real', 'levels', name)
    os.makedirs(folder, exist_ok=True)
    at_O0 = profile(name, 'O0', folder, 'exact')
    expected = as_optimized(name, at_O0)
    replaced = sorted(key[0] for key in at_O0.functions.keys() - expected.functions.keys())
    if replaced:
        print(f'{name}: {len(replaced)} destructors are replaced by those of base classes:', *replaced)
    good = [compare(name, level, expected, profile(name, level, folder, timing))
            for level, timing in zip(levels, itertools.cycle(('counts', 'auto')))]
    sys.exit(0 if all(good) else 1)


if __name__ == '__main__':
    main()

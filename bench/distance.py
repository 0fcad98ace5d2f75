#!/usr/bin/env python3
"""Measures how true a profiler's self times are: distance.py [OPTION...] [PROGRAM...]

The yardstick is `perf record` on the program without any instrumentation, the mean of several runs.
Each tool's distribution of self time over the program's functions is held against it: the distance
is half the sum of the absolute differences of the shares, in points, 0 to 100. Functions are those
that are not inlined in either build and that profinst measures; time in anything else (libraries,
the kernel, inlined functions) belongs to the function that called it. Static functions of one name
count as one.

Noise is how far a mean is expected to be from that of very many runs, in the same points; beside
it, how far single runs are from the yardstick, and single runs of perf from the mean of its others:
median, least and greatest. Functions and calls of each result are in what --json writes.

PROFINST_BUILD   the build tree (build)
CLANG            version of clang (19)
"""

import argparse
import collections
import json
import os
import statistics

from distance_tools import (BUILD, PLUGIN_FILE, PROGRAMS, TOOLS, Program, fail, perf_runs,
                            symbols)


def add(counter, *others):
    for other in others:
        for key, value in other.items():
            counter[key] += value
    return counter


def perf_times(chains, functions):
    """Each sample belongs to the innermost function among those that are asked for."""
    counts = collections.Counter()
    for chain, count in chains.items():
        name = next((name for name in chain.split() if name in functions), None)
        if name:
            counts[name] += count
    return counts


def fold(profile, functions):
    """Times of these functions alone. Those of others go to their callers, in proportion to
    what was spent under each; what has no caller is nobody's."""
    callers = collections.defaultdict(dict)
    for (caller, callee), weight in profile.arcs.items():
        if caller != callee and weight > 0:
            callers[callee][caller] = weight
    result = collections.Counter()
    waiting = dict(profile.times)
    for _ in range(100):  # recursion among others never ends, but what goes round shrinks
        onwards = collections.Counter()
        for name, value in waiting.items():
            if name in functions:
                result[name] += value
                continue
            total = sum(callers[name].values())
            for caller, weight in callers[name].items():
                onwards[caller] += value * weight / total
        waiting = {name: value for name, value in onwards.items() if value > 0}
        if not waiting:
            break
    return result


def shares(counts):
    total = sum(counts.values())
    return {name: 100 * value / total for name, value in counts.items() if value > 0}


def distance(left, right):
    return sum(abs(left.get(name, 0) - right.get(name, 0)) for name in {*left, *right}) / 2


def mean(distributions):
    return shares(add(collections.Counter(), *distributions))


def noise(runs):
    """How far the mean of these runs is from that of very many: half of what every other one is
    from the rest. None of one run."""
    return distance(mean(runs[::2]), mean(runs[1::2])) / 2 if len(runs) > 1 else None


def measured(program):
    """Functions that profinst measures and that are called for real."""
    return {name for name, count in TOOLS['exact'].measure(program).calls.items() if count > 0}


def spread(values):
    return {'median': statistics.median(values), 'least': min(values), 'greatest': max(values)}


def compare(program, name, options, own):
    """One tool on one program."""
    tool = TOOLS[name]
    runs = perf_runs(program, tool.compiler, options.perf_runs, options.again)
    profiles = [tool.measure(program) for _ in range(tool.runs or options.runs)]
    functions = (own & symbols(program.path('bare-' + tool.compiler)) &
                 symbols(program.path(tool.variant)))
    perf = [shares(perf_times(chains, functions)) for chains in runs]
    found = [shares(fold(profile, functions)) for profile in profiles]
    truth, answer = mean(perf), mean(found)
    return {
        'program': program.name,
        'tool': name,
        'runs': len(found),
        'distance': distance(answer, truth),
        'noise': noise(found),
        'single': spread([distance(one, truth) for one in found]),
        'perf_runs': len(perf),
        'perf_noise': noise(perf),
        'perf_single': spread([distance(one, mean(perf[:i] + perf[i + 1:]))
                               for i, one in enumerate(perf)]),
        'functions': [{'function': key, 'perf': truth.get(key, 0), 'tool': answer.get(key, 0),
                       'calls': profiles[0].calls.get(key)}
                      for key in sorted({*truth, *answer}, reverse=True, key=lambda key:
                                        abs(answer.get(key, 0) - truth.get(key, 0)))],
    }


def points(value):
    return f'{value["median"]:.1f} ({value["least"]:.1f} to {value["greatest"]:.1f})'


def print_head():
    print('| program | tool | distance | runs | their noise | single runs | of perf: noise | '
          'single runs |\n|---|---|---:|---:|---:|---:|---:|---:|')


def print_row(result):
    own = '' if result['noise'] is None else f'{result["noise"]:.1f}'
    print(f'| {result["program"]} | {result["tool"]} | {result["distance"]:.1f} | '
          f'{result["runs"]} | {own} | {points(result["single"])} | {result["perf_noise"]:.1f} | '
          f'{points(result["perf_single"])} |', flush=True)


def print_functions(result, top):
    print(f'\n{result["program"]}, {result["tool"]}: shares in percent, by their difference\n')
    print('| function | perf | tool | difference | calls |\n|---|---:|---:|---:|---:|')
    for row in result['functions'][:top]:
        calls = '' if row['calls'] is None else row['calls']
        print(f'| {row["function"]} | {row["perf"]:.2f} | {row["tool"]:.2f} | '
              f'{row["tool"] - row["perf"]:+.2f} | {calls} |')


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('programs', nargs='*', metavar='PROGRAM', help=', '.join(PROGRAMS))
    parser.add_argument('--tools', default=','.join(TOOLS), help='of ' + ', '.join(TOOLS))
    parser.add_argument('--runs', type=int, default=3, help='of each tool, if not fixed (3)')
    parser.add_argument('--perf-runs', type=int, default=20, help='for the yardstick (20)')
    parser.add_argument('--again', action='store_true', help='measure the yardstick again')
    parser.add_argument('--top', type=int, default=0, help='functions to list, of each result')
    parser.add_argument('--json', help='write the results to this file, too')
    parser.add_argument('--cache', default=os.path.join(BUILD, 'distance'),
                        help='folder of builds and yardsticks (BUILD/distance)')
    options = parser.parse_args()
    tools = options.tools.split(',')
    for given, known in ((options.programs, PROGRAMS), (tools, TOOLS)):
        for name in given:
            if name not in known:
                fail(f"there is no '{name}'; there are {', '.join(known)}")

    if not os.path.exists(PLUGIN_FILE):
        fail(f'there is no {PLUGIN_FILE}; build first, or say where with PROFINST_BUILD')

    print_head()
    results = []
    for name in options.programs or PROGRAMS:
        program = Program(name, options.cache)
        own = measured(program)
        for tool in tools:
            results.append(compare(program, tool, options, own))
            print_row(results[-1])
    if options.top:
        for result in results:
            print_functions(result, options.top)
    if options.json:
        with open(options.json, 'w', encoding='utf-8') as file:
            json.dump(results, file, indent=2)


if __name__ == '__main__':
    main()

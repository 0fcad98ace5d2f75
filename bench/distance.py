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
import functools
import json
import os
import re
import shutil
import statistics
import subprocess
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))),
                             'tests', 'real'))
import callgrind as callgrind_file  # noqa: E402

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(HERE)
BUILD = os.path.realpath(os.environ.get('PROFINST_BUILD', os.path.join(ROOT, 'build')))
CLANG = os.environ.get('CLANG', '19')
PLUGIN = '-fplugin=' + os.path.join(BUILD, 'lib', 'libprofinst.so')

# What tests/real/build.sh makes, or a file of this folder; and the arguments.
PROGRAMS = {
    'sort': ('lua', [os.path.join(HERE, 'sort.lua'), '300000']),
    'demo': ('lua', [os.path.join(ROOT, 'examples', 'demo.lua')]),
    'speedtest1': ('speedtest1', ['--size', '30', ':memory:']),
    'zstd': ('zstd', ['600']),
    'json': ('json', ['30000']),
    'two_threads': ('two_threads.c', ['8000']),
}

# Self time by function, in any unit, and how much of a function's time is spent under each caller.
Profile = collections.namedtuple('Profile', 'self arcs calls')


def fail(message):
    sys.exit('distance.py: ' + message)


def run(command, folder, **environment):
    """Standard output of a command."""
    done = subprocess.run(command, cwd=folder, env=dict(os.environ, **environment),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        fail(f'{" ".join(command)}: exit code {done.returncode}\n{done.stderr.decode()}')
    return done.stdout.decode(errors='surrogateescape')


def plain(symbol):
    """Without what compilers append to parts and clones of a function."""
    return re.sub(r'(?<=.)[.@].*', '', symbol)


def symbols(executable):
    """Names of the functions that the executable has code for."""
    return {plain(line.split()[-1]) for line in run(['nm', executable], None).splitlines()
            if re.search(r' [tTwW] ', line)}


def add(counter, *others):
    for other in others:
        for key, value in other.items():
            counter[key] += value
    return counter


class Program:
    """A program's builds and files, in a folder of its own that outlives the run."""

    def __init__(self, name, cache):
        self.name = name
        self.kind, self.arguments = PROGRAMS[name]
        self.folder = os.path.join(cache, name)
        os.makedirs(self.folder, exist_ok=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def build(self, variant, flags=(), compiler='clang'):
        """Path of the executable; built if it is not there, or older than what it is made of."""
        executable = self.path(variant)
        inputs = [os.path.join(HERE, self.kind)] if self.kind.endswith('.c') else []
        if PLUGIN in flags:
            inputs += [os.path.join(BUILD, 'lib', file)
                       for file in ('libprofinst.so', f'libprofinst-clang-{CLANG}.so')]
        if os.path.exists(executable) and all(
                os.path.getmtime(file) < os.path.getmtime(executable) for file in inputs):
            return executable
        cc, cxx = ('gcc', 'g++') if compiler == 'gcc' else (f'clang-{CLANG}', f'clang++-{CLANG}')
        flags = ['-O2', '-g', *flags]
        if self.kind.endswith('.c'):
            run([cc, *flags, '-pthread', os.path.join(HERE, self.kind), '-o', executable], None)
        else:
            run([os.path.join(ROOT, 'tests', 'real', 'build.sh'), self.kind, executable], None,
                CC=cc, CXX=cxx, CFLAGS=' '.join(flags),
                PROFINST_SOURCES=os.path.join(BUILD, 'sources'))
        return executable

    def run(self, command, **environment):
        return run([*command, *self.arguments], self.folder, **environment)


# The yardstick

def perf_run(program, executable):
    """Samples by the chain of the program's functions, innermost first. The period is in CPU time,
    of program and kernel together. Of the stack, enough is kept to leave the libraries."""
    data = program.path('perf.data')
    program.run(['perf', 'record', '-q', '-e', 'cpu-clock', '-F', '4000', '--call-graph',
                 'dwarf,2048', '-o', data, executable])
    text = run(['perf', 'script', '-i', data, '--no-inline', '--no-demangle', '-F', 'ip,sym,dso'],
               None)
    os.remove(data)
    chains = collections.Counter()
    for sample in text.split('\n\n'):
        frames = re.findall(r'^\s+[0-9a-f]+ (\S+) \((.*)\)$', sample, re.M)
        if frames:
            chains[' '.join(plain(symbol) for symbol, file in frames if file == executable)] += 1
    return chains


def perf_runs(program, compiler, runs, again):
    """Of the uninstrumented program; remembered in the program's folder."""
    executable = program.build('bare-' + compiler, compiler=compiler)
    cache = program.path(f'perf-{compiler}.json')
    key = [program.arguments, os.path.getmtime(executable), runs]
    if not again and os.path.exists(cache):
        with open(cache, encoding='utf-8') as file:
            known = json.load(file)
        if known['key'] == key:
            return known['runs']
    found = [perf_run(program, executable) for _ in range(runs)]
    with open(cache, 'w', encoding='utf-8') as file:
        json.dump({'key': key, 'runs': found}, file)
    return found


def perf_self(chains, functions):
    """Each sample belongs to the innermost function among those that are asked for."""
    counts = collections.Counter()
    for chain, count in chains.items():
        name = next((name for name in chain.split() if name in functions), None)
        if name:
            counts[name] += count
    return counts


# Tools

def profinst(mode, program):
    executable = program.build('profinst', [PLUGIN])
    file = program.path('profile')
    if os.path.exists(file):
        os.remove(file)
    program.run([executable], PROFINST_OUTPUT=file, PROFINST_TIMING=mode)
    report = json.loads(run([os.path.join(BUILD, 'bin', 'profinst'), 'report', '--format=json',
                             '--limit=0', '--edges', file], None))
    self, arcs, calls = (collections.Counter() for _ in range(3))
    for row in report['functions']:
        name = plain(row['linkage_name'])
        self[name] += row['self_ns']
        calls[name] += row['calls'] - row['inlined_calls']
    for edge in report['edges']:
        if edge.get('caller'):
            arcs[plain(edge['caller_linkage_name']), plain(edge['callee_linkage_name'])] += (
                edge['cumulative_ns'])
    return Profile(self, arcs, calls)


def gprof(compiler, program):
    """Time of libraries is not in its histogram."""
    executable = program.build('gprof-' + compiler, ['-pg'], compiler)
    program.run([executable])
    show = ['gprof', '-b', '--no-demangle']
    self, arcs, calls = (collections.Counter() for _ in range(3))
    for line in run([*show, '-p', executable], program.folder).splitlines():
        row = re.match(r' *[\d.]+ +[\d.]+ +([\d.]+) +(?:(\d+) .* )?(\S+)$', line)
        if row:
            self[plain(row[3])] += float(row[1])
            calls[plain(row[3])] += int(row[2] or 0)
    for entry in run([*show, '-q', executable], program.folder).split('\n-----'):
        callers = []
        for line in entry.splitlines():
            words = re.sub(r'( <cycle \d+>)?( \[\d+\])$', '', line).split()
            if line.startswith('['):
                for name, count in callers:
                    arcs[name, plain(words[-1])] += count
                break
            if len(words) > 1 and re.fullmatch(r'\d+(/\d+)?', words[-2]):
                callers.append((plain(words[-1]), int(words[-2].partition('/')[0])))
    return Profile(self, arcs, calls)


# uftrace's numbers have units.
UNITS = {'ns': 1e-9, 'us': 1e-6, 'ms': 1e-3, 's': 1, 'm': 60}


def uftrace(program):
    """Version 0.13 ends a program at its first exception of C++ ('double free'). In json that comes
    when the work is done, and what was recorded until then counts."""
    executable = program.build('gprof-clang', ['-pg'])
    data = program.path('uftrace.data')
    subprocess.run(['uftrace', 'record', '--no-libcall', '--no-pager', '-d', data, executable,
                    *program.arguments], cwd=program.folder, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    text = run(['uftrace', 'graph', '--no-pager', '--demangle=no', '-f', 'total,self', '-d', data],
               None)
    shutil.rmtree(data)
    self, arcs, calls = (collections.Counter() for _ in range(3))
    # A line's parent is the last one that stands further left; of an only child, the line before.
    above = []
    for line in text.splitlines():
        row = re.match(r' *([\d.]+) +(\w+) +(?:([\d.]+) +(\w+) +)?:( .*?)\((\d+)\) (.*)$', line)
        if not row:
            continue
        total, unit, own, own_unit, indent, count, name = row.groups()
        if '+-' in indent:
            while above and above[-1][0] >= len(indent):
                above.pop()
        name = plain(name)
        if name.startswith('linux:'):  # not running
            continue
        self[name] += float(own or 0) * UNITS[own_unit or 's']
        calls[name] += int(count)
        if above:
            arcs[above[-1][1], name] += float(total) * UNITS[unit]
        above.append((len(indent), name))
    return Profile(self, arcs, calls)


def callgrind(program):
    """Instructions. Valgrind 3.19 reads clang's DWARF 5 as corrupt. Without lazy binding, callers
    of libraries are the program's functions."""
    executable = program.build('callgrind', ['-gdwarf-4'])
    out = program.path('callgrind.out')
    program.run(['valgrind', '-q', *callgrind_file.OPTIONS, '--callgrind-out-file=' + out,
                 executable], LD_BIND_NOW='1')
    self, arcs, calls = (collections.Counter() for _ in range(3))

    def name(function):
        return plain(function.name) if function.object == executable else ' '.join(function)

    for function, callee, count, cost in callgrind_file.records(out):
        if callee:
            arcs[name(function), name(callee)] += cost
            calls[name(callee)] += count
        else:
            self[name(function)] += cost
    return Profile(self, arcs, calls)


# How to measure, the compiler and the build; and the runs if not as many as asked for: gprof has
# but a hundred samples a second, the last two change little and take long.
Tool = collections.namedtuple('Tool', 'measure compiler variant runs')
TOOLS = {
    'exact': Tool(functools.partial(profinst, 'exact'), 'clang', 'profinst', None),
    'auto': Tool(functools.partial(profinst, 'auto'), 'clang', 'profinst', None),
    'gprof-clang': Tool(functools.partial(gprof, 'clang'), 'clang', 'gprof-clang', 30),
    'gprof-gcc': Tool(functools.partial(gprof, 'gcc'), 'gcc', 'gprof-gcc', 30),
    'uftrace': Tool(uftrace, 'clang', 'gprof-clang', 1),
    'callgrind': Tool(callgrind, 'clang', 'callgrind', 1),
}


def fold(profile, functions):
    """Self times of these functions alone. Those of others go to their callers, in proportion to
    what was spent under each; what has no caller is nobody's."""
    callers = collections.defaultdict(dict)
    for (caller, callee), weight in profile.arcs.items():
        if caller != callee and weight > 0:
            callers[callee][caller] = weight
    result = collections.Counter()
    waiting = dict(profile.self)
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
    executable = program.build('profinst', [PLUGIN])
    file = program.path('selection-profile')
    if os.path.exists(file):
        os.remove(file)
    program.run([executable], PROFINST_OUTPUT=file)
    report = json.loads(run([os.path.join(BUILD, 'bin', 'profinst'), 'report', '--format=json',
                             '--limit=0', file], None))
    return {plain(row['linkage_name']) for row in report['functions']
            if row['calls'] > row['inlined_calls']}


def spread(values):
    return {'median': statistics.median(values), 'least': min(values), 'greatest': max(values)}


def compare(program, name, options, own):
    """One tool on one program."""
    tool = TOOLS[name]
    runs = perf_runs(program, tool.compiler, options.perf_runs, options.again)
    profiles = [tool.measure(program) for _ in range(tool.runs or options.runs)]
    functions = (own & symbols(program.path('bare-' + tool.compiler)) &
                 symbols(program.path(tool.variant)))
    perf = [shares(perf_self(chains, functions)) for chains in runs]
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

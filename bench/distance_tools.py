"""What bench/distance.py measures: programs, perf's samples of them, and other tools' profiles."""

import collections
import functools
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.append(os.path.join(ROOT, 'tests', 'real'))
import callgrind as callgrind_file  # noqa: E402

BUILD = os.path.realpath(os.environ.get('PROFINST_BUILD', os.path.join(ROOT, 'build')))
CLANG = os.environ.get('CLANG', '19')
PLUGIN_FILE = os.path.join(BUILD, 'lib', 'libprofinst.so')
PLUGIN = '-fplugin=' + PLUGIN_FILE

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
Profile = collections.namedtuple('Profile', 'times arcs calls')


def fail(message):
    sys.exit('distance.py: ' + message)


def run(command, folder, may_fail=False, **environment):
    """Standard output of a command."""
    try:
        done = subprocess.run(command, cwd=folder, env=dict(os.environ, **environment),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except FileNotFoundError:
        fail(f'{command[0]} is not there; scripts/setup.sh installs what benchmarks need')
    if done.returncode and not may_fail:
        fail(f'{" ".join(command)}: exit code {done.returncode}\n{done.stderr.decode()}')
    return done.stdout.decode(errors='surrogateescape')


def plain(symbol):
    """Without what compilers append to parts and clones of a function."""
    return re.sub(r'(?<=.)[.@].*', '', symbol)


def symbols(executable):
    """Names of the functions that the executable has code for."""
    return {plain(line.split()[-1]) for line in run(['nm', executable], None).splitlines()
            if re.search(r' [tTwW] ', line)}


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
            inputs += [PLUGIN_FILE, os.path.join(BUILD, 'lib', f'libprofinst-clang-{CLANG}.so')]
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

    def run(self, command, **options):
        return run([*command, *self.arguments], self.folder, **options)


def read_perf(script, executable):
    """Samples by the chain of the executable's functions, innermost first."""
    chains = collections.Counter()
    for sample in script.split('\n\n'):
        frames = re.findall(r'^\s+[0-9a-f]+ (\S+) \((.*)\)$', sample, re.M)
        if frames:
            chains[' '.join(plain(symbol) for symbol, file in frames if file == executable)] += 1
    return chains


def perf_run(program, executable):
    """The period is in processor time, of program and kernel together. Of the stack, enough is kept
    to find the way out of libraries."""
    data = program.path('perf.data')
    program.run(['perf', 'record', '-q', '-e', 'cpu-clock', '-F', '4000', '--call-graph',
                 'dwarf,2048', '-o', data, executable])
    script = run(['perf', 'script', '-i', data, '--no-inline', '--no-demangle', '-F', 'ip,sym,dso'],
                 None)
    os.remove(data)
    return read_perf(script, executable)


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


def profinst(mode, program):
    executable = program.build('profinst', [PLUGIN])
    file = program.path('profile')
    if os.path.exists(file):
        os.remove(file)
    program.run([executable], PROFINST_OUTPUT=file, PROFINST_TIMING=mode)
    report = json.loads(run([os.path.join(BUILD, 'bin', 'profinst'), 'report', '--format=json',
                             '--limit=0', '--edges', file], None))
    times, arcs, calls = (collections.Counter() for _ in range(3))
    for row in report['functions']:
        name = plain(row['linkage_name'])
        times[name] += row['self_ns']
        calls[name] += row['calls'] - row['inlined_calls']
    for edge in report['edges']:
        if edge.get('caller'):
            arcs[plain(edge['caller_linkage_name']), plain(edge['callee_linkage_name'])] += (
                edge['cumulative_ns'])
    return Profile(times, arcs, calls)


def read_gprof(flat, graph):
    times, arcs, calls = (collections.Counter() for _ in range(3))
    for line in flat.splitlines():
        row = re.match(r' *[\d.]+ +[\d.]+ +([\d.]+) +(?:(\d+) .* )?(\S+)$', line)
        if row:
            times[plain(row[3])] += float(row[1])
            calls[plain(row[3])] += int(row[2] or 0)
    # An entry has lines of the callers, then that of the function, which begins with its number.
    for entry in graph.split('\n-----'):
        callers = []
        for line in entry.splitlines():
            words = re.sub(r'( <cycle \d+>)?( \[\d+\])$', '', line).split()
            if line.startswith('['):
                for name, count in callers:
                    arcs[name, plain(words[-1])] += count
                break
            if len(words) > 1 and re.fullmatch(r'\d+(/\d+)?', words[-2]):
                callers.append((plain(words[-1]), int(words[-2].partition('/')[0])))
    return Profile(times, arcs, calls)


def gprof(compiler, program):
    """Time of libraries is not in its histogram."""
    executable = program.build('gprof-' + compiler, ['-pg'], compiler)
    program.run([executable])
    return read_gprof(*(run(['gprof', '-b', '--no-demangle', table, executable], program.folder)
                        for table in ('-p', '-q')))


# uftrace's numbers have units.
UNITS = {'ns': 1e-9, 'us': 1e-6, 'ms': 1e-3, 's': 1, 'm': 60}


def read_uftrace(graph):
    times, arcs, calls = (collections.Counter() for _ in range(3))
    # A line's parent is the last one that stands further left; of an only child, the line before.
    above = []
    for line in graph.splitlines():
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
        times[name] += float(own or 0) * UNITS[own_unit or 's']
        calls[name] += int(count)
        if above:
            arcs[above[-1][1], name] += float(total) * UNITS[unit]
        above.append((len(indent), name))
    return Profile(times, arcs, calls)


def uftrace(program):
    """Version 0.13 ends a program at its first exception of C++ ('double free'). In json that comes
    when the work is done, and what was recorded until then counts."""
    executable = program.build('gprof-clang', ['-pg'])
    data = program.path('uftrace.data')
    program.run(['uftrace', 'record', '--no-libcall', '--no-pager', '-d', data, executable],
                may_fail=True)
    graph = run(['uftrace', 'graph', '--no-pager', '--demangle=no', '-f', 'total,self', '-d', data],
                None)
    shutil.rmtree(data)
    return read_uftrace(graph)


def callgrind(program):
    """Instructions. Valgrind 3.19 reads clang's DWARF 5 as corrupt. Without lazy binding, callers
    of libraries are the program's functions."""
    executable = program.build('callgrind', ['-gdwarf-4'])
    out = program.path('callgrind.out')
    program.run(['valgrind', '-q', *callgrind_file.OPTIONS, '--callgrind-out-file=' + out,
                 executable], LD_BIND_NOW='1')
    times, arcs, calls = (collections.Counter() for _ in range(3))

    def name(function):
        return plain(function.name) if function.object == executable else ' '.join(function)

    for function, callee, count, cost in callgrind_file.records(out):
        if callee:
            arcs[name(function), name(callee)] += cost
            calls[name(callee)] += count
        else:
            times[name(function)] += cost
    return Profile(times, arcs, calls)


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

#!/usr/bin/env python3
"""Holds profinst's counts against callgrind's: compare_callgrind.py lua|speedtest1|cpp

The program is built twice by the same recipe, at -O0, so that both tools see every function of the
source. The plain one runs under callgrind, the instrumented one by itself. Then every function that
profinst hooks must have the same number of calls in both, every edge between two such functions
too, and both must have printed the same. A single difference fails.

Which functions are hooked is decided here by the rule, not by what the profile happens to hold:
those of the program's own source files. Callgrind is told to skip all others, so that a callback
through the C library or through a template of the standard library is an edge from ours to ours
there too.

PROFINST_BUILD   the build folder (build)
CC, CXX          the compilers (clang, clang++)
"""

import collections
import json
import os
import re
import subprocess
import sys

import callgrind

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.realpath(os.environ.get('PROFINST_BUILD', os.path.join(ROOT, 'build')))
SOURCES = os.path.join(BUILD, 'sources')

# Valgrind 3.19 reads clang's DWARF 5 as corrupt.
TIMINGS = ('exact', 'auto', 'counts')  # ways of timing: all of them count alike
FLAGS = ['-O0', '-gdwarf-4']
PLUGIN = ['-fplugin=' + os.path.join(BUILD, 'lib', 'libprofinst.so')]

# Functions that the compiler makes without a declaration in the source: thunks, initialization of
# globals and of thread_local variables, the end of noexcept.
GENERATED = re.compile(r'_ZT[hvcWH]|__cxx_global_(var_init|array_dtor)|_GLOBAL__sub_I_|'
                       r'__clang_call_terminate$|__tls_init$')

# The destructors of complete and of deleted objects only call the one that has the body.
WITHOUT_BODY = re.compile(r'_ZN.*D[01]Ev$')

# How a program runs, where its own sources are, and what is compared: for each choice of hooked
# functions, the least number of functions and of edges that is worth the name of a comparison.
Program = collections.namedtuple('Program', 'arguments sources variants')
PROGRAMS = {
    'lua': Program([os.path.join(HERE, 'workload.lua')], os.path.join(SOURCES, 'lua5.4'),
                   {'own files': (600, 1400)}),
    'speedtest1': Program(['--size', '5', ':memory:'],
                          os.path.join(SOURCES, 'sqlite3-amalgamation'),
                          {'own files': (1000, 2500)}),
    'zstd': Program(['64'], os.path.join(SOURCES, 'libzstd'), {}),
    'json': Program(['200'], os.path.join(SOURCES, 'nlohmann-json3'), {}),
    'cpp': Program([], os.path.join(HERE, 'cpp'),
                   {'own files': (120, 170), 'system headers': (850, 1100)}),
}


def fail(message):
    sys.exit('compare_callgrind.py: ' + message)


def build(name, executable, flags):
    environment = dict(os.environ, CFLAGS=' '.join(flags), PROFINST_SOURCES=SOURCES)
    code = subprocess.run([os.path.join(HERE, 'build.sh'), name, executable],
                          env=environment).returncode
    if code:
        fail(f'{name} cannot be built (exit code {code})')


def run(command, folder, **environment):
    """The command's standard output, without the times that speedtest1 prints."""
    done = subprocess.run(command, cwd=folder, env=dict(os.environ, **environment),
                          stdout=subprocess.PIPE)
    if done.returncode:
        fail(f'{command[0]}: exit code {done.returncode}')
    return re.sub(rb' +\d+\.\d{3}s', b'', done.stdout)


def real_calls(row):
    """Without those of functions that are inlined even at -O0, because the source demands it."""
    return row['calls'] - row['inlined_calls']


def is_hooked(program, executable, variant, function):
    if (function.object != executable or GENERATED.match(function.name) or
            WITHOUT_BODY.match(function.name)):
        return False
    if variant == 'system headers':
        return function.file != '???'
    return os.path.normpath(function.file).startswith(program.sources + '/')


def source_files(executable):
    """{symbol: source file}, of symbols that are there once."""
    listed = subprocess.run(['nm', '--defined-only', executable], check=True,
                            stdout=subprocess.PIPE, text=True).stdout
    symbols = [line.split()[::2] for line in listed.splitlines()]
    positions = subprocess.run(['addr2line', '-e', executable], check=True,
                               input='\n'.join(address for address, _ in symbols),
                               stdout=subprocess.PIPE, text=True).stdout.splitlines()
    times = collections.Counter(symbol for _, symbol in symbols)
    files = {symbol: position.rpartition(':')[0]
             for (_, symbol), position in zip(symbols, positions)}
    return {symbol: file for symbol, file in files.items()
            if times[symbol] == 1 and file.strip('?')}


def read_edges(out, executable):
    """Callgrind's edges with the right source files. Valgrind merges neighbouring rows of the line
    table that are of one line, even of two files, and so gives a function its neighbour's file."""
    files = source_files(executable)

    def right(function):
        if function.object != executable:
            return function
        return function._replace(file=files.get(function.name, function.file))

    edges = collections.Counter()
    for (caller, callee), count in callgrind.read(out).items():
        edges[right(caller), right(callee)] += count
    return edges


def below(hooked, edges):
    """The other functions that hooked ones call, directly or through each other."""
    callees = collections.defaultdict(set)
    for caller, callee in edges:
        if not hooked(callee):
            callees[caller].add(callee)
    found = set()
    waiting = [caller for caller in callees if hooked(caller)]
    while waiting:
        new = callees[waiting.pop()] - found
        found |= new
        waiting.extend(new)
    return found


def run_callgrind(command, executable, hooked):
    """The edges, with every function skipped that lies between hooked ones. Callgrind (3.19) skips
    by name only, so a first run tells the names. They go in sorted: callgrind forgets a name when a
    shorter one that it starts with comes after it. What lies below main only is not skipped, since
    callgrind loses track when it skips the process's first functions."""
    folder = os.path.dirname(executable)
    out = os.path.join(folder, 'callgrind.out')
    valgrind = ['valgrind', '-q', *callgrind.OPTIONS, '--callgrind-out-file=' + out]
    skipped = set()
    for _ in range(2):
        options = [f'--fn-skip={name}' for name in sorted(skipped)]
        # Without lazy binding, because the dynamic linker would lie between as well.
        output = run([*valgrind, *options, *command], folder, LD_BIND_NOW='1')
        edges = read_edges(out, executable)
        others = below(hooked, edges)
        between = [(a, b) for a, b in edges if a in others and hooked(b)]
        if not between:
            return output, edges
        skipped = {function.name for function in others}
    fail(f'callgrind did not skip {between[0][0]}, caller of {between[0][1]}')


def run_profinst(command, folder, timing):
    profile = os.path.join(folder, 'profile')
    if os.path.exists(profile):  # the runtime never writes over a file, it takes another name
        os.remove(profile)
    output = run(command, folder, PROFINST_OUTPUT=profile, PROFINST_TIMING=timing)
    report = run([os.path.join(BUILD, 'bin', 'profinst'), 'report', '--format=json', '--limit=0',
                  '--edges', profile], folder)
    return output, json.loads(report)


def function_calls(report):
    calls = collections.Counter()
    for function in report['functions']:
        calls[function['linkage_name'], os.path.basename(function['file'])] += real_calls(function)
    return calls


def edge_calls(report):
    calls = collections.Counter()
    for edge in report['edges']:
        if edge.get('caller'):
            calls[edge['caller_linkage_name'], edge['callee_linkage_name']] += real_calls(edge)
    return calls


def differences(what, expected, counted):
    """Lines, one for each key that differs."""
    for key in sorted(expected.keys() | counted.keys()):
        if expected[key] != counted[key]:
            yield f'{what} {" ".join(key)}: callgrind {expected[key]}, profinst {counted[key]}'


def compare(name, variant):
    program = PROGRAMS[name]
    folder = os.path.join(BUILD, 'real', name, variant.replace(' ', '-'))
    plain, instrumented = (os.path.join(folder, kind, name) for kind in ('plain', 'instrumented'))
    # Both by the same path: its length is enough to change the pace of Lua's garbage collector.
    command = ['./' + name, *program.arguments]

    def hooked(function):
        return is_hooked(program, plain, variant, function)

    flags = ['-fplugin-arg-profinst-system-headers=on'] if variant == 'system headers' else []
    build(name, plain, FLAGS)
    build(name, instrumented, FLAGS + PLUGIN + flags)
    plain_output, edges = run_callgrind(command, plain, hooked)

    # The file tells apart static functions of one name. Edges are told by names alone.
    expected_calls, expected_edges = collections.Counter(), collections.Counter()
    for function, count in callgrind.calls(edges).items():
        if hooked(function):
            expected_calls[function.name, os.path.basename(function.file)] += count
    for (caller, callee), count in edges.items():
        if hooked(caller) and hooked(callee):
            expected_edges[caller.name, callee.name] += count

    wrong = []
    for timing in TIMINGS:
        output, report = run_profinst(command, os.path.dirname(instrumented), timing)
        wrong += [f'{line} ({timing})' for line in (
            *differences('function', expected_calls, function_calls(report)),
            *differences('edge', expected_edges, edge_calls(report)))]
        if output != plain_output:
            wrong.append(f'standard output differs ({timing})')
    functions_least, edges_least = program.variants[variant]
    if len(expected_calls) < functions_least or len(expected_edges) < edges_least:
        wrong.append(f'too little to compare: at least {functions_least} functions and '
                     f'{edges_least} edges were expected')
    for line in wrong:
        print(line)
    print(f'{name}, {variant}: {len(expected_calls)} functions with {sum(expected_calls.values())} '
          f'calls and {len(expected_edges)} edges compared, {len(wrong)} differences')
    return not wrong


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in PROGRAMS:
        fail('which program? one of ' + ', '.join(PROGRAMS))
    name = sys.argv[1]
    good = [compare(name, variant) for variant in PROGRAMS[name].variants]
    sys.exit(0 if all(good) else 1)


if __name__ == '__main__':
    main()

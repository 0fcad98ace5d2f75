#!/usr/bin/env python3
"""Compares profilers on real programs, in one interleaved run: compare.py [OPTION...]

In every round each profiler runs the program once, in turn; its processor time (user and system, of
all its processes) is divided by that of the bare program in the same round. Figures are medians over
the rounds, with the least and the greatest beside them. Profilers that slow a program down many times
run fewer rounds with a smaller input, which the bare program runs as well. Writes bench.json and
bench.md. What fails is reported with its reason, and the rest goes on.
"""

import argparse
import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

import compiling
import machine
import process
import tables
from process import Failure
from profilers import BUILD, BUILDS, PROFILERS
from programs import PROGRAMS, ROOT, build


# Costs of a call are not told of programs with fewer: they are lost in the noise.
CALLS_THAT_MATTER = 100000


def say(text):
    print(text, file=sys.stderr, flush=True)


def spread(values):
    return {'median': statistics.median(values), 'least': min(values), 'greatest': max(values)}


class Subject:
    """A program with its executables, and what was measured of each profiler."""

    def __init__(self, program, profilers, options, work):
        self.program, self.options, self.work = program, options, work
        self.profilers = profilers
        self.executables = {}
        self.calls = {}
        self.samples = {}  # (profiler, input) -> [{cpu, wall, memory, disk, report}]
        self.failures = {}  # profiler -> reason

    # ---- one run ------------------------------------------------------------------------------

    def input_of(self, profiler):
        return 'small' if profiler.slow or self.options.quick else 'full'

    def arguments(self, size):
        return self.program.small if size == 'small' else self.program.arguments

    def executable(self, name):
        if name not in self.executables:
            path = os.path.join(self.work, f'{self.program.name}-{name}')
            self.executables[name] = build(self.program, BUILDS[name], path)
        return self.executables[name]

    def report(self, profiler, executable, folder):
        """Seconds until the report is there."""
        command = []
        for word in profiler.report:
            word = word.replace('{program}', executable)
            command += sorted(glob.glob(os.path.join(folder, word))) if '*' in word else [word]
        return process.run(command, folder, self.options.limits).wall

    def run(self, profiler, size):
        executable = self.executable(profiler.build)
        folder = tempfile.mkdtemp(dir=self.work)
        try:
            usage = process.run(profiler.run + [executable] + self.arguments(size), folder,
                                self.options.limits, profiler.environment)
            sample = dict(usage._asdict(), disk=process.bytes_in(folder))
            if profiler.report:
                sample['report'] = self.report(profiler, executable, folder)
            if profiler.name == 'profinst-exact' and size not in self.calls:
                self.calls[size] = count_calls(os.path.join(folder, 'profile'))
        finally:
            shutil.rmtree(folder)
        self.samples.setdefault((profiler.name, size), []).append(sample)

    def try_run(self, profiler, size):
        if profiler.name in self.failures:
            return
        try:
            self.run(profiler, size)
        except (Failure, OSError) as failure:
            self.failures[profiler.name] = str(failure)
            say(f'  {profiler.name}: {failure}')

    # ---- all runs -----------------------------------------------------------------------------

    def turns(self, number):
        """Which profilers run in a round, with which input; each round begins with another one. The
        bare program, and profinst for its counts, run the small input beside those that are slow."""
        turns = [(profiler, self.input_of(profiler)) for profiler in self.profilers
                 if not profiler.slow or number < self.options.slow_rounds]
        beside = {profiler.bare for profiler, _ in turns if profiler.slow}
        if beside and number == 0:
            beside.add('profinst-exact')
        turns += [(profiler, 'small') for profiler in self.profilers if profiler.name in beside]
        turns = list(dict.fromkeys(turns))
        first = number % len(turns)
        return turns[first:] + turns[:first]

    def measure(self):
        for profiler in self.profilers:
            missing = profiler.missing()
            if missing:
                self.failures[profiler.name] = missing
        for number in range(self.options.rounds):
            say(f'{self.program.name}: round {number + 1} of {self.options.rounds}')
            for profiler, size in self.turns(number):
                self.try_run(profiler, size)

    # ---- what came out ------------------------------------------------------------------------

    def row(self, profiler, size):
        samples = self.samples.get((profiler.name, size), [])
        row = {'profiler': profiler.name, 'label': profiler.label, 'input': size}
        if profiler.name in self.failures:
            return dict(row, failure=self.failures[profiler.name])
        bare = self.samples.get((profiler.bare, size), [])
        if not bare:
            return dict(row, failure='the bare program could not be measured')
        pairs = list(zip(samples, bare))
        row['rounds'] = len(samples)
        for key in ('cpu', 'wall'):
            row[f'{key}_s'] = spread([sample[key] for sample in samples])
            row[f'{key}_ratio'] = spread([sample[key] / other[key] for sample, other in pairs])
        calls = self.calls.get(size)
        if calls and calls['hooked'] >= CALLS_THAT_MATTER and profiler.name != profiler.bare:
            row['ns_a_call'] = spread([(sample['cpu'] - other['cpu']) * 1e9 / calls['hooked']
                                       for sample, other in pairs])
        row['memory_bytes'] = statistics.median(sample['memory'] for sample in samples)
        row['disk_bytes'] = statistics.median(sample['disk'] for sample in samples)
        if profiler.report:
            row['report_s'] = spread([sample['report'] for sample in samples])
        return row

    def result(self):
        rows = []
        for profiler in self.profilers:
            sizes = [self.input_of(profiler)]
            if profiler.name == profiler.bare and (profiler.name, 'small') in self.samples:
                sizes.append('small')
            rows += [self.row(profiler, size) for size in dict.fromkeys(sizes)]
        return {'program': self.program.name, 'title': self.program.title,
                'threaded': self.program.threaded, 'calls': self.calls, 'rows': rows,
                'sizes': {name: compiling.sections(path) for name, path in self.executables.items()}}


def count_calls(profile):
    """Calls that have hooks, and those that were inlined, in a profile."""
    text = subprocess.run([os.path.join(BUILD, 'bin', 'profinst'), 'report', '--format=json',
                           '--limit=0', profile], check=True, stdout=subprocess.PIPE).stdout
    functions = json.loads(text)['functions']
    inlined = sum(row['inlined_calls'] for row in functions)
    return {'hooked': sum(row['calls'] for row in functions) - inlined, 'inlined': inlined}


def measure_analyzer(quick, work):
    """What bench/analyzer.sh finds, as Markdown and as data."""
    path = os.path.join(work, 'analyzer.json')
    command = [os.path.join(ROOT, 'bench', 'analyzer.sh'), *(['1', '1000'] if quick else ['3'])]
    try:
        done = subprocess.run(command, env=dict(os.environ, PROFINST_JSON=path), text=True,
                              stdout=subprocess.PIPE, timeout=1800, check=True)
        with open(path) as file:
            return {'markdown': done.stdout, 'data': json.load(file)}
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return {'failure': f'bench/analyzer.sh: {error}'}


def chosen(things, names, what):
    """Those of the things that were asked for, or all."""
    known = {thing.name for thing in things}
    for name in names or []:
        if name not in known:
            sys.exit(f'compare.py: no {what} {name}; there are {", ".join(t.name for t in things)}')
    return [thing for thing in things if not names or thing.name in names]


def names(text):
    return text.split(',')


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[1],
                                     usage='scripts/bench.sh [OPTION...]')
    parser.add_argument('--programs', type=names, metavar='NAME,…',
                        help='of ' + ', '.join(program.name for program in PROGRAMS))
    parser.add_argument('--profilers', type=names, metavar='NAME,…',
                        help='of ' + ', '.join(profiler.name for profiler in PROFILERS) +
                        '; bare ones are always there')
    parser.add_argument('--rounds', type=int, default=9, metavar='N', help='(9)')
    parser.add_argument('--slow-rounds', type=int, default=3, metavar='N',
                        help='of those that slow a program down many times (3)')
    parser.add_argument('--quick', action='store_true', help='one round, all with the small input; '
                        'tells whether everything works')
    parser.add_argument('--programs-only', action='store_true',
                        help='measure neither compile times nor the analyzer')
    parser.add_argument('--time-limit', type=int, default=120, metavar='S', help='for each process (120)')
    parser.add_argument('--disk-limit', type=int, default=4000, metavar='MB',
                        help='for each process; what it writes is deleted after its run (4000)')
    parser.add_argument('--output', default=os.path.join(BUILD, 'bench'), metavar='DIR',
                        help='where bench.json and bench.md go (build/bench)')
    options = parser.parse_args()
    if options.quick:
        options.rounds = options.slow_rounds = 1
    if options.rounds < 1 or options.slow_rounds < 1:
        parser.error('rounds are at least 1')
    options.slow_rounds = min(options.slow_rounds, options.rounds)
    options.limits = process.Limits(options.time_limit, options.disk_limit * 10**6)
    return options


def main():
    options = parse()
    programs = chosen(PROGRAMS, options.programs, 'program')
    wanted = options.profilers and options.profilers + ['bare', 'bare-gcc', 'profinst-exact']
    profilers = chosen(PROFILERS, wanted, 'profiler')
    os.makedirs(options.output, exist_ok=True)
    results = {'machine': machine.describe(), 'rounds': options.rounds,
               'slow_rounds': options.slow_rounds, 'quick': options.quick, 'programs': [],
               'notes': {profiler.label: profiler.note for profiler in profilers if profiler.note}}
    with tempfile.TemporaryDirectory(prefix='profinst-bench-', dir=options.output) as work:
        if shutil.disk_usage(work).free < 2 * options.limits.bytes:
            sys.exit(f'compare.py: less than twice {options.disk_limit} MB is free in {work}; lower'
                     ' --disk-limit, or choose another folder with --output')
        for program in programs:
            subject = Subject(program, profilers, options, work)
            subject.measure()
            results['programs'].append(subject.result())
        if not options.programs_only:
            say('compiling sqlite3.c')
            results['compiling'] = compiling.measure(1 if options.quick else 5, work)
            say('analyzer')
            results['analyzer'] = measure_analyzer(options.quick, work)
    text = tables.markdown(results)
    with open(os.path.join(options.output, 'bench.json'), 'w') as file:
        json.dump(results, file, indent=1)
    with open(os.path.join(options.output, 'bench.md'), 'w') as file:
        file.write(text)
    print(text)


if __name__ == '__main__':
    main()

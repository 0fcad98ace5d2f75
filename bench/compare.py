#!/usr/bin/env python3
"""Compares profilers on real programs, in one interleaved run: compare.py [OPTION...]

In every round each profiler runs the program once, in turn; its processor time (user and system, of
all its processes) is divided by that of the bare program in the same round. Figures are medians over
the rounds, with the least and the greatest beside them. Profilers that slow a program down many times
run fewer rounds with a smaller input, which the bare program runs as well. Writes bench.json and
bench.md. What fails is reported with its reason, and the rest goes on.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import calls
import compiling
import machine
import process
import tables
from profilers import BUILD, PROFILERS
from programs import PROGRAMS, ROOT
from subject import Subject, say


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
    parser.add_argument('--rounds', type=int, default=7, metavar='N', help='(7)')
    parser.add_argument('--slow-rounds', type=int, default=3, metavar='N',
                        help='of those that slow a program down many times (3)')
    parser.add_argument('--quick', action='store_true', help='one round, all with the small input; '
                        'tells whether everything works')
    parser.add_argument('--programs-only', action='store_true',
                        help='measure neither single calls, nor compiling, nor the analyzer')
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


def write(results, folder):
    text = tables.markdown(results)
    with open(os.path.join(folder, 'bench.json'), 'w') as file:
        json.dump(results, file, indent=1)
    with open(os.path.join(folder, 'bench.md'), 'w') as file:
        file.write(text)
    return text


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit('compare.py: terminated'))
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
            write(results, options.output)
        if not options.programs_only:
            say('calls')
            results['calls'] = calls.measure(1 if options.quick else 5, work)
            say('compiling sqlite3.c')
            results['compiling'] = compiling.measure(1 if options.quick else 5, work)
            write(results, options.output)
            say('analyzer')
            results['analyzer'] = measure_analyzer(options.quick, work)
    print(write(results, options.output))


if __name__ == '__main__':
    main()

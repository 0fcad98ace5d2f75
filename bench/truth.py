#!/usr/bin/env python3
"""Holds self times against known answers: truth.py [OPTION...] [SPIN...]

bench/truth.c knows how long its functions spin. It is built with the plugin and run in each mode
(PROFINST_TIMING); each function's self time in `profinst report` is held against the truth, and its
95 % error bar, where it has one (self_error_ns), too. Counts of calls must be exact.

The first table is of the program without the plugin: what batches of calls took against the truth,
which tells how well the truth is known. Figures are errors in percent: the median over runs, of the
function that is worst, and the 5th and 95th percentile of all. A shape is left out of a run in
which the truth is in doubt by more than a percent, because its thread had to wait for the processor
or the pace of spins changed; where that is often, take few rounds, or `chrt --fifo 1
bench/truth.py`.

PROFINST_BUILD   the build tree (build)
CLANG            version of clang (19)
"""

import argparse
import collections
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
BUILD = os.path.realpath(os.environ.get('PROFINST_BUILD',
                                        os.path.join(os.path.dirname(HERE), 'build')))
PLUGIN = os.path.join(BUILD, 'lib', 'libprofinst.so')
MOST_DOUBT = 0.01


def fail(message):
    sys.exit('truth.py: ' + message)


def run(command, **environment):
    try:
        done = subprocess.run(command, env=dict(os.environ, **environment), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    except FileNotFoundError:
        fail(f'{command[0]} is not there; scripts/setup.sh and a build make what is needed')
    if done.returncode:
        fail(f'{" ".join(command)}: exit code {done.returncode}\n{done.stderr}')
    return done.stdout


def build(folder, name, *flags):
    executable = os.path.join(folder, name)
    run(['clang-' + os.environ.get('CLANG', '19'), '-O2', '-g', '-pthread', *flags,
         os.path.join(HERE, 'truth.c'), '-o', executable])
    return executable


def undisturbed(cells):
    return [cell for cell in cells if cell['doubt_ns'] <= MOST_DOUBT * cell['took_ns']]


def percent(value, truth):
    return 100 * (value / truth - 1)


class Mode:
    """What several runs in one mode gave; errors and bars by (shape, size), then by function."""

    def __init__(self):
        self.errors, self.bars = (collections.defaultdict(lambda: collections.defaultdict(list))
                                  for _ in range(2))

    def add(self, cells, rows):
        for cell in undisturbed(cells):
            key = cell['shape'], cell['size']
            for truth in cell['functions']:
                name = truth['function']
                row = rows[name]
                if row['calls'] != truth['calls']:
                    fail(f'{name}: {truth["calls"]} calls were made, {row["calls"]} counted')
                self.errors[key][name].append(percent(row['self_ns'], truth['self_ns']))
                if row.get('self_error_ns'):
                    self.bars[key][name].append(
                        abs(row['self_ns'] - truth['self_ns']) <= row['self_error_ns'])

    def worst(self, key):
        """The median over runs that is furthest off, of any function; None if there is none."""
        return max(map(statistics.median, self.errors[key].values()), key=abs, default=None)

    def held(self, keys):
        """By the bars of all functions, and of the function whose bars hold least."""
        bars = [bars for key in keys for bars in self.bars[key].values()]
        if not bars:
            return '-'
        least = min(bars, key=statistics.mean)
        return (f'{sum(map(sum, bars))} of {sum(map(len, bars))}, '
                f'least {sum(least)} of {len(least)}')

    def row(self, key):
        every = sorted(error for errors in self.errors[key].values() for error in errors)
        if not every:
            return ['-', '-', '-']
        low, high = (every[int(share * (len(every) - 1))] for share in (0.05, 0.95))
        return [f'{self.worst(key):+.1f}', f'{low:+.1f} to {high:+.1f}', self.held([key])]


def profile(command, folder, mode):
    """The program's truth and the report's functions, by name."""
    file = os.path.join(folder, 'profile')
    cells = json.loads(run(command, PROFINST_OUTPUT=file, PROFINST_TIMING=mode))
    report = json.loads(run([os.path.join(BUILD, 'bin', 'profinst'), 'report', '--format=json',
                             '--limit=0', file]))
    os.remove(file)
    return cells, {row['linkage_name']: row for row in report['functions']}


def print_table(head, rows):
    print(f'\n| {" | ".join(head)} |\n|---|---|{"---:|" * (len(head) - 2)}')
    for row in rows:
        print(f'| {" | ".join(row)} |', flush=True)


def print_summary(name, mode, keys):
    """Worst medians over shapes, by spin."""
    worst = collections.defaultdict(float)
    for shape, size in keys:
        if mode.errors[shape, size]:
            worst[size] = max(worst[size], mode.worst((shape, size)), key=abs)
    print(f'\n{name}, worst medians in percent: ' +
          ', '.join(f'{size} {error:+.1f}' for size, error in worst.items()) +
          f'; held by the bars: {mode.held(keys)}')


def print_bare(cells_of_runs, keys):
    found = collections.defaultdict(list)
    for cells in cells_of_runs:
        for cell in undisturbed(cells):
            truth = sum(function['self_ns'] for function in cell['functions'])
            found[cell['shape'], cell['size']].append((percent(cell['took_ns'], truth),
                                                       cell['spin_ns']))
    print_table(['shape', 'spin', 'measured ns', 'without the plugin', 'runs'],
                [[*key, f'{statistics.median(spin for _, spin in found[key]):.1f}',
                  f'{statistics.median(error for error, _ in found[key]):+.1f}',
                  str(len(found[key]))] for key in keys if key in found])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('spins', nargs='*', metavar='SPIN', help='20ns, 50ns ...: all')
    parser.add_argument('--mode', default='exact,auto', help='of PROFINST_TIMING (exact,auto)')
    parser.add_argument('--runs', type=int, default=20, help='of each (20)')
    parser.add_argument('--rounds', type=int, default=3,
                        help='of a run, a tenth of a second each (3)')
    parser.add_argument('--json', help='write every error and bar to this file, too')
    options = parser.parse_args()
    if not os.path.exists(PLUGIN):
        fail(f'there is no {PLUGIN}; build first, or say where with PROFINST_BUILD')
    arguments = [str(options.rounds), *options.spins]
    modes = {name: Mode() for name in options.mode.split(',')}
    with tempfile.TemporaryDirectory() as folder:
        bare = build(folder, 'bare')
        hooked = build(folder, 'hooked', '-fplugin=' + PLUGIN)
        cells_of_runs = []
        for _ in range(options.runs):
            cells_of_runs.append(json.loads(run([bare, *arguments])))
            for name, mode in modes.items():
                mode.add(*profile([hooked, *arguments], folder, name))
    keys = [(cell['shape'], cell['size'])
            for cell in sorted(cells_of_runs[0], key=lambda cell: cell['size_ns'])]
    print_bare(cells_of_runs, keys)
    for name, mode in modes.items():
        print_table(['shape', 'spin', name + ': worst median', '5 to 95 %', 'held by the bars'],
                    [[*key, *mode.row(key)] for key in keys])
        print_summary(name, mode, keys)
    if options.json:
        with open(options.json, 'w', encoding='utf-8') as file:
            json.dump({name: [{'shape': shape, 'size': size, 'errors': mode.errors[shape, size],
                               'held': mode.bars[shape, size]} for shape, size in keys]
                       for name, mode in modes.items()}, file, indent=2)


if __name__ == '__main__':
    main()

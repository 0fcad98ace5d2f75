#!/usr/bin/env python3
"""Differential test with csmith's random C programs:
compare_csmith.py [--first SEED] [--programs N] [--jobs N] [--optimised N]

Each program is built and run with and without the plugin, at -O0 with one clang and optimised with
every clang; half of the programs without inlining, which leaves little to count. With the plugin it
must print the same checksums, leave by the same exit code and leave a profile that agrees with
itself. At -O0, and in one of the optimised builds, every function and every edge must have the
calls that callgrind counts in the program without the plugin; in the latter inlined calls are not
counted for that. With them, no function may have more calls than at -O0, nor any edge unless a
recursion became a loop. They may have less: most functions of these programs have no effect, and the
optimizer knows.

The seed decides everything: the program, the clang at -O0, the level of each clang, which of
them callgrind counts, and the ways of timing, which take turns; 48 seeds go through all combinations.
--optimised=1 makes one optimised build of a program instead of four. A campaign:

    tests/random/compare_csmith.py --first 1000 --programs 2400 --jobs 2

Some programs never end; they are skipped, and more than three tenths of such fail the test. What
differs stays in the build folder, in random/SEED, and the commands that show it are printed.

PROFINST_BUILD   the build folder (build)
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
os.environ.setdefault('PROFINST_BUILD', str(HERE.parents[1] / 'build'))
sys.path += [str(HERE.parent / 'real'), str(HERE.parent / 'recording')]
import callgrind  # noqa: E402
import support  # noqa: E402

WORK = support.BUILD / 'random'

# By -I, so that csmith's own functions count as the program's and are hooked.
HEADERS = pathlib.Path('/usr/include/csmith')

LEVELS = ['-O1', '-O2', '-O3', '-Os', '-O2 -flto']
NOT_OPTIMISED = '-O0'
# Tells callgrind which functions are compiled here. Valgrind 3.19 reads clang's DWARF 5 as corrupt.
DEBUG = '-gdwarf-4'

# Small, since there shall be many. Without --builtins, whose results are undefined for some values.
SIZE = ['--max-funcs', '15', '--max-block-depth', '3', '--max-expr-complexity', '8']
FLAVOURS = [
    ['--inline-function'],
    ['--inline-function', '--float'],
    ['--max-funcs', '25', '--max-block-depth', '2', '--inline-function-prob', '20'],
    ['--no-inline-function', '--max-pointer-depth', '4', '--max-struct-nested-level', '5'],
]
# Programs with --float point at a float as if it were an int.
LENIENT = ['-w', '-Wno-incompatible-pointer-types', '-fno-strict-aliasing']

SECONDS = 1  # of processor time; programs take milliseconds, or for ever
PATIENCE = 120  # seconds for everything else
SKIPPED_MOST = 0.3

Run = collections.namedtuple('Run', 'output said code')
Counts = collections.namedtuple('Counts', 'calls edges')


def name_of(function):
    """Without the numbers by which the optimizer tells copies of one function apart."""
    return re.sub(r'(\.specialized)?\.\d+$', '', function.name)


class Skip(Exception):
    """The program is of no use: not the plugin's fault."""


class Program:
    """One random program: what was done with it, how often, and what was wrong."""

    def __init__(self, seed):
        self.seed = seed
        self.folder = WORK / str(seed)
        self.source = self.folder / 'program.c'
        self.done = collections.Counter()
        self.wrong = []
        self.skipped = None
        self.commands = []  # of the build at hand, to be repeated by hand

    def command(self, words, folder=None, **environment):
        """Runs it; returns None if it takes too long."""
        folder = folder or self.folder
        words = [str(word) for word in words]
        variables = [f'{name}={value}' for name, value in environment.items()]
        line = shlex.join(['env', *variables, *words] if variables else words)
        self.commands.append(f'(cd {shlex.quote(str(folder))} && {line})')
        inherited = {name: value for name, value in os.environ.items()
                     if not name.startswith('PROFINST_')}
        try:
            done = subprocess.run(words, cwd=folder, env={**inherited, **environment},
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return None
        return Run(done.stdout, done.stderr, done.returncode)

    def differs(self, what):
        self.wrong.append(what)

    # ---- steps --------------------------------------------------------------------------------

    def generate(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        flavour = FLAVOURS[self.seed // len(support.CLANGS) % len(FLAVOURS)]
        run = self.command(['prlimit', f'--cpu={5 * SECONDS}', support.tool('csmith'), '--seed',
                            self.seed, '--concise', *SIZE, *flavour, '--output', self.source])
        if not run or run.code:
            raise Skip('not generated')

    def build(self, kind, version, flags, *arguments):
        folder = self.folder / kind
        folder.mkdir(exist_ok=True)
        words = [support.clang(version), *flags.split(), DEBUG, *LENIENT, f'-I{HEADERS}']
        if 'lto' in flags:
            words.append(support.lld(version))
        if kind == 'instrumented':
            words += [f'-fplugin={support.PLUGIN}', *arguments]
        self.done['builds'] += 1
        return self.command([*words, self.source, '-lm', '-o', folder / 'program'])

    def run_plain(self, version, flags):
        built = self.build('plain', version, flags)
        if not built or built.code:
            raise Skip('cannot be compiled')
        self.done['runs'] += 1
        # The argument has it print the checksum after each global variable.
        run = self.command(['prlimit', f'--cpu={SECONDS}:{SECONDS + 1}', './program', '1'],
                           self.folder / 'plain')
        if not run or run.code < 0:
            raise Skip('does not end')
        return run

    def run_instrumented(self, version, flags, plain, *arguments):
        """The report of the profile, or None."""
        built = self.build('instrumented', version, flags, *arguments)
        if not built or built.code or built.said:
            return self.differs(f'cannot be compiled with the plugin: {built}')
        folder = self.folder / 'instrumented'
        profile = folder / 'profile'
        profile.unlink(missing_ok=True)
        self.done['runs'] += 1
        run = self.command(['./program', '1'], folder, PROFINST_OUTPUT=str(profile),
                           PROFINST_TIMING=support.TIMINGS[self.done['runs'] % len(support.TIMINGS)])
        if run != plain:
            return self.differs(f'runs otherwise:\nplain {plain}\ninstrumented {run}')
        printed = self.command([support.PROFINST, 'report', '--format=json', '--limit=0', '--edges',
                                '--contexts', profile])
        if not printed or printed.code or printed.said:
            return self.differs(f'no report: {printed}')
        try:
            report = support.Report(json.loads(printed.output))
            support.Case().check_invariants(report)
        except AssertionError as error:
            return self.differs(f'the profile does not agree with itself: {error}')
        if report.lost_calls or len(report.processes) != 1:
            self.differs(f'processes: {report.processes}')
        self.done['calls'] += sum(report.calls.values())
        return report

    def run_callgrind(self, plain):
        """The calls of functions, and of edges between them, that are in the debug information."""
        out = self.folder / 'callgrind.out'
        run = self.command([support.tool('valgrind'), '-q', *callgrind.OPTIONS,
                            f'--callgrind-out-file={out}', './program', '1'], self.folder / 'plain')
        if not run:
            raise Skip('callgrind takes too long')
        if run.output != plain.output or run.code != plain.code:
            raise Skip('runs otherwise under callgrind')
        executable = str(self.folder / 'plain' / 'program')
        calls, edges = collections.Counter(), collections.Counter()
        for (caller, callee), count in callgrind.read(out).items():
            if callee.object == executable and callee.file != '???':
                calls[name_of(callee)] += count
                if caller.object == executable and caller.file != '???':
                    edges[name_of(caller), name_of(callee)] += count
        return Counts(calls, edges)

    # ---- comparisons --------------------------------------------------------------------------

    def compare_counts(self, truth, report):
        edges = {edge: count for edge, count in report.edges.items() if edge[0]}
        for what, expected, counted in (('function', truth.calls, report.calls),
                                        ('edge', truth.edges, edges)):
            for key in sorted(expected.keys() | counted.keys()):
                if expected.get(key, 0) != counted.get(key, 0):
                    self.differs(f'{what} {key}: callgrind {expected.get(key, 0)}, '
                                 f'profinst {counted.get(key, 0)}')

    def builds(self, optimised):
        """(clang, flags, whether callgrind counts it); first the one at -O0 that it counts."""
        clangs = support.EVERY_CLANG
        first = clangs[self.seed % len(clangs)]
        yield first, NOT_OPTIMISED, True
        inlining = ' -fno-inline' if self.seed % 2 else ''
        counted = clangs[self.seed // 2 % len(clangs)]
        for number in range(optimised):
            version = clangs[(self.seed // 2 + number) % len(clangs)]
            level = LEVELS[(self.seed // 8 + number) % len(LEVELS)]
            # The linker optimises what has hooks otherwise than what has none.
            yield version, level + inlining, version == counted and 'lto' not in level

    def compare_to_truth(self, truth, report, kind):
        if report:
            self.compare_counts(truth, report)
            self.done[f'functions {kind}'] += len(truth.calls)
            self.done[f'edges {kind}'] += len(truth.edges)

    def compare_to_source(self, source, report):
        """Of an optimised build with its inlined calls."""
        for name, count in report.calls.items() if report else ():
            self.done['functions inlined'] += 1
            self.done['functions as at -O0'] += count == source.calls[name]
            if count > source.calls[name]:
                self.differs(f'function {name}: {count} calls, {source.calls[name]} at -O0')
        for edge, count in report.edges.items() if report else ():
            if count > source.edges[edge] and edge[0] != edge[1]:
                self.differs(f'edge {edge}: {count} calls, {source.edges[edge]} at -O0')

    def compare_all(self, optimised):
        source = None  # what callgrind counts at -O0
        for version, flags, counted in self.builds(optimised):
            self.commands.clear()
            plain = self.run_plain(version, flags)
            truth = self.run_callgrind(plain) if counted else None
            source = source or truth
            if flags == NOT_OPTIMISED:
                report = self.run_instrumented(version, flags, plain)
                self.compare_to_truth(source, report, '-O0')
            else:
                if truth:
                    self.compare_to_truth(truth, self.run_instrumented(
                        version, flags, plain, '-fplugin-arg-profinst-inlined=off'), 'optimised')
                self.compare_to_source(source, self.run_instrumented(version, flags, plain))
            self.tell(version, flags)

    def tell(self, version, flags):
        """Prints what has been found wrong with one build, and how to see it."""
        found = self.wrong[self.done['told']:]
        self.done['told'] = len(self.wrong)
        if found:
            print(f'seed {self.seed}, clang {version} {flags}:', *found[:20], 'Repeat:',
                  *self.commands, sep='\n  ', flush=True)

    def check(self, optimised):
        try:
            self.generate()
            self.compare_all(optimised)
            self.done['programs'] = 1
        except Skip as reason:
            self.skipped = str(reason)
        if not self.wrong:
            shutil.rmtree(self.folder)
        return self


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--first', type=int, default=1, metavar='SEED')
    parser.add_argument('--programs', type=int, default=50, metavar='N')
    parser.add_argument('--jobs', type=int, default=os.cpu_count(), metavar='N')
    parser.add_argument('--optimised', type=int, choices=range(1, 5), default=4, metavar='N',
                        help='so many optimised builds of each, of 4')
    options = parser.parse_args()
    if not HEADERS.is_dir():
        sys.exit(f'{HEADERS} is not there; on Debian it is in the package libcsmith-dev')

    done, skipped, wrong = collections.Counter(), collections.Counter(), 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        waiting = [pool.submit(Program(seed).check, options.optimised)
                   for seed in range(options.first, options.first + options.programs)]
        for number, future in enumerate(concurrent.futures.as_completed(waiting), 1):
            program = future.result()
            done.update(program.done)
            wrong += len(program.wrong)
            if program.skipped:
                skipped[program.skipped] += 1
            if number % 100 == 0:
                print(f'{number} seeds, {wrong} differences', flush=True)

    reasons = ', '.join(f'{count} {reason}' for reason, count in skipped.most_common())
    print(f'{done["programs"]} programs with {done["builds"]} builds and {done["runs"]} runs; '
          f'compared with callgrind: {done["functions -O0"]} functions and {done["edges -O0"]} '
          f'edges at -O0, {done["functions optimised"]} and {done["edges optimised"]} optimised; '
          f'{done["calls"]} calls recorded; {sum(skipped.values())} skipped'
          f'{f" ({reasons})" if reasons else ""}; {wrong} differences')
    if sum(skipped.values()) > SKIPPED_MOST * options.programs:
        sys.exit('too many are skipped')
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()

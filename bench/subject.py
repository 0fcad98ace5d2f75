"""One program, measured with every profiler."""

import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

import compiling
import process
from process import Failure
from profilers import BUILD, BUILDS, release_shared_memory
from programs import build
from spread import spread

# Costs of a call are not told of programs with fewer: they are lost in the noise.
CALLS_THAT_MATTER = 100000


def say(text):
    print(text, file=sys.stderr, flush=True)


class Subject:
    """A program with its executables, and what was measured of each profiler."""

    def __init__(self, program, profilers, options, work):
        self.program, self.options, self.work = program, options, work
        self.profilers = profilers
        self.executables = {}
        self.calls = {}
        self.samples = {}  # (profiler, input) -> [{cpu, wall, memory, disk, report}]
        self.failures = {}  # profiler -> reason
        self.report_failures = {}  # the same, of its report

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
            if profiler.report and profiler.name not in self.report_failures:
                try:
                    sample['report'] = self.report(profiler, executable, folder)
                except Failure as failure:
                    self.report_failures[profiler.name] = str(failure)
            if profiler.name == 'profinst-exact' and size not in self.calls:
                self.calls[size] = count_calls(os.path.join(folder, 'profile'))
        finally:
            release_shared_memory(folder)
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

    def prepare(self):
        """Builds everything, so that rounds are not torn apart by it."""
        say(f'{self.program.name}: building')
        for profiler in self.profilers:
            try:
                missing = profiler.missing()
                if missing:
                    raise Failure(missing)
                self.executable(profiler.build)
            except Failure as failure:
                self.failures[profiler.name] = str(failure)
                say(f'  {profiler.name}: {failure}')

    def measure(self):
        self.prepare()
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
        if profiler.name in self.report_failures:
            row['report_failure'] = self.report_failures[profiler.name]
        elif profiler.report:
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

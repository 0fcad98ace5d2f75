"""The profilers that are compared: how a program is built for each, run under it, and reported on."""

import glob
import os
import shutil

from programs import ROOT, Build

BUILD = os.path.realpath(os.environ.get('PROFINST_BUILD', os.path.join(ROOT, 'build')))
CLANG = os.environ.get('CLANG', '19')
PLUGIN = '-fplugin=' + os.path.join(BUILD, 'lib', 'libprofinst.so')
INLINED_OFF = '-fplugin-arg-profinst-inlined=off'
XRAY = f'llvm-xray-{CLANG}'


def clang(*flags):
    return Build(f'clang-{CLANG}', f'clang++-{CLANG}', list(flags))


def gcc(*flags):
    return Build('gcc', 'g++', list(flags))


BUILDS = {
    'bare': clang(),
    'bare-gcc': gcc(),
    'profinst': clang(PLUGIN),
    'profinst-inlined-off': clang(PLUGIN, INLINED_OFF),
    'pg': clang('-pg'),
    'pg-gcc': gcc('-pg'),
    'xray': clang('-fxray-instrument', '-fxray-instruction-threshold=1',
                  '-fxray-modes=xray-basic,xray-fdr,xray-profiling',
                  os.path.join(BUILD, 'bench', 'xray_start.o')),  # made by scripts/bench.sh
}


class Profiler:
    """`build` is the program's and `bare` the build that it is compared with. `run` is put before the
    program. `report` shows the result, and is None where nothing can; `{program}` in it is the
    executable, and a word with `*` is files that were written. A profiler that is `slow` gets the small
    input. `needs` is {command: Debian package}."""

    def __init__(self, name, label, build, bare='bare', run=(), environment=None, report=None,
                 slow=False, needs=None, note=''):
        self.name, self.label, self.build, self.bare = name, label, build, bare
        self.run, self.environment, self.report = list(run), environment or {}, report
        self.slow, self.needs, self.note = slow, needs or {}, note

    def missing(self):
        """Why it cannot be run here, or None."""
        for command, package in self.needs.items():
            if not shutil.which(command):
                return f'{command} is not installed; on Debian it is in the package {package}'
        return None


def release_shared_memory(folder):
    """What uftrace leaves in memory when it is killed; the name of its session is on one of its files."""
    for path in glob.glob(os.path.join(folder, 'data', 'sid-*.map')):
        session = os.path.basename(path)[len('sid-'):-len('.map')]
        for segment in glob.glob(f'/dev/shm/uftrace-{session}-*'):
            os.unlink(segment)


def profinst(mode, build='profinst', suffix=''):
    return Profiler(f'profinst-{mode}{suffix and "-" + suffix}',
                    f'profinst, {mode}{suffix and ", " + suffix}', build,
                    environment={'PROFINST_TIMING': mode, 'PROFINST_OUTPUT': 'profile'},
                    report=None if mode == 'off' else
                    [os.path.join(BUILD, 'bin', 'profinst'), 'report', 'profile'])


def xray(mode, environment, note, has_report=True):
    return Profiler(f'xray-{mode}', f'XRay, {mode} mode', 'xray', slow=True, environment=environment,
                    report=[XRAY, 'account', '-k', '-d', '--sort=sum', '--sortorder=dsc',
                            '--instr_map={program}', 'xray-log.*'] if has_report else None,
                    needs={XRAY: f'llvm-{CLANG}'}, note=note)


def gprof(suffix, label, bare, build):
    return Profiler(f'gprof-{suffix}', f'gprof ({label} -pg)', build, bare=bare,
                    report=['gprof', '{program}', 'gmon.out'], needs={'gprof': 'binutils'},
                    note='Counts the arcs between functions, samples time 100 times a second.')


XRAY_CLOCK = (' Where the kernel does not tell the frequency of the time stamp counter, as in many virtual'
              ' machines, XRay asks the system for the time instead.')

PROFILERS = [
    Profiler('bare', f'bare (clang {CLANG})', 'bare'),
    profinst('exact'),
    profinst('auto'),
    profinst('auto', 'profinst-inlined-off', 'inlined=off'),
    profinst('counts'),
    profinst('off'),
    Profiler('bare-gcc', 'bare (gcc)', 'bare-gcc', bare='bare-gcc'),
    gprof('clang', f'clang {CLANG}', 'bare', 'pg'),
    gprof('gcc', 'gcc', 'bare-gcc', 'pg-gcc'),
    Profiler('perf', 'perf record -g', 'bare', run=['perf', 'record', '-g', '-o', 'perf.data'],
             report=['perf', 'report', '--stdio', '-i', 'perf.data'], needs={'perf': 'linux-perf'},
             note='Samples 4,000 times a second where that is allowed; no counts. Its own processor'
                  ' time is included, of which a part does not depend on how long the program runs.'),
    Profiler('uftrace', 'uftrace record (gcc -pg)', 'pg-gcc', bare='bare-gcc', run=['uftrace', 'record', '-d', 'data'],
             report=['uftrace', 'report', '-d', 'data'], slow=True, needs={'uftrace': 'uftrace'},
             note='All settings as they are by default; every call is written down. The processor time of'
                  ' the process that does it is included. With clang -pg it aborts at the C++ exceptions of'
                  ' the JSON program, and with either compiler at the errors of tests/real/workload.lua.'),
    xray('basic', {'XRAY_OPTIONS': 'patch_premain=true xray_mode=xray-basic'},
         'Works by environment variables alone. By default it keeps no call below 5 µs.' + XRAY_CLOCK),
    xray('fdr', {'BENCH_XRAY_MODE': 'xray-fdr'},
         'Writes no log unless the program calls XRay at its start and end: bench/xray_start.c does. The'
         ' log is a ring of 1.6 MB by default, so what is reported is the end of the run; what it says of'
         ' calls whose beginning is lost are errors, which `llvm-xray account -k` prints one by one.'),
    xray('profiling', {'BENCH_XRAY_MODE': 'xray-profiling'},
         'Has to be started by the program and linked in by -fxray-modes. Its file has times by context,'
         ' and there is no command that reads it.', has_report=False),
    Profiler('callgrind', 'callgrind', 'bare', slow=True,
             run=['valgrind', '--tool=callgrind', '--callgrind-out-file=callgrind.out'],
             report=['callgrind_annotate', 'callgrind.out'], needs={'valgrind': 'valgrind'},
             note='Counts instructions on a simulated processor, one thread at a time.'),
]

"""What the plugin adds to compiling and to the size of what is compiled."""

import os
import subprocess

import process
from profilers import BUILDS
from programs import PROGRAMS, ROOT, build
from spread import spread

VARIANTS = {'bare': 'bare', 'inlined=off': 'profinst-inlined-off', 'default': 'profinst'}
LIMITS = process.Limits(600, 10**9)


def sections(executable):
    """Bytes of code and of data, as `size` tells them."""
    lines = subprocess.run(['size', executable], check=True, stdout=subprocess.PIPE, text=True).stdout
    text, data, bss = lines.splitlines()[1].split()[:3]
    return {'text': int(text), 'data': int(data), 'bss': int(bss)}


def measure(rounds, work):
    """Processor time of compiling sqlite3.c at -O2 into an object, in turn."""
    sources = os.environ.get('PROFINST_SOURCES', os.path.join(ROOT, 'build', 'sources'))
    source = os.path.join(os.path.realpath(sources), 'sqlite3-amalgamation', 'sqlite3.c')
    times = {name: [] for name in VARIANTS}
    folder = os.path.join(work, 'compiling')
    os.mkdir(folder)
    try:
        if not os.path.exists(source):
            [program] = [program for program in PROGRAMS if program.name == 'sqlite']
            build(program, BUILDS['bare'], os.path.join(work, 'made-with-sqlite3.c'))
        for _ in range(rounds):
            for name, variant in VARIANTS.items():
                how = BUILDS[variant]
                command = [how.cc, '-O2', *how.flags, '-c', source, '-o', 'sqlite3.o']
                times[name].append(process.run(command, folder, LIMITS).cpu)
    except process.Failure as failure:
        return {'failure': str(failure)}
    return {'rounds': rounds, 'rows': [
        {'variant': name, 'cpu_s': spread(values),
         'ratio': spread([value / bare for value, bare in zip(values, times['bare'])])}
        for name, values in times.items()]}

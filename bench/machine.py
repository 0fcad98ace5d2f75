"""What the figures were taken on."""

import os
import platform
import re
import subprocess

from profilers import CLANG
from programs import ROOT


def first_line(*command):
    try:
        output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                stdin=subprocess.DEVNULL, check=False).stdout
    except OSError:
        return None
    return output.splitlines()[0].strip() if output else None


def processor():
    with open('/proc/cpuinfo') as file:
        match = re.search(r'^model name\s*: (.*)', file.read(), re.MULTILINE)
    return match.group(1).strip() if match else platform.machine()


def describe():
    return {
        'processor': processor(),
        'cores': os.cpu_count(),
        'system': platform.freedesktop_os_release()['PRETTY_NAME'],
        'kernel': platform.release(),
        'load_before': os.getloadavg()[0],
        'commit': first_line('git', '-C', ROOT, 'rev-parse', '--short', 'HEAD'),
        'versions': {
            'clang': first_line(f'clang-{CLANG}', '--version'),
            'gcc': first_line('gcc', '--version'),
            'gprof': first_line('gprof', '--version'),
            'uftrace': first_line('uftrace', '--version'),
            'valgrind': first_line('valgrind', '--version'),
            'perf': first_line('perf', '--version'),
        },
    }

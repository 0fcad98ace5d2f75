"""Runs one process within limits of time and disk, and tells what it used.

Processor time is that of the process and all its children, from the kernel. The peak of memory is
GNU time's: Python's own would be counted into that of its child.
"""

import collections
import os
import signal
import subprocess
import threading
import time

Limits = collections.namedtuple('Limits', 'seconds bytes')

# Seconds and bytes. Memory is the peak of the largest process.
Usage = collections.namedtuple('Usage', 'cpu wall memory')

WATCH_SECONDS = 0.2


class Failure(Exception):
    """A process that did not end as it should; the message is for people."""


def bytes_in(folder):
    """What the files in a folder take on the disk."""
    total = 0
    for path, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(path, name)).st_blocks * 512
            except FileNotFoundError:
                pass
    return total


class Watch(threading.Thread):
    """Kills a process group that goes beyond its limits."""

    def __init__(self, group, folder, limits):
        super().__init__(daemon=True)
        self.group, self.folder, self.limits = group, folder, limits
        self.exceeded = None
        self.ended = threading.Event()

    def run(self):
        start = time.monotonic()
        while not self.ended.wait(WATCH_SECONDS):
            if time.monotonic() - start > self.limits.seconds:
                self.exceeded = f'more than {self.limits.seconds} s'
            elif bytes_in(self.folder) > self.limits.bytes:
                self.exceeded = f'more than {self.limits.bytes // 10**6} MB on disk'
            if self.exceeded:
                os.killpg(self.group, signal.SIGKILL)
                return

    def stop(self):
        self.ended.set()
        self.join()


def last_line(path):
    with open(path, errors='replace') as file:
        lines = [line.strip() for line in file if line.strip()]
    return lines[-1] if lines else 'no message'


def run(command, folder, limits, environment=None):
    """Runs a command in a folder, which should hold nothing but what the command writes. What it
    prints is thrown away. Raises Failure."""
    usage, errors = folder + '.usage', folder + '.errors'
    command = [str(word) for word in command]
    with open(errors, 'w') as error_file:
        start = time.monotonic()
        process = subprocess.Popen(['/usr/bin/time', '-q', '-f', '%M', '-o', usage] + command,
                                   cwd=folder, env=dict(os.environ, **(environment or {})),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=error_file, start_new_session=True)
        watch = Watch(process.pid, folder, limits)
        watch.start()
        try:
            _, status, resources = os.wait4(process.pid, 0)
        except BaseException:  # whoever is interrupted leaves nothing that runs on
            os.killpg(process.pid, signal.SIGKILL)
            raise
        wall = time.monotonic() - start
        watch.stop()
        process.returncode = os.waitstatus_to_exitcode(status)
    if watch.exceeded:
        raise Failure(f'{os.path.basename(command[0])} took {watch.exceeded}')
    if process.returncode != 0:
        raise Failure(f'{os.path.basename(command[0])} failed with {process.returncode}: '
                      f'{last_line(errors)}')
    with open(usage) as file:
        memory = int(file.read().split()[-1]) * 1024
    return Usage(resources.ru_utime + resources.ru_stime, wall, memory)

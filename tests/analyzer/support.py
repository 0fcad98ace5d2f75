"""What the tests of the profinst command share: running it, and a folder of its own for each test."""

import fcntl
import json
import os
import pathlib
import pty
import sqlite3
import struct
import subprocess
import tempfile
import termios
import unittest
import zlib

from profile_writer import Profile, encode

HERE = pathlib.Path(__file__).resolve().parent
PROFINST = pathlib.Path(os.environ["PROFINST_BUILD"]) / "bin" / "profinst"
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "LSAN_OPTIONS": f"suppressions={HERE / 'leaks.supp'}:print_suppressions=0",
}
SANITIZER_SIGNS = ("AddressSanitizer", "LeakSanitizer", "runtime error:")


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def profinst(self, *arguments, code=0, stdout=subprocess.PIPE):
        """Runs the command in the test's folder and expects the exit code and no sanitizer's word."""
        result = subprocess.run([PROFINST, *map(str, arguments)], cwd=self.folder, env=ENVIRONMENT,
                                stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE)
        result.stderr = result.stderr.decode()
        for sign in SANITIZER_SIGNS:
            self.assertNotIn(sign, result.stderr)
        codes = code if isinstance(code, tuple) else (code,)
        self.assertIn(result.returncode, codes, result.stderr)
        return result

    def output(self, *arguments):
        result = self.profinst(*arguments)
        self.assertEqual(result.stderr, "")
        return result.stdout.decode()

    def fails(self, code, message, *arguments):
        """Expects exactly this message and nothing on standard output."""
        result = self.profinst(*arguments, code=code)
        self.assertEqual(result.stderr, "profinst: " + message + "\n")
        self.assertEqual(result.stdout, b"")

    def terminal(self, columns, *arguments, lines=1000, code=0, answer=None, **environment):
        """What it writes on a terminal of that size, its messages too. `answer`: function that is given
        all that was written so far, whenever there is more, and returns keys to be pressed, or None."""
        process, terminal = pty.fork()
        if process == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("4H", lines, columns, 0, 0))
            os.chdir(self.folder)
            os.execve(PROFINST, ["profinst", *map(str, arguments)],
                      ENVIRONMENT | {"TERM": "xterm", "PROFINST_PROGRESS": "off"} | environment)
        text = b""
        try:
            while part := os.read(terminal, 65536):
                text += part
                if keys := answer and answer(text):
                    os.write(terminal, keys)
        except OSError:  # how a terminal says that the other side is gone
            pass
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), code, text)
        text = text.decode()
        for sign in SANITIZER_SIGNS:
            self.assertNotIn(sign, text)
        return text.replace("\r\n", "\n")

    def write(self, profile, name="app.profinst"):
        return profile.write(self.folder / name).name

    def report(self, *arguments):
        return json.loads(self.output("report", "--format=json", *arguments))

    def database(self, name="profinst.db"):
        connection = sqlite3.connect(self.folder / name)
        self.addCleanup(connection.close)
        return connection

    def files(self):
        return sorted(path.name for path in self.folder.iterdir())


def example():
    """A program with everything ordinary in it: two modules, C++ names, recursion, a worker thread."""
    profile = Profile()
    main = profile.function("main", "src/app.c", 10)
    parse = profile.function("_ZN5store5parseERKNS_5InputEi", "src/store.cc", 42)
    visit = profile.function("visit", "src/tree.c", 7)
    compress = profile.function("compress", module="/usr/lib/libsqueeze.so.2")

    thread = profile.thread("app", outside=1_500_000)
    in_main = thread.context(thread.root, main, 1, 2_000_000)
    in_parse = thread.context(in_main, parse, 250, 40_250_000)
    in_visit = thread.context(in_parse, visit, 1_000, 300_000_123)
    thread.cross(in_visit, in_visit, 1_234_567)
    thread.cross(in_visit, in_parse, 12)
    thread.context(in_visit, compress, 70, 600_000)
    thread.context(in_main, compress, 3, 1_000_000)

    worker = profile.thread("worker", outside=50_000_000, threads=2)
    worker.context(worker.root, compress, 20, 150_000_000)
    return profile


def inlined_example():
    """One as the optimizer makes them: inlined calls, some functions with nothing else, and calls out
    of the build."""
    profile = Profile()
    main = profile.function("main", "src/app.c", 10)
    parse = profile.function("_ZN5store5parseERKNS_5InputEi", "src/store.cc", 42)
    peek = profile.function("_ZNK5store5Input4peekEv", "src/store.h", 12)
    skip = profile.function("_ZN5store5Input4skipEi", "src/store.h", 20)
    grow = profile.function("grow", "src/buffer.c", 30)
    put = profile.function("put", "src/buffer.c", 55, shown="buffer: put")
    read, realloc, sort = map(profile.external, ("read", "realloc", "qsort"))
    order = profile.function("order", "src/app.c", 3)

    thread = profile.thread("app", outside=1_500_000)
    in_main = thread.context(thread.root, main, 1, 2_000_000)
    code = profile.code(parse, [(skip, 0), (peek, 1), (peek, 0), (put, 0), (grow, 4)])
    in_parse = thread.context(in_main, code, 250, 140_250_000,
                              [40_000, 1_200_000, 800_000, 90_000, 60])
    in_put = thread.inlined(in_parse, put)
    thread.context(thread.inlined(in_put, grow), realloc, 60, 12_000_000)
    thread.context(in_put, grow, 14, 3_000)
    thread.context(in_parse, peek, 1_500, 75_000)
    thread.context(in_main, read, 260, 31_000_000)
    thread.context(thread.context(in_main, sort, 2, 20_000_000), order, 130_000, 9_100_000)
    thread.cross(in_parse, in_parse, 12, code, [100, 5_000, 0, 0, 0])
    return profile


def choice(rules, functions, sites=None):
    """A unit's selection, unpacked. Rules are (text, origin, given, matched), functions (name, file,
    line, rule, selected, size, and perhaps a fingerprint), sites (index of the caller, callee, file, line, flags); None: there was
    no debug information."""
    texts = {}

    def offset(text):
        return texts.setdefault(text, sum(len(encode(other)) + 1 for other in texts))

    rows = [struct.pack("<4I", offset(text), offset(origin), given, matched)
            for text, origin, given, matched in rules]
    rows += [struct.pack("<6IQ", offset(name), offset(file), *numbers[:4], *numbers[4:] or (0,))
             for name, file, *numbers in functions]
    rows += [struct.pack("<5I", caller, offset(callee), offset(file), line, flags)
             for caller, callee, file, line, flags in sites or ()]
    body = b"".join(encode(text) + b"\0" for text in texts)
    head = struct.pack("<5I", len(rules), len(functions), len(sites or ()), len(body), sites is not None)
    return head + b"".join(rows) + body


def select(profile, path, rules, functions, digest=0, module=None, sites=None):
    """Adds a unit with its selection."""
    content = choice(rules, functions, sites)
    profile.selection(profile.unit(path, digest, module), zlib.compress(content), len(content))

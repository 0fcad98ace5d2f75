"""What the tests of recording share: compiling with the plugin, running, and reading the profile.

A program in programs/ states its own truth, at the line of a function's name, and anywhere for edges
and contexts:

    NOINLINE int walk(int n) // calls: walk 10
    // edge: main -> walk 10
    // path: main walk 10
"""

import collections
import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["PROFINST_BUILD"]).resolve()
PLUGIN = BUILD / "lib" / "libprofinst.so"
RUNTIME = BUILD / "lib" / "libprofinst_rt.so"
ARCHIVE = BUILD / "lib" / "libprofinst_rt.a"
PROFINST = BUILD / "bin" / "profinst"
PROGRAMS = pathlib.Path(__file__).resolve().parent / "programs"
ROOT = pathlib.Path(__file__).resolve().parents[2]

EVERY_CLANG = (14, 16, 19, 22)
NEWEST = 22
# What most tests compile with. Those of how programs are built and of what every clang does differently use
# every one of them; the others do where PROFINST_CLANGS is "all".
CLANGS = EVERY_CLANG if os.environ.get("PROFINST_CLANGS") == "all" else (14, NEWEST)
TIMINGS = ("exact", "auto", "counts")
PACKAGES = {
    "aarch64-linux-gnu-gcc": "gcc-aarch64-linux-gnu",
    "cmake": "cmake",
    "make": "make",
    "chroot": "coreutils",
    "mount": "mount",
    "nm": "binutils",
    "objcopy": "binutils",
    "ld.bfd": "binutils",
    "ld.gold": "binutils",
    "qemu-aarch64": "qemu-user",
    "readelf": "binutils",
    "setpriv": "util-linux",
}


def tool(name):
    """The path of a program that the tests need. One that is missing is a failure, not a skip."""
    path = shutil.which(name)
    if not path:
        stem, _, version = name.rpartition("-")
        package = PACKAGES.get(name, f"{stem.replace('++', '')}-{version}" if version.isdigit() else name)
        if stem in ("opt", "llvm-profdata"):
            package = f"llvm-{version}"
        raise AssertionError(f"{name} is not installed; on Debian it is in the package {package}")
    return path


def clang(version, language="c"):
    return tool(f"clang{'++' if language == 'c++' else ''}-{version}")


def lld(version):
    """The flag for the lld of a clang; LTO needs the one that reads its bitcode."""
    path = f"/usr/lib/llvm-{version}/bin/ld.lld"
    if not os.path.exists(path):
        raise AssertionError(f"{path} is not installed; on Debian it is in the package lld-{version}")
    return f"--ld-path={path}"


def program(name):
    return PROGRAMS / name


def language_of(source):
    return "c" if pathlib.Path(source).suffix == ".c" else "c++"


Stated = collections.namedtuple("Stated", "calls edges places paths")


def stated(*sources):
    """What the sources say of themselves: calls and (file, line) by linkage name, calls by edge, calls
    by path of names."""
    truth = Stated({}, {}, {}, {})
    for source in sources:
        for number, line in enumerate(pathlib.Path(source).read_text().splitlines(), 1):
            for name, calls in re.findall(r"calls: (\S+) (\d+)", line):
                assert name not in truth.calls, f"{source}:{number}: {name} is stated twice"
                truth.calls[name] = int(calls)
                truth.places[name] = (str(source), number)
            for caller, callee, calls in re.findall(r"edge: (\S+) -> (\S+) (\d+)", line):
                truth.edges[caller, callee] = int(calls)
            for path, calls in re.findall(r"path: (.+) (\d+)$", line):
                truth.paths[tuple(path.split())] = int(calls)
    return truth


def walked(times):
    """The calls that walk() of places.h makes."""
    return {"leaf": times * 4096, **{f"{side}_{level}": times * 2 ** (12 - level)
                                     for side in ("left", "right") for level in range(1, 13)}}


class Report:
    """What `profinst report` says of profiles. Functions and edges are known by linkage name; where
    functions share one, by "module:source:linkage name" (edges of such are not told apart)."""

    def __init__(self, data):
        self.data = data
        self.processes = data["processes"]
        names = collections.Counter(row["linkage_name"] for row in data["functions"])
        self.functions = {}
        for row in data["functions"]:
            name = row["linkage_name"]
            source = pathlib.Path(row["file"] or "").stem
            key = name if names[name] == 1 else f"{row['module']}:{source}:{name}"
            assert key not in self.functions, f"{key} has two rows"
            self.functions[key] = row
        self.edges = collections.Counter()
        self.recursive_edges = collections.Counter()
        for row in data["edges"]:
            edge = row["caller_linkage_name"], row["callee_linkage_name"]
            self.edges[edge] += row["calls"]
            self.recursive_edges[edge] += row["recursive_calls"]
        self.contexts = {}
        for row in data["contexts"]:  # one for each thread and process
            whole = self.contexts.setdefault(tuple(row["path"]), collections.Counter())
            whole.update({key: row[key] or 0 for key in ("calls", "self_ns", "cumulative_ns")})

    @property
    def has_times(self):
        return all(process["timing"] != "counts" for process in self.processes)

    @property
    def calls(self):
        return {name: row["calls"] for name, row in self.functions.items()}

    @property
    def places(self):
        return {name: (row["file"], row["line"]) for name, row in self.functions.items()}

    @property
    def paths(self):
        """Calls by path of names, without parameter lists."""
        paths = collections.Counter()
        for path, row in self.contexts.items():
            paths[tuple(re.sub(r"\(.*", "", name) for name in path)] += row["calls"]
        return dict(paths)

    @property
    def lost_calls(self):
        return sum(process["lost_calls"] for process in self.processes)


class Case(unittest.TestCase):
    # Set by tests that kill, or jump out of, a hook in the middle of an event: the time since the event
    # before may be in no context then.
    interrupts_events = False

    # The ways of timing that `profile` runs a program in, one after another. They see the same calls.
    timings = (None,)

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="profinst-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()

    # ---- compiling ----------------------------------------------------------------------------

    def command(self, *words, code=0, **options):
        """Runs a command in the test's folder and expects an exit code; returns the result."""
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("PROFINST_")}
        environment.update(options.pop("environment", {}))
        options.setdefault("cwd", self.folder)
        options.setdefault("timeout", 120)
        options.setdefault("stdin", subprocess.DEVNULL)
        result = subprocess.run([str(word) for word in words], env=environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        if code is not None:
            self.assertEqual(result.returncode, code,
                             f"{' '.join(map(str, words))}\n{result.stdout}{result.stderr}")
        return result

    def compile(self, output, *words, version=NEWEST, plugin=PLUGIN, language=None):
        """Compiles to `output`: words are flags and sources. Expects silence. `plugin` None: without."""
        is_cpp = any(str(word).endswith(".cpp") for word in words)
        compiler = clang(version, language or ("c++" if is_cpp else "c"))
        flags = [f"-fplugin={plugin}"] if plugin else []
        result = self.command(compiler, *flags, *words, "-o", output)
        said = result.stderr
        if "-fuse-ld=gold" in words:
            # It warns of dlopen in every static program that could call it.
            said = "".join(line for line in said.splitlines(keepends=True)
                           if "Using 'dlopen' in statically linked" not in line)
        self.assertEqual(said, "")
        return self.folder / output

    # ---- running ------------------------------------------------------------------------------

    def profiles(self):
        return sorted(self.folder.glob("*.profinst"))

    def execute(self, executable, *arguments, code=0, stderr="", **options):
        """Runs a program, expects its exit code and what it says on standard error (None: anything)."""
        result = self.command(self.folder / executable, *arguments, code=code, **options)
        if stderr is not None:
            self.assertEqual(result.stderr, stderr)
        return result

    def profile(self, executable, *arguments, **options):
        """Runs a program that leaves one profile, and returns the report of it. `output` of the report
        is what the program printed."""
        reports = [self.profile_timed(timing, executable, *arguments, **options)
                   for timing in self.timings]
        for timing, report in zip(self.timings[1:], reports[1:]):
            for what in "calls", "edges", "recursive_edges", "paths", "lost_calls", "output":
                self.assertEqual(getattr(report, what), getattr(reports[0], what), f"{what}, {timing}")
        return reports[0]

    def profile_timed(self, timing, executable, *arguments, environment=None, **options):
        """The same, with PROFINST_TIMING; None: as it is by default."""
        for old in self.profiles():
            old.unlink()
        environment = {**({"PROFINST_TIMING": timing} if timing else {}), **(environment or {})}
        result = self.execute(executable, *arguments, environment=environment, **options)
        self.assertEqual(len(self.profiles()), 1, self.profiles())
        report = self.report(*self.profiles())
        report.output = result.stdout
        return report

    def report(self, *files):
        result = self.command(PROFINST, "report", "--format=json", "--limit=0", "--edges",
                              "--contexts", *files)
        self.assertEqual(result.stderr, "")
        report = Report(json.loads(result.stdout))
        self.check_invariants(report)
        return report

    def dump(self, file):
        """The header of a profile as a dict of words, and the lines behind it."""
        lines = self.command(PROFINST, "dump", file).stdout.splitlines()
        header = dict(line.split(" ", 1) for line in lines if not line.startswith((" ", "chunk")))
        return header, [line.strip() for line in lines if line.startswith((" ", "chunk"))]

    # ---- what holds for every profile ---------------------------------------------------------

    def check_invariants(self, report):
        calls = collections.Counter()
        for path, row in report.contexts.items():
            calls[path[-1]] += row["calls"]
        by_name = collections.Counter()
        for row in report.functions.values():
            by_name[row["function"]] += row["calls"]
        self.assertEqual(calls, by_name)
        if report.has_times:
            self.check_times(report)

    def check_times(self, report):
        children = collections.Counter()
        for path, row in report.contexts.items():
            self.assertGreaterEqual(row["self_ns"], 0, path)
            self.assertLessEqual(row["self_ns"], row["cumulative_ns"], path)
            children[path[:-1]] += row["cumulative_ns"]
        width = len(report.data["contexts"]) + len(report.processes)
        for path, row in report.contexts.items():
            self.assertAlmostEqual(row["cumulative_ns"], row["self_ns"] + children[path],
                                   delta=width, msg=path)
        self.assertAlmostEqual(
            report.data["total_ns"],
            report.data["outside_ns"] + sum(row["self_ns"] for row in report.contexts.values()) +
            report.data["unattributed_ns"],
            delta=width)
        if not self.interrupts_events:
            self.assertEqual(report.data["unattributed_ns"], 0)

    def check_stated(self, report, *sources):
        """Expects the calls and edges that the sources state, and no others."""
        truth = stated(*sources)
        self.assertEqual(report.calls, truth.calls)
        self.assertEqual(dict(report.edges), truth.edges)
        self.assertEqual(report.lost_calls, 0)

    def check_paths(self, report, *sources):
        """Expects the contexts that the sources state, and no others."""
        self.assertEqual(report.paths, stated(*sources).paths)
        self.assertEqual(report.lost_calls, 0)


def in_each_timing(case):
    """A decorator of test classes whose programs call something else in each run: the class itself for the
    first way of timing, and one more for each of the others."""
    case.timings = TIMINGS[:1]
    for timing in TIMINGS[1:]:
        name = f"{case.__name__}_{timing}"
        setattr(sys.modules[case.__module__], name,
                type(name, (case,), {"timings": (timing,), "__module__": case.__module__}))
    return case


@contextlib.contextmanager
def each(case, **what):
    """A subtest with a folder of its own."""
    with case.subTest(**what), tempfile.TemporaryDirectory(prefix="profinst-test-") as folder:
        outer, case.folder = case.folder, pathlib.Path(folder).resolve()
        try:
            yield
        finally:
            case.folder = outer


main = unittest.main

"""The tools that open what `profinst export` writes, and what they show of it."""

import collections
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import xml.dom.minidom

FLAMEGRAPH = "/usr/share/perl5/Devel/NYTProf/flamegraph.pl"
COST = re.compile(r"^ *([\d,]+)(?: +([\d,]+))?  (?:([*>]) +)?(.*) \[(.*)\]$")
CALLS = re.compile(r"^(.*) \(([\d,]+)x\)$")
FLAT = re.compile(r"^ *(\d+(?:\.\d+)?)(\w*) +\S+% +\S+% +(\d+(?:\.\d+)?)(\w*) +\S+% +(.*)$")
TAG = re.compile(r"^ *(\d+(?:\.\d+)?)(\w*) \(.*?\): (.*)$")


def tool(package, *command, file=None, input=None):
    """What the command prints; `package` is where it is from."""
    if shutil.which(command[0]) is None or not os.path.exists(file or "/"):
        raise AssertionError(f"{file or command[0]} is not there: install the Debian package {package}")
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "PPROF_TMPDIR": home, "LC_ALL": "C.UTF-8"}
        result = subprocess.run([*map(str, command)], input=input, env=environment, check=False, cwd=home,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if result.returncode != 0 or result.stderr:
        raise AssertionError(f"{command}: {result.returncode}: {result.stderr.decode()}")
    return result.stdout.decode()


def number(text):
    return int(text.replace(",", ""))


class Annotation:
    """What callgrind_annotate shows: costs of functions by (file:function, module), in the order of the
    events; and those of calls, with their number in front, by the pair of caller and callee."""

    def __init__(self, path):
        text = self.annotate(path)
        self.events = re.search(r"^Events shown: +(.*)$", text, re.MULTILINE)[1].split()
        self.target = re.search(r"^Profiled target: +(.*)$", text, re.MULTILINE)[1]
        self.totals = [number(match[0]) for match in
                       re.finditer(r"[\d,]+", re.search(r"^(.*)  PROGRAM TOTALS$", text, re.MULTILINE)[1])]
        self.own = dict(self.functions(text))
        self.inclusive = dict(self.functions(self.annotate(path, "--inclusive=yes")))
        self.calls = dict(self.edges(self.annotate(path, "--inclusive=yes", "--tree=calling")))

    @staticmethod
    def annotate(path, *options):
        return tool("valgrind", "callgrind_annotate", "--show-percs=no", "--threshold=100", "--auto=no",
                    *options, path)

    def rows(self, text):
        for line in text.split("file:function\n", 1)[1].splitlines():
            match = COST.match(line)
            if match:
                yield match[3], match[4], match[5], tuple(map(number, match.groups()[:len(self.events)]))

    def functions(self, text):
        return (((function, module), costs) for _, function, module, costs in self.rows(text))

    def edges(self, text):
        caller = None
        for mark, function, module, costs in self.rows(text):
            if mark == "*":
                caller = function, module
            else:
                callee, count = CALLS.match(function).groups()
                yield (caller, (callee, module)), (number(count), *costs)


def pprof(path, *options):
    return tool("golang-go", "go", "tool", "pprof", "-symbolize=none", "-nodecount=0", "-nodefraction=0",
                "-edgefraction=0", "-unit=ns", *options, path)


def exact(amount, unit):
    """Numbers as they stand in the file; anything else would be rounded."""
    amount = amount.removesuffix(".0")
    if unit not in ("", "ns") or "." in amount:
        raise AssertionError(f"{amount} {unit} is no whole number of calls or nanoseconds")
    return int(amount)


def pprof_top(path, value):
    """{function: (flat, cumulative)} of one of the values."""
    text = pprof(path, "-top", f"-sample_index={value}")
    rows = (FLAT.match(line) for line in text.split("cum%\n", 1)[1].splitlines())
    return {row[5]: (exact(row[1], row[2]), exact(row[3], row[4])) for row in rows}


def pprof_tags(path, value):
    """{label: {text: sum}} of one of the values."""
    tags, rows = {}, None
    for line in pprof(path, "-tags", f"-sample_index={value}").splitlines():
        head = re.match(r"^ (\w+): Total ", line)
        match = TAG.match(line)
        if head:
            rows = tags.setdefault(head[1], {})
        elif match:
            rows[match[3]] = exact(match[1], match[2])
    return tags


def flamegraph(path):
    """{name: cumulative} of the frames in the picture, those of one name together: flamegraph.pl draws some
    in two pieces, as it sorts lines and not frames (`f2` comes between `f` and `f;g`)."""
    svg = tool("libdevel-nytprof-perl", "perl", FLAMEGRAPH, "--countname=ns", "--minwidth=0", path,
               file=FLAMEGRAPH)
    titles = (title.firstChild.data for title in
              xml.dom.minidom.parseString(svg).getElementsByTagName("title"))
    frames = (re.match(r"^(.*) \(([\d,]+) ns, [\d.]+%\)$", title) for title in titles)
    sums = collections.Counter()
    for frame in frames:
        sums[frame[1]] += number(frame[2])
    return sums


def metrics(text, openmetrics):
    """{sample: {labels: value}}, by the parser of Prometheus' own client; values are floats."""
    try:
        from prometheus_client import parser
        from prometheus_client.openmetrics import parser as open_parser
    except ImportError:
        raise AssertionError("no parser of metrics: install python3-prometheus-client, and run with "
                             "/usr/bin/python3") from None
    parse = open_parser if openmetrics else parser
    samples = {}
    for family in parse.text_string_to_metric_families(text):
        for sample in family.samples:
            rows = samples.setdefault(sample.name, {})
            labels = tuple(sorted(sample.labels.items()))
            if labels in rows:
                raise AssertionError(f"{sample.name}{labels} is there twice")
            rows[labels] = sample.value
    return samples


def check_metrics(text):
    """What promtool finds fault with."""
    return tool("prometheus", "promtool", "check", "metrics", input=text.encode())


def folded(text):
    """{stack: own} of folded stacks."""
    stacks = {}
    for line in text.splitlines():
        stack, amount = line.rsplit(" ", 1)
        path = tuple(stack.split(";"))
        stacks[path] = stacks.get(path, 0) + int(amount)
    return stacks


def cumulative(stacks):
    """{stack: cumulative} of {stack: own}; the empty stack is all."""
    sums = collections.Counter()
    for stack, amount in stacks.items():
        for depth in range(len(stack) + 1):
            sums[stack[:depth]] += amount
    return dict(sums)

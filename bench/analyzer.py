"""The measuring of analyzer.sh: analyzer.py PROFINST ROUNDS JSON SIZE..., in the folder of the profiles."""

import json
import os
import re
import statistics
import subprocess
import sys
import time

PROFINST, ROUNDS, JSON, *SIZES = sys.argv[1:]
COMMANDS = {
    "load": ["load", "--db", "{0}.db", "{0}.profinst"],
    "report, database": ["report", "--db", "{0}.db"],
    "report --edges, database": ["report", "--edges", "--db", "{0}.db"],
    "graph, database": ["graph", "-o", "{0}.svg", "--db", "{0}.db"],
    "report, file": ["report", "{0}.profinst"],
    "graph, file": ["graph", "-o", "{0}.svg", "{0}.profinst"],
}


def run(arguments):
    """Seconds by the wall and of the processor, peak memory in bytes, and what it said."""
    with open("output", "w+") as output:
        begin = time.perf_counter()
        child = subprocess.Popen([PROFINST, *arguments], stdout=output)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            sys.exit(f"profinst {' '.join(arguments)} failed")
        output.seek(0)
        return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, output.read()


def measure(size):
    figures = {name: [] for name in COMMANDS}
    processor = {name: [] for name in COMMANDS}
    memory = dict.fromkeys(COMMANDS, 0)
    contexts = 0
    for _ in range(int(ROUNDS)):
        for name, command in COMMANDS.items():
            if name == "load" and os.path.exists(f"{size}.db"):
                os.remove(f"{size}.db")
            seconds, busy, peak, said = run([argument.format(size) for argument in command])
            figures[name].append(seconds)
            processor[name].append(busy)
            memory[name] = max(memory[name], peak)
            if name == "load":
                contexts = int(re.search(r"contexts ([\d,]+)", said)[1].replace(",", ""))
    return {"contexts": contexts, "profile_bytes": os.path.getsize(f"{size}.profinst"),
            "database_bytes": os.path.getsize(f"{size}.db"), "seconds": figures, "processor_seconds": processor,
            "peak_bytes": memory}


def milliseconds(values):
    low, middle, high = (1000 * f(values) for f in (min, statistics.median, max))
    return f"{middle:,.1f} ({low:,.1f}–{high:,.1f})"


def table(results):
    columns = ["contexts", "profile", "database", "loaded a second", "of processor time", "peak of load",
               *(f"{name} [ms]" for name in COMMANDS)]
    print("| " + " | ".join(columns) + " |")
    print("|" + " ---: |" * len(columns))
    for result in results:
        rates = [result["contexts"] / statistics.median(result[kind]["load"])
                 for kind in ("seconds", "processor_seconds")]
        print("| " + " | ".join([
            f"{result['contexts']:,}",
            *(f"{result[key] / 1e6:,.1f} MB" for key in ("profile_bytes", "database_bytes")),
            *(f"{rate:,.0f}" for rate in rates), f"{result['peak_bytes']['load'] / 1e6:,.0f} MB",
            *(milliseconds(result["seconds"][name]) for name in COMMANDS)]) + " |", flush=True)


results = [measure(size) for size in SIZES]
table(results)
if JSON:
    with open(JSON, "w") as file:
        json.dump(results, file, indent=1)

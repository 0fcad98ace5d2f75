#!/usr/bin/env python3
"""How often `profinst check` judges wrongly on a machine that does other things: check.py [CHECKS] [PLANTED]

Builds bzip2 three times with the plugin: as it is, with 20 % more time in BZ2_compressBlock, which has 10 % of the
time, and with one call more of BZ2_hbAssignCodes. Then, CHECKS times (200), runs a series of the first and judges it
against the one before; PLANTED times (100) between them, series of the other two: each once as it is, and once with
--confirm. Beside all that processes come and go that keep processors busy; LOAD=0 leaves them out.
Writes figures like those of docs/GATE.md. Takes two hours.

BUILD: the folder with profinst (build). RUNS: runs of a series (10).
"""

import json
import multiprocessing
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("BUILD", ROOT / "build")).resolve()
PROFINST = BUILD / "bin" / "profinst"
RUNS = int(os.environ.get("RUNS", 10))
SLOWER = 0.20
FUNCTION = "BZ2_compressBlock"
KILOBYTES = 2000

PLACES = {  # in compress.c
    "\nvoid BZ2_compressBlock ( EState* s, Bool is_last_block )\n{\n":
        "   for (volatile long rounds = 0; rounds < ROUNDS; rounds++)\n      ;\n",
    "      BZ_FINALISE_CRC ( s->blockCRC );\n":
        "      if (MORE && s->blockNo == 1) {\n         UChar lengths[2] = { 1, 1 };\n"
        "         Int32 codes[2];\n         BZ2_hbAssignCodes ( codes, lengths, 1, 1, 2 );\n      }\n",
}


def run(*command, **more):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{command[0]} {command[1]} ended with {done.returncode}: {done.stderr}")
    return done.stdout


# ---- the program ------------------------------------------------------------------------------------------------

def prepare(work):
    """The sources, with places for what is planted, and something to compress."""
    source = pathlib.Path(run(ROOT / "scripts" / "fetch-source.sh", "bzip2",
                              os.environ.get("PROFINST_SOURCES", BUILD / "sources")).strip())
    compress = (source / "compress.c").read_text()
    for place, more in PLACES.items():
        if compress.count(place) != 1:
            sys.exit(f"{source}/compress.c: no place for what is to be planted")
        compress = compress.replace(place, place + more)
    (work / "compress.c").write_text(compress)
    text = b"".join(path.read_bytes() for path in sorted(source.glob("*.[ch]")))
    (work / "input").write_bytes((text * 10)[:KILOBYTES * 1000])
    return source


def build(source, work, name, rounds=0, more=0):
    folder = work / name
    folder.mkdir()
    files = [work / "compress.c"] + [source / f"{name}.c" for name in
                                     ("blocksort", "bzip2", "bzlib", "crctable", "decompress", "huffman", "randtable")]
    run("clang", "-O2", "-g", f"-fplugin={BUILD}/lib/libprofinst.so", "-I", source, "-D_FILE_OFFSET_BITS=64",
        f"-DROUNDS={rounds}L", f"-DMORE={more}", *files, "-o", folder / "bzip2")
    return folder / "bzip2"


def series(work, program, name, runs=RUNS):
    """Runs it; its `.json` is what profinst run tells."""
    return json.loads(run(PROFINST, "run", f"--runs={runs}", f"--name={name}", "--db=runs.db", "--discard-output",
                          "--stdin=input", "--format=json", "--output=/dev/stdout", program, "-3", "-c", cwd=work))


def self_times(work, name):
    """Of the function, and of all, in each run."""
    rows = json.loads(run(PROFINST, "query", "--db=runs.db", "--format=json", f"""
        SELECT sum(iif(run_functions.name = '{FUNCTION}', self_ns, 0)) AS its, sum(self_ns) AS everything FROM run_functions
        JOIN series_run ON series_run.run_id = run_functions.run JOIN series ON series.id = series_id
        WHERE series.name = '{name}' GROUP BY run""", cwd=work))
    return [row["its"] for row in rows], [row["everything"] for row in rows]


def find_rounds(source, work):
    """So many that the function takes SLOWER more, and what share of the time it has without. Their cost is found from
    times as large as they are themselves, and the fastest runs have the least noise."""
    def build_and_run(name, rounds):
        series(work, build(source, work, name, rounds=rounds), name, 20)
        its, everything = self_times(work, name)
        return min(its), statistics.median(a / b for a, b in zip(its, everything))

    without, share = build_and_run("without", 0)
    rounds = 1_000_000
    for number in range(3):
        longer, _ = build_and_run(f"with{number}", rounds)
        rounds = round(rounds * SLOWER * without / (longer - without))
    return rounds, share, (longer / without - 1)


# ---- the machine ------------------------------------------------------------------------------------------------

def spin(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def be_busy(stop):
    """Now none, now up to three processes, for some seconds each."""
    chance = random.Random(7)
    while not stop.is_set():
        for process in [multiprocessing.Process(target=spin, args=(chance.expovariate(1 / 3),), daemon=True)
                        for _ in range(chance.randrange(4))]:
            process.start()
        stop.wait(chance.expovariate(1 / 3))
        multiprocessing.active_children()


# ---- checks -----------------------------------------------------------------------------------------------------

class Tally:
    def __init__(self, title):
        self.title, self.checks, self.found = title, 0, {}

    def count(self, how, verdict):
        key = how, verdict
        self.found[key] = self.found.get(key, 0) + 1

    def row(self):
        cells = [f"{self.found.get((how, 'warn'), 0)}, {self.found.get((how, 'fail'), 0)}" for how in
                 ("alone", "confirmed")]
        return f"| {self.title} | {self.checks} | {cells[0]} | {cells[1]} |"


def check(work, before, after, *options):
    done = subprocess.run([str(PROFINST), "check", after, f"--baseline={before}", "--db=runs.db", "--format=json",
                           *map(str, options)], cwd=work, stdout=subprocess.PIPE, text=True)
    if done.returncode > 1:
        sys.exit(f"profinst check ended with {done.returncode}")
    return json.loads(done.stdout)


def bad(verdict, about):
    """The worst of what is found of it: a function, or None for anything of times."""
    found = [row["severity"] for row in verdict["findings"] if row["severity"] in ("warn", "fail") and
             (about(row) if about else row["what"] in ("self", "wall"))]
    return "fail" if "fail" in found else "warn" if found else "pass"


def judge(work, tally, before, after, programs, about=None):
    tally.checks += 1
    verdict = check(work, before, after)
    tally.count("alone", bad(verdict, about))
    if programs:
        verdict = check(work, before, after, "--confirm", *programs)
    tally.count("confirmed", bad(verdict, about))


def main():
    checks = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    planted = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        source = prepare(work)
        rounds, share, slower_by = find_rounds(source, work)
        plain, slower, more = (build(source, work, "plain"), build(source, work, "slower", rounds=rounds),
                               build(source, work, "more", more=1))
        print(f"{FUNCTION} has {100 * share:.1f} % of the self time; {rounds} rounds make it slower, by "
              f"{100 * slower_by:.1f} % in the last trial",
              flush=True)
        nothing, time_found, call_found = Tally("nothing"), Tally("20 % in 10 %"), Tally("one call more")
        stop = threading.Event()
        load = threading.Thread(target=be_busy, args=(stop,))
        if os.environ.get("LOAD") != "0":
            load.start()
        try:
            series(work, plain, "plain0")
            for number in range(1, checks + 1):
                before, after = f"plain{number - 1}", f"plain{number}"
                if number <= planted:
                    series(work, slower, f"slower{number}")
                    judge(work, time_found, before, f"slower{number}", (plain, slower),
                          lambda row: row["what"] == "self" and row["name"] == FUNCTION)
                    series(work, more, f"more{number}", 1)
                    judge(work, call_found, before, f"more{number}", None,
                          lambda row: row["what"] == "calls" and row["name"] == "BZ2_hbAssignCodes")
                series(work, plain, after)
                judge(work, nothing, before, after, (plain, plain))
                if number % 10 == 0:
                    print(*[tally.row() for tally in (nothing, time_found, call_found)], sep="\n", flush=True)
        finally:
            stop.set()
            if load.is_alive():
                load.join()
    print("| planted | checks | warnings, failures | the same with --confirm |\n|---|---:|---:|---:|")
    print(*[tally.row() for tally in (nothing, time_found, call_found)], sep="\n")


if __name__ == "__main__":
    main()

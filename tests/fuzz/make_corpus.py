#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets: make_corpus.py FOLDER. What fuzzing found lies beside them in
tests/fuzz/corpus, and is not made here."""

import gzip
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "analyzer"))
os.environ.setdefault("PROFINST_BUILD", str(HERE.parent.parent / "build"))

import profile_writer  # noqa: E402
import support  # noqa: E402
from profile_writer import Profile  # noqa: E402
from test_hostile import BYTES, HOSTILE  # noqa: E402

LONGEST_DATABASE = 65536  # as fuzz.sh gives it to the target: of what is longer, the end would be cut off

MANGLED = ["_ZN5store5parseERKNS_5InputEi", "_Z1f1aSt4pairIS_S_E", "_ZZ4mainENKUlvE_clEv",
           "_ZNSt6vectorIiSaIiEE9push_backEOi", "_ZN12_GLOBAL__N_11fEv", "_ZlsRSoRK1A",
           "_ZN1AIXadL_Z1fvEEE1gEv", "_Z1fIJidcEEvDpT_", "_ZTv0_n12_N1A1fEv", "_Z1fDTcl1gfp_EE",
           "_ZN1fB5cxx11Ev", "_Z1fDv4_f", "_ZN1AcvT_IiEEv", "_ZNK1AmiERKS_", "_Z3foo.cold.5",
           "_ZN1AcvT_IiEIS_EEv", "_ZN1AcvT_I" + "PT0_Iv" * 80 + "i", "_Z1f" + "P" * 400 + "i",
           "_Z1f1aSt4pairIS_S_E" + "".join(f"S0_IS{at}_S{at}_E" for at in "123456789ABCDEFGHIJK")]


def small(profile):
    """The same without the page that a mapped file needs."""
    profile.header_size, profile.alignment = (profile_writer.HEADER.size + 31) // 32 * 32, 32
    return profile


def running():
    """A process that runs: a clock to be converted, a thread in a context, several chunks."""
    profile = small(Profile(start=1_000))
    profile.clock, profile.ended, profile.latest = profile_writer.TSC, 0, (3_001_000, 1_001_000)
    profile.start_usage, profile.usage = (1_000, 0, 9_000), (900_000, 3_000, 10_000)
    profile.chunk_records, profile.lost_calls, profile.arguments_cut = 2, 9, 1
    thread = profile.thread("busy", 100, running=1, started=1_000, last=2_000_000, lifetime=0)
    place = thread.root
    for name in ("main", "middle", "leaf"):
        place = thread.context(place, profile.function(name, "a.c", 1), 3, 50)
    thread.cross(place, place, 2)
    thread.current = place
    return profile


def folded():
    """A process past its limit of contexts."""
    profile = small(Profile())
    thread = profile.thread(outside=7)
    thread.context(thread.root, profile.function("main"), 1, 50)
    root = thread.fold()
    first, second = (thread.context(root, profile.function(name), 2, 9) for name in ("main", "leaf"))
    for caller, target in (first, second), (second, first), (first, first):
        thread.cross(caller, target, 4)
    in_main = thread.inlined(first, profile.function("leaf"), 3)
    thread.cross(in_main, second, 5)
    return profile


def inlined():
    """Inlined frames and records of inlined code, several codes of a function, what is switched off."""
    profile = small(Profile())
    profile.event_cost = 20_000
    thread = profile.thread(outside=7)
    main, f, g = (profile.function(name) for name in ("main", "f", "g"))
    profile.function("off", flags=profile_writer.OFF)
    place = thread.context(thread.root, profile.code(main, [(f, 0), (0, 1), (g, 2)]), 1, 90, [4, 5, 6])
    inner = thread.inlined(thread.inlined(place, f, 2), main, 1)
    thread.cross(inner, place, 3, profile.code(main, [(g, 0)]), [8])
    target = thread.context(inner, g, 1, 20)
    thread.cross(inner, target, 2, profile.code(g, [(g, 0)]), [1])
    thread.context(target, profile.external("write"), 9, 30)
    profile.filter("-off")
    profile.selection(profile.unit("main.c", 5), b"packed", 80)
    return profile


def estimated():
    """A process that sampled: a group, costs, and durations of a function and of a context."""
    profile = small(Profile())
    profile.timing, profile.sample_ns = profile_writer.AUTO, 1_000
    profile.timed, profile.counted = (20, 10), (2, 1)
    thread = profile.thread(outside=7)
    thread.samples_taken, thread.sample_squares, thread.sampled, thread.sampled_ns = 60, 200, 80, 90_000
    main, f, g = (profile.function(name) for name in ("main", "f", "g"))
    head = thread.context(thread.root, main, 1, 1_000_000).estimated(20, 3)
    inner = thread.context(head, f, 5_000, 900).estimated(30, 2, 64, 800)
    inlined = thread.inlined(inner, g, 4).estimated(2)
    thread.context(inlined, g, 9_000, 700).estimated(40, 9, 32, 700)
    thread.cross(inlined, inner, 8).estimated(1, 0, 2)
    thread.durations(f, [9, 70, 71, 5_000], [1, 4, 4, 1])
    thread.durations(f, [100], context=inner)
    return profile


def counts():
    profile = running()
    profile.timing = profile_writer.COUNTS
    for record in profile.thread_list[0].contexts:
        record.self_ticks = 0
    return profile


def empty():
    return small(Profile())


def choices():
    """What a unit's selection unpacks to."""
    rules = [("exclude=f*", "command line", 1, 1), ("fun:nothing", "my.filter:2", 1, 0), ("default", "", 0, 2)]
    functions = [("f", "a.c", 3, 0, 0, 9), ("_ZN5store5parseERKNS_5InputEi", "a.cc", 0, 2, 1, 90),
                 ("g", "a.c", 3, 2, 1, 9)]
    sites = [(0, "f", "a.c", 4, 1), (0, "", "a.h", 5, 2), (1, "g", "", 0, 0), (2, "strlen", "a.c", 9, 4),
             (2, "_ZN1AC1Ev", "a.c", 9, 0), (0, "g", "", 0, 25)]
    return {"example": support.choice(rules, functions), "sites": support.choice(rules, functions, sites), "copies": support.choice(rules, functions[:1] * 4),
            "rules": support.choice(rules, []), "empty": support.choice([], [])}


def config():
    """One with all keys, and some of what is wrong."""
    documentation = (HERE.parent.parent / "docs" / "ADVICE.md").read_text()
    return {"all": re.search(r"```ini\n(.*?)```", documentation, re.S).group(1).encode(),
            "some": "\ufeff; x\r\n[advice]\r\ndominant: off\r\nhot-small-self = 1.5 µs\t; y".encode(),
            "wrong": b"[severity]\nself-share-high = 50 %\nself-share-hihg = 1\n[nowhere]\nx"}


def baseline(folder):
    """One with everything in it, without the line that the target adds."""
    profile, place, exported = folder / "example.profinst", folder / "small.db", folder / "exported"
    example = support.inlined_example()
    example.timed = (30, 12)
    example.thread_list[0].durations(1, [100, 200, 50_000])
    example.write(profile)
    for command in (["load", "--db", place, profile], ["baseline", "save", "main", "--db", place],
                    ["baseline", "export", "main", "--db", place, "-o", exported]):
        subprocess.run([support.PROFINST, *command], check=True, stdout=subprocess.DEVNULL)
    lines = exported.read_bytes().splitlines(keepends=True)
    for file in profile, place, exported:
        file.unlink()
    return b"".join(lines[:-1])


def database(folder):
    """One with everything in it, in pages as small as there are."""
    profile = folder / "example.profinst"
    example = support.inlined_example()
    example.timed = (30, 12)
    example.thread_list[0].durations(1, [100, 200, 50_000])
    example.write(profile)
    large = folder / "large.db"
    subprocess.run([support.PROFINST, "load", "--db", large, profile], check=True,
                   stdout=subprocess.DEVNULL)
    connection = sqlite3.connect(large)
    # With a log, pages would stay as large as they are.
    connection.executescript("PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM;")
    connection.close()
    content = large.read_bytes()
    assert int.from_bytes(content[16:18], "big") == 512 and len(content) <= LONGEST_DATABASE, len(content)
    large.unlink()
    profile.unlink()
    return content


def compressed(series):
    """With its sum, which the target adds to what is not compressed."""
    return gzip.compress(series + b'{"crc32":"%08x"}\n' % zlib.crc32(series), mtime=0)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    series = baseline(folder)
    hostile = [name.encode() for name in HOSTILE if len(name) < 200] + BYTES
    seeds = {"reader": {"example": small(support.example()).to_bytes(), "running": running().to_bytes(),
                        "folded": folded().to_bytes(), "inlined": inlined().to_bytes(),
                        "estimated": estimated().to_bytes(), "counts": counts().to_bytes(),
                        "optimized": small(support.inlined_example()).to_bytes(), "empty": empty().to_bytes()},
             "names": {f"hostile{at}": b"\0".join(hostile[at:at + 13]) + b"\0"
                       for at in range(0, len(hostile), 6)},
             "text": {f"name{i}": name for i, name in
                      enumerate([name.encode() for name in MANGLED] + hostile)},
             "database": {"example": database(folder)}, "choices": choices(), "config": config(),
             "baseline": {"example": series, "compressed": compressed(series)}}
    for target, files in seeds.items():
        (folder / target).mkdir(exist_ok=True)
        for name, content in files.items():
            (folder / target / name).write_bytes(content)


if __name__ == "__main__":
    main()

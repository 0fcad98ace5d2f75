#!/usr/bin/env python3
"""How often `profinst history` finds a step where there is none, and where there is one.

Writes the two tables of docs/HISTORY.md, from histories drawn with a fixed seed; they are searched by the
analyzer's own code, in tests/analyzer/change_point. Takes some minutes.

PROFINST_BUILD   the build tree (build)
"""

import math
import os
import pathlib
import random
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("PROFINST_BUILD", HERE.parent / "build"))
PROGRAM = BUILD / "tests" / "analyzer" / "change_point"
HISTORIES = 4000
POINTS = (5, 10, 20, 50, 200)


def find(histories):
    """The points at which steps were found, of each history."""
    lines = ("times " + " | ".join(" ".join(f"{value:.1f}" for value in point) for point in history)
             for history in histories)
    result = subprocess.run([PROGRAM], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True,
                            check=True)
    return [[int(at) for at in line.split()[3::4]] for line in result.stdout.splitlines()]


def runs(draw, count, level=1e7, noise=0.02, mood=0.0):
    """Of one point. Noise differs from run to run, the machine's mood from point to point."""
    here = level * math.exp(draw.gauss(0, mood))
    return [here * math.exp(draw.gauss(0, noise)) for _ in range(count)]


def disturbed(draw):
    """One run in twenty takes up to three times as long."""
    return [run * draw.uniform(1.2, 3) if draw.random() < 0.05 else run for run in runs(draw, 5)]


def skewed(draw):
    """Nothing is faster than it can be; a tenth longer on average, and sometimes much longer."""
    return [1e7 * (1 + draw.expovariate(10)) for _ in range(5)]


def drifting(draw, points):
    """The mood of a point is in part that of the point before."""
    mood, history = draw.gauss(0, 0.02), []
    for _ in range(points):
        mood = 0.5 * mood + draw.gauss(0, 0.02 * math.sqrt(0.75))
        history.append(runs(draw, 5, 1e7 * math.exp(mood)))
    return history


QUIET = {
    "5 runs a point, noise of 2 %": lambda draw, n: [runs(draw, 5) for _ in range(n)],
    "single runs": lambda draw, n: [runs(draw, 1) for _ in range(n)],
    "1 or 10 runs": lambda draw, n: [runs(draw, draw.choice((1, 10))) for _ in range(n)],
    "5 runs, and a mood of 2 %": lambda draw, n: [runs(draw, 5, mood=0.02) for _ in range(n)],
    "5 runs, one in 20 disturbed": lambda draw, n: [disturbed(draw) for _ in range(n)],
    "single runs, one in 20 disturbed": lambda draw, n: [disturbed(draw)[:1] for _ in range(n)],
    "5 runs, skewed noise of 10 %": lambda draw, n: [skewed(draw) for _ in range(n)],
    "5 runs, mood that lasts": drifting,
}


def write_quiet():
    print("| no step | " + " | ".join(f"{points} points" for points in POINTS) + " |")
    print("|---" + "|---:" * len(POINTS) + "|")
    for name, make in QUIET.items():
        shares = []
        for points in POINTS:
            draw = random.Random(f"{name} {points}")
            found = find([make(draw, points) for _ in range(HISTORIES)])
            shares.append(sum(map(bool, found)) / HISTORIES)
        print(f"| {name} | " + " | ".join(f"{100 * share:.1f} %" for share in shares) + " |", flush=True)


def write_steps():
    print("\n| step | " + " | ".join(f"{100 * size:.0f} %" for size in (0.05, 0.1, 0.2)) + " |")
    print("|---|---:|---:|---:|")
    for points, at in ((5, 3), (5, 4), (10, 5), (10, 9), (20, 10), (20, 19), (50, 25), (50, 49)):
        shares = []
        for size in (0.05, 0.1, 0.2):
            draw = random.Random(f"{points} {at} {size}")
            found = find([[runs(draw, 5, 1e7 * (1 + size * (p >= at)), mood=0.01) for p in range(points)]
                          for _ in range(HISTORIES)])
            shares.append(sum(at in steps for steps in found) / HISTORIES)
        where = "the last" if at == points - 1 else f"number {at + 1}"
        print(f"| of {points} points {where} | " + " | ".join(f"{100 * share:.0f} %" for share in shares)
              + " |", flush=True)


write_quiet()
write_steps()

#!/usr/bin/env python3
"""How often `profinst diff` finds a change: found.py [COMPARISONS]

Writes the figures of docs/COMPARE.md: of COMPARISONS (1000) of FUNCTIONS functions whose times vary by chance, drawn
with a fixed seed, one of them a tenth slower; in how many of them it is told, and in how many one of the others is.
They are judged by the analyzer's own code, in tests/analyzer/statistics.

PROFINST_BUILD   the build tree (build)
"""

import math
import os
import pathlib
import random
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("PROFINST_BUILD", HERE.parent / "build"))
PROGRAM = BUILD / "tests" / "analyzer" / "statistics"
FUNCTIONS = 50
SLOWER = 1.1
SIGNIFICANT = 0.05


def ask(requests):
    """What the C functions answer: lists of numbers."""
    result = subprocess.run([PROGRAM], input="\n".join(requests) + "\n", stdout=subprocess.PIPE, text=True, check=True)
    return [[float(number) for number in line.split()] for line in result.stdout.splitlines()]


def contrast(draw, runs, noise, factor):
    """A function's times before and after, as a request."""
    sides = (" ".join(f"{1e7 * scale * math.exp(draw.gauss(0, noise)):.0f}" for _ in range(runs)) for scale in (1, factor))
    return "contrast " + " | ".join(sides)


def count(draw, comparisons, runs, noise):
    """In how many comparisons the first function is told to differ, and any of the others."""
    contrasts = ask(contrast(draw, runs, noise, SLOWER if function == 0 else 1)
                    for _ in range(comparisons) for function in range(FUNCTIONS))
    p = [f"{answer[3]:.17g}" for answer in contrasts]
    adjusted = ask("holm " + " ".join(p[at:at + FUNCTIONS]) for at in range(0, len(p), FUNCTIONS))
    return (sum(row[0] < SIGNIFICANT for row in adjusted), sum(min(row[1:]) < SIGNIFICANT for row in adjusted))


def main():
    comparisons = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    draw = random.Random(1)
    print("noise | runs | found | another one told")
    for noise in 0.03, 0.05:
        for runs in 5, 10, 20:
            found, wrong = count(draw, comparisons, runs, noise)
            print(f"{noise:.0%} | {runs} | {found / comparisons:.1%} | {wrong / comparisons:.1%}", flush=True)


if __name__ == "__main__":
    main()

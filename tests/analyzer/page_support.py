"""What the tests of the page share: profiles to make pages of, and what is packed into one."""

import base64
import json
import re
import zlib

from profile_writer import COUNTS, Profile
from support import example


def data_of(page):
    """What is packed into a page."""
    packed = re.search(rb'<script type="application/octet-stream" id="profile">([A-Za-z0-9+/=]*)</script>', page)
    return json.loads(zlib.decompress(base64.b64decode(packed[1], validate=True)))


def rows_of(columns):
    return [dict(zip(columns, values)) for values in zip(*columns.values())]


def deep_example():
    """Two threads, and a tree to zoom into; times that make shares easy to tell: 100 ms in all."""
    profile = Profile()
    names = {name: profile.function(name, f"src/{name[0]}.c", 10 + len(name))
             for name in ("main", "alpha", "beta", "gamma", "delta", "work")}
    thread = profile.thread("app")
    main = thread.context(thread.root, names["main"], 1, 10_000_000)
    alpha = thread.context(main, names["alpha"], 10, 20_000_000)
    thread.context(alpha, names["gamma"], 500, 20_000_000)
    beta = thread.context(main, names["beta"], 4, 5_000_000)
    thread.context(beta, names["gamma"], 40, 5_000_000)
    thread.context(beta, names["delta"], 1, 10_000_000)
    worker = profile.thread("worker")
    work = worker.context(worker.root, names["work"], 2, 25_000_000)
    worker.context(work, names["gamma"], 60, 5_000_000)
    return profile


def advised_example():
    """One function has nearly all of the time, another is called from there all the time."""
    profile = Profile()
    thread = profile.thread()
    main = thread.context(thread.root, profile.function("main", "m.c", 1), 1, 50_000_000)
    hot = thread.context(main, profile.function("<b>hot</b>", "h.c", 7), 20, 900_000_000)
    thread.context(hot, profile.function("leaf", "h.c", 17), 4_000_000, 50_000_000)
    return profile


def counted_example():
    """Calls that were counted, and no times."""
    profile = example()
    profile.timing = COUNTS
    for thread in profile.thread_list:
        thread.lifetime = 1_000_000
        for context in thread.contexts:
            context.self_ticks = 0
    return profile

#!/usr/bin/python3
"""How long a page takes to open: page.py [CONTEXTS [ROUNDS]]

Makes a profile of about CONTEXTS contexts (200000), a page of it, and opens that in headless Chromium, as a file from the
disk, ROUNDS (5) times. Prints medians with the least and the greatest, in seconds: making the page; until it is ready, with
its overview and the flame graph there; until the table of functions, the whole flame graph and the call graph are there after
that. Each is on the screen when its time ends. Needs chromium, chromium-driver and python3-selenium.

  PROFINST_BUILD  the build tree (build)
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
os.environ.setdefault("PROFINST_BUILD", str(HERE.parent / "build"))
sys.path.insert(0, str(HERE.parent / "tests" / "analyzer"))

import browser  # noqa: E402

PROFINST = pathlib.Path(os.environ["PROFINST_BUILD"]).resolve() / "bin" / "profinst"
CONTEXTS = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
VIEWS = {
    "functions": "return document.querySelector('.tabulator-row')",
    "flame": "return document.querySelector('#flame .frame')",
    "graph": "return document.querySelector('#graph .node')",
}
PAINTED = "const done = arguments[0]; requestAnimationFrame(() => setTimeout(done))"


def until(driver, condition):
    while not driver.execute_script(condition):
        time.sleep(0.002)
    driver.execute_async_script(PAINTED)


def measure(driver, page):
    driver.get("about:blank")
    times, begin = {}, time.perf_counter()
    driver.get(page.as_uri())
    until(driver, "return document.body.dataset.ready")
    times["ready"] = time.perf_counter() - begin
    for view, condition in VIEWS.items():
        begin = time.perf_counter()
        driver.execute_script("location.hash = arguments[0]", f"#/{view}")
        until(driver, condition)
        times[view] = time.perf_counter() - begin
    times["all of these"] = sum(times.values())
    return times


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        folder = pathlib.Path(folder)
        subprocess.run(["cc", "-std=c11", "-O2", f"-I{HERE.parent / 'runtime'}", HERE / "make_profile.c", "-o",
                        folder / "make_profile"], check=True)
        subprocess.run([folder / "make_profile", str(CONTEXTS), folder / "profile"], check=True)
        page, rounds = folder / "report.html", []
        driver = browser.start(folder / "browser")
        try:
            for _ in range(ROUNDS):
                begin = time.perf_counter()
                subprocess.run([PROFINST, "html", "-o", page, folder / "profile"], check=True)
                rounds.append({"making it": time.perf_counter() - begin, **measure(driver, page)})
        finally:
            driver.quit()
        print(f"{CONTEXTS:,} contexts, {page.stat().st_size / 1e6:.1f} MB")
    for name in rounds[0]:
        values = [times[name] for times in rounds]
        print(f"{name:14} {statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})")


main()

"""profinst run with programs that are really instrumented: exact counts in every run of a series."""

import contextlib
import json
import os
import sqlite3
import subprocess
import tempfile
import unittest

from support import CLANGS, PLUGIN, PROFINST, tool

SOURCE = """
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((noinline)) int work(int n)
{
    __asm__ volatile("");
    return n > 0 ? 1 + work(n - 1) : 0;
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 10;
    if (fork() == 0)
        return work(n) != n;
    wait(NULL);
    return work(n) != n;
}
"""


class Run(unittest.TestCase):
    def test_series(self):
        for clang in CLANGS:
            with self.subTest(clang), tempfile.TemporaryDirectory() as folder:
                source = os.path.join(folder, "app.c")
                with open(source, "w") as file:
                    file.write(SOURCE)
                subprocess.run([tool(f"clang-{clang}"), "-O2", "-g", "-frecord-command-line", f"-fplugin={PLUGIN}",
                                "-fplugin-arg-profinst-exclude=never*", source, "-o", os.path.join(folder, "app")], check=True)
                self.check(folder, clang)

    def check(self, folder, clang):
        result = subprocess.run([PROFINST, "run", "-n", "3", "--warmup=1", "--format=json", "-o", "out.json", "--",
                                 "./app", "100"], cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        with open(os.path.join(folder, "out.json")) as file:
            told = json.load(file)
        self.assertRegex(told["facts"]["clang.version"], rf"clang version {clang}\.")
        self.assertIn("-frecord-command-line", told["facts"]["clang.flags"])
        self.assertEqual(told["facts"]["plugin.rules"], "exclude=never*\n")
        self.assertRegex(told["facts"]["binary.build_id"], "^[0-9a-f]{40}$")
        with contextlib.closing(sqlite3.connect(os.path.join(folder, "profinst.db"))) as connection:
            rows = connection.execute(
                "SELECT number, count(*), sum(calls) FROM series_run JOIN process USING (run_id)"
                " JOIN function_total ON function_total.process_id = process.id JOIN function ON function.id = function_id"
                " WHERE function.name = 'work' GROUP BY number").fetchall()
        self.assertEqual(rows, [(1, 2, 202), (2, 2, 202), (3, 2, 202)])
        self.assertEqual(sorted(os.listdir(folder)), ["app", "app.c", "out.json", "profinst.db"])


if __name__ == "__main__":
    unittest.main()

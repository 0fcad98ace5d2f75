"""Totals are what the contexts add up to: worked out again in SQL, from the tables below them."""

import random
import unittest

from profile_writer import Profile
from support import Case, example, inlined_example

CALLS = ("context.calls + ifnull((SELECT sum(calls) FROM cross_call WHERE context_id = context.id), 0)")
RECURSIVE = ("iif(nested, context.calls, 0) + ifnull((SELECT sum(recursive_calls) FROM cross_call"
             " WHERE context_id = context.id), 0)")
THREADS = f"""
    SELECT thread.id, ifnull(sum(iif(parent_id IS NULL, 0, {CALLS})), 0),
           ifnull(sum(iif(inlined, context.calls, 0)), 0), ifnull(sum(iif(folded, {CALLS}, 0)), 0),
           ifnull(sum(iif(parent_id IS NULL, self_ns, 0)), 0), ifnull(sum(iif(folded, self_ns, 0)), 0),
           ifnull(sum(self_ns), 0)
    FROM thread LEFT JOIN context ON context.thread_id = thread.id GROUP BY thread.id"""
FUNCTIONS = f"""
    SELECT process_id, function_id, sum({CALLS}) AS all_calls, sum(iif(inlined, context.calls, 0)),
           sum({RECURSIVE}), sum(self_ns), sum(iif(nested, 0, cumulative_ns)) AS ns,
           sum(iif(inlined, 0, cumulative_ns))
    FROM context JOIN thread ON thread.id = thread_id WHERE function_id IS NOT NULL
    GROUP BY 1, 2 HAVING all_calls > 0 OR ns > 0"""
EDGES = """
    SELECT process_id, caller_id, callee_id, sum(calls) AS all_calls, sum(inlined), sum(recursive),
           sum(ns) AS all_ns, sum(called) AS all_called
    FROM (SELECT thread_id, parent.function_id AS caller_id, context.function_id AS callee_id,
                 context.calls, iif(context.inlined, context.calls, 0) AS inlined,
                 iif(context.nested, context.calls, 0) AS recursive,
                 iif(context.nested, 0, context.cumulative_ns) AS ns,
                 iif(context.inlined, 0, context.cumulative_ns) AS called
          FROM (SELECT id, function_id FROM context) AS parent JOIN context ON parent_id = parent.id
          WHERE parent.function_id IS NOT NULL
          UNION ALL
          SELECT thread_id, caller.function_id, context.function_id, cross_call.calls, 0,
                 recursive_calls, 0, 0
          FROM cross_call JOIN context ON context.id = context_id
          JOIN (SELECT id, function_id FROM context) AS caller ON caller.id = caller_context_id)
    JOIN thread ON thread.id = thread_id
    GROUP BY 1, 2, 3 HAVING all_calls > 0 OR all_ns > 0 OR all_called > 0"""
TOTALS = {"thread_total": THREADS, "function_total": FUNCTIONS, "edge_total": EDGES}
COLUMNS = {
    "thread_total": "thread_id, calls, inlined_calls, folded_calls, outside_ns, folded_ns, self_ns",
    "function_total": "process_id, function_id, calls, inlined_calls, recursive_calls, self_ns,"
                      " cumulative_ns, called_ns",
    "edge_total": "process_id, caller_id, callee_id, calls, inlined_calls, recursive_calls,"
                  " cumulative_ns, called_ns",
}


def any_profile(seed):
    """Trees with everything in them: calls, recursion, inlined code, folded contexts; some without calls."""
    chance = random.Random(seed)
    profile = Profile(key=seed + 1)
    functions = [profile.function(f"f{i}") for i in range(12)]
    codes = [profile.code(function, [(functions[(i + 1) % 12], 0), (functions[(i + 5) % 12], 1)])
             for i, function in enumerate(functions)]
    for _ in range(3):
        thread = profile.thread(outside=chance.randrange(1000))
        chains = {thread.root: []}  # of each context, the functions called and their contexts
        for _ in range(chance.randrange(150)):
            parent = chance.choice(list(chains))
            number = chance.randrange(12)
            running = dict(chains[parent])
            calls = chance.choice((0, 1, chance.randrange(1000)))
            if number in running:
                thread.cross(parent, running[number], calls, codes[number],
                             [chance.randrange(9), 0])
                continue
            if parent is not thread.root and chance.random() < 0.2:
                chains[thread.inlined(parent, functions[number], calls)] = chains[parent]
                continue
            made = thread.context(parent, codes[number], calls, chance.choice((0, chance.randrange(10**6))),
                                  [chance.randrange(3), chance.randrange(3)])
            chains[made] = chains[parent] + [(number, made)]
        if chance.random() < 0.5:
            root = thread.fold()
            folded = [thread.context(root, functions[i], chance.randrange(50), chance.randrange(50))
                      for i in range(4)]
            thread.cross(folded[0], folded[1], 7)
            thread.cross(folded[2], folded[2], 9)
    return profile


class Totals(Case):
    def check(self):
        sql = self.database()
        for table, again in TOTALS.items():
            self.assertEqual(sorted(sql.execute(f"SELECT {COLUMNS[table]} FROM {table}")),
                             sorted(sql.execute(again)), table)
        ranges = sql.execute("SELECT process_id, min(context.id), max(context.id), count(*) FROM context"
                             " JOIN thread ON thread.id = thread_id GROUP BY 1").fetchall()
        self.assertEqual(sql.execute("SELECT id, first_context_id, last_context_id,"
                                     " last_context_id - first_context_id + 1 FROM process").fetchall(),
                         ranges)

    def test_examples(self):
        optimized = inlined_example()
        optimized.profile_id = b"optimized......!"
        self.output("load", self.write(example()), self.write(optimized, "optimized.profinst"))
        self.check()

    def test_any(self):
        for seed in range(20):
            self.output("load", self.write(any_profile(seed)))
        self.check()
        self.assertEqual(self.database().execute("SELECT count(*) FROM process").fetchone(), (20,))
        self.assertEqual(self.database().execute("PRAGMA foreign_key_check").fetchall(), [])

    def test_replaced(self):
        """Nothing of the former state is left, and what other processes have stays."""
        for seed in (1, 2):
            former = any_profile(seed)
            former.ended, former.profile_id = 0, b"the same profile"
            self.output("load", self.write(any_profile(seed + 10)), self.write(former, "former"))
        latter = any_profile(3)
        latter.profile_id = b"the same profile"
        self.assertIn("replaced an earlier state", self.output("load", self.write(latter)))
        self.check()
        self.assertEqual(self.database().execute("SELECT count(*) FROM process").fetchone(), (3,))
        self.assertEqual(self.database().execute("PRAGMA foreign_key_check").fetchall(), [])

    def test_functions_that_are_one_in_the_database(self):
        """Their names differ in how a byte that is no UTF-8 is spelled."""
        profile = Profile()
        thread = profile.thread()
        main = thread.context(thread.root, profile.function("main"), 1, 1)
        thread.context(main, profile.function(b"f\xff"), 2, 30)
        thread.context(main, profile.function("f\\xFF"), 3, 400)
        self.output("load", self.write(profile))
        self.check()
        self.assertEqual(self.database().execute(
            "SELECT name, calls, self_ns, cumulative_ns FROM functions ORDER BY name").fetchall(),
            [("f\\xFF", 5, 430, 430), ("main", 1, 1, 431)])
        self.assertEqual(self.database().execute("SELECT calls, cumulative_ns FROM edges").fetchall(),
                         [(5, 430)])

    def test_straight_from_profiles(self):
        """A report that needs no contexts one by one makes none, and says the same."""
        names = [self.write(any_profile(seed), f"{seed}.profinst") for seed in range(5)]
        self.output("load", *names)
        for arguments in (["report", "--edges"], ["report", "--edges", "--contexts"],
                          ["report", "--edges", "--format=json"]):
            self.assertEqual(self.output(*arguments, *names),
                             self.output(*arguments, "--db", "profinst.db"))


if __name__ == "__main__":
    unittest.main()

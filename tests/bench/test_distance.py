"""What bench/distance.py makes of the numbers of perf and of other profilers."""

import os
import sys
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', '..', 'bench'))
import distance  # noqa: E402
import distance_tools as tools  # noqa: E402


class Names(unittest.TestCase):
    def test_parts_and_clones_are_their_function(self):
        for symbol in ('work', 'work.cold', 'work.part.0.isra.1', 'work.llvm.123', 'work@plt'):
            self.assertEqual(tools.plain(symbol), 'work')
        self.assertEqual(tools.plain('.part'), '.part')


class Perf(unittest.TestCase):
    SCRIPT = '''
\t          167138 __memcpy_evex (/lib/libc.so.6)
\t           27216 copy.cold (/app/program)
\t           27000 inlined_there (/app/program)
\t           26000 main (/app/program)


\tffffffff821f2fa7 exc_page_fault ([kernel.kallsyms])
\t           26000 main (/app/program)


\t            8e2a do_lookup_x (/lib/ld.so)
\tffffffffffffffff [unknown] ([unknown])

'''

    def test_chains_are_of_the_program(self):
        self.assertEqual(tools.read_perf(self.SCRIPT, '/app/program'),
                         {'copy inlined_there main': 1, 'main': 1, '': 1})

    def test_a_sample_is_of_the_innermost_function_that_counts(self):
        chains = {'copy inlined_there main': 3, 'main': 2, '': 5}
        self.assertEqual(distance.perf_times(chains, {'copy', 'main'}), {'copy': 3, 'main': 2})
        self.assertEqual(distance.perf_times(chains, {'main'}), {'main': 5})


class Gprof(unittest.TestCase):
    FLAT = '''Flat profile:

Each sample counts as 0.01 seconds.
  %   cumulative   self              self     total
 time   seconds   seconds    calls  ms/call  ms/call  name
 45.46      0.05     0.05     1000     0.00     0.00  _Z4workv
  9.09      0.11     0.01                             main
'''
    GRAPH = '''                        Call graph

granularity: each sample hit covers 2 byte(s) for 7.69% of 0.13 seconds

index % time    self  children    called     name
                                                 <spontaneous>
[1]     92.3    0.01    0.12                 main [1]
                0.05    0.04       1/1           _Z4workv [3]
-----------------------------------------------
[2]     35.0    0.04    0.01       4+13      <cycle 1 as a whole> [2]
                0.04    0.00       3+4           _Z4workv <cycle 1> [3]
-----------------------------------------------
                             4010             _Z5othery.part.0 <cycle 1> [4]
                0.05    0.00       1/2745773     main [1]
[3]     34.4    0.05    0.00       3+4        _Z4workv <cycle 1> [3]
                0.00    0.00    1000/1000        _Z5othery.part.0 <cycle 1> [4]
-----------------------------------------------
'''

    def test_times_calls_and_callers(self):
        profile = tools.read_gprof(self.FLAT, self.GRAPH)
        self.assertEqual(profile.times, {'_Z4workv': 0.05, 'main': 0.01})
        self.assertEqual(profile.calls, {'_Z4workv': 1000, 'main': 0})
        self.assertEqual(profile.arcs, {('_Z5othery', '_Z4workv'): 4010, ('main', '_Z4workv'): 1})


class Uftrace(unittest.TestCase):
    GRAPH = '''# Function Call Graph for 'program' (session: 66dc77bdf2c20f1e)
========== FUNCTION CALL GRAPH ==========
# TOTAL TIME   SELF TIME   FUNCTION
   12.500 ms             : (1) program
                         :  |
   12.500 ms    7.000 ms :  +-(1) main
    4.000 ms    1.000 ms :     +-(9) outer
    3.000 ms    2.000 ms :     |  +-(4) first
    1.000 ms    1.000 ms :     |  | (4) only.cold
                         :     |  |
                         :     |
  500.000 us  500.000 us :     +-(2) linux:schedule
                         :     |
    1.000 ms    1.000 ms :     +-(3) outer
'''

    def test_times_calls_and_callers(self):
        profile = tools.read_uftrace(self.GRAPH)
        rounded = {name: round(1e6 * time) for name, time in profile.times.items()}
        self.assertEqual(rounded, {'program': 0, 'main': 7000, 'outer': 2000, 'first': 2000,
                                   'only': 1000})
        self.assertEqual(profile.calls, {'program': 1, 'main': 1, 'outer': 12, 'first': 4,
                                         'only': 4})
        self.assertEqual({arc: round(1e6 * time) for arc, time in profile.arcs.items()},
                         {('program', 'main'): 12500, ('main', 'outer'): 5000,
                          ('outer', 'first'): 3000, ('first', 'only'): 1000})


class Comparison(unittest.TestCase):
    def test_other_functions_belong_to_their_callers(self):
        profile = tools.Profile(
            {'main': 1, 'work': 2, 'malloc': 8, 'chunk': 4, 'chunk again': 4, 'lonely': 7},
            {('main', 'malloc'): 3, ('work', 'malloc'): 1, ('malloc', 'chunk'): 5,
             ('chunk', 'chunk'): 9, ('malloc', 'chunk again'): 1, ('chunk', 'chunk again'): 1}, {})
        self.assertEqual(distance.fold(profile, {'main', 'work'}), {'main': 13, 'work': 6})

    def test_recursion_among_others_loses_nothing(self):
        profile = tools.Profile({'ping': 8}, {('main', 'ping'): 1, ('pong', 'ping'): 1,
                                              ('ping', 'pong'): 1}, {})
        self.assertAlmostEqual(distance.fold(profile, {'main'})['main'], 8)

    def test_distance_is_half_of_what_differs(self):
        left, right = distance.shares({'a': 3, 'b': 1}), distance.shares({'b': 1, 'c': 1})
        self.assertEqual(distance.distance(left, left), 0)
        self.assertEqual(distance.distance(left, right), 75)

    def test_noise_is_that_of_the_mean(self):
        runs = [{'a': 60, 'b': 40}, {'a': 40, 'b': 60}] * 2
        self.assertEqual(distance.noise(runs), 10)
        self.assertIsNone(distance.noise(runs[:1]))


if __name__ == '__main__':
    unittest.main()

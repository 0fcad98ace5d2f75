"""PROFINST_TIMING: what each way of timing leaves in the profile, and what code tells the sampler."""

import struct

import raw
import support
from support import CLANGS, TIMINGS, each, lld, program

CALLS = 100000


class Timing(support.Case):
    def setUp(self):
        super().setUp()
        self.compile("app", "-O2", program("spins.c"))

    def spin(self, timing, seconds=0, **options):
        """The profiles of the program and of its child."""
        for old in self.profiles():
            old.unlink()
        self.execute("app", CALLS, seconds, environment={"PROFINST_TIMING": timing}, **options)
        profiles = [raw.Profile(path) for path in self.profiles()]
        return sorted(profiles, key=lambda profile: "in_child" in profile.calls())

    def test_calls_are_the_same(self):
        for timing in TIMINGS:
            with self.subTest(timing=timing):
                parent, child = self.spin(timing)
                self.assertEqual(parent.calls(), {
                    "main": (1, 0), "calls_leaf": (1, 0), "leaf": (CALLS + 1, 0), "spin": (1, 0)})
                self.assertEqual({name: calls for name, calls in child.calls().items() if any(calls)},
                                 {"in_child": (1, 0), "leaf": (1, 0)})
                self.assertEqual((parent.timing, child.timing), 2 * (TIMINGS.index(timing) + 1,))

    def test_off(self):
        self.execute("app", CALLS, 0, environment={"PROFINST_TIMING": "off"})
        self.assertEqual(self.profiles(), [])

    def test_wrong_value(self):
        for value in "exactly", "COUNTS", "1":
            with self.subTest(value=value):
                self.spin(value, stderr=f"profinst: PROFINST_TIMING is none of exact, auto, counts and off: "
                                        f"{value}; the default is taken\n")
                self.assertEqual(raw.Profile(self.profiles()[0]).timing,
                                 self.default_timing())

    def default_timing(self):
        self.execute("app", 1, 0)
        return raw.Profile(self.profiles()[-1]).timing

    def durations(self, profile):
        """By function: how many calls the histogram stands for, and how many were measured."""
        sums = {}
        for octave in profile.octaves:
            calls, timed = sums.get(profile.name(octave.function), (0, 0))
            sums[profile.name(octave.function)] = calls + sum(octave.counts), timed + octave.timed
        return {name: both for name, both in sums.items() if any(both)}

    def test_durations_of_every_call_that_returned(self):
        parent, child = self.spin("exact")
        self.assertEqual(self.durations(parent), {
            "main": (1, 1), "calls_leaf": (1, 1), "leaf": (CALLS + 1, CALLS + 1), "spin": (1, 1)})
        self.assertEqual(self.durations(child), {"in_child": (1, 1), "leaf": (1, 1)})

    def test_durations_where_few_are_measured(self):
        """Each stands for those since the one before; those after the last have none."""
        parent, _ = self.spin("auto")
        calls, timed = self.durations(parent)["leaf"]
        self.assertTrue(16 <= timed <= calls <= CALLS + 1, (timed, calls))

    def test_nothing_is_timed_where_calls_are_counted(self):
        for profile in self.spin("counts"):
            self.assertEqual(self.durations(profile), {})
            self.assertEqual([record for record in profile.records.values()
                              if record.self or record.samples or record.counted], [])

    def test_samples_are_of_who_ran(self):
        parent, child = self.spin("auto", 1)
        samples = {}
        for record in parent.records.values():
            name = parent.name(parent.function(record))
            samples[name] = samples.get(name, 0) + record.samples
        self.assertGreater(parent.sample_ns, 0, "no samples are taken here")
        self.assertGreater(samples["spin"], samples["main"])  # which runs for a moment, too
        self.assertEqual(sum(record.samples for record in child.records.values()
                             if child.name(child.function(record)) in ("spin", "calls_leaf")), 0)


class Code(support.Case):
    """The section .profinst_code, from which the sampler knows the profiler's own code."""

    LINKERS = {"bfd": lambda version: "-fuse-ld=bfd", "gold": lambda version: "-fuse-ld=gold", "lld": lld}

    def section(self, file):
        """Address and content; None if there is none."""
        for line in self.command(support.tool("readelf"), "-SW", file).stdout.splitlines():
            words = line.replace("[ ", "[").split()
            if len(words) > 5 and words[1] == ".profinst_code":
                address, offset, size = (int(word, 16) for word in words[3:6])
                return address, (self.folder / file).read_bytes()[offset:offset + size]
        return None

    def functions(self, file):
        """(start, end) by name."""
        table = {}
        for line in self.command(support.tool("nm"), "-S", "--defined-only", file).stdout.splitlines():
            words = line.split()
            if len(words) == 4 and words[2] in "tT":
                table[words[3]] = int(words[0], 16), int(words[0], 16) + int(words[1], 16)
        return table

    def ranges(self, file):
        """(start, end, whether it is an entry) of each, in the order of the file."""
        address, content = self.section(file)
        self.assertEqual(len(content) % 12, 0)
        for at in range(0, len(content), 12):
            start, size, function = struct.unpack_from("<iIi", content, at)
            yield address + at + start, address + at + start + size, function != 0

    def test_each_linker(self):
        """Every entry and every return of every function lies in it."""
        for version in CLANGS:
            for linker, flag in self.LINKERS.items():
                with each(self, version=version, linker=linker):
                    self.compile("app", "-O2", flag(version), program("counts.c"), version=version)
                    self.check_stated(self.profile("app"), program("counts.c"))
                    functions = {name: place for name, place in self.functions("app").items()
                                 if name in support.stated(program("counts.c")).calls}
                    entries = []
                    for start, end, is_entry in self.ranges("app"):
                        inside = [name for name, (first, after) in functions.items()
                                  if first <= start < end <= after]
                        self.assertEqual(len(inside), 1, (hex(start), hex(end)))
                        entries += inside if is_entry else []
                    self.assertEqual(sorted(entries), sorted(functions))

    def test_what_nobody_calls_is_left_out(self):
        """It need not even be linkable."""
        source = program("unused.c")
        for version in CLANGS:
            for linker, flag in self.LINKERS.items():
                with each(self, version=version, linker=linker):
                    self.compile("app", "-O2", "-ffunction-sections", "-Wl,--gc-sections", flag(version), source,
                                 version=version)
                    self.check_stated(self.profile("app"), source)
                    self.assertNotIn("unused", self.functions("app"))


if __name__ == "__main__":
    support.main()

"""What becomes of times: correction, the noise floor, groups that share a time, errors, durations, and
processes without times. The expected values are worked out here, from what docs/TIMING.md says."""

import math
import random
import unittest

from profile_writer import AUTO, COUNTS, DURATIONS, Octave, Profile, chunk
from support import Case


def by_name(rows):
    return {row["function"]: row for row in rows}


class Exact(Case):
    """Each timed call adds 30 ticks to its function, 12 to its caller."""

    def profile(self):
        profile = Profile()
        profile.timed = (30, 12)
        thread = profile.thread(outside=1_000)
        main, work, leaf = (profile.function(name) for name in ("main", "work", "leaf"))
        in_main = thread.context(thread.root, main, 1, 50_000)
        in_work = thread.context(in_main, work, 100, 40_000)
        thread.context(in_work, leaf, 1_000, 33_000)
        thread.cross(in_work, in_work, 20)
        return profile

    def test_correction(self):
        report = self.report("--contexts", self.write(self.profile()))
        rows = by_name(report["functions"])
        own = {"main": 50_000 - 30 - 100 * 12,
               "work": 40_000 - 120 * 30 - 20 * 12 - 1_000 * 12,
               "leaf": 33_000 - 1_000 * 30}
        self.assertEqual({name: row["self_ns"] for name, row in rows.items()}, own)
        self.assertEqual({name: row["raw_self_ns"] for name, row in rows.items()},
                         {"main": 50_000, "work": 40_000, "leaf": 33_000})
        self.assertEqual(rows["main"]["cumulative_ns"], sum(own.values()))
        self.assertEqual(rows["work"]["cumulative_ns"], own["work"] + own["leaf"])
        self.assertEqual(report["outside_ns"], 1_000 - 12)
        total = 1_000 + 50_000 + 40_000 + 33_000
        taken = total - report["outside_ns"] - sum(own.values())
        self.assertEqual((report["total_ns"], report["profiler_ns"]), (total - taken, taken))
        self.assertEqual(report["unattributed_ns"], 0)
        self.assertEqual({row["self_error_ns"] + row["cumulative_error_ns"] for row in rows.values()}, {0})
        contexts = {row["path"][-1]: row for row in report["contexts"]}
        self.assertEqual({name: row["self_ns"] for name, row in contexts.items()}, own)
        self.assertEqual(contexts["leaf"]["raw_self_ns"], 33_000)

    def test_costs_may_be_fractions_of_a_tick(self):
        profile = Profile()
        profile.timed = (0.25, 0.125)
        thread = profile.thread(outside=1_000)
        thread.context(thread.root, profile.function("f"), 4_000, 9_000)
        report = self.report(self.write(profile))
        self.assertEqual(report["functions"][0]["self_ns"], 8_000)
        self.assertEqual(report["outside_ns"], 500)

    def test_no_time_is_less_than_nothing(self):
        profile = Profile()
        profile.timed = (30, 12)
        thread = profile.thread(outside=100)
        thread.context(thread.root, profile.function("f"), 1_000, 29_999)
        report = self.report(self.write(profile))
        self.assertEqual((report["functions"][0]["self_ns"], report["outside_ns"]), (0, 0))
        self.assertEqual((report["total_ns"], report["profiler_ns"]), (0, 30_099))

    def test_calls_made_from_inlined_code_are_made_in_its_host(self):
        profile = Profile()
        profile.timed = (30, 12)
        thread = profile.thread()
        host = thread.context(thread.root, profile.function("host"), 1, 9_000)
        inlined = thread.inlined(host, profile.function("inlined"), 7)
        thread.context(inlined, profile.function("leaf"), 100, 5_000)
        rows = by_name(self.report(self.write(profile))["functions"])
        self.assertEqual((rows["host"]["self_ns"], rows["inlined"]["self_ns"], rows["leaf"]["self_ns"]),
                         (9_000 - 30 - 1_200, 0, 2_000))
        self.assertEqual(rows["inlined"]["cumulative_ns"], 2_000)

    def test_what_is_below_the_noise_is_not_ranked(self):
        profile = Profile()
        profile.timed = (30, 0)
        thread = profile.thread()
        for name, calls, ticks in (("noisy", 1_000_000, 31_000_000), ("clear", 1, 100_030),
                                   ("tenth", 100, 3_300), ("less", 100, 3_299), ("idle", 1, 30)):
            thread.context(thread.root, profile.function(name), calls, ticks)
        name = self.write(profile)
        rows = self.report("--sort=self", name)["functions"]
        self.assertEqual([(row["function"], row["self_ns"], row["below_noise"]) for row in rows],
                         [("clear", 100_000, False), ("tenth", 300, False), ("noisy", 1_000_000, True),
                          ("less", 299, True), ("idle", 0, True)])
        text = self.output("report", name)
        self.assertRegex(text, r"\n3 +< noise +- +90\.9 % +1\.00 ms +1,000,000 ")
        self.assertIn("\nProfiler  30.0 ms (96.5 % of the threads' time), taken out of all times; 3 functions "
                      "are below the noise\n", text)
        self.output("load", name)
        self.assertEqual(self.database().execute(
            "SELECT rank, name, below_noise FROM bottlenecks").fetchall(),
            [(1, "clear", 0), (2, "tenth", 0), (3, "noisy", 1), (4, "less", 1), (5, "idle", 1)])

    def test_the_database_keeps_what_the_process_had(self):
        self.output("load", self.write(self.profile()))
        sql = self.database()
        self.assertEqual(sql.execute("SELECT self_ticks, raw_self_ns FROM context ORDER BY id").fetchall(),
                         [(ticks, ticks) for ticks in (1_000, 50_000, 40_000, 33_000)])
        self.assertEqual(sql.execute("SELECT timing, sample_ns, timed_inside_ns, timed_outside_ns,"
                                     " counted_inside_ns FROM process").fetchone(),
                         ("exact", None, 30, 12, None))
        for view in ("threads", "processes", "runs"):
            lifetime, timed, profiler, outside, unattributed = sql.execute(
                f"SELECT lifetime_ns, timed_ns, profiler_ns, outside_ns, unattributed_ns FROM {view}"
            ).fetchone()
            self.assertEqual((lifetime, outside, unattributed), (124_000, 988, 0))
            self.assertEqual(timed, lifetime - profiler)
        shares, = sql.execute("SELECT sum(self_share) FROM bottlenecks").fetchone()
        self.assertAlmostEqual(shares, 1 - 988 / timed)

    def test_making_contexts_is_the_profilers(self):
        profile = self.profile()
        without = self.report(self.write(profile, "without.profinst"))
        profile.thread_list[0].making, profile.thread_list[0].lifetime = 7_000, 124_000 + 7_000
        report = self.report(self.write(profile, "with.profinst"))
        self.assertEqual(report["profiler_ns"], without["profiler_ns"] + 7_000)
        for key in "total_ns", "outside_ns", "unattributed_ns", "functions":
            self.assertEqual(report[key], without[key], key)

    def test_no_costs_no_correction(self):
        profile = self.profile()
        profile.timed = (0, 0)
        report = self.report(self.write(profile))
        self.assertEqual(report["profiler_ns"], 0)
        for row in report["functions"]:
            self.assertEqual(row["self_ns"], row["raw_self_ns"])


class Group:
    """A head that calls f, and f that calls g: both gave the clock up. The runtime put all their time
    into the head. Works out again what the analyzer should say."""

    PRIOR, DEVIATIONS, COST_ERROR, COUNTED_COST_ERROR, HOOKS_ERROR = 1, 1.96, 0.1, 0.5, 0.5
    stretch = 1  # time of the clock for each of the processor
    clumping = 1  # samples that each signal stands for

    def __init__(self, time, samples, before=None, sample_ns=1_000, calls=None, timed=(20, 10),
                 counted=(2, 1)):
        """`samples`: pairs of all, and those in hooks. `before`: timed calls and their time."""
        self.samples, self.before = samples, before or {"f": (64, 6_400), "g": (128, 6_400)}
        self.calls = calls or {"head": 1, "f": 10_000, "g": 50_000}
        self.timed, self.counted = timed, counted
        self.time, self.sample_ns = time, sample_ns

    def profile(self):
        profile = Profile()
        profile.timing, profile.sample_ns = AUTO, self.sample_ns
        profile.timed, profile.counted = self.timed, self.counted
        thread = profile.thread()
        place, ticks = thread.root, self.time
        for name in ("head", "f", "g"):
            calls, own = self.before.get(name, (0, 0))
            place = thread.context(place, profile.function(name), self.calls[name],
                                   self.time if name == "head" else own)
            place.estimated(*self.samples[name], calls, own)
        return profile

    def expected(self):
        """By function: self, raw and error of the self time, cumulative time and its error."""
        names, following = ("head", "f", "g"), {"head": "f", "f": "g"}
        calls = self.calls
        made = {name: calls[following[name]] if name in following else 0 for name in names}
        timed_made = {name: self.before[following[name]][0] if name in following else 0 for name in names}
        cost_before, cost_after, rest, weight = {}, {}, {}, {}
        for name in names:
            timed = self.before.get(name, (0, 0))[0]
            made_before = made[name] * timed / calls[name]
            timed_before = min(made_before, timed_made[name])
            cost_before[name] = (timed * self.timed[0] + timed_before * self.timed[1]
                                 + (made_before - timed_before) * self.counted[1])
            counted = calls[name] - (timed or calls[name]) if name != "head" else 0
            cost_after[name] = (calls[name] - timed if name == "head" else counted) * self.counted[0] + \
                (made[name] - made_before) * self.counted[1]
            cost_after[name] *= self.stretch
            rest[name] = timed_made[name] - timed_before
            if name != "head":
                own = self.before[name]
                weight[name] = (max(0, own[1] - cost_before[name]) / own[0] * counted + cost_after[name])
        time = self.time
        hooks = calls["head"] * self.timed[0] + sum(rest.values()) * self.timed[1]
        weight["head"] = max(0, time - sum(weight.values()) - hooks)
        total = sum(weight.values()) + hooks
        weight = {name: value / total for name, value in weight.items()}
        hooks /= total
        n = sum(samples for samples, _ in self.samples.values())
        self.missing = (max(0, time - (n + 2 * math.sqrt(n * self.clumping) + 4 * self.clumping) * self.sample_ns) if self.sample_ns else 0)
        sampled = time - self.missing

        def share(samples, weight):
            return sampled * (samples + self.PRIOR * weight) / (n + self.PRIOR) + self.missing * weight

        def variance(samples, weight):
            posterior = (samples + self.PRIOR * weight) / (n + self.PRIOR)
            more, others = (min(2 * self.clumping, 4 * n * max(0, part)) for part in (weight, 1 - weight))
            size = max(1, n + more + others)
            adjusted = (samples + more) / size
            by_samples = max(max(0, posterior * (1 - posterior)) / (n + self.PRIOR + 1),
                             max(0, adjusted * (1 - adjusted)) / size)
            by_weight = max(0, weight * (1 - weight)) / (self.PRIOR + 1)
            return sampled ** 2 * by_samples * self.clumping + self.missing ** 2 * by_weight

        hook_samples = sum(hook for _, hook in self.samples.values())
        counted_calls = {name: calls[name] - self.before.get(name, (0, 0))[0] if name != "head" else 0 for name in names}
        all_counted = sum(counted_calls.values())
        in_hooks = (self.HOOKS_ERROR * sampled * hook_samples / n / all_counted if n and all_counted else 0)
        counted_made = {name: counted_calls[following[name]] if name in following else 0 for name in names}
        result, below = {}, (0, 0, 0, 0)
        for name in reversed(names):
            samples = self.samples[name][0] - self.samples[name][1]
            own = self.before.get(name, (0, 0))
            self_time = (max(0, own[1] - cost_before[name])
                         + max(0, share(samples, weight[name]) - cost_after[name]))
            raw = own[1] + share(self.samples[name][0], weight[name]) + (
                share(0, hooks) if name == "head" else 0)
            cost = self.COST_ERROR * cost_before[name] + max(
                self.COUNTED_COST_ERROR * cost_after[name],
                in_hooks * max(counted_calls[name], counted_made[name]))
            below = (below[0] + samples, below[1] + weight[name], below[2] + cost, below[3] + self_time)
            result[name] = {
                "self_ns": self_time, "raw_self_ns": raw, "cumulative_ns": below[3],
                "self_error_ns": math.hypot(self.DEVIATIONS * math.sqrt(variance(samples, weight[name])),
                                            cost),
                "cumulative_error_ns": math.hypot(self.DEVIATIONS * math.sqrt(variance(*below[:2])),
                                                  below[2])}
        return result


class Estimates(Case):
    def check(self, group):
        report = self.report("--contexts", self.write(group.profile()))
        expected = group.expected()
        rows = by_name(report["functions"])
        for row in report["contexts"]:
            for column, value in expected[row["path"][-1]].items():
                self.assertLessEqual(abs(row[column] - value), 3, (row["path"], column, value))
                self.assertEqual(rows[row["path"][-1]][column], row[column])
        lifetime = group.time + sum(own for _, own in group.before.values())
        self.assertEqual(sum(row["raw_self_ns"] for row in rows.values()), lifetime)
        self.assertEqual(sum(row["self_ns"] for row in rows.values()), report["total_ns"])
        self.assertEqual(report["total_ns"] + report["profiler_ns"], lifetime)
        return rows

    def test_samples_divide(self):
        """Nothing but samples: shares are theirs, and the hooks' part is nobody's."""
        rows = self.check(Group(1_000_000_000, {"head": (2_000, 0), "f": (3_000, 500), "g": (5_000, 1_000)},
                                sample_ns=100_000, counted=(0, 0), timed=(0, 0)))
        counted = 10_000 - 64 + 50_000 - 128
        for name, share, calls in (("head", 0.20, 10_000 - 64), ("f", 0.25, 50_000 - 128), ("g", 0.40, 50_000 - 128)):
            self.assertLess(abs(rows[name]["self_ns"] - share * 1e9), 0.0002e9)
            error = math.hypot(1.96e9 * math.sqrt(share * (1 - share) / 10_000), 0.5 * 0.15e9 * calls / counted)
            self.assertLess(abs(rows[name]["self_error_ns"] - error), 0.01 * error)

    def test_costs_of_counted_calls(self):
        without = self.check(Group(100_000_000, {"head": (200, 0), "f": (300, 0), "g": (500, 0)},
                                   sample_ns=100_000, counted=(0, 0)))
        rows = self.check(Group(100_000_000, {"head": (200, 0), "f": (300, 0), "g": (500, 0)},
                                sample_ns=100_000, counted=(2, 1)))
        self.assertLess(abs(without["g"]["self_ns"] - rows["g"]["self_ns"] - 2 * (50_000 - 128)), 60_000)

    def test_few_samples_lean_on_the_prior(self):
        for samples in ({"head": (0, 0), "f": (0, 0), "g": (0, 0)}, {"head": (0, 0), "f": (1, 0), "g": (0, 0)},
                        {"head": (1, 1), "f": (0, 0), "g": (2, 0)}, {"head": (3, 0), "f": (2, 1), "g": (0, 0)}):
            for sample_ns in (4_000_000, 0):
                with self.subTest((samples, sample_ns)):
                    self.check(Group(9_000_000, samples, sample_ns=sample_ns))

    def test_no_samples_at_all(self):
        """f took 80 ticks a call while it was timed, without what recording took."""
        rows = self.check(Group(9_000_000, {"head": (0, 0), "f": (0, 0), "g": (0, 0)}, sample_ns=4_000_000,
                                before={"f": (100, 10_000), "g": (100, 5_000)}, counted=(0, 0), timed=(20, 0)))
        self.assertEqual(rows["f"]["self_ns"], 80 * 10_000)
        self.assertEqual(rows["g"]["self_ns"], 30 * 50_000)
        self.assertGreater(rows["f"]["self_error_ns"], 1_000_000)

    def test_waiting_is_not_divided_by_samples(self):
        """A tenth of the time was sampled; the calls of f and g took as long as they used to."""
        group = Group(1_000_000_000, {"head": (20, 0), "f": (30, 0), "g": (50, 0)}, sample_ns=1_000_000)
        rows = self.check(group)
        self.assertGreater(group.missing, 870_000_000)
        self.assertGreater(rows["head"]["self_ns"], 870_000_000)
        self.assertGreater(rows["f"]["self_error_ns"], 30_000_000)

    def check_with_thread(self, group, **fields):
        profile = group.profile()
        for field, value in fields.items():
            setattr(profile.thread_list[0], field, value)
        rows = by_name(self.report(self.write(profile))["functions"])
        return rows, group.expected()

    def test_time_that_others_had_the_processor_for_is_divided_by_samples(self):
        """Samples come each 0.5 ms of the processor's time, and each 1 ms of the clock's."""
        group = Group(1_000_000_000, {"head": (200, 0), "f": (300, 0), "g": (500, 0)}, sample_ns=1_000_000)
        waiting = Group(1_000_000_000, group.samples, sample_ns=500_000)
        self.check(waiting)
        self.assertGreater(waiting.missing, 400_000_000)
        profile = group.profile()
        profile.sample_ns = 500_000
        thread, = profile.thread_list
        thread.sampled, thread.sampled_ns = 900, 900_000_000
        rows = by_name(self.report(self.write(profile))["functions"])
        group.stretch = 2
        for name, values in group.expected().items():
            for column, value in values.items():
                self.assertLessEqual(abs(rows[name][column] - value), 3, (name, column))
        self.assertEqual(group.missing, 0)

    def test_time_may_be_in_any_member(self):
        """As the process had it, f has all the time of the group."""
        profile = Profile()
        profile.timing, profile.sample_ns = AUTO, 1_000_000
        thread = profile.thread()
        head = thread.context(thread.root, profile.function("head"), 1)
        thread.context(head, profile.function("f"), 1_000, 100_000_000).estimated(0, 0, 10, 1_000)
        rows = by_name(self.report(self.write(profile))["functions"])
        # 100 ns a call, as while it was timed; by weights alone there is no more.
        self.assertEqual((rows["f"]["self_ns"], rows["head"]["self_ns"]), (100_000, 99_900_000))

    def test_a_group_misses_no_more_than_its_thread(self):
        """Others had the processor for long while the thread was in the group, by chance."""
        group = Group(1_000_000_000, {"head": (20, 0), "f": (30, 0), "g": (50, 0)}, sample_ns=1_000_000)
        profile = group.profile()
        thread, = profile.thread_list
        thread.context(thread.root, profile.function("other"), 1, 100_000_000).estimated(1_500)
        rows = by_name(self.report(self.write(profile))["functions"])
        group.sample_ns = 0  # nothing is missing
        for name, values in group.expected().items():
            for column, value in values.items():
                self.assertLessEqual(abs(rows[name][column] - value), 3, (name, column))

    def test_groups_that_calls_cross_without_a_look_at_the_clock_are_one(self):
        """one calls f, which gave the clock up; that calls two, which calls f again, and is not timed then:
        what of the time of two is f's nobody sees but samples."""
        profile = Profile()
        profile.timing, profile.sample_ns = AUTO, 1_000_000
        thread = profile.thread()
        one = thread.context(thread.root, profile.function("one"), 10, 300_000_000)
        f = thread.context(one, profile.function("f"), 1_000).estimated(0, 0, 10)
        two = thread.context(f, profile.function("two"), 20, 700_000_000)
        back = thread.cross(two, f, 50_000)

        def rows(*samples):
            for record, number in zip((one, f, two), samples):
                record.samples = number
            return by_name(self.report(self.write(profile))["functions"])

        apart = rows(200, 100, 700)
        self.assertEqual(apart["two"]["self_ns"], 700_000_000)
        back.estimated(0, counted=1)
        joined = rows(100, 600, 300)
        for name, share in (("one", 0.1), ("f", 0.6), ("two", 0.3)):
            self.assertLess(abs(joined[name]["self_ns"] - share * 1e9), 1e6)
            error = 1.96e9 * math.sqrt(share * (1 - share) / 1_000)
            self.assertLess(abs(joined[name]["self_error_ns"] - error), 0.02 * error)
        self.assertLess(joined["one"]["cumulative_error_ns"], 100)
        prior = rows(0, 0, 0)
        self.assertEqual((prior["one"]["self_ns"], prior["f"]["self_ns"], prior["two"]["self_ns"]),
                         (300_000_000, 0, 700_000_000))
        self.assertGreater(prior["two"]["self_error_ns"], 0.3e9)

    def test_samples_that_stand_for_several_make_errors_larger(self):
        """250 signals for 1,000 samples: the variance is that of a fourth of the samples. One that might have
        come, and did not, would have been four."""
        group = Group(1_000_000_000, {"head": (300, 0), "f": (0, 0), "g": (700, 0)}, sample_ns=1_000_000,
                      counted=(0, 0), timed=(0, 0))
        plain, _ = self.check_with_thread(group)
        group.clumping = 4
        clumped, expected = self.check_with_thread(group, samples_taken=250, sample_squares=4_000)
        for name, row in clumped.items():
            for column, value in expected[name].items():
                self.assertLessEqual(abs(row[column] - value), 3, (name, column))
            self.assertEqual(row["self_ns"], plain[name]["self_ns"])
        self.assertGreater(clumped["f"]["self_error_ns"], 2.7 * plain["f"]["self_error_ns"])

    def test_senseless_numbers_of_samples(self):
        group = Group(1_000_000, {"head": (2**32 - 1, 0), "f": (2**32 - 1, 2**32 - 1), "g": (1, 0)})
        rows, _ = self.check_with_thread(group, samples_taken=1, sample_squares=2**64 - 1, sampled=1,
                                         sampled_ns=2**64 - 1)
        for row in rows.values():
            self.assertLessEqual(row["self_error_ns"], 2**56)
        twice = group.profile()
        twice.thread_list[0].sample_squares = 2**64 - 1
        twice.profile_id = b"another profile!"
        self.report("app.profinst", self.write(twice, "other.profinst"))

    def test_a_forked_child_may_know_nothing_of_its_calls(self):
        profile = Group(1_000_000_000, {"head": (0, 0), "f": (0, 0), "g": (0, 0)}, sample_ns=0,
                        before={"f": (0, 0), "g": (0, 0)}, counted=(0, 0), timed=(0, 0),
                        calls={"head": 10, "f": 30, "g": 60}).profile()
        for record in profile.thread_list[0].contexts[2:]:
            record.counted = 1
        rows = by_name(self.report(self.write(profile))["functions"])
        for name, share in (("head", 0.1), ("f", 0.3), ("g", 0.6)):
            self.assertLess(abs(rows[name]["self_ns"] - share * 1e9), 3)
            self.assertGreater(rows[name]["self_error_ns"], 0.3e9)
        for record, samples in zip(profile.thread_list[0].contexts[1:], (500, 400, 100)):
            record.samples = samples
        rows = by_name(self.report(self.write(profile))["functions"])
        self.assertLess(abs(rows["f"]["self_ns"] - 0.4e9), 1e6)

    def test_more_prior_time_than_there_was(self):
        self.check(Group(1_000_000, {"head": (1, 0), "f": (30, 2), "g": (69, 7)}, sample_ns=10_000))

    def test_a_context_that_is_alone_in_its_group_is_as_in_exact(self):
        profile = Profile()
        profile.timing, profile.sample_ns, profile.timed = AUTO, 1_000, (30, 12)
        thread = profile.thread(outside=500)
        main = thread.context(thread.root, profile.function("main"), 1, 90_000).estimated(70, 9)
        thread.context(main, profile.function("work"), 10, 10_000).estimated(30, 2)
        report = self.report(self.write(profile))
        rows = by_name(report["functions"])
        self.assertEqual((rows["main"]["self_ns"], rows["work"]["self_ns"]),
                         (90_000 - 30 - 120, 10_000 - 300))
        self.assertEqual((rows["main"]["self_error_ns"], rows["work"]["self_error_ns"]), (15, 30))
        self.assertEqual(rows["main"]["cumulative_error_ns"], 45)

    def test_functions_of_several_contexts_and_groups(self):
        """Two heads, each with f twice below it: within a group the parts of f add up before their error
        is known, those of two groups are independent."""
        profile = Profile()
        profile.timing, profile.sample_ns = AUTO, 1_250
        thread = profile.thread()
        f, a, b = (profile.function(name) for name in ("f", "a", "b"))
        for name in ("one", "two"):
            head = thread.context(thread.root, profile.function(name), 1, 1_000_000).estimated(100)
            for inner, samples in ((a, 200), (b, 300)):
                place = thread.context(head, inner, 1_000).estimated(100, 0, 10)
                thread.context(place, f, 5_000).estimated(samples, 0, 10)
        rows = by_name(self.report(self.write(profile))["functions"])
        n, share = 800, 500 / 800

        def error(share, groups):
            return 1.96e6 * math.sqrt(groups * share * (1 - share) / n)

        self.assertLess(abs(rows["f"]["self_ns"] - 2e6 * share), 3_000)
        self.assertLess(abs(rows["f"]["self_error_ns"] - error(share, 2)), 300)
        self.assertEqual(rows["f"]["cumulative_error_ns"], rows["f"]["self_error_ns"])
        self.assertLess(abs(rows["a"]["cumulative_error_ns"] - error(300 / n, 2)), 300)
        self.assertLess(abs(rows["one"]["self_error_ns"] - error(100 / n, 1)), 300)
        self.assertLess(rows["one"]["cumulative_error_ns"], 100)  # all of its group is in it

    def test_samples_of_inlined_contexts_and_of_cross_records_are_where_their_time_is(self):
        profile = Profile()
        profile.timing, profile.sample_ns = AUTO, 1_000
        thread = profile.thread()
        head = thread.context(thread.root, profile.function("head"), 1, 1_000_000).estimated(0)
        f = thread.context(head, profile.function("f"), 1_000).estimated(200, 0, 10)
        inlined = thread.inlined(f, profile.function("inlined"), 5).estimated(300)
        thread.cross(inlined, f, 9).estimated(100)
        thread.context(inlined, profile.function("leaf"), 1_000).estimated(400, 0, 10)
        rows = by_name(self.report(self.write(profile))["functions"])
        self.assertLess(abs(rows["f"]["self_ns"] - 600_000), 1_100)
        self.assertLess(abs(rows["leaf"]["self_ns"] - 400_000), 1_100)
        self.assertEqual(rows["inlined"]["self_ns"], 0)
        self.assertEqual(rows["inlined"]["cumulative_ns"], rows["leaf"]["self_ns"])
        self.assertEqual(rows["inlined"]["cumulative_error_ns"], rows["leaf"]["self_error_ns"])

    def test_intervals_hold_the_truth(self):
        """Samples drawn from known shares: 95 in 100 intervals should hold them; fixed seeds."""
        generator = random.Random(7)
        held = drawn = 0
        truth = {"head": 0.55, "f": 0.05, "g": 0.4}
        for _ in range(60):
            counts = dict.fromkeys(truth, 0)
            for name in generator.choices(list(truth), truth.values(), k=200):
                counts[name] += 1
            rows = by_name(self.report(self.write(Group(
                1_000_000_000, {name: (count, 0) for name, count in counts.items()}, sample_ns=5_000_000,
                counted=(0, 0), timed=(0, 0)).profile()))["functions"])
            for name, share in truth.items():
                held += abs(rows[name]["self_ns"] - share * 1e9) <= rows[name]["self_error_ns"]
                drawn += 1
        self.assertGreaterEqual(held / drawn, 0.93)

    def test_what_a_table_shows(self):
        name = self.write(Group(100_000_000, {"head": (200, 0), "f": (300, 50), "g": (500, 100)},
                                sample_ns=100_000).profile())
        text = self.output("report", "--contexts", name)
        self.assertRegex(text, r"\n1 +4\d\.\d ±8\.\d % .* g +app\n")
        self.assertIn("\nTiming    auto: short calls by 1,000 samples, one each 100 µs of processor time; 150 "
                      "of them in the profiler\n", text)
        self.output("load", name)
        sql = self.database()
        self.assertEqual(sql.execute("SELECT samples, hook_samples, counted, timed_calls, timed_self_ticks"
                                     " FROM estimate WHERE context_id > 1 ORDER BY context_id").fetchall(),
                         [(200, 0, 0, 0, 0), (300, 50, 1, 64, 6_400), (500, 100, 1, 128, 6_400)])
        self.assertEqual(sql.execute("SELECT samples, hook_samples, timing, sample_ns FROM processes")
                         .fetchone(), (1_000, 150, "auto", 100_000))

    def test_damage(self):
        def refused(change, what):
            profile = Group(1_000_000, {"head": (2, 0), "f": (3, 1), "g": (5, 0)}).profile()
            change(profile.thread_list[0].contexts[2])
            self.fails(3, f"cannot read profile: app.profinst: damaged: {what}; copy the file again, or "
                       "record the program again", "report", self.write(profile))

        gave_up = "context 261 gave the clock up after more calls or time than it has"
        refused(lambda f: f.estimated(3, 1, 10_001, 5), gave_up)
        refused(lambda f: f.estimated(3, 1, 64, 6_401), gave_up)
        profile = Group(1_000_000, {"head": (2, 0), "f": (3, 1), "g": (5, 7)}).profile()
        self.assertEqual(self.report(self.write(profile))["processes"][0]["hook_samples"], 6)


class Counts(Case):
    def profile(self):
        profile = Profile()
        profile.timing, profile.timed = COUNTS, (30, 12)
        thread = profile.thread(running=1, started=1_000_000, last=0, lifetime=0)
        profile.latest = (5_000_000, 5_000_000)
        main = thread.context(thread.root, profile.function("main"), 1)
        thread.context(main, profile.function("rare"), 2)
        thread.context(main, profile.function("often"), 70)
        return profile

    def test_report(self):
        name = self.write(self.profile())
        text = self.output("report", "--edges", "--contexts", name)
        self.assertIn("\nTiming   counts: calls were counted, and no times taken\n", text)
        self.assertIn("\n#  calls  function  where\n1     70  often     app\n2      2  rare      app\n"
                      "3      1  main      app\n", text)
        self.assertNotIn("%", text)
        report = self.report("--edges", "--contexts", name)
        for row in report["functions"] + report["edges"] + report["contexts"]:
            self.assertEqual({value for key, value in row.items() if key.endswith("_ns")}, {None})
        self.assertEqual([report[key] for key in ("total_ns", "profiler_ns", "outside_ns", "unattributed_ns")],
                         [None] * 4)
        self.assertEqual([row["calls"] for row in report["functions"]], [70, 2, 1])
        rows = self.profinst("report", "--format=csv", name).stdout.decode().splitlines()
        self.assertEqual(rows[1], "often,often,app,,,0,70,0,0,,,,,,,,,0,0,,,,,,,")

    def test_times_are_damage(self):
        profile = self.profile()
        profile.thread_list[0].contexts[1].self_ticks = 1
        self.fails(3, "cannot read profile: app.profinst: damaged: context 259 has time, but none was taken; "
                   "copy the file again, or record the program again", "report", self.write(profile))

    def test_database_and_graph(self):
        name = self.write(self.profile())
        self.output("load", name)
        sql = self.database()
        self.assertEqual(sql.execute("SELECT timing, lifetime_ns, timed_ns, unattributed_ns, profiler_ns"
                                     " FROM processes").fetchone(), ("counts", 4_000_000, 0, 0, 0))
        self.output("graph", "-o", "out.dot", name)

    def test_beside_one_with_times(self):
        other = Profile(key=2)
        thread = other.thread()
        thread.context(thread.root, other.function("main"), 1, 500)
        report = self.report(self.write(self.profile()), self.write(other, "other.profinst"))
        self.assertEqual((report["total_ns"], report["unattributed_ns"]), (500, 0))
        self.assertEqual(by_name(report["functions"])["main"]["self_ns"], 500)
        text = self.output("report", "app.profinst", "other.profinst")
        self.assertIn("\nTiming   not the same in all processes\n", text)


class Durations(Case):
    COLUMNS = ("min_ns", "p50_ns", "p75_ns", "p95_ns", "p99_ns", "max_ns")

    def with_durations(self, ticks, weights=None, inside=0, key=1, run=1):
        profile = Profile(key=key, run=run)
        profile.timed = (inside, 0)
        thread = profile.thread()
        f = profile.function("f")
        thread.context(thread.root, f, 1, 10)
        thread.durations(f, ticks, weights)
        return profile

    def row(self, *profiles):
        names = [self.write(profile, f"{at}.profinst") for at, profile in enumerate(profiles)]
        row, = self.report(*names)["functions"]
        return row

    @staticmethod
    def percentile(ticks, part):
        return sorted(ticks)[math.ceil(part * len(ticks)) - 1]

    def check(self, row, ticks, inside=0):
        self.assertEqual(row["measured_calls"], len(ticks))
        self.assertEqual((row["min_ns"], row["max_ns"]), (max(0, min(ticks) - inside), max(ticks) - inside))
        for column, part in (("p50_ns", .5), ("p75_ns", .75), ("p95_ns", .95), ("p99_ns", .99)):
            exact = self.percentile(ticks, part) - inside
            self.assertLessEqual(abs(row[column] - exact), max(0.1 * exact, 2.5), (column, exact))

    def test_percentiles_are_within_10_percent(self):
        generator = random.Random(3)
        for ticks in ([generator.randrange(100, 100_000) for _ in range(5_000)],
                      [int(generator.lognormvariate(8, 2)) + 40 for _ in range(5_000)],
                      [64] * 1_000, [71] * 999 + [64], [64] * 999 + [71], [100] * 90 + [10**9] * 10,
                      [0] * 50 + [31] * 50, [1 << 47, (1 << 48) - 1], [1], list(range(32)) * 3,
                      [8 ** i for i in range(1, 15)]):
            with self.subTest(ticks[:5]):
                self.check(self.row(self.with_durations(ticks)), ticks)

    def test_what_recording_took_is_taken_out(self):
        ticks = [generator for generator in range(500, 4_000, 7)]
        self.check(self.row(self.with_durations(ticks, inside=27)), ticks, inside=27)
        row = self.row(self.with_durations([10, 20, 30], inside=27))
        self.assertEqual((row["min_ns"], row["max_ns"]), (0, 3))

    def test_threads_and_processes_are_put_together(self):
        first, second = list(range(100, 400)), list(range(5_000, 9_000, 2))
        row = self.row(self.with_durations(first), self.with_durations(second, key=2, run=2))
        self.check(row, first + second)
        self.output("load", "0.profinst")
        self.output("load", "1.profinst")
        self.output("load", "1.profinst")
        sql = self.database()
        columns = "measured_calls, " + ", ".join(self.COLUMNS)
        self.assertEqual(sql.execute(f"SELECT {columns} FROM functions").fetchone(),
                         tuple(row[column] for column in columns.split(", ")))
        runs = sql.execute(f"SELECT {columns} FROM run_functions ORDER BY run").fetchall()
        for found, ticks in zip(runs, (first, second)):
            self.check(dict(zip(columns.split(", "), found)), ticks)
        self.assertEqual(sql.execute("SELECT sum(calls), min(from_ns), max(to_ns) FROM durations").fetchone(),
                         (2_300, 100, 8_998))

    def test_a_newer_state_takes_the_place_of_the_older(self):
        old, new = self.with_durations(range(100, 200)), self.with_durations(range(100, 700))
        old.ended = 0
        self.output("load", self.write(old))
        self.output("load", self.write(new))
        row = self.database().execute("SELECT measured_calls, max_ns FROM functions").fetchone()
        self.assertEqual(row, (600, 699))
        self.assertEqual(self.database().execute("SELECT sum(calls) FROM duration").fetchone(), (600,))

    def test_calls_that_were_not_measured_count_by_their_weight(self):
        """A tenth of the short calls was measured, and all of the long ones."""
        row = self.row(self.with_durations([100] * 100 + [10_000] * 100, [10] * 100 + [1] * 100))
        self.assertEqual(row["measured_calls"], 200)
        self.assertEqual((row["p50_ns"], row["p75_ns"]), (100, 100))
        self.assertEqual((row["p95_ns"], row["p99_ns"]), (10_000, 10_000))

    def test_percentiles_of_too_few_are_not_told(self):
        for measured, known in ((1, "min max"), (2, "min p50 max"), (4, "min p50 p75 max"),
                                (19, "min p50 p75 max"), (20, "min p50 p75 p95 max"),
                                (99, "min p50 p75 p95 max"), (100, "min p50 p75 p95 p99 max")):
            row = self.row(self.with_durations([100] * measured, [2] * measured))
            self.assertEqual([column[:-3] for column in self.COLUMNS if row[column] is not None],
                             known.split(), measured)
        row = self.row(self.with_durations([100]))  # the only call there was
        self.assertEqual([row[column] for column in self.COLUMNS], [100] * 6)

    def test_durations_of_contexts(self):
        profile = self.with_durations([100, 200])
        thread, = profile.thread_list
        profile.thread_list[0].durations(profile.function("f"), [200], context=thread.contexts[1])
        row = self.row(profile)
        self.assertEqual((row["measured_calls"], row["min_ns"]), (2, 100))
        self.output("load", "0.profinst")
        rows = self.database().execute("SELECT contexts.path, from_ns, durations.calls FROM durations"
                                       " JOIN contexts ON contexts.id = context_id").fetchall()
        self.assertEqual(rows, [("f", 200, 1)])

    def test_table(self):
        name = self.write(self.with_durations([100] * 100 + [10_000] * 100))
        text = self.output("report", name)
        self.assertIn("average     p50      p95      p99      max  severity  function", text)
        self.assertIn(" 100 ns  10.0 µs  10.0 µs  10.0 µs  critical  f ", text)

    def refused(self, octave, what, thread=1, body=None):
        profile = self.with_durations([])
        profile.function("other")
        content = octave.pack() if body is None else body
        make = profile.chunks
        profile.chunks = lambda begin: make(begin) + [chunk(DURATIONS, content, thread)]
        for command in (["report"], ["load"]):
            self.fails(3, f"cannot read profile: app.profinst: damaged: {what}; copy the file again, or "
                       "record the program again", *command, self.write(profile))

    def test_damage(self):
        at = "durations at byte 16416 "
        self.refused(Octave(0, None, 0), at + "of function 0, octave 0")
        self.refused(Octave(3, None, 0), at + "of function 3, octave 0")
        self.refused(Octave(1, None, 60), at + "of function 1, octave 60")
        for context in (1, 257, 258, 0xFFFFFFFF):
            self.refused(Octave(1, context, 0), at + f"of context {context}, which is none of function 1")
        self.refused(Octave(2, 259, 0), at + "of context 259, which is none of function 2")
        self.refused(None, "chunk at byte 16384 ends within a record", body=b"\0" * 113)
        for thread in (0, 2):
            self.refused(Octave(1, None, 0), "durations at byte 16384 of no thread", thread)
        for counts in ([1 << 57] + [0] * 7, [1 << 55] * 8):
            octave = Octave(1, None, 0)
            octave.counts = counts
            self.refused(octave, at + f"have {max(counts)} calls in a bucket")

    def test_fields_that_do_not_fit_together(self):
        """A process may be killed while it notes a duration: whatever it left is read."""
        for timed, least, greatest in ((9, 0, 0), (0, 100, 90), (9, 1 << 63, 5), (1 << 63, 64, 1 << 63)):
            profile = self.with_durations([])
            octave = Octave(1, None, 2)
            octave.timed, octave.least, octave.greatest, octave.counts = timed, least, greatest, [5] + [0] * 7
            profile.thread_list[0].octaves.append(octave)
            row = self.row(profile)
            self.assertGreaterEqual(row["min_ns"], 64)
            self.assertLessEqual(row["max_ns"], 127)
            self.assertLessEqual(row["measured_calls"], 5)

    def test_empty_octaves_are_nothing(self):
        profile = self.with_durations([])
        profile.thread_list[0].octaves.append(Octave(1, None, 2))
        self.assertEqual(self.row(profile)["measured_calls"], 0)


if __name__ == "__main__":
    unittest.main()

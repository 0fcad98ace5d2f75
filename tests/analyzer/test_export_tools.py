"""Files for other tools, opened by these tools: callgrind_annotate, go tool pprof, flamegraph.pl,
promtool and the parsers of Prometheus' client. test_export_speedscope.py has speedscope."""

import re
import unittest

import consumers
from export_case import ExportCase
from profile_writer import AUTO, COUNTS, TSC, Profile
from support import example, inlined_example
from test_hostile import BYTES, HOSTILE


def hostile_example():
    """Names that mean something to one of the formats, as functions, files, modules and threads."""
    profile = Profile(program="/opt/a; b \\ \"c\" <d> & \x1b[2J 12")
    thread = profile.thread("thr; \"\\ 3", outside=100)
    parent = thread.context(thread.root, profile.function("main"), 1, 10)
    names = HOSTILE + BYTES + [
        "a;b", "a;b 12", "f 12", "f 1.5", "12", "(1)", "(1) f", "(2)", "fn=(3) f", "calls=4 5", "5 6 7",
        " f", "f ", "f\ncalls=1 1\n1 1000000", "name\\", "x" * 10_000, "# EOF", "{a=\"b\"} 1", "totals: 5",
        "f'2", "f (3x)", "(outside) ", "-", "all ", "\\x3B", "operator()(int)", "a(b)", "f@plt"]
    for number, name in enumerate(names):
        file = b"/src/" + (name if isinstance(name, bytes) else name.encode())
        thread.context(parent, profile.function(name, file[:4000], 3, file[:4000]), number + 1,
                       1000 + 1000 * number)
    return profile


def counted_example():
    profile = Profile()
    profile.timing = COUNTS
    thread = profile.thread()
    main = thread.context(thread.root, profile.function("main", "app.c", 3), 1)
    work = thread.context(main, profile.function("work", "app.c", 9), 20)
    thread.cross(work, work, 300)
    thread.context(work, profile.external("read"), 4_000)
    return profile


def estimated_example():
    profile = Profile()
    profile.timing, profile.sample_ns = AUTO, 1_000_000
    thread = profile.thread(lifetime=900_000_000)
    main = thread.context(thread.root, profile.function("main", "app.c", 3), 1, 400_000_000)
    work = thread.context(main, profile.function("work", "app.c", 9), 2_000_000, 1_000_000)
    work.estimated(samples=500, timed_calls=1000, timed_self=90_000)
    thread.sampled, thread.sampled_ns, thread.samples_taken = 1, 900_000_000, 900
    return profile


def folded_example():
    """Past the limit of contexts; and nested: a function that is inlined below itself."""
    profile = Profile()
    main, work, leaf = (profile.function(name, "app.c", line) for line, name in
                        enumerate(("main", "work", "leaf"), 1))
    thread = profile.thread(outside=7)
    in_main = thread.context(thread.root, main, 1, 100)
    in_work = thread.context(in_main, work, 5, 50)
    nested = thread.inlined(in_work, main, 3)
    thread.context(nested, leaf, 3, 30)
    fold = thread.fold()
    folded_work, folded_leaf = thread.context(fold, work, 7, 20), thread.context(fold, leaf, 0, 400)
    thread.cross(folded_work, folded_leaf, 44)
    return profile


def forked_example():
    """The child of a fork, in which functions run that were called before; and some time is lost."""
    profile = Profile()
    main, work, leaf = (profile.function(name, "app.c", line) for line, name in
                        enumerate(("main", "work", "leaf"), 1))
    thread = profile.thread(outside=11, lifetime=1_000)
    in_work = thread.context(thread.context(thread.root, main, 0, 100), work, 0, 200)
    thread.context(in_work, leaf, 3, 300)
    return profile


def killed_example():
    """Some time was lost, of the one thread that was interrupted."""
    profile = Profile()
    profile.ended = 0
    thread = profile.thread(outside=70, running=1, last=1_000_350, lifetime=0)
    thread.current = thread.context(thread.root, profile.function("f"), 1, 10)
    thread.context(thread.current, profile.function("g"), 2, 240)
    profile.thread("other", outside=400, running=1, last=1_000_400, lifetime=0)
    return profile


EXAMPLES = {
    "ordinary": example, "inlined": inlined_example, "hostile": hostile_example,
    "counted": counted_example, "estimated": estimated_example, "folded": folded_example,
    "forked": forked_example, "killed": killed_example,
}


class Tools(ExportCase):
    """Each format of each example."""

    def each(self, check):
        for name, make in EXAMPLES.items():
            with self.subTest(name):
                check(self.write(make(), f"{name}.profinst"))

    def test_callgrind(self):
        self.each(self.check_callgrind)

    def test_pprof(self):
        self.each(self.check_pprof)

    def test_folded(self):
        self.each(self.check_folded)

    def test_metrics(self):
        self.each(self.check_metrics)


class Callgrind(ExportCase):
    def test_functions_of_one_name(self):
        profile = Profile()
        thread = profile.thread()
        places = [("a.c", 3, "/bin/a", 1), ("b.c", 3, "/bin/a", 20), (None, 0, "/bin/a", 300)]
        for file, line, module, calls in places:
            thread.context(thread.root, profile.function("f", file, line, module), calls, calls)
        for line, calls in ((5, 4_000), (6, 50_000)):
            thread.context(thread.root, profile.function("g", "a.c", line, "/bin/a"), calls, calls)
        annotation = self.check_callgrind_sums(self.write(profile))
        self.assertEqual(annotation.own, {
            ("a.c:f", "/bin/a"): (1, 1), ("b.c:f", "/bin/a"): (20, 20), ("???:f", "/bin/a"): (300, 300),
            ("a.c:g [g:5]", "/bin/a"): (4_000, 4_000), ("a.c:g [g:6]", "/bin/a"): (50_000, 50_000),
            ("???:(outside)", "???"): (0, 0)})

    def check_callgrind_sums(self, name):
        annotation = consumers.Annotation(self.export("callgrind", name))
        self.assertEqual(tuple(annotation.totals), self.sums(self.report(name)))
        return annotation

    def test_one_function_in_several_modules(self):
        """The file tells them apart, as KCachegrind does; callgrind_annotate adds them up."""
        profile = Profile()
        thread = profile.thread()
        for module, calls in (("/bin/a", 1), ("/lib/b.so", 20)):
            thread.context(thread.root, profile.function("f", "f.h", 3, module), calls, calls)
        name = self.write(profile)
        self.assertEqual(self.check_callgrind_sums(name).own["f.h:f", "/bin/a"], (21, 21))
        text = self.export("callgrind", name).read_text()
        self.assertEqual(re.findall(r"^ob=\(\d+\).*\nfl=.*\nfn=\(\d+\).*\n3 (.*)$", text, re.MULTILINE),
                         ["20 20", "1 1"])

    def test_calls_without_a_count(self):
        """Those that began before the process was forked, or are folded; they are told apart."""
        annotation = consumers.Annotation(self.export("callgrind", self.write(forked_example())))
        main, work, leaf = (("app.c:" + name, "/opt/app/bin/app") for name in ("main", "work", "leaf"))
        self.assertEqual(annotation.calls, {
            (("???:(uncounted)", "???"), main): (1, 600, 0), (main, work): (1, 500, 0),
            (work, leaf): (3, 300, 3)})

    def test_programs(self):
        first, second = example(), inlined_example()
        second.profile_id, second.program = b"another profile!", b"/bin/other\n"
        names = self.write(first), self.write(second, "other.profinst")
        annotation = self.check_callgrind(*names)
        self.assertEqual(annotation.target, "/bin/other\\x0A, /opt/app/bin/app")


class Stacks(ExportCase):
    """What has whole stacks."""

    def test_programs_stay_apart(self):
        first, second = example(), example()
        second.profile_id, second.program = b"another profile!", b"/bin/other; 1"
        names = self.write(first), self.write(second, "other.profinst")
        stacks = consumers.folded(self.export("folded", *names).read_text())
        one = consumers.folded(self.export("folded", names[0]).read_text())
        self.assertEqual(stacks, {(program, *stack): own for program in
                                  ("/opt/app/bin/app", "/bin/other\\x3B\\x201")
                                  for stack, own in one.items()})
        self.check_pprof(*names)

    def test_threads_and_processes(self):
        """As --thread and --process choose them."""
        names = [self.write(example())]
        child = example()
        child.profile_id, child.process_id = b"another profile!", 4712
        names.append(self.write(child, "child.profinst"))
        for choice in ("--thread=worker", "--process=4712", "--thread=1"):
            with self.subTest(choice):
                path = self.export("pprof", choice, *names)
                report = self.report(choice, *names)
                self.assertEqual(sum(row[0] for row in consumers.pprof_top(path, "time").values()),
                                 report["total_ns"])
                self.check_folded(choice, *names)
                self.check_callgrind(choice, *names)
                self.check_metrics(choice, *names)

    def test_deep_stacks_lack_their_outermost_callers(self):
        profile = Profile()
        thread = profile.thread()
        at = thread.root
        for number in range(300):
            at = thread.context(at, profile.function(f"f{number}"), 1, 1000 + number)
        name = self.write(profile)
        warning = ("profinst: warning: export: 44 stacks of more than 256 functions are without their "
                   "outermost callers; functions that are left out there lack the time of those they "
                   "called\n")
        result = self.profinst("export", "--format=folded", name)
        self.assertEqual(result.stderr, warning)
        stacks = consumers.folded(result.stdout.decode())
        self.assertEqual(stacks, {
            ("(callers left out)",) * (number >= 256)
            + tuple(f"f{below}" for below in range(max(0, number - 255), number + 1)): 1000 + number
            for number in range(300)})
        result = self.profinst("export", "-o", "deep.pb.gz", name)
        self.assertEqual(result.stderr, warning)
        top = consumers.pprof_top(self.folder / "deep.pb.gz", "time")
        own = {f"f{number}": 1000 + number for number in range(300)}
        self.assertEqual({name: row[0] for name, row in top.items()}, {**own, "(callers left out)": 0})
        self.assertEqual(top["(callers left out)"][1], sum(range(1256, 1300)))
        self.assertEqual(top["f0"][1], sum(range(1000, 1256)))

    def test_times_are_unknown(self):
        """The calls are shown then, as where only these were counted."""
        profile = Profile()
        profile.clock, profile.latest = TSC, profile.start
        thread = profile.thread(outside=10)
        thread.context(thread.root, profile.function("f"), 3, 5)
        name = self.write(profile)
        result = self.profinst("export", "--format=folded", name)
        self.assertIn("times are unknown", result.stderr)
        self.assertEqual(result.stdout, b"f 3\n")
        self.profinst("export", "-o", "callgrind.out", name)
        self.assertEqual(consumers.Annotation(self.folder / "callgrind.out").events, ["calls"])
        text = self.profinst("export", "--format=openmetrics", name).stdout.decode()
        self.assertEqual(set(consumers.metrics(text, openmetrics=True)), {
            f"profinst_function_{kind}_total" for kind in ("calls", "inlined_calls", "recursive_calls")})
        self.profinst("export", "-o", "calls.pprof", name)
        self.assertEqual(consumers.pprof_top(self.folder / "calls.pprof", "calls"), {"f": (3, 3)})

    def test_pprof_shows_functions_as_the_source_has_them(self):
        path = self.export("pprof", self.write(inlined_example()))
        text = consumers.pprof(path, "-top", "-lines")
        self.assertIn(" store::parse(store::Input const&, int) src/store.cc:42\n", text)
        text = consumers.pprof(path, "-raw")
        self.assertIn("calls/count inlined_calls/count time/nanoseconds[dflt]\n", text)
        self.assertRegex(text, r"\n +\d+: 0x0 M=1 store::parse\(store::Input const&, int\) src/store\.cc:42 "
                               r"s=42\(_ZN5store5parseERKNS_5InputEi\)\n")
        self.assertIn("\n1: 0x0/0x0/0x0 /opt/app/bin/app  [FN][FL][LN][IN]\n", text)
        self.assertIn("\nTime: 2027-01-15 08:00:00 +0000 UTC\n", text)


if __name__ == "__main__":
    unittest.main()
